"""`helpdesk kb list`, `show`, `search`, `stats`: look into the library."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from bot.cli.common import AsJson, DataDir, cell, desk, one_line_errors, out, plain
from bot.cli.kb.shown import print_json
from bot.database import reading
from knowledge_base import library
from knowledge_base.library import DocumentSummary, PassageView
from knowledge_base.search import PUBLIC, Hit


@one_line_errors
def list_documents(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the documents of the library, with drafts that wait and translations that are behind."""
    with desk(data_dir) as services, reading(services.engine) as session:
        documents = library.list_documents(session)
        late = library.behind(session)
    if as_json:
        print_json(
            [
                {**asdict(document), "behind_since": late[document.document_id].since}
                if document.document_id in late
                else {**asdict(document), "behind_since": None}
                for document in documents
            ]
        )
        return
    table = Table(
        Column("document", no_wrap=True, overflow="fold"),
        "title",
        "state",
        "version",
        "passages",
        "review by",
    )
    for document in documents:
        state = document.state
        if document.draft:
            state += f", draft {document.draft} waits"
        if document.document_id in late:
            state += ", translation is behind"
        table.add_row(
            cell(document.document_id),
            cell(document.title),
            state,
            str(document.version),
            str(document.passages),
            cell(document.review_date),
        )
    out.print(table)
    out.print(f"{len(documents)} documents")


@one_line_errors
def show(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="Such as doxing-en.")],
    passages: Annotated[bool, typer.Option("--passages", help="Show the text, passage by passage.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the newest version as Markdown.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show one document: what it is, where it comes from and, when asked, what it says.

    With --markdown it prints the newest version as a file that `kb add` takes back: change it and add it.
    """
    with desk(data_dir) as services, reading(services.engine) as session:
        document = library.get_document(session, document_id)
        text = library.get_passages(session, document_id) if passages else ()
        late = library.behind(session).get(document_id)
        if markdown:
            out.print(plain(library.to_markdown(library.get_structure(session, document_id))), end="")
            return
    if as_json:
        more = {"passages_text": [asdict(passage) for passage in text]} if passages else {}
        print_json({**asdict(document), **more})
        return
    _show_document(document)
    if late:
        out.print(
            f"This translation is behind {plain(late.original_id)} since {late.since:%Y-%m-%d %H:%M} UTC."
        )
    for passage in text:
        _show_passage(passage)


def _show_document(document: DocumentSummary) -> None:
    table = Table("", Column("", overflow="fold"), show_header=False, box=None, pad_edge=False)
    for one in fields(document):
        value = getattr(document, one.name)
        if one.name == "sources":
            value = "\n".join(" ".join(filter(None, (s.name, s.address, s.read_by))) for s in value)
        elif isinstance(value, tuple):
            value = ", ".join(value)
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        elif isinstance(value, dt.datetime):
            value = f"{value:%Y-%m-%d %H:%M} UTC"
        if value not in (None, ""):
            table.add_row(one.name.replace("_", " "), cell(value))
    out.print(table)


def _show_passage(passage: PassageView) -> None:
    where = [f"[{passage.passage_id}]", " › ".join(passage.heading)]
    if passage.page_label:
        where.append(f"page {passage.page_label}")
    if passage.step:
        where.append(f"step {passage.step}")
    out.print()
    out.print(plain("  ".join(where)))
    out.print(plain(passage.text))


@one_line_errors
def search_command(
    question: Annotated[str, typer.Argument(help="What somebody would ask.")],
    language: Annotated[
        str | None, typer.Option(help="en or fr; told from the question when not given.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many passages at most.")] = 6,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Search the library as an official without membership would, and show the passages."""
    with desk(data_dir) as services:
        found = services.library.search(question, audience=PUBLIC, language=language, limit=limit)
    if as_json:
        print_json({**asdict(found), "hits": [_hit(hit) for hit in found.hits]})
        return
    if found.abstained:
        reason = (found.abstain_reason or "").replace("_", " ")
        out.print(f"No answer ({reason}; confidence {found.confidence:.2f}).")
        return
    for number, hit in enumerate(found.hits, start=1):
        page = f", page {hit.page}" if hit.page else ""
        out.print(plain(f"{number}. {hit.title} › {hit.section}{page}  [{hit.document_id}, {hit.score:.2f}]"))
        out.print(plain(f"   {hit.excerpt}"))
    out.print(f"confidence {found.confidence:.2f}, language {plain(found.language)}")


def _hit(hit: Hit) -> dict[str, Any]:
    return {**asdict(hit), "link": hit.link}


@one_line_errors
def stats(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Count the library: documents by kind, language and state, what is due, what is behind."""
    with desk(data_dir) as services, reading(services.engine) as session:
        today = services.clock().date()
        documents = library.list_documents(session)
        published = [one for one in documents if one.state == "published"]
        parity = library.parity(session)
        generation = library.current_generation(session)
        found: dict[str, Any] = {
            "documents": len(documents),
            "passages": sum(one.passages for one in published),
            "generation": generation,
            "by_state": _counted(one.state for one in documents),
            "by_kind": _counted(one.kind for one in published),
            "by_language": _counted(one.language for one in published),
            "by_visibility": _counted(tag for one in published for tag in one.visibility),
            "drafts_waiting": sum(one.state == "draft" or one.draft is not None for one in documents),
            "not_reviewed": sum(not one.reviewed for one in published),
            "review_overdue": sum(bool(one.review_date and one.review_date < today) for one in published),
            "without_owner": sum(not one.owner for one in published),
            "untranslated": len(parity.untranslated),
            "translations_behind": len(parity.behind),
            "synonyms": len(library.list_synonyms(session)),
        }
    if as_json:
        print_json(found)
        return
    table = Table("", "", show_header=False, box=None, pad_edge=False)
    for name, value in found.items():
        said = (
            ", ".join(f"{key} {count}" for key, count in value.items()) if isinstance(value, dict) else value
        )
        table.add_row(name.replace("_", " "), cell(said))
    out.print(table)


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
