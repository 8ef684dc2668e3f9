"""Pages for clients from the book, with their documents beside them or within."""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import BankAccount, Client
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.delivery.handover.portal import HandedPage, hand_over_pages
from desktop.services.delivery.kept import file_of
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.contracts import ANNE, Contracts
from tests.einvoicing import sound_book, sound_client
from tests.issued import add_client, add_invoice

DAY = date(2026, 6, 30)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """Acme with an invoice settled, one partly, one in two parts, and one in dollars; Zen with one; Idle with none."""
    with new_book(tmp_path, street="Kai 9", postcode="20457", city="Hamburg") as made:
        with change(made, ANNE, "Account") as changed:
            changed.insert(BankAccount, position=1, holder="", iban="DE89370400440532013000", bic="COBADEFFXXX")
        for code in ("ACME", "ZEN", "IDLE"):
            add_client(made, code, name=f"{code} / Ltd")
        for month in (1, 2):
            add_invoice(made, 1, date(2026, month, 1), (10_000, 19))
        add_invoice(made, 1, date(2026, 5, 1), (20_000, 19), parts=True)
        add_invoice(made, 2, date(2026, 6, 20), (5_000, 0))
        for number, amount in (("INV-2026-0001", 11_900), ("INV-2026-0002", 1_900)):
            record_payment(made, amount=amount, numbers=[number], paid_on=date(2026, 3, 1), actor=ANNE, today=DAY)
        yield made


def pages(book: Book, folder: Path, **more: object) -> list[HandedPage]:
    return hand_over_pages(book, folder, as_of=DAY, **more)  # type: ignore[arg-type]


