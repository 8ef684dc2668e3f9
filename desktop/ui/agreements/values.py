"""What a form of an agreement shows, and what the book keeps: percent and fractions, last days and ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from desktop.ui.last_days import day_after, last_day

# Kept as the first day no longer in, shown as the last day.
_ENDS = ("end_date", "trial_until", "charged_through")
_LINE = ("id", "kind", "item_id", "description", "quantity", "unit_price", "discount", "start_date", "end_date")


def fresh(today: date, currency: str) -> dict[str, object]:
    """A new agreement as its form begins."""
    return {
        "billing": "recurring",
        "currency": currency,
        "every_count": 1,
        "every_unit": "month",
        "alignment": "calendar",
        "timing": "advance",
        "start_date": today.replace(day=1),
        "grouping": "item",
        "deposits": "next",
        "delivery": None,
        "segment_id": None,
        "lines": [],
    }


def shown(record: Mapping[str, Any]) -> dict[str, object]:
    """A record of `services.agreements` as the form takes it."""
    values = dict(record)
    for name in _ENDS:
        values[name] = last_day(record[name])
    values["discount"] = _percent(record["discount"])
    values["lines"] = [_shown_line(line) for line in record["lines"]]
    return values


def _shown_line(line: Mapping[str, Any]) -> dict[str, object]:
    own = {key: line[key] for key in _LINE}
    return own | {"discount": _percent(line["discount"]), "end_date": last_day(line["end_date"])}


def kept(values: Mapping[str, object], before: Mapping[str, Any] | None) -> dict[str, object]:
    """The form's fields as the book keeps them; of an agreement that there is, only those that differ."""
    found = {name: value for name, value in values.items() if name != "lines"}
    for name in _ENDS:
        found[name] = day_after(values[name])
    found["discount"] = _fraction(values["discount"])
    found["anchor"] = values["anchor"] or values["start_date"]
    if before is None:
        return found
    return {name: value for name, value in found.items() if _plain(value) != _plain(before[name])}


def kept_lines(lines: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Lines as the book takes them; what was left empty is left to the service."""
    return [
        {key: value for key, value in line.items() if value is not None or key not in ("kind", "quantity")}
        | {"discount": _fraction(line.get("discount")), "end_date": day_after(line.get("end_date"))}
        for line in lines
    ]


def _percent(fraction: Decimal) -> Decimal | None:
    return fraction * 100 if fraction else None


def _fraction(percent: object) -> Decimal:
    return percent / 100 if isinstance(percent, Decimal) else Decimal(0)


def _plain(value: object) -> object:
    """An empty text and no text are the same."""
    return None if value == "" else value
