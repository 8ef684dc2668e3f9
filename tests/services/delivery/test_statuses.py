"""Where documents stand: the word of each, its deliveries and their events, the mail as it went, a run as a funnel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from db.engine import Book
from db.queries.delivering import RANK, STANDS, STATUS, documents_that
from desktop.domain.delivery import CHANNELS, FATES, SENT, STATES, STATUSES, status_of
from desktop.domain.wording import phrase
from desktop.errors import UserError
from desktop.services.delivery.mail.sent_mails import attached_file, sent_mail
from desktop.services.delivery.statuses import deliveries, funnel
from desktop.services.lists.invoices import InvoiceList
from desktop.services.runs import bill
from tests.books import new_book
from tests.issued import add_client, add_invoice
from tests.outgoing import NOON, event, mailed, stand
from tests.ui.program import add_retainers

DAY = date(2026, 5, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def issue(book: Book, count: int) -> list[str]:
    client = add_client(book, "ACME")
    return [add_invoice(book, client, date(2026, 5, day), (1_000, 0)) for day in range(1, count + 1)]


def words(book: Book) -> list[str]:
    """The status of each document that is in the outbox."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            f"SELECT {STATUS} FROM delivery d WHERE d.current = 1 ORDER BY d.invoice_id"
        )
        return [status for (status,) in rows]


def test_sql_says_the_same_as_the_domain_of_every_state(book: Book) -> None:
    (number,) = issue(book, 1)
    ranks: dict[str, int] = {}
    for channel, state, fate in product(CHANNELS, STATES, FATES):
        stand(book, number, channel=channel, state=state, fate=fate, done_at=NOON if state == SENT else None)
        expected = status_of(channel, state, fate)
        assert words(book) == [expected]
        with book.reading() as session:
            ask = session.connection().exec_driver_sql
            status, rank = ask(f"SELECT {STATUS}, {RANK} FROM delivery d").one()
            standing = {word for word, told in STANDS.items() if ask(f"SELECT 1 FROM delivery d WHERE {told}").all()}
        assert status == expected
        ranks.setdefault(status, rank)
        assert ranks[status] == rank
        groups = {"unsent"} if state in ("waiting", "sending") else set()
        groups |= {"out"} if state == SENT else set()
        groups |= {"arrived"} if expected in ("delivered", "seen") else set()
        assert standing == {expected} | groups
    assert len(set(ranks.values())) == len(ranks) == len(STATUSES) - 1


def test_a_partial_index_answers_for_what_is_not_out(book: Book) -> None:
    with book.reading() as session:
        ask = session.connection().exec_driver_sql
        for word in ("waiting", "sending", "failed", "uncertain", "unsent"):
            steps = " ".join(row[3] for row in ask(f"EXPLAIN QUERY PLAN {documents_that([word])}"))
            assert "ix_delivery_state" in steps, (word, steps)
        steps = " ".join(row[3] for row in ask(f"EXPLAIN QUERY PLAN {documents_that(['bounced'])}"))
        assert "ix_delivery_fate" in steps


def test_a_document_has_its_deliveries_with_what_happened_newest_first(book: Book) -> None:
    first, _second = issue(book, 2)
    one = stand(book, first, channel="email", state="failed", answer=phrase("Refused: {text}", text="550 no").stored())
    event(book, one, NOON, "failed", phrase("The server said no.").stored())
    event(book, one, "2026-05-31T12:05:00Z", "retried", actor="Anne")
    (row,) = deliveries(book, "invoice", 1)
    assert (row.id, row.title, row.status, row.answer) == (one, first, "failed", "Refused: 550 no")
    assert [(told.kind, told.detail, told.actor) for told in row.events] == [
        ("failed", "The server said no.", ""), ("retried", "", "Anne"),
    ]  # fmt: skip
    assert [row.title for row in deliveries(book, "client", 1)] == [_second, first]
    assert deliveries(book, "run", 7) == ()


def test_a_mail_is_shown_as_it_went(book: Book) -> None:
    (number,) = issue(book, 1)
    one = mailed(book, number, subject="Invoice 1")
    mailing = deliveries(book, "delivery", one)[0].mailing_id
    assert mailing is not None
    mail = sent_mail(book, mailing)
    assert (mail.subject, mail.to, mail.cc, mail.text) == ("Invoice 1", ("pay@acme.example",), (), "Dear client")
    assert [(file.name, file.size, file.delivery_id) for file in mail.attachments] == [(f"{number}.pdf", 1234, one)]
    assert attached_file(book, mail.attachments[0]).startswith(b"%PDF")
    with pytest.raises(UserError, match="cannot be given again as it went"):
        attached_file(book, replace(mail.attachments[0], sha256="00"))
    assert (mail.code, mail.answer, mail.sent_at) == (250, "250 2.0.0 Ok: queued as 4F2", NOON)


def test_a_run_is_a_funnel_whose_steps_hold_the_rows_of_the_lists(book: Book) -> None:
    add_retainers(book, 9)
    result = bill(book, through=DAY, issue_date=DAY, actor="Anne", now=book.now)
    with book.reading() as session:
        numbers = [row[0] for row in session.connection().exec_driver_sql("SELECT number FROM invoice ORDER BY id")]
    assert len(numbers) >= 5
    stand(book, numbers[0], channel="email", state="sent", done_at=NOON)
    stand(book, numbers[1], channel="email", state="sent", done_at=NOON, fate="seen")
    stand(book, numbers[2], channel="print", state="sent", done_at=NOON, fate="delivered")
    stand(book, numbers[3], channel="email", state="sent", done_at=NOON, fate="bounced")
    stand(book, numbers[4], channel="email", state="failed")
    found = funnel(book, result.run_id)
    assert (found.issued, found.out, found.delivered, found.seen, found.paid) == (len(numbers), 4, 2, 1, 0)
    assert (found.bounced, found.failed, found.uncertain) == (1, 1, 0)
    assert found.went == {"sent": 3, "printed": 1}
    assert found.waiting == len(numbers) - 5 == sum(found.by_channel.values())
    listing = InvoiceList(book, DAY)
    for word, count in (
        ("unsent", found.waiting), ("out", found.out), ("arrived", found.delivered), ("seen", found.seen),
        ("bounced", found.bounced), ("failed", found.failed),
    ):  # fmt: skip
        asked = frozenset({f"run:{result.run}", f"delivery:{word}"})
        assert len(listing.ids("", asked, "", False)) == count, word
