"""Terms in instalments: shares with terms of their own each, or equal parts at a rhythm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from babel.numbers import format_percent

from desktop.domain.instalments import MOST_INSTALMENTS, Instalment, due_days, in_parts, whole_weights
from desktop.domain.periods import Interval
from desktop.domain.terms.single import Terms
from desktop.i18n import _


class _Scheduled:
    """What all terms in instalments have in common: they go without an early-payment discount."""

    __slots__ = ()

    @property
    def discount_percent(self) -> Decimal | None:
        return None

    def discount_until(self, issue_date: date) -> date | None:
        return None


@dataclass(frozen=True, slots=True)
class Shares(_Scheduled):
    """Shares of an invoice, together the whole of it, each due under terms of its own."""

    parts: tuple[tuple[Fraction, Terms], ...]

    def __post_init__(self) -> None:
        """Raises ValueError with a sentence for the user where the parts do not make a schedule."""
        if not 2 <= len(self.parts) <= MOST_INSTALMENTS:
            raise ValueError(
                _("A schedule has 2 to {most} instalments, not {count}.").format(
                    most=MOST_INSTALMENTS, count=len(self.parts)
                )
            )
        for share, _terms in self.parts:
            if share <= 0:
                raise ValueError(_("An instalment of {share} is none: leave it out.").format(share=share_text(share)))
        total = sum(share for share, _terms in self.parts)
        if total != 1:
            raise ValueError(
                _(
                    "The instalments come to {total}, not to 100%. Write “rest” for the last one, or 1/3 for thirds."
                ).format(total=share_text(Fraction(total)))
            )
        known: set[Terms] = set()
        for _share, terms in self.parts:
            if terms.discount_percent is not None:
                raise ValueError(
                    _("An early-payment discount goes with one due date, not with instalments: leave one of them out.")
                )
            if terms in known:
                raise ValueError(_("Two instalments are due alike (“{terms}”): write them as one.").format(terms=terms))
            known.add(terms)

    def due(self, issue_date: date) -> date:
        """The day of the last instalment."""
        return max(terms.due(issue_date) for _share, terms in self.parts)

    def instalments(self, issue_date: date, payable: int) -> tuple[Instalment, ...]:
        """(due date, amount) in order of their days, adding up to what is payable; minor units."""
        days = [terms.due(issue_date) for _share, terms in self.parts]
        weights = whole_weights([(share.numerator, share.denominator) for share, _terms in self.parts])
        return in_parts(payable, days, weights)

    def __str__(self) -> str:
        """The canonical text, which `parse_terms` reads back."""
        return ", ".join(f"{share_text(share)} {terms}" for share, terms in self.parts)

    def describe(self, locale: str) -> str:
        """One plain phrase in a language of the window; other languages get the English one."""
        figures = _words(locale).figures(locale)
        return ", ".join(f"{_share_words(share, figures)} {terms.describe(locale)}" for share, terms in self.parts)


@dataclass(frozen=True, slots=True)
class EqualParts(_Scheduled):
    """So many equal instalments; the first under its terms, or one interval after the issue date, then at a rhythm."""

    count: int
    every: Interval
    first: Terms | None = None

    def __post_init__(self) -> None:
        """Raises ValueError with a sentence for the user where the parts do not fit together."""
        if not 2 <= self.count <= MOST_INSTALMENTS:
            raise ValueError(
                _("A schedule has 2 to {most} instalments, not {count}.").format(
                    most=MOST_INSTALMENTS, count=self.count
                )
            )
        if self.every.months * self.count > 1200 or self.every.days * self.count > 36500:
            raise ValueError(_("These instalments take longer than a hundred years."))
        if self.first is not None and self.first.discount_percent is not None:
            raise ValueError(
                _("An early-payment discount goes with one due date, not with instalments: leave one of them out.")
            )

    def due(self, issue_date: date) -> date:
        """The day of the last instalment."""
        return self._days(issue_date)[-1]

    def instalments(self, issue_date: date, payable: int) -> tuple[Instalment, ...]:
        """(due date, amount) in order of their days, adding up to what is payable; minor units."""
        return in_parts(payable, self._days(issue_date))

    def _days(self, issue_date: date) -> list[date]:
        if self.first is None:
            return due_days(issue_date, self.every, self.count + 1)[1:]
        day = self.first.day
        if self.first.end_of_month and not self.first.days_after:
            day = 31
        return due_days(self.first.due(issue_date), self.every, self.count, day)

    def __str__(self) -> str:
        """The canonical text, which `parse_terms` reads back."""
        text = f"{self.count} x {self.every}"
        return text if self.first is None else f"{text} from {self.first}"

    def describe(self, locale: str) -> str:
        """One plain phrase in a language of the window; other languages get the English one."""
        words = _words(locale)
        named = words.named.get((self.every.count, self.every.unit))
        if named:
            text = words.equal.format(count=self.count, every=named)
        else:
            every = words.every[self.every.unit].format(self.every.count)
            text = words.equal_every.format(count=self.count, every=every)
        if self.first is not None:
            return text + words.first.format(self.first.describe(locale))
        one, many = words.units[self.every.unit]
        return text + words.later.format(one if self.every.count == 1 else many.format(self.every.count))


def share_text(share: Fraction) -> str:
    """As percent where that comes out within four decimals, as a fraction otherwise."""
    scaled = share * 1_000_000
    if scaled.denominator != 1:
        return f"{share.numerator}/{share.denominator}"
    return f"{(Decimal(int(scaled)) / 10_000).normalize():f}%"


def _share_words(share: Fraction, locale: str) -> str:
    text = share_text(share)
    if not text.endswith("%"):
        return text
    return format_percent(Decimal(text[:-1]) / 100, locale=locale, decimal_quantization=False)


@dataclass(frozen=True, slots=True)
class _Wording:
    language: str
    equal: str
    equal_every: str
    first: str
    later: str
    units: dict[str, tuple[str, str]]
    named: dict[tuple[int, str], str]
    every: dict[str, str]

    def figures(self, locale: str) -> str:
        """The locale for figures: the words' own language where the locale's is not spoken here."""
        return locale.replace("-", "_") if locale.lower().startswith(self.language) else self.language


def _words(locale: str) -> _Wording:
    return _WORDS.get(re.split("[_-]", locale)[0].lower(), _WORDS["en"])


_WORDS = {
    "en": _Wording(
        language="en",
        equal="{count} {every} instalments",
        equal_every="{count} instalments {every}",
        first=", the first {}",
        later=", the first after {}",
        units={
            "day": ("1 day", "{} days"),
            "week": ("1 week", "{} weeks"),
            "month": ("1 month", "{} months"),
            "year": ("1 year", "{} years"),
        },
        named={
            (1, "day"): "daily",
            (1, "week"): "weekly",
            (1, "month"): "monthly",
            (3, "month"): "quarterly",
            (6, "month"): "half-yearly",
            (1, "year"): "yearly",
        },
        every={"day": "every {} days", "week": "every {} weeks", "month": "every {} months", "year": "every {} years"},
    ),
    "de": _Wording(
        language="de",
        equal="{count} {every} Raten",
        equal_every="{count} Raten {every}",
        first=", die erste {}",
        later=", die erste nach {}",
        units={
            "day": ("1 Tag", "{} Tagen"),
            "week": ("1 Woche", "{} Wochen"),
            "month": ("1 Monat", "{} Monaten"),
            "year": ("1 Jahr", "{} Jahren"),
        },
        named={
            (1, "day"): "tägliche",
            (1, "week"): "wöchentliche",
            (1, "month"): "monatliche",
            (3, "month"): "vierteljährliche",
            (6, "month"): "halbjährliche",
            (1, "year"): "jährliche",
        },
        every={"day": "alle {} Tage", "week": "alle {} Wochen", "month": "alle {} Monate", "year": "alle {} Jahre"},
    ),
    "fr": _Wording(
        language="fr",
        equal="{count} échéances {every}",
        equal_every="{count} échéances {every}",
        first=", la première {}",
        later=", la première après {}",
        units={
            "day": ("1 jour", "{} jours"),
            "week": ("1 semaine", "{} semaines"),
            "month": ("1 mois", "{} mois"),
            "year": ("1 an", "{} ans"),
        },
        named={
            (1, "day"): "quotidiennes",
            (1, "week"): "hebdomadaires",
            (1, "month"): "mensuelles",
            (3, "month"): "trimestrielles",
            (6, "month"): "semestrielles",
            (1, "year"): "annuelles",
        },
        every={
            "day": "tous les {} jours",
            "week": "toutes les {} semaines",
            "month": "tous les {} mois",
            "year": "tous les {} ans",
        },
    ),
    "es": _Wording(
        language="es",
        equal="{count} plazos {every}",
        equal_every="{count} plazos {every}",
        first=", el primero {}",
        later=", el primero después de {}",
        units={
            "day": ("1 día", "{} días"),
            "week": ("1 semana", "{} semanas"),
            "month": ("1 mes", "{} meses"),
            "year": ("1 año", "{} años"),
        },
        named={
            (1, "day"): "diarios",
            (1, "week"): "semanales",
            (1, "month"): "mensuales",
            (3, "month"): "trimestrales",
            (6, "month"): "semestrales",
            (1, "year"): "anuales",
        },
        every={
            "day": "cada {} días",
            "week": "cada {} semanas",
            "month": "cada {} meses",
            "year": "cada {} años",
        },
    ),
    "hi": _Wording(
        language="hi",
        equal="{count} {every} किस्तें",
        equal_every="{every} {count} किस्तें",
        first=", पहली {}",
        later=", पहली {} बाद",
        units={
            "day": ("1 दिन", "{} दिन"),
            "week": ("1 सप्ताह", "{} सप्ताह"),
            "month": ("1 महीने", "{} महीने"),
            "year": ("1 साल", "{} साल"),
        },
        named={
            (1, "day"): "दैनिक",
            (1, "week"): "साप्ताहिक",
            (1, "month"): "मासिक",
            (3, "month"): "तिमाही",
            (6, "month"): "छमाही",
            (1, "year"): "वार्षिक",
        },
        every={
            "day": "हर {} दिन में",
            "week": "हर {} सप्ताह में",
            "month": "हर {} महीने में",
            "year": "हर {} साल में",
        },
    ),
}
