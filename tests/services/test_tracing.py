from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Agreement, AgreementLine, TimeEntry
from desktop.domain.billing import Charged
from desktop.domain.money import SCALE
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.credits import credit_invoice
from desktop.services.payments import record_payment
from desktop.services.tracing import LineStory, Price, Settled, Source, TaxStory, arithmetic, price_words, trace
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice

TODAY = date(2026, 3, 31)
DAY = date(2026, 3, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def number(book: Book) -> str:
    """An invoice of a month's fee and of one time entry."""
    client = add_client(book, "ACME")
    with change(book, ANNE, "Agreement") as made:
        agreement = made.insert(
            Agreement,
            code="A-1",
            title="Retainer",
            client_id=client,
            billing="hybrid",
            currency="EUR",
            anchor=date(2026, 1, 1),
            start_date=date(2026, 1, 1),
        )
        line = made.insert(
            AgreementLine,
            agreement_id=agreement,
            position=1,
            kind="recurring",
            description="Retainer",
            quantity=SCALE,
            unit_price=100 * SCALE,
        )
        entry = made.insert(
            TimeEntry,
            external_id="T7",
            client_id=client,
            agreement_id=agreement,
            work_date=date(2026, 2, 3),
            person="Ann",
            note="Repairs",
            hours=2 * SCALE,
            rate=25 * SCALE,
        )
    charges = [
        Charged("recurring", agreement, line, "2026-02-01", "2026-03-01", 0, 1, SCALE, 10_000),
        Charged("time", agreement, entry, "2026-02-03", "2026-02-04", 0, 2, 2 * SCALE, 5_000),
    ]
    return add_invoice(book, client, DAY, (10_000, 19), (5_000, 7), charges=charges)


def test_a_total_leads_to_its_lines_and_these_to_their_rows(book: Book, number: str) -> None:
    story = trace(book, number, today=TODAY)
    assert (story.net, story.tax, story.gross, story.open, story.status) == (15_000, 2_250, 17_250, 17_250, "open")
    assert story.taxes == (
        TaxStory("S", Decimal(19), 10_000, 1_900, ""),
        TaxStory("S", Decimal(7), 5_000, 350, ""),
    )
    assert [line.sources for line in story.lines] == [
        (Source("recurring", "A-1", "line 1 Retainer", None, date(2026, 2, 1), date(2026, 3, 1), Decimal(1), 10_000),),
        (
            Source(
                "time", "T7", "Ann · Repairs", date(2026, 2, 3), date(2026, 2, 3), date(2026, 2, 4), Decimal(2), 5_000
            ),
        ),
    ]
    assert [sum(source.amount or 0 for source in line.sources) for line in story.lines] == [
        line.net for line in story.lines
    ]


def test_what_settled_it_and_what_corrected_it(book: Book, number: str) -> None:
    payment = record_payment(
        book, amount=10_000, paid_on=date(2026, 3, 20), actor=ANNE, today=TODAY, numbers=[number]
    ).payment
    note = credit_invoice(book, number, lines=[2], reason="not agreed", release=True, actor=ANNE, today=TODAY)
    story = trace(book, number, today=TODAY)
    assert story.settled == (
        Settled(date(2026, 3, 20), "payment", payment, 10_000),
        Settled(TODAY, "credit", note.credit_note, 5_350),
    )
    assert story.corrected_by == (note.credit_note,)
    assert story.lines[1].sources[0].reversed_by == note.credit_note
    credit = trace(book, note.credit_note, today=TODAY)
    assert (credit.corrects, credit.reason, credit.status) == (number, "not agreed", "applied")
    assert credit.settled == (Settled(TODAY, "credit", number, 5_350),)
    (line,) = credit.lines
    assert line.sources == (Source("credited", number, "line 2", None, None, None, None, 5_000),)


def _line(price: Price, base: int = 1) -> LineStory:
    return LineStory(
        1, "", "", "", None, None, Decimal("12.5"), "hour", Decimal(145), Decimal(base), 0, "", 0, 1, price, "S",
        Decimal(19), "", (),
    )  # fmt: skip


@pytest.mark.parametrize(
    "price, words",
    [
        (Price("agreed"), "price of the agreement"),
        (Price("card", date(2026, 1, 1)), "price of the rate card from 1 Jan 2026"),
        (
            Price("client", date(2026, 1, 1), Decimal(100), "volume"),
            "price of the client’s own rate card from 1 Jan 2026, tier up to 100",
        ),
        (Price("card"), "price of the rate card, whose line is gone since"),
        (Price(""), ""),
    ],
)
def test_a_price_says_where_it_comes_from(price: Price, words: str) -> None:
    assert price_words(_line(price)) == words


def test_a_stub_shows_the_days_it_is_charged_by() -> None:
    assert arithmetic(_line(Price("agreed"))) == "12.5 hour × 145"
    assert arithmetic(_line(Price("agreed"), 31)) == "12.5 hour × 145 / 31"


def test_a_number_that_is_not_there(book: Book) -> None:
    with pytest.raises(UserError, match="There is no document INV-0"):
        trace(book, "INV-0", today=TODAY)
