"""An inbox of a real server: what came back is found, and the inbox is as it was before."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from datetime import date, timedelta
from pathlib import Path

import pytest

from desktop.delivery.mail.bounces import heard
from desktop.delivery.mail.imap import Inbox, Place, folder_name
from desktop.delivery.mail.server import Password, Server, Token, Trouble
from desktop.delivery.mail.smtp import Connection
from desktop.delivery.mail.trouble import in_words
from tests.servers.dovecot import PASSWORD, token
from tests.servers.mail_fixtures import OFFICE, MailHost, authority, certificate, letter, mail_host
from tests.servers.needed import free_port

__all__ = ["authority", "certificate", "mail_host"]

RIGHT = Password(PASSWORD)
LONG_AGO = date.today() - timedelta(days=2)


def reports(host: MailHost, place: Place) -> tuple[Place, list[bytes]]:
    found: list[bytes] = []
    with Inbox(host.imap(), RIGHT) as inbox:
        steps = list(inbox.after(place, since=LONG_AGO))
    for _place, mails in steps:
        found += mails
    return steps[-1][0], found


def files(host: MailHost) -> set[Path]:
    box = host.postfix.mail / "firm.test" / "office"
    return {path for part in ("new", "cur") for path in (box / part).glob("*")}


def test_true_reports_of_a_real_server_and_nothing_else(mail_host: MailHost) -> None:
    came = len(mail_host.postfix.arrived(OFFICE))
    place, _before = reports(mail_host, Place())
    with Connection(mail_host.smtp(), RIGHT) as line:
        line.send(letter(message_id="<bounces@firm.test>", to=("nobody@lenient.test",)))
        line.send(letter(message_id="<arrives@firm.test>", to=("ben@lenient.test",), receipt=True))
        line.send(letter(message_id="<waits@firm.test>", to=("who@slow.test",)))
        line.send(letter(message_id="<chat@firm.test>", to=(OFFICE,), subject="Undeliverable? A letter"))
    # A bounce, a receipt, a warning of a delay and the letter.
    mail_host.postfix.await_mail(OFFICE, came + 4, seconds=40)
    seen = files(mail_host)
    later, found = reports(mail_host, place)
    said = {one.message_ids[0]: one for data in found if (one := heard(data))}
    assert {key: one.kind for key, one in said.items()} == {
        "bounces@firm.test": "bounced",
        "arrives@firm.test": "delivered",
    }
    assert said["bounces@firm.test"].addresses == ("nobody@lenient.test",)
    assert "unknown user" in said["bounces@firm.test"].words
    assert not any(b"chat@firm.test" in data for data in found)
    # Names of the files hold the flags: none was marked as read, none was moved.
    assert {path.name.split(":")[0] for path in files(mail_host)} == {path.name.split(":")[0] for path in seen}
    assert not any(",S" in path.name for path in files(mail_host))
    assert later.uid >= place.uid + 4
    assert reports(mail_host, later) == (later, [])


def test_inbox_that_counts_anew_is_read_anew(mail_host: MailHost) -> None:
    with Connection(mail_host.smtp(), RIGHT) as line:
        line.send(letter(message_id="<again@firm.test>", to=("gone@lenient.test",)))
    came = len(mail_host.postfix.arrived(OFFICE))
    mail_host.postfix.await_mail(OFFICE, max(1, came))
    place, _found = reports(mail_host, Place())
    assert place.validity > 0
    _place, found = reports(mail_host, Place(place.validity + 1, 10_000_000))
    assert found


def test_starttls(mail_host: MailHost) -> None:
    server = mail_host.imap(port=mail_host.dovecot.imap_port, security="starttls")
    with Inbox(server, RIGHT) as inbox:
        assert inbox.validity > 0


def test_token(mail_host: MailHost) -> None:
    with Inbox(mail_host.imap(), Token(token(OFFICE))) as inbox:
        assert inbox.validity > 0
    with pytest.raises(Trouble) as caught, Inbox(mail_host.imap(), Token(token(OFFICE, seconds=-60))):
        pass
    assert caught.value.reason == "login"


def trouble(server: Server, password: str = PASSWORD, folder: str = "INBOX") -> Trouble:
    with pytest.raises(Trouble) as caught, Inbox(server, Password(password), folder):
        pass
    return caught.value


def test_what_is_wrong_is_said_as_with_sending(mail_host: MailHost) -> None:
    right = mail_host.imap()
    assert trouble(right, "wrong").reason == "login"
    assert trouble(right, folder="Nowhere").reason == "folder"
    assert trouble(mail_host.imap(ca_file="")).reason == "certificate_unknown"
    assert trouble(mail_host.imap(port=free_port())).reason == "closed_port"
    assert trouble(mail_host.imap(port=mail_host.dovecot.imap_port)).reason == "tls"
    assert trouble(mail_host.imap(port=mail_host.postfix.plain_port, security="none")).reason == "not_mail"
    said = in_words(trouble(right, "wrong"), right)
    assert said.message.startswith("localhost refused the login of office@firm.test")


@pytest.mark.parametrize(
    "name,written",
    [("INBOX", '"INBOX"'), ("Entwürfe", '"Entw&APw-rfe"'), ("R&D", '"R&-D"'), ('a"b\\', '"a\\"b\\\\"')],
)
def test_names_of_folders(name: str, written: str) -> None:
    assert folder_name(name) == written


@pytest.mark.parametrize("offers", ["AUTH=PLAIN", ""])
def test_a_password_that_the_server_repeats_goes_no_further(offers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _address = server.accept()
            with line, line.makefile("rwb") as talk:
                talk.write(b"* OK hello\r\n")
                talk.flush()
                said = b""
                while b"CAPABILITY" not in said:
                    said = talk.readline()
                tag = said.split()[0]
                talk.write(b"* CAPABILITY IMAP4rev1 %s\r\n%s OK done\r\n" % (offers.encode(), tag))
                talk.flush()
                said = talk.readline()
                tag = said.split()[0]
                if b"AUTHENTICATE" in said:
                    talk.write(b"+ \r\n")
                    talk.flush()
                    said = talk.readline().strip()
                talk.write(b"%s NO unknown: %s\r\n" % (tag, said.strip()))
                talk.flush()
                talk.readline()

        thread = threading.Thread(target=serve)
        thread.start()
        asked = Server("127.0.0.1", server.getsockname()[1], security="none", user=OFFICE)
        with pytest.raises(Trouble) as caught, Inbox(asked, Password("geheim-1"), seconds=10):
            pass
        thread.join(10)
    assert caught.value.reason == "login"
    assert "unknown: " in caught.value.answer.text
    told = b64encode(f"\0{OFFICE}\0geheim-1".encode()).decode()
    assert not any(secret in caught.value.answer.text for secret in ("geheim-1", told, told[-12:]))
