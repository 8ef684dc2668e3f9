import csv
import errno
import io
import json
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from python_calamine import CalamineWorkbook

from db.engine import Book
from db.schema import Agreement, AgreementLine, Item, OneOff, Rate, TimeEntry
from desktop.domain.money import SCALE
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.disputes import open_dispute
from desktop.services.payments import record_payment
from desktop.services.report_files import report_csv, write_report
from desktop.services.reports import plain_rows, report
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice, add_rate

TODAY = date(2026, 3, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def client(book: Book) -> int:
    return add_client(book, "ACME", name="=SUM(A1) & Sons")


def rows(book: Book, name: str, **scope: Any) -> list[dict[str, str | None]]:
    return plain_rows(report(book, name, **({"as_of": TODAY} | scope)))


def test_the_firms_currency_takes_every_document_at_its_own_rate(book: Book, client: int) -> None:
    for day, rate in ((date(2026, 1, 1), "0.90"), (date(2026, 2, 1), "0.80")):
        add_rate(book, "USD", day, Decimal(rate))
    add_invoice(book, client, date(2026, 1, 10), (1_000, 0))
    number = add_invoice(book, client, date(2026, 1, 20), (10_000, 0), currency="USD")
    add_invoice(book, client, date(2026, 2, 10), (5_000, 0), (333, 0), currency="USD")
    record_payment(
        book, numbers=[number], amount=10_000, paid_on=date(2026, 2, 20), actor=ANNE, today=TODAY, currency="USD"
    )
    (aging,) = rows(book, "aging", in_firm=True)
    assert (aging["currency"], aging["total"]) == ("EUR", "52.66")
    assert [row["open"] for row in rows(book, "open", in_firm=True)] == ["10.00", "42.66"]
    january, february = rows(book, "revenue", in_firm=True)
    assert (january["net"], february["net"]) == ("100.00", "42.66")
    lines = rows(book, "billed", in_firm=True)
    assert [(row["currency"], row["net"]) for row in lines] == [
        ("EUR", "10.00"), ("EUR", "90.00"), ("EUR", "40.00"), ("EUR", "2.66"),
    ]  # fmt: skip
    account = rows(book, "statement", in_firm=True, client_code="ACME")
    assert [(row["kind"], row["debit"], row["credit"], row["balance"]) for row in account] == [
        ("invoice", "10.00", None, "10.00"),
        ("invoice", "90.00", None, "100.00"),
        ("invoice", "42.66", None, "142.66"),
        ("payment", None, "80.00", "62.66"),
        ("exchange", None, "10.00", "52.66"),
    ]
    since = rows(book, "statement", in_firm=True, client_code="ACME", since=date(2026, 2, 15))
    assert [(row["kind"], row["balance"]) for row in since] == [
        ("brought_forward", "142.66"), ("payment", "62.66"), ("exchange", "52.66"),
    ]  # fmt: skip


def test_what_cannot_be_in_the_firms_currency_is_refused(book: Book) -> None:
    with pytest.raises(UserError, match="“cash” cannot be told in the firm's currency alone"):
        report(book, "cash", as_of=TODAY, in_firm=True)
    with pytest.raises(UserError, match="either of USD or in EUR"):
        report(book, "aging", as_of=TODAY, in_firm=True, currency="USD")


def test_aging_has_a_row_for_each_client_and_currency(book: Book, client: int) -> None:
    other = add_client(book, "AAA", name="Alder")
    for day in (date(2025, 6, 1), date(2025, 12, 15)):
        add_invoice(book, client, day, (10_000, 0))
    add_invoice(book, other, date(2026, 1, 1), (500, 0), currency="JPY")
    for day in (date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15)):
        number = add_invoice(book, client, day, (10_000, 0))
    record_payment(book, amount=700, paid_on=TODAY, actor=ANNE, today=TODAY, client_id=other)
    open_dispute(book, number, reason="x", on=TODAY, actor=ANNE, today=TODAY, amount=4_000)
    nothing = {"d1_30": "0.00", "d31_60": "0.00", "d61_90": "0.00", "over_90": "0.00", "disputed": "0.00"}
    assert rows(book, "aging") == [
        {"client": "AAA", "name": "Alder", "currency": "EUR", "current": "0.00", "credit": "7.00", "total": "-7.00"}
        | nothing,
        {
            "client": "AAA",
            "name": "Alder",
            "currency": "JPY",
            "current": "0",
            "d1_30": "0",
            "d31_60": "500",
            "d61_90": "0",
            "over_90": "0",
            "credit": "0",
            "disputed": "0",
            "total": "500",
        },
        {
            "client": "ACME",
            "name": "=SUM(A1) & Sons",
            "currency": "EUR",
            "current": "100.00",
            "d1_30": "100.00",
            "d31_60": "100.00",
            "d61_90": "100.00",
            "over_90": "100.00",
            "credit": "0.00",
            "disputed": "40.00",
            "total": "500.00",
        },
    ]
    made = report(book, "aging", as_of=TODAY)
    assert [(row["currency"], row["total"]) for row in made.sums] == [("EUR", 49_300), ("JPY", 500)]
    assert [row["client"] for row in rows(book, "aging", client_code="ACME")] == ["ACME"]
    assert len(rows(book, "aging", as_of=date(2025, 12, 31))) == 1


