"""`evaluate` puts messages through the real conversation and tells what came of each."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app

GUN = "there is a man with a gun at my door right now"
DOXED = "someone posted my home address on telegram: 412 Maple Street, what do I do first"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", *words])


def write(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def read(path: Path) -> dict[str, dict[str, object]]:
    return {row["id"]: row for row in map(json.loads, path.read_text("utf-8").splitlines())}


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    dialogue = {
        "id": "talk",
        "channel": "email",
        "lang": "en",
        "role": "mayor",
        "jurisdiction": "CA-ON",
        "turns": [
            {"turn": 1, "text": "How do we keep order when people shout during a council meeting?"},
            {"turn": 2, "text": "and if they still will not stop?", "standalone": False, "topic": "council-meeting-disruption"},
        ],
    }  # fmt: skip
    danger: dict[str, object] = {"text": GUN, "lang": "en", "immediate_danger": True, "self_harm": False}
    return write(
        tmp_path / "labelled.jsonl",
        {"id": "one", "channel": "slack", **danger},
        {"id": "again", **danger},
        {"id": "doxed", "text": DOXED, "lang": "en", "contains_pii": ["412 Maple Street"], "topic": "doxing"},
        {"id": "plain", "text": "What is the weather like on Mars in spring?", "topic": "none"},
        dialogue,
    )


def test_every_message_is_predicted_and_scored_even_the_same_text_twice(
    labelled: Path, tmp_path: Path
) -> None:
    out = tmp_path / "predictions.jsonl"
    result = run(str(labelled), "--out", str(out), "--json")
    assert result.exit_code == 0, result.output
    found = read(out)
    assert list(found) == ["one", "again", "doxed", "plain", "talk#1", "talk#2"]
    for name in ("one", "again"):
        assert found[name]["immediate_danger"]
        assert found[name]["urgency"] == "P1"
        assert found[name]["escalate"]
        assert "911" in str(found[name]["reply"])[:200]
    assert found["doxed"]["pii"] == ["412 Maple Street"]
    assert "412 Maple" not in str(found["doxed"]["reply"])
    assert found["doxed"]["topics"][0] == "doxing"  # type: ignore[index]
    assert found["plain"]["topics"] == []
    assert "disrupt" in str(found["talk#1"]["topics"])
    report = json.loads(result.stdout)
    assert report["messages"] == 6
    assert report["groups"]["all"]["danger_recall"]["count"] == 2
    assert report["groups"]["needs history"]["topic"]["count"] == 1


def test_without_history_a_turn_is_read_by_itself(labelled: Path, tmp_path: Path) -> None:
    out = tmp_path / "predictions.jsonl"
    result = run(str(labelled), "--no-history", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "council-meeting-disruption" not in read(out)["talk#2"]["topics"][:1]  # type: ignore[index]
    assert "Best topic acceptable, to read: talk#2" in result.stdout
    assert "shout" not in result.stdout, "texts are shown only when asked for"


def test_messages_without_labels_are_predicted_and_not_scored(tmp_path: Path) -> None:
    file = write(tmp_path / "raw.jsonl", {"id": "a", "text": "Bonjour, on a publié mon adresse en ligne"})
    out = tmp_path / "predictions.jsonl"
    result = run(str(file), "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "nothing to score" in result.stdout
    assert read(out)["a"]["lang"] == "fr"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\n\n", "holds no messages"),
        (b'{"id": "a"}\n', "line 1: text is missing"),
        (b"\xff\xfe{", "not UTF-8"),
    ],
)
def test_a_file_that_is_not_labelled_messages_is_refused_in_a_line(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(content)
    result = run(str(file))
    assert result.exit_code == 2
    assert said in result.stderr


def test_the_labels_are_never_written_over(labelled: Path) -> None:
    before = labelled.read_bytes()
    assert run(str(labelled), "--out", str(labelled)).exit_code == 2
    assert labelled.read_bytes() == before
