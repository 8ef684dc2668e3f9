"""How agreements are put into words: what they bill, how often, in which order of days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from desktop.i18n import _, date_text, number_text
from desktop.ui.editors import Choice
from desktop.ui.last_days import last_day


def billings() -> list[Choice]:
    return [
        ("recurring", _("Recurring")),
        ("time", _("Time and materials")),
        ("fixed", _("Fixed price")),
        ("hybrid", _("Hybrid")),
    ]


def units() -> list[Choice]:
    return [("day", _("days")), ("week", _("weeks")), ("month", _("months")), ("year", _("years"))]


def alignments() -> list[Choice]:
    return [
        ("calendar", _("Calendar: from the 1st")),
        ("anniversary", _("From its own first day")),
        ("bcd", _("On a day of the month")),
    ]


def timings() -> list[Choice]:
    return [("advance", _("In advance")), ("arrears", _("In arrears"))]


def groupings() -> list[Choice]:
    return [
        ("item", _("One line an item")),
        ("entry", _("Each entry a line")),
        ("person", _("One line a person")),
        ("day", _("One line a day")),
    ]


def deposit_rules() -> list[Choice]:
    return [("next", _("On the next invoice")), ("final", _("On the final invoice"))]


def line_kinds() -> list[Choice]:
    return [("recurring", _("Recurring")), ("time", _("Hours"))]


def every_text(count: int, unit: str) -> str:
    """How often, such as "quarterly" or "every 2 weeks"."""
    named = {
        (1, "day"): _("daily"),
        (1, "week"): _("weekly"),
        (1, "month"): _("monthly"),
        (3, "month"): _("quarterly"),
        (6, "month"): _("half-yearly"),
        (12, "month"): _("yearly"),
        (1, "year"): _("yearly"),
    }
    if (count, unit) in named:
        return named[count, unit]
    words = {"day": _("every {n} days"), "week": _("every {n} weeks"), "month": _("every {n} months")}
    return words.get(unit, _("every {n} years")).format(n=number_text(count))


def cadence_text(row: Mapping[str, object]) -> str:
    """How an agreement bills in a few words: "monthly in advance", "hours as worked"."""
    billing = row["billing"]
    if billing == "time":
        return _("hours as worked")
    if billing == "fixed":
        return _("as charged")
    count = row["every_count"]
    assert isinstance(count, int)
    every = every_text(count, str(row["every_unit"]))
    if row["timing"] == "advance":
        text = _("{every} in advance").format(every=every)
    else:
        text = _("{every} in arrears").format(every=every)
    return _("{cadence}, and hours").format(cadence=text) if billing == "hybrid" else text


def span_text(start: date, end: date | None) -> str:
    """A span `[start, end)` as people write it: its first and its last day."""
    last = last_day(end)
    if last is None:
        return _("from {day}").format(day=date_text(start))
    return date_text(start) if last == start else f"{date_text(start)} – {date_text(last)}"
