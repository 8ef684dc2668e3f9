"""What is payable rounded to a coin, and tax told in a second currency."""

from decimal import Decimal
from pathlib import Path

from db.schema import Firm
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.currencies import set_exchange_rate
from desktop.services.documents import document
from desktop.services.rounding import set_rounding
from desktop.services.runs import exceptions, look_again, resume
from tests.billing_facts import day
from tests.contracts import ANNE, Contracts, rows, value
from tests.regions import book_of, issue_all, totals_of


def test_swiss_cash_is_rounded_to_five_centimes(tmp_path: Path) -> None:
    with book_of(tmp_path, "CH", "CHF") as book:
        set_rounding(book, "CHF", Decimal("0.05"), actor=ANNE)
        made = Contracts(book)
        made.one_off(made.client(country="CH", currency="CHF"), None, "2026-04-01", "99.99", currency="CHF")
        number = issue_all(book, "2026-04-30")
        assert totals_of(book, number) == (9_999, 810, 10_809, 1, 10_810)
        assert value(book, "SELECT sum(amount) FROM posting WHERE role = 'rounding'") == -1
        assert value(book, "SELECT open FROM open_item") == 10_810
        assert check(book).problems == ()


def test_tax_is_told_in_the_tax_currency_at_the_rate_of_the_tax_date(tmp_path: Path) -> None:
    with book_of(tmp_path, "DE", "EUR", tax_currency="CHF") as book:
        made = Contracts(book)
        made.one_off(made.client(), None, "2026-03-15", "100")
        done = made.bill("2026-04-30")
        assert [one.code for one in exceptions(book)] == ["tax_rate_missing"]
        set_exchange_rate(book, "CHF", day("2026-03-01"), Decimal("1.05"), actor=ANNE)
        set_exchange_rate(book, "CHF", day("2026-04-01"), Decimal("2"), actor=ANNE)
        look_again(book, [1], actor=ANNE)
        resume(book, done.run, actor=ANNE, now=book.now)
        assert rows(book, "SELECT tax, tax_currency, tax_in_tax_currency FROM invoice") == [(1900, "CHF", 1810)]
        number = value(book, "SELECT number FROM invoice")
        credit_invoice(book, number, reason="All", actor=ANNE, today=day("2026-05-01"))
        assert {row[0] for row in rows(book, "SELECT tax_in_tax_currency FROM invoice")} == {1810}
        paper, _template = document(book, 1)
        assert (paper.tax_currency, paper.tax_in_tax_currency) == ("CHF", 1810)
        made.update(Firm, 1, tax_currency="GBP")
        made.one_off(made.client("C2"), None, "2026-05-01", "100")
        made.bill("2026-05-31")
        assert "tax_rate_missing" in {one.code for one in exceptions(book)}
