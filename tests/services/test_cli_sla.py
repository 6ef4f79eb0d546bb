"""`helpdesk sla due`: every vector of the SLA through the command line, and what it refuses."""

import json
from datetime import datetime

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app

TORONTO = "America/Toronto"
NIGHTS = "Mon-Sun 00:00-24:00"
FOUR_HUNDRED_DAYS = "2026-11-20..2027-12-31"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["sla", "due", *arguments])


def ask(start: str, minutes: float, *more: str, zone: str = TORONTO, hours: str | None = None) -> dict:  # type: ignore[type-arg]
    arguments = ["--zone", zone, "--hours", hours or "Mon-Fri 09:00-17:00", "--start", start]
    result = run(*arguments, "--minutes", str(minutes), *more, "--json")
    assert result.exit_code == 0, result.output
    answer: dict = json.loads(result.stdout)  # type: ignore[type-arg]
    return answer


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("zone", "start", "minutes", "more", "due"),
    [
        pytest.param(TORONTO, "2026-11-20T16:30", 60, (), "2026-11-23T09:30:00-05:00", id="1"),
        pytest.param(TORONTO, "2026-11-20T17:00", 60, (), "2026-11-23T10:00:00-05:00", id="2"),
        pytest.param(TORONTO, "2026-11-22T08:00", 60, (), "2026-11-23T10:00:00-05:00", id="3"),
        pytest.param(
            "America/New_York",
            "2026-11-25T16:00",
            240,
            ("--holidays", "US"),
            "2026-11-27T12:00:00-05:00",
            id="4-us",
        ),
        pytest.param(
            TORONTO, "2026-11-25T16:00", 240, ("--holidays", "CA-ON"), "2026-11-26T12:00:00-05:00", id="4-ca"
        ),
        pytest.param(TORONTO, "2026-11-20T23:50", 60, ("--elapsed",), "2026-11-21T00:50:00-05:00", id="5"),
        pytest.param(
            TORONTO, "2027-03-13T20:00", 1440, ("--elapsed",), "2027-03-14T21:00:00-04:00", id="6-spring"
        ),
        pytest.param(
            TORONTO, "2027-11-06T20:00", 1440, ("--elapsed",), "2027-11-07T19:00:00-05:00", id="6-autumn"
        ),
        pytest.param(
            TORONTO,
            "2027-03-14T00:00",
            1380,
            ("--hours", NIGHTS),
            "2027-03-15T00:00:00-04:00",
            id="7-spring",
        ),
        pytest.param(
            TORONTO,
            "2027-11-07T00:00",
            1500,
            ("--hours", NIGHTS),
            "2027-11-08T00:00:00-05:00",
            id="7-autumn",
        ),
        pytest.param("America/Vancouver", "2026-12-01T16:30", 60, (), "2026-12-02T09:30:00-07:00", id="8-bc"),
        pytest.param("America/Edmonton", "2026-12-01T16:30", 60, (), "2026-12-02T09:30:00-06:00", id="8-ab"),
        pytest.param("America/Winnipeg", "2026-12-01T16:30", 60, (), "2026-12-02T09:30:00-05:00", id="8-mb"),
        pytest.param("America/St_Johns", "2026-12-01T08:00", 60, (), "2026-12-01T10:00:00-03:30", id="9"),
        pytest.param(
            TORONTO,
            "2026-11-23T09:00",
            480,
            ("--pause", "2026-11-23T10:00..2026-11-24T12:00"),
            "2026-11-25T11:00:00-05:00",
            id="10",
        ),
        pytest.param(
            TORONTO,
            "2026-11-20T16:00",
            120,
            ("--pause", "2026-11-20T18:00..2026-11-23T08:00"),
            "2026-11-23T10:00:00-05:00",
            id="11",
        ),
        pytest.param(
            "America/New_York",
            "2026-11-25T15:00",
            120,
            ("--holidays", "US", "--pause", "2026-11-25T16:00..2026-11-26T12:00"),
            "2026-11-27T10:00:00-05:00",
            id="12",
        ),
        pytest.param(
            TORONTO, "2026-11-01T01:30", 45, ("--elapsed",), "2026-11-01T01:15:00-05:00", id="13-first"
        ),
        pytest.param(
            TORONTO, "2026-11-01T01:30-04:00", 45, ("--elapsed",), "2026-11-01T01:15:00-05:00", id="13-told"
        ),
        pytest.param(
            TORONTO, "2026-11-01T01:30-05:00", 45, ("--elapsed",), "2026-11-01T02:15:00-05:00", id="13-second"
        ),
        pytest.param(
            TORONTO,
            "2027-03-14T00:00",
            30,
            ("--hours", "Sun 02:30-06:00"),
            "2027-03-14T03:30:00-04:00",
            id="14",
        ),
        pytest.param(
            TORONTO,
            "2027-03-14T02:30",
            30,
            ("--hours", "Sun 02:30-06:00"),
            "2027-03-14T03:30:00-04:00",
            id="14-from-a-skipped-time",
        ),
        pytest.param(
            TORONTO,
            "2026-11-24T12:30",
            60,
            ("--hours", "Mon-Fri 08:00-12:00,13:30-18:00"),
            "2026-11-24T14:30:00-05:00",
            id="15-in-the-break",
        ),
        pytest.param(
            TORONTO,
            "2026-11-24T11:30",
            60,
            ("--hours", "Mon-Fri 08:00-12:00,13:30-18:00"),
            "2026-11-24T14:00:00-05:00",
            id="15-over-the-break",
        ),
        pytest.param(TORONTO, "2026-11-20T16:00", 60, (), "2026-11-20T17:00:00-05:00", id="close-is-close"),
        pytest.param(TORONTO, "2026-11-20T21:30Z", 60, (), "2026-11-23T09:30:00-05:00", id="offset"),
        pytest.param(TORONTO, "2026-11-20T12:00", 0, (), "2026-11-20T12:00:00-05:00", id="nothing"),
        pytest.param(TORONTO, "2026-11-21T12:00", 0, (), "2026-11-23T09:00:00-05:00", id="nothing-closed"),
        pytest.param(TORONTO, "2028-02-28T16:30", 480, (), "2028-02-29T16:30:00-05:00", id="29-february"),
        pytest.param(
            "America/New_York",
            "2027-12-30T16:00",
            120,
            ("--holidays", "US"),
            "2028-01-03T10:00:00-05:00",
            id="observed-in-the-year-before",
        ),
        pytest.param(
            TORONTO,
            "2027-12-24T16:00",
            120,
            ("--holidays", "CA-ON"),
            "2027-12-29T10:00:00-05:00",
            id="observed-days-in-a-row",
        ),
        pytest.param(
            TORONTO,
            "2026-11-25T16:00",
            240,
            ("--holidays", "US,CA-ON", "--holidays", "2026-11-27"),
            "2026-11-30T12:00:00-05:00",
            id="holidays-add-up",
        ),
        pytest.param(
            TORONTO,
            "2026-11-23T09:00",
            600 * 8 * 60,
            ("--holidays", "CA-ON"),
            "2029-04-10T17:00:00-04:00",
            id="holidays-of-later-years",
        ),
    ],
)
def test_due_at_the_command_line(
    zone: str, start: str, minutes: int, more: tuple[str, ...], due: str
) -> None:
    assert ask(start, minutes, *more, zone=zone)["due"] == due


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        pytest.param(["2026-11-19T10:00..2026-11-20T12:00"], "2026-11-23T18:00", id="before-the-start"),
        pytest.param(["2026-11-20T12:00..2026-11-23T11:00"], "2026-11-23T21:00", id="over-the-start"),
        pytest.param(
            ["2026-11-23T10:00..2026-11-23T11:00", "2026-11-23T10:30..2026-11-23T12:00"],
            "2026-11-23T20:00",
            id="overlapping",
        ),
        pytest.param(
            ["2026-11-23T10:30..2026-11-23T12:00", "2026-11-23T11:00..2026-11-23T11:30"],
            "2026-11-23T19:30",
            id="one-in-another-in-any-order",
        ),
        pytest.param(["2026-11-20T17:00..2026-11-23T09:00"], "2026-11-23T18:00", id="while-closed"),
        pytest.param(["2026-11-23T13:00..2026-11-23T15:00"], "2026-11-23T18:00", id="from-the-due-instant"),
        pytest.param(["2026-11-23T14:00..2026-11-24T15:00"], "2026-11-23T18:00", id="after-the-due-instant"),
        pytest.param(["2026-11-23T15:00Z..2026-11-23T16:00Z"], "2026-11-23T19:00", id="with-offsets"),
        pytest.param(["2026-11-23T10:00..2026-11-23T10:00"], "2026-11-23T18:00", id="of-no-length"),
    ],
)
def test_pauses(pauses: list[str], due: str) -> None:
    """Five hours of clock time from Friday 16:00: one on Friday, four on Monday."""
    more = [word for pause in pauses for word in ("--pause", pause)]
    assert datetime.fromisoformat(ask("2026-11-20T16:00", 300, *more)["due"]) == utc(due)


