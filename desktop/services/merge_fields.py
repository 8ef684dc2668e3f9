"""Two clients or two items side by side, field by field, and which side a merge takes unless told otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from desktop.domain.likeness import plain_words
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.records import Record

_ADDRESS: Final = ("street", "street2", "postcode", "city", "region")
_DEBIT: Final = (("mandate", "mandate_date", "mandate_scheme"), ("account_number", "routing", "account_kind"))
# Fields that make sense only together: who takes one of them from the other side takes them all.
_TOGETHER: Final = (
    ("currency", "credit_limit"),
    ("on_hold", "hold_reason"),
    ("price", "currency"),
    ("withholding", "withholding_section"),
    ("endpoint", "endpoint_scheme"),
    ("legal_id", "legal_scheme"),
    *_DEBIT,
)
# What one of two clients needs, both need once they are one.
_EITHER: Final = ("po_required", "buyer_reference_required", "on_hold", "disputed")
_NEVER_BY_ITSELF: Final = frozenset(
    {"country", "currency", "is_business", "tax_treatment", "kind", "unit", "name", "payment_means"}
)


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One field of both: `keep` and `absorb` are its values as a Record has them; `take` proposes the second.

    `together` names the fields that come with it; texts are the values as people read them.
    """

    name: str
    title: str
    keep: Any
    absorb: Any
    take: bool
    together: tuple[str, ...] = ()
    keep_text: str = ""
    absorb_text: str = ""


def client_fields() -> Mapping[str, str]:
    """The fields of a client that a merge chooses between, with their titles, in the order of the form."""
    return {
        "name": _("Name"),
        "contact": _("For the attention of"),
        "email": _("E-mail for invoices"),
        "phone": _("Phone"),
        "street": _("Street"),
        "street2": _("Second line"),
        "postcode": _("Postcode"),
        "city": _("City"),
        "region": _("Region"),
        "country": _("Country"),
        "tax_id": _("VAT or tax ID"),
        "tax_number": _("Tax number"),
        "is_business": _("A business"),
        "tax_treatment": _("Taxed"),
        "place_of_supply": _("Place of supply"),
        "tax_certificate": _("Certificate of exemption"),
        "withholding": _("Withholding"),
        "withholding_section": _("Withheld under"),
        "payment_means": _("Pays by"),
        "iban": _("IBAN"),
        "bic": _("BIC"),
        "mandate": _("Mandate"),
        "mandate_date": _("Mandate signed on"),
        "mandate_scheme": _("Scheme of the mandate"),
        "routing": _("Routing number"),
        "account_number": _("Account number"),
        "account_kind": _("Kind of account"),
        "card": _("Card, last four digits"),
        "einvoice": _("E-invoice"),
        "endpoint": _("Electronic address"),
        "endpoint_scheme": _("Kind of address"),
        "legal_id": _("Number in a register"),
        "legal_scheme": _("Register"),
        "currency": _("Currency"),
        "language": _("Language"),
        "segment_id": _("Segment"),
        "salesperson_id": _("Salesperson"),
        "terms": _("Payment terms"),
        "delivery": _("Delivery"),
        "template_id": _("Template"),
        "combine": _("One invoice for all its agreements"),
        "mail_together": _("Several documents in one e-mail"),
        "buyer_reference": _("Buyer reference"),
        "buyer_reference_required": _("Refuse invoices without one"),
        "po_required": _("Hold invoices without a PO"),
        "credit_limit": _("Credit limit"),
        "on_hold": _("On hold"),
        "hold_reason": _("Why on hold"),
        "disputed": _("Disputed"),
        "note": _("Note"),
    }


def item_fields() -> Mapping[str, str]:
    """The fields of an item that a merge chooses between, with their titles."""
    return {
        "name": _("Name"),
        "unit": _("Unit"),
        "kind": _("Kind"),
        "price": _("List price"),
        "currency": _("Currency"),
        "tax_code_id": _("Tax code"),
        "hsn_sac": _("HSN or SAC"),
    }


def pairs(titles: Mapping[str, str], keep: Record, absorb: Record) -> tuple[FieldPair, ...]:
    """Every field of which at least one side says something; gaps of the kept one are filled from the other."""
    proposed = _gaps(keep, absorb)
    return tuple(
        FieldPair(name, title, keep[name], absorb[name], name in proposed, _with(name, titles))
        for name, title in titles.items()
        if not (_empty(name, keep[name]) and _empty(name, absorb[name]))
    )


def taken(titles: Mapping[str, str], keep: Record, absorb: Record, take: Collection[str] | None) -> Record:
    """The values that the kept one gets. UserError for a field that nobody can choose.

    Without a choice its gaps are filled. Fields that belong together come together.
    """
    if take is None:
        chosen = _gaps(keep, absorb) & titles.keys()
    else:
        unknown = sorted(set(take) - titles.keys())
        if unknown:
            raise UserError(
                _("There is no field {names} to choose.").format(names=", ".join(unknown)),
                _("Choose among: {names}.").format(names=", ".join(titles)),
            )
        chosen = set(take)
        for group in _TOGETHER:
            if chosen & set(group) and group[0] in titles:
                chosen |= set(group) & titles.keys()
    return {name: absorb[name] for name in titles if name in chosen and absorb[name] != keep[name]}


def _with(name: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    groups = [group for group in _TOGETHER if name in group and group[0] in titles]
    return tuple(other for group in groups for other in group if other != name and other in titles)


def _gaps(keep: Record, absorb: Record) -> set[str]:
    found = {
        name
        for name, value in absorb.items()
        if name in keep and name not in _NEVER_BY_ITSELF and _empty(name, keep[name]) and not _empty(name, value)
    }
    if not _one_place(keep, absorb):
        # Half of one address and half of another would be nobody's.
        found -= set(_ADDRESS)
    if "price" in found:
        found.add("currency")
    elif keep.get("currency") != absorb.get("currency"):
        found -= {"credit_limit", "currency"}
    for first, *rest in _DEBIT:
        # A mandate's day is nothing without the mandate, and its scheme is never empty.
        found = found | (set(rest) & keep.keys()) if first in found else found - set(rest)
    if keep.get("country") != absorb.get("country"):
        found -= {"tax_id", "tax_number", "region", "place_of_supply"}
    return found | {name for name in _EITHER if absorb.get(name) and not keep.get(name)}


def _one_place(keep: Record, absorb: Record) -> bool:
    return all(
        not keep.get(name) or plain_words(str(keep[name])) == plain_words(str(absorb[name])) for name in _ADDRESS
    )


def _empty(name: str, value: Any) -> bool:
    # A limit or a price of 0 says something; a switch that is off and a fraction of 0 do not.
    return value is None or value == "" or value is False or (name == "withholding" and not value)
