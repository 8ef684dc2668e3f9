"""QIF: days in either order, amounts in either writing, and a currency that it does not say."""

from datetime import date
from pathlib import Path

import pytest

from desktop.domain.bank_statement import Balance, Statement
from desktop.errors import UserError
from desktop.importing.bank import read_bank_file


def statements(folder: Path, text: str, currency: str = "") -> tuple[Statement, ...]:
    path = folder / "statement.qif"
    path.write_text(text, encoding="utf-8")
    return read_bank_file(path, currency=currency).statements


def movements(*days: str) -> str:
    return "!Type:Bank\n" + "".join(f"D{day}\nT1.00\nPAcme\n^\n" for day in days)


def days(folder: Path, *written: str) -> list[date]:
    (found,) = statements(folder, movements(*written))
    return [one.booked_on for one in found.entries]


def test_a_movement_with_all_its_fields(tmp_path: Path) -> None:
    text = "!Type:Bank\nD3/15'26\nT-1,234.50\nN1021\nPAcme Ltd\nMInvoice INV-7\nLRent\nSPart\n$-1.00\n^\n"
    (found,) = statements(tmp_path, text, "USD")
    (one,) = found.entries
    assert (one.booked_on, one.amount, one.currency) == (date(2026, 3, 15), -123450, "USD")
    assert (one.party, one.text, one.reference, one.place) == ("Acme Ltd", "Invoice INV-7", "1021", "2")
    assert (found.format, found.account, found.from_day, found.to_day) == (
        "qif",
        "",
        date(2026, 3, 15),
        date(2026, 3, 15),
    )


def test_without_a_currency_amounts_are_hundredths(tmp_path: Path) -> None:
    (unsaid,) = statements(tmp_path, movements("2026-03-15"))
    (yen,) = statements(tmp_path, movements("2026-03-15"), "JPY")
    assert [(one.amount, one.currency) for one in (*unsaid.entries, *yen.entries)] == [(100, ""), (1, "JPY")]


def test_one_day_after_the_twelfth_decides_for_all(tmp_path: Path) -> None:
    assert days(tmp_path, "03/04/2026", "25/04/2026") == [date(2026, 4, 3), date(2026, 4, 25)]
    assert days(tmp_path, "03/04/2026", "04/25/2026") == [date(2026, 3, 4), date(2026, 4, 25)]


def test_points_put_the_day_first_and_years_in_front_leave_no_question(tmp_path: Path) -> None:
    assert days(tmp_path, "03.04.26", "20260405", "2026-04-06") == [
        date(2026, 4, 3),
        date(2026, 4, 5),
        date(2026, 4, 6),
    ]


def test_days_in_order_tell_which_way_they_are_written(tmp_path: Path) -> None:
    assert days(tmp_path, "1/2/26", "1/5/26", "2/1/26", "2/3/26")[2] == date(2026, 2, 1)
    assert days(tmp_path, "2/1/26", "5/1/26", "1/2/26", "3/2/26")[2] == date(2026, 2, 1)


def test_days_that_fit_both_ways_are_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="two ways: “01/02/2026”") as caught:
        days(tmp_path, "01/02/2026", "03/02/2026")
    assert "after the 12th" in caught.value.remedy


def test_days_that_are_the_same_both_ways_are_no_question(tmp_path: Path) -> None:
    assert days(tmp_path, "05/05/2026") == [date(2026, 5, 5)]


def test_accounts_have_sections_and_numbers(tmp_path: Path) -> None:
    account = "!Account\nN{}\nTBank\n^\n"
    text = account.format("DE02 1203 0000 0000 2020 51") + movements("2026-03-15") + account.format("Savings")
    first, second = statements(tmp_path, text + movements("2026-03-16"))
    assert (first.account, second.account) == ("DE02120300000000202051", "")


def test_the_opening_balance_is_no_movement(tmp_path: Path) -> None:
    text = "!Type:Bank\nD2026-03-01\nT100.00\nPOpening Balance\nL[12345678]\n^\nD2026-03-02\nT5.00\n^\n"
    (found,) = statements(tmp_path, text, "EUR")
    assert found.opening == Balance(date(2026, 3, 1), 10000, "EUR")
    assert ([one.amount for one in found.entries], found.account) == ([500], "12345678")


def test_securities_and_lists_are_no_statements(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no movements"):
        statements(tmp_path, "!Type:Invst\nD2026-03-01\nT1.00\n^\n!Type:Cat\nNRent\n^\n")


def test_a_movement_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "statement.qif"
    path.write_text(movements("2026-03-15", "soon"))
    found = read_bank_file(path)
    assert len(found.statements[0].entries) == 1
    (rejected,) = found.rejected
    assert (rejected.row, rejected.column, rejected.value) == (6, "D", "soon")
    assert "“soon”" in rejected.problem


def test_a_file_without_a_readable_movement_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="soon"):
        statements(tmp_path, movements("soon"))


def test_lines_of_old_macs_are_read(tmp_path: Path) -> None:
    path = tmp_path / "statement.qif"
    path.write_bytes(movements("2026-03-15").replace("\n", "\r").encode())
    (found,) = read_bank_file(path).statements
    assert [one.party for one in found.entries] == ["Acme"]
