"""UN/CEFACT Cross Industry Invoice D16B: the XML inside a Factur-X PDF, and XRechnung in that syntax.

Text is put together from parts; what comes back from document to document (seller, bank, a repeated line text) is
put together once.
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
    CORE,
    DEBITS,
    XRECHNUNG,
    Means,
    bare,
    changes,
    classification,
    delivered_to,
    electronic_address,
    invoicing_period,
    is_iban,
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
from desktop.documents.einvoice.spelling import amounts, compact, element, escaped, last_day, plain, quoted
from desktop.documents.einvoice.units import unit_code
from desktop.domain.document import BankAccount, Document, DocumentLine, DocumentTax, Party
from desktop.domain.vat_ids import vat_id

_START: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"'
    ' xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100"'
    ' xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"'
    ' xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"><rsm:ExchangedDocumentContext>'
)
_GUIDELINE: Final = (
    "<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>{}</ram:ID>"
    "</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext><rsm:ExchangedDocument>"
)
_PROCESS: Final = (
    "<ram:BusinessProcessSpecifiedDocumentContextParameter>"
    f"<ram:ID>{BILLING}</ram:ID></ram:BusinessProcessSpecifiedDocumentContextParameter>"
)
_STARTS: Final = {
    "facturx": _START + _GUIDELINE.format(CORE),
    "xrechnung": _START + _PROCESS + _GUIDELINE.format(XRECHNUNG),
}


def cii_xml(document: Document, profile: str) -> bytes:
    """The document as CII for `profile` "facturx" (EN 16931) or "xrechnung"; the same bytes for the same document.

    KeyError for another profile. What the standard cannot say is `einvoice_problem`'s to refuse beforehand.
    """
    spelled = amounts(document.currency)
    language = document.language
    lines = "".join([_line(line, language, document.currency, spelled) for line in document.lines])
    noted = "".join(
        [
            f"<ram:IncludedNote><ram:Content>{escaped(text)}</ram:Content></ram:IncludedNote>"
            for text in notes(document)
            if escaped(text)
        ]
    )
    return (
        f"{_STARTS[profile]}<ram:ID>{escaped(document.number)}</ram:ID>"
        f"<ram:TypeCode>{type_code(document, profile)}</ram:TypeCode>"
        f"<ram:IssueDateTime>{_day(document.issue_date)}</ram:IssueDateTime>{noted}</rsm:ExchangedDocument>"
        f"<rsm:SupplyChainTradeTransaction>{lines}{_agreement(document, profile)}{_delivery(document)}"
        f"{_settlement(document, profile, spelled)}"
        "</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"
    ).encode()


@lru_cache(maxsize=4096)
def _day(day: date) -> str:
    return f'<udt:DateTimeString format="102">{compact(day)}</udt:DateTimeString>'


@lru_cache(maxsize=1024)
def _period(start: date | None, end: date | None) -> str:
    """A half-open period, with its last day; nothing where it is not whole."""
    if start is None or end is None or end <= start:
        return ""
    return (
        f"<ram:BillingSpecifiedPeriod><ram:StartDateTime>{_day(start)}</ram:StartDateTime>"
        f"<ram:EndDateTime>{_day(last_day(end))}</ram:EndDateTime></ram:BillingSpecifiedPeriod>"
    )


def _line(line: DocumentLine, language: str, currency: str, spelled: Callable[[int], str]) -> str:
    unit = unit_code(line.unit)
    quantity, price = price_and_quantity(line)
    name = escaped(line.description) or str(line.position)
    detail = element("ram:Description", said_detail(line.detail, language)) if line.detail else ""
    note = ""
    if line.group and (group := escaped(line.group)):
        note = f"<ram:IncludedNote><ram:Content>{group}</ram:Content></ram:IncludedNote>"
    changed = ""
    if line.allowance or line.charge:
        changed = _changes(line, language, currency, spelled)
    return (
        "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>"
        f"<ram:LineID>{line.position}</ram:LineID>{note}</ram:AssociatedDocumentLineDocument>"
        f"<ram:SpecifiedTradeProduct><ram:Name>{name}</ram:Name>{detail}"
        f"{_class(line.classification) if line.classification else ''}</ram:SpecifiedTradeProduct>"
        "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>"
        f'<ram:ChargeAmount>{price}</ram:ChargeAmount><ram:BasisQuantity unitCode="{unit}">'
        f"{plain(line.base_quantity)}</ram:BasisQuantity></ram:NetPriceProductTradePrice>"
        "</ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery>"
        f'<ram:BilledQuantity unitCode="{unit}">{quantity}</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>'
        f"<ram:SpecifiedLineTradeSettlement>{_line_tax(line.category, line.rate)}"
        f"{_period(line.period_start, line.period_end)}{changed}"
        "<ram:SpecifiedTradeSettlementLineMonetarySummation>"
        f"<ram:LineTotalAmount>{spelled(line.net)}</ram:LineTotalAmount>"
        "</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>"
        "</ram:IncludedSupplyChainTradeLineItem>"
    )


@lru_cache(maxsize=256)
def _class(code: str) -> str:
    listed, bare = classification(code)
    return (
        f'<ram:DesignatedProductClassification><ram:ClassCode listID="{listed}">{escaped(bare)}</ram:ClassCode>'
        "</ram:DesignatedProductClassification>"
    )


@lru_cache(maxsize=256)
def _line_tax(category: str, rate: Decimal) -> str:
    percent = "" if category == "O" else f"<ram:RateApplicablePercent>{plain(rate)}</ram:RateApplicablePercent>"
    return (
        f"<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>{category}</ram:CategoryCode>"
        f"{percent}</ram:ApplicableTradeTax>"
    )


def _changes(line: DocumentLine, language: str, currency: str, spelled: Callable[[int], str]) -> str:
    parts = []
    for change in changes(line, language, currency):
        base = ""
        if change.base is not None:
            base = (
                f"<ram:CalculationPercent>{change.percent}</ram:CalculationPercent>"
                f"<ram:BasisAmount>{spelled(change.base)}</ram:BasisAmount>"
            )
        parts.append(
            "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator>"
            f"<udt:Indicator>{'true' if change.charge else 'false'}</udt:Indicator></ram:ChargeIndicator>{base}"
            f"<ram:ActualAmount>{spelled(change.amount)}</ram:ActualAmount>"
            f"<ram:Reason>{escaped(change.reason)}</ram:Reason></ram:SpecifiedTradeAllowanceCharge>"
        )
    return "".join(parts)


def _agreement(document: Document, profile: str) -> str:
    untold = outside(document)
    parts = [
        "<ram:ApplicableHeaderTradeAgreement>",
        element("ram:BuyerReference", document.buyer_reference),
        _seller(document.seller, untold, profile),
        _buyer(document.buyer, untold, profile),
        _reference("ram:BuyerOrderReferencedDocument", document.po_number),
        _reference("ram:ContractReferencedDocument", document.contract),
    ]
    if project := escaped(document.project):
        parts.append(
            f"<ram:SpecifiedProcuringProject><ram:ID>{project}</ram:ID><ram:Name>{project}</ram:Name>"
            "</ram:SpecifiedProcuringProject>"
        )
    parts.append("</ram:ApplicableHeaderTradeAgreement>")
    return "".join(parts)


def _reference(name: str, number: str) -> str:
    identifier = element("ram:IssuerAssignedID", number)
    return f"<{name}>{identifier}</{name}>" if identifier else ""


@lru_cache(maxsize=64)
def _seller(seller: Party, untold: bool, profile: str) -> str:
    vat = "" if untold else vat_id(seller.country, seller.tax_id)
    number = seller.tax_number or ("" if vat or untold else seller.tax_id)
    # Who has no VAT id to name and stands in no register is known by another number (BR-CO-26).
    known = "" if vat or seller.legal_id else element("ram:ID", number or seller.tax_id)
    registered = element("ram:Description", seller.registration)
    ids = _tax_id("VA", vat) + _tax_id("FC", number)
    return (
        f"<ram:SellerTradeParty>{known}<ram:Name>{escaped(seller.name)}</ram:Name>{registered}"
        f"{_legal(seller)}{_contact(seller, seller.contact or seller.name)}{_address(seller)}"
        f"{_endpoint(seller, profile)}{ids}</ram:SellerTradeParty>"
    )


@lru_cache(maxsize=4096)
def _buyer(buyer: Party, untold: bool, profile: str) -> str:
    vat = "" if untold else vat_id(buyer.country, buyer.tax_id)
    return (
        f"<ram:BuyerTradeParty>{element('ram:ID', buyer.code)}<ram:Name>{escaped(buyer.name)}</ram:Name>"
        f"{_legal(buyer)}{_contact(buyer, buyer.contact)}{_address(buyer)}{_endpoint(buyer, profile)}"
        f"{_tax_id('VA', vat)}</ram:BuyerTradeParty>"
    )


def _tax_id(scheme: str, number: str) -> str:
    content = escaped(number)
    if not content:
        return ""
    return (
        f'<ram:SpecifiedTaxRegistration><ram:ID schemeID="{scheme}">{content}</ram:ID></ram:SpecifiedTaxRegistration>'
    )


def _legal(party: Party) -> str:
    number = escaped(party.legal_id)
    if not number:
        return ""
    scheme = f' schemeID="{quoted(party.legal_scheme)}"' if party.legal_scheme else ""
    return f"<ram:SpecifiedLegalOrganization><ram:ID{scheme}>{number}</ram:ID></ram:SpecifiedLegalOrganization>"


def _contact(party: Party, name: str) -> str:
    parts = [element("ram:PersonName", name)]
    if phone := element("ram:CompleteNumber", party.phone):
        parts.append(f"<ram:TelephoneUniversalCommunication>{phone}</ram:TelephoneUniversalCommunication>")
    if email := element("ram:URIID", party.email):
        parts.append(f"<ram:EmailURIUniversalCommunication>{email}</ram:EmailURIUniversalCommunication>")
    content = "".join(parts)
    return f"<ram:DefinedTradeContact>{content}</ram:DefinedTradeContact>" if content else ""


def _address(party: Party) -> str:
    return (
        f"<ram:PostalTradeAddress>{element('ram:PostcodeCode', party.postcode)}{element('ram:LineOne', party.street)}"
        f"{element('ram:LineTwo', party.street2)}{element('ram:CityName', party.city)}"
        f"{element('ram:CountryID', party.country)}{element('ram:CountrySubDivisionName', party.region)}"
        "</ram:PostalTradeAddress>"
    )


def _endpoint(party: Party, profile: str) -> str:
    address, scheme = electronic_address(party, profile)
    content = escaped(address)
    if not content:
        return ""
    return (
        f'<ram:URIUniversalCommunication><ram:URIID schemeID="{quoted(scheme)}">{content}</ram:URIID>'
        "</ram:URIUniversalCommunication>"
    )


def _delivery(document: Document) -> str:
    parts = []
    if place := delivered_to(document):
        parts.append(_ship_to(place, document.buyer.country))
    if day := supplied(document):
        parts.append(
            f"<ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>{_day(day)}</ram:OccurrenceDateTime>"
            "</ram:ActualDeliverySupplyChainEvent>"
        )
    # The schema wants the element, and no element may be empty (Peppol R008): the buyer's name is always true.
    content = "".join(parts) or _receiver(document.buyer.name)
    return f"<ram:ApplicableHeaderTradeDelivery>{content}</ram:ApplicableHeaderTradeDelivery>"


def _receiver(name: str) -> str:
    return f"<ram:ShipToTradeParty><ram:Name>{escaped(name)}</ram:Name></ram:ShipToTradeParty>"


@lru_cache(maxsize=1024)
def _ship_to(place: Party, country: str) -> str:
    if not place.country:
        place = replace(place, country=country)
    return f"<ram:ShipToTradeParty>{element('ram:Name', place.name)}{_address(place)}</ram:ShipToTradeParty>"


def _settlement(document: Document, profile: str, spelled: Callable[[int], str]) -> str:
    paid = means(document, profile)
    debit = paid.code in DEBITS
    taxes = "".join([_tax(tax, document.language, document.seller.country, spelled) for tax in document.taxes])
    told, abroad = "", ""
    if (foreign := told_tax(document)) is not None:
        told = f"<ram:TaxCurrencyCode>{escaped(document.tax_currency)}</ram:TaxCurrencyCode>"
        abroad = (
            f'<ram:TaxTotalAmount currencyID="{escaped(document.tax_currency)}">'
            f"{amounts(document.tax_currency)(foreign)}</ram:TaxTotalAmount>"
        )
    rounding = f"<ram:RoundingAmount>{spelled(document.rounding)}</ram:RoundingAmount>" if document.rounding else ""
    prepaid = (
        f"<ram:TotalPrepaidAmount>{spelled(document.prepaid)}</ram:TotalPrepaidAmount>" if document.prepaid else ""
    )
    start, end = invoicing_period(document)
    return (
        "<ram:ApplicableHeaderTradeSettlement>"
        f"{element('ram:CreditorReferenceID', document.creditor_id) if debit else ''}"
        f"{element('ram:PaymentReference', payment_reference(document))}{told}"
        f"<ram:InvoiceCurrencyCode>{escaped(document.currency)}</ram:InvoiceCurrencyCode>"
        f"{_means(paid, document.debited)}{taxes}{_period(start, end)}{_terms(document, profile, debit)}"
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{spelled(document.net)}</ram:LineTotalAmount>"
        f"<ram:TaxBasisTotalAmount>{spelled(document.net)}</ram:TaxBasisTotalAmount>"
        f'<ram:TaxTotalAmount currencyID="{escaped(document.currency)}">{spelled(document.tax)}</ram:TaxTotalAmount>'
        f"{abroad}{rounding}<ram:GrandTotalAmount>{spelled(document.gross)}</ram:GrandTotalAmount>{prepaid}"
        f"<ram:DuePayableAmount>{spelled(document.payable)}</ram:DuePayableAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"{_preceding(document) if document.corrects or document.deposits else ''}"
        "</ram:ApplicableHeaderTradeSettlement>"
    )


@lru_cache(maxsize=1024)
def _means(paid: Means, debited: str) -> str:
    start, end = "<ram:SpecifiedTradeSettlementPaymentMeans>", "</ram:SpecifiedTradeSettlementPaymentMeans>"
    start += f"<ram:TypeCode>{paid.code}</ram:TypeCode>"
    if paid.accounts:
        return "".join([f"{start}{_account(account)}{end}" for account in paid.accounts])
    if paid.code in DEBITS and (account := element("ram:IBANID", bare(debited))):
        account = f"<ram:PayerPartyDebtorFinancialAccount>{account}</ram:PayerPartyDebtorFinancialAccount>"
        return start + account + end
    if paid.card:
        card = f"<ram:ID>{escaped(paid.card)}</ram:ID>"
        card = f"<ram:ApplicableTradeSettlementFinancialCard>{card}</ram:ApplicableTradeSettlementFinancialCard>"
        return start + card + end
    return start + end


def _account(account: BankAccount) -> str:
    number = bare(account.iban)
    iban = is_iban(number)
    institution = element("ram:BICID", bare(account.bic))
    if institution:
        institution = (
            f"<ram:PayeeSpecifiedCreditorFinancialInstitution>{institution}"
            "</ram:PayeeSpecifiedCreditorFinancialInstitution>"
        )
    return (
        f"<ram:PayeePartyCreditorFinancialAccount>{element('ram:IBANID', number) if iban else ''}"
        f"{element('ram:AccountName', account.holder)}{'' if iban else element('ram:ProprietaryID', number)}"
        f"</ram:PayeePartyCreditorFinancialAccount>{institution}"
    )


def _tax(tax: DocumentTax, language: str, country: str, spelled: Callable[[int], str]) -> str:
    reason, code = exemption(tax, language, country)
    return (
        f"<ram:ApplicableTradeTax><ram:CalculatedAmount>{spelled(tax.tax)}</ram:CalculatedAmount>"
        f"<ram:TypeCode>VAT</ram:TypeCode>{element('ram:ExemptionReason', reason)}"
        f"<ram:BasisAmount>{spelled(tax.basis)}</ram:BasisAmount><ram:CategoryCode>{tax.category}</ram:CategoryCode>"
        f"{element('ram:ExemptionReasonCode', code)}{element('ram:RateApplicablePercent', plain(tax.rate))}"
        "</ram:ApplicableTradeTax>"
    )


def _terms(document: Document, profile: str, debit: bool) -> str:
    said = terms(document, profile)
    parts = []
    if said:
        # The line end after early payment belongs to its syntax, so nothing is trimmed there.
        end = "\n" if said.endswith("\n") else ""
        parts.append(f"<ram:Description>{escaped(said)}{end}</ram:Description>")
    if document.kind != "credit_note":
        parts.append(f"<ram:DueDateDateTime>{_day(document.due_date)}</ram:DueDateDateTime>")
    if debit:
        parts.append(element("ram:DirectDebitMandateID", document.mandate))
    content = "".join(parts)
    return f"<ram:SpecifiedTradePaymentTerms>{content}</ram:SpecifiedTradePaymentTerms>" if content else ""


def _preceding(document: Document) -> str:
    parts = []
    for number, day in preceding(document):
        issued = ""
        if day is not None:
            issued = (
                '<ram:FormattedIssueDateTime><qdt:DateTimeString format="102">'
                f"{compact(day)}</qdt:DateTimeString></ram:FormattedIssueDateTime>"
            )
        parts.append(
            f"<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>{escaped(number)}</ram:IssuerAssignedID>{issued}"
            "</ram:InvoiceReferencedDocument>"
        )
    return "".join(parts)
