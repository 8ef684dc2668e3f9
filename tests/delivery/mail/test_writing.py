"""What is written is what any mail program reads: the standard library's parser is the witness."""

from __future__ import annotations

import email.policy
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.delivery.mail.addresses import envelope
from desktop.delivery.mail.message import Enclosed
from desktop.delivery.mail.writing import written
from desktop.errors import UserError
from tests.servers.mail_fixtures import letter

# Surrogates alone are no text, and NUL no mail carries in a header.
LETTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.text(LETTERS, max_size=300)
LINES = st.text(st.one_of(st.sampled_from("\r\n\t .=_-?Fü₹नमस्ते漢字😀"), LETTERS), max_size=1500)
NAMES = st.text(
    st.one_of(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), st.sampled_from(' "\\,;=?()<>@')),
    max_size=120,
)
FILES = st.builds(
    Enclosed,
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=200),
    st.sampled_from(["application/pdf", "application/xml", "text/html", "image/png", "nonsense", "message/rfc822"]),
    st.binary(max_size=300),
)
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
}


def parsed(data: bytes) -> EmailMessage:
    return BytesParser(policy=email.policy.SMTP).parsebytes(data)


def one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", text).strip()


def newlines(text: str) -> str:
    ended = re.sub(r"\r\n|\r|\n", "\n", text)
    return ended if ended.endswith("\n") else ended + "\n"


@given(TEXTS)
@example("=?utf-8?B?aGFja2Vk?=")
@example("x\r\nBcc: thief@evil.test")
@example("Rechnung " * 40)
@example("₹" * 200)
def test_subject_comes_back(subject: str) -> None:
    read = parsed(written(letter(subject=subject)))
    assert read["Subject"] == one_line(subject)
    assert set(read.keys()) == HEADERS


@given(NAMES)
@example('Müller, "A" <x@y>')
@example("a" * 300)
@example("=?utf-8?q?x?=")
def test_name_of_the_sender_comes_back(name: str) -> None:
    data = written(letter(sender_name=name))
    (sender,) = parsed(data)["From"].addresses
    shown = sender.display_name
    raw = re.findall(rb"From: (.*?) <", data.replace(b"\r\n ", b" "))
    if raw and raw[0].count(b"=?utf-8?") > 1:
        # Python's parser of addresses puts blanks between encoded words, against RFC 2047 section 6.2.
        shown = str(make_header(decode_header(raw[0].decode())))
    assert (shown, sender.addr_spec) == (one_line(name), "office@firm.test")


@given(LINES, LINES)
@example("", "")
@example(".\n..\nFrom here\n", "x" * 3000)
@example("ends with a blank \n=_\n", "tab\t")
def test_texts_come_back(text: str, html: str) -> None:
    read = parsed(written(letter(text=text, html=html)))
    plain = read.get_body(("plain",))
    assert plain is not None
    assert newlines(plain.get_content()) == newlines(text)
    rich = read.get_body(("html",))
    assert (rich is None) == (not html)
    if rich is not None:
        assert newlines(rich.get_content()) == newlines(html)
        assert read.get_content_type() == "multipart/alternative"


@given(st.lists(FILES, max_size=4), st.booleans())
@example([Enclosed("Größe नमस्ते 漢字 " * 12 + ".pdf", "application/pdf", b"%PDF")], True)
@example([Enclosed("a%20b'c.pdf", "application/pdf", b""), Enclosed('"q\\".pdf', "application/pdf", b"\0")], False)
def test_files_come_back(files: list[Enclosed], rich: bool) -> None:
    read = parsed(written(letter(html="<p>Hi</p>" if rich else "", files=tuple(files))))
    enclosed = list(read.iter_attachments()) if files else []
    assert [one.get_filename() for one in enclosed] == [one_line(one.name) or "file" for one in files]
    assert [one.get_payload(decode=True) for one in enclosed] == [one.content for one in files]
    odd = ("nonsense", "message/rfc822")
    kinds = ["application/octet-stream" if one.media_type in odd else one.media_type for one in files]
    assert [one.get_content_type() for one in enclosed] == kinds
    body = read.get_body(("html", "plain"))
    assert body is not None
    assert body.get_content_type() == ("text/html" if rich else "text/plain")


