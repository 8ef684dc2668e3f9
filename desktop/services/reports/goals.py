"""What the firm's figures should be, and where they stand."""

from __future__ import annotations

from decimal import Decimal

from desktop.i18n import _, number_text, percent_text
from desktop.services.figures.measures import Unit
from desktop.services.figures.targets import Standing, standings
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question


def goals(asked: Question) -> Made:
    """Each measure that can have a target: its value, the target, and whether it is kept."""
    columns = (
        Column("measure", _("Figure"), more=True),
        Column("title", _("Figure"), beside=True),
        Column("value", _("Now"), "number"),
        Column("limit", _("Should be")),
        Column("target", _("Target"), "number", more=True),
        Column("state", _("State")),
    )
    with asked.book.reading() as session:
        found = standings(session.connection(), asked.as_of)
    rows = [
        {
            "measure": one.name,
            "title": title_with_unit(one),
            "value": one.value,
            "limit": limit_words(one),
            "target": one.target,
            "state": state_words(one),
            BEHIND: Behind(report="control", asked={"by": one.name}),
        }
        for one in found
    ]
    crossed = [one.title for one in found if one.crossed]
    notes: tuple[str, ...] = ()
    if crossed:
        notes = (_("Not kept: {figures}.").format(figures=", ".join(crossed)),)
    elif any(one.target is not None and one.value is not None for one in found):
        notes = (_("All targets are kept."),)
    return Made(_("Targets"), columns, rows, notes=notes)


def title_with_unit(one: Standing) -> str:
    return (_("{figure}, days") if one.unit == "days" else _("{figure}, %")).format(figure=one.title)


def limit_words(one: Standing) -> str:
    """Such as “at most 45 days”; empty without a target."""
    if one.target is None:
        return ""
    text = value_words(one.target, one.unit)
    return (_("at most {value}") if one.at_most else _("at least {value}")).format(value=text)


def value_words(value: Decimal, unit: Unit) -> str:
    return percent_text(value) if unit == "percent" else _("{days} days").format(days=number_text(value))


def state_words(one: Standing) -> str:
    if one.target is None:
        return _("No target")
    if one.value is None:
        return _("Nothing to tell it by")
    return _("Not kept") if one.crossed else _("Kept")
