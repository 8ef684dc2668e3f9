"""INV-01, the JSON that India's invoice registration portal takes in (schema 1.1), from the frozen document.

Figures are rupees with two decimals; nothing is a float on its way. The document reckons a tax once on its sum, the
portal wants it line by line: each tax is spread over its lines, so that they add up to what the document says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from desktop.domain.document import Document, DocumentLine, DocumentTax, Party
from desktop.domain.indian_einvoice import (
    ABROAD,
    ABROAD_PIN,
    NOBODY,
    digits_of,
    document_type,
    gstin_of,
    is_number,
    is_service,
    supply_type,
)
from desktop.domain.indian_figures import RUPEE, Booked, above_zero, in_rupees, shares
from desktop.domain.money import per_major
from desktop.domain.states import gstin_state, state_of

VERSION: Final = "1.1"
_PLACE: Final = re.compile(r"\((\d\d)\)")
_PAISA: Final = Decimal("0.01")
_MILLI: Final = Decimal("0.001")
_LONGEST: Final = 100
_SHORTEST: Final = 3
_LONGEST_ITEM: Final = 300
_MOST_DAYS: Final = 9999
_EMAIL: Final = re.compile(r"[a-zA-Z0-9+_.-]+@[a-zA-Z0-9.-]+")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Unit quantity codes of GST by the names that catalogues use; anything else is OTH.
_UNITS: Final = {
    "NOS": "piece pieces pc pcs no no. nos unit units each user users seat seats licence licences license licenses h87",
    "BOX": "box boxes",
    "BAG": "bag bags",
    "BTL": "bottle bottles",
    "CTN": "carton cartons",
    "DOZ": "dozen dozens",
    "GMS": "g gram grams",
    "KGS": "kg kgs kilogram kilograms",
    "KLR": "kl kilolitre kilolitres",
    "KME": "km kilometre kilometres kilometer kilometers",
    "LTR": "l litre litres liter liters",
    "MLT": "ml",
    "MTR": "m metre metres meter meters",
    "PAC": "pack packs packet packets",
    "PRS": "pair pairs",
    "QTL": "quintal quintals",
    "ROL": "roll rolls",
    "SET": "set sets",
    "SQF": "sqft sq.ft ft2",
    "SQM": "sqm m2",
    "TON": "t ton tons tonne tonnes",
}
_CODES: Final = {word: code for code, words in _UNITS.items() for word in words.split()}


class _Figure(str):
    """A number as it is spelled."""

    __slots__ = ()


def inv01_file(documents: Iterable[tuple[Document, Booked | None]]) -> bytes:
    """The file of a batch: a list of invoices, as the portal's bulk upload takes it."""
    return (_spelled([inv01(document, booked) for document, booked in documents], 0) + "\n").encode()


def inv01(document: Document, booked: Booked | None = None) -> dict[str, Any]:
    """One invoice or credit note; sections that have nothing to say are left out.

    One in another currency is told in rupees as it was `booked`, with its own total beside. ValueError where it was
    not, and where lines below zero take off more than the others come to.
    """
    original = document
    if document.currency != RUPEE:
        if booked is None:
            raise ValueError(f"{document.number} is not booked in rupees")
        document = in_rupees(document, booked)
    document = above_zero(document)
    return _filled(
        {
            "Version": VERSION,
            "TranDtls": {
                "TaxSch": "GST",
                "SupTyp": supply_type(document),
                "RegRev": "Y" if any(line.category == "AE" for line in document.lines) else "N",
                "IgstOnIntra": "N",
            },
            "DocDtls": {
                "Typ": document_type(document.kind),
                "No": document.number,
                "Dt": _day(document.issue_date),
            },
            "SellerDtls": _party(document.seller),
            "BuyerDtls": _buyer(document),
            "ShipDtls": _shipped(document),
            "ItemList": _items(document),
            "ValDtls": _values(document, original),
            "PayDtls": _payment(document),
            "RefDtls": _references(document),
            "ExpDtls": _export(original),
        }
    )


def _export(document: Document) -> dict[str, Any]:
    """Currency and country of what goes abroad; a service passes no port and has no shipping bill."""
    return _filled(
        {
            "ForCur": document.currency if document.currency != RUPEE else "",
            "CntCode": document.buyer.country if document.buyer.country != "IN" else "",
        }
    )


