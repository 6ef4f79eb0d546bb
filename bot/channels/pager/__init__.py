"""Pages by a gateway that sends texts or makes calls: signed, without content, acknowledged by link or reply."""
