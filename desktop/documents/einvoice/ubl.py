"""UBL 2.1 Invoice and CreditNote: Peppol BIS Billing 3, and XRechnung in that syntax.

Text is put together from parts; what comes back from document to document is put together once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from desktop.documents.einvoice.content import (
    BILLING,
    DEBITS,
    PEPPOL,
    XRECHNUNG,
    Means,
    bare,
    both_in,
    changes,
    classification,
    delivered_to,
    electronic_address,
    invoicing_period,
    means,
    notes,
    outside,
    payment_reference,
    preceding,
    price_and_quantity,
    said_detail,
    supplied,
    terms,
    told_tax,
    type_code,
)
from desktop.documents.einvoice.exemptions import exemption
from desktop.documents.einvoice.spelling import amounts, element, escaped, iso, last_day, plain, quoted
from desktop.documents.einvoice.units import unit_code
from desktop.domain.document import BankAccount, Document, DocumentLine, DocumentTax, Party
from desktop.domain.vat_ids import vat_id

_NAMESPACES: Final = (
    ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
)
_SPECIFICATIONS: Final = {"xrechnung": XRECHNUNG, "peppol": PEPPOL}
_VAT: Final = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"


def ubl_xml(document: Document, profile: str) -> bytes:
    """The document as UBL for `profile` "xrechnung" or "peppol"; the same bytes for the same document.

    KeyError for another profile. What the standard cannot say is `einvoice_problem`'s to refuse beforehand.
    """
    credit = document.kind == "credit_note"
    root = "CreditNote" if credit else "Invoice"
    currency = quoted(document.currency)
    spelled = amounts(document.currency)
    code = type_code(document, profile)
    due = "" if credit else f"<cbc:DueDate>{iso(document.due_date)}</cbc:DueDate>"
    foreign = told_tax(document)
    told = "" if foreign is None else element("cbc:TaxCurrencyCode", document.tax_currency)
    lines = "".join([_line(line, document, currency, spelled, credit) for line in document.lines])
    start, end = invoicing_period(document)
    paid = means(document, profile)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"'
        f"{_NAMESPACES}<cbc:CustomizationID>{_SPECIFICATIONS[profile]}</cbc:CustomizationID>"
        f"<cbc:ProfileID>{BILLING}</cbc:ProfileID><cbc:ID>{escaped(document.number)}</cbc:ID>"
        f"<cbc:IssueDate>{iso(document.issue_date)}</cbc:IssueDate>{due}<cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>"
        # Peppol allows a single note (R002); one that begins with a number sign would be read as a code of subject.
        f"{element('cbc:Note', chr(10).join(notes(document)).lstrip('# '))}"
        f"<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>{told}"
        f"{element('cbc:BuyerReference', document.buyer_reference)}{_period(start, end)}"
        f"{_references(document, credit)}{_parties(document, profile, paid)}{_delivery(document)}"
        f"{_means(paid, payment_reference(document), document.mandate, document.debited)}{_terms(document, profile)}"
        f"{_taxes(document, currency, spelled, foreign)}{_totals(document, currency, spelled)}{lines}</{root}>"
    ).encode()


@lru_cache(maxsize=1024)
def _period(start: date | None, end: date | None) -> str:
    """A half-open period, with its last day; nothing where it is not whole."""
    if start is None or end is None or end <= start:
        return ""
    return (
        f"<cac:InvoicePeriod><cbc:StartDate>{iso(start)}</cbc:StartDate>"
        f"<cbc:EndDate>{iso(last_day(end))}</cbc:EndDate></cac:InvoicePeriod>"
    )


def _references(document: Document, credit: bool) -> str:
    parts = [_reference("cac:OrderReference", document.po_number)]
    for number, day in preceding(document):
        issued = f"<cbc:IssueDate>{iso(day)}</cbc:IssueDate>" if day is not None else ""
        parts.append(
            f"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{escaped(number)}</cbc:ID>{issued}"
            "</cac:InvoiceDocumentReference></cac:BillingReference>"
        )
    parts.append(_reference("cac:ContractDocumentReference", document.contract))
    project = element("cbc:ID", document.project)
    if project and credit:
        # A credit note has no element for a project: the standard's binding gives it this one.
        kind = "<cbc:DocumentTypeCode>50</cbc:DocumentTypeCode>"
        parts.append(f"<cac:AdditionalDocumentReference>{project}{kind}</cac:AdditionalDocumentReference>")
    elif project:
        parts.append(f"<cac:ProjectReference>{project}</cac:ProjectReference>")
    return "".join(parts)


def _reference(name: str, number: str) -> str:
    identifier = element("cbc:ID", number)
    return f"<{name}>{identifier}</{name}>" if identifier else ""


def _parties(document: Document, profile: str, paid: Means) -> str:
    untold = outside(document)
    creditor = document.creditor_id if paid.code in DEBITS else ""
    # Between Danes a number without a scheme may not stand (DK-R-013), and a client's code has none.
    coded = not (profile == "peppol" and both_in(document, "DK"))
    return _seller(document.seller, untold, profile, creditor) + _buyer(document.buyer, untold, profile, coded)


@lru_cache(maxsize=64)
def _seller(seller: Party, untold: bool, profile: str, creditor: str) -> str:
    vat = "" if untold else vat_id(seller.country, seller.tax_id)
    number = seller.tax_number or ("" if vat or untold else seller.tax_id)
    # Who has no VAT id to name and stands in no register is known by another number (BR-CO-26).
    known = "" if vat or seller.legal_id else _identification(element("cbc:ID", number or seller.tax_id))
    if creditor := escaped(creditor):
        known += _identification(f'<cbc:ID schemeID="SEPA">{creditor}</cbc:ID>')
    legal = element("cbc:CompanyLegalForm", seller.registration)
    return (
        f"<cac:AccountingSupplierParty><cac:Party>{_endpoint(seller, profile)}{known}"
        f"<cac:PostalAddress>{_address(seller)}</cac:PostalAddress>{_tax_id('VAT', vat)}{_tax_id('FC', number)}"
        f"{_legal(seller, legal)}{_contact(seller, seller.contact or seller.name)}"
        "</cac:Party></cac:AccountingSupplierParty>"
    )


@lru_cache(maxsize=4096)
def _buyer(buyer: Party, untold: bool, profile: str, coded: bool) -> str:
    vat = "" if untold else vat_id(buyer.country, buyer.tax_id)
    return (
        f"<cac:AccountingCustomerParty><cac:Party>{_endpoint(buyer, profile)}"
        f"{_identification(element('cbc:ID', buyer.code)) if coded else ''}"
        f"<cac:PostalAddress>{_address(buyer)}</cac:PostalAddress>{_tax_id('VAT', vat)}{_legal(buyer, '')}"
        f"{_contact(buyer, buyer.contact)}</cac:Party></cac:AccountingCustomerParty>"
    )


def _identification(identifier: str) -> str:
    return f"<cac:PartyIdentification>{identifier}</cac:PartyIdentification>" if identifier else ""


def _endpoint(party: Party, profile: str) -> str:
    address, scheme = electronic_address(party, profile)
    content = escaped(address)
    return f'<cbc:EndpointID schemeID="{quoted(scheme)}">{content}</cbc:EndpointID>' if content else ""


def _address(party: Party) -> str:
    country = f"<cac:Country>{element('cbc:IdentificationCode', party.country)}</cac:Country>" if party.country else ""
    return (
        f"{element('cbc:StreetName', party.street)}{element('cbc:AdditionalStreetName', party.street2)}"
        f"{element('cbc:CityName', party.city)}{element('cbc:PostalZone', party.postcode)}"
        f"{element('cbc:CountrySubentity', party.region)}{country}"
    )


def _tax_id(scheme: str, number: str) -> str:
    content = element("cbc:CompanyID", number)
    if not content:
        return ""
    return f"<cac:PartyTaxScheme>{content}<cac:TaxScheme><cbc:ID>{scheme}</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"


def _legal(party: Party, form: str) -> str:
    number = escaped(party.legal_id)
    if number:
        scheme = f' schemeID="{quoted(party.legal_scheme)}"' if party.legal_scheme else ""
        number = f"<cbc:CompanyID{scheme}>{number}</cbc:CompanyID>"
    name = f"<cbc:RegistrationName>{escaped(party.name)}</cbc:RegistrationName>"
    return f"<cac:PartyLegalEntity>{name}{number}{form}</cac:PartyLegalEntity>"


def _contact(party: Party, name: str) -> str:
    content = (
        f"{element('cbc:Name', name)}{element('cbc:Telephone', party.phone)}"
        f"{element('cbc:ElectronicMail', party.email)}"
    )
    return f"<cac:Contact>{content}</cac:Contact>" if content else ""


def _delivery(document: Document) -> str:
    day, place = supplied(document), delivered_to(document)
    content = f"<cbc:ActualDeliveryDate>{iso(day)}</cbc:ActualDeliveryDate>" if day else ""
    if place:
        content += _delivered(place, document.buyer.country)
    return f"<cac:Delivery>{content}</cac:Delivery>" if content else ""


@lru_cache(maxsize=1024)
def _delivered(place: Party, country: str) -> str:
    if not place.country:
        place = replace(place, country=country)
    name = element("cbc:Name", place.name)
    if name:
        name = f"<cac:DeliveryParty><cac:PartyName>{name}</cac:PartyName></cac:DeliveryParty>"
    return f"<cac:DeliveryLocation><cac:Address>{_address(place)}</cac:Address></cac:DeliveryLocation>{name}"


def _means(paid: Means, reference: str, mandate: str, debited: str) -> str:
    if not paid.code:
        return ""
    start = f"<cac:PaymentMeans><cbc:PaymentMeansCode>{paid.code}</cbc:PaymentMeansCode>"
    start += element("cbc:PaymentID", reference)
    if paid.accounts:
        return "".join([f"{start}{_account(account)}</cac:PaymentMeans>" for account in paid.accounts])
    content = ""
    if paid.card:
        network = escaped(paid.network) or "NA"
        content = (
            f"<cac:CardAccount><cbc:PrimaryAccountNumberID>{escaped(paid.card)}</cbc:PrimaryAccountNumberID>"
            f"<cbc:NetworkID>{network}</cbc:NetworkID></cac:CardAccount>"
        )
    if paid.code in DEBITS:
        account = element("cbc:ID", bare(debited))
        if account:
            account = f"<cac:PayerFinancialAccount>{account}</cac:PayerFinancialAccount>"
        content = element("cbc:ID", mandate) + account
        content = f"<cac:PaymentMandate>{content}</cac:PaymentMandate>" if content else ""
    return f"{start}{content}</cac:PaymentMeans>"


@lru_cache(maxsize=256)
def _account(account: BankAccount) -> str:
    branch = element("cbc:ID", bare(account.bic))
    if branch:
        branch = f"<cac:FinancialInstitutionBranch>{branch}</cac:FinancialInstitutionBranch>"
    return (
        f"<cac:PayeeFinancialAccount>{element('cbc:ID', bare(account.iban))}{element('cbc:Name', account.holder)}"
        f"{branch}</cac:PayeeFinancialAccount>"
    )


def _terms(document: Document, profile: str) -> str:
    said = terms(document, profile)
    if not said:
        return ""
    # The line end after early payment belongs to its syntax, so nothing is trimmed there.
    end = "\n" if said.endswith("\n") else ""
    return f"<cac:PaymentTerms><cbc:Note>{escaped(said)}{end}</cbc:Note></cac:PaymentTerms>"


def _taxes(document: Document, currency: str, spelled: Callable[[int], str], foreign: int | None) -> str:
    groups = "".join(
        [_group(tax, document.language, document.seller.country, currency, spelled) for tax in document.taxes]
    )
    total = (
        f'<cac:TaxTotal><cbc:TaxAmount currencyID="{currency}">{spelled(document.tax)}</cbc:TaxAmount>{groups}'
        "</cac:TaxTotal>"
    )
    if foreign is not None:
        abroad = amounts(document.tax_currency)(foreign)
        total += (
            f'<cac:TaxTotal><cbc:TaxAmount currencyID="{quoted(document.tax_currency)}">{abroad}</cbc:TaxAmount>'
            "</cac:TaxTotal>"
        )
    return total


def _group(tax: DocumentTax, language: str, country: str, currency: str, spelled: Callable[[int], str]) -> str:
    reason, code = exemption(tax, language, country)
    return (
        f'<cac:TaxSubtotal><cbc:TaxableAmount currencyID="{currency}">{spelled(tax.basis)}</cbc:TaxableAmount>'
        f'<cbc:TaxAmount currencyID="{currency}">{spelled(tax.tax)}</cbc:TaxAmount>'
        f"<cac:TaxCategory><cbc:ID>{tax.category}</cbc:ID>{element('cbc:Percent', plain(tax.rate))}"
        f"{element('cbc:TaxExemptionReasonCode', code)}{element('cbc:TaxExemptionReason', reason)}{_VAT}"
        "</cac:TaxCategory></cac:TaxSubtotal>"
    )


def _totals(document: Document, currency: str, spelled: Callable[[int], str]) -> str:
    def amount(name: str, minor: int) -> str:
        return f'<cbc:{name} currencyID="{currency}">{spelled(minor)}</cbc:{name}>'

    return (
        f"<cac:LegalMonetaryTotal>{amount('LineExtensionAmount', document.net)}"
        f"{amount('TaxExclusiveAmount', document.net)}{amount('TaxInclusiveAmount', document.gross)}"
        f"{amount('PrepaidAmount', document.prepaid) if document.prepaid else ''}"
        f"{amount('PayableRoundingAmount', document.rounding) if document.rounding else ''}"
        f"{amount('PayableAmount', document.payable)}</cac:LegalMonetaryTotal>"
    )


def _line(line: DocumentLine, document: Document, currency: str, spelled: Callable[[int], str], credit: bool) -> str:
    unit = unit_code(line.unit)
    quantity, price = price_and_quantity(line)
    root, counted = ("CreditNoteLine", "CreditedQuantity") if credit else ("InvoiceLine", "InvoicedQuantity")
    name = escaped(line.description) or str(line.position)
    detail = element("cbc:Description", said_detail(line.detail, document.language)) if line.detail else ""
    changed = ""
    if line.allowance or line.charge:
        changed = _changes(line, document.language, currency, spelled)
    return (
        f"<cac:{root}><cbc:ID>{line.position}</cbc:ID>{element('cbc:Note', line.group)}"
        f'<cbc:{counted} unitCode="{unit}">{quantity}</cbc:{counted}>'
        f'<cbc:LineExtensionAmount currencyID="{currency}">{spelled(line.net)}</cbc:LineExtensionAmount>'
        f"{_period(line.period_start, line.period_end)}{changed}"
        f"<cac:Item>{detail}<cbc:Name>{name}</cbc:Name>{_class(line.classification) if line.classification else ''}"
        f"{_line_tax(line.category, line.rate)}</cac:Item>"
        f'<cac:Price><cbc:PriceAmount currencyID="{currency}">{price}</cbc:PriceAmount>'
        f'<cbc:BaseQuantity unitCode="{unit}">{plain(line.base_quantity)}</cbc:BaseQuantity></cac:Price></cac:{root}>'
    )


@lru_cache(maxsize=256)
def _class(code: str) -> str:
    listed, text = classification(code)
    return (
        f'<cac:CommodityClassification><cbc:ItemClassificationCode listID="{listed}">{escaped(text)}'
        "</cbc:ItemClassificationCode></cac:CommodityClassification>"
    )


@lru_cache(maxsize=256)
def _line_tax(category: str, rate: Decimal) -> str:
    percent = "" if category == "O" else f"<cbc:Percent>{plain(rate)}</cbc:Percent>"
    return f"<cac:ClassifiedTaxCategory><cbc:ID>{category}</cbc:ID>{percent}{_VAT}</cac:ClassifiedTaxCategory>"


def _changes(line: DocumentLine, language: str, currency: str, spelled: Callable[[int], str]) -> str:
    parts = []
    for change in changes(line, language, currency):
        factor = base = ""
        if change.base is not None:
            factor = f"<cbc:MultiplierFactorNumeric>{change.percent}</cbc:MultiplierFactorNumeric>"
            base = f'<cbc:BaseAmount currencyID="{currency}">{spelled(change.base)}</cbc:BaseAmount>'
        parts.append(
            f"<cac:AllowanceCharge><cbc:ChargeIndicator>{'true' if change.charge else 'false'}</cbc:ChargeIndicator>"
            f"<cbc:AllowanceChargeReason>{escaped(change.reason)}</cbc:AllowanceChargeReason>{factor}"
            f'<cbc:Amount currencyID="{currency}">{spelled(change.amount)}</cbc:Amount>{base}</cac:AllowanceCharge>'
        )
    return "".join(parts)
