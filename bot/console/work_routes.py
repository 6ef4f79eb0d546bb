"""The console's acts on a ticket beyond claim, reply, note and resolve: one address, one form for each act."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from fastapi import Request, Response

from bot import casework
from bot.browser import session as sessions
from bot.browser.route import Form, Posted, Refusal
from bot.browser.visitor import Visitor, check_form, vault_of
from bot.console.frame import Console
from bot.console.texts import TEXTS
from bot.console.texts.work import WORK
from bot.rendering import refusals
from bot.services import Services
from escalation.access import Actor
from escalation.business_hours import CalendarError, parse_instant
from escalation.errors import AlreadyClaimed, EscalationError, IllegalMove, NotFound
from escalation.kinds import Service
from escalation.sla import Priority
from escalation.tickets import Step, Why

CHANNEL: Final = "console"
_NONE: Final = "-"
_Act = Callable[["_Doing"], object]


class _Doing:
    """One posted act: who, on what, with which fields."""

    def __init__(self, console: Console, visitor: Visitor, number: str, form: Form, source: str) -> None:
        self.services: Services = console.services
        self.by: Actor = visitor.actor
        self.number: str = number
        self.form: Form = form
        self.how: dict[str, str] = {"channel": CHANNEL, "source_id": source}
        self._zone: str = console.reader(visitor).zone

    @property
    def reason(self) -> str:
        return self.form["reason"]

    @property
    def person(self) -> int:
        value = self.form["person"]
        if not (value.isascii() and value.isdecimal() and len(value) <= 9):
            raise Refusal(400)
        return int(value)

    @property
    def moment(self) -> datetime:
        return parse_instant(self.form["at"], self._zone)


def _hand_over(do: _Doing) -> object:
    return casework.hand_over(do.services, do.number, do.by, do.person, reason=do.reason, **do.how)


def _watch(do: _Doing) -> object:
    person = do.person if do.form["person"] else do.by.person_id or 0
    act = casework.unwatch if do.form["value"] == _NONE else casework.watch
    return act(do.services, do.number, do.by, person, **do.how)


def _monitor(do: _Doing) -> object:
    analyst = do.person if do.form["person"] else None
    step = Step(do.form["value"])
    return casework.monitor(
        do.services, do.number, do.by, step, do.form["words"], analyst_id=analyst, **do.how
    )


def _needed_by(do: _Doing) -> object:
    at = do.moment if do.form["at"] else None
    return casework.set_needed_by(do.services, do.number, do.by, at, reason=do.reason, **do.how)


def _tick(do: _Doing) -> object:
    done = do.form["done"] != _NONE
    return casework.tick(do.services, do.number, do.by, do.form["value"], done=done, **do.how)


def _topic(do: _Doing) -> object:
    topic = None if do.form["value"] == _NONE else do.form["value"]
    return casework.set_topic(do.services, do.number, do.by, topic, **do.how)


ACTS: Final[dict[str, _Act]] = {
    "ask": lambda do: casework.ask(do.services, do.number, do.by, do.form["words"], **do.how),
    "wait_official": lambda do: casework.wait_for_official(do.services, do.number, do.by, **do.how),
    "wait_other": lambda do: casework.wait_for_third_party(
        do.services, do.number, do.by, reason=do.form["words"], **do.how
    ),
    "resume": lambda do: casework.resume(do.services, do.number, do.by, **do.how),
    "hand_over": _hand_over,
    "return": lambda do: casework.give_back(do.services, do.number, do.by, reason=do.reason, **do.how),
    "priority": lambda do: casework.set_priority(
        do.services, do.number, do.by, Priority(do.form["value"]), reason=do.reason, **do.how
    ),
    "topic": _topic,
    "service": lambda do: casework.set_service(
        do.services, do.number, do.by, Service(do.form["value"]), **do.how
    ),
    "needed_by": _needed_by,
    "verify": lambda do: casework.verify(do.services, do.number, do.by, reason=do.reason, **do.how),
    "snooze": lambda do: casework.snooze(do.services, do.number, do.by, do.moment, **do.how),
    "link": lambda do: casework.link(
        do.services, do.number, do.form["number"], do.by, reason=do.reason, **do.how
    ),
    "merge": lambda do: casework.merge(
        do.services, do.number, do.form["number"], do.by, reason=do.reason, **do.how
    ),
    "split": lambda do: casework.split(
        do.services, do.number, do.form["value"], do.by, reason=do.reason, **do.how
    ),
    "watch": _watch,
    "check": _tick,
    "monitor": _monitor,
    "close": lambda do: casework.close(do.services, do.number, do.by, **do.how),
    "cancel": lambda do: casework.cancel(
        do.services, do.number, do.by, Why(do.form["value"]), reason=do.reason, **do.how
    ),
}


class WorkRoutes:
    """The handler. It holds no state but the console it draws with."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def work(self, request: Request, number: str, form: Posted) -> Response:
        """Do one act and show the ticket again, with what came of it."""
        console = self._console
        visitor = console.staff(request)
        texts = TEXTS[visitor.language]
        try:
            check_form(console.services, visitor, request, form)
        except Refusal:
            return console.draw_ticket(request, visitor, number, flash=texts.stale_form, status=403)
        nonce = sessions.read_once(vault_of(console.services), visitor.cookie, form["once"])
        if not nonce:
            return console.draw_ticket(request, visitor, number, flash=texts.stale_form, status=403)
        act = ACTS.get(form["act"])
        if act is None:
            raise Refusal(400)
        fields = "\x00".join(f"{name}={value}" for name, value in sorted(form.fields.items()))
        source = f"{visitor.cookie.id}:{nonce}:{sessions.fingerprint(fields)}"
        try:
            act(_Doing(console, visitor, number, form, source))
        except ValueError as error:  # a value that no form of ours offers, or a date that is none
            if not isinstance(error, CalendarError):
                raise Refusal(400) from None
            return console.draw_ticket(request, visitor, number, flash=str(error), status=422)
        except (IllegalMove, NotFound) as error:
            return console.draw_ticket(request, visitor, number, flash=self._said(error, visitor), status=409)
        done = WORK[visitor.language].done
        try:
            return console.draw_ticket(request, visitor, number, flash=done, good=True)
        except (EscalationError, Refusal):
            return console.to_queue(request, visitor)

    def _said(self, error: IllegalMove | NotFound, visitor: Visitor) -> str:
        texts = TEXTS[visitor.language]
        if isinstance(error, AlreadyClaimed):
            when = self._console.reader(visitor).when(error.at)
            return texts.already_claimed.format(number="", name=error.by, when=when).strip()
        otherwise = texts.illegal_move if isinstance(error, IllegalMove) else texts.not_found
        return refusals.said(error, visitor.language.value, otherwise)


__all__ = ["ACTS", "WorkRoutes"]
