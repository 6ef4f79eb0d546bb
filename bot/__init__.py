"""Channels, conversation and processes: the only package that wires things together."""
