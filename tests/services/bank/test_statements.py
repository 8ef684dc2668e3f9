"""Files of a bank come into the book: whose they are, what is new, what is wrong, and out again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engine import Book
from db.schema import BankAccount, BankMatch, Reconciliation
from desktop.errors import UserError
from desktop.services.bank.gaps import covered_until, gaps, said
from desktop.services.bank.profiles import forget_profile, keep_profile, look, profile_named
from desktop.services.bank.statement_list import statement_rows
from desktop.services.bank.statements import preview, take_in
from desktop.services.changes import change, undo
from desktop.services.check import check
from desktop.services.imports.history import undo_import
from tests import statement_files as files
from tests.books import new_book
from tests.statement_files import IBAN, Told

ANNE = "Anne"
TODAY = date(2026, 6, 1)
D1, D2, D3 = date(2026, 4, 1), date(2026, 4, 2), date(2026, 4, 7)
FIRST, SECOND, THIRD = Told(D1, 119_000), Told(D2, -5_050, "Stadtwerke", "Strom"), Told(D3, 59_500, "Bolt AG", "INV 2")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        add_account(made)
        yield made


def add_account(book: Book, iban: str = IBAN, **values: object) -> None:
    with change(book, ANNE, "Add an account") as made:
        made.insert(BankAccount, **({"position": 1, "holder": "Harbour", "iban": iban, "currency": "EUR"} | values))


def lines(book: Book) -> list[tuple[str, int, str]]:
    with book.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT booked_on, amount, party FROM bank_line ORDER BY 1, id")
        return [tuple(row) for row in rows]


def take(book: Book, *paths: Path, **options: object):
    return take_in(book, paths, actor=ANNE, today=TODAY, **options)  # type: ignore[arg-type]


def test_a_file_gives_its_lines_once(book: Book, tmp_path: Path) -> None:
    path = files.mt940(tmp_path / "a.sta", [FIRST, SECOND], opening=100_000)
    taken = take(book, path)
    assert (taken.new, taken.known, taken.rejected, taken.problems) == (2, 0, (), ())
    assert lines(book) == [("2026-04-01", 119_000, "Acme Werkzeugbau GmbH"), ("2026-04-02", -5_050, "Stadtwerke")]
    again = take(book, path)
    assert (again.new, again.known, again.batches) == (0, 2, ())
    assert len(statement_rows(book)) == 1
    assert not check(book).problems


def test_overlapping_files_of_three_formats_are_one_account(book: Book, tmp_path: Path) -> None:
    twins = [FIRST, FIRST, SECOND]
    first = files.csv(tmp_path / "a.csv", twins)
    second = files.mt940(tmp_path / "b.sta", [*twins, THIRD], opening=100_000)
    third = files.camt(tmp_path / "c.xml", [SECOND, THIRD], opening=338_000)
    assert [take(book, path).new for path in (first, second, third)] == [3, 1, 0]
    assert Counter(amount for _day, amount, _party in lines(book)) == {119_000: 2, -5_050: 1, 59_500: 1}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_files_in_any_order_tell_each_movement_once(tmp_path: Path, data: st.DataObject) -> None:
    days = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=8))
    told = [
        Told(D1 + timedelta(day), 5_000, data.draw(st.sampled_from(["Acme GmbH", "Bolt AG"])), reference=f"77{at:07d}")
        for at, day in enumerate(sorted(days))
    ]
    path = Path(data.draw(st.just(tmp_path)))
    spans = [(0, 3), (0, 1), (2, 3), (1, 2)]
    with new_book(path, file="Any.sheaf") as book:
        add_account(book)
        for at, (first, last) in enumerate(data.draw(st.permutations(spans))):
            some = [one for one in told if first <= (one.day - D1).days <= last]
            before = sum(one.amount for one in told if (one.day - D1).days < first)
            if not some:
                continue
            form = data.draw(st.sampled_from(["camt", "mt940", "csv"]))
            if form == "camt":
                taken = take(book, files.camt(path / f"{at}.xml", some, opening=before, number=str(at + 1)))
            elif form == "mt940":
                taken = take(book, files.mt940(path / f"{at}.sta", some, opening=before, number="0"))
            else:
                taken = take(book, files.csv(path / f"{at}.csv", some))
            assert not taken.rejected
        assert Counter((day, party) for day, _amount, party in lines(book)) == Counter(
            (one.day.isoformat(), one.party) for one in told
        )


def test_a_preview_tells_the_same_and_writes_nothing(book: Book, tmp_path: Path) -> None:
    paths = [
        files.mt940(tmp_path / "a.sta", [FIRST, SECOND], opening=0),
        files.csv(tmp_path / "b.csv", [SECOND, THIRD]),
    ]
    shown = preview(book, paths, today=TODAY)
    assert (shown.new, shown.known, shown.batches) == (3, 1, ())
    assert lines(book) == []
    assert take(book, *paths).new == 3


def test_undo_takes_a_file_out_and_refuses_once_a_line_is_booked(book: Book, tmp_path: Path) -> None:
    path = files.mt940(tmp_path / "a.sta", [FIRST, SECOND], opening=0)
    take(book, path)
    (statement,) = statement_rows(book)
    assert statement.batch is not None
    assert undo_import(book, statement.batch, actor=ANNE) == "Take in 2 bank lines from a.sta"
    assert lines(book) == []
    assert statement_rows(book) == ()
    taken = take(book, path)
    with change(book, ANNE, "Book") as made:
        done = made.insert(Reconciliation, number="B-1", origin="hand", at=made.at, actor=ANNE, lines=1)
        made.insert(BankMatch, line_id=1, reconciliation_id=done, kind="other", amount=119_000, note="Aside")
        made.connection.exec_driver_sql("UPDATE bank_line SET state = 'booked' WHERE id = 1")
    with pytest.raises(UserError, match="1 line of it was booked since"):
        undo(book, ANNE, taken.files[0].change_set)
    assert len(lines(book)) == 2
    assert not check(book).problems


def test_an_account_that_is_not_the_firms_is_refused_by_name(book: Book, tmp_path: Path) -> None:
    path = files.mt940(tmp_path / "a.sta", [FIRST], opening=0, account="DE75512108001245126199")
    with pytest.raises(UserError, match="DE75512108001245126199, which is none of the firm's") as refused:
        take(book, path)
    assert "DE02 1203" in refused.value.remedy
    with pytest.raises(UserError, match="not of Harbour"):
        take(book, path, account_id=1)
    assert lines(book) == []


@pytest.mark.parametrize("stated", ["12030000/202051", "12030000/0000202051EUR", "DE02 1203 0000 0000 2020 51"])
def test_a_bank_code_and_number_mean_the_iban(book: Book, tmp_path: Path, stated: str) -> None:
    add_account(book, "DE75512108001245126199", position=2)
    path = files.mt940(tmp_path / "a.sta", [FIRST], opening=0, account=stated)
    assert take(book, path).statements[0].account_id == 1


def test_a_file_that_names_no_account_needs_one_named_where_there_are_several(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Date,Description,Amount\n2026-04-01,Acme,1190.00\n", encoding="utf-8")
    assert take(book, path).new == 1
    add_account(book, "DE75512108001245126199", position=2)
    with pytest.raises(UserError, match="does not say which account"):
        take(book, path)
    assert take(book, path, account_id=2).new == 1


def test_another_currency_is_refused(book: Book, tmp_path: Path) -> None:
    path = files.mt940(tmp_path / "a.sta", [FIRST], opening=0, currency="USD")
    with pytest.raises(UserError, match=r"in USD, but the account .* is kept in EUR"):
        take(book, path)


def test_an_edited_file_of_a_known_statement_is_noticed(book: Book, tmp_path: Path) -> None:
    take(book, files.mt940(tmp_path / "a.sta", [FIRST, SECOND], opening=0))
    edited = [FIRST, Told(D2, -15_050, "Stadtwerke", "Strom")]
    taken = take(book, files.mt940(tmp_path / "a2.sta", edited, opening=0))
    assert taken.new == 0
    assert [one.problem for one in taken.rejected] == [
        "This statement was taken in before and did not have this line: the file was changed since."
    ]
    assert len(lines(book)) == 2


def test_with_all_or_nothing_a_rejected_row_stops_every_file(book: Book, tmp_path: Path) -> None:
    good = files.mt940(tmp_path / "a.sta", [FIRST], opening=0)
    bad = tmp_path / "b.csv"
    bad.write_text("Date,Description,Amount\n2026-04-01,Acme,1190.00\n2026-04-02,Bolt,12..5\n", encoding="utf-8")
    taken = take(book, good, bad, all_or_nothing=True)
    assert taken.batches == ()
    assert [(one.file, one.place, one.column, one.value) for one in taken.rejected] == [
        ("b.csv", "3", "Amount", "12..5")
    ]
    assert lines(book) == []
    assert take(book, good, bad).new == 1, "the payment of both files is one"


def test_one_unreadable_file_does_not_stop_the_others(book: Book, tmp_path: Path) -> None:
    good = files.mt940(tmp_path / "a.sta", [FIRST], opening=0)
    bad = tmp_path / "b.xml"
    bad.write_text("<Document", encoding="utf-8")
    taken = take(book, bad, good)
    assert taken.new == 1
    assert [one.file for one in taken.rejected] == ["b.xml"]
    with pytest.raises(UserError):
        take(book, bad)


def test_gaps_are_days_without_a_statement_and_balances_that_do_not_meet(book: Book, tmp_path: Path) -> None:
    take(book, files.mt940(tmp_path / "a.sta", [FIRST], opening=0, number="1/1"))
    assert take(book, files.mt940(tmp_path / "c.sta", [THIRD], opening=120_000, number="3/1")).gaps
    with book.reading() as session:
        (gap,) = gaps(session.connection())
        assert covered_until(session.connection()) == D3
    assert (gap.kind, gap.amount) == ("days", 1_000)
    assert "missing" in said(gap)
    assert [one.gap for one in statement_rows(book)] == [gap, None]
    taken = take(book, files.mt940(tmp_path / "b.sta", [Told(D2, 1_000)], opening=119_000, number="2/1"))
    assert taken.gaps == ()
    assert [one.gap for one in statement_rows(book)] == [None, None, None]


def test_zero_and_future_lines_are_said(book: Book, tmp_path: Path) -> None:
    path = files.mt940(tmp_path / "a.sta", [FIRST, Told(D2, 0), Told(date(2026, 7, 1), 5)], opening=0)
    taken = take(book, path)
    assert taken.new == 2
    assert any("zero" in one for one in taken.problems)
    assert any("after today" in one for one in taken.problems)


def test_a_table_told_once_is_known_by_its_header(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Wann;Wieviel;Wer;Wofür\n01.04.2026;1.190,00-;Acme;Miete\n", encoding="utf-8")
    with pytest.raises(UserError, match="does not know the columns"):
        take(book, path)
    shown = look(book, path)
    assert not shown.known
    columns = {"booked_on": ("Wann",), "amount": ("Wieviel",), "party": ("Wer",), "text": ("Wofür",)}
    keep_profile(book, replace(shown.profile, name="Odd bank", columns=columns), shown.header, actor=ANNE)
    assert look(book, path).known
    assert take(book, path).new == 1
    assert lines(book) == [("2026-04-01", -119_000, "Acme")]
    assert profile_named(book, "odd BANK").columns == columns
    forget_profile(book, "Odd bank", actor=ANNE)
    with pytest.raises(UserError):
        profile_named(book, "Odd bank")
