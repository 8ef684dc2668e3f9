"""What the file as a whole tells about decimal signs and the order of dates, and what is said when it does not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from desktop.importing.files import open_file
from desktop.importing.options import TableOptions
from desktop.importing.results import Rejection, Row


def prices(
    text: str, options: TableOptions | None = None, kind: str = "items"
) -> tuple[list[Decimal | str], str | None, bool]:
    """The prices or the problems, the decimal sign and whether the file told it."""
    file = open_file(text.encode(), kind, options)
    found = [row.values["price"] if isinstance(row, Row) else row.problem for row in file.rows()]
    convention = file.conventions.decimals["price"]
    return found, convention.value, convention.sure


def days(text: str, options: TableOptions | None = None) -> tuple[list[str], str | None, bool]:
    file = open_file(text.encode(), "charges", options)
    found = [row.values["date"].isoformat() if isinstance(row, Row) else row.problem for row in file.rows()]
    convention = file.conventions.orders["date"]
    return found, convention.value, convention.sure


def test_one_plain_figure_decides_the_column() -> None:
    text = "code\tname\tprice\nA\ta\t1.234\nB\tb\t1.234,50\n"
    assert prices(text) == ([Decimal(1234), Decimal("1234.5")], ",", True)
    text = "code\tname\tprice\nA\ta\t1,234\nB\tb\t0.50\n"
    assert prices(text) == ([Decimal(1234), Decimal("0.5")], ".", True)


def test_another_column_decides() -> None:
    text = "item\tprice\tup_to\tmode\nA\t1.234\t0,5\tvolume\n"
    assert prices(text, kind="rates") == ([Decimal(1234)], ",", True)


@pytest.mark.parametrize(
    "delimiter, locale, value",
    [(";", "en_US", "1.234"), (",", "de_DE", "1234"), ("\t", "de_DE", "1.234"), ("\t", "en_US", "1234")],
)
def test_a_doubtful_column_is_assumed_and_said(delimiter: str, locale: str, value: str) -> None:
    text = delimiter.join(("code", "name", "price")) + "\n" + delimiter.join(("A", "a", '"1,234"'))
    found, _sign, sure = prices(text, TableOptions(locale=locale))
    assert (found, sure) == ([Decimal(value)], False)
    file = open_file(text.encode(), "items")
    [note] = file.conventions.notes(file.mapping)
    assert note.column == "price"
    assert "“1,234”" in note.text


def test_a_person_decides() -> None:
    text = "code\tname\tprice\nA\ta\t1,234\n"
    assert prices(text, TableOptions(decimal=",")) == ([Decimal("1.234")], ",", True)
    assert prices(text, TableOptions(decimal=".")) == ([Decimal(1234)], ".", True)


def test_figures_without_doubt_ask_nothing() -> None:
    text = "code\tname\tprice\nA\ta\t12\nB\tb\t\n"
    file = open_file(text.encode(), "items")
    assert file.conventions.notes(file.mapping) == []


def test_a_column_that_contradicts_itself_lets_each_cell_speak() -> None:
    text = "code\tname\tprice\nA\ta\t1.234,50\nB\tb\t1,234.50\nC\tc\t1.234\nD\td\t12\n"
    found, sign, sure = prices(text)
    assert found[:2] == [Decimal("1234.5"), Decimal("1234.5")]
    assert "may be 1234 or 1.234" in str(found[2])
    assert found[3] == 12
    assert (sign, sure) == (None, False)


def test_one_slip_does_not_turn_a_column() -> None:
    rows = "".join(f"A{n}\ta\t{n},50\n" for n in range(100))
    found, sign, sure = prices("code\tname\tprice\n" + rows + "B\tb\t12.5\n")
    assert (sign, sure) == (",", True)
    assert found[3] == Decimal("3.5")
    assert "not a number with a decimal comma" in str(found[-1])


def test_a_thirteenth_decides_the_order_of_dates() -> None:
    text = "client,date,description,unit_price\nA,03/04/2026,x,1\nA,13/04/2026,x,1\n"
    assert days(text) == (["2026-04-03", "2026-04-13"], "dmy", True)
    text = "client,date,description,unit_price\nA,03/04/2026,x,1\nA,04/13/2026,x,1\n"
    assert days(text) == (["2026-03-04", "2026-04-13"], "mdy", True)


@pytest.mark.parametrize(
    "locale, day",
    [("en_US", "2026-03-04"), ("en_GB", "2026-04-03"), ("de_DE", "2026-04-03"), ("no such", "2026-04-03")],
)
def test_an_open_order_is_the_countrys_and_said(locale: str, day: str) -> None:
    text = "client,date,description,unit_price\nA,03/04/2026,x,1\n"
    found, _order, sure = days(text, TableOptions(locale=locale))
    assert (found, sure) == ([day], False)


def test_points_and_decimal_commas_mean_day_first() -> None:
    text = "client;date;description;unit_price\nA;03.04.2026;x;1\n"
    assert days(text, TableOptions(locale="en_US")) == (["2026-04-03"], "dmy", True)
    text = "client;date;description;unit_price\nA;03/04/2026;x;1,50\n"
    assert days(text, TableOptions(locale="en_US"))[:2] == (["2026-04-03"], "dmy")


def test_another_date_column_decides() -> None:
    text = "number,client,issue_date,due_date,gross\nR1,A,03/04/2026,05/20/2026,9\n"
    file = open_file(text.encode(), "opening")
    [row] = file.rows()
    assert isinstance(row, Row)
    assert row.values["issue_date"].isoformat() == "2026-03-04"
    assert file.conventions.orders["issue_date"].sure


def test_the_chosen_order_wins_and_refuses_the_rest() -> None:
    text = "client,date,description,unit_price\nA,03/04/2026,x,1\nA,13/04/2026,x,1\n"
    found, order, sure = days(text, TableOptions(date_order="mdy"))
    assert (found[0], order, sure) == ("2026-03-04", "mdy", True)
    assert "not a date with the month first" in found[1]


def test_a_day_that_does_not_exist_does_not_hide_the_order() -> None:
    text = "client,date,description,unit_price\nA,30/02/2026,x,1\nA,03/04/2026,x,1\n"
    found, order, sure = days(text)
    assert (order, sure) == ("dmy", True)
    assert "does not exist" in found[0]
    assert found[1] == "2026-04-03"


def test_mixed_orders_let_each_date_speak() -> None:
    text = "client,date,description,unit_price\nA,13/04/2026,x,1\nA,04/13/2026,x,1\nA,03/04/2026,x,1\n"
    found, order, _sure = days(text)
    assert (found[:2], order) == (["2026-04-13", "2026-04-13"], None)
    assert "may be 3 Apr 2026 or 4 Mar 2026" in found[2]


def test_hours_follow_the_files_decimal_sign() -> None:
    text = "client;date;hours;rate\nA;2026-01-05;1,5;90\nA;2026-01-06;1:30;90\nA;2026-01-07;1h 30m;90\n"
    rows = list(open_file(text.encode(), "time").rows())
    assert not any(isinstance(row, Rejection) for row in rows)
    assert [row.values["hours"] for row in rows if isinstance(row, Row)] == [Decimal("1.5")] * 3
