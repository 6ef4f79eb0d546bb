"""The console's pages of the library: list, document, edit, gaps, words, changes; and what admins do there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from fastapi import Request, Response

from bot import curation
from bot.browser.route import Form, Posted, Refusal
from bot.browser.visitor import Visitor, check_form
from bot.console import shelf
from bot.console.frame import Console
from bot.console.texts.library import LIBRARY, LibraryTexts
from bot.curation import HowToPublish
from bot.database import reading, transaction
from escalation.access import Verb, may
from escalation.errors import IllegalMove, NotFound
from knowledge_base import library
from knowledge_base.errors import (
    LibraryError,
    NotPublishable,
    ReadError,
    SecondAdminNeeded,
)
from knowledge_base.readers import read as read_file
from knowledge_base.synonyms import Synonym

LIBRARY_PATH: Final = "/console/library"
_LONGEST_NUMBER = 6


class LibraryRoutes:
    """The handlers. They hold no state but the console they draw with."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._services = console.services

    # pages

    def shelf(self, request: Request) -> Response:
        """Show what the bot quotes from, and what waits for somebody."""
        visitor = self._console.staff(request)
        with reading(self._services.engine) as session:
            page = shelf.read_shelf(session, visitor.actor, self._console.reader(visitor))
        return self._console.draw(request, visitor, "library.html", page)

    def document(self, request: Request, document_id: str) -> Response:
        """Show one document: its versions, what changed, what can be done with it."""
        visitor = self._editor(request)
        done = request.query_params.get("done", "")
        words = LIBRARY[visitor.language].done.get(done)
        count = request.query_params.get("count", "")
        flash = words.format(count=count if count.isdecimal() else "0") if words else None
        return self._draw(request, visitor, document_id, flash=flash, good=True)

    def edit(self, request: Request, document_id: str) -> Response:
        """Show a document's newest version as text to be changed."""
        visitor = self._editor(request)
        with reading(self._services.engine) as session:
            try:
                text = library.to_markdown(library.get_structure(session, document_id))
                title = library.get_document(session, document_id).title
            except LibraryError:
                raise Refusal(404) from None
        return self._draw_edit(request, visitor, document_id, title, text)

    def new(self, request: Request) -> Response:
        """Show the skeleton of a new document."""
        visitor = self._editor(request)
        t = LIBRARY[visitor.language]
        text = t.skeleton.format(owner=visitor.name or "")
        return self._draw_edit(request, visitor, None, t.new_title, text)

    def gaps(self, request: Request) -> Response:
        """Show what people asked and the library could not answer."""
        return self._draw_gaps(request, self._editor(request))

    def words(self, request: Request) -> Response:
        """Show synonyms and approved answers."""
        visitor = self._editor(request)
        flash = LIBRARY[visitor.language].done.get(request.query_params.get("done", ""))
        return self._draw_words(request, visitor, flash=flash, good=True)

    def changes(self, request: Request) -> Response:
        """Show who did what to the library."""
        visitor = self._editor(request)
        with reading(self._services.engine) as session:
            page = shelf.read_changes(session, self._console.reader(visitor))
        return self._console.draw(request, visitor, "changes.html", page)

    # acts

    def act(self, request: Request, document_id: str, form: Posted) -> Response:
        """Publish, go back, retire, withdraw, confirm or purge a document."""
        visitor = self._checked(request, form)
        t = LIBRARY[visitor.language]
        acts: dict[str, Callable[[], int]] = {
            "publish": lambda: self._publish(visitor, document_id, form),
            "rollback": lambda: self._publish(visitor, document_id, form),
            "retire": lambda: self._plain(curation.retire, visitor, document_id),
            "confirm": lambda: self._plain(curation.confirm_match, visitor, document_id),
            "withdraw": lambda: curation.withdraw(
                self._services, document_id, visitor.actor, reason=form["reason"].strip()
            ),
        }
        try:
            if form["act"] == "purge":
                return self._purge(request, visitor, document_id, form)
            if form["act"] not in acts:
                raise Refusal(400)
            count = acts[form["act"]]()
        except SecondAdminNeeded:
            return self._draw(request, visitor, document_id, flash=t.faults["second"], status=409)
        except NotPublishable as error:
            flash = t.faults["publish"].format(why=error)
            return self._draw(request, visitor, document_id, flash=flash, status=409)
        except IllegalMove:
            return self._draw(request, visitor, document_id, flash=t.faults["reason"], status=422)
        except LibraryError:
            raise Refusal(404) from None
        self._services.pool.submit(
            self._services.library.refresh, self._services.engine, self._services.clock()
        )
        address = f"{LIBRARY_PATH}/{document_id}?done={form['act']}&count={count}"
        return self._console.go(request, address, visitor)

    def save(self, request: Request, form: Posted, document_id: str | None = None) -> Response:
        """Keep an edited document as a draft; what was typed is never lost."""
        visitor = self._checked(request, form)
        t = LIBRARY[visitor.language]
        text = form["text"].replace("\r\n", "\n")
        name = f"{document_id or 'new'}.md"
        title = t.edit_title.format(title=document_id) if document_id else t.new_title
        try:
            document = read_file(name, text.encode())
            with transaction(self._services.engine) as session:
                done = curation.take_in(
                    session,
                    document,
                    visitor.actor,
                    source_name=name,
                    how=HowToPublish.NOTHING,
                    now=self._services.clock(),
                )
        except ReadError as error:
            return self._again(
                request, visitor, document_id, title, text, t.faults["read"].format(why=error.reason)
            )
        except LibraryError as error:
            return self._again(
                request, visitor, document_id, title, text, t.faults["taken"].format(why=error)
            )
        if not done.added.changed:
            return self._again(request, visitor, document_id, title, text, t.unchanged)
        return self._console.go(request, f"{LIBRARY_PATH}/{done.added.document_id}?done=saved", visitor)

    def save_new(self, request: Request, form: Posted) -> Response:
        """Keep a new document as a draft."""
        return self.save(request, form)

    def begin(self, request: Request, form: Posted) -> Response:
        """Turn a gap into a draft that somebody owns."""
        visitor = self._checked(request, form)
        t = LIBRARY[visitor.language]
        owner = form["owner"]
        try:
            document_id = curation.draft_for_gap(
                self._services,
                form["gap"],
                visitor.actor,
                title=form["title"],
                language=form["language"],
                assignee_id=int(owner) if owner.isdecimal() and len(owner) <= _LONGEST_NUMBER else None,
            )
        except LibraryError as error:
            return self._draw_gaps(request, visitor, t.faults["taken"].format(why=error), 409)
        except NotFound:
            return self._draw_gaps(request, visitor, t.faults["gone"], 409)
        return self._console.go(request, f"{LIBRARY_PATH}/{document_id}/edit", visitor)

    def change_words(self, request: Request, form: Posted) -> Response:
        """Add or remove a synonym or an approved answer."""
        visitor = self._checked(request, form)
        t, services, actor = LIBRARY[visitor.language], self._services, visitor.actor
        synonym = Synonym(form["language"], form["phrase"].strip(), form["meaning"].strip())
        acts: dict[str, Callable[[], object]] = {
            "add_synonym": lambda: curation.add_synonym(services, synonym, actor),
            "remove_synonym": lambda: curation.remove_synonym(services, synonym, actor),
            "approve": lambda: curation.approve(
                services,
                actor,
                language=form["language"],
                question=form["question"],
                text=form["reply"],
                document_id=form["document"],
                section=form["section"],
                phrasings=tuple(form["phrasings"].splitlines()),
            ),
            "remove_approved": lambda: curation.remove_approved(
                services, actor, language=form["language"], question=form["question"]
            ),
        }
        if form["act"] not in acts:
            raise Refusal(400)
        try:
            acts[form["act"]]()
        except LibraryError as error:
            flash = t.faults["taken"].format(why=error)
            return self._draw_words(request, visitor, flash=flash, status=409)
        services.pool.submit(services.library.refresh, services.engine, services.clock())
        done = "removed" if form["act"].startswith("remove") else "added"
        return self._console.go(request, f"/console/words?done={done}", visitor)

    def propose(self, request: Request, number: str, form: Posted) -> Response:
        """Turn a resolved ticket into a draft article."""
        visitor = self._console.staff(request)
        check_form(self._services, visitor, request, form)
        t = LIBRARY[visitor.language]
        try:
            made = curation.draft_from_ticket(self._services, number, visitor.actor, title=form["title"])
        except LibraryError as error:
            flash = t.faults["taken"].format(why=error)
            return self._console.draw_ticket(request, visitor, number, flash=flash, status=409)
        return self._console.draw_ticket(
            request, visitor, number, flash=t.proposed.format(id=made), good=True
        )

    # helpers

    def _editor(self, request: Request) -> Visitor:
        visitor = self._console.staff(request)
        if not may(visitor.actor, Verb.EDIT_LIBRARY):
            raise Refusal(404)
        return visitor

    def _checked(self, request: Request, form: Form) -> Visitor:
        visitor = self._editor(request)
        check_form(self._services, visitor, request, form)
        return visitor

    def _publish(self, visitor: Visitor, document_id: str, form: Form) -> int:
        number = _number(form["version"])
        if number is None:
            raise Refusal(400)
        return curation.publish(self._services, document_id, visitor.actor, version=number).gaps_closed

    def _plain(self, act: Callable[..., None], visitor: Visitor, document_id: str) -> int:
        act(self._services, document_id, visitor.actor)
        return 0

    def _purge(self, request: Request, visitor: Visitor, document_id: str, form: Form) -> Response:
        if form["sure"] != "yes":
            raise IllegalMove("not confirmed")
        done = curation.purge(self._services, document_id, visitor.actor, reason=form["reason"])
        page = shelf.read_purged(done, self._console.reader(visitor))
        return self._console.draw(request, visitor, "purged.html", page, path=LIBRARY_PATH)

    def _draw(
        self,
        request: Request,
        visitor: Visitor,
        document_id: str,
        *,
        flash: str | None = None,
        good: bool = False,
        status: int = 200,
    ) -> Response:
        old, new = _number(request.query_params.get("from", "")), _number(request.query_params.get("to", ""))
        try:
            with reading(self._services.engine) as session:
                page = shelf.read_shelved(
                    session, visitor.actor, document_id, self._console.reader(visitor), old, new
                )
        except LibraryError:
            raise Refusal(404) from None
        page = replace(page, flash=flash, good=good)
        path = None if request.method == "GET" else f"{LIBRARY_PATH}/{document_id}"
        return self._console.draw(request, visitor, "document.html", page, status=status, path=path)

    def _draw_edit(
        self,
        request: Request,
        visitor: Visitor,
        document_id: str | None,
        title: str,
        text: str,
        flash: str | None = None,
        status: int = 200,
    ) -> Response:
        t: LibraryTexts = LIBRARY[visitor.language]
        action = f"{LIBRARY_PATH}/{document_id}/edit" if document_id else f"{LIBRARY_PATH}/new"
        heading = t.edit_title.format(title=title) if document_id and flash is None else title
        page = shelf.EditPage(t, heading, action, text, flash)
        path = None if request.method == "GET" else action
        return self._console.draw(request, visitor, "edit.html", page, status=status, path=path)

    def _again(
        self, request: Request, visitor: Visitor, document_id: str | None, title: str, text: str, flash: str
    ) -> Response:
        return self._draw_edit(request, visitor, document_id, title, text, flash, 422)

    def _draw_gaps(
        self, request: Request, visitor: Visitor, flash: str | None = None, status: int = 200
    ) -> Response:
        with reading(self._services.engine) as session:
            page = shelf.read_gaps(session, visitor.actor, self._console.reader(visitor))
        path = None if request.method == "GET" else "/console/gaps"
        page = replace(page, flash=flash)
        return self._console.draw(request, visitor, "gaps.html", page, status=status, path=path)

    def _draw_words(
        self,
        request: Request,
        visitor: Visitor,
        *,
        flash: str | None = None,
        good: bool = False,
        status: int = 200,
    ) -> Response:
        with reading(self._services.engine) as session:
            page = shelf.read_words(session, self._console.reader(visitor))
        path = None if request.method == "GET" else "/console/words"
        page = replace(page, flash=flash, good=good)
        return self._console.draw(request, visitor, "words.html", page, status=status, path=path)


def _number(text: str) -> int | None:
    plain = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return int(text) if plain and int(text) > 0 else None
