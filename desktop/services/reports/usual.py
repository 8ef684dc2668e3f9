"""Control charts: what is usual for a figure of the months, and which months were not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from desktop.domain.figures.control import LEAST, RUN, Point, Signal
from desktop.i18n import _, date_text, month_text, ngettext, number_text, short_month_text
from desktop.services.figures.measures import MEASURES, Controlled, controlled, measure_words
from desktop.services.figures.months import Span
from desktop.services.reports.chart import Chart, Mark, tenths, unit_text
from desktop.services.reports.table import BEHIND, Behind, Column, Kind, Made, Question, of_days

BY: Final = tuple(MEASURES)


def control(asked: Question) -> Made:
    """The measure that `asked.by` names in the last 24 whole months, with its limits and what is not chance."""
    name = asked.by or BY[0]
    title = measure_words()[name]
    with asked.book.reading() as session:
        found = controlled(session.connection(), name, asked.as_of, asked.client_id, asked.currency)
    amounts = found.unit == "amount"
    kind: Kind = "amount" if amounts else "number"
    columns = [
        Column("month", _("Month")),
        Column("value", _unit_title(title, found), kind),
        Column("lower", _("Lower limit"), kind),
        Column("centre", _("Centre"), kind),
        Column("upper", _("Upper limit"), kind),
    ]
    if found.counts:
        columns[1:1] = [Column("part", _("Of these"), "number"), Column("whole", _("Counted"), "number")]
    if amounts:
        columns.insert(1, Column("currency", _("Currency")))
    columns.append(Column("signal", _("More than chance")))
    rows: list[dict[str, Any]] = []
    for place, (span, point) in enumerate(zip(found.spans, found.points, strict=True)):
        row: dict[str, Any] = {
            "month": span.key,
            **{key: _value(getattr(point, key), amounts=amounts) for key in ("value", "lower", "centre", "upper")},
            "signal": " ".join(signal_words(signal) for signal in point.signals),
        }
        if found.counts:
            row["part"], row["whole"] = found.counts[place]
        if amounts:
            row["currency"] = found.currency
        row[BEHIND] = _behind(name, span)
        rows.append(row)
    chart = Chart(_unit_title(title, found), "line", found.unit, found.currency, _marks(found))
    return Made(_("Control chart: {figure}").format(figure=title), tuple(columns), rows, (), _notes(found), chart)


def _behind(name: str, span: Span) -> Behind:
    """Where the figure of a month comes from."""
    if name == "revenue":
        return Behind(report="billed", asked={"since": span.first, "as_of": span.last, "by": ""})
    if name == "received":
        return of_days("payments", *span)
    report = {"days_late": "times", "invoice_to_cash": "times", "order_to_invoice": "times", "overdue_share": "dso"}
    report |= {"dispute_rate": "dispute_rate", "disputed_value": "dispute_rate", "effectiveness": "collection"}
    report |= dict.fromkeys(("dso", "dso_count_back", "dso_best"), "dso")
    return Behind(report=report.get(name, "runs"), asked={"as_of": span.last, "by": ""})


def signal_words(signal: Signal) -> str:
    words = {
        "above": _("Above the upper limit."),
        "below": _("Below the lower limit."),
        "run_above": _("{count} or more in a row above the centre."),
        "run_below": _("{count} or more in a row below the centre."),
    }
    return words[signal].format(count=number_text(RUN))


def _unit_title(title: str, found: Controlled) -> str:
    if found.unit == "days":
        return _("{figure}, days").format(figure=title)
    return _("{figure}, %").format(figure=title) if found.unit == "percent" else f"{title}, {found.currency}"


def _value(value: Decimal | None, *, amounts: bool) -> Decimal | int | None:
    return int(value.to_integral_value()) if amounts and value is not None else value


def _marks(found: Controlled) -> list[Mark]:
    return [_mark(found, span, point) for span, point in zip(found.spans, found.points, strict=True)]


def _mark(found: Controlled, span: Span, point: Point) -> Mark:
    sizes = [_size(found, one) for one in (point.value, point.lower, point.centre, point.upper)]
    size, low, centre, high = sizes
    text = "–" if size is None else unit_text(found.unit, size, found.currency)
    told = [f"{month_text(span.first)}: {text}", *(signal_words(signal) for signal in point.signals)]
    return Mark(short_month_text(span.first), ". ".join(told), size, low, centre, high, bool(point.signals))


def _size(found: Controlled, value: Decimal | None) -> int | None:
    return tenths(value) if found.unit != "amount" or value is None else int(value)


def _notes(found: Controlled) -> tuple[str, ...]:
    """Whether there are limits, and where the figure left what is usual last."""
    notes = []
    known = sum(point.value is not None for point in found.points)
    if known < LEAST:
        words = ngettext(
            "Limits need {least} months with a value; there is {count}.",
            "Limits need {least} months with a value; there are {count}.",
            known,
        )
        notes.append(words.format(least=number_text(LEAST), count=number_text(known)))
    else:
        signals = [
            (span, point.signals) for span, point in zip(found.spans, found.points, strict=True) if point.signals
        ]
        if signals:
            span, said = signals[-1]
            notes.append(
                _("Last in {month}: {what}").format(
                    month=month_text(span.first), what=" ".join(signal_words(one) for one in said)
                )
            )
        else:
            notes.append(_("Nothing was more than chance until {day}.").format(day=date_text(found.spans[-1].last)))
    return (*notes, *without_rate(found.without_rate))


def without_rate(currencies: tuple[str, ...]) -> tuple[str, ...]:
    """A sentence for amounts that are left out."""
    if not currencies:
        return ()
    return (_("Without {currencies}: no exchange rate is known.").format(currencies=", ".join(currencies)),)