def _party(party: Party) -> dict[str, Any]:
    return _filled(
        {
            "Gstin": gstin_of(party),
            "LglNm": _text(party.name, _LONGEST),
            "Addr1": _address(party.street or party.street2),
            "Addr2": _address(party.street2) if party.street else "",
            "Loc": _address(party.city)[:50],
            "Pin": int("".join(party.postcode.split()) or "0"),
            "Stcd": gstin_state(party.tax_id),
            "Ph": _phone(party.phone),
            "Em": party.email if len(party.email) <= _LONGEST and _EMAIL.fullmatch(party.email) else "",
        }
    )


def _buyer(document: Document) -> dict[str, Any]:
    buyer = document.buyer
    found = _PLACE.search(buyer.place)
    if buyer.country == "IN":
        return _party(buyer) | {"Pos": found[1] if found else gstin_state(buyer.tax_id)}
    return _party(buyer) | {"Gstin": NOBODY, "Pos": ABROAD, "Stcd": ABROAD, "Pin": ABROAD_PIN}


def _shipped(document: Document) -> dict[str, Any]:
    """Where goods went, if that is another place in India than the buyer's."""
    there = document.delivery
    if there is None or there.country not in ("", "IN") or not there.postcode.strip().isdecimal():
        return {}
    state = state_of("IN", there.region) or gstin_state(document.buyer.tax_id)
    return _filled(
        {
            "LglNm": _text(there.name or document.buyer.name, _LONGEST),
            "Addr1": _address(there.street or there.street2),
            "Addr2": _address(there.street2) if there.street else "",
            "Loc": _address(there.city)[:50],
            "Pin": int(there.postcode),
            "Stcd": state,
        }
    )


def _items(document: Document) -> list[dict[str, Any]]:
    spread = _spread(document)
    items = []
    for number, line in enumerate(document.lines):
        taxes = spread[number]
        gross = line.net + line.allowance
        quantity, price = _priced(line, gross)
        items.append(
            _filled(
                {
                    "SlNo": str(number + 1),
                    "PrdDesc": _text(f"{line.description} {line.detail}", _LONGEST_ITEM),
                    "IsServc": "Y" if is_service(line.classification) else "N",
                    "HsnCd": digits_of(line.classification),
                    "Qty": _number(quantity, 3),
                    "Unit": _CODES.get(line.unit.strip().lower(), "OTH"),
                    "UnitPrice": _number(price, 3),
                    "TotAmt": _rupees(gross),
                    "Discount": _rupees(line.allowance),
                    "AssAmt": _rupees(line.net),
                    "GstRt": _number(line.rate, 3),
                    "IgstAmt": _rupees(taxes["IGST"]),
                    "CgstAmt": _rupees(taxes["CGST"]),
                    "SgstAmt": _rupees(taxes["SGST"]),
                    "CesAmt": _rupees(taxes["CESS"]),
                    "TotItemVal": _rupees(line.net + sum(taxes.values())),
                }
            )
        )
    return items


def _priced(line: DocumentLine, gross: int) -> tuple[Decimal, Decimal]:
    """Quantity and price with three decimals, or one of the whole where they would not give its amount.

    A stub has a price for days and a tier one for thousands: what they give must be the line's amount to a rupee.
    """
    price = (line.unit_price / line.base_quantity).quantize(_MILLI, ROUND_HALF_UP)
    quantity = line.quantity.quantize(_MILLI, ROUND_HALF_UP)
    if quantity == line.quantity and abs(quantity * price * 100 - gross) <= 100:
        return quantity, price
    return Decimal(1), Decimal(gross) / 100


def _spread(document: Document) -> list[dict[str, int]]:
    """The taxes of each line in paise: those of the document, shared out by what each line bears."""
    found = [dict.fromkeys(("IGST", "CGST", "SGST", "CESS"), 0) for _line in document.lines]
    for group in document.taxes:
        bearing = _bearing(document, group)
        for number, part in zip(bearing, shares(group.tax, [document.lines[one].net for one in bearing]), strict=True):
            found[number][_kind(group)] += part
    return found


def _kind(group: DocumentTax) -> str:
    name = group.name.upper().partition(" ")[0]
    if name in ("CGST", "IGST", "SGST"):
        return name
    if name == "UTGST":
        return "SGST"
    if "CESS" in group.name.upper():
        return "CESS"
    return "IGST"


def _bearing(document: Document, group: DocumentTax) -> list[int]:
    """The lines that bear a tax: those of its category whose rate it is, or half of which for CGST and SGST."""
    lines = [number for number, line in enumerate(document.lines) if line.category == group.category]
    wanted = group.rate * 2 if _kind(group) in ("CGST", "SGST") else group.rate
    exact = [number for number in lines if document.lines[number].rate == wanted]
    return exact or [number for number in lines if document.lines[number].rate >= wanted] or lines


