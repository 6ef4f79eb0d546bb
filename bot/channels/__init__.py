"""The channels: each turns native payloads into Inbound values and carries Outbound ones away."""
