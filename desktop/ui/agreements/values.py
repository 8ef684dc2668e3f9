"""What a form of an agreement shows, and what the book keeps: percent and fractions, last days and ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from desktop.domain.money import exact_minor, to_major
from desktop.errors import UserError
from desktop.ui.last_days import day_after, last_day

# Kept as the first day no longer in, shown as the last day.
_ENDS = ("end_date", "trial_until", "charged_through", "term_end", "min_term_until")
_LINE = (
    "id",
    "kind",
    "item_id",
    "description",
    "quantity",
    "unit_price",
    "discount",
    "start_date",
    "end_date",
    "included",
    "metering",
)
_LINE_AMOUNTS = ("minimum", "threshold")
# What the form shows only where it differs from what nearly all agreements have.
TERMS = ("renewal", "term_end", "term_count", "notice_count", "min_term_until", "unused", "index_name", "index_cap")
_COMMON = {"renewal": "open", "unused": "credit", "notice_count": 0, "index_name": ""}


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
        "renewal": "open",
        "term_unit": "year",
        "notice_unit": "month",
        "unused": "credit",
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
    values["index_cap"] = _percent(record["index_cap"]) if record["index_cap"] is not None else None
    values["notice_count"] = record["notice_count"] or None
    values["lines"] = [_shown_line(line, str(record["currency"])) for line in record["lines"]]
    return values


def has_terms(record: Mapping[str, Any]) -> bool:
    """Whether an agreement says anything of its term, notice or index that is not common."""
    return any(record[name] not in (_COMMON.get(name), None) for name in TERMS)


def _shown_line(line: Mapping[str, Any], currency: str) -> dict[str, object]:
    own = {key: line[key] for key in _LINE}
    for key in _LINE_AMOUNTS:
        own[key] = to_major(line[key], currency) if line[key] is not None else None
    if line["kind"] != "usage":
        own |= {"included": None, "metering": None}
    elif not line["included"]:
        own["included"] = None
    return own | {"discount": _percent(line["discount"]), "end_date": last_day(line["end_date"])}


def kept(values: Mapping[str, object], before: Mapping[str, Any] | None) -> dict[str, object]:
    """The form's fields as the book keeps them; of an agreement that there is, only those that differ."""
    found = {name: value for name, value in values.items() if name != "lines"}
    for name in _ENDS:
        found[name] = day_after(values[name])
    found["discount"] = _fraction(values["discount"])
    found["index_cap"] = _fraction(values["index_cap"]) if values["index_cap"] is not None else None
    found["notice_count"] = values["notice_count"] or 0
    if values["term_count"] is None:
        found["term_unit"] = None
    found["anchor"] = values["anchor"] or values["start_date"]
    if before is None:
        return found
    return {name: value for name, value in found.items() if _plain(value) != _plain(before[name])}


def kept_lines(lines: Sequence[Mapping[str, object]], currency: str) -> list[dict[str, object]]:
    """Lines as the book takes them; what was left empty is left to the service."""
    return [_kept_line(line, currency) for line in lines]


def _kept_line(line: Mapping[str, object], currency: str) -> dict[str, object]:
    given = {
        key: value
        for key, value in line.items()
        if value is not None or key not in ("kind", "quantity", "included", "metering")
    }
    for key in _LINE_AMOUNTS:
        amount = line.get(key)
        given[key] = _minor(amount, currency) if isinstance(amount, Decimal) else None
    if line.get("kind") != "usage":
        given |= {"included": Decimal(0), "metering": "events"}
    elif line.get("included") is None:
        given["included"] = Decimal(0)
    return given | {"discount": _fraction(line.get("discount")), "end_date": day_after(line.get("end_date"))}


def _minor(amount: Decimal, currency: str) -> int:
    try:
        return exact_minor(amount, currency)
    except ValueError as error:
        raise UserError(str(error)) from None


def _percent(fraction: Decimal) -> Decimal | None:
    return fraction * 100 if fraction else None


def _fraction(percent: object) -> Decimal:
    return percent / 100 if isinstance(percent, Decimal) else Decimal(0)


def _plain(value: object) -> object:
    """An empty text and no text are the same."""
    return None if value == "" else value
