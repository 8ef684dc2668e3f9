"""Drafts that other mail programs open, and links to them."""

from __future__ import annotations

import email
import email.policy
from datetime import date
from urllib.parse import unquote

import pytest

from db.schema import Contact, Delivery
from desktop.errors import UserError
from desktop.services.changes import change, undo
from desktop.services.check import check
from desktop.services.delivery.deciding import mark
from desktop.services.delivery.mail.drafts import (
    LONGEST_LINK,
    content_of,
    mailto_link,
    save_enclosures,
    take_over,
    waiting_mails,
    write_drafts,
)
from desktop.services.delivery.mail.edits import mail_preview
from desktop.services.delivery.mail.sent_mails import attached_file, sent_mail
from tests.books import new_book
from tests.contracts import Contracts, rows, value

TODAY = date(2026, 2, 1)
ANNE = "Anne"


@pytest.fixture
def contracts(tmp_path):
    book = new_book(tmp_path, delivery="email", email="büro@harbour.example", name="Hafen & Söhne")
    made = Contracts(book)
    client = made.client(email="c1@client.example", language="de")
    made.agreement(client)
    with change(book, ANNE, "Add") as kept:
        kept.insert(Contact, client_id=client, name="Jörg", email="ap@client.example", gets_invoices=True)
        kept.insert(
            Contact, client_id=client, name="Secret", email="s@client.example", gets_invoices=True, mail_as="bcc"
        )
    made.bill("2026-01-31")
    yield made
    book.close()


def draft(contracts):
    (found,) = mail_preview(contracts.book, [1], today=TODAY)
    return found


def test_a_draft_opens_with_everything_in_it(contracts, tmp_path):
    (made,) = write_drafts(contracts.book, [1], tmp_path / "drafts", today=TODAY, actor=ANNE)
    number = value(contracts.book, "SELECT number FROM invoice")
    assert made.path.name == f"{number}.eml"
    read = email.message_from_bytes(made.path.read_bytes(), policy=email.policy.default)
    assert read["X-Unsent"] == "1"
    assert read["To"].addresses[0].addr_spec == "ap@client.example"
    assert read["Bcc"].addresses[0].addr_spec == "s@client.example"
    assert read["Subject"] == f"Rechnung {number} von Hafen & Söhne"
    plain, html = read.get_body(("plain",)), read.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "119,00" in plain.get_content()
    assert "<table" in html.get_content()
    (pdf,) = read.iter_attachments()
    assert pdf.get_filename() == f"{number}.pdf"
    assert pdf.get_content().startswith(b"%PDF-")


def test_what_was_written_as_a_draft_waits_for_the_person(contracts, tmp_path):
    book = contracts.book
    assert waiting_mails(book) == [1]
    write_drafts(book, waiting_mails(book), tmp_path, today=TODAY, actor=ANNE)
    assert rows(book, "SELECT channel, state FROM delivery") == [("hand", "waiting")]
    assert "draft" in value(book, "SELECT answer FROM delivery")
    assert value(book, "SELECT kind FROM delivery_event") == "drafted"
    assert waiting_mails(book) == []
    # What went out is kept byte for byte, and undoing lets the program send it after all.
    assert value(book, "SELECT count(*) FROM rendering") == 1
    undo(book, ANNE)
    assert rows(book, "SELECT channel, state, answer FROM delivery") == [("email", "waiting", "")]


def test_a_second_draft_does_not_take_the_place_of_the_first(contracts, tmp_path):
    first, second = (write_drafts(contracts.book, [1], tmp_path, today=TODAY, actor=ANNE)[0].path for _ in range(2))
    assert first != second
    assert first.read_bytes()


def test_a_stopped_writing_leaves_nothing_unnoted(contracts, tmp_path):
    class Stop(Exception):
        pass

    def report(_done, _total, _text):
        raise Stop

    with pytest.raises(Stop):
        write_drafts(contracts.book, [1], tmp_path, today=TODAY, actor=ANNE, report=report)
    assert list(tmp_path.glob("*.eml")) == []
    assert value(contracts.book, "SELECT channel FROM delivery") == "email"