def plain(path: Path) -> str:
    text = re.sub(r"<(style|script)>.*?</\1>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(re.sub("<[^>]*>", " ", text).split())


def test_every_client_with_documents_has_a_page_beside_them(book: Book, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    found = pages(book, tmp_path / "out", report=lambda done, total, _text: told.append((done, total)))
    assert [(one.client, one.documents, one.open_items) for one in found] == [("ACME", 3, 3), ("ZEN", 1, 1)]
    assert told == [(1, 2), (2, 2)]
    acme = tmp_path / "out" / "ACME ACME - Ltd"
    assert sorted(path.relative_to(acme).as_posix() for path in acme.rglob("*.*")) == [
        "documents/INV-2026-0001.pdf",
        "documents/INV-2026-0002.pdf",
        "documents/INV-2026-0003.pdf",
        "index.html",
    ]
    assert (acme / "documents" / "INV-2026-0003.pdf").read_bytes() == file_of(book, 3).content
    text = (acme / "index.html").read_text(encoding="utf-8")
    assert 'href="documents/INV-2026-0002.pdf"' in text
    said = plain(acme / "index.html")
    assert "Open €338.00 Overdue €338.00" in said
    assert "Invoice INV-2026-0001 1 Jan 2026 31 Jan 2026 €119.00 PDF settled" in said
    assert "Invoice INV-2026-0002 1 Feb 2026 3 Mar 2026 €119.00 PDF overdue" in said
    assert "INV-2026-0003/2" in said
    assert text.count("<svg") == 3


def test_a_page_may_hold_its_documents(book: Book, tmp_path: Path) -> None:
    (found,) = pages(book, tmp_path / "out", codes=["zen"], embed=True)
    assert found.path == tmp_path / "out" / "ZEN ZEN - Ltd.html"
    assert list((tmp_path / "out").iterdir()) == [found.path]
    (held,) = re.findall(r'href="data:application/pdf;base64,([^"]+)"', found.path.read_text(encoding="utf-8"))
    assert b64decode(held) == file_of(book, 4).content


def test_an_earlier_day_has_what_was_then(book: Book, tmp_path: Path) -> None:
    (found,) = hand_over_pages(book, tmp_path, as_of=date(2026, 2, 15), codes=["ACME"])
    assert (found.documents, found.open_items) == (2, 2)
    assert "INV-2026-0003" not in plain(found.path)


def test_again_it_takes_the_place_of_the_old_one(book: Book, tmp_path: Path) -> None:
    (before,) = pages(book, tmp_path, codes=["ACME"])
    text = before.path.read_bytes()
    (after,) = pages(book, tmp_path, codes=["ACME"])
    assert after.path.read_bytes() == text
    assert not list(tmp_path.rglob("*.part"))


def test_its_language_is_the_clients_or_the_one_that_is_asked(book: Book, tmp_path: Path) -> None:
    with change(book, ANNE, "Language") as made:
        made.update(Client, 2, language="fr")
    assert "Votre compte chez Harbour Services" in plain(pages(book, tmp_path, codes=["ZEN"])[0].path)
    assert "Ihr Konto bei Harbour Services" in plain(pages(book, tmp_path, codes=["ZEN"], language="de")[0].path)


def test_a_merged_client_is_on_the_page_of_the_other(book: Book, tmp_path: Path) -> None:
    with change(book, ANNE, "Merge") as made:
        made.update(Client, 2, merged_into_id=1)
    assert [(one.client, one.documents) for one in pages(book, tmp_path)] == [("ACME", 4)]
    assert [one.client for one in pages(book, tmp_path, codes=["ZEN"])] == ["ACME"]


def test_an_einvoice_lies_beside_its_paper(tmp_path: Path) -> None:
    with sound_book(tmp_path) as book:
        made = Contracts(book)
        made.agreement(sound_client(made))
        made.agreement(sound_client(made, "C2", form="facturx", tax_id="DE811569869"), "A2")
        made.bill("2026-01-31")
        found = {one.client: one.path for one in pages(book, tmp_path / "out")}
        files = {code: sorted(path.name for path in page.parent.rglob("*.*")) for code, page in found.items()}
        assert [name[-4:] for name in files["C1"]] == [".pdf", ".xml", "html"]
        assert [name[-4:] for name in files["C2"]] == [".pdf", "html"]
        assert "PDF E-invoice" in plain(found["C1"])
        held = next(found["C2"].parent.rglob("*.pdf")).read_bytes()
        assert b"factur-x.xml" in held


def test_what_cannot_be_made_is_said(book: Book, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="NOBODY"):
        pages(book, tmp_path, codes=["NOBODY"])
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="cannot be written"):
        pages(book, tmp_path / "file")
    with new_book(tmp_path, file="empty.sheaf") as empty, pytest.raises(UserError, match="Nothing was issued"):
        pages(empty, tmp_path)


def test_a_client_without_documents_has_an_empty_page(book: Book, tmp_path: Path) -> None:
    (found,) = pages(book, tmp_path, codes=["IDLE"])
    assert "Nothing has been issued yet." in plain(found.path)


def test_clients_whose_names_look_alike_never_share_a_page_or_a_folder(book: Book, tmp_path: Path) -> None:
    for client, code in enumerate(("A/1", "A-1", "É-1", unicodedata.normalize("NFD", "É-1")), 4):
        add_client(book, code, name="Twin")
        add_invoice(book, client, date(2026, 6, 20), (5_000, 0))
    found = pages(book, tmp_path / "out", client_ids=[4, 5, 6, 7])
    places = [
        one.path.relative_to(tmp_path / "out").parts[0].removeprefix(one.client.replace("/", "-")) for one in found
    ]
    assert sorted(places) == [" Twin", " Twin", " Twin-5", " Twin-7"]
    assert [len(list(one.path.parent.rglob("*.pdf"))) for one in found] == [1, 1, 1, 1]
    (alone,) = pages(book, tmp_path / "out", codes=["A-1"])
    assert alone.path == tmp_path / "out" / "A-1 Twin-5" / "index.html"
    assert len({one.path for one in pages(book, tmp_path / "whole", embed=True)}) == 6
