"""The cash forecast: what will come of what is open, week by week and by client, and how good it was before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import isqrt
from typing import Any, Final, NamedTuple

from desktop.domain.figures.forecast import HORIZONS, Trial, half_width, judged, part_of_width
from desktop.i18n import _, date_text, money_text, ngettext, number_text, percent_text, short_day_text, span_text
from desktop.services.figures.forecasting import Forecast, forecast
from desktop.services.reports.chart import Chart, Mark
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question, names, sums_by_currency

BY: Final = ("week", "horizon", "client", "proof")


def coming(asked: Question) -> Made:
    """The forecast by week, by 30, 60 and 90 days, by client, or its proof at past month ends (`asked.by`)."""
    by = asked.by or BY[0]
    asked.progress(0, 0, _("Reading how clients pay"))
    with asked.book.reading() as session:
        found = forecast(session.connection(), asked.as_of, asked.client_id)
    makers = {"week": _weeks, "horizon": _horizons, "client": _clients, "proof": _proof}
    columns, rows = makers[by](asked, found)
    summed = [column.key for column in columns if column.key in ("due", "expected") or by == "client"]
    summed = [key for key in summed if next(one for one in columns if one.key == key).kind == "amount"]
    sums = sums_by_currency(columns, rows, summed) if by in ("week", "client") else []
    shown = _shown_currency(asked, found)
    chart = _chart(found, shown) if shown else None
    return Made(_("Cash forecast"), columns, rows, sums, _notes(found, shown), chart)


def _currencies(asked: Question, found: Forecast) -> list[str]:
    """The one that the picture shows stands first."""
    shown = _shown_currency(asked, found)
    return sorted(found.outlook.expected, key=lambda one: (one != shown, one))


def _shown_currency(asked: Question, found: Forecast) -> str:
    """The one that is shown and told of: the one asked for, else the firm's, else that of the most money expected."""
    known = {one: sum(found.by_week(one).amounts) for one in found.outlook.expected}
    if asked.currency:
        return asked.currency if asked.currency in known else ""
    with asked.book.reading() as session:
        home = str(session.connection().exec_driver_sql("SELECT currency FROM firm").scalar())
    return home if home in known else max(known, key=lambda one: (known[one], one), default="")


def _trials(found: Forecast, currency: str, days: int) -> Sequence[Trial]:
    return found.trials.get((currency, days), ())


class _Range(NamedTuple):
    low: int
    high: int


def _around(amount: int, half: int) -> _Range:
    return _Range(max(amount - half, 0), amount + half)


def _ranges(found: Forecast, currency: str) -> list[_Range]:
    """Of 30, 60 and 90 days."""
    known = found.by_horizon(currency)
    return [
        _around(amount, half_width(_trials(found, currency, days), spread, amount))
        for days, amount, spread in zip(HORIZONS, known.amounts, known.spreads, strict=True)
    ]


def _week_ranges(found: Forecast, currency: str) -> list[_Range]:
    """Of each week, its part of the range of the 90 days that they are of."""
    whole, weeks = found.by_horizon(currency), found.by_week(currency)
    half = half_width(_trials(found, currency, HORIZONS[-1]), whole.spreads[-1], whole.amounts[-1])
    # A payment that comes a week late moves two weeks and no sum, so the weeks' own spreads add up to more.
    together = isqrt(sum(spread**2 for spread in weeks.spreads))
    return [
        _around(amount, part_of_width(half, together, spread))
        for amount, spread in zip(weeks.amounts, weeks.spreads, strict=True)
    ]


def _weeks(asked: Question, found: Forecast) -> tuple[tuple[Column, ...], list[dict[str, Any]]]:
    columns = (
        Column("first", _("From"), "date"),
        Column("last", _("Until"), "date"),
        Column("currency", _("Currency")),
        Column("due", _("Falls due"), "amount"),
        Column("expected", _("Expected"), "amount"),
        Column("low", _("At least"), "amount"),
        Column("high", _("At most"), "amount"),
        Column("together", _("Expected until then"), "amount"),
    )
    rows: list[dict[str, Any]] = []
    for currency in _currencies(asked, found):
        weeks, together = found.by_week(currency), 0
        ranges = _week_ranges(found, currency)
        for place, (first, last) in enumerate(found.weeks):
            amount = weeks.amounts[place]
            together += amount
            low, high = ranges[place]
            rows.append(
                {
                    "first": first,
                    "last": last,
                    "currency": currency,
                    "due": found.due[currency][place],
                    "expected": amount,
                    "low": low,
                    "high": high,
                    "together": together,
                    BEHIND: Behind(report="forecast", asked={"by": "client", "currency": currency}),
                }
            )
    return columns, rows