def test_waiting_mails_of_a_run(contracts):
    run = value(contracts.book, "SELECT number FROM run")
    assert waiting_mails(contracts.book, run=run) == [1]
    with pytest.raises(UserError, match="no run"):
        waiting_mails(contracts.book, run="R-1999-0001")
    number = value(contracts.book, "SELECT number FROM invoice")
    assert waiting_mails(contracts.book, which=[number]) == waiting_mails(contracts.book, which=["1"]) == [1]
    with pytest.raises(UserError, match="No e-mail with INV-X waits"):
        waiting_mails(contracts.book, which=["INV-X"])


class TestMailto:
    def test_it_says_the_same_as_the_mail(self, contracts):
        mail = draft(contracts)
        link = mailto_link(mail)
        assert link.whole
        head, _mark, query = link.url.partition("?")
        assert head == "mailto:ap@client.example"
        said = dict(one.split("=", 1) for one in query.split("&"))
        assert unquote(said["subject"]) == mail.subject
        assert unquote(said["body"]) == mail.text.replace("\n", "\r\n")
        assert unquote(said["bcc"]) == "s@client.example"
        assert link.url.isascii()
        assert " " not in link.url

    def test_signs_that_would_end_a_part_are_written_as_percents(self, contracts):
        contracts.update(Delivery, 1, by_hand=True, address="a&b?c@x.example", subject="50 % & more?", body="a=b&c#d+e")
        url = mailto_link(draft(contracts)).url
        assert url.startswith("mailto:a%26b%3Fc@x.example?")
        assert "subject=50%20%25%20%26%20more%3F" in url
        assert url.endswith("body=a%3Db%26c%23d%2Be")

    def test_a_long_text_ends_with_a_whole_line(self, contracts):
        contracts.update(Delivery, 1, body="\n".join(f"Zeile {number}: äöü" for number in range(200)))
        link = mailto_link(draft(contracts))
        assert not link.whole
        assert len(link.url) <= LONGEST_LINK
        assert unquote(link.url).endswith("äöü")


def test_a_mail_taken_over_leaves_its_files_and_waits_for_the_person(contracts, tmp_path):
    book, mail = contracts.book, draft(contracts)
    (path,) = take_over(book, mail, tmp_path / "files", actor=ANNE)
    assert path.read_bytes() == content_of(book, mail.enclosures[0])
    assert rows(book, "SELECT channel, state FROM delivery") == [("hand", "waiting")]
    assert value(book, "SELECT count(*) FROM rendering") == 1


def test_the_files_of_a_mail_are_written_for_attaching(contracts, tmp_path):
    mail = draft(contracts)
    (path,) = save_enclosures(contracts.book, mail, tmp_path / "files")
    assert path.name == mail.enclosures[0].name
    assert path.read_bytes() == content_of(contracts.book, mail.enclosures[0])


def test_a_draft_is_looked_up_as_it_was_written(contracts, tmp_path):
    book = contracts.book
    write_drafts(book, [1], tmp_path / "drafts", today=TODAY, actor=ANNE)
    mailing = value(book, "SELECT mailing_id FROM delivery WHERE id = 1")
    mail = sent_mail(book, mailing)
    read = email.message_from_bytes(next((tmp_path / "drafts").iterdir()).read_bytes(), policy=email.policy.default)
    assert (mail.draft, mail.message_id, mail.subject) == (True, read["Message-ID"], read["Subject"])
    assert (mail.to, mail.bcc) == (("ap@client.example",), ("s@client.example",))
    (file,) = mail.attachments
    assert attached_file(book, file) == next(read.iter_attachments()).get_content()
    mark(book, [1], "handed_over", actor=ANNE)
    assert check(book).problems == ()
    undo(book, ANNE)
    undo(book, ANNE)
    assert rows(book, "SELECT id FROM mailing") == []
    assert rows(book, "SELECT channel, mailing_id FROM delivery") == [("email", None)]


def test_what_a_server_refused_is_the_same_mail_as_a_draft(contracts, tmp_path):
    book = contracts.book
    write_drafts(book, [1], tmp_path / "first", today=TODAY, actor=ANNE)
    with book.writing() as session:
        run = session.connection().exec_driver_sql
        run("UPDATE mailing SET draft = 0, state = 'failed', code = 550, answer = 'No'")
        run("UPDATE delivery SET channel = 'email', state = 'failed'")
    write_drafts(book, [1], tmp_path / "second", today=TODAY, actor=ANNE)
    assert rows(book, "SELECT draft, state, code, answer FROM mailing") == [(1, "waiting", None, "")]
