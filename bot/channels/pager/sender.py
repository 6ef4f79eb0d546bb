"""Carries pages to the gateway: one signed POST each, which says that somebody is needed and nothing else."""

import json
import urllib.request
from collections.abc import Callable
from datetime import datetime
from email.message import Message as Headers
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError

from bot.channels.pager.signing import HEADER, sign
from bot.channels.pager.tokens import Sign, token_for
from bot.messages import DeliveryError, Outbound, Receipt
from bot.settings import Settings

TIMEOUT = 10.0
_LARGEST_ANSWER = 4_096
# What the gateway says of this one page; anything else may be mended before it is tried again.
_REFUSED = frozenset({400, 404, 410, 413, 415, 422})
_WORDS = {
    "en": "{hub}: you are needed now. Say that you have it: {link}",
    "fr": "{hub} : on a besoin de vous maintenant. Dites que vous vous en occupez : {link}",
}
_MANY = {
    "en": "{hub}: many messages of danger from strangers. Look at the queue: {link}",
    "fr": "{hub} : plusieurs messages de danger d'inconnus. Voyez la file : {link}",
}
_TEST = {
    "en": "{hub}: TEST, nobody is in danger. Please answer: {link}",
    "fr": "{hub} : ESSAI, personne n'est en danger. Veuillez répondre : {link}",
}
TOGETHER = "pages"
SELF_TEST = "self_test"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow nothing: a page goes to the address that was configured, or nowhere."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


class PagerSender:
    """Sender over the gateway's webhook. What the desk would say elsewhere never reaches it: words are fixed."""

    def __init__(self, settings: Settings, sign_token: Sign, *, clock: Callable[[], datetime]) -> None:
        if settings.pager_url is None or settings.pager_secret is None:
            raise ValueError("HELPDESK_PAGER_URL and HELPDESK_PAGER_SECRET are not set")
        self._url = settings.pager_url
        self._secret = settings.pager_secret.get_secret_value()
        self._hub = settings.hub_name
        self._base = settings.base_url
        self._sign_token = sign_token
        self._clock = clock
        self._opener = urllib.request.build_opener(_NoRedirect)

    def send(self, message: Outbound) -> Receipt:
        """Page the one person the address names, or raise DeliveryError."""
        try:
            recipient = str(json.loads(message.address)["pager"])
        except (ValueError, KeyError, TypeError):
            raise DeliveryError("the address names no pager", permanent=True) from None
        language = "fr" if message.language == "fr" else "en"
        if message.kind == SELF_TEST:
            link = f"{self._base}/pager/{token_for(message.row_id, self._sign_token)}"
            words = _TEST[language]
        elif message.kind == TOGETHER:  # about no request in particular: there is nothing to take but a look
            link, words = f"{self._base}/console", _MANY[language]
        else:
            link = f"{self._base}/pager/{token_for(message.row_id, self._sign_token)}"
            words = _WORDS[language]
        return self._post(
            {
                "id": message.row_id,
                "kind": "page",
                "to": recipient,
                "language": language,
                "text": words.format(hub=self._hub, link=link),
                "acknowledge_url": link,
                "reply_url": f"{self._base}/pager/reply",
            }
        )

    def check(self) -> None:
        """Ask the gateway whether it takes our signature, paging nobody; raise DeliveryError if it doesn't."""
        self._post({"id": "check", "kind": "check"})

    def _post(self, content: dict[str, str]) -> Receipt:
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        request = urllib.request.Request(  # noqa: S310  the settings allow http and https alone
            self._url,
            data=body,
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": content["id"],
                HEADER: sign(self._secret, body, self._clock()),
            },
            method="POST",
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return Receipt(_receipt(answer.read(_LARGEST_ANSWER)))
        except HTTPError as error:
            with error:
                raise _refused(error.code, error.headers) from None
        except (URLError, HTTPException, OSError) as error:
            raise DeliveryError(f"the pager's gateway can't be reached ({_name(error)})") from None


def _receipt(body: bytes) -> str | None:
    """Return the gateway's own id of the page, when it gives one."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    given = found.get("id") if isinstance(found, dict) else None
    return str(given)[:200] if given is not None else None


def _refused(status: int, headers: Headers) -> DeliveryError:
    if status in _REFUSED:
        return DeliveryError(f"the pager's gateway refuses this page (HTTP {status})", permanent=True)
    if 300 <= status < 400:
        return DeliveryError(
            f"the pager's gateway leads elsewhere (HTTP {status}): set HELPDESK_PAGER_URL to the final address"
        )
    if status in {401, 403}:
        return DeliveryError(f"the pager's gateway does not accept our signature (HTTP {status})")
    after = str(headers.get("Retry-After") or "")
    return DeliveryError(
        f"the pager's gateway could not take the page (HTTP {status})",
        retry_after=min(float(after), 300.0) if after.isdigit() else None,
    )


def _name(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    return type(reason).__name__ if isinstance(reason, BaseException) else "no answer"
