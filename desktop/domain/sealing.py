"""The seal of an issued document: one digest over all that is frozen, so that any later change is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

INVOICE_FIELDS = (
    "number",
    "kind",
    "series_id",
    "series_year",
    "sequence",
    "client_id",
    "agreement_id",
    "run_id",
    "template_version_id",
    "issue_date",
    "tax_date",
    "due_date",
    "period_start",
    "period_end",
    "language",
    "terms",
    "discount",
    "discount_until",
    "po_number",
    "buyer_reference",
    "currency",
    "net",
    "tax",
    "gross",
    "prepaid",
    "rounding",
    "payable",
    "firm_currency",
    "firm_rate",
    "firm_net",
    "firm_tax",
    "firm_gross",
    "tax_currency",
    "tax_in_tax_currency",
    "corrects_id",
    "reason",
    "texts",
)
LINE_FIELDS = (
    "position",
    "agreement_line_id",
    "item_id",
    "rate_id",
    "price_source",
    "description",
    "detail",
    "heading",
    "period_start",
    "period_end",
    "quantity",
    "unit",
    "unit_price",
    "base_quantity",
    "allowance",
    "allowance_reason",
    "charge",
    "net",
    "tax_code_id",
    "category",
    "rate",
    "deducts_id",
    "corrects_line_id",
    "classification",
    "tax_parts",
)
TAX_FIELDS = ("category", "rate", "basis", "tax", "exemption_code", "exemption_text", "name")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def seal(
    invoice: Sequence[Any],
    lines: Sequence[Sequence[Any]],
    taxes: Sequence[Sequence[Any]],
    instalments: Sequence[Sequence[Any]],
    seller: str,
    buyer: str,
) -> str:
    """SHA-256 over the stored values, in the order of the *_FIELDS above, dates as ISO text.

    `lines` by position, `taxes` as inserted, `instalments` as (instalment, due date, amount); `seller` and `buyer`
    are the digests of the frozen parties, so that a party's data can be erased and the seal still holds.
    """
    text = _encode([invoice, lines, taxes, instalments, seller, buyer])
    return hashlib.sha256(text.encode()).hexdigest()


_Rows = Sequence[Sequence[Any]]


def earlier_forms(lines: _Rows, taxes: _Rows) -> Iterator[tuple[_Rows, _Rows]]:
    """Lines and taxes of a document as the first programs sealed them, before some fields were there.

    Nothing where one of these fields is filled: such a document was sealed with it.
    """
    for fields, taxes_had_names in ((("tax_parts",), True), (("classification", "tax_parts"), False)):
        places = [LINE_FIELDS.index(field) for field in fields]
        name = TAX_FIELDS.index("name")
        if any(line[place] for line in lines for place in places):
            return
        if not taxes_had_names and any(tax[name] for tax in taxes):
            return
        kept = [tuple(value for place, value in enumerate(line) if place not in places) for line in lines]
        yield kept, taxes if taxes_had_names else [tax[:name] for tax in taxes]


def party_digest(data: str) -> str:
    """SHA-256 of a frozen party's JSON text."""
    return hashlib.sha256(data.encode()).hexdigest()


def batch_digest(rows: Sequence[Sequence[Any]]) -> str:
    """SHA-256 over many rows, for the audit event of a bulk write."""
    return hashlib.sha256(_encode(rows).encode()).hexdigest()
