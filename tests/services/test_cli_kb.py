"""`kb` takes files and folders into the library, tells what it could not take, and finds things again."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.support.desk import DeskFactory

Run = Callable[..., Result]
SNOWPLOUGH = """---
title: Snowplough routes
language: en
topics: [crisis-communications]
---

# Snowplough routes

## First hour

1. Tell the snowplough drivers which streets the ambulances need.
2. Post the snowplough map on the city's page.
"""


@pytest.fixture
def run(tmp_path: Path, sqlite_desks: DeskFactory) -> Run:
    """Return what runs `helpdesk kb ...` on a desk with the starter library."""
    environ = sqlite_desks.environ_in(tmp_path / "desk")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["kb", *arguments], env=environ, catch_exceptions=False)

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a good document in a folder of its own, and things that are none."""
    root = tmp_path / "docs"
    (root / "winter" / ".git").mkdir(parents=True)
    (root / "winter" / "snowplough.md").write_text(SNOWPLOUGH)
    (root / "winter" / ".git" / "notes.md").write_text("# not ours")
    (root / "photo.jpg").write_bytes(b"\xff\xd8")
    return root


def table(result: Result) -> list[list[str]]:
    """Return the cells of the rows of the table that was printed."""
    return [
        [cell.strip() for cell in line.split("│")[1:-1]] for line in result.stdout.splitlines() if "│" in line
    ]


def test_a_folder_is_added_and_can_be_asked_at_once(run: Run, folder: Path) -> None:
    added = run("add", str(folder))
    assert added.exit_code == 0, added.output
    assert table(added) == [["snowplough-en", "1", "2", "published"]]
    assert added.stderr == ""
    found = json.loads(run("search", "Which streets do the snowplough drivers do first?", "--json").stdout)
    assert found["hits"][0]["document_id"] == "snowplough-en"
    assert found["hits"][0]["link"].startswith("/library/snowplough-en?v=1#p")
    assert not found["abstained"]


def test_the_same_files_again_change_nothing_and_a_change_is_a_new_version(run: Run, folder: Path) -> None:
    run("add", str(folder))
    assert table(run("add", str(folder)))[0][3] == "unchanged"
    (folder / "winter" / "snowplough.md").write_text(SNOWPLOUGH.replace("ambulances", "fire engines"))
    assert table(run("add", str(folder), str(folder / "winter" / "snowplough.md")))[0][1:] == [
        "2",
        "2",
        "draft",
    ]


def test_a_draft_is_kept_and_not_found(run: Run, folder: Path) -> None:
    assert table(run("add", "--draft", "--as", "Sam", str(folder)))[0][3] == "draft"
    found = json.loads(run("search", "snowplough drivers", "--json").stdout)
    assert "snowplough-en" not in [hit["document_id"] for hit in found["hits"]]
    shown = json.loads(run("show", "snowplough-en", "--json").stdout)
    assert (shown["state"], shown["version"]) == ("draft", 1)


def test_a_changed_document_is_a_draft_that_shows_what_changed_until_it_is_published(
    run: Run, folder: Path
) -> None:
    file = folder / "winter" / "snowplough.md"
    file.write_text(SNOWPLOUGH.replace("page.", "page. Call 208-555-0142."))
    run("add", str(folder))
    file.write_text(SNOWPLOUGH.replace("page.", "page. Call 208-555-0199."))
    added = run("add", str(folder))
    assert table(added) == [["snowplough-en", "2", "2", "draft"]]
    assert "phone no longer there: 208-555-0142" in added.stdout
    assert "new phone: 208-555-0199" in added.stdout
    assert "helpdesk kb publish snowplough-en" in added.stdout
    assert "0142" in run("show", "snowplough-en", "--passages").stdout
    changes = json.loads(run("diff", "snowplough-en", "--json").stdout)
    assert (changes["from"], changes["to"], changes["new"][0]["text"]) == (1, 2, "208-555-0199")
    assert run("publish", "snowplough-en").exit_code == 0
    assert "0199" in run("show", "snowplough-en", "--passages").stdout
    assert run("rollback", "snowplough-en", "--to", "1").exit_code == 0
    assert "0142" in run("show", "snowplough-en", "--passages").stdout
    acts = [line["act"] for line in json.loads(run("history", "snowplough-en", "--json").stdout)]
    assert acts == ["rolled_back", "published", "changed", "published", "added"]


def test_a_dry_run_keeps_nothing(run: Run, folder: Path) -> None:
    tried = run("add", "--dry-run", str(folder))
    assert table(tried)[0][3] == "would be published"
    assert "Nothing was kept" in tried.stdout
    assert run("show", "snowplough-en").exit_code == 1


