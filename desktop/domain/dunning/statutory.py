"""Interest for late payment as statutes set it: by the creditor's country, by who owes, by half-year.

The country is the firm's own: without a choice the law of the one who delivers governs a contract (Rome I, Regulation
593/2008, Art. 4(1)(a) and (b)). Only what was published is here; a day after it has no rate, and whoever uses this
says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from desktop.domain.dunning.interest import Rate

BUSINESS: Final = "business"
CONSUMER: Final = "consumer"


class OwnRate(NamedTuple):
    """A rate that the user entered: a fraction a year times 10**6, from a day on."""

    valid_from: date
    rate: int


@dataclass(frozen=True, slots=True)
class Statute:
    """One country's rates for one kind of debtor.

    `law` names the statute, `base` where its base rate is published. `months` is how long a rate holds before it is
    set anew: 6, 12, or 0 where it stands until it is changed. `known_until` is the last day that `rates` reach, None
    where the statute itself names the rate.
    """

    law: str
    base: str
    months: int
    rates: tuple[OwnRate, ...]
    known_until: date | None


def statute(country: str, who: str) -> Statute | None:
    """What the program knows of a country (ISO 3166) and a debtor, business or consumer; None where nothing."""
    return _STATUTES.get((country, who))


def countries() -> tuple[tuple[str, str], ...]:
    """(country, who) of every statute here."""
    return tuple(_STATUTES)


def rates_of(country: str, who: str, own: Iterable[OwnRate] = ()) -> tuple[Rate, ...]:
    """The rates in the order of their days, without overlaps; the user's own go before those of the same day.

    An own rate of a country whose rates are set anew each half-year or year holds to the end of that span, like those
    here: what comes after it was not published when it was entered.
    """
    known = statute(country, who)
    months = known.months if known else 0
    found: dict[date, tuple[int, bool]] = {}
    if known:
        found |= {one.valid_from: (one.rate, False) for one in known.rates}
    found |= {one.valid_from: (one.rate, True) for one in own}
    starts = sorted(found)
    rates = []
    for place, start in enumerate(starts):
        rate, entered = found[start]
        ends = [starts[place + 1]] if place + 1 < len(starts) else []
        if entered and months:
            ends.append(_span_end(start, months))
        elif not entered and known is not None and known.known_until is not None:
            ends.append(known.known_until + timedelta(days=1))
        end = min(ends, default=None)
        if end is None or end > start:
            rates.append(Rate(start, end, rate))
    return tuple(rates)


def known_until(rates: Iterable[Rate]) -> date | None:
    """The last day with a rate; None where the last one is open, or where there is none."""
    ends = [one.end for one in rates]
    return ends[-1] - timedelta(days=1) if ends and ends[-1] is not None else None


def _span_end(start: date, months: int) -> date:
    """The first day after the half-year, or the year, that a day is in."""
    if months == 6 and start.month <= 6:
        return date(start.year, 7, 1)
    return date(start.year + 1, 1, 1)


def _halves(first: str, *percents: str) -> tuple[OwnRate, ...]:
    """One rate a half-year, from the one named on; percent as text such as "8.12"."""
    year, half = int(first[:4]), int(first[-1])
    found = []
    for percent in percents:
        found.append(OwnRate(date(year, 1 if half == 1 else 7, 1), _scaled(percent)))
        year, half = (year, 2) if half == 1 else (year + 1, 1)
    return tuple(found)


def _years(first: int, *percents: str) -> tuple[OwnRate, ...]:
    return tuple(OwnRate(date(first + n, 1, 1), _scaled(percent)) for n, percent in enumerate(percents))


def _scaled(percent: str) -> int:
    """8.12 (percent) is 81200: a fraction times 10**6."""
    whole, _dot, part = percent.partition(".")
    return (int(whole) * 100 + int(part.ljust(2, "0") or 0)) * 100


def _plus(rates: Iterable[OwnRate], points: str) -> tuple[OwnRate, ...]:
    return tuple(OwnRate(one.valid_from, one.rate + _scaled(points)) for one in rates)


_JUNE_2026: Final = date(2026, 6, 30)

# The rate of the ECB's latest main refinancing operation before each half-year, 2016 II to 2026 I (Official Journal,
# series C: "Interest rate applied by the European Central Bank to its main refinancing operations").
_ECB: Final = _halves("2016 2", *["0.00"] * 13, "2.50", "4.00", "4.50", "4.25", "3.15", "2.15", "2.15")
_ECB_NAME: Final = "ECB, main refinancing operations, first day of the half-year"

# § 247 BGB, announced by the Bundesbank in the Bundesanzeiger: -0.88 % from 1 July 2016 to 31 December 2022, then
# 1.62, 3.12, 3.62, 3.37, 2.27, 1.27 and 1.27 %. The sums with 9 and 5 points are written out: the base was below zero.
_DE_BUSINESS: Final = _halves("2016 2", *["8.12"] * 13, "10.62", "12.12", "12.62", "12.37", "11.27", "10.27", "10.27")
_DE_CONSUMER: Final = _halves("2016 2", *["4.12"] * 13, "6.62", "8.12", "8.62", "8.37", "7.27", "6.27", "6.27")
_DE_BASE: Final = "Basiszinssatz, § 247 BGB (Deutsche Bundesbank)"

# Base rate of the Oesterreichische Nationalbank on the first day of the half-year plus 9.2 points: -0.62 until 2022,
# then 1.88, 3.38, 3.88, 3.88, 2.53, 1.53 and, the ECB's rate being the same, 1.53 %.
_AT_BUSINESS: Final = _halves("2016 2", *["8.58"] * 13, "11.08", "12.58", "13.08", "13.08", "11.73", "10.73", "10.73")

# Bank Rate on the last day of the half-year before: 0.10 on 30 June 2020, 31 December 2020 and 30 June 2021, then 0.25,
# 1.25, 3.50, 5.00, 5.25, 5.25, 4.75, 4.25 and, on 31 December 2025, 3.75 %.
_GB_BASE: Final = _halves(
    "2020 2", "0.10", "0.10", "0.10", "0.25", "1.25", "3.50", "5.00", "5.25", "5.25", "4.75", "4.25", "3.75"
)

# Book 2 of the law of 2 August 2002: the ECB's rate plus 8 points, rounded up to the next half point.
_BE_BUSINESS: Final = _halves("2016 2", *["8.00"] * 13, "10.50", "12.00", "12.50", "12.50", "11.50", "10.50", "10.50")

# Three times the Bank Rate that the RBI notified, from each day of a change; compound interest with monthly rests is
# not reckoned here, so that what is asked for is never above what the Act allows.
_IN_BUSINESS: Final = (
    OwnRate(date(2023, 2, 8), _scaled("20.25")),
    OwnRate(date(2025, 2, 7), _scaled("19.50")),
    OwnRate(date(2025, 4, 9), _scaled("18.75")),
    OwnRate(date(2025, 6, 6), _scaled("17.25")),
)


def _directive(law: str) -> Statute:
    """Directive 2011/7/EU, Art. 2(6) and (7): the ECB's rate on the first day of the half-year plus 8 points."""
    return Statute(law, _ECB_NAME, 6, _plus(_ECB, "8"), _JUNE_2026)


