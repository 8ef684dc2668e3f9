"""What comes back, as the programs of this world write it: reports, warnings, holidays, and rubbish."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.delivery.mail.bounces import Heard, heard, may_report
from desktop.delivery.mail.parts import LARGEST, taken_apart

SAMPLES = Path(__file__).parent / "returned"
SAID = {
    "delivered": ("delivered", "anna@client.test", "2.0.0", 0),
    "delivered_and_failed": ("bounced", "ben@client.test", "554 5.2.1 <ben@client.test>: disabled", 554),
    "exchange": (
        "bounced",
        "anna@client.test",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        550,
    ),
    "exchange_prose": (
        "bounced",
        "anna@client.test",
        "Die Nachricht konnte nicht zugestellt werden. #550 5.2.2 mailbox full",
        550,
    ),
    "exim": (
        "bounced",
        "anna@client.test",
        "SMTP error from remote mail server after RCPT TO:<anna@client.test>: host mx.client.test [192.0.2.7]: "
        "550 5.7.1 Mailbox is full of rules",
        550,
    ),
    "gmail": (
        "bounced",
        "anna@client.test",
        "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the "
        "recipient's email address for typos or 550 5.1.1 unnecessary spaces.",
        550,
    ),
    "qmail": ("bounced", "anna@client.test", "Sorry, no mailbox here by that name. (#5.1.1)", 0),
    "read_outlook": ("seen", "anna@client.test", "", 0),
    "sendmail_old": ("bounced", "anna@client.test", "(reason: 553 5.3.0 <anna@client.test>... No such user)", 553),
}
NOTHING = {
    "answer_with_our_bounce_words",
    "deleted_unread",
    "exim_delay",
    "forwarded_bounce",
    "out_of_office",
    "postfix_delay",
    "vacation_daemon",
}


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n")


def test_every_sample_is_expected_to_say_something() -> None:
    assert {path.stem for path in SAMPLES.glob("*.eml")} == set(SAID) | NOTHING


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("name", SAID)
def test_report(name: str, ends: bytes) -> None:
    found = heard(sample(name).replace(b"\n", ends))
    assert found is not None
    assert found.message_ids[0] == "one.sheaf@firm.test"
    assert (found.kind, *found.addresses, found.words, found.code) == SAID[name]
    assert re.fullmatch(r"2026-11-2\dT\d\d:\d\d:\d\dZ", found.at)


@pytest.mark.parametrize("name", sorted(NOTHING))
def test_no_report(name: str) -> None:
    assert heard(sample(name)) is None


@pytest.mark.parametrize("name", [name for name, said in SAID.items() if said[0] != "seen"])
def test_report_is_known_by_its_header(name: str) -> None:
    assert may_report(sample(name).partition(b"\n\n")[0] + b"\n\n")


def test_letters_are_not_read_whole() -> None:
    assert not may_report(
        b"From: Anna <anna@client.test>\nContent-Type: text/plain\nReturn-Path: <anna@client.test>\n\n"
    )


def test_identity_of_the_envelope_is_surer_than_what_was_answered() -> None:
    data = sample("delivered").replace(b"Subject:", b"References: <old@x.test> <new@x.test>\nSubject:")
    found = heard(data)
    assert found is not None
    assert found.message_ids == ("one.sheaf@firm.test", "new@x.test", "old@x.test")


def test_identity_inside_a_text_that_quotes_nothing_is_not_ours() -> None:
    found = heard(sample("qmail").replace(b"--- Below this line is a copy of the message.", b""))
    assert found is not None
    assert found.message_ids == ()


@pytest.mark.parametrize(
    "disposition,kind",
    [
        ("manual-action/MDN-sent-manually; displayed", "seen"),
        ("manual-action/MDN-sent-manually; displayed/warning", "seen"),
        ("manual-action/MDN-sent-manually; displayed/error", None),
        ("automatic-action/MDN-sent-automatically; processed", None),
        ("automatic-action/MDN-sent-automatically; dispatched", None),
        ("manual-action/MDN-sent-manually; denied", None),
        ("", None),
    ],
)
def test_only_what_was_displayed_is_seen(disposition: str, kind: str | None) -> None:
    data = sample("read_outlook").replace(b"automatic-action/MDN-sent-automatically; displayed", disposition.encode())
    found = heard(data)
    assert (found and found.kind) == kind


def test_words_of_a_stranger_are_short_and_harmless() -> None:
    long = b"550 5.1.1 \x1b[2J" + "‮evil ".encode() * 400
    found = heard(sample("exchange").replace(b"550 5.1.10", long))
    assert found is not None
    assert len(found.words) <= 500
    assert found.words.isprintable()


@given(st.binary(max_size=3000))
def test_rubbish_says_nothing_and_breaks_nothing(data: bytes) -> None:
    assert heard(data) is None or isinstance(heard(data), Heard)


@given(st.sampled_from(sorted(SAID)), st.integers(0, 3000), st.integers(0, 60), st.binary(max_size=60))
def test_damaged_reports_break_nothing(name: str, place: int, length: int, instead: bytes) -> None:
    data = sample(name)
    damaged = data[:place] + instead + data[place + length :]
    found = heard(damaged)
    assert found is None or found.kind in ("bounced", "delivered", "seen")


NESTED = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (depth, depth) for depth in range(20_000))
HOSTILE = {
    "nested": NESTED,
    "quotes": b'Content-Type: multipart/report; a="' + b';"' * 400_000 + b"\n\nx",
    "folded": b"Content-Type: multipart/report;\n" + b' b="x";\n' * 100_000 + b"\n",
    "fields": b"X-A: b\n" * 150_000 + b"\n",
    "boundaries": b"Content-Type: multipart/report; boundary=a\n\n" + b"--a\n" * 250_000,
    "dashes": b"From: MAILER-DAEMON@x\nSubject: undeliverable\n\n" + b"-" * 900_000,
    "addresses": b"From: MAILER-DAEMON@x\nX-Failed-Recipients: " + b"a@" * 400_000 + b"\n\n" + b"a@b" * 200_000,
    "identities": b"From: MAILER-DAEMON@x\nReferences: " + b"<" * 500_000 + b"\n\nundeliverable",
    "one line": b"x" * 1_000_000,
    "rfc822 in rfc822": b"Content-Type: message/rfc822\n\n" * 30_000,
    "blocks": b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 60_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_mail_made_to_hang_its_reader_does_not(name: str) -> None:
    # The library's own parser takes minutes over some of these and fails over others.
    found = heard(HOSTILE[name])
    assert found is None or len(found.message_ids) < 1000
    assert not may_report(HOSTILE[name]) or name in (
        "quotes",
        "folded",
        "boundaries",
        "dashes",
        "addresses",
        "identities",
    )


def test_a_huge_mail_is_looked_at_as_far_as_its_report() -> None:
    data = sample("exchange").replace(b"Dear Anna", b"A" * 76 + b"\n" + b"B" * 40_000_000)
    found = heard(data)
    assert found is not None
    assert found.message_ids[0] == "one.sheaf@firm.test"
    assert len(taken_apart(data).body) < LARGEST
