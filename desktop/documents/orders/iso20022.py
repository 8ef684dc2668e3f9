"""What the two ISO 20022 files share: elements in their order, identifiers, accounts and sums."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Final

from desktop.domain.money import major_text
from desktop.domain.payment_order import Order, OrderItem, sepa_identifier, sepa_text

NAME, REMITTANCE = 70, 140
_NOT_PROVIDED: Final = "NOTPROVIDED"


def document(message: str, root: str) -> tuple[ET.Element, ET.Element]:
    """(the document of a message such as pain.008.001.08, its one child)."""
    whole = ET.Element("Document", {"xmlns": f"urn:iso:std:iso:20022:tech:xsd:{message}"})
    return whole, ET.SubElement(whole, root)


def put(parent: ET.Element, path: str, text: str = "") -> ET.Element:
    """Add the elements of a path such as "CdtrAcct/Id/IBAN"; the text stands in the last one, which is returned."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    if text:
        parent.text = text
    return parent


def header(parent: ET.Element, order: Order) -> None:
    """GrpHdr of all that the file holds."""
    group = put(parent, "GrpHdr")
    put(group, "MsgId", sepa_identifier(order.number))
    put(group, "CreDtTm", order.made_at.replace(microsecond=0, tzinfo=None).isoformat())
    sums(group, order.items, order.currency)
    put(group, "InitgPty/Nm", sepa_text(order.account.holder, NAME))


def sums(parent: ET.Element, items: Iterable[OrderItem], currency: str) -> None:
    """NbOfTxs and CtrlSum."""
    amounts = [item.amount for item in items]
    put(parent, "NbOfTxs", str(len(amounts)))
    put(parent, "CtrlSum", major_text(sum(amounts), currency))


def amount(parent: ET.Element, path: str, minor: int, currency: str) -> None:
    put(parent, path, major_text(minor, currency)).set("Ccy", currency)


def agent(parent: ET.Element, path: str, bic: str, tag: str) -> None:
    """The bank of an account: by its BIC, or said not to be told, where the IBAN is enough (IBAN only)."""
    institution = put(parent, f"{path}/FinInstnId")
    if bic:
        put(institution, tag, bic)
    else:
        put(institution, "Othr/Id", _NOT_PROVIDED)


def written(whole: ET.Element) -> bytes:
    ET.indent(whole)
    return ET.tostring(whole, encoding="utf-8", xml_declaration=True) + b"\n"
