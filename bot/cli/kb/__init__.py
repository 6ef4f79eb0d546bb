"""`helpdesk kb`: add to the library, look into it, search it, keep it current."""

import typer

from bot.cli.kb import adding, evaluating, exporting, gaps, life, looking, wording

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Add to the library, look into it, search it, keep it current."""


def register(parent: typer.Typer) -> None:
    """Add the group."""
    parent.add_typer(app, name="kb")


app.command("add", short_help="Add files, folders, zips or web pages, or new versions.")(adding.add)
app.command("import", hidden=True)(adding.add)
app.command("list", short_help="List the documents, with drafts that wait.")(looking.list_documents)
app.command("show", short_help="Show one document: what it is, and its passages.")(looking.show)
app.command("search", short_help="Search the library as an official does.")(looking.search_command)
app.command("versions", short_help="List the versions of a document.")(life.versions)
app.command("diff", short_help="Show what changed: phones, addresses, links first.")(life.diff)
app.command("publish", short_help="Make a version what answers quote.")(life.publish)
app.command("rollback", short_help="Publish an earlier version again.")(life.rollback)
app.command("retire", short_help="Take a document out of new answers.")(life.retire)
app.command("withdraw", short_help="Take it out of every answer now.")(life.withdraw)
app.command("purge", short_help="Remove it for good, with every excerpt.")(life.purge)
app.command("confirm", short_help="Say that a translation still agrees.")(life.confirm)
app.command("history", short_help="Show who did what, the latest first.")(life.history)
app.command("parity", short_help="List what has no current French or English twin.")(life.parity)
app.command("stats", short_help="Count documents by kind, language and state.")(looking.stats)
app.command("export", short_help="Write the whole library as Markdown files.")(exporting.export)
app.command("draft-from-ticket", short_help="Begin an article from a resolved ticket.")(
    gaps.draft_from_ticket
)
app.add_typer(gaps.app, name="gaps", help="What people asked and the library could not answer.")
app.command("evaluate", short_help="Test your library before you publish.")(evaluating.evaluate)
app.add_typer(wording.synonyms, name="synonyms", help="Phrases people write, and the library's own words.")
app.add_typer(wording.approved, name="approved", help="Fixed replies to named questions.")
