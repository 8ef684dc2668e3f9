"""What an independent reader takes out of the XML is what the document says, to the cent."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from facturx.parse_xml import parse_ubl_cii_xml

from desktop.documents.einvoice.content import changes
from desktop.documents.einvoice.spelling import last_day
from desktop.documents.einvoice.units import unit_code
from desktop.domain.document import Document
from desktop.domain.money import to_minor
from tests.documents.einvoice.invoices import ABROAD, CASES, REGISTERED, credit_note, invoice
from tests.documents.einvoice.proof import written
from tests.documents.einvoice.random_documents import random_document

DAY = timedelta(days=1)


def told(document: Document, form: str) -> Any:
    """By the number of each business term; a PDF's reader knows nothing of XRechnung, so both syntaxes stand here."""
    return parse_ubl_cii_xml(written(document, form), check_xsd=False)


def _minor(text: str, currency: str) -> int:
    return to_minor(Decimal(text), currency)


def _same_totals(document: Document, found: Any) -> None:
    currency = document.currency
    assert (found["BT-1"], found["BT-2"], found["BT-5"]) == (document.number, document.issue_date, currency)
    amounts = {"BT-106": document.net, "BT-109": document.net, "BT-110": document.tax, "BT-112": document.gross}
    amounts |= {"BT-115": document.payable}
    for term, minor in amounts.items():
        assert _minor(found[term], currency) == minor, term
    assert _minor(found.get("BT-113", "0"), currency) == document.prepaid
    assert _minor(found.get("BT-114", "0"), currency) == document.rounding
    if document.tax_in_tax_currency is not None and document.tax_currency != currency:
        assert found["BT-6"] == document.tax_currency
        assert _minor(found["BT-111"], document.tax_currency) == document.tax_in_tax_currency
    else:
        assert "BT-6" not in found


def _same_taxes(document: Document, found: Any) -> None:
    assert [
        (
            group["BT-118"],
            Decimal(group.get("BT-119", "0")),
            _minor(group["BT-116"], document.currency),
            _minor(group["BT-117"], document.currency),
        )
        for group in found["BG-23"]
    ] == [(tax.category, tax.rate, tax.basis, tax.tax) for tax in document.taxes]
    for group in found["BG-23"]:
        # BR-S-10, BR-Z-10 and their like
        assert ("BT-120" in group) == (group["BT-118"] in ("E", "AE", "K", "G", "O"))


def _same_lines(document: Document, found: Any) -> None:
    assert len(found["BG-25"]) == len(document.lines)
    for line, row in zip(document.lines, found["BG-25"], strict=True):
        assert (row["BT-126"], row["BT-130"]) == (str(line.position), unit_code(line.unit))
        assert Decimal(row["BT-129"]) * Decimal(row["BT-146"]) == line.quantity * line.unit_price
        assert Decimal(row["BT-146"]) >= 0
        assert Decimal(row["BT-149"]) == line.base_quantity
        assert _minor(row["BT-131"], document.currency) == line.net
        assert (row["BT-151"], Decimal(row.get("BT-152", "0"))) == (line.category, line.rate)
        if line.period_start and line.period_end:
            assert (row["BT-134"], row["BT-135"]) == (line.period_start, line.period_end - DAY)


@pytest.mark.parametrize("form", ["facturx", "xrechnung", "xrechnung_ubl", "peppol"])
def test_a_reader_finds_the_figures_of_every_case(form: str) -> None:
    for make in CASES.values():
        made = make()
        # What XML cannot hold is gone; the reader of numbers has its own test.
        made = replace(made, number="INV-2026-0418")
        found = told(made, form)
        _same_totals(made, found)
        _same_taxes(made, found)
        _same_lines(made, found)


@pytest.mark.parametrize("form", ["facturx", "peppol"])
def test_a_reader_finds_the_figures_of_documents_by_chance(form: str) -> None:
    for seed in range(80):
        made = random_document(seed)
        found = told(made, form)
        _same_totals(made, found)
        _same_taxes(made, found)
        _same_lines(made, found)


@pytest.mark.parametrize("form", ["facturx", "peppol"])
def test_a_reader_finds_references_and_parties(form: str) -> None:
    made = invoice(
        1,
        buyer=ABROAD,
        contract="V-77",
        project="P-1",
        po_number="4711 & 12",
        seller=replace(invoice().seller, **REGISTERED),
    )
    found = told(made, form)
    assert (found["BT-10"], found["BT-11"], found["BT-12"], found["BT-13"]) == (
        made.buyer_reference,
        "P-1",
        "V-77",
        "4711 & 12",
    )
    assert (found["BT-9"], found["BT-81"], found["BT-83"]) == (made.due_date, "58", made.number)
    assert (found["BT-73"], found["BT-74"]) == (date(2026, 11, 1), date(2026, 11, 30))
    seller, buyer = found["BG-4"], found["BG-7"]
    assert (seller["name"], seller["country_code"], seller["city"]) == (made.seller.name, "DE", "Hamburg")
    assert (seller["einvoicing_addr"], seller["einvoicing_addr_schemeid"]) == ("rechnung@brandt-partner.example", "EM")
    assert seller["legal_info"] == made.seller.registration
    assert (buyer["name"], buyer["einvoicing_addr"], buyer["einvoicing_addr_schemeid"]) == (
        ABROAD.name,
        "40303265045",
        "0009",
    )


@pytest.mark.parametrize("form", ["facturx", "xrechnung_ubl", "peppol"])
def test_preceding_invoices_are_named_with_their_dates(form: str) -> None:
    credit = told(CASES["credit note"](), form)
    assert [(one["BT-25"], one["BT-26"]) for one in credit["BG-3"]] == [("INV-2026-0400", date(2026, 10, 31))]
    final = told(CASES["final"](), form)
    assert [(one["BT-25"], one["BT-26"]) for one in final["BG-3"]] == [
        ("A-3", date(2026, 10, 1)),
        ("A-4", date(2026, 10, 2)),
    ]


@pytest.mark.parametrize("form", ["facturx", "peppol"])
def test_allowances_name_their_base_where_a_percentage_gives_them(form: str) -> None:
    made = CASES["allowance and charge"]()
    first, second = told(made, form)["BG-25"]
    (allowance,), (charge,) = first["BG-27"], second["BG-28"]
    assert allowance == {"amount": "240.00", "base_amount": "2400.00", "rate": "10.00", "reason": "Treue"}
    assert charge == {"amount": "0.05", "reason": "Zuschlag"}
    (turned,) = changes(CASES["returned with its allowance"]().lines[1], "de", "EUR")
    assert (turned.charge, turned.amount, turned.base) == (True, 19_00, None)


def test_a_period_ends_on_its_last_day() -> None:
    assert last_day(date(2026, 12, 1)) == date(2026, 11, 30)


@pytest.mark.parametrize("form", ["facturx", "peppol"])
def test_notes_say_what_a_person_wrote_and_what_being_late_costs(form: str) -> None:
    said = {"intro": "Guten Tag", "closing": "Vielen Dank", "late_clause": "Neun Prozentpunkte."}
    found = "\n".join(note["BT-22"] for note in told(invoice(1, **said), form)["BG-1"])
    assert found == "Guten Tag\nVielen Dank\nNeun Prozentpunkte."
    credit = "\n".join(note["BT-22"] for note in told(credit_note(**said), form)["BG-1"])
    assert credit == "Guten Tag\nGrund: Doppelt berechnet\nVielen Dank"