def test_a_statement_runs_to_its_balance(book: Book, client: int) -> None:
    number = add_invoice(book, client, date(2026, 2, 1), (10_000, 0))
    record_payment(
        book, amount=4_000, paid_on=date(2026, 2, 9), actor=ANNE, today=TODAY, numbers=[number], reference="R7"
    )
    found = rows(book, "statement", client_code="ACME")
    assert [(row["date"], row["kind"], row["debit"], row["credit"], row["balance"]) for row in found] == [
        ("2026-02-01", "invoice", "100.00", None, "100.00"),
        ("2026-02-09", "payment", None, "40.00", "60.00"),
    ]
    later = rows(book, "statement", client_code="ACME", since=date(2026, 2, 5))
    assert [(row["kind"], row["balance"]) for row in later] == [("brought_forward", "100.00"), ("payment", "60.00")]


def test_the_journal_shows_both_sides_of_every_entry(book: Book, client: int) -> None:
    number = add_invoice(book, client, date(2026, 2, 10), (10_000, 19))
    record_payment(book, amount=4_000, paid_on=TODAY, actor=ANNE, today=TODAY, numbers=[number])
    found = rows(book, "journal")
    assert [
        (row["entry"], row["kind"], row["document"], row["account"], row["debit"], row["credit"]) for row in found
    ] == [
        ("1", "invoice", number, "receivable", "119.00", None),
        ("1", "invoice", number, "revenue", None, "100.00"),
        ("1", "invoice", number, "tax_payable", None, "19.00"),
        ("2", "payment", "P-2026-0001", "bank", "40.00", None),
        ("2", "payment", "P-2026-0001", "receivable", None, "40.00"),
    ]
    assert (found[1]["tax_rate"], found[1]["period_start"], found[1]["period_end"]) == (
        "19",
        "2026-02-01",
        "2026-02-09",
    )
    assert found[1]["firm_amount"] == "-100.00"
    assert rows(book, "journal", since=TODAY) == found[3:]
    add_client(book, "OTHER")
    assert rows(book, "journal", client_code="OTHER") == []
    assert rows(book, "journal", client_code="ACME") == found


def test_unbilled_work_is_priced_as_a_run_would(book: Book, client: int) -> None:
    with change(book, ANNE, "Work") as made:
        item = made.insert(Item, code="DEV", name="Development")
        made.insert(Rate, item_id=item, currency="EUR", valid_from=date(2026, 1, 1), price=80 * SCALE)
        agreement = made.insert(
            Agreement,
            code="A-1",
            title="Hours",
            client_id=client,
            billing="time",
            currency="EUR",
            anchor=date(2026, 1, 1),
            start_date=date(2026, 1, 1),
        )
        made.insert(
            AgreementLine, agreement_id=agreement, position=1, kind="time", quantity=SCALE, unit_price=100 * SCALE
        )
        for day, hours, rate, item_id, of in (
            (date(2026, 3, 1), 2, None, None, agreement),
            (date(2026, 3, 5), 3, 120 * SCALE, None, agreement),
            (date(2026, 4, 5), 3, None, None, agreement),
            (date(2026, 3, 7), 1, None, item, None),
            (date(2026, 3, 8), 1, None, None, None),
        ):
            made.insert(
                TimeEntry,
                client_id=client,
                agreement_id=of,
                work_date=day,
                hours=hours * SCALE,
                rate=rate,
                item_id=item_id,
            )
        made.insert(TimeEntry, client_id=client, agreement_id=agreement, work_date=TODAY, hours=SCALE, billable=False)
        made.insert(
            OneOff,
            client_id=client,
            due_date=TODAY,
            quantity=SCALE // 2,
            unit_price=25 * SCALE,
            currency="EUR",
            kind="discount",
        )
    found = rows(book, "unbilled")
    keys = ("agreement", "kind", "first", "last", "entries", "quantity", "amount", "unpriced")
    assert [tuple(row[key] for key in keys) for row in found] == [
        ("", "discount", "2026-03-31", "2026-03-31", "1", "0.5", "12.50", "0"),
        ("", "time", "2026-03-07", "2026-03-08", "2", "2", "80.00", "1"),
        ("A-1", "time", "2026-03-01", "2026-03-05", "2", "5", "560.00", "0"),
    ]
    assert [(row["currency"], row["amount"]) for row in report(book, "unbilled", as_of=TODAY).sums] == [("EUR", 65_250)]
    add_client(book, "OTHER")
    assert rows(book, "unbilled", client_code="OTHER") == []


