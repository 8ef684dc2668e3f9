"""Terms with one due date: how people write them, when an invoice falls due under them, how a document words them."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from babel.numbers import format_percent

from desktop.domain.periods import bill_date_after, bill_date_in_month
from desktop.i18n import _, percent_text


@dataclass(frozen=True, slots=True)
class Terms:
    """So many days after the issue date; then to the month's end, if `end_of_month`, and `days_after` days more.

    With `day`, 1 to 31, instead the next such day strictly after the issue date, clamped to a short month's end.
    `discount_percent` (2 is 2 %) comes off when paid within `discount_days` of the issue date.
    """

    days: int = 0
    end_of_month: bool = False
    days_after: int = 0
    day: int | None = None
    discount_percent: Decimal | None = None
    discount_days: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError with a sentence for the user where the parts do not fit together."""
        if self.days < 0 or self.days_after < 0 or self.discount_days < 0:
            raise ValueError(_("Payment terms count days forward, never back."))
        if self.days_after and not self.end_of_month:
            raise ValueError(_("Days after the end of the month need terms to the end of the month."))
        if self.day is not None:
            if not 1 <= self.day <= 31:
                raise ValueError(_("Day {day} does not exist in any month: it is 1 to 31.").format(day=self.day))
            if self.days or self.end_of_month:
                raise ValueError(_("Payment terms name a day of the month or a number of days, not both."))
        if self.discount_percent is None:
            if self.discount_days:
                raise ValueError(
                    _("A discount within {days} days needs its percentage.").format(days=self.discount_days)
                )
            return
        if not 0 < self.discount_percent < 100:
            raise ValueError(
                _("An early-payment discount of {percent} is not between 0 and 100.").format(
                    percent=percent_text(self.discount_percent)
                )
            )
        if self.day is None and not self.end_of_month and self.discount_days > self.days:
            raise ValueError(
                _("The discount runs for {discount} days, but the invoice is due after {days} already.").format(
                    discount=self.discount_days, days=self.days
                )
            )

    def due(self, issue_date: date) -> date:
        """The day by which the invoice is to be paid: never before its issue date."""
        if self.day is not None:
            return bill_date_after(issue_date, self.day)
        due = issue_date + timedelta(days=self.days)
        if self.end_of_month:
            due = bill_date_in_month(due, 31) + timedelta(days=self.days_after)
        return due

    def instalments(self, issue_date: date, payable: int) -> tuple[tuple[date, int], ...]:
        """(due date, amount) of the one part; minor units."""
        return ((self.due(issue_date), payable),)

    def discount_until(self, issue_date: date) -> date | None:
        """The last day on which the discount may be taken; None without one."""
        return None if self.discount_percent is None else issue_date + timedelta(days=self.discount_days)

    def __str__(self) -> str:
        """The canonical text, which `parse_single` reads back."""
        if self.day is not None:
            text = f"day {self.day}"
        else:
            parts = [f"net {self.days}"] if self.days else []
            if self.end_of_month:
                parts.append(f"eom+{self.days_after}" if self.days_after else "eom")
            text = " ".join(parts) or "receipt"
        if self.discount_percent is not None:
            text += f" {_plain(self.discount_percent)}%/{self.discount_days}"
        return text

    def describe(self, locale: str) -> str:
        """One plain phrase in a language of the window; other languages get the English one."""
        words = _WORDS.get(re.split("[_-]", locale)[0].lower(), _WORDS["en"])
        if self.day is not None:
            if self.day == 31:
                text = words.last_day
            else:
                text = words.day.format(day=words.ordinals.get(self.day, words.ordinal).format(self.day))
        elif self.end_of_month:
            text = words.end_of_month
            if self.days_after:
                text = words.after_month.format(words.count(self.days_after))
            if self.days:
                text = words.then.format(first=words.count(self.days), then=text)
        else:
            text = words.net.format(words.count(self.days)) if self.days else words.receipt
        if self.discount_percent is None:
            return text
        percent = format_percent(self.discount_percent / 100, locale=words.figures(locale), decimal_quantization=False)
        return text + words.discount.format(percent=percent, within=words.count_within(self.discount_days))


def _plain(percent: Decimal) -> str:
    return f"{percent.normalize():f}"


@dataclass(frozen=True, slots=True)
class _Wording:
    language: str
    receipt: str
    net: str
    end_of_month: str
    after_month: str
    then: str
    day: str
    last_day: str
    discount: str
    one_day: str
    many_days: str
    many_days_within: str
    ordinal: str
    ordinals: dict[int, str]

    def count(self, days: int) -> str:
        return self.one_day if days == 1 else self.many_days.format(days)

    def count_within(self, days: int) -> str:
        return self.one_day if days == 1 else self.many_days_within.format(days)

    def figures(self, locale: str) -> str:
        """The locale for figures: the words' own language where the locale's is not spoken here."""
        return locale.replace("-", "_") if locale.lower().startswith(self.language) else self.language


