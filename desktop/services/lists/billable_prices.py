"""What things without a price of their own would cost: by their agreement, else by the rate card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from desktop.domain.agreement import Agreement
from desktop.domain.billing import TimeEntry
from desktop.domain.billing.recurring import life_of
from desktop.domain.billing.time import line_for, price_of
from desktop.domain.money import SCALE, per_major, scaled, unscaled
from desktop.services.lists.billable_sources import source
from desktop.services.milestones import read_milestones
from desktop.services.runs.loading import Loaded, load_agreements
from desktop.services.runs.setting import Setting, read_setting


class Unpriced(NamedTuple):
    """A row of the list that names no price, of its kind; `quantity` is scaled."""

    id: int
    kind: str
    client_id: int
    agreement_id: int | None
    item_id: int | None
    day: date
    quantity: int
    currency: str


def prices_for(connection: Connection, rows: Sequence[Unpriced]) -> dict[int, int]:
    """Scaled unit prices by id, as a run of each row's own day would find them; what nothing prices is left out."""
    if not rows:
        return {}
    # The through-date is of no matter to prices: each is looked up on its own row's day.
    setting = read_setting(connection, rows[0].day, rows[0].day)
    ids = {row.agreement_id for row in rows if row.kind in ("time", "usage") and row.agreement_id is not None}
    loaded = load_agreements(connection, sorted(ids))
    found = _milestones(connection, [row for row in rows if row.kind == "milestone"])
    for row in rows:
        if row.kind == "milestone":
            continue
        price = _price(row, loaded, setting)
        if price is not None:
            found[row.id] = price
    return found


def _milestones(connection: Connection, rows: Sequence[Unpriced]) -> dict[int, int]:
    """By id what milestones come to within their scope."""
    wanted = {source(row.id)[1]: row for row in rows}
    agreements = sorted({row.agreement_id for row in rows if row.agreement_id is not None})
    if not agreements:
        return {}
    return {
        wanted[one.id].id: one.amount * SCALE // per_major(wanted[one.id].currency)
        for own in read_milestones(connection, agreements, rows[0].day).values()
        for one in own
        if one.id in wanted and one.amount is not None
    }


def _price(row: Unpriced, loaded: Loaded, setting: Setting) -> int | None:
    if row.kind == "usage" and row.agreement_id is not None:
        return _unit(row, loaded.agreements[row.agreement_id], setting)
    if row.kind == "time" and row.agreement_id is not None:
        entry = TimeEntry(row.id, row.agreement_id, row.item_id, row.day, "", row.quantity, None, "")
        agreement = loaded.agreements[row.agreement_id]
        return price_of(agreement, line_for(agreement, entry), entry, row.client_id, setting.billing)[0]
    if row.item_id is None:
        return None
    prices = setting.billing.prices
    card = prices.price(row.item_id, row.client_id, row.currency, row.day, unscaled(row.quantity))
    return scaled(card.unit_price) if card else None


def _unit(row: Unpriced, agreement: Agreement, setting: Setting) -> int | None:
    """What a unit of a meter costs, where that does not depend on how many there are."""
    for line in agreement.lines:
        first, last = life_of(agreement, line)
        if line.kind != "usage" or line.item_id != row.item_id or not first <= row.day < (last or date.max):
            continue
        agreed = line.price_on(row.day)
        if agreed is not None or line.included or row.item_id is None:
            return None if line.included else agreed
        card = setting.billing.prices.steps(row.item_id, row.client_id, row.currency, row.day)
        return card[1][0].price if card and len(card[1]) == 1 and card[1][0].high is None else None
    return None
