"""Letters against the book's other readers, for every client of a lifelike book, at many dates."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from db.book_files import open_book
from desktop.domain.letter import Letter, Money
from desktop.errors import UserError
from desktop.services.accounts import account
from desktop.services.aging import aging_at
from desktop.services.letters.correspondence import currencies
from desktop.services.letters.reminder import reminder
from desktop.services.letters.statement import statement
from desktop.services.sample import make_sample

TODAY = date(2026, 7, 14)


def minors(letter: Letter, place: int) -> list[int]:
    return [cell.minor for cell in letter.tables[place].rows[0].cells if isinstance(cell, Money)]


def balance(letter: Letter) -> int:
    (total,) = [total for total in letter.totals if total.emphasis]
    return total.amount.minor if total.label.key == "account_balance" else -total.amount.minor  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "firm.sheaf"
    make_sample(path, today=TODAY, clients=25)
    return path


@pytest.mark.parametrize("back", [0, 45, 200])
def test_statements_agree_with_account_and_aging(sample: Path, back: int) -> None:
    as_of = TODAY - timedelta(days=back)
    seen = reminded = 0
    with open_book(sample) as book:
        ages = {(row.client_id, row.currency): row for row in aging_at(book, as_of)}
        with book.reading() as session:
            clients = [key for (key,) in session.connection().exec_driver_sql("SELECT id FROM client")]
        for client in clients:
            pages = {page.currency: page for page in account(book, client, until=as_of)}
            for currency in currencies(book, client, as_of):
                letter, _ = statement(book, client, as_of=as_of, currency=currency, since=as_of - timedelta(days=60))
                assert balance(letter) == pages[currency].balance
                moves = letter.tables[0]
                assert moves.sums[0].cells[-1] == Money(balance(letter))
                row = ages.get((client, currency))
                if row is None:
                    assert len(letter.tables) == 2, "neither credit nor ages"
                    continue
                seen += 1
                told = minors(letter, -1)
                assert told[:5] == [row.current, row.d1_30, row.d31_60, row.d61_90, row.over_90]
                assert told[5:] == ([-row.credit] if row.credit else []) + [row.total]
                overdue = sum(told[1:5])
                try:
                    asked = reminder(book, client, as_of=as_of, currency=currency)[0].payable
                except UserError:
                    assert overdue - min(row.disputed, overdue) <= row.credit
                    continue
                reminded += 1
                assert 0 < asked <= overdue - row.credit
                assert asked >= overdue - row.credit - row.disputed
    assert seen > 5
    assert reminded > 0