def test_the_command_line_says_about_a_file_what_the_file_does_not(run: Run, folder: Path) -> None:
    about = ("--kind", "policy_brief", "--visibility", "member", "--owner", "Clerk", "--licence", "CC BY 4.0")
    assert run("add", str(folder), *about).exit_code == 0
    shown = json.loads(run("show", "snowplough-en", "--json").stdout)
    assert (shown["kind"], shown["visibility"], shown["owner"], shown["licence"]) == (
        "policy_brief",
        ["member"],
        "Clerk",
        "CC BY 4.0",
    )
    wrong = run("add", str(folder), "--visibility", "everybody")
    assert "visibility can't be 'everybody'" in wrong.stderr


def test_a_printed_document_can_be_changed_and_added_again(run: Run, folder: Path) -> None:
    run("add", str(folder))
    printed = run("show", "snowplough-en", "--markdown").stdout
    (folder / "again.md").write_text(printed)
    assert table(run("add", str(folder / "again.md")))[0][3] == "unchanged"
    (folder / "again.md").write_text(printed.replace("ambulances", "fire engines"))
    assert table(run("add", str(folder / "again.md"), "--publish"))[0] == [
        "snowplough-en",
        "2",
        "2",
        "published",
    ]


def test_broken_files_are_one_line_each_and_the_rest_is_added(run: Run, folder: Path) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of the kind")
    (folder / "empty.md").write_text("")
    added = run("add", str(folder), str(folder / "photo.jpg"), str(folder / "gone.md"))
    assert added.exit_code == 1
    assert [row[0] for row in table(added)] == ["snowplough-en"]
    faults = added.stderr.splitlines()
    assert len(faults) == 4
    for name in ("broken.pdf", "empty.md", "photo.jpg", "gone.md"):
        assert sum(f"{folder / name}: " in fault for fault in faults) == 1, name
    assert "Traceback" not in added.output


def test_files_of_one_name_each_get_an_id_and_keep_it(run: Run, folder: Path) -> None:
    (folder / "summer").mkdir()
    other = folder / "summer" / "snowplough.md"
    other.write_text(SNOWPLOUGH.replace("ambulances", "swimmers"))
    (folder / "winter" / "snowplough.txt").write_text("Snowplough routes\n\nAsk the depot of the town first.")
    ids = [row[0] for row in table(run("add", str(folder)))]
    assert ids == ["snowplough-en", "winter-snowplough-en", "snowplough-txt-en"]
    assert "swimmers" in run("show", "snowplough-en", "--passages").stdout
    text = folder / "winter" / "snowplough.txt"
    text.write_text(text.read_text().replace("first", "last"))
    assert table(run("add", str(text), "--dry-run"))[0][:2] == ["snowplough-txt-en", "2"]
    assert {row[3] for row in table(run("add", str(folder)))} == {"unchanged", "draft"}


def test_two_documents_that_name_one_id_do_not_take_each_others_place(run: Run, tmp_path: Path) -> None:
    for name, who in (("a.md", "ambulances"), ("b.md", "swimmers")):
        (tmp_path / name).write_text("---\nid: routes-en\n---\n" + SNOWPLOUGH.replace("ambulances", who))
    added = run("add", str(tmp_path / "a.md"), str(tmp_path / "b.md"))
    assert added.exit_code == 1
    assert "b.md: would replace" in added.stderr


def test_a_zip_is_its_documents_and_its_faults_are_lines(run: Run, tmp_path: Path) -> None:
    kit = tmp_path / "kit.zip"
    with zipfile.ZipFile(kit, "w") as archive:
        archive.writestr("winter/snowplough.md", SNOWPLOUGH)
        archive.writestr("broken.docx", b"PK\x03\x04")
        archive.writestr("../out.md", b"out")
    added = run("add", str(kit))
    assert added.exit_code == 1
    assert [row[0] for row in table(added)] == ["snowplough-en"]
    assert added.stderr.splitlines() == [
        f"helpdesk: {kit}/../out.md: its name leads out of the archive: not read",
        f"helpdesk: {kit}/broken.docx: the file is damaged or cut short",
    ]
    assert table(run("add", str(kit)))[0][3] == "unchanged"


