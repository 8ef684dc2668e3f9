"""Revenue as billed, by item, segment, client or month, and the lines behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, NamedTuple

from db.queries import sales as queries
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question, sums_by_currency

BY: Final = ("month", "client", "segment", "item")
_REPORT_EVERY = 2_000


class _Sold(NamedTuple):
    """A line as the query gives it; net in minor units, below zero on credit notes."""

    invoice_id: int
    number: str
    kind: str
    day: str
    client_id: int
    client: str
    client_name: str
    segment_id: int | None
    segment: str | None
    item_id: int | None
    item: str | None
    item_name: str | None
    description: str
    currency: str
    net: int


def revenue(asked: Question) -> Made:
    """Net of what was billed in the period, without deposits; `asked.by` names the groups."""
    by = asked.by or BY[0]
    if by not in BY:
        raise UserError(
            _("Revenue cannot be grouped by “{word}”.").format(word=by),
            _("Choose one of: {names}.").format(names=", ".join(BY)),
        )
    titles = {"month": _("Month"), "client": _("Client"), "segment": _("Segment"), "item": _("Item")}
    columns = (
        Column("group", titles[by]),
        Column("name", _("Name"), beside=True),
        Column("documents", _("Documents"), "number"),
        Column("currency", _("Currency")),
        Column("billed", _("Billed, net"), "amount"),
        Column("credited", _("Credited, net"), "amount"),
        Column("net", _("Revenue"), "amount"),
        Column("share", _("Share %"), "number"),
    )
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    documents: dict[tuple[str, str], set[int]] = {}
    for line in _lines(asked):
        key, name = _group(line, by)
        at = (key, line.currency)
        row = groups.setdefault(
            at,
            {
                "group": key or _none_word(by),
                "name": name,
                "currency": line.currency,
                "billed": 0,
                "credited": 0,
                "net": 0,
                BEHIND: Behind(report="billed", asked={"by": by, "only": key, "currency": line.currency}),
            },
        )
        row["credited" if line.kind == "credit_note" else "billed"] += line.net
        row["net"] += line.net
        documents.setdefault(at, set()).add(line.invoice_id)
    totals: dict[str, int] = {}
    for (_key, currency), row in groups.items():
        totals[currency] = totals.get(currency, 0) + row["net"]
    rows = [
        row | {"documents": len(documents[at]), "share": _share(row["net"], totals[at[1]])}
        for at, row in sorted(groups.items())
    ]
    return Made(_("Revenue"), columns, rows, sums_by_currency(columns, rows, ["billed", "credited", "net"]))


def billed(asked: Question) -> Made:
    """Every line behind the revenue of the period, or of one group of it (`asked.by` and `asked.only`)."""
    columns = (
        Column("date", _("Issued"), "date"),
        Column("number", _("Number")),
        Column("client", _("Client")),
        Column("client_name", _("Name"), beside=True, more=True),
        Column("segment", _("Segment")),
        Column("item", _("Item")),
        Column("description", _("Description"), beside=True),
        Column("currency", _("Currency")),
        Column("net", _("Net"), "amount"),
    )
    rows = [
        {
            "date": date.fromisoformat(line.day),
            "number": line.number,
            "client": line.client,
            "client_name": line.client_name,
            "segment": line.segment or "",
            "item": line.item or "",
            "description": line.description,
            "currency": line.currency,
            "net": line.net,
            BEHIND: Behind("invoices", line.invoice_id),
        }
        for line in _lines(asked)
        if not asked.by or _group(line, asked.by)[0] == asked.only
    ]
    return Made(_("Billed lines"), columns, rows, sums_by_currency(columns, rows, ["net"]))


def _lines(asked: Question) -> Iterator[_Sold]:
    assert asked.since is not None
    asked.progress(0, 0, _("Reading invoices"))
    with asked.book.reading() as session:
        found = queries.lines_sold(
            session.connection(), asked.since.isoformat(), asked.as_of.isoformat(), asked.client_id
        )
    for place, row in enumerate(found):
        if place % _REPORT_EVERY == 0:
            asked.progress(place, len(found), _("Reading invoices"))
        yield _Sold(*row)


def _group(line: _Sold, by: str) -> tuple[str, str]:
    """The key that tells groups apart, and its name; an empty key is what has none."""
    match by:
        case "client":
            return line.client, line.client_name
        case "segment":
            return line.segment or "", ""
        case "item":
            return line.item or "", line.item_name or ""
    return line.day[:7], ""


def _none_word(by: str) -> str:
    return _("No segment") if by == "segment" else _("No item")


def _share(net: int, total: int) -> Decimal | None:
    """Percent of the total, to a tenth; None where the total is nothing or less."""
    if total <= 0:
        return None
    return (Decimal(net) * 100 / total).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
