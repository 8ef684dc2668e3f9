"""The chart of accounts: those that come with the program, imported ones, changes from a day on, and undo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Closing
from desktop.domain.accounts.chart import ChartAccount
from desktop.domain.accounts.names import ROLES, What
from desktop.errors import UserError
from desktop.services.accounting.chart import (
    account_numbered,
    ledger_accounts,
    remove_account,
    save_account,
    take_chart,
    write_chart,
)
from desktop.services.accounting.chart_files import chart, offered_charts, read_chart, usual_chart
from desktop.services.accounting.mapping import account_of
from desktop.services.changes import change, undo
from desktop.services.problems import ValidationError
from tests.books import new_book
from tests.contracts import ANNE, rows, value

TODAY = date(2026, 6, 30)
SALE = What("revenue", "S", 190_000, "DE", "DE")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def close(book: Book, through: date) -> None:
    with change(book, ANNE, "Close") as made:
        made.insert(Closing, through=through, closed_at=made.at, actor=ANNE, checklist="[]", head="0", digest="0")


def taken_by(book: Book, what: What, on: date = TODAY) -> str:
    with book.reading() as session:
        return account_of(session.connection(), what, on).number


@pytest.mark.parametrize("name", [one.name for one in offered_charts()])
def test_a_chart_of_the_program_has_an_account_for_everything(book: Book, name: str) -> None:
    take_chart(book, chart(name), actor=ANNE, title=name)
    for role in ROLES:
        for what in (What(role), What(role, gain=True), What(role, "S", 123_000, "FR", "DE"), What(role, money=9)):
            assert taken_by(book, what), (name, what)
    assert taken_by(book, What("revenue", "AE", 0, "NL", "DE"))
    assert len(ledger_accounts(book, TODAY)) == len(chart(name))


def test_every_country_that_has_a_chart_is_offered_it() -> None:
    offered = {one.name for one in offered_charts()}
    assert {usual_chart(country) for country in ("DE", "FR", "ES", "GB", "US", "IN")} <= offered
    assert usual_chart("JP") == ""
    with pytest.raises(UserError, match="There is no chart “skr99”"):
        chart("skr99")


def test_without_a_chart_postings_stand_under_their_roles(book: Book) -> None:
    with book.reading() as session:
        found = account_of(session.connection(), SALE, TODAY)
    assert (found.number, found.name, found.kind, found.assigned) == ("", "Revenue", "income", False)


def test_another_chart_from_the_beginning_takes_the_place_of_the_first(book: Book) -> None:
    take_chart(book, chart("skr03"), actor=ANNE, title="SKR03")
    assert taken_by(book, SALE) == "8400"
    plan = take_chart(book, chart("skr04"), actor=ANNE, title="SKR04", preview=True)
    assert "8400" in plan.removed
    assert taken_by(book, SALE) == "8400"
    take_chart(book, chart("skr04"), actor=ANNE, title="SKR04")
    assert taken_by(book, SALE) == "4400"
    assert {one["number"] for one in ledger_accounts(book, TODAY)} == {one.number for one in chart("skr04")}
    undo(book, ANNE)
    assert taken_by(book, SALE) == "8400"
    assert {one["number"] for one in ledger_accounts(book, TODAY)} == {one.number for one in chart("skr03")}


def test_from_a_day_on_what_was_before_stays(book: Book) -> None:
    take_chart(book, chart("skr03"), actor=ANNE, title="SKR03")
    own = [ChartAccount("S1", "Sales", "income", ("revenue",)), ChartAccount("B1", "Bank", "asset", ("bank",))]
    take_chart(book, own, actor=ANNE, title="Own", valid_from=date(2026, 7, 1))
    assert taken_by(book, SALE, date(2026, 6, 30)) == "8400"
    # What the chart before took more closely goes to the new account that takes it more widely.
    assert taken_by(book, SALE, date(2026, 7, 1)) == "S1"
    assert taken_by(book, What("bank", method="cash"), date(2026, 7, 1)) == "B1"
    assert taken_by(book, What("fees"), date(2026, 7, 1)) == "4970"


def test_a_number_cannot_become_another_account_from_a_day_on(book: Book) -> None:
    take_chart(book, chart("skr03"), actor=ANNE, title="SKR03")
    with pytest.raises(UserError, match="1200 is “Bank” and would become “Forderungen"):
        take_chart(book, chart("skr04"), actor=ANNE, title="SKR04", valid_from=date(2026, 7, 1))
    assert value(book, "SELECT name FROM account WHERE number = '1200'") == "Bank"


def test_no_rule_begins_in_a_closed_period(book: Book) -> None:
    take_chart(book, chart("skr03"), actor=ANNE, title="SKR03")
    close(book, date(2026, 3, 31))
    with pytest.raises(UserError, match="The books are closed through 31 Mar 2026"):
        take_chart(book, chart("skr04"), actor=ANNE, title="SKR04")
    own = [ChartAccount("S1", "Sales", "income", ("revenue.S.19",))]
    with pytest.raises(UserError, match="no account changes before that"):
        take_chart(book, own, actor=ANNE, title="Own", valid_from=date(2026, 3, 31))
    account = account_numbered(book, "8200")
    values = {"number": "8200", "name": "Erlöse", "kind": "income", "takes": "revenue revenue.S.19"}
    with pytest.raises(UserError, match="no account changes before that"):
        save_account(book, values, actor=ANNE, account_id=account, valid_from=date(2026, 3, 1))
    save_account(book, values, actor=ANNE, account_id=account)
    assert taken_by(book, SALE, date(2026, 3, 31)) == "8400"
    assert taken_by(book, SALE, date(2026, 4, 1)) == "8200"


def test_an_account_is_added_changed_and_removed(book: Book) -> None:
    take_chart(book, chart("skr03"), actor=ANNE, title="SKR03")
    key = save_account(book, {"number": "8401", "name": "Wartung", "kind": "income", "takes": ""}, actor=ANNE)
    save_account(book, {"number": "8401", "name": "Care", "kind": "income", "takes": "revenue.S.19"}, actor=ANNE,
                 account_id=key)  # fmt: skip
    assert taken_by(book, SALE) == "8401"
    with pytest.raises(UserError, match="8401 Care is in use"):
        remove_account(book, key, actor=ANNE)
    save_account(book, {"number": "8400", "name": "Erlöse 19 % USt", "kind": "income", "takes": "revenue.S.19"},
                 actor=ANNE, account_id=account_numbered(book, "8400"))  # fmt: skip
    remove_account(book, key, actor=ANNE)
    assert taken_by(book, SALE) == "8400"
    with pytest.raises(UserError, match="There is no account 8401"):
        account_numbered(book, "8401")


def test_what_an_account_gives_up_goes_to_the_one_that_takes_more_or_stays(book: Book) -> None:
    take_chart(book, chart("skr03"), actor=ANNE, title="SKR03")
    close(book, date(2026, 3, 31))
    values = {"number": "8400", "name": "Erlöse 19 % USt", "kind": "income", "takes": ""}
    save_account(book, values, actor=ANNE, account_id=account_numbered(book, "8400"))
    assert taken_by(book, SALE, date(2026, 4, 1)) == "8200"
    bank = {"number": "1200", "name": "Bank", "kind": "asset", "takes": ""}
    with pytest.raises(UserError, match="Nothing else takes bank from 1 Apr 2026 on"):
        save_account(book, bank, actor=ANNE, account_id=account_numbered(book, "1200"))


@pytest.mark.parametrize(
    "values, field",
    [
        ({"number": "", "name": "A", "kind": "asset"}, "number"),
        ({"number": "1200", "name": "A", "kind": "asset"}, "number"),
        ({"number": "1 2", "name": "A", "kind": "asset"}, "number"),
        ({"number": "7", "name": " ", "kind": "asset"}, "name"),
        ({"number": "7", "name": "A", "kind": "thing"}, "kind"),
        ({"number": "7", "name": "A", "kind": "asset", "takes": "sales"}, "takes"),
    ],
)
def test_an_account_that_cannot_be(book: Book, values: dict[str, str], field: str) -> None:
    take_chart(book, chart("skr03"), actor=ANNE, title="SKR03")
    with pytest.raises(ValidationError) as refused:
        save_account(book, values, actor=ANNE)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_written_chart_reads_as_it_was(book: Book, tmp_path: Path, ending: str) -> None:
    take_chart(book, chart("pcg"), actor=ANNE, title="PCG")
    path = tmp_path / f"chart.{ending}"
    assert write_chart(book, path, TODAY) == len(chart("pcg"))
    found = read_chart(path)
    assert {(one.number, one.name, one.kind, frozenset(one.takes)) for one in found} == {
        (one.number, one.name, one.kind, frozenset(one.takes)) for one in chart("pcg")
    }
    plan = take_chart(book, found, actor=ANNE, title="again", preview=True)
    assert (plan.new, plan.changed, plan.removed) == ((), (), ())


def test_an_accountants_file_in_german(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "konten.csv"
    path.write_bytes("Konto;Bezeichnung;Kontenart\r\n1200;Bank;Aktiva\r\n8400;Erlöse;Ertrag\r\n".encode("cp1252"))
    assert read_chart(path) == [ChartAccount("1200", "Bank", "asset"), ChartAccount("8400", "Erlöse", "income")]


@pytest.mark.parametrize(
    "text, said",
    [
        ("number,name\n1,A\n", "no column kind"),
        ("number,name,kind\n1,A,thing\n", "Row 2: “thing” is no kind of account."),
        ("number,name,kind,takes\n1,A,asset,bank\n2,B,asset,bank\n", "Row 3: account 1 takes bank already."),
        ("number,name,kind,takes\n1,A,asset,sales\n", "goes by the name “sales”"),
        ("number,name,kind\n1,A,asset\n1,B,asset\n", "Row 3: account 1 is there twice."),
    ],
)
def test_a_file_that_is_no_chart_is_refused_whole(book: Book, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "chart.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=said):
        read_chart(path)
    assert rows(book, "SELECT * FROM account") == []