def test_a_link_out_of_a_folder_is_told_and_not_followed(run: Run, folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere"
    secret.mkdir()
    (secret / "secret.md").write_text("# Secret")
    (folder / "secret.md").symlink_to(secret / "secret.md")
    (folder / "all").symlink_to(secret)
    (folder / "same.md").symlink_to(folder / "winter" / "snowplough.md")
    added = run("add", str(folder))
    assert added.exit_code == 1
    assert [row[0] for row in table(added)] == ["snowplough-en"]
    assert sorted(line.split(": ")[1] for line in added.stderr.splitlines()) == [
        str(folder / "all"),
        str(folder / "secret.md"),
    ]


def test_a_web_address_inside_this_network_is_refused_in_one_line(run: Run) -> None:
    added = run("add", "http://127.0.0.1/handbook.pdf")
    assert added.exit_code == 1
    assert added.stderr == "helpdesk: http://127.0.0.1/handbook.pdf: 127.0.0.1 is not on the public net\n"


def test_another_kind_of_address_is_refused_in_one_line(run: Run) -> None:
    added = run("add", "ftp://example.org/handbook.pdf")
    assert added.exit_code == 1
    assert (
        added.stderr
        == "helpdesk: ftp://example.org/handbook.pdf: only http and https addresses are fetched\n"
    )


def test_a_folder_without_documents_and_no_document_of_that_id_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    assert (
        "there is no document in this folder (.docm, .docx, .htm" in run("add", str(tmp_path / "bare")).stderr
    )
    shown = run("show", "no-such-en")
    assert (shown.exit_code, shown.stderr) == (1, "helpdesk: no document is called 'no-such-en'\n")


def test_the_library_is_listed_and_shown(run: Run) -> None:
    listed = json.loads(run("list", "--json").stdout)
    assert {"doxing-en", "doxing-fr"} <= {document["document_id"] for document in listed}
    assert "doxing-en" in [row[0] for row in table(run("list"))]
    shown = run("show", "doxing-fr", "--passages")
    assert shown.exit_code == 0
    assert "topics" in shown.stdout
    with_text = json.loads(run("show", "doxing-fr", "--passages", "--json").stdout)
    assert len(with_text["passages_text"]) == with_text["passages"]


def test_a_question_that_the_library_can_not_answer_is_said_so(run: Run) -> None:
    done = run("search", "How do I bake sourdough bread at altitude?")
    assert done.exit_code == 0
    assert done.stdout.startswith("No answer (")
    assert json.loads(run("search", "", "--json").stdout)["abstain_reason"] == "no_text"


def test_text_of_documents_and_names_of_files_can_not_steer_the_terminal(run: Run, folder: Path) -> None:
    evil = "\x1b]0;owned\x07[bold red]Zamboni\u202e rules[/]"
    (folder / "winter" / "snowplough.md").write_text(
        SNOWPLOUGH.replace("Snowplough routes", "Zamboni [/red] [link=x]").replace(
            "1. Tell", f"1. {evil} Tell"
        )
    )
    (folder / "a\x1b[31m.md").write_text("")
    outputs = [run("add", str(folder)), run("list"), run("show", "snowplough-en", "--passages")]
    outputs += [run("search", "Zamboni snowplough drivers"), run("search", "Zamboni snowplough", "--json")]
    for done in outputs:
        assert "\x1b" not in done.output
        assert "\u202e" not in done.output
    assert "[bold red]Zamboni" in outputs[2].stdout


# the whole library as files


def test_an_exported_library_makes_the_same_library(
    run: Run, folder: Path, tmp_path: Path, sqlite_desks: DeskFactory
) -> None:
    run("add", str(folder))
    run("add", "--draft", str(_changed(folder, "ambulances", "fire engines")))
    run("synonyms", "add", "white stuff", "snow", "--language", "en")
    said = ("--document", "snowplough-en", "--language", "en", "--text", "The ambulance streets, first.")
    run("approved", "add", "Which streets are ploughed first?", *said)
    run("withdraw", "swatting-fr")
    run("retire", "swatting-en")
    exported = run("export", str(tmp_path / "out"))
    assert exported.exit_code == 0, exported.output

    there = sqlite_desks.environ_in(tmp_path / "there")

    def run_there(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["kb", *arguments], env=there, catch_exceptions=False)

    for document in ("swatting-en", "swatting-fr", "doxing-en"):  # so that they come back from the files
        run_there("purge", document, "--reason", "test", "--yes")
    assert run_there("add", str(tmp_path / "out")).exit_code == 0
    assert run_there("export", str(tmp_path / "again")).exit_code == 0
    first, second = (
        {str(f.relative_to(d)): f.read_text() for f in d.rglob("*.*")}
        for d in (tmp_path / "out", tmp_path / "again")
    )
    assert first == second
    kept = ("title", "kind", "state", "topics", "visibility", "owner", "sources", "passages", "draft")
    both = [
        {one["document_id"]: [one[name] for name in kept] for one in json.loads(ran("list", "--json").stdout)}
        for ran in (run, run_there)
    ]
    assert both[0] == both[1]
    once_more = run_there("add", str(tmp_path / "out"))
    assert {row[3] for row in table(once_more)} == {"unchanged"}


def test_an_export_does_not_overwrite_a_folder_of_something_else(run: Run, folder: Path) -> None:
    assert "choose another name" in run("export", str(folder)).stderr


def test_the_state_of_the_library_is_counted(run: Run, folder: Path) -> None:
    run("add", str(folder))
    stats = json.loads(run("stats", "--json").stdout)
    assert stats["by_language"]["en"] == stats["by_language"]["fr"] + 1
    assert stats["untranslated"] == 1
    assert "snowplough-en" in run("parity").stdout


def _changed(folder: Path, old: str, new: str) -> Path:
    file = folder / "winter" / "snowplough.md"
    file.write_text(file.read_text().replace(old, new))
    return file
