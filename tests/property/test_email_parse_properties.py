"""The mail parser takes any bytes: it never raises, and its time stays linear."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.email.charsets import decode
from bot.channels.email.parse import InboundEmail, parse
from bot.channels.email.quoting import new_words

_NAMES = st.sampled_from(
    [
        *(
            "From",
            "To",
            "Cc",
            "Subject",
            "Date",
            "Message-ID",
            "References",
            "In-Reply-To",
            "Content-Type",
            "Reply-To",
        ),
        *(
            "Content-Transfer-Encoding",
            "Content-Disposition",
            "Auto-Submitted",
            "Return-Path",
            "List-Id",
            "Precedence",
        ),
        *("X-Auto-Response-Suppress", "Authentication-Results", "Accept-Language", "X-Failed-Recipients"),
    ]
)
_VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            *(
                "=?utf-8?q?=0D=0ABcc=3A?= <a@b.test>",
                "=?x-unknown?b?////?=",
                '"a, b" <c@d.test>',
                "multipart/mixed; boundary=b",
            ),
            *(
                "text/html; charset=x",
                "base64",
                "quoted-printable",
                "x-uuencode",
                "message/rfc822",
                "<a@b>",
                "multipart/report",
            ),
            *(
                "multipart/alternative; boundary*0=b; boundary*1=c",
                "attachment; filename*=utf-8''%ff",
                "text/calendar",
                "=?",
            ),
            *(
                "(((((",
                '"unclosed',
                "group: a@b.test, c@d.test;",
                "no",
                "auto-replied (x); y=z",
                "<>",
                "Thu, 99 Foo 0000",
            ),
        ]
    ),
)
_LINES = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [
            "",
            "--b",
            "--b--",
            "--bc",
            "> quoted",
            "On Mon, 1 Jun 2026 a@b.test wrote:",
            "De : a",
            "-- ",
            "=3D=",
            "<div>",
        ]
    ),
)


@given(st.binary(max_size=2_000))
@example(b"")
@example(b"\n")
@example(b"From ")
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n--\n")
@settings(max_examples=150, deadline=None)
def test_any_bytes_parse(raw: bytes) -> None:
    assert isinstance(parse(raw), InboundEmail)


@given(
    st.lists(st.tuples(_NAMES, _VALUES), max_size=12),
    st.lists(_LINES, max_size=25),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
@settings(max_examples=150, deadline=None)
def test_anything_shaped_like_a_mail_parses(
    headers: list[tuple[str, str]], lines: list[str], end: str
) -> None:
    text = end.join([f"{name}: {value}" for name, value in headers] + ["", *lines])
    email = parse(text.encode("utf-8", "surrogatepass"))
    for value in (
        email.subject,
        email.from_name,
        email.from_address,
        *email.to,
        *(file.name for file in email.attachments),
    ):
        assert "\n" not in value
        assert "\r" not in value
    assert not any("/" in file.name or "\\" in file.name for file in email.attachments)


@given(st.lists(_LINES, max_size=30))
@settings(max_examples=150, deadline=None)
def test_new_words_are_lines_of_the_text_and_never_lost(lines: list[str]) -> None:
    text = "\n".join(lines).replace("\r", "")
    cut = new_words(text)
    assert {line.strip() for line in cut.text.split("\n")} <= {line.strip() for line in text.split("\n")} | {
        ""
    }
    assert bool(cut.text.strip()) == bool(text.strip())


@given(
    st.binary(max_size=300),
    st.one_of(
        st.none(),
        st.text(max_size=20),
        st.sampled_from(["idna", "hex", "utf-7", "utf-16", "punycode", "\x00"]),
    ),
)
@settings(max_examples=150, deadline=None)
def test_bytes_of_any_stated_charset_become_clean_text(data: bytes, label: str | None) -> None:
    decode(data, label).encode("utf-8")


_HEAD = b"From: a@b.test\nSubject: s\n"
_HOSTILE = {
    "on on on": _HEAD + b"\n" + b"On " * 50_000,
    "on line by line": _HEAD + b"\n" + b"On 1\n" * 50_000,
    "le line by line": _HEAD + b"\n" + b"Le 1 " * 20 + b"\n" + b"Le 1\n" * 50_000,
    "de line by line": _HEAD + b"\n" + b"De : x\n" * 50_000,
    "blanks": _HEAD + b"\n" + b" " * 500_000,
    "blank lines": _HEAD + b"\n" + b" \n" * 200_000,
    "markers": _HEAD + b"\n" + b">" * 200_000 + b"\n" + b"-" * 200_000 + b"\n" + b"_" * 200_000,
    "nested": _HEAD
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_000))
    + b"\nx",
    "many parts": _HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "semicolons": _HEAD + b"Content-Type: text/plain" + b";" * 500_000 + b"\n\nx",
    "quotes": _HEAD + b'Content-Type: text/plain; a="' + b'";' * 200_000 + b"\n\nx",
    "references": _HEAD + b"References:" + b" <a%d@b>" * 20_000 + b"\n\nx",
    "recipients": _HEAD + b"To: " + b"a@b.test:, " * 50_000 + b"\n\nx",
    "parentheses": _HEAD + b"To: " + b"(" * 300_000 + b"\n\nx",
    "encoded words": _HEAD + b"Subject: " + b"=?a?q?" * 50_000 + b"\n\nx",
    "deep html": _HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 50_000 + b"x",
    "wide html": _HEAD + b"Content-Type: text/html\n\n<table>" + b"<tr><td>x" * 50_000,
    "cited html": _HEAD + b"Content-Type: text/html\n\n" + b"<blockquote type=cite>x" * 20_000,
    "margin": _HEAD + b"Content-Type: text/html\n\n<p style='margin-left:99999999em;padding:9999999em'>x</p>",
    "styles": _HEAD + b"Content-Type: text/html\n\n<p style='" + b"display" * 50_000 + b"'>x</p>",
    "colons": _HEAD + b"\n" + b"a:" * 200_000,
    "headers": b"a: b\n" * 200_000 + b"\nx",
    "folded": b"Subject: a\n" + b" b\n" * 200_000 + b"\nx",
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_hostile_mail_is_read_in_bounded_time(name: str) -> None:
    begun = time.process_time()
    email = parse(_HOSTILE[name])
    # Far above what is needed, far below what a quadratic rule would take.
    assert time.process_time() - begun < 3
    assert len(email.references) <= 50
    assert len(email.full_text) <= 1_000_000
