"""The material of drafts goes when the conversation that it came from is sealed or erased."""

import datetime as dt
from collections.abc import Collection

from sqlmodel import Session

from escalation import gaps
from knowledge_base import library

_BY = "desk"


def take_back(session: Session, request_ids: Collection[int], now: dt.datetime) -> tuple[str, ...]:
    """Empty the material that drafts have of these requests; return the drafts that had some.

    A draft made from several conversations loses all of it. What people wrote themselves stays.
    """
    drafts = gaps.drafts_of(session, request_ids)
    return tuple(
        document_id for document_id in drafts if library.take_back_material(session, document_id, now, by=_BY)
    )