def test_a_file_holds_what_the_report_says_and_runs_nothing(book: Book, client: int, tmp_path: Path) -> None:
    add_invoice(book, client, date(2026, 3, 15), (10_000, 0))
    made = report(book, "aging", as_of=TODAY)
    path = tmp_path / "aging.csv"
    write_report(made, path)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfclient,name,currency,current,")
    assert content.count(b"\r\n") == 2
    (row,) = csv.DictReader(content.decode("utf-8-sig").splitlines())
    assert (row["name"], row["current"], row["total"]) == ("'=SUM(A1) & Sons", "100.00", "100.00")
    assert report_csv(made) == content.decode("utf-8-sig")
    with pytest.raises(UserError, match=r"“.docx”"):
        write_report(made, tmp_path / "aging.docx")
    with pytest.raises(UserError, match="cannot be written"):
        write_report(made, tmp_path / "missing" / "aging.csv")


def test_a_workbook_has_numbers_and_days_and_the_sums_at_its_end(book: Book, client: int, tmp_path: Path) -> None:
    add_invoice(book, client, date(2026, 3, 15), (10_000, 0))
    add_invoice(book, client, date(2026, 3, 16), (2_550, 0))
    path = tmp_path / "open.xlsx"
    write_report(report(book, "open", as_of=TODAY), path)
    found = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert found[0][:4] == ["Client", "Name", "Number", "Issued"]
    place = found[0].index("Open")
    assert [row[place] for row in found[1:]] == [100.0, 25.5, 125.5]
    assert found[1][3] == date(2026, 3, 15)
    assert found[1][1] == "=SUM(A1) & Sons"


def test_a_workbook_says_codes_in_words_and_a_csv_file_keeps_them(book: Book, client: int, tmp_path: Path) -> None:
    add_invoice(book, client, date(2026, 3, 15), (10_000, 19))
    made = report(book, "journal", as_of=TODAY, since=date(2026, 3, 1))
    write_report(made, tmp_path / "journal.xlsx")
    found = CalamineWorkbook.from_path(str(tmp_path / "journal.xlsx")).get_sheet_by_index(0).to_python()
    place = found[0].index("Account")
    assert [row[place] for row in found[1:]] == ["Receivables", "Revenue", "Tax payable"]
    assert [row["account"] for row in csv.DictReader(io.StringIO(report_csv(made)))] == [
        "receivable",
        "revenue",
        "tax_payable",
    ]


def test_pages_say_what_the_report_says_with_codes_in_words(book: Book, client: int, tmp_path: Path) -> None:
    add_invoice(book, client, date(2026, 3, 15), (10_000, 19))
    path = tmp_path / "journal.pdf"
    write_report(report(book, "journal", as_of=TODAY, since=date(2026, 3, 1)), path)
    text = "\n".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(path))
    for words in ("Journal", "1 Mar 2026 to 31 Mar 2026", "Tax payable", "119.00", "Page 1 of 1", "Harbour Services"):
        assert words in text
    assert "tax_payable" not in text


def test_a_file_that_cannot_be_finished_leaves_the_last_one(
    book: Book, client: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "aging.csv"
    path.write_text("last month")

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match=r"aging\.csv cannot be written: No space left"):
        write_report(report(book, "aging", as_of=TODAY), path)
    assert path.read_text() == "last month"
    assert list(tmp_path.glob("*.part")) == []


def test_plain_rows_are_json(book: Book, client: int) -> None:
    add_invoice(book, client, date(2026, 3, 15), (10_000, 19))
    for name in ("aging", "journal", "unbilled"):
        assert json.loads(json.dumps(rows(book, name))) == rows(book, name)


def test_a_report_that_cannot_be_made_says_why(book: Book, client: int) -> None:
    with pytest.raises(UserError, match="no report “profit”"):
        report(book, "profit", as_of=TODAY)
    with pytest.raises(UserError, match="no client NOBODY"):
        report(book, "aging", as_of=TODAY, client_code="NOBODY")
    with pytest.raises(UserError, match="of one client"):
        report(book, "statement", as_of=TODAY)
