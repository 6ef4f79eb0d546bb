"""Who may see what, and for how long: logged openings, sealed requests, unsafe channels, retention, erasure."""
