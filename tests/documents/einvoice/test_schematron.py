"""The process that tries e-invoices by the official rules: what it finds, remembers, and survives."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from desktop.documents.einvoice import schematron
from desktop.documents.einvoice.schematron import Judge, JudgeFailed
from desktop.documents.forms import einvoice_as
from tests.documents.einvoice.invoices import invoice

FORMS = ("facturx", "xrechnung", "xrechnung_ubl", "peppol")


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    made = Judge()
    yield made
    made.close()


@pytest.mark.parametrize("form", FORMS)
def test_it_tells_a_broken_e_invoice_from_a_sound_one(judge: Judge, form: str) -> None:
    sound = einvoice_as(invoice(), form)
    broken = einvoice_as(replace(invoice(), gross=invoice().gross + 5), form)
    found = judge.breaches([sound, broken, sound], {1})
    assert (found[0], found[2]) == ([], [])
    assert "BR-CO-15" in {rule for rule, _said in found[1]}
    assert all(said and not said.startswith("[") for _rule, said in found[1])


def test_what_was_sound_once_is_not_tried_again(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = einvoice_as(invoice(), "facturx")
    assert judge.breaches([sound]) == [[]]
    monkeypatch.setattr(judge, "_ask", lambda _invoices: pytest.fail("asked again"))
    assert judge.breaches([sound]) == [[]]


def test_of_one_shape_one_stands_for_all_and_of_a_refused_one_each_for_itself() -> None:
    judge = Judge()
    asked: list[int] = []
    ask = judge._ask

    def count(invoices: list[bytes]) -> list[list[schematron.Breach]]:
        asked.append(len(invoices))
        return ask(invoices)

    judge._ask = count  # type: ignore[method-assign]
    given = invoice()
    named = replace(given, number="INV-9", buyer=replace(given.buyer, name="Somebody else"))
    dearer = replace(given, number="INV-10", po_number="77")
    assert judge.breaches([einvoice_as(one, "peppol") for one in (given, named, dearer)]) == [[], [], []]
    assert judge.breaches([einvoice_as(replace(given, number="INV-11"), "peppol")]) == [[]]
    shapes = {schematron.shape(einvoice_as(one, "peppol")) for one in (given, named, dearer)}
    assert asked == [len(shapes)]
    wrong = [einvoice_as(replace(given, number=str(k), gross=given.gross + k), "facturx") for k in (5, 6, 7)]
    nowhere = [one.replace(b"DE</ram:CountryID>", b"QQ</ram:CountryID>") for one in wrong]
    assert all(judge.breaches(nowhere))
    assert asked[1:] == [1, 2]
    judge.close()


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "USD"},
        {"kind": "deposit"},
        {"po_number": "77"},
        {"means": "card", "card": "4242"},
        {"seller": replace(invoice().seller, tax_id="FR40303265045", country="FR")},
        {"buyer": replace(invoice().buyer, endpoint="4006381333931", endpoint_scheme="0088")},
        {"rounding": 1, "payable": invoice().payable + 1},
    ],
)
def test_what_the_rules_look_at_is_another_shape(change: dict[str, Any]) -> None:
    given = replace(invoice(), po_number="")
    for form in FORMS:
        assert schematron.shape(einvoice_as(given, form)) != schematron.shape(
            einvoice_as(replace(given, **change), form)
        )


def test_what_is_no_e_invoice_is_a_failure_and_the_process_goes_on(judge: Judge) -> None:
    with pytest.raises(JudgeFailed):
        judge.breaches([b"<order/>"])
    with pytest.raises(JudgeFailed):
        judge.breaches([b"not xml"])
    assert judge.breaches([einvoice_as(invoice(), "peppol")]) == [[]]


def test_a_killed_process_is_a_failure_and_the_next_batch_starts_another() -> None:
    judge = Judge()
    xml = einvoice_as(invoice(), "facturx")
    broken = einvoice_as(replace(invoice(), tax_currency="", seller=replace(invoice().seller, country="")), "facturx")
    assert judge.breaches([xml]) == [[]]
    os.kill(judge._process.pid, signal.SIGSTOP)
    os.kill(judge._process.pid, signal.SIGKILL)
    judge._process.join()
    assert judge.breaches([broken])[0]
    judge._pipe.close()  # type: ignore[union-attr]
    with pytest.raises(JudgeFailed):
        judge.breaches([broken])
    assert judge.breaches([broken])[0]
    judge.close()


def test_without_the_rules_nothing_is_available(monkeypatch: pytest.MonkeyPatch) -> None:
    schematron.available.cache_clear()
    monkeypatch.setattr(schematron, "find_spec", lambda name: None)
    assert not schematron.available()
    monkeypatch.undo()
    schematron.available.cache_clear()
    assert schematron.available()
