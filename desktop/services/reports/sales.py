"""Revenue as billed, by item, segment, client or month, and the lines behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from db.queries import sales as queries
from desktop.i18n import _
from desktop.services.reports.in_firm import Valued, sold
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question, sums_by_currency

BY: Final = ("month", "client", "segment", "item")
_REPORT_EVERY = 2_000


def revenue(asked: Question) -> Made:
    """Net of what was billed in the period, without deposits; `asked.by` names the groups."""
    assert asked.since is not None
    by = asked.by or BY[0]
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
    asked.progress(0, 0, _("Reading invoices"))
    valued = Valued(asked) if asked.in_firm else None
    if valued is not None:
        found: Sequence[Any] = sold(asked, by, valued)
    else:
        with asked.book.reading() as session:
            found = queries.sold_by(
                session.connection(), by, asked.since.isoformat(), asked.as_of.isoformat(), asked.client_id
            )
    totals: dict[str, int] = {}
    for _key, _name, currency, _documents, billed, credited in found:
        totals[currency] = totals.get(currency, 0) + billed + credited
    rows: list[dict[str, Any]] = [
        {
            "group": key or (_("No segment") if by == "segment" else _("No item")),
            "name": name,
            "documents": documents,
            "currency": currency,
            "billed": billed,
            "credited": credited,
            "net": billed + credited,
            "share": _share(billed + credited, totals[currency]),
            BEHIND: Behind(report="billed", asked={"by": by, "only": key, "currency": "" if valued else currency}),
        }
        for key, name, currency, documents, billed, credited in found
    ]
    notes = valued.notes() if valued is not None else []
    return Made(_("Revenue"), columns, rows, sums_by_currency(columns, rows, ["billed", "credited", "net"]), notes)


def billed(asked: Question) -> Made:
    """Every line behind the revenue of the period, or of one group of it (`asked.by` and `asked.only`)."""
    assert asked.since is not None
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
    asked.progress(0, 0, _("Reading invoices"))
    with asked.book.reading() as session:
        found = queries.lines_sold(
            session.connection(),
            asked.since.isoformat(),
            asked.as_of.isoformat(),
            asked.client_id,
            asked.by,
            asked.only,
        )
    valued = Valued(asked) if asked.in_firm else None
    rows: list[dict[str, Any]] = []
    for invoice, number, day, client, name, segment, item, description, currency, net, rate in found:
        if len(rows) % _REPORT_EVERY == 0:
            asked.progress(len(rows), len(found), _("Reading invoices"))
        rows.append(
            {
                "date": date.fromisoformat(day),
                "number": number,
                "client": client,
                "client_name": name,
                "segment": segment,
                "item": item,
                "description": description,
                "currency": valued.home if valued else currency,
                "net": valued.of(net, currency, rate) if valued else net,
                BEHIND: Behind("invoices", invoice),
            }
        )
    notes = valued.notes() if valued is not None else []
    return Made(_("Billed lines"), columns, rows, sums_by_currency(columns, rows, ["net"]), notes)


def _share(net: int, total: int) -> Decimal | None:
    """Percent of the total, to a tenth; None where the total is nothing or less."""
    if total <= 0:
        return None
    return (Decimal(net) * 100 / total).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
