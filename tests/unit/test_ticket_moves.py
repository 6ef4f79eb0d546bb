"""The one table of states and acts, and the state told from events alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from escalation.errors import IllegalMove
from escalation.kinds import TicketState
from escalation.sla import EventKind, Priority
from escalation.tickets import derive
from escalation.tickets.moves import ACT_OF, MOVES, Act, after, after_event, table

UNFINISHED = (
    TicketState.NEW,
    TicketState.OPEN,
    TicketState.WAITING_REQUESTER,
    TicketState.WAITING_THIRD_PARTY,
)
FINISHED = (TicketState.SOLVED, TicketState.CLOSED, TicketState.CANCELLED)
NOW = datetime(2026, 11, 23, 17, tzinfo=UTC)


@dataclass(frozen=True)
class Happened:
    kind: str
    actor_id: int | None = None
    detail: str = ""
    reason: str = ""
    occurred_at: datetime = NOW


def test_every_act_has_a_kind_of_event_of_its_own() -> None:
    assert set(MOVES) == set(Act)
    assert len(ACT_OF) == len(MOVES)
    # what moves clocks is recorded under the word the clocks know
    assert {kind.value for kind in EventKind} - {"opened"} <= set(ACT_OF)


@pytest.mark.parametrize("state", FINISHED)
def test_nothing_said_to_the_official_goes_out_from_a_finished_ticket(state: TicketState) -> None:
    for act in (Act.REPLY, Act.WAIT_FOR_REQUESTER, Act.CLAIM, Act.HAND_OVER, Act.MERGE, Act.SNOOZE):
        with pytest.raises(IllegalMove, match=r"HD-1001 .*\. Nothing was changed\."):
            after(state, act, "HD-1001")


def test_only_a_resolved_ticket_opens_again_and_a_closed_one_never() -> None:
    assert {state for state in TicketState if MOVES[Act.REOPEN].allowed(state)} == {TicketState.SOLVED}
    assert MOVES[Act.CLOSE].leads == {TicketState.SOLVED: TicketState.CLOSED}


def test_the_official_ends_a_wait_for_them_and_no_other() -> None:
    assert after_event(TicketState.WAITING_REQUESTER, "requester_message") is TicketState.OPEN
    assert (
        after_event(TicketState.WAITING_THIRD_PARTY, "requester_message") is TicketState.WAITING_THIRD_PARTY
    )


def test_a_late_event_leaves_a_finished_ticket_finished() -> None:
    for kind in ACT_OF:
        assert after_event(TicketState.CLOSED, kind) is TicketState.CLOSED
        assert after_event(TicketState.CANCELLED, kind) is TicketState.CANCELLED


def test_state_owner_and_facts_are_told_from_the_events_alone() -> None:
    until = (NOW + timedelta(hours=2)).isoformat()
    known = derive(
        [
            Happened("opened", 1, "priority=P3 topic=doxing"),
            Happened("claimed", 3),
            Happened("handed_over", 3, "assignee=4"),
            Happened("noted", 3),
            Happened("topic_set", 3, "topic=-"),
            Happened("service_set", 3, "service=monitoring"),
            Happened("snoozed", 4, f"until={until}"),
            Happened("watching", 4, "person=7"),
            Happened("linked", 4, "ticket=12"),
            Happened("priority_changed", 4, "priority=P2"),
        ]
    )
    assert (known.state, known.assignee_id, known.accepted) == (TicketState.OPEN, 4, False)
    assert (known.priority, known.topic, known.service) == (Priority.P2, None, "monitoring")
    assert (known.watchers, known.linked) == ((7,), (12,))
    assert known.snoozed_until == NOW + timedelta(hours=2)


def test_words_of_an_outcome_are_never_read_as_facts() -> None:
    known = derive([Happened("opened", 1, "priority=P3"), Happened("solved", 3, "priority=P1 person=9")])
    assert (known.priority, known.outcome) == (Priority.P3, "priority=P1 person=9")


def test_monitoring_is_on_only_when_everything_it_rests_on_is_recorded() -> None:
    steps = [
        Happened("opened", 1, "priority=P3"),
        Happened("monitoring", 3, "step=analyst person=3"),
        Happened("monitoring", 3, "step=consent", "said yes on the phone"),
        Happened("monitoring", 3, "step=scope", "two public accounts"),
        Happened("monitoring", 3, "step=start"),
        Happened("monitoring", 3, "step=look"),
    ]
    for count in range(1, len(steps)):
        assert not derive(steps[:count]).monitoring.on
    assert derive(steps).monitoring.on
    ended = derive([*steps, Happened("monitoring", 3, "step=end", "over")]).monitoring
    assert not ended.on
    assert ended.consent_at is None


def test_the_documented_table_is_the_one_in_the_code() -> None:
    page = Path(__file__).resolve().parent.parent.parent / "docs" / "tickets.md"
    assert table() in page.read_text("utf-8")
