"""The way from an invoice's line to its milestone, the sum it is a share of, and the change orders in that sum."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from desktop.domain.money import major_text, scaled_to_percent
from desktop.i18n import _, number_text, percent_text

_MILESTONES = """SELECT m.id, m.name, m.external_id, m.fraction, m.done_on, a.id, a.agreed, a.currency FROM charge h
 JOIN milestone m ON m.id = h.milestone_id JOIN agreement a ON a.id = m.agreement_id WHERE h.invoice_id = ?"""

_CHANGES = """SELECT reference, amount FROM change_order WHERE agreement_id = ? AND effect = 'scope'
 AND state = 'approved' AND dated <= ? ORDER BY dated, id"""


def milestone_details(connection: Connection, invoice_id: int) -> dict[int, dict[str, Any]]:
    """By milestone that the document bills: its name and id, and of a share its percents and what they are of.

    Amounts are net, as text in major units; `scope` is what was agreed, with the `changes` that held on its day.
    """
    found: dict[int, dict[str, Any]] = {}
    rows = connection.exec_driver_sql(_MILESTONES, (invoice_id,)).fetchall()
    for key, name, external_id, fraction, done_on, agreement_id, agreed, currency in rows:
        found[key] = {"milestone": external_id, "name": name}
        if fraction is None or agreed is None:
            continue
        changes = connection.exec_driver_sql(_CHANGES, (agreement_id, done_on)).fetchall()
        found[key] |= {
            "percent": scaled_to_percent(fraction),
            "scope": major_text(agreed + sum(amount for _, amount in changes), currency),
            "agreed": major_text(agreed, currency),
            "changes": "; ".join(f"{reference} {major_text(amount, currency)}" for reference, amount in changes),
        }
    return found


def milestone_words(detail: Mapping[str, Any]) -> list[str]:
    """What a milestone is called, and of which sum it is a share, in the user's language."""
    parts = [str(detail["name"])]
    if "scope" in detail:
        scope = Decimal(detail["scope"])
        digits = max(0, -int(scope.as_tuple().exponent))
        share, figure = percent_text(detail["percent"]), number_text(scope, places=digits)
        parts.append(_("{share} of {scope}").format(share=share, scope=figure))
    if detail.get("changes"):
        parts.append(_("agreed {agreed}, changes: {changes}").format(**detail))
    return parts
