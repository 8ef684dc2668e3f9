"""What the dates typed into the form of an agreement mean: its first periods, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing.outlook import Upcoming, upcoming
from desktop.domain.money import SCALE
from desktop.domain.periods import Cadence, Interval
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.ui.agreements.words import span_text
from desktop.ui.last_days import day_after


def explained(values: Mapping[str, Any], billed_through: date | None, today: date) -> str:
    """What would be billed first and next; empty while the form does not say enough."""
    if values["billing"] == "time":
        return _("Each run bills the hours worked until its through-date.")
    start = values["start_date"]
    if not isinstance(start, date) or not values["every_count"]:
        return ""
    try:
        found = upcoming(_agreement(values, start, billed_through), {}, max(start, today), 2)
    except ValueError as error:
        return str(error)
    if not found:
        return _("Nothing more is billed with these dates.")
    first = _first(found[0], values)
    if len(found) == 1:
        return first
    then = _("then {span} on {day}.").format(span=span_text(found[1].start, found[1].end), day=date_text(found[1].due))
    return f"{first}; {then}"


def _agreement(values: Mapping[str, Any], start: date, billed_through: date | None) -> Agreement:
    charged = [day for day in (billed_through, day_after(values["charged_through"])) if day is not None]
    end = day_after(values["end_date"])
    return Agreement(
        id=0,
        code="",
        title="",
        client_id=0,
        segment_id=None,
        billing="recurring",
        currency="",
        cadence=_cadence(values),
        timing=values["timing"],
        start=start,
        end=end if end is None or end > start else None,
        lines=(AgreementLine(1, 1, "recurring", None, "", SCALE, SCALE),),
        trial_until=day_after(values["trial_until"]),
        charged_through=max(charged) if charged else None,
    )


def _first(one: Upcoming, values: Mapping[str, Any]) -> str:
    full = _cadence(values).full_period(one.start)
    span = span_text(one.start, one.end)
    if full == (one.start, one.end):
        return _("Bills {span} on {day}").format(span=span, day=date_text(one.due))
    days, whole = (one.end - one.start).days, (full[1] - full[0]).days
    part = ngettext("{days} of {whole} day", "{days} of {whole} days", whole)
    part = part.format(days=number_text(days), whole=number_text(whole))
    return _("Bills {span} ({part}) on {day}").format(span=span, part=part, day=date_text(one.due))


def _cadence(values: Mapping[str, Any]) -> Cadence:
    return Cadence(
        Interval(values["every_count"], values["every_unit"]),
        values["alignment"],
        values["anchor"] or values["start_date"],
        values["bill_day"],
        bool(values["fixed_30"]),
    )
