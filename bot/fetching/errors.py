"""What can go wrong on the way to a web address."""


class FetchError(Exception):
    """The address was not fetched; the text says why in one sentence, without its full stop."""
