"""What hours and charges without a price of their own would cost: by their agreement, else by the rate card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from desktop.domain.billing import TimeEntry
from desktop.domain.billing.time import line_for, price_of
from desktop.domain.money import scaled, unscaled
from desktop.services.runs.loading import Loaded, load_agreements
from desktop.services.runs.setting import Setting, read_setting


class Unpriced(NamedTuple):
    """A row of time or of a charge that names no price; `quantity` is scaled, `time` tells hours from charges."""

    id: int
    time: bool
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
    ids = {row.agreement_id for row in rows if row.time and row.agreement_id is not None}
    loaded = load_agreements(connection, sorted(ids))
    found: dict[int, int] = {}
    for row in rows:
        price = _price(row, loaded, setting)
        if price is not None:
            found[row.id] = price
    return found


def _price(row: Unpriced, loaded: Loaded, setting: Setting) -> int | None:
    if row.time and row.agreement_id is not None:
        entry = TimeEntry(row.id, row.agreement_id, row.item_id, row.day, "", row.quantity, None, "")
        agreement = loaded.agreements[row.agreement_id]
        return price_of(agreement, line_for(agreement, entry), entry, row.client_id, setting.billing)[0]
    if row.item_id is None:
        return None
    prices = setting.billing.prices
    card = prices.price(row.item_id, row.client_id, row.currency, row.day, unscaled(row.quantity))
    return scaled(card.unit_price) if card else None
