"""Slack: events and clicks in, Block Kit messages out."""