def _values(document: Document, original: Document) -> dict[str, Any]:
    sums = dict.fromkeys(("IGST", "CGST", "SGST", "CESS"), 0)
    for group in document.taxes:
        sums[_kind(group)] += group.tax
    return _filled(
        {
            "AssVal": _rupees(document.net),
            "CgstVal": _rupees(sums["CGST"]),
            "SgstVal": _rupees(sums["SGST"]),
            "IgstVal": _rupees(sums["IGST"]),
            "CesVal": _rupees(sums["CESS"]),
            "RndOffAmt": _rupees(document.rounding),
            "TotInvVal": _rupees(document.gross + document.rounding),
            "TotInvValFc": _foreign(original) if original.currency != RUPEE else "",
        }
    )


def _payment(document: Document) -> dict[str, Any]:
    if document.kind == "credit_note":
        return {}
    account = document.bank[0] if document.bank else None
    return _filled(
        {
            "Nm": _text(account.holder or document.seller.name, _LONGEST, 1) if account else "",
            "AccDet": _text(account.iban, 18, 1) if account else "",
            "FinInsBr": _text(account.bic, 11, 1) if account else "",
            "PayTerm": _text(document.terms, _LONGEST, 1),
            "CrDay": min(max(0, (document.due_date - document.issue_date).days), _MOST_DAYS),
            "PaidAmt": _rupees(document.prepaid) if document.prepaid else "",
            "PaymtDue": _rupees(max(document.payable, 0)),
        }
    )


def _references(document: Document) -> dict[str, Any]:
    period: dict[str, str] = {}
    if document.period_start and document.period_end:
        last = document.period_end - timedelta(days=1)
        period = {"InvStDt": _day(document.period_start), "InvEndDt": _day(max(last, document.period_start))}
    preceding = []
    # One that was issued elsewhere may have a number that the portal does not know how to read.
    if document.corrects_date and is_number(document.corrects) and len(document.corrects) > 1:
        preceding = [{"InvNo": document.corrects, "InvDt": _day(document.corrects_date)}]
    contract = _filled(
        {
            "ContrRefr": _text(document.contract, 20, 1),
            "ProjRefr": _text(document.project, 20, 1),
            "PORefr": _text(document.po_number, 16, 1),
        }
    )
    return _filled(
        {
            "InvRm": _text(document.reason, _LONGEST),
            "DocPerdDtls": period,
            "PrecDocDtls": preceding,
            "ContrDtls": [contract] if contract else [],
        }
    )


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", {}, [], None)}


def _address(text: str) -> str:
    return _text(text, _LONGEST)


def _text(text: str, most: int, least: int = _SHORTEST) -> str:
    """A text as the schema takes it: so many signs, filled up with dots, without quotes and backslashes."""
    plain = _CONTROLS.sub("", " ".join(text.replace('"', "'").replace("\\", "/").split()))[:most].strip()
    return plain.ljust(least, ".") if plain else ""


def _phone(text: str) -> str:
    digits = "".join(sign for sign in text if sign.isdecimal())
    return digits if 6 <= len(digits) <= 12 else ""


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _rupees(paise: int) -> _Figure:
    return _Figure((Decimal(paise) / 100).quantize(_PAISA))


def _foreign(document: Document) -> _Figure:
    """The total in the document's own currency; the schema has two decimals for it."""
    total = Decimal(document.gross + document.rounding) / per_major(document.currency)
    return _Figure(total.quantize(_PAISA, ROUND_HALF_UP))


def _number(value: Decimal, decimals: int) -> _Figure:
    text = f"{value:.{decimals}f}"
    return _Figure(text.rstrip("0").rstrip(".") if "." in text else text)


def _spelled(value: Any, depth: int) -> str:
    """JSON with figures as they are spelled, which the standard library writes as floats only."""
    pad, end = "\n" + " " * (2 * depth + 2), "\n" + " " * (2 * depth)
    if isinstance(value, _Figure):
        return str(value)
    if isinstance(value, dict) and value:
        rows = [f"{json.dumps(name)}: {_spelled(one, depth + 1)}" for name, one in value.items()]
        return "{" + pad + ("," + pad).join(rows) + end + "}"
    if isinstance(value, list) and value:
        return "[" + pad + ("," + pad).join(_spelled(one, depth + 1) for one in value) + end + "]"
    return json.dumps(value, ensure_ascii=False)
