"""Measure the whole desk on labelled messages: read them, put them through the real conversation, score."""
