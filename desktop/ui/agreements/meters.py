"""What an agreement's meters have counted: the running period, what it is worth, and what waits of periods before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.meters import Meter, MeterPeriod
from desktop.ui.facts import Fact, Group

_MOST_PERIODS = 4
_DAY = timedelta(days=1)


def meter_groups(meters: Sequence[Meter]) -> list[Group]:
    """A group a meter: its terms, and its latest periods with what was billed and what waits."""
    return [
        Group(
            meter.name,
            [
                # A span is too wide for the column of words.
                *(Fact("", f"{_span(one)}: {_period(meter, one)}") for one in meter.periods[:_MOST_PERIODS]),
                Fact("", "" if meter.periods else _("Nothing counted yet")),
                Fact(_("Included"), _units(meter, meter.included) if meter.included else ""),
                Fact(_("Minimum"), money_text(meter.minimum, meter.currency) if meter.minimum else ""),
                Fact(_("Threshold"), money_text(meter.threshold, meter.currency) if meter.threshold else ""),
            ],
        )
        for meter in meters
    ]


def _span(period: MeterPeriod) -> str:
    return f"{date_text(period.start)} – {date_text(period.end - _DAY)}"


def _units(meter: Meter, units: Decimal) -> str:
    text = number_text(units)
    return f"{text} {meter.unit}" if meter.unit else text


def _period(meter: Meter, period: MeterPeriod) -> str:
    """Units and worth of a period in one sentence, what waits first."""
    parts = []
    if period.records:
        worth = money_text(period.worth, meter.currency) if period.priced else _("no price")
        words = _("{units} came late, {worth}") if period.late else _("{units} so far, {worth}")
        if period.over and not period.late:
            words = _("{units} to bill, {worth}")
        parts.append(words.format(units=_units(meter, period.waiting), worth=worth))
    if period.invoices:
        words = ngettext("{units} billed on {invoice}", "{units} billed on {count} invoices", len(period.invoices))
        parts.append(
            words.format(
                units=_units(meter, period.billed), invoice=period.invoices[0], count=number_text(len(period.invoices))
            )
        )
    return "; ".join(parts) or _("no record")