_STATUTES: Final[Mapping[tuple[str, str], Statute]] = {
    ("DE", BUSINESS): Statute("§ 288 (2) BGB", _DE_BASE, 6, _DE_BUSINESS, _JUNE_2026),
    ("DE", CONSUMER): Statute("§ 288 (1) BGB", _DE_BASE, 6, _DE_CONSUMER, _JUNE_2026),
    ("AT", BUSINESS): Statute(
        "§ 456 UGB", "Basiszinssatz (Oesterreichische Nationalbank)", 6, _AT_BUSINESS, _JUNE_2026
    ),
    ("AT", CONSUMER): Statute("§ 1000 (1) ABGB", "", 0, (OwnRate(date(2002, 8, 1), _scaled("4")),), None),
    ("CH", BUSINESS): Statute("Art. 104 (1) OR", "", 0, (OwnRate(date(1912, 1, 1), _scaled("5")),), None),
    ("CH", CONSUMER): Statute("Art. 104 (1) OR", "", 0, (OwnRate(date(1912, 1, 1), _scaled("5")),), None),
    ("FR", BUSINESS): Statute("Art. L441-10 (II) Code de commerce", _ECB_NAME, 6, _plus(_ECB, "10"), _JUNE_2026),
    ("FR", CONSUMER): Statute(
        "Art. 1231-6 Code civil, art. L313-2 Code monétaire et financier",
        "Taux de l'intérêt légal, créances des professionnels (arrêté of each half-year)",
        6,
        _halves("2024 2", "4.92", "3.71", "2.76", "2.62"),
        _JUNE_2026,
    ),
    ("NL", BUSINESS): _directive("Art. 6:119a BW"),
    ("NL", CONSUMER): Statute(
        "Art. 6:119 and 6:120 BW",
        "Besluit wettelijke rente",
        6,
        (
            *_years(2015, *["2.00"] * 8, "4.00"),
            OwnRate(date(2023, 7, 1), _scaled("6")),
            *_years(2024, "7.00", "6.00"),
        ),
        date(2025, 12, 31),
    ),
    ("BE", BUSINESS): Statute(
        "Art. 5, loi du 2 août 2002 / wet van 2 augustus 2002", _ECB_NAME, 6, _BE_BUSINESS, _JUNE_2026
    ),
    ("ES", BUSINESS): _directive("Art. 7 Ley 3/2004"),
    ("ES", CONSUMER): Statute(
        "Art. 1108 Código Civil",
        "Interés legal del dinero (Ley de Presupuestos)",
        12,
        _years(2016, *["3.00"] * 7, "3.25", "3.25", "3.25"),
        date(2025, 12, 31),
    ),
    ("IT", BUSINESS): _directive("Art. 5 D.Lgs. 231/2002"),
    ("IT", CONSUMER): Statute(
        "Art. 1284 Codice civile",
        "Decreto del Ministro dell'economia of each year",
        12,
        _years(2022, "1.25", "5.00", "2.50", "2.00"),
        date(2025, 12, 31),
    ),
    ("IE", BUSINESS): _directive("S.I. No. 580/2012"),
    ("LU", BUSINESS): _directive("Art. 3 and 5, loi du 18 avril 2004"),
    ("GB", BUSINESS): Statute(
        "Late Payment of Commercial Debts (Interest) Act 1998, S.I. 2002/1675",
        "Bank of England, Bank Rate on 30 June and 31 December",
        6,
        _plus(_GB_BASE, "8"),
        _JUNE_2026,
    ),
    ("IN", BUSINESS): Statute(
        "Section 16, MSMED Act 2006", "Reserve Bank of India, Bank Rate", 0, _IN_BUSINESS, date(2025, 11, 30)
    ),
}
