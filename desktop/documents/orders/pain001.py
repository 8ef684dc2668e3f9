"""SEPA credit transfers as a pain.001: what clients get back."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Final

from desktop.documents.orders.iso20022 import (
    NAME,
    REMITTANCE,
    agent,
    amount,
    document,
    header,
    put,
    sums,
    written,
)
from desktop.domain.payment_order import Order, OrderItem, sepa_identifier, sepa_text

VERSIONS: Final = ("pain.001.001.09", "pain.001.001.03")
"""The one in use since November 2023, and that which some banks still take."""


def pain001(order: Order, version: str = VERSIONS[0]) -> bytes:
    """The file; ValueError for a version that is none.

    Structure after the customer-to-bank implementation guidelines of SEPA Credit Transfer (EPC132-08).
    """
    if version not in VERSIONS:
        raise ValueError(f"{version} is not one of {VERSIONS}")
    old = version.endswith("03")
    bic = "BIC" if old else "BICFI"
    whole, root = document(version, "CstmrCdtTrfInitn")
    header(root, order)
    account = order.account
    block = put(root, "PmtInf")
    put(block, "PmtInfId", sepa_identifier(f"{order.number}-1"))
    put(block, "PmtMtd", "TRF")
    put(block, "BtchBookg", "true")
    sums(block, order.items, order.currency)
    put(block, "PmtTpInf/SvcLvl/Cd", "SEPA")
    put(block, "ReqdExctnDt" if old else "ReqdExctnDt/Dt", order.execute_on.isoformat())
    put(block, "Dbtr/Nm", sepa_text(account.holder, NAME))
    put(block, "DbtrAcct/Id/IBAN", account.iban)
    agent(block, "DbtrAgt", account.bic, bic)
    put(block, "ChrgBr", "SLEV")
    for item in order.items:
        _transfer(block, order, item, bic)
    return written(whole)


def _transfer(block: ET.Element, order: Order, item: OrderItem, bic: str) -> None:
    transfer = put(block, "CdtTrfTxInf")
    put(transfer, "PmtId/EndToEndId", sepa_identifier(item.end_to_end))
    amount(transfer, "Amt/InstdAmt", item.amount, order.currency)
    if item.bic:
        agent(transfer, "CdtrAgt", item.bic, bic)
    put(transfer, "Cdtr/Nm", sepa_text(item.holder, NAME))
    put(transfer, "CdtrAcct/Id/IBAN", item.iban)
    if text := sepa_text(item.text, REMITTANCE):
        put(transfer, "RmtInf/Ustrd", text)
