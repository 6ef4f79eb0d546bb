"""Bytes to structured documents, in a process apart."""

from knowledge_base.errors import ReadError
from knowledge_base.readers.formats import SUFFIXES
from knowledge_base.readers.process import ReaderLimits, ReaderProcess, read

__all__ = ["SUFFIXES", "ReadError", "ReaderLimits", "ReaderProcess", "read"]
