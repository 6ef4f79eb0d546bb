"""`helpdesk kb`: add to the library, look into it, search it, keep it current."""

import typer

from bot.cli import kb_evaluate
from bot.cli.kb import adding, exporting, gaps, life, looking, wording

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Add to the library, look into it, search it, keep it current."""


def register(parent: typer.Typer) -> None:
    """Add the group."""
    parent.add_typer(app, name="kb")


app.command("add")(adding.add)
app.command("import", hidden=True)(adding.add)
app.command("list")(looking.list_documents)
app.command("show")(looking.show)
app.command("search")(looking.search_command)
app.command("versions")(life.versions)
app.command("diff")(life.diff)
app.command("publish")(life.publish)
app.command("rollback")(life.rollback)
app.command("retire")(life.retire)
app.command("withdraw")(life.withdraw)
app.command("purge")(life.purge)
app.command("confirm")(life.confirm)
app.command("history")(life.history)
app.command("parity")(life.parity)
app.command("stats")(looking.stats)
app.command("export")(exporting.export)
app.command("draft-from-ticket")(gaps.draft_from_ticket)
app.add_typer(gaps.app, name="gaps", help="What people asked and the library could not answer.")
app.command("evaluate")(kb_evaluate.evaluate)
app.add_typer(wording.synonyms, name="synonyms", help="Phrases people write, and the library's own words.")
app.add_typer(wording.approved, name="approved", help="Fixed replies to named questions.")
