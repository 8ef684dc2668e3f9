"""Everything of a kind that can be imported, as rows in the words of its import.

`key` is the id of the record that a row belongs to: of its agreement for changes and milestones, of its item for
rates; `currency_of` is the currency of its amounts. Ends are last days, as in files.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection


class _Source(NamedTuple):
    """`more` are columns beside those of the template."""

    columns: dict[str, str]
    tables: str
    more: tuple[str, ...] = ()


_AGREEMENT = "JOIN agreement a ON a.id = t.agreement_id LEFT JOIN item i ON i.id = t.item_id"
_EMAILS = (
    "nullif(c.email || coalesce((SELECT ', ' || group_concat(k.email, ', ') FROM contact k WHERE k.client_id = c.id"
    " AND k.gets_invoices AND k.email <> '' AND k.email <> c.email), ''), '')"
)

_SOURCES = {
    "clients": _Source(
        {
            "key": "c.id",
            "currency_of": "c.currency",
            "code": "c.code",
            "name": "c.name",
            "contact": "c.contact",
            "email": _EMAILS,
            "street": "c.street",
            "street2": "c.street2",
            "postcode": "c.postcode",
            "city": "c.city",
            "region": "c.region",
            "country": "c.country",
            "tax_id": "c.tax_id",
            "currency": "c.currency",
            "language": "c.language",
            "terms": "c.terms",
            "segment": "s.name",
            "delivery": "c.delivery",
            "po_required": "c.po_required",
            "buyer_reference": "c.buyer_reference",
            "credit_limit": "c.credit_limit",
            "phone": "c.phone",
            "tax_number": "c.tax_number",
            # What stands as it does in a new client is not told.
            "is_business": "CASE WHEN NOT c.is_business THEN 0 END",
            "tax_treatment": "nullif(c.tax_treatment, 'auto')",
            "place_of_supply": "c.place_of_supply",
            "tax_certificate": "c.tax_certificate",
            "withholding": "nullif(c.withholding, 0)",
            "withholding_section": "c.withholding_section",
            "einvoice": "c.einvoice",
            "endpoint": "c.endpoint",
            "endpoint_scheme": "c.endpoint_scheme",
            "legal_id": "c.legal_id",
            "payment_means": "nullif(c.payment_means, 'transfer')",
            "iban": "c.iban",
            "mandate": "c.mandate",
            "mandate_date": "c.mandate_date",
            "mandate_scheme": "nullif(c.mandate_scheme, 'CORE')",
            "bic": "c.bic",
            "routing": "c.routing",
            "bank_account_number": "c.account_number",
            "account_kind": "nullif(c.account_kind, 'checking')",
            "combine": "nullif(c.combine, 0)",
            "mail_together": "c.mail_together",
            "buyer_reference_required": "nullif(c.buyer_reference_required, 0)",
            "on_hold": "nullif(c.on_hold, 0)",
            "hold_reason": "c.hold_reason",
            "disputed": "nullif(c.disputed, 0)",
            "salesperson": "p.name",
            "note": "c.note",
        },
        "client c LEFT JOIN segment s ON s.id = c.segment_id LEFT JOIN person p ON p.id = c.salesperson_id"
        " WHERE c.merged_into_id IS NULL ORDER BY c.code",
        (
            "phone",
            "tax_number",
            "is_business",
            "tax_treatment",
            "place_of_supply",
            "tax_certificate",
            "withholding",
            "withholding_section",
            "einvoice",
            "endpoint",
            "endpoint_scheme",
            "legal_id",
            "payment_means",
            "iban",
            "mandate",
            "mandate_date",
            "mandate_scheme",
            "bic",
            "routing",
            "bank_account_number",
            "account_kind",
            "combine",
            "mail_together",
            "buyer_reference_required",
            "on_hold",
            "hold_reason",
            "disputed",
            "salesperson",
            "note",
        ),
    ),
    "items": _Source(
        {
            "key": "i.id",
            "currency_of": "i.currency",
            "code": "i.code",
            "name": "i.name",
            "unit": "i.unit",
            "price": "i.price",
            "currency": "i.currency",
            "tax_code": "x.code",
            "hsn_sac": "i.hsn_sac",
        },
        "item i LEFT JOIN tax_code x ON x.id = i.tax_code_id WHERE i.merged_into_id IS NULL ORDER BY i.code",
    ),
    "rates": _Source(
        {
            "key": "t.item_id",
            "currency_of": "t.currency",
            "item": "i.code",
            "client": "c.code",
            "from": "t.valid_from",
            "currency": "t.currency",
            "up_to": "t.up_to",
            "price": "t.price",
            "mode": "t.mode",
        },
        # Cards that gave way when two became one price nothing, and their code now means the other.
        "rate t JOIN item i ON i.id = t.item_id LEFT JOIN client c ON c.id = t.client_id"
        " WHERE i.merged_into_id IS NULL AND c.merged_into_id IS NULL"
        " ORDER BY i.code, c.code, t.currency, t.valid_from, t.up_to IS NULL, t.up_to",
    ),
    "agreements": _Source(
        {
            "key": "a.id",
            "currency_of": "a.currency",
            "code": "a.code",
            "client": "c.code",
            "segment": "s.name",
            "billing": "CASE WHEN l.kind = 'usage' OR l.kind = 'fixed' THEN l.kind"
            " WHEN a.billing = 'hybrid' THEN 'hybrid' ELSE coalesce(l.kind, a.billing) END",
            "item": "i.code",
            "description": "l.description",
            "quantity": "CASE WHEN l.kind IN ('recurring', 'fixed') OR l.quantity <> 1000000 THEN l.quantity END",
            "unit_price": "l.unit_price",
            "discount_percent": "l.discount",
            "every": "a.every_count || ' ' || a.every_unit",
            "alignment": "a.alignment",
            "anchor": "CASE WHEN a.alignment = 'bcd' AND a.bill_day IS NOT NULL THEN a.bill_day ELSE a.anchor END",
            "timing": "a.timing",
            "start": "a.start_date",
            "end": "date(a.end_date, '-1 day')",
            "po_number": "a.po_number",
            "po_limit": "a.po_limit",
            "charged_through": "date(a.charged_through, '-1 day')",
            "title": "a.title",
            "currency": "a.currency",
            "agreed": "a.agreed",
            "budget": "a.budget",
            "line_start": "l.start_date",
            "line_end": "date(l.end_date, '-1 day')",
        },
        "agreement a JOIN client c ON c.id = a.client_id LEFT JOIN segment s ON s.id = a.segment_id"
        " LEFT JOIN (SELECT agreement_id, position, kind, item_id, description, quantity, unit_price, discount,"
        " start_date, end_date FROM agreement_line UNION ALL SELECT o.agreement_id, 1000000 + o.id, 'fixed', o.item_id,"
        " o.description, o.quantity, o.unit_price, 0, NULL, NULL FROM one_off o"
        " JOIN agreement f ON f.id = o.agreement_id WHERE o.external_id GLOB f.code || '#[0-9]*') l"
        " ON l.agreement_id = a.id"
        " LEFT JOIN item i ON i.id = l.item_id ORDER BY a.code, l.position",
        ("title", "currency", "agreed", "budget", "line_start", "line_end"),
    ),
    "changes": _Source(
        {
            "key": "t.agreement_id",
            "currency_of": "a.currency",
            "agreement": "a.code",
            "date": "t.dated",
            "item": "i.code",
            "quantity": "CASE WHEN t.effect = 'line' THEN t.quantity WHEN t.amount < 0 THEN -1000000 ELSE 1000000 END",
            "unit_price": "t.unit_price",
            "reason": "t.reason",
            "reference": "t.reference",
            "id": "t.external_id",
            "scope_amount": "CASE WHEN t.effect = 'scope' THEN abs(t.amount) END",
        },
        f"change_order t {_AGREEMENT} WHERE t.state = 'approved' ORDER BY a.code, t.dated, t.id",
        ("id",),
    ),
    "time": _Source(
        {
            "key": "t.id",
            "currency_of": "c.currency",
            "id": "t.external_id",
            "agreement": "a.code",
            "date": "t.work_date",
            "person": "t.person",
            "item": "i.code",
            "hours": "t.hours",
            "rate": "t.rate",
            "note": "t.note",
            "client": "c.code",
            "billable": "t.billable",
        },
        "time_entry t JOIN client c ON c.id = t.client_id LEFT JOIN agreement a ON a.id = t.agreement_id"
        " LEFT JOIN item i ON i.id = t.item_id ORDER BY t.id",
        ("client", "billable"),
    ),
    "usage": _Source(
        {
            "key": "t.id",
            "currency_of": "a.currency",
            "id": "t.external_id",
            "agreement": "a.code",
            "item": "i.code",
            "from": "t.start_date",
            "to": "date(t.end_date, '-1 day')",
            "quantity": "t.quantity",
            "note": "t.note",
        },
        f"usage t {_AGREEMENT} ORDER BY t.id",
        ("note",),
    ),
    "milestones": _Source(
        {
            "key": "t.agreement_id",
            "currency_of": "a.currency",
            "id": "t.external_id",
            "agreement": "a.code",
            "name": "t.name",
            "amount": "t.amount",
            "percent": "t.fraction",
            "due": "t.planned_on",
            "done": "t.done_on",
            "item": "i.code",
        },
        f"milestone t {_AGREEMENT} ORDER BY a.code, t.position",
        ("item",),
    ),
    "charges": _Source(
        {
            "key": "t.id",
            "currency_of": "t.currency",
            "id": "t.external_id",
            "client": "c.code",
            "agreement": "a.code",
            "date": "t.due_date",
            "item": "i.code",
            "description": "t.description",
            "quantity": "t.quantity",
            "unit_price": "t.unit_price",
            "currency": "t.currency",
            "kind": "CASE WHEN t.kind = 'deposit' THEN t.kind END",
        },
        "one_off t JOIN client c ON c.id = t.client_id LEFT JOIN agreement a ON a.id = t.agreement_id"
        # The fixed prices of agreements stand with these.
        " LEFT JOIN item i ON i.id = t.item_id"
        " WHERE (t.external_id IS NULL OR a.code IS NULL OR NOT t.external_id GLOB a.code || '#[0-9]*') ORDER BY t.id",
        ("currency", "kind"),
    ),
    "opening": _Source(
        {
            "key": "n.id",
            "currency_of": "n.currency",
            "number": "n.number",
            "client": "c.code",
            "issue_date": "n.issue_date",
            "due_date": "n.due_date",
            "currency": "n.currency",
            "gross": "n.gross",
            "open": "n.payable",
        },
        "invoice n JOIN client c ON c.id = n.client_id WHERE n.kind = 'opening' ORDER BY n.issue_date, n.number",
    ),
}


def columns(kind: str) -> list[str]:
    """What `rows` gives, in its order."""
    return list(_SOURCES[kind].columns)


def more_columns(kind: str) -> tuple[str, ...]:
    """The columns beside those of the kind's template."""
    return _SOURCES[kind].more


def filled(connection: Connection, kind: str) -> frozenset[str]:
    """Which of the columns beside the template's hold anything at all."""
    source = _SOURCES[kind]
    return frozenset(
        name
        for name in source.more
        if connection.exec_driver_sql(
            f"SELECT EXISTS (SELECT 1 FROM (SELECT {source.columns[name]} AS told FROM {source.tables})"
            " WHERE told IS NOT NULL AND told <> '')"
        ).scalar_one()
    )


def rows(connection: Connection, kind: str) -> Iterator[Any]:
    """Every row of the kind as SQLite keeps it."""
    source = _SOURCES[kind]
    yield from connection.exec_driver_sql(f"SELECT {', '.join(source.columns.values())} FROM {source.tables}")