def test_a_pause_over_the_autumn_night_is_as_long_as_it_was() -> None:
    """Two hours from 00:30 EDT: 01:30 EDT is one of them; 01:30 EST is both, and the pause comes too late."""
    found = ask("2026-11-01T00:30", 120, "--elapsed", "--pause", "2026-11-01T01:30..2026-11-01T03:00")
    assert found["due"] == "2026-11-01T04:00:00-05:00"
    found = ask("2026-11-01T00:30", 120, "--elapsed", "--pause", "2026-11-01T01:30-05:00..2026-11-01T03:00")
    assert found["due"] == "2026-11-01T01:30:00-05:00"


def test_points_are_percentages_of_clock_time() -> None:
    found = ask("2026-11-23T09:00", 480)["points"]
    assert {name: at[11:16] for name, at in found.items()} == {
        "50": "13:00",
        "75": "15:00",
        "90": "16:12",
        "100": "17:00",
    }
    found = ask("2026-11-20T15:00", 240)["points"]
    assert (found["50"], found["75"], found["100"]) == (
        "2026-11-20T17:00:00-05:00",
        "2026-11-23T10:00:00-05:00",
        "2026-11-23T11:00:00-05:00",
    )


def test_without_json_it_says_it_to_a_person() -> None:
    shown = run("--zone", TORONTO, "--start", "2026-11-20T16:30", "--minutes", "60")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("Due Mon 2026-11-23 09:30-05:00 (America/Toronto)\n")
    assert "50 %  Fri 2026-11-20 17:00-05:00" in shown.stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"zone": "America/Trontoo"}, "unknown time zone 'America/Trontoo'"),
        ({"zone": ""}, "unknown time zone"),
        ({"hours": "Mon-Fri 09:00-17:00,16:00-18:00"}, "09:00-17:00 and 16:00-18:00 overlap"),
        ({"hours": "Fri 22:00-06:00"}, "two windows, one up to 24:00 and one from 00:00 on the next day"),
        ({"hours": ""}, "no open hour"),
        ({"hours": "Mon-Fri 9:00-25:00"}, "no time of day"),
        ({"hours": "Mon-Fri", "elapsed": None}, "hours are missing"),
        ({"minutes": "-1"}, "minutes: -1 is negative"),
        ({"minutes": "an hour"}, "no number"),
        ({"minutes": "nan"}, "no number"),
        ({"minutes": "99999999"}, "longer than ten years"),
        ({"start": "2027-02-29T10:00"}, "there is no 29 February in 2027"),
        ({"start": "2026-04-31T10:00"}, "there is no 31 April in 2026"),
        ({"start": "tomorrow"}, "no date and time"),
        ({"start": "2026-11-20T25:00"}, "no date and time"),
        ({"start": "2300-12-31T23:00"}, "must lie between"),
        ({"pause": "2026-11-23T10:00"}, "write it as FROM..TO"),
        ({"pause": "2026-11-23T10:00.."}, "write it as FROM..TO"),
        ({"pause": "2026-11-24T10:00..2026-11-23T10:00"}, "ends before it begins"),
        ({"pause": "2027-02-29T10:00..2027-03-01T10:00"}, "there is no 29 February in 2027"),
        ({"holidays": "CA-XX"}, "no holidays known for region 'CA-XX'"),
        ({"holidays": "2027-02-29"}, "names no date there is"),
        ({"holidays": FOUR_HUNDRED_DAYS}, "no open hour in 400 days"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(options: dict[str, str | None], says: str) -> None:
    given: dict[str, str | None] = {"zone": TORONTO, "start": "2026-11-20T16:30", "minutes": "60", **options}
    words = [word for name, value in given.items() for word in (f"--{name}", value) if word is not None]
    result = run(*words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert says in result.stderr
