"""Registering with India's portal: what goes up, what comes back, and what is not taken."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop.domain.indian_einvoice import irn_of
from desktop.errors import UserError
from desktop.services.changes import undo
from desktop.services.check import check
from desktop.services.currencies import set_exchange_rate
from desktop.services.documents import document
from desktop.services.registrations import (
    cancel_registration,
    deliverable,
    export_registrations,
    registers_since,
    take_answers,
    waiting,
)
from desktop.services.runs import exceptions
from tests.contracts import ANNE, Contracts, rows
from tests.regions import book_of, issue_all

KARNATAKA = "29AAGCB7383J1Z4"
ADDRESS = {"country": "IN", "currency": "INR", "street": "12 MG Road", "postcode": "411001", "city": "Pune"}


def indian_book(tmp_path: Path) -> Book:
    """Three documents: to a registered buyer, to a consumer, and one abroad."""
    firm = {"street": "1 Brigade Road", "postcode": "560001", "city": "Bengaluru", "region": "Karnataka"}
    made = book_of(tmp_path, "IN", "INR", tax_id=KARNATAKA, **firm)
    facts = Contracts(made)
    facts.item("DEV", unit="hour", hsn_sac="998314", tax="standard")
    clients: dict[str, dict[str, Any]] = {
        "B2B": {"tax_id": "27AAPFU0939F1ZV"},
        "B2C": {"region": "Maharashtra", "is_business": False},
        "EXP": {"country": "DE", "city": "Hamburg"},
    }
    for code, more in clients.items():
        client = facts.client(code, **(ADDRESS | more))
        facts.one_off(client, None, "2026-05-04", "1000", item_id=facts.items["DEV"], currency="INR")
    issue_all(made, "2026-05-31")
    return made


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with indian_book(tmp_path) as made:
        yield made
        assert check(made).problems == ()


def number_of(book: Book, code: str) -> str:
    return str(
        rows(book, "SELECT i.number FROM invoice i JOIN client c ON c.id = i.client_id WHERE c.code = ?", code)[0][0]
    )


def signed(told: dict[str, Any]) -> str:
    body = base64.urlsafe_b64encode(json.dumps({"data": json.dumps(told), "iss": "NIC"}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{body}.c2lnbmF0dXJl"


def answer(book: Book, number: str, **changes: Any) -> dict[str, Any]:
    paper = document(book, rows(book, "SELECT id FROM invoice WHERE number = ?", number)[0][0])[0]
    irn = irn_of(KARNATAKA, paper.issue_date, paper.kind, number)
    told = {"SellerGstin": KARNATAKA, "DocNo": number, "DocTyp": "INV", "Irn": irn}
    return {
        "AckNo": 112610000000001,
        "AckDt": "2026-05-31 10:11:00",
        "Irn": irn,
        "SignedQRCode": signed(told),
        "Status": "ACT",
    } | changes


def taken(book: Book, tmp_path: Path, *answers: Any) -> Any:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(list(answers)))
    return take_answers(book, file, actor=ANNE)


def test_only_what_must_be_registered_goes_up(book: Book, tmp_path: Path) -> None:
    with book.reading() as session:
        assert waiting(session.connection()) == []
    made = export_registrations(book, tmp_path / "inv01.json", actor=ANNE)
    assert set(made.numbers) == {number_of(book, "B2B"), number_of(book, "EXP")}
    assert made.unready == ()
    file = json.loads((tmp_path / "inv01.json").read_text())
    assert [one["TranDtls"]["SupTyp"] for one in file] == ["B2B", "EXPWOP"]
    assert file[0]["ValDtls"]["IgstVal"] == 180
    with book.reading() as session:
        connection = session.connection()
        assert registers_since(connection) == date(2026, 5, 31)
        assert [one.number for one in waiting(connection)] == list(made.numbers)


def test_from_the_first_file_on_the_gate_says_what_the_portal_refuses(book: Book, tmp_path: Path) -> None:
    export_registrations(book, tmp_path / "a.json", actor=ANNE)
    facts = Contracts(book)
    facts.items["RET"] = 2
    client = facts.client("BAD", **(ADDRESS | {"tax_id": "27AAPFU0939F1ZV", "postcode": "4110"}))
    facts.one_off(client, None, "2026-06-04", "1000", item_id=1, currency="INR")
    facts.bill("2026-06-30")
    assert [one.code for one in exceptions(book)] == ["portal_refuses"]


def test_a_document_waits_until_it_is_registered(book: Book, tmp_path: Path) -> None:
    ids = [row[0] for row in rows(book, "SELECT id FROM invoice")]
    with book.reading() as session:
        assert deliverable(session.connection(), ids) == set(ids)
    export_registrations(book, tmp_path / "a.json", actor=ANNE)
    number = number_of(book, "B2B")
    key = rows(book, "SELECT id FROM invoice WHERE number = ?", number)[0][0]
    with book.reading() as session:
        free = deliverable(session.connection(), ids)
        assert key not in free
        assert len(free) == 1
    result = taken(book, tmp_path, answer(book, number))
    assert result.registered == (number,)
    with book.reading() as session:
        assert key in deliverable(session.connection(), ids)
    paper = document(book, key)[0]
    assert paper.registration is not None
    assert paper.registration.ack_number == "112610000000001"
    assert paper.registration.irn == irn_of(KARNATAKA, paper.issue_date, "invoice", number)


def test_the_same_answer_again_changes_nothing_and_another_is_refused(book: Book, tmp_path: Path) -> None:
    number = number_of(book, "B2B")
    taken(book, tmp_path, answer(book, number))
    before = rows(book, "SELECT count(*) FROM change_set")
    again = taken(book, tmp_path, answer(book, number))
    assert (again.registered, again.known, again.refused) == ((), (number,), ())
    assert rows(book, "SELECT count(*) FROM change_set") == before
    with pytest.raises(UserError, match="registered already"):
        export_registrations(book, tmp_path / "a.json", actor=ANNE, numbers=[number])


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"Irn": "ab" * 32}, "IRN does not belong"),
        ({"SignedQRCode": "", "DocNo": "@"}, "no signed QR code"),
        ({"Status": "CNL"}, "was cancelled"),
        ({"ErrorDetails": [{"ErrorCode": "2150", "ErrorMessage": "Duplicate IRN"}]}, "2150 Duplicate IRN"),
        ({"SignedQRCode": signed({"DocNo": "@", "SellerGstin": "27AAPFU0939F1ZV"})}, "another seller"),
        ({"SignedQRCode": signed({"DocNo": "@", "DocTyp": "CRN"})}, "another type"),
        ({"SignedQRCode": signed({"DocNo": "NO-1"})}, "no document of this number"),
    ],
)
def test_what_does_not_belong_to_its_document_is_refused(
    book: Book, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    number = number_of(book, "B2B")

    def named(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = value.split(".")
        if len(parts) != 3:
            return value.replace("@", number)
        told = json.loads(json.loads(base64.urlsafe_b64decode(parts[1] + "==="))["data"])
        return signed({name: one.replace("@", number) for name, one in told.items()})

    result = taken(book, tmp_path, answer(book, number, **{name: named(value) for name, value in changes.items()}))
    assert result.registered == ()
    assert words in result.refused[0].reason
    assert rows(book, "SELECT count(*) FROM registration") == [(0,)]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"a": 1}', "no json", "[[[1]]]"])
def test_a_file_that_is_no_answer_is_refused(book: Book, tmp_path: Path, content: str) -> None:
    file = tmp_path / "answer.json"
    file.write_text(content)
    with pytest.raises(UserError, match="no answer of the invoice registration portal"):
        take_answers(book, file, actor=ANNE)


def test_answers_come_wrapped_in_many_ways(book: Book, tmp_path: Path) -> None:
    number = number_of(book, "B2B")
    told = answer(book, number)
    del told["SignedQRCode"]
    wrapped = {"Status": 1, "Data": json.dumps(told | {"SignedQRCode": "a.b.c", "DocNo": number})}
    assert taken(book, tmp_path, wrapped).registered == (number,)


def test_what_the_portal_would_refuse_is_named_and_left_out(book: Book, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No document waits"):
        export_registrations(book, tmp_path / "a.json", actor=ANNE, numbers=[number_of(book, "B2C")])
    facts = Contracts(book)
    facts.items["RET"] = 2
    client = facts.client("BAD", **(ADDRESS | {"tax_id": "27AAPFU0939F1ZV", "postcode": "4110"}))
    facts.one_off(client, None, "2026-06-04", "1000", item_id=1, currency="INR")
    number = issue_all(book, "2026-06-30")
    made = export_registrations(book, tmp_path / "a.json", actor=ANNE)
    assert [one.number for one in made.unready] == [number]
    assert "PIN code" in made.unready[0].problems[0]
    with pytest.raises(UserError, match="PIN code"):
        export_registrations(book, tmp_path / "a.json", actor=ANNE, numbers=[number])
    with pytest.raises(UserError, match="There is no document"):
        export_registrations(book, tmp_path / "a.json", actor=ANNE, numbers=["NO-1"])


def test_a_cancelled_registration_is_not_printed_and_not_asked_for_again(book: Book, tmp_path: Path) -> None:
    number = number_of(book, "B2B")
    with pytest.raises(UserError, match="no registration that stands"):
        cancel_registration(book, number, actor=ANNE)
    taken(book, tmp_path, answer(book, number))
    cancel_registration(book, number, actor=ANNE)
    key = rows(book, "SELECT id FROM invoice WHERE number = ?", number)[0][0]
    assert document(book, key)[0].registration is None
    made = export_registrations(book, tmp_path / "a.json", actor=ANNE)
    assert number not in made.numbers
    assert taken(book, tmp_path, answer(book, number)).known == (number,)


def test_taking_an_answer_in_can_be_undone(book: Book, tmp_path: Path) -> None:
    taken(book, tmp_path, answer(book, number_of(book, "B2B")))
    undo(book, ANNE)
    assert rows(book, "SELECT count(*) FROM registration") == [(0,)]


def test_a_refused_folder_says_so_and_notes_no_day(book: Book, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        export_registrations(book, tmp_path / "none" / "a.json", actor=ANNE)
    with book.reading() as session:
        assert registers_since(session.connection()) is None


def test_a_foreign_export_goes_up_in_the_rupees_it_was_booked_in(tmp_path: Path) -> None:
    with book_of(
        tmp_path, "IN", "INR", tax_id=KARNATAKA, postcode="560001", street="1 Road", city="Bengaluru", region="KA"
    ) as made:
        set_exchange_rate(made, "USD", date(2026, 5, 1), Decimal("83.125"), actor=ANNE)
        facts = Contracts(made)
        facts.item("DEV", unit="hour", hsn_sac="998314", tax="standard")
        client = facts.client("EXP", **(ADDRESS | {"country": "US", "currency": "USD", "region": "Texas"}))
        facts.one_off(client, None, "2026-05-04", "1000", item_id=facts.items["DEV"], currency="USD")
        issue_all(made, "2026-05-31")
        export_registrations(made, tmp_path / "up.json", actor=ANNE)
        (told,) = json.loads((tmp_path / "up.json").read_text())
        assert told["ExpDtls"] == {"ForCur": "USD", "CntCode": "US"}
        assert told["ValDtls"]["TotInvVal"] == 83125
        assert told["ValDtls"]["TotInvValFc"] == 1000
        # The rate is the one that was frozen, whatever is known later.
        set_exchange_rate(made, "USD", date(2026, 5, 2), Decimal(90), actor=ANNE)
        export_registrations(made, tmp_path / "again.json", actor=ANNE)
        assert json.loads((tmp_path / "again.json").read_text())[0]["ValDtls"]["TotInvVal"] == 83125
