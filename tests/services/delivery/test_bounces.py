"""Reports mark the documents that they are about, once, whatever order they come in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop.delivery.mail.server import Password, Secret
from desktop.errors import UserError
from desktop.saying import told
from desktop.services.delivery.mail.accounts import account, post_for, save_account
from desktop.services.delivery.mail.bounces import Looked, read_files, read_inboxes
from desktop.services.delivery.mail.sending import send
from desktop.services.today import today
from tests.books import new_book
from tests.contracts import rows, value
from tests.e2e.commands import Sheaf
from tests.issued import add_client, add_invoice
from tests.outgoing import mailed, stand
from tests.servers.dovecot import PASSWORD
from tests.servers.mail_fixtures import OFFICE, MailHost, authority, certificate, mail_host
from tests.servers.needed import free_port

__all__ = ["authority", "certificate", "mail_host"]

ANNE = "Anne"
DAY = date(2026, 5, 31)
SAMPLES = Path(__file__).parents[2] / "delivery" / "mail" / "returned"


def silent(_done: int, _total: int, _text: str) -> None:
    return


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def number(book: Book) -> str:
    """An invoice that went by mail."""
    found = add_invoice(book, add_client(book, "ACME"), DAY, (1_000, 0))
    mailed(book, found)
    return found


def message_id(book: Book) -> bytes:
    return str(value(book, "SELECT message_id FROM mailing ORDER BY id DESC LIMIT 1")).strip("<>").encode()


def report(book: Book, folder: Path, name: str) -> Path:
    """A report as it came, about the book's last mail."""
    path = folder / f"{name}.eml"
    path.write_bytes(
        (SAMPLES / f"{name}.eml")
        .read_bytes()
        .replace(b"one.sheaf@firm.test", message_id(book))
        .replace(b"one+2Esheaf@firm.test", message_id(book))
    )
    return path


def read(book: Book, *paths: Path) -> Looked:
    return read_files(book, paths, actor=ANNE, report=silent)


def standing(book: Book) -> tuple[str, str, str, int | None]:
    state, fate, answer, code = rows(book, "SELECT state, fate, answer, code FROM delivery")[0]
    return state, fate, told(answer), code


def kinds(book: Book) -> list[str]:
    return [row[0] for row in rows(book, "SELECT kind FROM delivery_event ORDER BY id")]


def test_bounce_is_marked_with_the_servers_words_and_wants_a_person(book: Book, number: str, tmp_path: Path) -> None:
    looked = read(book, report(book, tmp_path, "exchange"))
    words = "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"
    assert standing(book) == ("sent", "bounced", f"It came back from anna@client.test: {words}", 550)
    (match,) = looked.matched
    assert (looked.read, match.kind, match.titles, match.words, match.fresh) == (1, "bounced", (number,), words, True)
    assert value(book, "SELECT fate_at FROM delivery") == value(book, "SELECT at FROM delivery_event") == match.at
    assert [item.kind for item in today(book, DAY, book.now).items].count("delivery_bounced") == 1


def test_what_is_read_twice_is_marked_once(book: Book, number: str, tmp_path: Path) -> None:
    paths = [report(book, tmp_path, name) for name in ("exchange", "read_outlook")]
    assert [one.fresh for one in read(book, *paths).matched] == [True, True]
    before = rows(book, "SELECT * FROM delivery")
    assert [one.fresh for one in read(book, *paths).matched] == [False, False]
    assert rows(book, "SELECT * FROM delivery") == before
    assert kinds(book) == ["bounced", "seen"]


@pytest.mark.parametrize(
    "names,fate",
    [
        (["delivered"], "delivered"),
        (["read_outlook"], "seen"),
        (["delivered", "read_outlook"], "seen"),
        (["read_outlook", "delivered"], "seen"),
        (["delivered", "exchange"], "bounced"),
        (["exchange", "read_outlook"], "bounced"),
        (["delivered_and_failed"], "bounced"),
    ],
)
def test_worst_news_counts_and_all_are_noted(
    book: Book, number: str, tmp_path: Path, names: list[str], fate: str
) -> None:
    for name in names:
        read(book, report(book, tmp_path, name))
    assert standing(book)[:2] == ("sent", fate)
    assert len(kinds(book)) == len(names)


@pytest.mark.parametrize("name", ["postfix_delay", "exim_delay", "out_of_office", "deleted_unread", "vacation_daemon"])
def test_delays_and_holidays_change_nothing(book: Book, number: str, tmp_path: Path, name: str) -> None:
    looked = read(book, report(book, tmp_path, name))
    assert (looked.read, looked.matched, looked.unmatched) == (1, (), ())
    assert standing(book)[1] == ""
    assert kinds(book) == []


