"""Marked personal data is planted in every channel and looked for everywhere: only ciphertext may hold it.

Once with the masker, and once with one that masks nothing: what a masker misses must not lie about either.
"""

import base64
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot import backup, casework
from bot.console import sign_in
from bot.database import reading
from bot.delivery.sealing import open_outbound, vault_of
from bot.messages import Outbound
from bot.privacy import opening, safe_contact
from bot.redaction import Masked, mask
from bot.services import Masker
from bot.worker import beat
from escalation.access_log import Opened
from escalation.kinds import ChannelName
from escalation.tables import HelpRequest, OutboxMessage
from escalation.tickets import number_of
from tests.contract.channel_contract import Driver, driver
from tests.support.desk import EXPERT, OTHER_EXPERT, Desk, DeskFactory
from tests.support.pages import Tab

# Each holds a word or number that stands nowhere else; a short number would also turn up in a checksum by chance.
PLANTS = (
    "they posted my home address, 447183 Quillwort Lane, Boise ID 83702",
    "my own number is 208-555-0142",
    "write to bogbean.private@example.org instead",
    "my birth date is 1971-03-29 and my SSN is 078-05-1120",
)
MARKS = ("Quillwort", "447183", "555-0142", "bogbean.private", "1971-03-29", "078-05-1120")
STAFF_PAGES = (
    "/console",
    "/console?show=done",
    "/console/outbox",
    "/console/library",
    "/healthz",
    "/metrics",
)


def masks_nothing(words: str, *, language: str = "en", official: frozenset[str] = frozenset()) -> Masked:
    """Return the words as they are, as a masker does that knows no way of writing them."""
    return replace(mask("", language=language, official=official), text=words, spans=())


MASKERS: dict[str, Masker] = {"masker": mask, "no masker": masks_nothing}
WAYS = [
    (channel, name) for channel in (ChannelName.WEB, ChannelName.SLACK, ChannelName.EMAIL) for name in MASKERS
]


@pytest.mark.parametrize(("channel", "masker"), WAYS)
def test_only_ciphertext_and_the_official_have_it(
    channel: ChannelName,
    masker: str,
    sqlite_desks: DeskFactory,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with driver(channel, sqlite_desks, MASKERS[masker]) as (desk, official):
        tell_story(desk, official)
        made = tmp_path / "desk.backup"
        backup.make(desk.services.engine, made, desk.clock())
        look_at_rest(desk, made)
        look_at_pages(desk, masked=masker == "masker")
        look_at_what_is_sent(desk, masked=masker == "masker")
    printed = capfd.readouterr()
    assert found_in((printed.out + printed.err + caplog.text).encode()) == []


def tell_story(desk: Desk, official: Driver) -> None:
    for number, plant in enumerate(PLANTS, 1):
        official.ask(f"What do we do first? {plant}. Please tell me the first steps.", number=number)
    request = desk.rows(HelpRequest)[0]
    if not desk.tickets:
        official.press_person(request.id or 0)
    number, expert = number_of(desk.tickets[0].id or 0), desk.actor(EXPERT)
    requester = desk.actor(request.person_id)
    safe_contact.keep(desk.services, request.id or 0, requester, PLANTS[1])
    casework.claim(desk.services, number, expert, channel="console", source_id="c")
    casework.note(desk.services, number, expert, f"Noted: {PLANTS[0]}", channel="console", source_id="n")
    casework.reply(desk.services, number, expert, f"We saw it: {PLANTS[0]}", channel="console", source_id="r")
    opening.grant(desk.services, number, expert, "to check", what=Opened.ORIGINALS, channel="console")
    official.ask(f"there is a man with a gun at my door right now, {PLANTS[0]}", number=20)
    beat(desk.services)
    official.heard()


def found_in(content: bytes) -> list[str]:
    """Return the marks that stand in bytes, as they are or written another way."""
    marks = []
    for mark in MARKS:
        plain = mark.encode()
        ways = [plain, plain.lower(), mark.encode("utf-16-le"), plain.hex().encode()]
        ways += [
            base64.b64encode(b"x" * shift + plain)[4 * (shift > 0) : -4]
            for shift in range(3)
            if len(plain) > 8
        ]
        if any(way in content for way in ways):
            marks.append(mark)
    return marks


def look_at_rest(desk: Desk, made: Path) -> None:
    """Read every table without a key, and every file of the data directory and of a backup, byte by byte."""
    bare = create_engine(desk.services.settings.url)  # knows no key
    with bare.connect() as connection:
        for table in backup.tables():
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            for row in connection.execute(text(f'SELECT {columns} FROM "{table.name}"')):
                stored = b"\x1f".join(
                    value if isinstance(value, bytes) else str(value).encode() for value in row
                )
                assert found_in(stored) == [], table.name
    bare.dispose()
    for path in sorted(desk.services.settings.data_dir.rglob("*")):  # database, write-ahead log, index
        if path.is_file():
            assert found_in(path.read_bytes()) == [], path.name
    with zipfile.ZipFile(made) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert found_in(content) == [], name
            for line in content.splitlines():
                for value in (
                    json.loads(line).values() if line.startswith(b"{") and line.endswith(b"}") else ()
                ):
                    if isinstance(value, str) and len(value) % 4 == 0:
                        assert found_in(decoded(value)) == [], name


def decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        return b""


def look_at_pages(desk: Desk, *, masked: bool) -> None:
    """Read what others see over HTTP: experts see masked words, strangers see nothing."""
    number = number_of(desk.tickets[0].id or 0)
    assert desk.services.vault is not None
    for person_id in (EXPERT, OTHER_EXPERT, None):
        tab = Tab(desk.services)
        if person_id is not None:
            token = sign_in.demonstration_token(desk.services.vault, person_id)
            tab.open(f"/demo/sign-in/{token}")
        for page in (*STAFF_PAGES, f"/console/tickets/{number}", "/", "/chat/guess", "/nowhere?q=x"):
            shown = tab.open(page).response
            if masked or person_id is None:
                assert found_in(shown.content) == [], page


def look_at_what_is_sent(desk: Desk, *, masked: bool) -> None:
    """Open what was sent: the official alone is told, in their own expert's words; no subject says it."""
    with reading(desk.services.engine) as session:
        for row in desk.rows(OutboxMessage):
            stored = Outbound.loads(open_outbound(session, vault_of(desk.services), row))
            assert (
                found_in(" ".join((stored.subject or "", stored.heading or "", row.dedupe_key)).encode())
                == []
            )
            if row.kind != "relay" and masked:
                assert found_in(stored.dumps().encode()) == [], row.kind
        assert any(row.kind == "relay" for row in desk.rows(OutboxMessage))


def test_the_plants_are_there_to_be_found(sqlite_desks: DeskFactory) -> None:
    """A search that finds nothing proves something only if it finds what is there."""
    with driver(ChannelName.WEB, sqlite_desks) as (desk, official):
        tell_story(desk, official)
        with reading(desk.services.engine) as session:
            granted = opening.grant(
                desk.services,
                "HD-1001",
                desk.actor(EXPERT),
                "to check",
                what=Opened.SAFE_CONTACT,
                channel="console",
            )
            (contact,) = opening.safe_contacts(session, desk.services, granted)
        assert found_in(contact.encode()) == ["555-0142"]
        assert found_in(base64.b64encode(b"..bogbean.private..")) == ["bogbean.private"]
