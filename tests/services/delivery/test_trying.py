"""The test of an account: how far it came, what is wrong and what to do, for each thing that goes wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desktop.delivery.mail.server import Password, Server
from desktop.errors import UserError
from desktop.services.delivery.mail.trying import Step, step_title, steps_of, try_account
from desktop.services.records import Record
from tests.servers import dovecot
from tests.servers.certificates import Authority, Certificate
from tests.servers.faulty_smtp import DROP, PASSWORD, RUBBISH, USER, Fault, faulty_smtp
from tests.servers.mail_fixtures import MailHost, authority, certificate, mail_host
from tests.servers.needed import free_port

__all__ = ["authority", "certificate", "mail_host"]

NOW = "2026-11-22T11:00:00Z"
ACCOUNT: Record = {
    "uid": "a1",
    "sender": USER,
    "sender_name": "Harbour",
    "security": "starttls",
    "auth": "password",
    "imap_host": "",
}


def tried(server: Server, *, mail: bool = False, password: str | None = PASSWORD, **account: Any) -> list[Step]:
    steps: list[Step] = []
    good = try_account(
        ACCOUNT | account,
        server,
        now=NOW,
        mail=mail,
        told=steps.append,
        secret_for=lambda _one: Password(password) if password else None,
        inbox_secret_for=lambda _one: Password(dovecot.PASSWORD),
    )
    assert good == all(step.state != "failed" for step in steps)
    return steps


def states(steps: list[Step]) -> list[str]:
    return [f"{step.name} {step.state}" for step in steps]


@pytest.fixture
def server(authority: Authority) -> Server:
    return Server("localhost", free_port(), "starttls", True, str(authority.root), USER)


def test_an_account_of_a_real_server_goes_all_steps_and_gets_its_mail(mail_host: MailHost) -> None:
    server = mail_host.smtp()
    steps = tried(server, mail=True, password=dovecot.PASSWORD, sender=server.user)
    assert [step.name for step in steps] == steps_of(ACCOUNT, mail=True)
    assert {step.state for step in steps} == {"ok"}
    assert f"inbox of {server.user}" in steps[-1].sentence
    assert len({step_title(step.name) for step in steps}) == len(steps)


def test_the_inbox_is_opened_too_and_a_shut_one_is_a_warning(mail_host: MailHost) -> None:
    server, imap = mail_host.smtp(), mail_host.imap()
    inbox: dict[str, Any] = {
        "sender": server.user,
        "imap_host": imap.host,
        "imap_port": imap.port,
        "imap_security": "tls",
        "imap_user": imap.user,
        "imap_folder": "INBOX",
        "verify": True,
        "ca_file": imap.ca_file,
    }
    steps = tried(server, password=dovecot.PASSWORD, **inbox)
    assert [step.name for step in steps] == steps_of(ACCOUNT | inbox, mail=False)
    assert {step.state for step in steps} == {"ok"}
    shut = tried(server, password=dovecot.PASSWORD, **inbox | {"imap_port": free_port()})[-1]
    assert (shut.name, shut.state) == ("inbox", "warning")
    assert shut.remedy


def test_a_real_server_refuses_a_wrong_password(mail_host: MailHost) -> None:
    steps = tried(mail_host.smtp(), password="wrong")
    assert states(steps)[-2:] == ["certificate ok", "login failed"]
    assert "refused the login" in steps[-1].sentence
    assert "app password" in steps[-1].remedy


def test_without_a_mail_nothing_is_sent(server: Server, certificate: Certificate) -> None:
    with faulty_smtp(certificate=certificate) as smtp:
        steps = tried(replace(server, port=smtp.port))
        assert [step.name for step in steps] == steps_of(ACCOUNT, mail=False)
        assert not smtp.taken
        tried(replace(server, port=smtp.port), mail=True)
        assert [one.recipients for one in smtp.taken] == [(USER,)]


def test_no_name_and_no_port(server: Server) -> None:
    assert states(tried(replace(server, host="no.such.invalid"))) == ["name failed"]
    (_name, closed) = tried(server)
    assert (closed.name, closed.state) == ("connected", "failed")
    assert "takes no connections on port" in closed.sentence


FAULTS = [
    ("banner", RUBBISH, "connected"),
    ("banner", "554 5.7.1 Go away", "connected"),
    ("starttls", "454 4.7.0 TLS not available", "encrypted"),
    ("auth", DROP, "login"),
    ("auth", "535 5.7.8 Wrong", "login"),
    ("mail", "550 5.7.1 Not from you", "sender"),
    ("rcpt", "550 5.1.1 No such user", "sender"),
    ("after_taking", DROP, "mail"),
]


@pytest.mark.parametrize("step, kind, failed", FAULTS)
def test_the_step_that_fails_is_named_with_its_remedy(
    server: Server, certificate: Certificate, step: str, kind: str, failed: str
) -> None:
    with faulty_smtp(Fault(step, kind), certificate=certificate) as smtp:
        steps = tried(replace(server, port=smtp.port), mail=True)
    names = steps_of(ACCOUNT, mail=True)
    assert [one.name for one in steps] == names[: names.index(steps[-1].name) + 1]
    assert (steps[-1].name, steps[-1].state) == (failed, "failed")
    assert steps[-1].sentence
    assert steps[-1].remedy
    assert {one.state for one in steps[:-1]} == {"ok"}


@pytest.mark.parametrize("wrong", ["names", "days", "self"])
def test_a_bad_certificate_is_told_from_a_missing_encryption(server: Server, authority: Authority, wrong: str) -> None:
    made = {
        "names": lambda: authority.certificate("other", names="DNS:other.test"),
        "days": lambda: authority.certificate("old", days=-1),
        "self": authority.self_signed,
    }[wrong]()
    with faulty_smtp(certificate=made) as smtp:
        steps = tried(replace(server, port=smtp.port))
        assert states(steps) == ["name ok", "connected ok", "encrypted ok", "certificate failed"]
        trusting = tried(replace(server, port=smtp.port, verify=False))
    assert states(trusting)[3:] == ["certificate warning", "login ok", "sender ok"]
    with faulty_smtp() as smtp:
        assert states(tried(replace(server, port=smtp.port)))[-1] == "encrypted failed"


def test_a_line_without_encryption_is_warned_of(server: Server) -> None:
    with faulty_smtp() as smtp:
        plain = replace(server, port=smtp.port, security="none")
        steps = tried(plain, security="none")
    assert states(steps) == ["name ok", "connected warning", "login ok", "sender ok"]
    assert [step.name for step in steps] == steps_of(ACCOUNT | {"security": "none"}, mail=False)


def test_a_missing_password_still_tries_the_line(server: Server, certificate: Certificate) -> None:
    with faulty_smtp(certificate=certificate) as smtp:
        steps = tried(replace(server, port=smtp.port), password=None)
        assert states(steps)[-2:] == ["certificate ok", "login failed"]
        assert "There is no password" in steps[-1].sentence
        assert not [line for line in smtp.heard if line.startswith(("AUTH", "MAIL"))]


def test_what_keeps_the_password_away_is_said(server: Server, certificate: Certificate) -> None:
    def locked(_one: Record) -> None:
        raise UserError("The keyring is locked.", "Unlock it.")

    steps: list[Step] = []
    with faulty_smtp(certificate=certificate) as smtp:
        used = replace(server, port=smtp.port)
        try_account(ACCOUNT, used, now=NOW, mail=False, told=steps.append, secret_for=locked)
    assert steps[-1] == Step("login", "failed", "The keyring is locked.", "Unlock it.")


def test_who_asks_may_give_up_between_steps(server: Server, certificate: Certificate) -> None:
    class Stopped(BaseException):
        pass

    def told(step: Step) -> None:
        raise Stopped

    with faulty_smtp(certificate=certificate) as smtp:
        with pytest.raises(Stopped):
            try_account(ACCOUNT, replace(server, port=smtp.port), now=NOW, mail=False, told=told)
        assert smtp.connections == 0