_WORDS = {
    "en": _Wording(
        language="en",
        receipt="due on receipt",
        net="{} net",
        end_of_month="end of the month",
        after_month="{} after the end of the month",
        then="{first}, then {then}",
        day="on the {day} of the month",
        last_day="on the last day of the month",
        discount=", {percent} discount within {within}",
        one_day="1 day",
        many_days="{} days",
        many_days_within="{} days",
        ordinal="{}th",
        ordinals={1: "{}st", 2: "{}nd", 3: "{}rd", 21: "{}st", 22: "{}nd", 23: "{}rd"},
    ),
    "de": _Wording(
        language="de",
        receipt="sofort fällig",
        net="{} netto",
        end_of_month="zum Monatsende",
        after_month="{} nach Monatsende",
        then="{first}, dann {then}",
        day="zum {day} des Monats",
        last_day="zum Monatsletzten",
        discount=", {percent} Skonto innerhalb von {within}",
        one_day="1 Tag",
        many_days="{} Tage",
        many_days_within="{} Tagen",
        ordinal="{}.",
        ordinals={},
    ),
    "fr": _Wording(
        language="fr",
        receipt="à réception",
        net="{} net",
        end_of_month="fin de mois",
        after_month="{} après la fin du mois",
        then="{first}, puis {then}",
        day="le {day} du mois",
        last_day="le dernier jour du mois",
        discount=", {percent} d’escompte sous {within}",
        one_day="1 jour",
        many_days="{} jours",
        many_days_within="{} jours",
        ordinal="{}",
        ordinals={1: "{}er"},
    ),
    "es": _Wording(
        language="es",
        receipt="al recibirla",
        net="{} netos",
        end_of_month="a fin de mes",
        after_month="{} después de fin de mes",
        then="{first}, después {then}",
        day="el {day} del mes",
        last_day="el último día del mes",
        discount=", {percent} de descuento en {within}",
        one_day="1 día",
        many_days="{} días",
        many_days_within="{} días",
        ordinal="día {}",
        ordinals={},
    ),
    "hi": _Wording(
        language="hi",
        receipt="मिलते ही देय",
        net="{} में देय",
        end_of_month="महीने के अंत में",
        after_month="महीने के अंत के {} बाद",
        then="{first}, फिर {then}",
        day="महीने की {day} तारीख़ को",
        last_day="महीने के आख़िरी दिन",
        discount=", {within} में भुगतान पर {percent} छूट",
        one_day="1 दिन",
        many_days="{} दिन",
        many_days_within="{} दिन",
        ordinal="{}",
        ordinals={},
    ),
}

_DAYS = r"(?:calendar )?(?:days?|tag(?:en?)?|jours?|d|t|j)\b"
_PERCENT = r"(?P<percent>[0-9]{1,2}(?:[.,][0-9]{1,4})?)"
_WITHIN = r"(?P<days>[0-9]{1,3})"
_DISCOUNT_WORDS = (
    r"(?:skonto|discount|escompte|rabatt|if|paid|payment|zahlung|bei|binnen|innerhalb|within|von|in|for|sous|d'?|de|a)"
)
_DISCOUNTS = [
    re.compile(rf"{_PERCENT} ?%? ?/ ?{_WITHIN}(?: ?{_DAYS})?"),
    re.compile(rf"{_PERCENT} ?%(?: ?{_DISCOUNT_WORDS})* {_WITHIN}(?: ?{_DAYS})?"),
    re.compile(rf"{_WITHIN} ?{_DAYS}(?: ?{_DISCOUNT_WORDS})* {_PERCENT} ?%(?: {_DISCOUNT_WORDS})*"),
]

