"""How agreements are put into words: what they bill, how often, in which order of days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.ui.editors import Choice
from desktop.ui.last_days import last_day


def billings() -> list[Choice]:
    return [
        ("recurring", _("Recurring")),
        ("time", _("Time and materials")),
        ("fixed", _("Fixed price")),
        ("hybrid", _("Hybrid")),
        ("usage", _("Metered use")),
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


def renewals() -> list[Choice]:
    return [
        ("open", _("Goes on until it is ended")),
        ("auto", _("Renews by itself")),
        ("ask", _("Ends, unless I renew it")),
    ]


def term_units() -> list[Choice]:
    return [("year", _("years")), ("month", _("months"))]


def notice_units() -> list[Choice]:
    return [("month", _("months")), ("day", _("days"))]


def unused_rules() -> list[Choice]:
    return [("credit", _("Are credited")), ("keep", _("Stay billed"))]


def meterings() -> list[Choice]:
    return [("events", _("events")), ("readings", _("readings"))]


def line_kinds() -> list[Choice]:
    return [("recurring", _("Recurring")), ("time", _("Hours")), ("usage", _("Use"))]


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


def term_text(record: Mapping[str, object]) -> str:
    """What follows the term of an agreement, in a few words; empty for one that just goes on."""
    count, unit = record["term_count"], record["term_unit"]
    if record["renewal"] == "open" or not isinstance(count, int):
        return ""
    years = unit == "year"
    words = ngettext("{n} year", "{n} years", count) if years else ngettext("{n} month", "{n} months", count)
    again = words.format(n=number_text(count))
    if record["renewal"] == "auto":
        return _("renews by itself for {term}").format(term=again)
    return _("asks to be renewed for {term}").format(term=again)


def notice_text(record: Mapping[str, object]) -> str:
    """How long before its end notice is given."""
    count = record["notice_count"]
    if not isinstance(count, int) or not count:
        return ""
    days = record["notice_unit"] == "day"
    words = ngettext("{n} day", "{n} days", count) if days else ngettext("{n} month", "{n} months", count)
    return words.format(n=number_text(count))


def span_text(start: date, end: date | None) -> str:
    """A span `[start, end)` as people write it: its first and its last day."""
    last = last_day(end)
    if last is None:
        return _("from {day}").format(day=date_text(start))
    return date_text(start) if last == start else f"{date_text(start)} – {date_text(last)}"
