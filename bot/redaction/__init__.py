"""Mask personal data before text reaches a log, an index, a list or a notification. Pure."""

from bot.redaction.masking import mask
from bot.redaction.official import official_in
from bot.redaction.values import Kind, Masked, Span

__all__ = ["Kind", "Masked", "Span", "mask", "official_in"]
