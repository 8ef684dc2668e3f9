"""How long one billing period is, and the words that people use for it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from desktop.i18n import _

Unit = Literal["day", "week", "month", "year"]

_UNIT_WORDS: tuple[tuple[int, Unit, str], ...] = (
    (1, "day", "d day days tag tage tagen taglich tagig taegig jour jours"),
    (1, "week", "w wk week weeks woche wochen wochentlich wochig semaine semaines"),
    (1, "month", "m mo mth month months monat monate monaten monatlich mois"),
    (3, "month", "q qtr quarter quarters quartal quartale quartalen trimester trimesters trimestre trimestres"),
    (6, "month", "semester semesters semestre semestres halfyear halfyears halbjahr halbjahre halbjahren"),
    (1, "year", "y yr yrs year years annum jahr jahre jahren jahrlich an ans annee annees"),
)
# Written without spaces and hyphens. "Bi-" is read as billing systems read it: a biweekly invoice comes
# every second week, a bimonthly one every second month, a biannual one twice a year.
_INTERVAL_WORDS: tuple[tuple[int, Unit, str], ...] = (
    (1, "day", "daily taglich taeglich quotidien quotidienne journalier"),
    (1, "week", "weekly wochentlich woechentlich hebdomadaire hebdo"),
    (2, "week", "biweekly fortnightly fortnight vierzehntaglich vierzehntaegig zweiwochentlich"),
    (1, "month", "monthly monatlich mensuel mensuelle"),
    (2, "month", "bimonthly bimestrial bimestriel zweimonatlich"),
    (3, "month", "quarterly quarterlyear vierteljahrlich vierteljaehrlich quartalsweise trimestriel trimestrielle"),
    (4, "month", "triannual triannually"),
    (6, "month", "semiannual semiannually semesterly biannual biannually halfyearly halbjahrlich halbjaehrlich"),
    (6, "month", "semestriel semestrielle"),
    (1, "year", "annual annually yearly jahrlich jaehrlich annuel annuelle"),
    (18, "month", "sesquiennial"),
    (2, "year", "biennial biennially zweijahrlich zweijaehrlich biennal"),
    (3, "year", "triennial triennially dreijahrlich dreijaehrlich triennal"),
)
_UNITS = {word: (count, unit) for count, unit, words in _UNIT_WORDS for word in words.split()}
_WORDS = {word: (count, unit) for count, unit, words in _INTERVAL_WORDS for word in words.split()}

_NUMBERS = {"a": 1, "one": 1, "ein": 1, "un": 1, "une": 1, "other": 2, "second": 2, "two": 2, "zwei": 2, "deux": 2}
_NUMBERS |= {"three": 3, "drei": 3, "trois": 3, "four": 4, "vier": 4, "quatre": 4, "six": 6, "sechs": 6}
_NUMBERS |= {"twelve": 12, "thirty": 30, "sixty": 60, "ninety": 90}

_EVERY = r"(?:every|each|per|once per|once a|alle|jede[nrms]?|pro|tous les|toutes les|chaque|par)"
_PHRASE = re.compile(rf"(?:{_EVERY} )?(?:(?P<count>\d{{1,4}}|{'|'.join(_NUMBERS)})(?: |(?<=\d)))?(?P<unit>[a-z ]+)")
_JOINED = re.compile(r"(?<=\w)-(?=\w)|_")
_ISO = re.compile(r"p(?P<count>[0-9]{1,4})(?P<unit>[dwmy])")

_NAMES = {
    (1, "day"): "daily",
    (1, "week"): "weekly",
    (1, "month"): "monthly",
    (3, "month"): "quarterly",
    (6, "month"): "semiannual",
    (1, "year"): "yearly",
}


@dataclass(frozen=True, slots=True)
class Interval:
    """So many days, weeks, months or years: at least one, at most a hundred years, else ValueError."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(
                _("A billing interval of {count} is too short: it is at least 1.").format(count=self.count)
            )
        if self.months > 1200 or self.days > 36500:
            raise ValueError(_("This billing interval is too long: it is at most 100 years."))

    @property
    def months(self) -> int:
        """Calendar months; 0 for an interval of days or weeks."""
        return {"month": 1, "year": 12}.get(self.unit, 0) * self.count

    @property
    def days(self) -> int:
        """Days; 0 for an interval of months or years, whose days depend on where it falls."""
        return {"day": 1, "week": 7}.get(self.unit, 0) * self.count

    def times(self, factor: int) -> "Interval":
        """Quarterly times 2 is every 6 months."""
        return Interval(self.count * factor, self.unit)

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """`monthly`, `every 2 weeks`, `3 months`, `1m`, `thirty_days`, `P3M`, `vierteljährlich`, `tous les 2 mois`.

        Raises ValueError with a sentence for the user.
        """
        bare = unicodedata.normalize("NFKD", text.casefold())
        words = " ".join(_JOINED.sub(" ", "".join(c for c in bare if not unicodedata.combining(c))).split())
        named = _WORDS.get(words.replace(" ", ""))
        if named:
            return cls(*named)
        found = _ISO.fullmatch(words) or _PHRASE.fullmatch(words)
        if found:
            length = _UNITS.get(found["unit"].replace(" ", ""))
            if length:
                count = found["count"] or "1"
                return cls(_NUMBERS.get(count) or int(count), length[1]).times(length[0])
        raise ValueError(
            _(
                "“{text}” is not a billing interval. Write it like “monthly”, “quarterly”, “every 2 weeks” or "
                "“18 months”."
            ).format(text=text.strip())
        )

    def __str__(self) -> str:
        return _NAMES.get((self.count, self.unit)) or f"every {self.count} {self.unit}s"