@given(TEXTS, NAMES, LINES, LINES, st.lists(FILES, max_size=2))
def test_form_of_the_whole(subject: str, name: str, text: str, html: str, files: list[Enclosed]) -> None:
    data = written(letter(subject=subject, sender_name=name, text=text, html=html, files=tuple(files)))
    assert data.isascii()
    assert data.endswith(b"\r\n")
    assert b"\0" not in data
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", data) is None
    assert max(map(len, data.split(b"\r\n"))) <= 998
    for part in parsed(data).walk():
        assert part.defects == []


@given(st.text(max_size=80))
@example("a@b.test>\r\nBcc: <thief@evil.test")
@example("a@b.test, thief@evil.test")
@example("a@b.test\x00")
def test_no_address_adds_a_line_or_a_person(address: str) -> None:
    fields: list[dict[str, Any]] = [{"sender": address}, {"to": (address,)}, {"cc": (address,)}, {"reply_to": address}]
    for changed in fields:
        try:
            read = parsed(written(letter(**changed), draft=True))
        except UserError:
            continue
        assert set(read.keys()) <= HEADERS | {"Cc", "Reply-To", "X-Unsent"}
        assert len(read["To"].addresses) == 1
        # A draft without a sender leaves it to the program that opens it.
        if changed != {"sender": ""}:
            assert len(read["From"].addresses) == 1


@given(st.text(max_size=60))
def test_no_identity_adds_a_line(identity: str) -> None:
    assert set(parsed(written(letter(message_id=identity))).keys()) == HEADERS


def test_who_gets_it_stands_in_it_but_not_who_gets_it_unseen() -> None:
    mail = letter(
        to=("anna@firm.test", "bücher@bücher.example"),
        cc=("c@x.test",),
        bcc=("unseen@x.test",),
        reply_to="r@x.test, s@x.test",
        receipt=True,
    )
    data = written(mail)
    assert "To: anna@firm.test,\r\n bücher@xn--bcher-kva.example\r\n".encode() in data
    assert b"\r\nCc: c@x.test\r\n" in data
    assert b"\r\nReply-To: r@x.test,\r\n s@x.test\r\n" in data
    assert b"\r\nDisposition-Notification-To: office@firm.test\r\n" in data
    assert b"unseen" not in data
    draft = written(mail, draft=True)
    assert b"\r\nBcc: unseen@x.test\r\n" in draft
    assert b"\r\nX-Unsent: 1\r\n" in draft


def test_header_says_when_and_which_and_nothing_of_being_automatic() -> None:
    read = parsed(written(letter()))
    assert read["Date"] == "Sun, 22 Nov 2026 10:46:50 +0000"
    assert read["Message-ID"] == "<one.sheaf@firm.test>"
    assert "Auto-Submitted" not in read
    assert parsed(written(letter(to=(), bcc=("a@b.test",))))["To"] == "undisclosed-recipients:;"


def test_the_same_mail_is_the_same_bytes() -> None:
    mail = letter(html="<p>ü</p>", files=(Enclosed("a.pdf", "application/pdf", b"x"),))
    assert written(mail) == written(mail)


@pytest.mark.parametrize("address", ["", "anna", "@x.test", "a@", "a b@x.test", "a@x..test\n", "a@ü" + "x" * 300])
def test_what_is_no_address_is_named(address: str) -> None:
    with pytest.raises(UserError, match="no e-mail address"):
        written(letter(to=(address,)))


@given(st.binary(max_size=300), st.integers(0, 300))
def test_a_beginning_that_is_known_changes_no_byte(content: bytes, size: int) -> None:
    whole = Enclosed("a.pdf", "application/pdf", content)
    known = Enclosed("a.pdf", "application/pdf", content, content[:size])
    assert written(letter(files=(known,))) == written(letter(files=(whole,)))


@pytest.mark.parametrize(
    "domain, known",
    [
        ("straße.example", "xn--strae-oqa.example"),
        ("STRAẞE.example", "xn--strae-oqa.example"),
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("mail.Bücher.example", "mail.xn--bcher-kva.example"),
        ("राजस्व.भारत", "xn--81b3bql2a6g.xn--h2brj9c"),
    ],
)
def test_a_domain_goes_to_its_owner(domain: str, known: str) -> None:
    assert envelope(f"a@{domain}") == f"a@{known}"
