"""Documents from their frozen rows: what is printed later is what was issued; and drafts as they would be issued."""

import errno
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.documents.render import render_pdf
from desktop.errors import UserError
from desktop.services import runs
from desktop.services.clients import update_client
from desktop.services.credits import credit_invoice
from desktop.services.document_files import render
from desktop.services.documents import document, documents, draft_document
from desktop.services.firm import save_bank_account, update_firm
from desktop.services.imports import import_file
from desktop.services.opening import OpeningItem, add_opening_item
from desktop.services.payments import record_payment
from tests.books import new_book

DAY = date(2026, 3, 31)
NOW = "2026-03-31T10:00:00Z"
FILES = {
    "clients": (
        "code,name,country,street,postcode,city,tax_id,language,terms\n"
        "ACME,Acme GmbH,DE,Kai 1,20457,Hamburg,DE129273398,de,2% 10 net 30\n"
        "ZEN,Zenith SA,FR,Rue 2,75001,Paris,FR40303265045,fr,net 14\n"
    ),
    "items": "code,name,unit,price\nDEV,Development,hour,100\nRET,Retainer,month,500\n",
    "agreements": (
        "code,client,billing,item,quantity,unit_price,discount_percent,every,start,po_number,title\n"
        "A-1,ACME,time,DEV,,,10,monthly,2026-01-01,PO 7,Support\n"
        "Z-1,ZEN,recurring,RET,1,500,,monthly,2026-03-16,,Retainer\n"
    ),
    "time": "id,agreement,date,person,item,hours,rate,note\nT1,A-1,2026-03-02,Ann,DEV,1.5,,first\n",
}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path, street="Kai 9", postcode="20457", city="Hamburg", tax_id="DE136695976") as made:
        update_firm(made, {"late_clause": "Interest runs.", "footer": "HRB 1", "intro": "Thank you."}, actor="Ann")
        save_bank_account(made, {"iban": "DE89370400440532013000"}, actor="Ann")
        for kind, text in FILES.items():
            result = import_file(made, kind, text.encode(), actor="Ann", today=DAY)
            assert result.rejected == ()
        yield made


@pytest.fixture
def issued(book: Book) -> Book:
    """The book with one invoice for each client, whatever the gate would hold."""
    run = runs.plan(book, through=DAY, issue_date=DAY, actor="Ann", now=NOW)
    held = [one.id for one in runs.exceptions(book, run.number)]
    if held:
        runs.approve(book, held, "tested", actor="Ann", now=NOW)
    runs.resume(book, run.number, actor="Ann", now=NOW)
    return book


def test_a_document_whole(issued: Book) -> None:
    found, template = document(issued, 1)
    assert (found.kind, found.number, found.issue_date) == ("invoice", "INV-2026-0001", DAY)
    assert (found.due_date, found.discount_percent, found.discount_until) == (
        date(2026, 4, 30),
        Decimal(2),
        date(2026, 4, 10),
    )
    assert (found.currency, found.language, found.po_number, found.agreement) == ("EUR", "de", "PO 7", "Support")
    assert (found.seller.name, found.seller.street, found.seller.tax_id) == ("Harbour Services", "Kai 9", "DE136695976")
    assert (found.buyer.name, found.buyer.city, found.buyer.code) == ("Acme GmbH", "Hamburg", "ACME")
    assert (found.intro, found.late_clause, found.footer) == ("Thank you.", "Interest runs.", "HRB 1")
    assert [account.iban for account in found.bank] == ["DE89370400440532013000"]
    (line,) = found.lines
    assert (line.description, line.quantity, line.unit, line.unit_price) == (
        "Development",
        Decimal("1.5"),
        "hour",
        Decimal(100),
    )
    assert (line.allowance, line.net, line.category, line.rate) == (1500, 13500, "S", Decimal(19))
    assert (line.period_start, line.period_end) == (date(2026, 3, 2), date(2026, 3, 3))
    assert [(tax.category, tax.rate, tax.basis, tax.tax) for tax in found.taxes] == [("S", Decimal(19), 13500, 2565)]
    assert (found.net, found.tax, found.gross, found.payable) == (13500, 2565, 16065, 16065)
    assert (template.name, template.version, template.layout.page) == ("Classic", 1, "A4")


def test_a_stub_shows_its_days(issued: Book) -> None:
    found, _template = document(issued, 2)
    (line,) = found.lines
    assert (line.quantity, line.base_quantity, line.net) == (Decimal(16), Decimal(31), 25806)
    assert found.taxes[0].category == "AE"
    # The words of law come in the document's own language, and once.
    assert found.taxes[0].exemption == ""


def test_what_changes_later_changes_no_document(issued: Book) -> None:
    before = [(one, render_pdf(one, template)) for one, template in documents(issued, [1, 2])]
    update_client(issued, 1, {"name": "Other Ltd", "street": "Elsewhere 5"}, actor="Ann")
    update_firm(issued, {"name": "Renamed", "footer": "Changed", "terms": "net 90"}, actor="Ann")
    after = [(one, render_pdf(one, template)) for one, template in documents(issued, [1, 2])]
    assert after == before


