"""What real servers refuse, and how a person is told: a sentence that says it, and what to do."""

from __future__ import annotations

import email.policy
import socket
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, get_args

import pytest

from desktop.delivery.mail.server import Answer, NotSent, Password, Reason, Secret, Server, Token, Unclear
from desktop.delivery.mail.smtp import Connection, Patience
from desktop.delivery.mail.trouble import in_words
from desktop.errors import UserError
from tests.servers.certificates import Authority
from tests.servers.dovecot import PASSWORD, token
from tests.servers.faulty_smtp import STALL, USER, Fault, faulty_smtp
from tests.servers.mail_fixtures import ANNA, LETTER, OFFICE, MailHost, authority, certificate, letter, mail_host
from tests.servers.needed import free_port

__all__ = ["authority", "certificate", "mail_host"]

RIGHT = Password(PASSWORD)


def parsed(data: bytes) -> EmailMessage:
    return BytesParser(policy=email.policy.SMTPUTF8).parsebytes(data)


def trouble(server: Server, secret: Secret = RIGHT, patience: Patience | None = None, **changed: Any) -> NotSent:
    with Connection(server, secret, patience=patience) as line, pytest.raises(NotSent) as caught:
        line.send(letter(**changed))
    return caught.value


def told(server: Server, secret: Secret = RIGHT, patience: Patience | None = None) -> tuple[str, str]:
    """A fault of the account, in words."""
    error = trouble(server, secret, patience)
    assert error.account
    said = in_words(error, server)
    return said.message, said.remedy


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_real_server_takes_a_mail(mail_host: MailHost, security: str) -> None:
    port = mail_host.postfix.port if security == "starttls" else mail_host.postfix.tls_port
    before = len(mail_host.postfix.arrived(ANNA))
    with Connection(mail_host.smtp(port=port, security=security), RIGHT) as line:
        answer = line.send(LETTER)
        line.send(LETTER)
    assert answer.code == 250
    arrived = mail_host.postfix.await_mail(ANNA, before + 2)
    assert all(b"Message-ID: <one.sheaf@firm.test>" in one for one in arrived)


def test_real_server_takes_letters_beyond_ascii(mail_host: MailHost) -> None:
    before = len(mail_host.postfix.arrived(ANNA))
    with Connection(mail_host.smtp(), RIGHT) as line:
        line.send(letter(to=(ANNA,), cc=("wer@slow.test", "büro@slow.test"), subject="Größe ₹ नमस्ते"))
    mail_host.postfix.await_mail(ANNA, before + 1)
    arrived = [parsed(one) for one in mail_host.postfix.arrived(ANNA)]
    assert "Größe ₹ नमस्ते" in [str(one["Subject"]) for one in arrived]
    assert any("büro@slow.test" in str(one["Cc"]) for one in arrived)


def test_real_server_without_encryption_takes_mail_for_its_own(mail_host: MailHost) -> None:
    server = mail_host.smtp(port=mail_host.postfix.plain_port, security="none", user="")
    with Connection(server, None) as line:
        assert line.send(LETTER).code == 250
    error = trouble(server, None, to=("stranger@elsewhere.test",))
    assert (error.reason, error.account) == ("login_wanted", True)
    assert "wants a login" in in_words(error, server).message


def test_wrong_password(mail_host: MailHost) -> None:
    message, remedy = told(mail_host.smtp(), Password("wrong"))
    assert message.startswith("localhost refused the login of office@firm.test:")
    assert "app password" in remedy


def test_real_server_takes_a_token_and_refuses_what_is_none(mail_host: MailHost) -> None:
    with Connection(mail_host.smtp(), Token(token(OFFICE))) as line:
        assert line.send(LETTER).code == 250
    for wrong in (token(OFFICE, seconds=-60), token(ANNA), "rubbish"):
        error = trouble(mail_host.smtp(), Token(wrong))
        assert (error.reason, error.account, error.answer.code) == ("login", True, 535)
        assert "bearer" in error.answer.text


def test_no_login_is_wanted_by_the_server(mail_host: MailHost) -> None:
    error = trouble(mail_host.smtp(user=""), None)
    assert error.reason in ("login_wanted", "recipients")
    assert error.permanent


def test_unknown_recipient(mail_host: MailHost) -> None:
    error = trouble(mail_host.smtp(), to=("anna@firm.test", "zoe@firm.test"))
    assert (error.reason, error.permanent, error.account) == ("recipients", True, False)
    said = in_words(error, mail_host.smtp())
    assert "zoe@firm.test" in said.message
    assert "anna@firm.test" not in said.message


def test_mail_beyond_the_servers_size(mail_host: MailHost) -> None:
    error = trouble(mail_host.smtp(), text="x" * 21_000_000)
    assert (error.reason, error.permanent, error.account) == ("too_big", True, False)
    assert "20000000" in in_words(error, mail_host.smtp()).message


