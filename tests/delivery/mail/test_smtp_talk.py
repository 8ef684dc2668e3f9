"""What is said to a server: logins, letters beyond ASCII, sizes, receipts, dots, and who is refused."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from desktop.delivery.mail.login import xoauth2
from desktop.delivery.mail.message import Enclosed
from desktop.delivery.mail.server import NotSent, Password, Secret, Server, Token
from desktop.delivery.mail.smtp import Connection
from desktop.delivery.mail.writing import written
from tests.servers import faulty_smtp as faulty
from tests.servers.certificates import Authority, Certificate
from tests.servers.faulty_smtp import Fault, FaultySmtp, faulty_smtp
from tests.servers.mail_fixtures import LETTER, authority, certificate, letter

__all__ = ["authority", "certificate"]


def plain(server: FaultySmtp, secret: Secret = None, **changed: Any) -> Connection:
    values: dict[str, Any] = {"host": "localhost", "port": server.port, "security": "none"} | changed
    return Connection(Server(**values), secret)


def refused(line: Connection, **changed: Any) -> NotSent:
    with pytest.raises(NotSent) as caught:
        line.send(letter(**changed))
    return caught.value


@pytest.mark.parametrize("ways", ["PLAIN LOGIN", "LOGIN", "PLAIN", "XOAUTH2 CRAM-MD5 LOGIN"])
def test_password_goes_by_what_the_server_offers(ways: str) -> None:
    with faulty_smtp(offers=(f"AUTH {ways}",)) as server:
        with plain(server, Password(faulty.PASSWORD), user=faulty.USER) as line:
            line.send(LETTER)
        said = next(one for one in server.heard if one.startswith("AUTH"))
        assert said.split(" ")[1] == ("PLAIN" if "PLAIN" in ways else "LOGIN")
        assert len(server.taken) == 1


def test_server_that_does_not_know_plain_after_all_is_asked_by_login() -> None:
    with (
        faulty_smtp(Fault("auth", "504 5.7.4 Unrecognized authentication type", times=1)) as server,
        plain(server, Password(faulty.PASSWORD), user=faulty.USER) as line,
    ):
        line.send(LETTER)
        assert [one.split(" ")[1] for one in server.heard if one.startswith("AUTH")] == ["PLAIN", "LOGIN"]


def test_wrong_password_is_offered_once_and_is_the_accounts_fault() -> None:
    with faulty_smtp() as server, plain(server, Password("wrong"), user=faulty.USER) as line:
        error = refused(line)
        assert (error.reason, error.account, error.permanent, error.answer.code) == ("login", True, True, 535)
        assert sum(one.startswith("AUTH") for one in server.heard) == 1


def test_token_goes_by_xoauth2() -> None:
    with faulty_smtp() as server, plain(server, Token(faulty.TOKEN), user=faulty.USER) as line:
        line.send(LETTER)
        assert len(server.taken) == 1


def test_refused_token_is_explained_by_the_server_before_it_says_no() -> None:
    with faulty_smtp() as server, plain(server, Token("old"), user=faulty.USER) as line:
        error = refused(line)
        assert (error.reason, error.account, error.answer.code) == ("login", True, 535)
        assert '"status":"401"' in error.answer.text


@pytest.mark.parametrize(
    "secret,offers,reason",
    [
        (Token("t"), "AUTH PLAIN", "no_login"),
        (Password("p"), "AUTH CRAM-MD5", "no_login"),
        (None, "AUTH PLAIN", "no_secret"),
    ],
)
def test_login_that_cannot_be(secret: Secret, offers: str, reason: str) -> None:
    with faulty_smtp(offers=(offers,)) as server, plain(server, secret, user=faulty.USER) as line:
        error = refused(line)
        assert (error.reason, error.account, error.permanent) == (reason, True, True)


def test_offers_from_before_encryption_count_no_more(certificate: Certificate, authority: Authority) -> None:
    # The server says another SIZE once encrypted; who believed the first would send too much.
    with faulty_smtp(certificate=certificate, offers=("SIZE 50",)) as server:
        where = Server("localhost", server.port, "starttls", ca_file=str(authority.root))
        with Connection(where, None) as line:
            assert refused(line).reason == "too_big"
            server.offers = ("SIZE 0",)
            line.close()
            line.send(LETTER)
        assert len(server.taken) == 1


def test_words_before_the_handshake_are_not_believed(certificate: Certificate, authority: Authority) -> None:
    injected = "220 Go on\r\n250 fake"
    with faulty_smtp(Fault("starttls", injected), certificate=certificate) as server:
        where = Server("localhost", server.port, "starttls", ca_file=str(authority.root))
        with Connection(where, None) as line:
            error = refused(line)
        assert (error.reason, error.account) == ("not_mail", True)


def test_one_refused_address_refuses_the_mail_for_all_and_each_is_named() -> None:
    with faulty_smtp() as server, plain(server) as line:
        server.refused = {"b@x.test": "550 5.1.1 No such user", "c@x.test": "450 4.2.1 Mailbox busy"}
        error = refused(line, to=("a@x.test", "b@x.test"), cc=("c@x.test",))
        assert [(address, said.code) for address, said in error.refused] == [("b@x.test", 550), ("c@x.test", 450)]
        assert (error.permanent, error.account, error.reason, error.answer.code) == (True, False, "recipients", 550)
        assert "b@x.test: 5.1.1 No such user" in error.answer.text
        assert server.taken == []
        server.refused = {"c@x.test": "450 4.2.1 Mailbox busy"}
        assert not refused(line, to=("a@x.test",), bcc=("c@x.test",)).permanent
        line.send(letter(to=("a@x.test",)))
        assert (len(server.taken), server.connections) == (1, 1)
        assert "RSET" in server.heard


def test_everybody_is_named_once_also_who_gets_it_unseen() -> None:
    with faulty_smtp() as server, plain(server) as line:
        line.send(letter(to=("a@x.test", "b@x.test"), cc=("b@x.test",), bcc=("c@x.test", "a@x.test")))
        assert server.taken[0].recipients == ("a@x.test", "b@x.test", "c@x.test")
        assert server.taken[0].sender == "office@firm.test"


def test_dots_at_the_start_of_lines_arrive() -> None:
    mail = letter(text=".\n..two\n.\n\n. end\n.")
    with faulty_smtp() as server, plain(server) as line:
        line.send(mail)
        assert server.taken[0].data == written(mail)


def test_letters_beyond_ascii_before_the_at_need_the_servers_consent() -> None:
    with faulty_smtp() as server, plain(server) as line:
        line.send(letter(to=("büro@bücher.example",)))
        assert server.taken[0].recipients == ("büro@xn--bcher-kva.example",)
        assert "SMTPUTF8" in server.taken[0].commands[0]
        assert "büro@xn--bcher-kva.example".encode() in server.taken[0].data
        line.send(letter(to=("buero@bücher.example",)))
        assert "SMTPUTF8" not in server.taken[1].commands[0]
    with faulty_smtp(offers=("SIZE",)) as server, plain(server) as line:
        error = refused(line, to=("büro@bücher.example",))
        assert (error.reason, error.permanent, error.account) == ("non_ascii_address", True, False)
        assert not any(one.startswith("MAIL") for one in server.heard)
        line.send(letter(to=("buero@bücher.example",)))


def test_too_large_a_mail_is_not_even_offered() -> None:
    with faulty_smtp(offers=("SIZE 100000",)) as server, plain(server) as line:
        error = refused(line, files=(Enclosed("a.pdf", "application/pdf", b"x" * 100_000),))
        assert (error.reason, error.permanent, error.account, error.answer.code) == ("too_big", True, False, 552)
        assert not any(one.startswith("MAIL") for one in server.heard)
        line.send(LETTER)
        assert f"SIZE={len(written(LETTER))}" in server.taken[0].commands[0]


def test_where_the_server_reports_it_is_told_which_mail_it_is() -> None:
    with faulty_smtp(offers=("DSN",)) as server, plain(server) as line:
        line.send(letter(message_id="<a+b=c@firm.test>"))
        line.send(letter(receipt=True))
        assert "ENVID=a+2Bb+3Dc@firm.test" in server.taken[0].commands[0]
        assert "RET=HDRS" in server.taken[0].commands[0]
        assert "NOTIFY" not in server.taken[0].commands[1]
        assert "NOTIFY=SUCCESS,FAILURE,DELAY" in server.taken[1].commands[1]
        # RFC 3461 section 4.4: no longer than 100 characters.
        line.send(letter(message_id=f"<{'x' * 95}@firm.test>"))
        assert server.taken[2].commands[0].endswith(" RET=HDRS")


@pytest.mark.parametrize(
    "step,answer,reason,account,permanent",
    [
        ("before_taking", "550 5.4.5 Daily user sending limit exceeded.", "limit", True, False),
        ("before_taking", "554 5.2.0 Submission quota exceeded", "limit", True, False),
        ("rcpt", "550 5.1.90 Your message can't be sent because you've reached your daily limit", "limit", True, False),
        ("mail", "530 5.7.0 Authentication required", "login_wanted", True, True),
        ("rcpt", "554 5.7.1 <a@x.test>: Relay access denied", "login_wanted", True, True),
        ("mail", "552 5.3.4 Message size exceeds fixed limit", "too_big", False, True),
        ("mail", "452 4.3.1 Insufficient system storage", "busy", False, False),
        ("mail", "553 5.7.1 Sender address rejected: not owned by user", "sender", True, True),
        ("rcpt", "550 5.7.1 blocked, host 15.4.5.4 has no name", "recipients", False, True),
    ],
)
def test_whose_fault_a_refusal_is(step: str, answer: str, reason: str, account: bool, permanent: bool) -> None:
    with faulty_smtp(Fault(step, answer)) as server, plain(server) as line:
        error = refused(line)
        assert (error.reason, error.account, error.permanent) == (reason, account, permanent)
        assert server.taken == []


@pytest.mark.parametrize("changed", [{"to": ("nobody",)}, {"sender": "x\r\nRCPT TO:<y@z.test>"}, {"to": (), "cc": ()}])
def test_what_is_no_address_never_reaches_the_server(changed: dict[str, Any]) -> None:
    with faulty_smtp() as server, plain(server) as line:
        error = refused(line, **changed)
        assert (error.reason, error.permanent, error.account) == ("address", True, False)
        assert server.heard == []


def test_servers_words_cannot_play_with_a_terminal() -> None:
    with faulty_smtp(Fault("rcpt", "550 5.1.1 \x1b[31mred\x07 \u202eturned")) as server, plain(server) as line:
        assert refused(line).answer.text.isprintable()


def test_this_computers_name_stays_at_home() -> None:
    with faulty_smtp() as server, plain(server) as line:
        line.send(LETTER)
        assert server.heard[0] == "EHLO [127.0.0.1]"


def test_old_server_that_knows_no_ehlo_is_greeted_the_old_way() -> None:
    with faulty_smtp(Fault("ehlo", "502 5.5.2 What?", times=1)) as server, plain(server) as line:
        line.send(LETTER)
        assert server.heard[1].startswith("HELO ")
        assert len(server.taken) == 1


@pytest.mark.parametrize(
    "secret, echo",
    [
        (Password("geheim-1"), '500 5.5.2 Command unrecognized: "AUTH PLAIN AG9mZmljZUBmaXJtLnRlc3QAZ2VoZWltLTE="'),
        (Password("geheim-1"), '535 5.7.8 No such pair: office@firm.test, "geheim-1" or Z2VoZWltLTE='),
        (Token(faulty.TOKEN), f"500 5.5.2 Unknown: AUTH XOAUTH2 {xoauth2(faulty.USER, faulty.TOKEN)[:50]}"),
    ],
)
def test_a_secret_that_the_server_repeats_goes_no_further(secret: Secret, echo: str) -> None:
    with faulty_smtp(Fault("auth", echo)) as server, plain(server, secret, user=faulty.USER) as line:
        error = refused(line)
        assert error.reason == "login"
    shown = error.answer.text + str(error) + "".join(traceback.format_exception(error))
    assert "…" in error.answer.text
    for told in ("geheim-1", "Z2VoZWltLTE=", "AG9mZmlj", faulty.TOKEN, xoauth2(faulty.USER, faulty.TOKEN)[26:40]):
        assert told not in shown
