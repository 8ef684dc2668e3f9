"""Letters as files: named apart, whole or not at all, and stopped between two clients."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Client
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.letters.cover import cover_letter
from desktop.services.letters.files import (
    client_reminders,
    client_statements,
    clients_with_balance,
    letter_name,
    letter_pdf,
    save_letter,
    save_letters,
    write_statements,
)
from desktop.services.letters.statement import statement
from desktop.services.payments import record_payment
from desktop.services.templates.choices import choose
from desktop.services.templates.library import templates
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice

MARCH, TODAY = date(2026, 3, 31), date(2026, 6, 30)
ISSUED = date(2026, 1, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def test_statements_of_many_clients_and_currencies(book: Book, tmp_path: Path) -> None:
    first, second, third = (add_client(book, code) for code in ("A/1", "B", "C"))
    add_invoice(book, first, ISSUED, (10_000, 0))
    add_invoice(book, first, ISSUED, (10_000, 0), currency="USD")
    settled = add_invoice(book, second, ISSUED, (10_000, 0))
    record_payment(book, amount=10_000, paid_on=MARCH, actor=ANNE, today=TODAY, numbers=[settled])
    assert clients_with_balance(book) == [first]
    seen: list[tuple[int, int]] = []
    written = write_statements(
        book,
        tmp_path / "new" / "folder",
        [first, second, third],
        as_of=MARCH,
        report=lambda done, total, _text: seen.append((done, total)),
    )
    names = ["Statement A-1 2026-03-31.pdf", "Statement A-1 2026-03-31 USD.pdf"]
    assert [one.path.name for one in written] == names
    assert [one.currency for one in written] == ["EUR", "USD"]
    assert all(one.path.read_bytes().startswith(b"%PDF") for one in written)
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    dollars = write_statements(book, tmp_path / "usd", [first, second], as_of=MARCH, currency="USD")
    assert [one.path.name for one in dollars] == ["Statement A-1 2026-03-31.pdf"]
    assert [one[0].currency for one in client_statements(book, third, as_of=MARCH)] == ["EUR"]


def test_a_stop_leaves_whole_files(book: Book, tmp_path: Path) -> None:
    clients = [add_client(book, code) for code in "ABC"]
    for client in clients:
        add_invoice(book, client, ISSUED, (10_000, 0))

    class Stop(Exception):
        pass

    def report(done: int, _total: int, _text: str) -> None:
        if done == 2:
            raise Stop

    with pytest.raises(Stop):
        write_statements(book, tmp_path / "out", clients, as_of=MARCH, report=report)
    left = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in left] == ["Statement A 2026-03-31.pdf", "Statement B 2026-03-31.pdf"]
    assert all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in left)


def test_a_folder_that_cannot_be_made_is_said(book: Book, tmp_path: Path) -> None:
    client = add_client(book, "A")
    add_invoice(book, client, ISSUED, (10_000, 0))
    (tmp_path / "file").write_text("here")
    with pytest.raises(UserError):
        write_statements(book, tmp_path / "file", [client], as_of=MARCH)
    made = statement(book, client, as_of=MARCH)
    with pytest.raises(UserError, match="cannot be written"):
        save_letter(made, tmp_path / "nowhere" / "x.pdf")


def test_reminders_come_by_currency_and_say_why_there_is_none(book: Book) -> None:
    client = add_client(book, "A")
    add_invoice(book, client, ISSUED, (10_000, 0), currency="JPY")
    add_invoice(book, client, ISSUED, (10_000, 0), currency="EUR")
    made = client_reminders(book, client, as_of=MARCH, fee=Decimal(5))
    assert [(letter.currency, letter.payable) for letter, _ in made] == [("EUR", 10_500), ("JPY", 10_005)]
    with pytest.raises(UserError, match="JPY"):
        client_reminders(book, client, as_of=MARCH, fee=Decimal("0.5"), currency="JPY")
    with pytest.raises(UserError, match="Nothing is overdue"):
        client_reminders(book, client, as_of=ISSUED)


def test_letters_of_one_name_are_told_apart(book: Book, tmp_path: Path) -> None:
    client = add_client(book, "A")
    number = add_invoice(book, client, ISSUED, (10_000, 0))
    made = cover_letter(book, client, on=MARCH, numbers=[number])
    written = save_letters([made, made, made], tmp_path / "out")
    assert [one.path.name for one in written] == [
        "Cover letter A 2026-03-31.pdf",
        "Cover letter A 2026-03-31 EUR.pdf",
        "Cover letter A 2026-03-31 EUR 2.pdf",
    ]
    assert len({one.sha256 for one in written}) == 1


def test_the_template_is_the_one_chosen_for_the_kind(book: Book) -> None:
    client = add_client(book, "A")
    number = add_invoice(book, client, ISSUED, (10_000, 0))
    usual = statement(book, client, as_of=MARCH)[1]
    other = next(row for row in templates(book) if row.name != usual.name)
    choose(book, other.id, scope="client", scope_id=client, kind="statement", actor=ANNE)
    made = statement(book, client, as_of=MARCH)
    assert made[1].name == other.name
    assert cover_letter(book, client, on=MARCH, numbers=[number])[1].name == usual.name
    assert letter_pdf(made) != letter_pdf((made[0], usual))


def test_names_suit_any_system(book: Book) -> None:
    client = add_client(book, 'A:B/"C"')
    add_invoice(book, client, ISSUED, (10_000, 0))
    with change(book, ANNE, "Language") as made:
        made.update(Client, client, language="de")
    assert letter_name(statement(book, client, as_of=MARCH)[0]) == "Statement A-B-C- 2026-03-31.pdf"
