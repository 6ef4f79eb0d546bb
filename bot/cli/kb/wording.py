"""`helpdesk kb synonyms` and `helpdesk kb approved`: the words people use, and fixed replies."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from bot import curation
from bot.cli.common import AsJson, AsWhom, DataDir, acting, cell, desk, one_line_errors, out, plain
from bot.cli.kb.shown import print_json
from bot.database import reading
from knowledge_base import library
from knowledge_base.synonyms import Synonym

synonyms = typer.Typer(no_args_is_help=True)
approved = typer.Typer(no_args_is_help=True)

_Language = Annotated[str, typer.Option(help="en or fr.")]
_Phrase = Annotated[str, typer.Argument(help="What people write, such as 'they leaked where I live'.")]
_Meaning = Annotated[str, typer.Argument(help="The library's own words, such as 'home address published'.")]
_Question = Annotated[str, typer.Argument(help="The question, as people ask it.")]


@synonyms.command("list")
@one_line_errors
def list_synonyms(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the synonyms that admins have added; documents bring their own in their front matter."""
    with desk(data_dir) as services, reading(services.engine) as session:
        found = library.list_synonyms(session)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        out.print("No synonym yet. Add one: helpdesk kb synonyms add 'they leaked' 'published' --language en")
        return
    table = Table(
        "language", Column("people write", overflow="fold"), Column("the library says", overflow="fold")
    )
    for one in found:
        table.add_row(one.language, cell(one.phrase), cell(one.meaning))
    out.print(table)


@synonyms.command("add")
@one_line_errors
def add_synonym(
    phrase: _Phrase, meaning: _Meaning, language: _Language, who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Teach the search that a phrase means something the library says in other words."""
    with desk(data_dir) as services:
        new = curation.add_synonym(services, Synonym(language, phrase, meaning), acting(services, who))
        services.library.refresh(services.engine, services.clock())
    out.print("The search knows it now." if new else "The search knew it already.")


@synonyms.command("remove")
@one_line_errors
def remove_synonym(
    phrase: _Phrase, meaning: _Meaning, language: _Language, who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Take a synonym back. `kb history` keeps who added and removed it."""
    with desk(data_dir) as services:
        curation.remove_synonym(services, Synonym(language, phrase, meaning), acting(services, who))
        services.library.refresh(services.engine, services.clock())
    out.print("The search has forgotten it.")


@approved.command("list")
@one_line_errors
def list_approved(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the fixed replies. One whose document is not published is not given."""
    with desk(data_dir) as services, reading(services.engine) as session:
        found = library.list_approved(session)
        names = {one.created_by: curation.who(session, one.created_by) for one in found}
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        out.print("No approved answer yet. See: helpdesk kb approved add --help")
        return
    table = Table("language", Column("question", overflow="fold"), "stands on", "by", "given")
    for one in found:
        table.add_row(
            one.language,
            cell("\n".join((one.question, *(f"  or: {way}" for way in one.phrasings)))),
            cell(one.document_id),
            cell(names[one.created_by]),
            "yes" if one.standing else "no",
        )
    out.print(table)


@approved.command("add")
@one_line_errors
def add_approved(
    question: _Question,
    document: Annotated[str, typer.Option(help="The document it stands on, such as doxing-en.")],
    language: _Language,
    text: Annotated[str | None, typer.Option(help="The reply, word for word.")] = None,
    file: Annotated[Path | None, typer.Option(help="A text file with the reply.")] = None,
    section: Annotated[str, typer.Option(help="The heading it stands on; the beginning otherwise.")] = "",
    phrasing: Annotated[list[str] | None, typer.Option(help="Another way to ask; may be repeated.")] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Give a question its fixed reply, cited from a document. It wins over what the search would find.

    It is given to this question in these words, in another order, or with all of its telling words and
    nearly its sense. Add the other ways people ask with --phrasing.
    """
    if (text is None) == (file is None):
        raise typer.BadParameter("give the reply with --text or with --file")
    try:
        reply = text if text is not None else (file or Path()).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} can't be read as text") from error
    with desk(data_dir) as services:
        curation.approve(
            services,
            acting(services, who),
            language=language,
            question=question,
            text=reply,
            document_id=document,
            section=section,
            phrasings=tuple(phrasing or ()),
        )
        services.library.refresh(services.engine, services.clock())
    out.print(plain(f"Approved. It cites {document}."))


@approved.command("remove")
@one_line_errors
def remove_approved(
    question: _Question, language: _Language, who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Take a fixed reply back: the search answers again."""
    with desk(data_dir) as services:
        curation.remove_approved(services, acting(services, who), language=language, question=question)
        services.library.refresh(services.engine, services.clock())
    out.print("Removed.")
