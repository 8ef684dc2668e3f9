"""Items and cards of the rate card: without a price, unused, in another currency, about to change, old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from dateutil.relativedelta import relativedelta

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.hygiene.finding import Finding, Look, Severity

# A price that stands so long unchanged deserves a look.
OLD_MONTHS: Final = 18
# So many days ahead a change is told.
AHEAD_DAYS: Final = 60

_WITHOUT_PRICE: Final = """SELECT i.id, i.code, i.name, count(DISTINCT a.id) FROM item i
JOIN agreement_line l ON l.item_id = i.id AND l.unit_price IS NULL
JOIN agreement a ON a.id = l.agreement_id AND a.active
WHERE i.merged_into_id IS NULL AND i.price IS NULL AND NOT EXISTS (SELECT 1 FROM rate r WHERE r.item_id = i.id)
AND l.kind <> 'time' GROUP BY i.id ORDER BY i.name COLLATE NOCASE"""

_OTHER_CURRENCY: Final = """SELECT i.id, i.code, i.name, a.currency, min(a.code), count(DISTINCT a.id) FROM item i
JOIN agreement_line l ON l.item_id = i.id AND l.unit_price IS NULL
JOIN agreement a ON a.id = l.agreement_id AND a.active
WHERE i.merged_into_id IS NULL AND l.kind <> 'time'
AND (i.price IS NOT NULL OR EXISTS (SELECT 1 FROM rate r WHERE r.item_id = i.id))
AND (i.price IS NULL OR i.currency <> a.currency) AND NOT EXISTS (SELECT 1 FROM rate r WHERE r.item_id = i.id
  AND r.currency = a.currency AND (r.client_id IS NULL OR r.client_id = a.client_id))
GROUP BY i.id, a.currency ORDER BY i.name COLLATE NOCASE, a.currency"""

_UNUSED: Final = """SELECT i.id, i.code, i.name FROM item i WHERE i.active
AND NOT EXISTS (SELECT 1 FROM agreement_line l WHERE l.item_id = i.id)
AND i.id NOT IN (SELECT item_id FROM invoice_line WHERE item_id IS NOT NULL)
AND i.id NOT IN (SELECT item_id FROM time_entry WHERE item_id IS NOT NULL)
AND i.id NOT IN (SELECT item_id FROM one_off WHERE item_id IS NOT NULL)
AND i.id NOT IN (SELECT item_id FROM milestone WHERE item_id IS NOT NULL)
AND i.id NOT IN (SELECT merged_into_id FROM item WHERE merged_into_id IS NOT NULL) ORDER BY i.name COLLATE NOCASE"""

# One row a card: an item for everyone or one client in one currency, with its present day and the next one.
_CARDS: Final = """SELECT r.item_id, i.code, i.name, coalesce(c.name, ''), r.currency,
  max(CASE WHEN r.valid_from <= :today THEN r.valid_from END) AS since,
  min(CASE WHEN r.valid_from > :today THEN r.valid_from END) AS following, min(r.id)
FROM rate r JOIN item i ON i.id = r.item_id AND i.active LEFT JOIN client c ON c.id = r.client_id
WHERE c.id IS NULL OR c.active
GROUP BY r.item_id, r.client_id, r.currency ORDER BY i.name COLLATE NOCASE, c.name COLLATE NOCASE, r.currency"""


def about_prices(look: Look) -> Iterator[Finding]:
    """Findings about items and what they cost, by name."""
    for row in look.connection.exec_driver_sql(_WITHOUT_PRICE):
        yield _item(
            row,
            "item_without_price",
            "block",
            ngettext(
                "{item} has no price, and {count} agreement leaves its price to the catalogue.",
                "{item} has no price, and {count} agreements leave its price to the catalogue.",
                row[3],
            ).format(item=row.name, count=number_text(row[3])),
            _("Set a list price or a rate, or a price on the lines."),
            "price",
        )
    for row in look.connection.exec_driver_sql(_OTHER_CURRENCY):
        yield _item(
            row,
            f"price_missing_in/{row.currency}",
            "block",
            _("{item} has no price in {currency}, which agreement {code} bills in.").format(
                item=row.name, currency=row.currency, code=row[4]
            ),
            _("Set a rate in that currency, or a price on the line."),
            "price",
        )
    for row in look.connection.exec_driver_sql(_UNUSED):
        yield _item(
            row, "item_unused", "note", _("{item} was never used.").format(item=row.name), _("Archive or delete it.")
        )
    yield from _cards(look)


def _item(row: Any, code: str, severity: Severity, message: str, remedy: str, field: str = "") -> Finding:
    where = f"item:{row[0]}:{field}" if field else ""
    return Finding(code, severity, "items", row[0], f"{row[1]} {row[2]}", message, remedy, "items", row[0], where)


def _cards(look: Look) -> Iterator[Finding]:
    old = (look.today - relativedelta(months=OLD_MONTHS)).isoformat()
    soon = (look.today + timedelta(days=AHEAD_DAYS)).isoformat()
    for row in look.connection.exec_driver_sql(_CARDS, {"today": look.day}):
        item, owner, currency, since, following, card = row[2], row[3], row[4], row[5], row[6], row[7]
        whose = _("{item} for {client} in {currency}") if owner else _("{item} in {currency}")
        told = whose.format(item=item, client=owner, currency=currency)
        if following is not None and following <= soon:
            yield _item(
                row,
                f"rate_changes/{card}",
                "note",
                _("The price of {item} changes on {day}.").format(item=told, day=_day(following)),
                _("See that the client knows it."),
                "price",
            )
        elif following is None and since is not None and since < old:
            yield _item(
                row,
                f"rate_old/{card}",
                "note",
                _("The price of {item} stands since {day}.").format(item=told, day=_day(since)),
                _("Raise it, or leave it as agreed."),
                "price",
            )


def _day(text: str) -> str:
    return date_text(date.fromisoformat(text))
