"""An escalation step by step: waits, repetitions, the fallback that never ends, silence after a yes."""

from datetime import UTC, datetime, timedelta

import pytest

from escalation.sla import Step, default_policy
from escalation.sla.chain import SETTLE, acknowledged, begin, rearmed, sent, skipped, stopped
from escalation.sla.kinds import Priority

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STEPS = (Step("owner", 2 * MINUTE), Step("experts", 3 * MINUTE, 2), Step("fallback", 5 * MINUTE, 2))


def minutes(at: datetime | None) -> float | None:
    return None if at is None else (at - START) / MINUTE


def test_a_delay_counts_from_the_send_before_and_the_fallback_goes_on_at_its_own_pace() -> None:
    standing = begin(STEPS, START)
    told = []
    for _ in range(7):
        assert standing.next_at is not None
        told.append((STEPS[standing.step].notify, minutes(standing.next_at)))
        standing = sent(standing, STEPS, standing.next_at)
    assert told == [
        ("owner", 2),
        ("experts", 5),
        ("experts", 8),
        ("fallback", 13),
        ("fallback", 18),
        ("fallback", 23),
        ("fallback", 28),
    ]


def test_a_late_send_moves_what_follows_and_sends_nothing_twice() -> None:
    standing = sent(begin(STEPS, START), STEPS, START + 60 * MINUTE)
    assert (standing.step, minutes(standing.next_at)) == (1, 63)


def test_a_step_that_reaches_nobody_gives_its_turn_to_the_next_at_once() -> None:
    standing = skipped(begin(STEPS, START), STEPS, START + 2 * MINUTE)
    assert (standing.step, minutes(standing.next_at)) == (1, 2)
    last = skipped(skipped(standing, STEPS, START + 2 * MINUTE), STEPS, START + 2 * MINUTE)
    assert (last.step, minutes(last.next_at)) == (2, 7)  # the fallback is tried again, not given up


def test_whoever_has_it_quiets_it_and_silence_arms_it_again_after_settling() -> None:
    quiet = acknowledged(begin(STEPS, START), 15 * MINUTE, START + MINUTE)
    assert minutes(quiet.next_at) == 16
    assert quiet.live
    again = rearmed(quiet, STEPS, START + 16 * MINUTE)
    assert again.next_at == START + 16 * MINUTE + SETTLE
    assert (again.step, again.sends, again.lap, again.acknowledged_at) == (0, 0, 1, None)


def test_without_a_time_to_arm_again_a_yes_ends_it_and_an_ended_one_stays_so() -> None:
    ended = acknowledged(begin(STEPS, START), timedelta(0), START)
    assert (ended.live, ended.next_at) == (False, None)
    assert acknowledged(stopped(begin(STEPS, START), START), 5 * MINUTE, START + MINUTE).live is False


def test_a_change_of_hands_settles_before_anybody_is_woken() -> None:
    assert begin(STEPS, START, settle=True).next_at == START + SETTLE + 2 * MINUTE


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ({"notify": " ", "wait": MINUTE}, "whom"),
        ({"notify": "leads", "wait": timedelta(days=8)}, "7 days"),
        ({"notify": "leads", "wait": MINUTE, "repeat": 6}, "1 to 5"),
        ({"notify": "leads", "wait": MINUTE, "repeat": 0}, "1 to 5"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(step: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Step(**step)  # type: ignore[arg-type]


def test_the_last_step_is_always_the_fallback() -> None:
    policy = default_policy()
    assert [step.notify for step in policy.chain(Priority.P1)] == ["experts", "leads", "everyone"]
    assert policy.chain(Priority.P3) == ()
