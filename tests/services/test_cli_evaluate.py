"""`kb evaluate` asks labelled questions and public collections, and tells what came out."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.support.desk import DeskFactory

Run = Callable[..., Result]

QUESTIONS = """question,language,expected
they leaked where I live,en,doxing
people are shouting at our council meeting right now,en,council-meeting-disruption-en
quand passe la collecte des ordures,fr,none
how do I reset my laptop password,,none
"""


@pytest.fixture
def run(tmp_path: Path, sqlite_desks: DeskFactory) -> Run:
    """Return what runs `helpdesk kb ...` on a desk with the starter library."""
    environ = sqlite_desks.environ_in(tmp_path / "desk")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["kb", *arguments], env=environ, catch_exceptions=False)

    return run


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.csv"
    path.write_text(QUESTIONS)
    return path


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """Return a small collection without titles, packed, with a conversation."""
    folder = tmp_path / "collection"
    folder.mkdir()
    passages = [
        {"id": f"p{place}", "text": f"Rules about {word} in our town."}
        for place, word in enumerate(["floods", "snow", "permits", "libraries", "bridges"])
    ]
    queries = [
        {"id": "q0", "text": "snow?"},
        {"id": "q1", "text": "and then?", "history": [["user", "the bridges"], ["bot", "floods"]]},
    ]
    for name, rows in (("passages", passages), ("queries", queries)):
        (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    (folder / "qrels.tsv").write_text("q0\tp1\t1\nq1\tp4\t2\n")
    return folder


def test_labelled_questions_are_asked_and_scored_by_language_and_topic(run: Run, questions: Path) -> None:
    done = run("evaluate", str(questions), "--json")
    assert done.exit_code == 0, done.output
    groups = json.loads(done.stdout)["published"]["groups"]
    assert (groups["all"]["questions"], groups["all"]["hit_at_1"]) == (4, 1.0)
    assert groups["fr"]["right_abstention"] == groups["topic:none"]["right_abstention"] == 1.0
    assert groups["topic:doxing"]["hit_at_3"] == groups["en"]["mrr"] == 1.0
    assert "hit@1" in run("evaluate", str(questions)).stdout


def test_a_spreadsheet_in_the_encoding_of_its_country_is_read_and_a_bound_nothing_measures_is_missed(
    run: Run, tmp_path: Path
) -> None:
    sheet = tmp_path / "questions.csv"
    sheet.write_bytes(
        "question;langue;expected\nQuand passe la collecte à Québec?;fr;aucun\n".encode("cp1252")
    )
    done = run("evaluate", str(sheet), "--min-right-abstention", "1", "--json")
    assert done.exit_code == 0, done.output
    done = run("evaluate", str(sheet), "--min-hit1", "0.5")
    assert done.exit_code == 1
    assert "--min-hit1 0.5 was asked for, no question measures it" in done.stderr


def test_a_label_that_is_nearly_a_document_is_told_with_its_neighbour(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("question,language,expected\nthey leaked where I live,en,doxxing\n")
    assert "doxxing (did you mean doxing?)" in run("evaluate", str(wrong)).stderr


def test_a_figure_below_its_bound_is_told_and_ends_with_status_1(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.jsonl"
    lines = [
        {"question": "they leaked where I live", "language": "en", "expected": "swatting"},
        {"question": "quand passe la collecte", "language": "fr", "document": "no-such-fr"},
    ]
    wrong.write_text("\n".join(map(json.dumps, lines)))
    assert run("evaluate", str(wrong)).exit_code == 0
    done = run("evaluate", str(wrong), "--min-hit1", "0.9", "--max-wrong-abstention", "0.1")
    assert done.exit_code == 1
    assert "--min-hit1 0.9 was asked for, 0.000 was reached" in done.stderr
    assert "--max-wrong-abstention 0.1 was asked for, 0.500 was reached" in done.stderr
    assert "no document or topic of this library: no-such-fr" in done.stderr
    assert "they leaked where I live" in done.stdout


def test_drafts_are_measured_beside_what_is_published(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "snowplough.md"
    draft.write_text(
        "---\ntitle: Snowplough routes\nlanguage: en\n---\n\nSnowplough drivers clear Elm first.\n"
    )
    assert run("add", "--draft", str(draft)).exit_code == 0
    asked = tmp_path / "asked.csv"
    asked.write_text(
        "question,language,expected\nwhich street do the snowplough drivers clear first,en,snowplough\n"
    )
    done = run("evaluate", str(asked), "--library", "drafts", "--against", "published", "--json")
    found = json.loads(done.stdout)
    assert found["drafts"]["groups"]["all"]["hit_at_1"] == 1.0
    assert found["published"]["groups"]["all"]["hit_at_1"] == 0.0
    shown = run("evaluate", str(asked), "--library", "drafts", "--against", "published").stdout
    assert "right in drafts only: 1" in shown


def test_a_collection_is_scored_and_its_run_is_written(run: Run, collection: Path, tmp_path: Path) -> None:
    alone = json.loads(run("evaluate", "--collection", str(collection), "--json").stdout)
    assert (alone["queries"], alone["recall_at_1"]) == (2, 0.5)
    written = tmp_path / "out.run"
    told = run("evaluate", "--collection", str(collection), "--history", "--json", "--run", str(written))
    figures = json.loads(told.stdout)
    assert figures["ndcg_at_10"] == figures["recall_at_10"] == figures["mrr_at_10"] == 1.0
    assert figures["queries_per_second"] > 0
    lines = [line.split() for line in written.read_text().splitlines()]
    assert [line[:4] + line[5:] for line in lines if line[3] == "1"] == [
        ["q0", "Q0", "p1", "1", "helpdesk"],
        ["q1", "Q0", "p4", "1", "helpdesk"],
    ]
    scores = [float(line[4]) for line in lines if line[0] == "q0"]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name a file of questions, or a --collection"),
        (("{questions}", "--collection", "{collection}"), "one of the two"),
        (("{questions}", "--history"), "belong to --collection"),
        (("no-such.csv",), "no-such.csv: No such file"),
        (("--collection", "/"), "/: there is no passages.jsonl or passages.jsonl.gz"),
        (("{bad}",), "line 2: has no question"),
        (("{questions}", "--library", "999"), "there is no index of generation 999"),
        (("{questions}", "--against", "yesterday"), "'yesterday' is no version of the library"),
        (("{questions}", "--min-ndcg", "0.5"), "--min-ndcg: belongs to --collection"),
        (("--collection", "{collection}", "--min-hit1", "0.5"), "--min-hit1: belongs to a file of questions"),
        (("{sheet}",), "is not text: save the table as CSV"),
    ],
)
def test_what_can_not_be_measured_is_told_in_one_line(
    run: Run, questions: Path, collection: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("language,expected\nen,doxing\n")
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(b"PK\x03\x04\x00\x00 a workbook, renamed")
    places = {
        "questions": str(questions),
        "collection": str(collection),
        "bad": str(bad),
        "sheet": str(sheet),
    }
    done = run("evaluate", *(argument.format(**places) for argument in arguments))
    assert done.exit_code == 1
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
