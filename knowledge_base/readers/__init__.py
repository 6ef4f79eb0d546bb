"""Bytes to structured documents, in a process apart."""

from knowledge_base.errors import ReadError
from knowledge_base.readers.process import Read, ReaderLimits, ReaderProcess, Unchanged, read
from knowledge_base.readers.sniffing import ARCHIVES, SUFFIXES

__all__ = ["ARCHIVES", "SUFFIXES", "Read", "ReadError", "ReaderLimits", "ReaderProcess", "Unchanged", "read"]
