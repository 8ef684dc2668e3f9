"""Fixtures of mail: certificates for all tests of a file, real servers, and a mail to send. Import what is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from desktop.delivery.mail.message import Mail
from desktop.delivery.mail.server import Server
from tests.servers.certificates import Authority, Certificate
from tests.servers.dovecot import Dovecot, dovecot
from tests.servers.postfix import Postfix, postfix

OFFICE, ANNA, BEN = "office@firm.test", "anna@firm.test", "ben@firm.test"

LETTER = Mail(
    message_id="<one.sheaf@firm.test>",
    date="2026-11-22T10:46:50Z",
    sender=OFFICE,
    to=(ANNA,),
    subject="Invoice 2026-0001",
    text="Dear Anna,\nplease find your invoice attached.\n",
)


def letter(**changed: Any) -> Mail:
    """A mail that differs from the usual one in this."""
    return replace(LETTER, **changed)


class MailHost(NamedTuple):
    """A whole mail server: postfix with logins by dovecot, which shows the mailboxes."""

    postfix: Postfix
    dovecot: Dovecot
    authority: Authority

    def smtp(self, **changed: Any) -> Server:
        usual = Server("localhost", self.postfix.port, "starttls", True, str(self.authority.root), OFFICE)
        return replace(usual, **changed)

    def imap(self, **changed: Any) -> Server:
        usual = Server("localhost", self.dovecot.imaps_port, "tls", True, str(self.authority.root), OFFICE)
        return replace(usual, **changed)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Certificate:
    return authority.certificate("right")


@pytest.fixture(scope="session")
def mail_host(authority: Authority, certificate: Certificate) -> Iterator[MailHost]:
    with postfix(certificate, warning="1s") as smtp, dovecot(certificate, smtp) as imap:
        yield MailHost(smtp, imap, authority)
