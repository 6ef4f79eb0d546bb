"""The small pure rules of the browser side."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.browser.language import Language, choose, typeset
from bot.browser.moments import stamped, until, zone_from
from bot.browser.session import (
    Cookie,
    csrf_token,
    demonstration_request_allowed,
    is_own_form,
    issue_cookie,
    issue_once,
    own_origin,
    read_cookie,
    read_once,
)
from bot.browser.transcript import Piece, lifelines_in, paragraphs_of
from bot.channels.web.asking import clean
from bot.channels.web.texts import TEXTS as CHAT
from bot.console.texts import TEXTS as CONSOLE
from bot.settings import Settings
from bot.vault import Vault, new_master_key

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def settings(**values: Any) -> Settings:
    return Settings(data_dir=Path("data"), **values)


@pytest.mark.parametrize(
    ("peer", "host", "headers", "allowed"),
    [
        ("127.0.0.1", "localhost:8000", {}, True),
        ("::1", "[::1]:8000", {}, True),
        ("127.0.0.1", "127.0.0.1", {}, True),
        ("127.0.0.1", "LOCALHOST:65535", {}, True),
        ("10.0.0.7", "localhost:8000", {}, False),
        (None, "localhost:8000", {}, False),
        ("127.0.0.1", None, {}, False),
        ("127.0.0.1", "", {}, False),
        ("127.0.0.1", "desk.test:8000", {}, False),
        ("127.0.0.1", "localhost.desk.test", {}, False),
        ("127.0.0.1", "localhost:8000@desk.test", {}, False),
        ("127.0.0.1", "127.0.0.1.desk.test:80", {}, False),
        ("127.0.0.1", "localhost:8000", {"forwarded": "for=1.2.3.4"}, False),
        ("127.0.0.1", "localhost:8000", {"x-forwarded-for": "1.2.3.4"}, False),
        ("127.0.0.1", "localhost:8000", {"x-forwarded-host": "desk.test"}, False),
        ("127.0.0.1", "localhost:8000", {"x-real-ip": "1.2.3.4"}, False),
        ("127.0.0.1", "localhost:8000", {"via": "1.1 proxy"}, False),
        ("127.0.0.1", "localhost:8000", {"accept": "*/*"}, True),
    ],
)
def test_demonstration_people_act_from_this_machine_through_nothing(
    peer: str | None, host: str | None, headers: dict[str, str], allowed: bool
) -> None:
    assert demonstration_request_allowed(settings(), peer, host, headers) is allowed


def test_no_demonstration_where_others_can_reach_the_desk() -> None:
    for public in (settings(public_url="https://help.example.org"), settings(host="0.0.0.0")):
        assert not demonstration_request_allowed(public, "127.0.0.1", "localhost", {})


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"host": "localhost:8000", "origin": "http://localhost:8000"}, True),
        ({"host": "localhost:8000"}, True),
        ({"host": "localhost:8000", "origin": "null", "sec-fetch-site": "same-origin"}, True),
        ({"host": "localhost:8000", "origin": "null", "sec-fetch-site": "cross-site"}, False),
        ({"host": "localhost:8000", "sec-fetch-site": "same-site"}, False),
        ({"host": "localhost:8000", "origin": "http://localhost:9000"}, False),
        ({"host": "localhost:8000", "origin": "https://localhost:8000"}, False),
        ({"host": "localhost:8000", "origin": "http://evil.test"}, False),
    ],
)
def test_a_form_comes_from_our_own_pages(headers: dict[str, str], own: bool) -> None:
    assert own_origin(settings(), "http", headers) is own


def test_behind_a_proxy_the_public_address_is_the_origin() -> None:
    public = settings(public_url="https://help.example.org")
    headers = {"host": "127.0.0.1:8000", "origin": "https://help.example.org"}
    assert own_origin(public, "http", headers)
    assert not own_origin(public, "http", {**headers, "origin": "http://127.0.0.1:8000"})


def test_cookies_and_form_tokens_are_good_for_their_own_session_alone() -> None:
    vault, other = Vault(new_master_key()), Vault(new_master_key())
    cookie, stranger = issue_cookie(vault), issue_cookie(vault)
    assert read_cookie(vault, cookie.value) == cookie
    assert read_cookie(other, cookie.value) is None
    assert read_cookie(vault, cookie.value[:-1] + ("0" if cookie.value[-1] != "0" else "1")) is None
    assert is_own_form(vault, cookie, csrf_token(vault, cookie))
    assert not is_own_form(vault, stranger, csrf_token(vault, cookie))
    once = issue_once(vault, cookie)
    assert read_once(vault, cookie, once) == once.partition(".")[0]
    assert read_once(vault, stranger, once) is None
    assert once != issue_once(vault, cookie)
    for forged in ("", "x", "é.é", csrf_token(vault, cookie)):
        assert read_once(vault, cookie, forged) is None
        assert read_cookie(vault, forged) is None
    assert cookie.value not in Cookie(cookie.value).id


@pytest.mark.parametrize(
    ("asked", "remembered", "header", "language"),
    [
        (None, None, None, "en"),
        ("fr", "en", "en", "fr"),
        (None, "fr", "en", "fr"),
        (None, None, "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        (None, None, "de,en;q=0.3,fr;q=0.4", "fr"),
        (None, None, "fr;q=0", "en"),
        (None, None, "fr;q=nonsense,en;q=0.1", "en"),
        ("xx", "yy", "zz", "en"),
        ("FR_ca", None, None, "fr"),
    ],
)
def test_the_language_is_asked_for_else_remembered_else_the_browsers(
    asked: str | None, remembered: str | None, header: str | None, language: str
) -> None:
    assert choose(asked, remembered, header) == language


def test_french_has_its_spaces_and_both_languages_their_apostrophes() -> None:
    gap = "\N{NO-BREAK SPACE}"
    assert typeset("l'aide : « ici »", Language.FR) == f"l’aide{gap}: «{gap}ici{gap}»"
    assert typeset("don't", Language.EN) == "don’t"


@pytest.mark.parametrize("tables", [CHAT, CONSOLE])
def test_every_sentence_is_there_in_both_languages(tables: Any) -> None:
    english, french = tables[Language.EN], tables[Language.FR]
    assert is_dataclass(english)
    for field in fields(english):
        one, two = getattr(english, field.name), getattr(french, field.name)
        if isinstance(one, str):
            assert one.strip() and two.strip(), field.name
            assert one.count("{") == two.count("{"), field.name
        else:
            assert one.keys() == two.keys(), field.name


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "/etc/localtime", "Mars/Base", "é", "x" * 500, "America", None]
)
def test_what_is_no_zone_falls_back(name: str | None) -> None:
    assert zone_from((name, "America/Boise"), "America/Toronto") == "America/Boise"
    assert zone_from((name,), "America/Toronto") == "America/Toronto"


def test_times_are_stamped_in_the_readers_zone() -> None:
    assert stamped(NOW, "America/Boise", Language.EN, NOW) == "10:00"
    assert stamped(NOW, "America/Toronto", Language.FR, NOW) == "12 h 00"
    assert stamped(NOW - timedelta(days=1), "America/Boise", Language.EN, NOW) == "22 November 2026, 10:00"


def test_a_due_time_says_how_far_off_it_is() -> None:
    assert until(NOW + timedelta(minutes=25), Language.EN, NOW) == "due in 25 min"
    assert until(NOW - timedelta(minutes=10), Language.EN, NOW) == "overdue 10 min"
    assert until(NOW - timedelta(minutes=10), Language.FR, NOW) == "en retard de 10 min"


def test_911_and_988_become_numbers_to_call_and_nothing_else_does() -> None:
    assert paragraphs_of("Call 911 now.\n\nText 988.", lifelines=True) == (
        (Piece("Call "), Piece("911", "tel:911"), Piece(" now.")),
        (Piece("Text "), Piece("988", "tel:988"), Piece(".")),
    )
    assert lifelines_in("Room 9110, file 2026-911, or 1-988-555") == ()
    assert lifelines_in("988, 911, 988") == ("988", "911")


def test_a_posted_text_loses_its_control_characters_and_keeps_its_lines() -> None:
    assert clean("\x00 a\r\nb\rc\td\x1b[31m\x7f ") == "a\nb\nc\td[31m"
