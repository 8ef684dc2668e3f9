"""Whether an issued document can be sent as an e-invoice at all: the gate asks before the number is taken, but a
document may have been issued for paper alone."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.documents.einvoice.problem import einvoice_problem
from desktop.domain.document import Document, Party
from desktop.domain.electronic_address import NOT_PEPPOL
from desktop.domain.letter import Letter
from desktop.domain.vat_ids import vat_id
from desktop.errors import UserError
from desktop.i18n import _
from desktop.saying import put

_NAMES = {
    "facturx": "Factur-X",
    "xrechnung": "XRechnung",
    "xrechnung_ubl": "XRechnung",
    "ubl": "Peppol",
}
_UNTAXED = "O"


def unfit(document: Document | Letter, form: str) -> UserError | None:
    """Why the document cannot take that form, in one sentence; None where it can, and for plain paper."""
    if form == "pdf":
        return None
    name = _NAMES[form]
    if not isinstance(document, Document):
        return UserError(
            _("{number} is not an invoice, so there is no {form} of it.").format(number=document.number, form=name),
            _("Write it as PDF."),
        )
    if document.sandbox:
        return UserError(
            _("A sandbox writes no {form}: a file for programs cannot be told from a real one.").format(form=name),
            _("Write it as PDF; it carries the mark of the sandbox."),
        )
    if not document.number:
        return UserError(
            _("A draft has no number yet, so it cannot be written as {form}.").format(form=name),
            _("Issue it first, or write it as PDF."),
        )
    if problem := einvoice_problem(document):
        return UserError(
            _("{number} cannot be written as {form}. {problem}").format(
                number=document.number, form=name, problem=put(problem)
            ),
            _("Write it as PDF."),
        )
    missing = list(_missing(document, form))
    if not missing:
        return None
    return UserError(
        _("{number} cannot be written as {form}; it was issued without: {parts}.").format(
            number=document.number, form=name, parts=", ".join(missing)
        ),
        _("Write it as PDF, or complete the firm and the client, credit it and issue it again."),
    )


def _missing(document: Document, form: str) -> Iterator[str]:
    seller, buyer = document.seller, document.buyer
    categories = {group.category for group in document.taxes}
    # BR-06 to 11
    if not seller.country:
        yield _("the firm's country")
    if not buyer.country:
        yield _("the client's country")
    # BR-CO-26, BR-S-02 and their like
    taxed = categories - {_UNTAXED}
    told = seller.tax_id or seller.tax_number
    if not (told or (seller.legal_id and not taxed)):
        yield _("the firm's VAT id or register number")
    # BR-G-02, BR-IC-02
    elif (categories & {"G", "K"}) and not vat_id(seller.country, seller.tax_id):
        yield _("the firm's VAT id")
    # BR-AE-02, BR-IC-02
    if (categories & {"AE", "K"}) and not (
        vat_id(buyer.country, buyer.tax_id) or ("K" not in categories and buyer.legal_id)
    ):
        yield _("the client's VAT id")
    if form == "facturx":
        return
    # PEPPOL-EN16931-R061, BR-DE-25
    if document.means == "debit" and document.kind != "credit_note" and not document.mandate:
        yield _("the mandate of the direct debit")
    # PEPPOL-EN16931-R010 and R020, of which XRechnung takes a mail address for one.
    mail = form.startswith("xrechnung")
    if not _reachable(seller, mail):
        yield _("the firm's electronic address")
    if not _reachable(buyer, mail):
        yield _("the client's electronic address")
    if mail:
        yield from _missing_in_germany(document)
    elif not (document.buyer_reference or document.po_number):
        # PEPPOL-EN16931-R003
        yield _("the client's reference or PO number")


def _reachable(party: Party, mail: bool) -> bool:
    if mail:
        return bool(party.endpoint or party.email)
    return bool(party.endpoint) and party.endpoint_scheme not in NOT_PEPPOL


def _missing_in_germany(document: Document) -> Iterator[str]:
    """What XRechnung asks for beyond the European rules (BR-DE-3 to 9, 15)."""
    seller, buyer = document.seller, document.buyer
    if not document.buyer_reference:
        yield _("the client's reference (Leitweg-ID)")
    for value, name in (
        (seller.city, _("the firm's city")),
        (seller.postcode, _("the firm's postcode")),
        (seller.phone, _("the firm's telephone")),
        (seller.email, _("the firm's mail address")),
        (buyer.city, _("the client's city")),
        (buyer.postcode, _("the client's postcode")),
    ):
        if not value:
            yield name
