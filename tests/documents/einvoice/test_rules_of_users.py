"""The rules that XRechnung (BR-DE) and Peppol BIS Billing 3 add to the standard, as far as the XML is to keep them.

They come in no package. Those that want something of the user (an address, a reference) are the gate's.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from desktop.documents.einvoice.exemptions import exemption
from desktop.domain.document import BankAccount, Document, DocumentTax
from tests.documents.einvoice.invoices import ABROAD, CASES, CLIENT, FIRM, credit_note, invoice
from tests.documents.einvoice.proof import FORMS, breaches, read, written
from tests.documents.einvoice.random_documents import random_document

_UBL = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_CII = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}
_SKONTO = re.compile(r"#(SKONTO)#TAGE=([0-9]+#PROZENT=[0-9]+\.[0-9]{2})(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#")
_GERMAN_TYPES = {"326", "380", "384", "389", "381", "875", "876", "877"}
_PEPPOL_TYPES = {"380", "381", "386"}
_CARD, _DEBIT, _TRANSFER = {"48", "54", "55"}, {"59"}, {"30", "58"}
_SLACK = Decimal("0.02")


class Ubl:
    """An e-invoice in UBL, asked by XPath."""

    def __init__(self, document: Document, form: str) -> None:
        self.root = read(written(document, form))

    def all(self, path: str) -> Any:
        return self.root.xpath(path, namespaces=_UBL)

    def text(self, path: str) -> str:
        return str(self.root.xpath(f"string({path})", namespaces=_UBL))


def _no_empty_element(found: Ubl) -> bool:
    """R008"""
    return not found.all("//*[not(*) and not(normalize-space())]")


def _process_and_one_note(found: Ubl) -> bool:
    """R001, R007, R002"""
    process = found.text("cbc:ProfileID")
    one = len(found.all("cbc:Note")) <= 1
    return one and re.fullmatch(r"urn:fdc:peppol\.eu:2017:poacc:billing:[0-9]{2}:1\.0", process) is not None


def _totals_of_tax(found: Ubl) -> bool:
    """R053, R054, R005, R055"""
    foreign, own = found.text("cbc:TaxCurrencyCode"), found.text("cbc:DocumentCurrencyCode")
    with_groups, without = found.all("cac:TaxTotal[cac:TaxSubtotal]"), found.all("cac:TaxTotal[not(cac:TaxSubtotal)]")
    if len(with_groups) != 1 or len(without) != (1 if foreign else 0) or foreign == own:
        return False
    signs = {Decimal(amount) > 0 for amount in found.all("cac:TaxTotal/cbc:TaxAmount/text()") if Decimal(amount)}
    return len(signs) < 2


def _currencies(found: Ubl) -> bool:
    """R051"""
    own = found.text("cbc:DocumentCurrencyCode")
    others = found.all("//@currencyID[not(ancestor::cac:TaxTotal[not(cac:TaxSubtotal)])]")
    return set(others) == {own}


def _changes(found: Ubl) -> bool:
    """R040, R041, R042, R043"""
    for change in found.all("//cac:AllowanceCharge"):
        said = {etree.QName(part).localname: part.text for part in change}
        if said["ChargeIndicator"] not in ("true", "false") or not said["AllowanceChargeReason"].strip():
            return False
        if ("BaseAmount" in said) != ("MultiplierFactorNumeric" in said) or Decimal(said["Amount"]) < 0:
            return False
        if "BaseAmount" in said:
            reckoned = Decimal(said["BaseAmount"]) * Decimal(said["MultiplierFactorNumeric"]) / 100
            if abs(reckoned - Decimal(said["Amount"])) > _SLACK:
                return False
    return True


def _lines_add_up(found: Ubl) -> bool:
    """R120, R121, R130"""
    for row in found.all("cac:InvoiceLine | cac:CreditNoteLine"):
        (quantity,) = row.xpath("cbc:InvoicedQuantity | cbc:CreditedQuantity", namespaces=_UBL)
        (base,) = row.xpath("cac:Price/cbc:BaseQuantity", namespaces=_UBL)
        (price,) = row.xpath("cac:Price/cbc:PriceAmount", namespaces=_UBL)
        changed = sum(
            Decimal(one.findtext("cbc:Amount", namespaces=_UBL))
            * (1 if one.findtext("cbc:ChargeIndicator", namespaces=_UBL) == "true" else -1)
            for one in row.xpath("cac:AllowanceCharge", namespaces=_UBL)
        )
        net = Decimal(row.findtext("cbc:LineExtensionAmount", namespaces=_UBL))
        reckoned = Decimal(quantity.text) * Decimal(price.text) / Decimal(base.text) + changed
        # A currency without minor units is rounded to whole ones, where the rule allows two cents.
        slack = _SLACK if "." in row.findtext("cbc:LineExtensionAmount", namespaces=_UBL) else Decimal(1)
        if abs(reckoned - net) > slack or Decimal(base.text) <= 0 or base.get("unitCode") != quantity.get("unitCode"):
            return False
    return True


def _periods(found: Ubl) -> bool:
    """R110, R111"""
    if not found.all("cac:InvoicePeriod"):
        return True
    start, end = found.text("cac:InvoicePeriod/cbc:StartDate"), found.text("cac:InvoicePeriod/cbc:EndDate")
    starts, ends = found.all("*/cac:InvoicePeriod/cbc:StartDate/text()"), found.all("*/*/cbc:EndDate/text()")
    return all(start <= one for one in starts) and all(one <= end for one in ends)


def _one_project(found: Ubl) -> bool:
    """R080"""
    return len(found.all("cac:AdditionalDocumentReference[cbc:DocumentTypeCode='50']")) <= 1


def _means_agree(found: Ubl) -> bool:
    """R061, BR-DE-23 to 25"""
    (code,) = set(found.all("cac:PaymentMeans/cbc:PaymentMeansCode/text()"))
    transfer = bool(found.all("cac:PaymentMeans/cac:PayeeFinancialAccount"))
    card = bool(found.all("cac:PaymentMeans/cac:CardAccount"))
    debit = bool(found.all("cac:PaymentMeans/cac:PaymentMandate/cbc:ID"))
    return (transfer, card, debit) == (code in _TRANSFER, code in _CARD, code in _DEBIT | {"49"})


PEPPOL: tuple[Callable[[Ubl], bool], ...] = (
    _no_empty_element,
    _process_and_one_note,
    _totals_of_tax,
    _currencies,
    _changes,
    _lines_add_up,
    _periods,
    _one_project,
)


def _documents() -> Iterator[tuple[str, Document]]:
    for name, make in CASES.items():
        yield name, make()
    for seed in range(100):
        yield f"chance {seed}", random_document(seed)


@pytest.mark.parametrize("rule", PEPPOL, ids=lambda rule: rule.__name__.strip("_"))
@pytest.mark.parametrize("form", ["peppol", "xrechnung_ubl"])
def test_a_rule_of_peppol_holds_in_every_document(rule: Callable[[Ubl], bool], form: str) -> None:
    assert [name for name, document in _documents() if not rule(Ubl(document, form))] == []


def test_the_accounts_go_with_the_means_of_payment() -> None:
    wrong = [name for name, make in CASES.items() if not _means_agree(Ubl(make(), "xrechnung_ubl"))]
    assert wrong == []


def test_a_rule_finds_what_breaks_it() -> None:
    """Each rule, on a document bent to break it, so that none holds by looking at nothing."""
    sound = written(invoice(2, period_start=date(2026, 11, 1), period_end=date(2026, 12, 1)), "peppol")
    bent = {
        _no_empty_element: sound.replace(b"</cac:LegalMonetaryTotal>", b"<cbc:Note/></cac:LegalMonetaryTotal>"),
        _process_and_one_note: sound.replace(b"billing:01:1.0", b"billing:1"),
        _totals_of_tax: sound.replace(b"<cac:TaxSubtotal>", b"<cac:Other>").replace(b"/cac:TaxSubtotal", b"/cac:Other"),
        _currencies: sound.replace(b'PriceAmount currencyID="EUR"', b'PriceAmount currencyID="USD"'),
        _lines_add_up: sound.replace(b">2400.00</cbc:P", b">2400.03</cbc:P"),
        _changes: written(CASES["allowance and charge"](), "peppol").replace(b"Numeric>10.00<", b"Numeric>10.01<"),
        _periods: written(CASES["a line beyond the period"](), "peppol").replace(b"2026-09-01", b"2026-10-01", 1),
        _one_project: sound.replace(
            b"<cac:AccountingSupplierParty>",
            b"<cac:AdditionalDocumentReference><cbc:DocumentTypeCode>50</cbc:DocumentTypeCode>"
            b"</cac:AdditionalDocumentReference>" * 2 + b"<cac:AccountingSupplierParty>",
        ),
    }
    for rule, xml in bent.items():
        found = Ubl.__new__(Ubl)
        found.root = read(xml)
        assert xml != sound
        assert not rule(found), rule.__name__


@pytest.mark.parametrize(
    "form, specification",
    [
        ("facturx", "urn:cen.eu:en16931:2017"),
        ("xrechnung", "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"),
        ("xrechnung_ubl", "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"),
        ("peppol", "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"),
    ],
)
def test_a_form_names_its_specification_and_process(form: str, specification: str) -> None:
    """BR-DE-21, R001, R004"""
    for made in (invoice(1), credit_note()):
        root = read(written(made, form))
        found = [
            str(one)
            for one in root.xpath("/*/*[local-name() = 'CustomizationID']/text()")
            or root.xpath("//*[local-name() = 'GuidelineSpecifiedDocumentContextParameter']/*/text()")
        ]
        assert found == [specification]
        process = root.xpath(
            "/*/*[local-name() = 'ProfileID']/text()"
            " | //*[local-name() = 'BusinessProcessSpecifiedDocumentContextParameter']/*/text()"
        )
        assert process == ([] if form == "facturx" else ["urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"])


def _type_code(document: Document, form: str) -> str:
    root = read(written(document, form))
    path = "/*/*[local-name() = 'InvoiceTypeCode' or local-name() = 'CreditNoteTypeCode']"
    return str(root.xpath(f"string({path} | //*[local-name() = 'ExchangedDocument']/*[local-name() = 'TypeCode'])"))


def test_types_are_those_that_each_form_lists() -> None:
    """BR-DE-17, Peppol P0100 and P0112 (326 and 384 only between Germans)"""
    told = {
        form: {name: _type_code(CASES[name](), form) for name in ("invoice", "deposit", "final", "credit note")}
        for form in FORMS
    }
    assert told["facturx"] == {"invoice": "380", "deposit": "386", "final": "380", "credit note": "381"}
    assert told["peppol"] == told["facturx"]
    assert set(told["peppol"].values()) <= _PEPPOL_TYPES
    assert told["xrechnung"] == told["xrechnung_ubl"] == told["facturx"] | {"deposit": "326"}
    assert set(told["xrechnung"].values()) <= _GERMAN_TYPES


def _terms(document: Document, form: str) -> str:
    root = read(written(document, form))
    found = root.xpath("string(//cac:PaymentTerms/cbc:Note)", namespaces=_UBL)
    return str(found or root.xpath("string(//ram:SpecifiedTradePaymentTerms/ram:Description)", namespaces=_CII))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES)
def test_terms_keep_the_syntax_of_early_payment(case: str, form: str) -> None:
    """BR-DE-18: a line that begins with a number sign has its form, and a line end follows the last of them."""
    said = _terms(CASES[case](), form)
    rows = [row for row in re.split(r"\r?\n", said) if row.strip().startswith("#")]
    assert all(_SKONTO.fullmatch(row.strip()) for row in rows)
    assert not rows or re.match(r"^\s*\n", re.split("#.+#", said)[-1])


def test_early_payment_is_said_as_each_form_reads_it() -> None:
    made = replace(CASES["early payment"](), terms="")
    assert _terms(made, "xrechnung") == _terms(made, "xrechnung_ubl") == "#SKONTO#TAGE=10#PROZENT=2.00#\n"
    for form in ("facturx", "peppol"):
        words, *syntax = _terms(made, form).splitlines()
        assert "2026-12-10" in words
        assert "57.12 EUR" in words
        assert "2798.88 EUR" in words
        assert syntax == ["#SKONTO#TAGE=10#PROZENT=2.00#"]
        assert "#" not in _terms(replace(made, buyer=ABROAD), form)


def test_a_percentage_of_more_decimals_is_told_in_words() -> None:
    made = replace(CASES["early payment"](), discount_percent=Decimal("3.125"))
    assert "3.125 %" in _terms(made, "xrechnung")
    assert "#" not in _terms(made, "xrechnung")


def test_instalments_are_told_one_by_one() -> None:
    rows = _terms(replace(CASES["instalments"](), terms=""), "xrechnung").splitlines()
    assert rows == [
        "Bitte zahlen Sie 2856.00 EUR in 3 Raten:",
        "1 von 3: 2026-11-30, 952.00 EUR",
        "2 von 3: 2026-12-30, 952.00 EUR",
        "3 von 3: 2027-01-29, 952.00 EUR",
    ]


def test_direct_debit_names_creditor_and_account_in_germany() -> None:
    """BR-DE-30, BR-DE-31"""
    made = CASES["direct debit"]()
    ubl = Ubl(made, "xrechnung_ubl")
    assert ubl.text("//cac:AccountingSupplierParty//cac:PartyIdentification/cbc:ID[@schemeID='SEPA']").startswith(
        "DE98"
    )
    assert ubl.text("//cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID") == "DE02120300000000202051"
    cii = read(written(made, "xrechnung"))
    assert cii.xpath("string(//ram:CreditorReferenceID)", namespaces=_CII) == "DE98ZZZ09999999999"
    assert cii.xpath("string(//ram:DirectDebitMandateID)", namespaces=_CII) == "M-17"


def test_germany_gets_a_rate_for_every_group() -> None:
    """BR-DE-14, DE-R-014, even outside the scope of VAT"""
    for form in ("xrechnung_ubl", "peppol"):
        assert Ubl(CASES["outside"](), form).text("//cac:TaxSubtotal//cbc:Percent") == "0"
        assert not Ubl(CASES["outside"](), form).all("//cac:Item//cbc:Percent")


def test_no_more_of_a_card_than_four_digits_leaves_the_house() -> None:
    """BR-51"""
    for form in FORMS:
        xml = written(CASES["card"](), form)
        assert b"4242" in xml
        assert b"42424242" not in xml.replace(b" ", b"")


def test_the_supply_is_dated_by_day_or_period() -> None:
    """BR-DE-TMP-32; a deposit is paid before there is a supply"""
    for name, document in _documents():
        found = Ubl(document, "xrechnung_ubl")
        dated = bool(found.all("cac:InvoicePeriod") or found.all("cac:Delivery/cbc:ActualDeliveryDate"))
        assert dated or document.kind == "deposit", name


def test_danes_bill_each_other_by_their_own_codes() -> None:
    """DK-R-005, DK-R-006, DK-R-013"""
    danes = {"seller": replace(FIRM, country="DK"), "buyer": replace(CLIENT, country="DK"), "currency": "DKK"}
    found = Ubl(invoice(1, **danes), "peppol")
    assert found.text("//cbc:PaymentMeansCode") == "31"
    assert not found.all("//cac:PartyIdentification[not(cbc:ID/@schemeID)]")
    bare = Ubl(invoice(1, **danes, bank=(BankAccount("Brandt", "1234567890"),)), "peppol")
    assert bare.text("//cbc:PaymentMeansCode") == "1"
    assert Ubl(invoice(1, **danes), "xrechnung_ubl").text("//cbc:PaymentMeansCode") == "30"


def test_a_dutch_credit_note_names_no_means_of_payment() -> None:
    """NL-R-008"""
    dutch = credit_note(seller=replace(FIRM, country="NL", tax_id="NL004495445B01"))
    assert not Ubl(dutch, "peppol").all("//cac:PaymentMeans")
    assert breaches(written(dutch, "peppol")) == []


@pytest.mark.parametrize(
    "category, code, expected",
    [
        ("AE", "", "VATEX-EU-AE"),
        ("K", "", "VATEX-EU-IC"),
        ("G", "", "VATEX-EU-G"),
        ("O", "", "VATEX-EU-O"),
        ("E", "", ""),
        ("E", "VATEX-EU-132-1C", "VATEX-EU-132-1C"),
        ("E", "vatex-fr-franchise", "VATEX-FR-FRANCHISE"),
        ("E", "VATEX-EU-AE", ""),
        ("AE", "VATEX-EU-J", ""),
        ("E", "of our own", ""),
        ("Z", "VATEX-EU-G", ""),
    ],
)
def test_a_code_of_exemption_goes_with_its_category(category: str, code: str, expected: str) -> None:
    """BR-CL-22, Peppol P0104 to P0111"""
    tax = DocumentTax(category, Decimal(0), 100, 0, "", "", code)
    words, found = exemption(tax, "de", "DE")
    assert found == expected
    assert bool(words) == (category != "Z")


def test_abroad_no_code_of_the_union_is_made_up() -> None:
    assert exemption(DocumentTax("O", Decimal(0), 100, 0), "de", "CH") == ("Nicht steuerbar.", "")
