"""SEPA direct debits as a pain.008: one block for each scheme and sequence, as banks want them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import groupby
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

VERSIONS: Final = ("pain.008.001.08", "pain.008.001.02")
"""The one in use since November 2023, and that which some banks still take."""


def pain008(order: Order, version: str = VERSIONS[0]) -> bytes:
    """The file; ValueError for an item without a mandate and its date, and for a version that is none.

    Structure after the customer-to-bank implementation guidelines of the SEPA Direct Debit schemes (EPC130-08 for
    CORE, EPC131-08 for B2B).
    """
    if version not in VERSIONS:
        raise ValueError(f"{version} is not one of {VERSIONS}")
    for item in order.items:
        if not item.mandate or item.mandate_date is None:
            raise ValueError(f"{item.end_to_end} has no mandate with a date")
    bic = "BIC" if version.endswith("02") else "BICFI"
    whole, root = document(version, "CstmrDrctDbtInitn")
    header(root, order)
    for number, ((scheme, sequence), block) in enumerate(groupby(sorted(order.items, key=_block), key=_block), start=1):
        _block_of(root, order, number, scheme, sequence, list(block), bic)
    return written(whole)


def _block(item: OrderItem) -> tuple[str, str]:
    return item.scheme, item.sequence


def _block_of(
    root: ET.Element, order: Order, number: int, scheme: str, sequence: str, items: list[OrderItem], bic: str
) -> None:
    account = order.account
    block = put(root, "PmtInf")
    put(block, "PmtInfId", sepa_identifier(f"{order.number}-{number}"))
    put(block, "PmtMtd", "DD")
    put(block, "BtchBookg", "true")
    sums(block, items, order.currency)
    kind = put(block, "PmtTpInf")
    put(kind, "SvcLvl/Cd", "SEPA")
    put(kind, "LclInstrm/Cd", scheme)
    put(kind, "SeqTp", sequence)
    put(block, "ReqdColltnDt", order.execute_on.isoformat())
    put(block, "Cdtr/Nm", sepa_text(account.holder, NAME))
    put(block, "CdtrAcct/Id/IBAN", account.iban)
    agent(block, "CdtrAgt", account.bic, bic)
    put(block, "ChrgBr", "SLEV")
    other = put(block, "CdtrSchmeId/Id/PrvtId/Othr")
    put(other, "Id", account.creditor_id)
    put(other, "SchmeNm/Prtry", "SEPA")
    for item in items:
        _debit(block, order, item, bic)


def _debit(block: ET.Element, order: Order, item: OrderItem, bic: str) -> None:
    assert item.mandate_date is not None
    debit = put(block, "DrctDbtTxInf")
    put(debit, "PmtId/EndToEndId", sepa_identifier(item.end_to_end))
    amount(debit, "InstdAmt", item.amount, order.currency)
    mandate = put(debit, "DrctDbtTx/MndtRltdInf")
    put(mandate, "MndtId", sepa_identifier(item.mandate))
    put(mandate, "DtOfSgntr", item.mandate_date.isoformat())
    agent(debit, "DbtrAgt", item.bic, bic)
    put(debit, "Dbtr/Nm", sepa_text(item.holder, NAME))
    put(debit, "DbtrAcct/Id/IBAN", item.iban)
    if text := sepa_text(item.text, REMITTANCE):
        put(debit, "RmtInf/Ustrd", text)
