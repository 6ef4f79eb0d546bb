"""Block Kit from values. Pure: no request, no client, no clock."""
