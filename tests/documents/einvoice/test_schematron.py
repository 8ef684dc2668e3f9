"""The process that tries e-invoices by the official rules: what it finds, remembers, and survives."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace

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
    found = judge.breaches([sound, broken, sound])
    assert (found[0], found[2]) == ([], [])
    assert "BR-CO-15" in {rule for rule, _said in found[1]}
    assert all(said and not said.startswith("[") for _rule, said in found[1])


def test_what_was_sound_once_is_not_tried_again(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = einvoice_as(invoice(), "facturx")
    assert judge.breaches([sound]) == [[]]
    monkeypatch.setattr(judge, "_ask", lambda _invoices: pytest.fail("asked again"))
    assert judge.breaches([sound]) == [[]]


def test_what_is_no_e_invoice_is_a_failure_and_the_process_goes_on(judge: Judge) -> None:
    with pytest.raises(JudgeFailed):
        judge.breaches([b"<order/>"])
    with pytest.raises(JudgeFailed):
        judge.breaches([b"not xml"])
    assert judge.breaches([einvoice_as(invoice(), "peppol")]) == [[]]


def test_a_killed_process_is_a_failure_and_the_next_batch_starts_another() -> None:
    judge = Judge()
    xml = einvoice_as(invoice(), "facturx")
    broken = einvoice_as(replace(invoice(), gross=invoice().gross + 5), "facturx")
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