def test_report_about_a_mail_of_somebody_else_is_told_and_marks_nothing(book: Book, number: str) -> None:
    looked = read(book, SAMPLES / "exchange.eml")
    assert looked.matched == ()
    assert [(one.kind, one.addresses) for one in looked.unmatched] == [("bounced", ("anna@client.test",))]
    assert standing(book)[1] == ""


@pytest.mark.parametrize("state", ["uncertain", "waiting", "failed"])
@pytest.mark.parametrize("name", ["read_outlook", "exchange"])
def test_report_proves_that_a_mail_went(book: Book, number: str, tmp_path: Path, state: str, name: str) -> None:
    stand(book, number, state=state, done_at=None)
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE mailing SET state = ?, sent_at = NULL", (state,))
    read(book, report(book, tmp_path, name))
    went = state == "uncertain" or name == "read_outlook"
    fate = "seen" if name == "read_outlook" else "bounced"
    assert standing(book)[:2] == (("sent", fate) if went else (state, ""))
    assert (value(book, "SELECT done_at FROM delivery") is not None) == went
    ((mailing, sent_at),) = rows(book, "SELECT state, sent_at FROM mailing")
    assert (mailing, sent_at is not None) == ("sent" if went else state, went)
    assert kinds(book) == [fate]


def test_report_that_is_faster_than_the_servers_answer(book: Book, number: str, tmp_path: Path) -> None:
    stand(book, number, state="sending", done_at=None)
    read(book, report(book, tmp_path, "exchange"))
    assert standing(book)[:2] == ("sending", "bounced")


def test_report_from_the_future_is_of_now(book: Book, number: str, tmp_path: Path) -> None:
    path = report(book, tmp_path, "exchange")
    path.write_bytes(path.read_bytes().replace(b"22 Nov 2026", b"22 Nov 2399"))
    read(book, path)
    assert value(book, "SELECT fate_at FROM delivery") <= book.now


def test_all_documents_of_one_mail_are_marked(book: Book, number: str, tmp_path: Path) -> None:
    second = add_invoice(book, add_client(book, "OTHER"), DAY, (2_000, 0))
    mailing = value(book, "SELECT max(mailing_id) FROM delivery")
    stand(book, second, channel="email", state="sent", mailing_id=mailing)
    (match,) = read(book, report(book, tmp_path, "exchange")).matched
    assert match.titles == (number, second)
    assert rows(book, "SELECT DISTINCT fate FROM delivery") == [("bounced",)]


@pytest.mark.parametrize("name,events", [("exchange", ["bounced"]), ("delivered", []), ("read_outlook", [])])
def test_own_copy_that_comes_back_is_not_the_clients(
    book: Book, number: str, tmp_path: Path, name: str, events: list[str]
) -> None:
    people = json.dumps({"to": ["pay@acme.example"], "cc": [], "bcc": ["Anna@client.test"]})
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE mailing SET recipients = ?", (people,))
    looked = read(book, report(book, tmp_path, name))
    assert len(looked.matched) == 1
    assert standing(book)[:2] == ("sent", "")
    assert kinds(book) == events