def test_certificate_of_an_authority_that_nobody_knows(mail_host: MailHost) -> None:
    message, _remedy = told(mail_host.smtp(ca_file=""))
    assert message == "The certificate of localhost is signed by nobody whom this computer trusts."


def test_certificate_may_be_trusted_unseen(mail_host: MailHost) -> None:
    with Connection(mail_host.smtp(ca_file="", verify=False), RIGHT) as line:
        assert line.send(LETTER).code == 250


@pytest.mark.parametrize(
    "kind,message",
    [
        ("expired", "The certificate of localhost is out of date, or this computer's clock is wrong."),
        ("other name", "The certificate of this server is for another name than localhost."),
        ("self-signed", "localhost vouches for itself: nobody signed its certificate."),
    ],
)
@pytest.mark.parametrize("security", ["starttls"])
def test_wrong_certificate(authority: Authority, kind: str, message: str, security: Any) -> None:
    made = {
        "expired": lambda: authority.certificate("expired", days=-1),
        "other name": lambda: authority.certificate("other", names="DNS:mail.elsewhere.test"),
        "self-signed": authority.self_signed,
    }[kind]()
    with faulty_smtp(certificate=made) as server:
        where = Server("localhost", server.port, security, ca_file=str(authority.root), user=USER)
        assert told(where)[0] == message
        # The password was not said to somebody who may be anybody.
        assert not any(one.startswith("AUTH") for one in server.heard)


def test_own_certificate_can_be_chosen_as_the_one_to_trust(authority: Authority) -> None:
    made = authority.self_signed()
    with faulty_smtp(certificate=made) as server:
        with Connection(Server("localhost", server.port, ca_file=str(made.chain)), None) as line:
            line.send(LETTER)
        assert len(server.taken) == 1


def test_file_to_trust_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing", encoding="ascii")
    with faulty_smtp() as server:
        for name in ("missing.pem", "empty.pem"):
            message, _remedy = told(Server("localhost", server.port, ca_file=str(tmp_path / name), user=USER))
            assert message.startswith("The certificate to trust cannot be read")


def test_server_without_starttls_gets_no_password() -> None:
    with faulty_smtp() as server:
        message, remedy = told(Server("localhost", server.port, "starttls", user=USER))
        assert "offers no encryption by STARTTLS" in message
        assert "465" in remedy
        assert not any(one.startswith("AUTH") for one in server.heard)


def test_tls_at_a_port_that_speaks_plainly(mail_host: MailHost) -> None:
    message, remedy = told(mail_host.smtp(security="tls"))
    assert "does not speak TLS from the start" in message
    assert remedy.startswith("Choose STARTTLS")


def test_port_closed() -> None:
    port = free_port()
    message, _remedy = told(Server("localhost", port, user=USER))
    assert message == f"localhost takes no connections on port {port}."


def test_name_unknown() -> None:
    message, remedy = told(Server("mail.nowhere.invalid", 587, user=USER))
    assert message == "No server of the name mail.nowhere.invalid was found."
    assert "online" in remedy
    assert told(Server("x" * 70 + ".test", 587, user=USER))[0].startswith("No server of the name")


def test_silent_server() -> None:
    with faulty_smtp(Fault("banner", STALL)) as server:
        message, _remedy = told(Server("localhost", server.port, user=USER), patience=Patience(0.3, 0.3, 0.3, 0.3))
        assert "did not answer" in message
    with socket.create_server(("127.0.0.1", 0)):
        error = NotSent(Answer(0, ""), permanent=False, account=True, reason="timeout")
        assert "TLS from the start" in in_words(error, Server("localhost", 465, "starttls")).remedy


def test_app_password_and_sign_in_where_providers_want_them() -> None:
    error = NotSent(Answer(535, "5.7.8 BadCredentials"), permanent=True, account=True, reason="login")
    assert "app password" in in_words(error, Server("smtp.gmail.com", 587, user="a@gmail.com")).remedy
    assert "sign in with Microsoft" in in_words(error, Server("smtp.office365.com", 587, user="a@x.test")).remedy


@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_trouble_has_its_own_sentence_and_remedy(reason: Reason) -> None:
    server = Server("mail.firm.test", 587, user="office@firm.test")
    said = in_words(NotSent(Answer(550, "words of the server"), permanent=True, reason=reason), server)
    assert said.message.endswith((".", "words of the server"))
    assert said.remedy.endswith(".")
    others = [one for one in get_args(Reason) if one != reason]
    same = [
        one
        for one in others
        if in_words(NotSent(Answer(550, "words of the server"), permanent=True, reason=one), server).message
        == said.message
    ]
    assert same == []


def test_unclear_says_that_nobody_knows() -> None:
    server = Server("mail.firm.test", 587)
    assert "nobody knows" in in_words(Unclear("gone"), server).message
    own = UserError("Own words.", "Own remedy.")
    assert in_words(own, server) is own
    assert "mail.firm.test" in in_words(ConnectionRefusedError(), server).message