# Applied in this order. What is left after them must be one of the bases below, to the letter: a word that is
# not known here, such as the "next" of "15th of next month", makes the text no term rather than a wrong one.
_PHRASES = [
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"\b(?:on )?(?:the )?last day of (?:the )?month\b|\bzum monatsletzten\b|\ble dernier jour du mois\b", "on 31"),
        (r"\b(?:e\.?o\.?m\b\.?|(?:the )?end of (?:the )?month|month ?end)", "eom"),
        (r"\b(?:zum )?(?:monatsende|(?:ende|ultimo) (?:des )?monats?)\b|\b(?:la )?fin (?:de|du) mois\b|\bfdm\b", "eom"),
        (rf"\b(?P<n>[0-9]{{1,3}}) ?{_DAYS} (?:after|from|nach|apres|a partir de) eom\b", "eom {n}"),
        (r"\b(?:(?:up)?on|at|by|after|from) receipt\b(?: of (?:the )?invoice)?", "receipt"),
        (r"\b(?:bei|nach|ab|a) (?:rechnungs)?(?:erhalt|eingang|reception)\b(?: de (?:la )?facture)?", "receipt"),
        (r"\b(?:immediate(?:ly)?|at once|sofort|umgehend|comptant|cash|prompt(?:ly)?)\b", "receipt"),
        (r"\b(?:now|upfront|jetzt|maintenant)\b", "receipt"),
        (r"\b(?P<n>[0-9]{1,2}) ?(?:weeks?|wochen?|semaines?)\b", "{weeks} days"),
        (
            r"\b(?:on the|day|tag|jour|am|zum|le|the) (?P<n>[0-9]{1,2})(?:st|nd|rd|th|er|e|\.)?(?![0-9])(?! ?days?)",
            "on {n}",
        ),
        (r"\b(?P<n>[0-9]{1,2})(?:st|nd|rd|th|er)\b", "on {n}"),
        (r"(?<=on )(?P<n>[0-9]{1,2}) (?:of (?:the|each|every) month|(?:des|jeden) monats|du mois)\b", "{n}"),
        (rf"(?<=[0-9]) ?{_DAYS}", " days"),
        (r"\b(?:of the|from the|from|after|ab|nach) (?:invoice|issue|rechnungs?)[ -]?(?:date|datum|stellung)\b", ""),
        (r"\b(?:de (?:la )?)?date de (?:la )?facture\b|\bohne abzug\b|\bwithout deduction\b", ""),
        (r"\b(?:due|payable|payment|terms?|strictly|nets?|within|in|then|dann|puis)\b", ""),
        (r"\b(?:zahlbar|zahlungsziel|zahlung|fallig|rein|netto|innerhalb|binnen|von)\b", ""),
        (r"\b(?:paiement|payable|echeance|sous|a|on (?=eom))\b", ""),
        (r"[,;.:()]+|(?<= )[–-](?= )", " "),
    )
]
_BASES = [
    re.compile(r"(?P<receipt>receipt)"),
    re.compile(
        r"(?P<net>[0-9]{1,3})(?: days)?(?: receipt)?(?P<eom> eom(?: ?\+? ?(?:on )?(?P<after>[0-9]{1,3})(?: days)?)?)?"
    ),
    re.compile(r"(?P<eom>eom)(?: ?\+? ?(?P<after>[0-9]{1,3})(?: days)?)?"),
    re.compile(r"on (?P<day>[0-9]{1,2})"),
]


class SeveralDiscountsError(ValueError):
    """The text reads as several early-payment discounts, which may also be shares of a schedule."""


def bare_words(text: str) -> str:
    """In small letters without accents, single spaces between words."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def parse_single(text: str) -> Terms:
    """Terms as people write them: `net 30`, `30 Tage`, `2/10 net 30`, `eom+10`, `day 15`, `30 jours fin de mois`.

    "30 days end of month" is thirty days and then to the month's end; "end of month 30 days" the other way round.
    Raises ValueError with a sentence for the user.
    """
    # "n/30" is net 30, "net30" two words.
    rest = re.sub(r"(?<=[a-z])(?=[0-9])", " ", re.sub(r"\bn ?/ ?(?=[0-9])", "net ", bare_words(text)))
    percent: Decimal | None = None
    discount_days = 0
    for pattern in _DISCOUNTS:
        for found in pattern.finditer(rest):
            if percent is not None:
                raise SeveralDiscountsError(
                    f"“{text.strip()}” names more than one early-payment discount; terms hold one."
                )
            percent, discount_days = Decimal(found["percent"].replace(",", ".")), int(found["days"])
        rest = pattern.sub(" ", rest)
    base = _base(rest)
    if base is None:
        raise ValueError(
            _(
                "“{text}” is not a payment term. Write it like “net 30”, “net 30 2%/10”, “eom+10”, “day 15”, "
                "“due on receipt” or “30% now, 70% net 30”."
            ).format(text=text.strip())
        )
    return replace(base, discount_percent=percent, discount_days=discount_days)


def _base(text: str) -> Terms | None:
    """The terms without their discount; None if the text is none."""
    for pattern, instead in _PHRASES:
        text = pattern.sub(partial(_filled, instead), text)
    for base in _BASES:
        found = base.fullmatch(" ".join(text.split()))
        if found:
            part = found.groupdict()
            return Terms(
                days=int(part.get("net") or 0),
                end_of_month=bool(part.get("eom")),
                days_after=int(part.get("after") or 0),
                day=int(part["day"]) if part.get("day") else None,
            )
    return None


def _filled(instead: str, found: re.Match[str]) -> str:
    number = found.groupdict().get("n")
    if number is None:
        return instead
    return instead.format(n=number, weeks=int(number) * 7)