def test_folder_and_file_with_many(book: Book, number: str, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    one = report(book, folder, "exchange").read_bytes()
    (folder / "Inbox").write_bytes(b"".join(b"From x\n" + one + b"\n" for _count in range(250)))
    looked = read(book, folder)
    assert (looked.read, len(looked.matched)) == (251, 251)
    assert [match.fresh for match in looked.matched].count(True) == 1


def inbox_account(book: Book, host: MailHost, **changed: Any) -> int:
    return save_account(
        book,
        {
            "name": "Office",
            "sender": OFFICE,
            "host": "localhost",
            "port": host.postfix.port,
            "user": OFFICE,
            "ca_file": str(host.authority.root),
            "receipts": True,
            "imap_host": "localhost",
            "imap_port": host.dovecot.imaps_port,
        }
        | changed,
        actor=ANNE,
    )


def password(_account: object) -> Secret:
    return Password(PASSWORD)


def look(book: Book, **more: Any) -> Looked:
    return read_inboxes(book, actor=ANNE, report=silent, **({"secret_for": password} | more))


def test_true_bounces_and_receipts_find_their_documents(book: Book, mail_host: MailHost) -> None:
    came = len(mail_host.postfix.arrived(OFFICE))
    key = inbox_account(book, mail_host)
    client = add_client(book, "ACME")
    people = ["nobody@lenient.test", "ben@lenient.test", "who@slow.test"]
    numbers = [add_invoice(book, client, DAY, (1_000 + place, 0)) for place in range(3)]
    for number, address in zip(numbers, people, strict=True):
        stand(book, number, channel="email", state="waiting", address=address, by_hand=True, answer="")
    sent = send(book, actor=ANNE, post_for=post_for(book, password), report=silent)
    assert (sent.sent, sent.problems) == (3, ())
    # A bounce, a receipt, and a warning that the third is late.
    mail_host.postfix.await_mail(OFFICE, came + 3, seconds=40)
    looked = look(book)
    fates = dict(rows(book, "SELECT title, fate FROM delivery"))
    assert [fates[number] for number in numbers] == ["bounced", "delivered", ""]
    assert sorted((one.kind, one.addresses) for one in looked.matched) == [
        ("bounced", ("nobody@lenient.test",)),
        ("delivered", ("ben@lenient.test",)),
    ]
    kept = json.loads(value(book, "SELECT value FROM setting WHERE key = ?", f"mail.inbox.{account(book, key)['uid']}"))
    assert kept["uid"] > 0
    again = look(book)
    assert (again.read, again.matched) == (0, ())


def test_inbox_that_does_not_open_is_told_and_keeps_no_other_from_being_read(book: Book, mail_host: MailHost) -> None:
    closed = inbox_account(book, mail_host, imap_port=free_port())
    inbox_account(book, mail_host, name="Second")
    looked = look(book)
    (problem,) = looked.problems
    assert problem.account_id == closed
    assert "takes no connections" in problem.sentence
    assert value(book, "SELECT count(*) FROM setting WHERE key LIKE 'mail.inbox.%'") == 1
    wrong = look(book, secret_for=lambda _account: Password("wrong"), account_id=closed + 1)
    assert "refused the login" in wrong.problems[0].sentence
    assert "no password" in look(book, secret_for=lambda _account: None, account_id=closed + 1).problems[0].sentence


def test_place_in_an_inbox_counts_for_that_inbox_only(book: Book, mail_host: MailHost) -> None:
    key = inbox_account(book, mail_host)
    look(book)
    uid = account(book, key)["uid"]
    kept = json.loads(value(book, "SELECT value FROM setting WHERE key = ?", f"mail.inbox.{uid}"))
    assert look(book).read == 0
    with book.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE setting SET value = ? WHERE key = ?", (json.dumps(kept | {"uid": 10**6}), f"mail.inbox.{uid}")
        )
    save_account(book, {"imap_user": "ben@firm.test"}, actor=ANNE, account_id=key)
    look(book)
    after = json.loads(value(book, "SELECT value FROM setting WHERE key = ?", f"mail.inbox.{uid}"))
    assert after["where"].startswith("ben@firm.test")
    assert after["uid"] < 10**6


def test_without_an_inbox_it_says_what_to_do(book: Book) -> None:
    save_account(book, {"sender": OFFICE, "host": "localhost"}, actor=ANNE)
    with pytest.raises(UserError, match="No e-mail account says where its inbox is"):
        look(book)


def test_command(book: Book, number: str, tmp_path: Path) -> None:
    path = report(book, tmp_path, "exchange")
    book.close()
    sheaf = Sheaf(tmp_path)
    data = sheaf.json("bounces", book.path, path.name, SAMPLES / "gmail.eml")
    assert data["read"] == 2
    (match,) = data["matched"]
    assert (match["kind"], match["documents"], match["addresses"]) == ("bounced", [number], ["anna@client.test"])
    assert match["new"] is True
    assert [one["kind"] for one in data["unmatched"]] == ["bounced"]
    text = sheaf("bounces", book.path, path.name).out
    assert "1 mail was read." in text
    assert number in text
    assert "anna@client.test" in text
    missing = sheaf("bounces", book.path, "nothing.eml")
    assert missing.code == 1
    assert "cannot be read" in missing.err
    assert "inbox" in sheaf("bounces", book.path).err


def test_command_without_a_keyring_is_given_the_password(
    book: Book, mail_host: MailHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox_account(book, mail_host, auth="none", user="", imap_user=OFFICE)
    book.close()
    sheaf = Sheaf(tmp_path)
    assert "There is no password" in sheaf("bounces", book.path).err
    monkeypatch.setenv("SHEAF_MAIL_PASSWORD", PASSWORD)
    data = sheaf.json("bounces", book.path, "--password-from", "env")
    assert data["problems"] == []
    assert PASSWORD.encode() not in book.path.read_bytes()
