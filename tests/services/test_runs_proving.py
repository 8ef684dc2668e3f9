"""The official rules in the gate: what they refuse waits, and what goes wrong with them stops nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest

from db.engine import Book
from desktop.documents.einvoice.schematron import Breach, JudgeFailed
from desktop.services.rules import set_rule
from desktop.services.runs import exceptions, look_again, proving
from tests.contracts import ANNE, Contracts, rows, value
from tests.einvoicing import sound_book, sound_client

REFUSED = [("BR-CO-99", "Something is not as it should be.")]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with sound_book(tmp_path) as book:
        yield book


class Told:
    """Stands for the judge: says what the test wants and keeps what it was asked."""

    def __init__(self, answer: Sequence[Breach] | Exception) -> None:
        self.answer = answer
        self.asked: list[int] = []

    def breaches(self, invoices: Sequence[bytes], alone: Collection[int] = ()) -> list[list[Breach]]:
        self.asked.append(len(invoices))
        assert not alone
        assert all(xml.startswith(b"<?xml") for xml in invoices)
        if isinstance(self.answer, Exception):
            raise self.answer
        return [list(self.answer) for _ in invoices]


def judge(monkeypatch: pytest.MonkeyPatch, answer: Sequence[Breach] | Exception, *, there: bool = True) -> Told:
    told = Told(answer)
    monkeypatch.setattr(proving, "JUDGE", told)
    monkeypatch.setattr(proving, "available", lambda: there)
    return told


def billed(book: Book, forms: Sequence[str]) -> int:
    made = Contracts(book)
    for at, form in enumerate(forms):
        made.agreement(sound_client(made, f"C{at}", form, endpoint="DE129273398", endpoint_scheme="9930"), f"A{at}")
    made.bill("2026-01-31")
    return int(value(book, "SELECT count(*) FROM invoice"))


def test_a_refused_draft_waits_and_names_the_rule(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    judge(monkeypatch, REFUSED)
    assert billed(book, ["xrechnung", "none"]) == 1
    (found,) = exceptions(book)
    assert (found.code, found.severity) == ("schematron", "block")
    assert found.message == (
        "The official rules of e-invoices refuse it by BR-CO-99: Something is not as it should be."
    )
    judge(monkeypatch, [])
    assert look_again(book, [found.draft_id], actor=ANNE) == 1


def test_a_run_is_tried_in_one_batch_and_only_its_e_invoices(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    told = judge(monkeypatch, [])
    assert billed(book, ["facturx", "none", "peppol", "xrechnung", "none"]) == 5
    assert told.asked == [3]


def test_what_goes_wrong_with_the_rules_stops_nothing(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    judge(monkeypatch, JudgeFailed("the process ended"))
    assert billed(book, ["facturx"]) == 1
    assert rows(book, "SELECT code, severity FROM finding") == [("schematron", "note")]


def test_nothing_is_asked_where_they_are_not_installed_or_switched_off(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judge(monkeypatch, REFUSED, there=False).asked == []
    assert billed(book, ["facturx"]) == 1
    told = judge(monkeypatch, REFUSED)
    set_rule(book, "schematron", enabled=False, severity="block", parameters={}, actor=ANNE)
    made = Contracts(book)
    made.bill("2026-02-28")
    assert told.asked == []
    assert value(book, "SELECT count(*) FROM invoice") == 2


def test_what_is_blocked_already_is_not_tried(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    told = judge(monkeypatch, REFUSED)
    made = Contracts(book)
    made.agreement(sound_client(made, form="xrechnung", buyer_reference=""))
    made.bill("2026-01-31")
    assert told.asked == []
