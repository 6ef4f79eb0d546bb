"""Refusals in French: whatever the domain refuses in English has words of its own there."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.rendering import refusals
from escalation.errors import (
    AlreadyClaimed,
    AlreadyDone,
    EscalationError,
    IllegalMove,
    NotFound,
    NoTicket,
    NotOpenYet,
    Refused,
    WrongState,
)
from escalation.kinds import TicketState
from escalation.tickets.moves import said_of

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 9, 21, 15, 4, tzinfo=UTC)
GENERAL = refusals.said(IllegalMove("Not now."), "fr")


def codes() -> list[str]:
    """Return the code of every refusal in the sources; one that is put together ends in "*"."""
    found: set[str] = set()
    for package in ("bot", "escalation"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused" and node.args:
                    code = node.args[0]
                    if isinstance(code, ast.Constant):
                        found.add(str(code.value))
    return sorted(found)


@pytest.mark.parametrize("code", codes())
def test_every_refusal_of_the_sources_has_french_words(code: str) -> None:
    assert refusals.said(Refused(code, "No.", "un", "deux", "trois"), "fr") != GENERAL


@pytest.mark.parametrize(
    "error",
    [
        NoTicket("HD-9999"),
        AlreadyClaimed("HD-9999", "Dana Expert", AT),
        AlreadyDone("HD-9999", "is closed", "closed", "Dana Expert", AT),
        *(WrongState("HD-9999", said_of(state), state.value) for state in TicketState),
    ],
)
def test_a_refusal_about_a_ticket_names_it_in_both_languages(error: EscalationError) -> None:
    english, french = refusals.said(error, "en"), refusals.said(error, "fr")
    assert "HD-9999" in english
    assert "HD-9999" in french
    assert english != french
    assert GENERAL not in french


@pytest.mark.parametrize("error", [NotFound("There is no such request."), NotOpenYet("Still being opened.")])
def test_no_refusal_is_english_in_french(error: EscalationError) -> None:
    assert str(error) not in refusals.said(error, "fr")
    assert refusals.said(error, "en") == str(error)
