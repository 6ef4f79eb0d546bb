"""Fetch one document from the web, for an admin who asks; nothing else of the desk goes out."""

from bot.fetching.addresses import NOTHING_MORE, Allowance, Resolver
from bot.fetching.errors import FetchError
from bot.fetching.fetch import Fetched, FetchLimits, fetch

__all__ = ["NOTHING_MORE", "Allowance", "FetchError", "FetchLimits", "Fetched", "Resolver", "fetch"]