def _horizons(asked: Question, found: Forecast) -> tuple[tuple[Column, ...], list[dict[str, Any]]]:
    columns = (
        Column("horizon", _("Days ahead"), "number"),
        Column("until", _("Until"), "date"),
        Column("currency", _("Currency")),
        Column("expected", _("Expected"), "amount"),
        Column("low", _("At least"), "amount"),
        Column("high", _("At most"), "amount"),
        Column("tests", _("Tried at month ends"), "number"),
        Column("mape", _("Off by on average %"), "number"),
        Column("bias", _("Too high by in all %"), "number"),
    )
    rows: list[dict[str, Any]] = []
    for currency in _currencies(asked, found):
        known = found.by_horizon(currency)
        ranges = _ranges(found, currency)
        for place, days in enumerate(HORIZONS):
            good = judged(_trials(found, currency, days))
            low, high = ranges[place]
            rows.append(
                {
                    "horizon": days,
                    "until": asked.as_of + timedelta(days=days),
                    "currency": currency,
                    "expected": known.amounts[place],
                    "low": low,
                    "high": high,
                    "tests": good.trials,
                    "mape": good.mape,
                    "bias": good.bias,
                    BEHIND: Behind(report="forecast", asked={"by": "proof", "currency": currency}),
                }
            )
    return columns, rows


def _clients(asked: Question, found: Forecast) -> tuple[tuple[Column, ...], list[dict[str, Any]]]:
    columns = (
        Column("client", _("Client")),
        Column("name", _("Name"), beside=True),
        Column("habit", _("By the habit of")),
        Column("payments", _("Its own payments"), "number"),
        Column("currency", _("Currency")),
        Column("open", _("Open"), "amount"),
        Column("expected", _("Expected in 90 days"), "amount"),
        Column("left", _("Expected later or not at all"), "amount"),
    )
    known = names(asked.book)
    whose = {"own": _("The client"), "segment": _("Its segment"), "firm": _("All clients"), "": _("Nobody")}
    rows: list[dict[str, Any]] = []
    for (currency, client), is_open in found.owed.items():
        expected = found.outlook.payers.get((currency, client), 0)
        payments, source = found.habits[client]
        code, name = known[client]
        rows.append(
            {
                "client": code,
                "name": name,
                "habit": whose[source],
                "payments": payments,
                "currency": currency,
                "open": is_open,
                "expected": expected,
                "left": is_open - expected,
                BEHIND: Behind(report="open", asked={"client_code": code, "currency": currency, "by": ""}),
            }
        )
    rows.sort(key=lambda row: (row["currency"], -row["expected"], row["client"]))
    return columns, rows


def _proof(asked: Question, found: Forecast) -> tuple[tuple[Column, ...], list[dict[str, Any]]]:
    columns = (
        Column("made", _("Made at the end of"), "date"),
        Column("horizon", _("Days ahead"), "number"),
        Column("currency", _("Currency")),
        Column("expected", _("Expected"), "amount"),
        Column("came", _("Came"), "amount"),
        Column("error", _("Too high by"), "amount"),
        Column("off_by", _("Too high by %"), "number"),
    )
    rows = [
        {
            "made": trial.made,
            "horizon": days,
            "currency": currency,
            "expected": trial.expected,
            "came": trial.came,
            "error": trial.expected - trial.came,
            "off_by": trial.off_by,
            BEHIND: Behind(report="forecast", asked={"as_of": trial.made, "by": "client", "currency": currency}),
        }
        for (currency, days), trials in sorted(found.trials.items())
        for trial in trials
    ]
    return columns, rows


def _notes(found: Forecast, currency: str) -> tuple[str, ...]:
    """What is expected in 30, 60 and 90 days and how far such forecasts were off; or that nothing tells how far."""
    notes = []
    if currency and not found.payments:
        return (_("Nobody has paid anything yet, so nothing tells when what is open will come."),)
    if currency:
        known, ranges = found.by_horizon(currency), _ranges(found, currency)
        for place, days in enumerate(HORIZONS):
            amount = known.amounts[place]
            low, high = ranges[place]
            good = judged(_trials(found, currency, days))
            told = {
                "days": number_text(days),
                "amount": money_text(amount, currency),
                "low": money_text(low, currency),
                "high": money_text(high, currency),
            }
            if good.mape is None:
                words = _("{days} days: {amount} ({low} to {high}). Never tried: the book has no past to try it on.")
                notes.append(words.format(**told))
            else:
                words = ngettext(
                    "{days} days: {amount} ({low} to {high}). At {count} past month end it was off by {mape}.",
                    "{days} days: {amount} ({low} to {high}). At {count} past month ends it was {mape} off on average.",
                    good.trials,
                )
                notes.append(words.format(**told, count=number_text(good.trials), mape=percent_text(good.mape)))
        lost = found.outlook.lost.get(currency, 0)
        if lost:
            notes.append(
                _("{amount} is open longer than anybody ever took to pay, and not expected.").format(
                    amount=money_text(lost, currency)
                )
            )
    return tuple(notes) or (_("Nothing was open on {day}.").format(day=date_text(found.as_of)),)


def _chart(found: Forecast, currency: str) -> Chart:
    weeks, ranges = found.by_week(currency), _week_ranges(found, currency)
    marks = []
    for place, (first, last) in enumerate(found.weeks):
        amount = weeks.amounts[place]
        low, high = ranges[place]
        words = _("{days}: {amount}, {low} to {high}").format(
            days=span_text(first, last + timedelta(days=1)),
            amount=money_text(amount, currency),
            low=money_text(low, currency),
            high=money_text(high, currency),
        )
        marks.append(Mark(short_day_text(first), words, amount, low, None, high))
    return Chart(_("Expected by week, {currency}").format(currency=currency), "bars", "amount", currency, marks)
