"""What the parser makes of stored mails: words, kind, files, thread, sender's proof."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.email.authentication import authenticated
from bot.channels.email.charsets import decode
from bot.channels.email.intake import mails_in
from bot.channels.email.letter import safe_name
from bot.channels.email.parse import InboundEmail, parse
from bot.channels.email.quoting import new_words
from bot.channels.email.words import addresses, decode_words
from bot.pacing import PER_SENDER, PER_THREAD, may_answer
from escalation.tables import MessageKind

MAIL = Path(__file__).parents[1] / "data" / "mail"


def sample(name: str) -> InboundEmail:
    return parse((MAIL / f"{name}.eml").read_bytes())


def plain(*headers: str, body: str = "Hello, what do we do?") -> InboundEmail:
    head = ("From: Claire <claire@ville.test>", "To: helpdesk@helpdesk.test", *headers)
    return parse(("\n".join(head) + "\n\n" + body).encode())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "question_en",
            "Someone posted a councillor's home address on a forum. What do we do first?\n\nDana",
        ),
        ("outlook_fr", "Merci. La personne est revenue ce matin, que faire maintenant?\n\nClaire"),
        ("gmail_fr_wrapped", "Oui, la séance est demain soir."),
        ("zimbra_fr", "Nous avons effacé le graffiti."),
        ("inline_answers", "No, nobody is hurt.\n\nIn the town hall, second floor."),
        ("answer_below", "Nobody is hurt, but the window is broken."),
        ("html_only_gmail", "La menace est réelle ?\n\n* un\n* deux"),
        ("html_outlook", "Merci, le calme est revenu."),
        ("html_inline", "No, nobody.\n\nTown hall."),
        ("latin1_mislabelled", "La réunion est annulée à cause d’une menace."),
        ("unlabelled_utf8", "La réunion est annulée à cause d’une menace."),
        ("no_message_id", "Un problème est survenu à la mairie."),
        ("only_a_forwarded_mail", "Je sais où vous habitez."),
        ("bare", "hello, is anyone there?\nPlease answer."),
    ],
)
def test_text_is_what_the_writer_newly_wrote(name: str, text: str) -> None:
    assert sample(name).text.replace("\u00a0", " ") == text


def test_a_form_field_named_de_is_not_a_quote_header() -> None:
    assert "Faut-il y mettre le nom du maire?" in sample("field_label_not_header").text


def test_a_forwarded_threat_stays_in_the_text() -> None:
    email = sample("forwarded_threat")
    assert email.forwarded
    assert "I know where you park." in email.text


def test_full_text_keeps_the_quote() -> None:
    assert "Appelez la police si la personne revient." in sample("outlook_fr").full_text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("On Monday he came to my office and wrote:\nyou will pay.\nWhat now?", "What now?"),
        ("Le maire est venu le 3 juin.\nIl a écrit :\nje pars.\nQue faire?", "Que faire?"),
        ("See my answers below in red.\n\nFrom: A\nSent: today\nTo: B\nSubject: S\n\nQ? yes", "Q? yes"),
        ("> only\n> quotes", "> only\n> quotes"),
        ("step one\n--\n" + "\n".join(f"step {n}" for n in range(20)), "step 19"),
        ("Yes.\n\n-- \n", "Yes."),
    ],
)
def test_words_in_doubt_stay(text: str, kept: str) -> None:
    assert kept in new_words(text).text


@pytest.mark.parametrize(
    "trailer",
    [
        "Envoyé de mon iPhone",
        "Envoyé à partir d’Outlook pour iOS",
        "Sent from my iPad",
        "Get Outlook for Android",
        "-- \nClaire\n555-0101",
        "Le lun. 1 juin 2026 à 08:30, Aide <a@b.test> a écrit\u00a0:\n> ancien",
        "Aide a écrit :\n> ancien",
        "Le 01/06/2026 à 08:30, Centre d'aide du\nréseau des villes <helpdesk@helpdesk.test>\na écrit :\n> ancien",
        "-----Message d'origine-----\nDe : Aide\nEnvoyé : lundi\nÀ : Claire\nObjet : x\n\nancien",
        "*De :* Aide <a@b.test>\n*Envoyé :* lundi\n*À :* Claire\n*Objet :* x\n\nancien",
        "On Mon, Jun 1, 2026 at 8:30 AM Desk <a@b.test>\nwrote:\n\nold words without marks",
        "________________________________\nFrom: Desk\nSent: Monday\nTo: Claire\nSubject: x\nold",
    ],
)
def test_quotes_and_trailers_are_cut(trailer: str) -> None:
    assert new_words(f"Merci, voici ma réponse.\n\n{trailer}\n").text == "Merci, voici ma réponse."


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("question_en", MessageKind.MESSAGE),
        ("auto_submitted_no", MessageKind.MESSAGE),
        ("human_asks_auto_reply", MessageKind.MESSAGE),
        ("human_forwards_bounce", MessageKind.MESSAGE),
        ("forwarded_threat", MessageKind.MESSAGE),
        ("auto_submitted_param", MessageKind.AUTO_REPLY),
        ("auto_reply_subject_only", MessageKind.AUTO_REPLY),
        ("calendar_reply", MessageKind.AUTO_REPLY),
        ("dmarc_report", MessageKind.AUTO_REPLY),
        ("tls_report", MessageKind.AUTO_REPLY),
        ("arf_report", MessageKind.AUTO_REPLY),
        ("bare", MessageKind.AUTO_REPLY),
        ("bounce_dsn", MessageKind.BOUNCE),
        ("bounce_qmail", MessageKind.BOUNCE),
        ("bounce_exchange_text", MessageKind.BOUNCE),
        ("list_mail", MessageKind.LIST),
    ],
)
def test_kind_of_a_stored_mail(name: str, kind: MessageKind) -> None:
    assert sample(name).kind is kind


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Auto-Submitted: no", MessageKind.MESSAGE),
        ("Auto-Submitted: auto-generated", MessageKind.AUTO_REPLY),
        ("Return-Path: <>", MessageKind.AUTO_REPLY),
        ("Return-Path: <claire@ville.test>", MessageKind.MESSAGE),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", MessageKind.AUTO_REPLY),
        ("X-Auto-Response-Suppress: DR, RN", MessageKind.MESSAGE),
        ("X-Auto-Response-Suppress: None", MessageKind.MESSAGE),
        ("Precedence: bulk", MessageKind.LIST),
        ("Precedence: auto_reply", MessageKind.AUTO_REPLY),
        ("Precedence: first-class", MessageKind.MESSAGE),
        ("List-Unsubscribe: <mailto:x@y.test>", MessageKind.LIST),
        ("X-Autoreply: yes", MessageKind.AUTO_REPLY),
        ("X-Autoreply: no", MessageKind.MESSAGE),
        ("X-Failed-Recipients: a@b.test", MessageKind.BOUNCE),
        ("Subject: Re: Out of office policy", MessageKind.MESSAGE),
        ("Subject: En vacances mais inquiète", MessageKind.MESSAGE),
        ("Subject: Out of office threats", MessageKind.MESSAGE),
        ("Subject: Automatic reply: how do I set one?", MessageKind.MESSAGE),
        ("Subject: Undelivered Mail Returned to Sender, why?", MessageKind.MESSAGE),
        ("Content-Type: message/disposition-notification", MessageKind.AUTO_REPLY),
    ],
)
def test_kind_by_one_sign(header: str, kind: MessageKind) -> None:
    assert plain(header).kind is kind


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        ("no-reply@bank.test", MessageKind.AUTO_REPLY),
        ("ne-pas-repondre@ville.test", MessageKind.AUTO_REPLY),
        ("noreply-dmarc@bigmail.test", MessageKind.AUTO_REPLY),
        ("MAILER-DAEMON@ville.test", MessageKind.AUTO_REPLY),
        ("info@ville.test", MessageKind.MESSAGE),
        ("postmann@ville.test", MessageKind.MESSAGE),
        ("root.vegetables@ville.test", MessageKind.MESSAGE),
    ],
)
def test_kind_by_sender(sender: str, kind: MessageKind) -> None:
    assert parse(f"From: {sender}\nSubject: hello\n\nHello".encode()).kind is kind


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Absence du bureau : Votre message", "Je serai de retour le 8 juin."),
        ("Absente jusqu'au 8 juin", "En mon absence, écrivez au greffe."),
        ("Out of Office AutoReply: Question", "I am on leave until Monday."),
        ("Automatic reply: Question", "Thank you, I will be back on 8 June."),
    ],
)
def test_absence_notices_by_subject_and_words(subject: str, body: str) -> None:
    assert plain(f"Subject: {subject}", body=body).kind is MessageKind.AUTO_REPLY


def test_a_person_who_is_away_and_in_trouble_is_a_person() -> None:
    email = plain(
        "Subject: En vacances mais inquiète", body="Je suis en vacances et on a publié mon adresse."
    )
    assert email.kind is MessageKind.MESSAGE


def test_an_empty_reply_with_a_file_is_not_its_quote() -> None:
    text = "--m\nContent-Type: text/plain\n\nOn Mon, Jun 1, 2026 at 8:30 AM Desk <a@b.test> wrote:\n> old\n"
    file = "--m\nContent-Type: image/png\nContent-Disposition: attachment; filename=a.png\n\nx\n--m--"
    assert plain("Content-Type: multipart/mixed; boundary=m", body=text + file).text == ""


def test_a_footer_behind_base64_is_left_out() -> None:
    email = plain("Content-Transfer-Encoding: base64", body="SGVsbG8h\n\n_____ footer of a list _____")
    assert email.text == "Hello!"


def test_localised_subject_counts_on_a_reply_to_our_mail() -> None:
    ours = "<row.0123456789abcdef0123456789abcdef@helpdesk.test>"
    email = plain(
        "Subject: Automatic reply: Re: Question", f"In-Reply-To: {ours}", body="Need help? Call 555-0100."
    )
    assert email.kind is MessageKind.AUTO_REPLY


def test_a_bounce_names_the_mail_that_came_back() -> None:
    email = sample("bounce_dsn")
    assert email.in_reply_to == "<row1.0123456789abcdef0123456789abcdef@helpdesk.test>"
    assert email.plus_tag == "b0190aa"


def test_headers_are_read_whatever_their_form() -> None:
    email = sample("question_en")
    assert email.from_address == "mayor@riverton.test"
    assert email.from_name == "Reyes, Dana"
    assert email.to == ("helpdesk@helpdesk.test",)
    assert email.cc == ("clerk@riverton.test",)
    assert email.date == datetime(2026, 6, 1, 13, 15, tzinfo=UTC)
    assert email.language_hints == ("en", "fr")
    assert email.from_count == 1
    assert sample("two_froms").from_count == 2
    assert sample("gmail_fr_wrapped").subject == "Re: Séance perturbée"
    assert sample("no_message_id").message_id is None
    assert sample("no_message_id").date is None


def test_references_keep_root_and_newest() -> None:
    email = plain("References: " + " ".join(f"<{n}@a.test>" for n in range(3_000)))
    assert email.references[0] == "<0@a.test>"
    assert email.references[-1] == "<2999@a.test>"
    assert len(email.references) == 50


def test_fingerprint_is_the_same_however_lines_end() -> None:
    raw = (MAIL / "question_en.eml").read_bytes()
    assert parse(raw).fingerprint == parse(raw.replace(b"\r\n", b"\n")).fingerprint
    assert parse(raw).fingerprint != parse(raw.replace(b"first", b"last")).fingerprint


def test_attachments_have_safe_names_and_their_content() -> None:
    files = sample("attachments").attachments
    assert [(file.name, file.inline) for file in files] == [
        ("logo.png", True),
        ("résumé.pdf", False),
        ("cargpj.exe", False),
    ]
    assert files[1].content == b"%PDF-1.4\n"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\plan.docx", "plan.docx"),
        ("..", "attachment-1.pdf"),
        ("", "attachment-1.pdf"),
        ("CON", "attachment-1.pdf"),
        ("a\r\nb.pdf", "a b.pdf"),
        ("=?utf-8?Q?..=2Fx=C3=A9.pdf?=", "xé.pdf"),
        ("x" * 400 + ".pdf", "x" * 109 + ".pdf"),
    ],
)
def test_file_names(name: str, safe: str) -> None:
    assert safe_name(name, "application/pdf", 1) == safe


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"=?utf-8?B?w4k=?= =?utf-8?B?dMOp?=", "Été"),
        (b"=?utf-8?B?w4l0w4M=?= =?utf-8?B?wqk=?=", "ÉtÃ©"),
        (b"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
        (b"=?iso-8859-1?Q?l=92=E9t=E9?=", "l’été"),
        (b"a =?utf-8?Q?b?= c", "a b c"),
        (b"=?utf-8?Q?x=0D=0ABcc:_y?=", "x Bcc: y"),
        ("Été brut".encode(), "Été brut"),
        ("Été brut".encode("cp1252"), "Été brut"),
    ],
)
def test_encoded_words(value: bytes, text: str) -> None:
    assert decode_words(value) == text


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (b"a@b.test, C <c@d.test>", [("a@b.test", ""), ("c@d.test", "C")]),
        (b'"Last, First" <x@y.test>', [("x@y.test", "Last, First")]),
        (b"Team: a@b.test, c@d.test; e@f.test", [("a@b.test", ""), ("c@d.test", ""), ("e@f.test", "")]),
        (b"x@y.test (Jean (le clerc))", [("x@y.test", "Jean le clerc")]),
        (b"=?utf-8?Q?A=2C_B?= <x@y.test>", [("x@y.test", "A, B")]),
        (b'"fake@bank.test" <real@y.test>', [("real@y.test", "fake@bank.test")]),
        (b'"unclosed <x@y.test>, z@y.test', [("x@y.test", "unclosed"), ("z@y.test", "")]),
        (b"undisclosed-recipients:;", []),
    ],
)
def test_addresses(value: bytes, found: list[tuple[str, str]]) -> None:
    assert [(one.address, one.name) for one in addresses(value)] == found


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        ("déjà".encode("cp1252"), "us-ascii", "déjà"),
        ("déjà".encode("cp1252"), "utf-8", "déjà"),
        ("déjà".encode(), "iso-8859-1", "déjà"),
        ("l’été".encode("cp1252"), "iso-8859-1", "l’été"),
        ("déjà vu à l'école".encode("mac_roman"), None, "déjà vu à l'école"),
        ("déjà vu à l'école".encode("cp850"), None, "déjà vu à l'école"),
        ("你好".encode("gb18030"), "gb2312", "你好"),
        ("café — ouvert".encode()[:-1] + b"\xff", "utf-8", "café — ouver\ufffd"),
        (b"plain", "idna", "plain"),
    ],
)
def test_charsets_as_stated_and_as_meant(data: bytes, label: str | None, text: str) -> None:
    assert decode(data, label) == text


RESULTS = "Authentication-Results: mx.helpdesk.test; "


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ([RESULTS + "dmarc=pass (p=reject) header.from=ville.test"], True),
        ([RESULTS + "spf=pass smtp.mailfrom=x.test; dmarc=pass header.from=VILLE.test"], True),
        (["Authentication-Results: MX.helpdesk.test 1; dmarc = pass header.from=ville.test"], True),
        ([RESULTS + "dmarc=none header.from=ville.test; dkim=pass header.d=ville.test"], True),
        ([RESULTS + 'dmarc=none; dkim=pass reason="ok; dmarc=pass" header.i=@ville.test'], True),
        ([RESULTS + "dmarc=none; dkim=pass header.d=elsewhere.test"], False),
        ([RESULTS + "dmarc=fail header.from=ville.test; dkim=pass header.d=ville.test"], False),
        ([RESULTS + "dmarc=pass header.from=elsewhere.test"], False),
        ([RESULTS + "dmarc=pass"], False),
        ([RESULTS + "dmarc=fail (dmarc=pass header.from=ville.test) header.from=ville.test"], False),
        ([RESULTS + "none (; dmarc=pass header.from=ville.test)"], False),
        ([RESULTS + "dmarc=fail", RESULTS + "dmarc=pass header.from=ville.test"], False),
        (
            ["Authentication-Results: evil.test; dmarc=fail", RESULTS + "dmarc=pass header.from=ville.test"],
            True,
        ),
        (["Authentication-Results: evil.test; dmarc=pass header.from=ville.test"], False),
        ([RESULTS + 'spf=fail smtp.mailfrom="x; dmarc=pass header.from=ville.test"'], False),
        ([RESULTS + "dmarc=pass header.from=ville.test", "From: other@ville.test"], False),
        ([], False),
    ],
)
def test_only_the_hosts_topmost_word_proves_a_sender(headers: list[str], verdict: bool) -> None:
    assert authenticated(plain(*headers), "mx.helpdesk.test") is verdict
    assert not authenticated(plain(*headers), None)


def test_an_mbox_is_cut_into_its_mails() -> None:
    box = b"From a@b Mon Jun 1\nSubject: 1\n\none\n>From here\n\nFrom a@b Mon Jun 1\nSubject: 2\n\ntwo\n"
    mails = list(mails_in(box))
    assert [parse(mail).subject for mail in mails] == ["1", "2"]
    assert b"\nFrom here" in mails[0]


def test_a_loop_that_nothing_recognised_is_stopped_by_its_pace() -> None:
    now = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    assert may_answer([], now)
    assert may_answer([now - timedelta(seconds=20)] * 5, now, PER_THREAD)
    assert not may_answer([now - timedelta(seconds=20)] * 6, now, PER_THREAD)
    assert may_answer([now - timedelta(minutes=11)] * 6, now, PER_THREAD)
    assert not may_answer([now - timedelta(hours=h) for h in range(1, 24)], now, PER_THREAD)
    assert may_answer([now - timedelta(hours=h) for h in range(1, 24)], now, PER_SENDER)