def test_many_come_in_the_order_asked(issued: Book) -> None:
    wanted = [2, 1] * 150
    assert [one.number[-1] for one, _template in documents(issued, wanted)] == [str(number) for number in wanted]


def test_a_draft_is_what_will_be_issued(book: Book) -> None:
    run = runs.plan(book, through=DAY, issue_date=DAY, actor="Ann", now=NOW)
    with book.reading() as session:
        parties = session.connection().exec_driver_sql("SELECT count(*) FROM party").scalar_one()
    drafts = [draft_document(book, number) for number in (1, 2)]
    with book.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM party").scalar_one() == parties == 0
    held = [one.id for one in runs.exceptions(book, run.number)]
    if held:
        runs.approve(book, held, "tested", actor="Ann", now=NOW)
    runs.resume(book, run.number, actor="Ann", now=NOW)
    for (draft, draft_template), (made, template) in zip(drafts, documents(book, [1, 2]), strict=True):
        assert draft.number == ""
        assert (draft.lines, draft.taxes, draft.buyer, draft.seller) == (
            made.lines,
            made.taxes,
            made.buyer,
            made.seller,
        )
        assert (draft.gross, draft.due_date, draft.bank, draft.agreement) == (
            made.gross,
            made.due_date,
            made.bank,
            made.agreement,
        )
        assert draft_template == template
    with pytest.raises(UserError, match="The draft is not there any more"):
        draft_document(book, 99)


def test_a_credit_note_names_its_invoice(issued: Book) -> None:
    result = credit_invoice(issued, "INV-2026-0001", reason="goodwill", actor="Ann", today=DAY)
    found, _template = document(issued, result.credit_note_id)
    assert (found.kind, found.corrects, found.corrects_date, found.reason) == (
        "credit_note",
        "INV-2026-0001",
        DAY,
        "goodwill",
    )
    assert found.gross == 16065


def test_a_deposit_is_deducted_in_the_documents_language(book: Book) -> None:
    with book.writing() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO one_off (client_id, agreement_id, kind, due_date, description, quantity, unit_price, currency,"
            " digest) VALUES (1, 1, 'deposit', '2026-02-01', 'Anzahlung', 1000000, 50000000, 'EUR', '')"
        )
    for day in (date(2026, 2, 28), DAY):
        run = runs.plan(book, through=day, issue_date=day, actor="Ann", now=NOW)
        held = [one.id for one in runs.exceptions(book, run.number) if one.severity == "hold"]
        if held:
            runs.approve(book, held, "tested", actor="Ann", now=NOW)
        runs.resume(book, run.number, actor="Ann", now=NOW)
        if day != DAY:
            paid = document(book, 1)[0]
            record_payment(book, amount=paid.payable, paid_on=day, numbers=[paid.number], actor="Ann", today=DAY)
    with book.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT id FROM invoice WHERE client_id = 1 ORDER BY id").fetchall()
    deposit, final = (found for found, _template in documents(book, [row[0] for row in rows]))
    assert deposit.kind == "deposit"
    taken = final.lines[-1]
    assert (taken.description, taken.net) == (f"Anzahlungsrechnung {deposit.number}", -5000)
    assert taken.detail == "28.02.2026"
    assert final.deposits == ((deposit.number, date(2026, 2, 28), 5000, 950, 5950),)
    assert final.gross == 16065 - 5950


def test_files(issued: Book, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    written = render(
        issued, tmp_path / "pdf", run="R-2026-0001", report=lambda done, total, _text: heard.append((done, total))
    )
    assert [one.number for one in written] == ["INV-2026-0001", "INV-2026-0002"]
    assert heard[-1] == (2, 2)
    for one, (found, template) in zip(written, documents(issued, [1, 2]), strict=True):
        assert one.path.read_bytes() == render_pdf(found, template)
    again = render(issued, tmp_path / "one", numbers=["INV-2026-0002", "INV-2026-0002"])
    assert [one.sha256 for one in again] == [written[1].sha256]


def test_files_that_cannot_be_made(issued: Book, tmp_path: Path) -> None:
    item = OpeningItem("OLD-1", 1, date(2025, 12, 1), date(2025, 12, 31), "EUR", 10_000, 10_000)
    add_opening_item(issued, item, actor="Ann", today=DAY)
    for numbers, words in ((["INV-8", "INV-9"], "no documents INV-8, INV-9"), (["OLD-1"], "before this book began")):
        with pytest.raises(UserError, match=words):
            render(issued, tmp_path, numbers=numbers)
    with pytest.raises(UserError, match="no run R-9"):
        render(issued, tmp_path, run="R-9")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        render(issued, tmp_path / "file", numbers=["INV-2026-0001"])


def test_a_full_disk_names_the_file(issued: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int, _content: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.write", full)
    with pytest.raises(UserError, match=r"INV-2026-0001\.pdf” cannot be written: No space left"):
        render(issued, tmp_path / "pdf", numbers=["INV-2026-0001"])
    assert list((tmp_path / "pdf").iterdir()) == []
