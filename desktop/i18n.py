"""Texts in the user's language; money, numbers and dates in the user's locale.

Documents pass the client's locale; everything else uses the one that `set_language` chose.
Babel is asked once a locale and currency: its own formatting costs 15 microseconds a figure, which a table
of a hundred thousand rows feels, and rounds half to even.
"""

import ctypes
import gettext as _gettext
import os
import re
import sys
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from locale import windows_locale
from typing import Literal, NamedTuple

from babel import Locale, UnknownLocaleError, default_locale
from babel.core import get_global
from babel.dates import format_date, format_interval, format_skeleton, format_time, get_day_names
from babel.numbers import get_currency_precision, get_currency_symbol, get_decimal_symbol, get_group_symbol

from desktop.errors import UserError
from desktop.paths import resource

MINUS = "\N{MINUS SIGN}"
# Plain English that names currencies without doubt: "en_US" writes "$" for one of a dozen dollars.
_FALLBACK = "en_GB"
# What people and programs put between groups of three; the apostrophes are Switzerland's.
_GROUP_SIGNS = str.maketrans(dict.fromkeys(" \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}'’", "\0"))
# Wide enough for any figure of a book: the default context would round past 28 digits.
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)

DateForm = Literal["short", "medium", "long"]


LANGUAGES = ("en", "de", "fr", "es", "hi")
"""The languages of the window, by their ISO 639 codes; English stands in the sources."""

_VARIABLE = "SHEAF_LANGUAGE"


class _State:
    """What `set_language` chose. One user sits before one window, so this is the process's."""

    locale = _FALLBACK
    language = "en"
    texts: _gettext.NullTranslations = _gettext.NullTranslations()


def set_language(code: str | None = None, formats: str | None = None) -> None:
    """Choose texts by a locale such as `de` or `de_CH`, and figures and dates by `formats`, else by the same.

    None takes what SHEAF_LANGUAGE names, else the system's. A language without a catalogue keeps English texts and
    still gets its own formats. An unknown one falls back to English.
    """
    chosen = _known(code or asked_language()) or _FALLBACK
    _State.locale = (_known(formats) if formats else None) or chosen
    _State.language = chosen.split("_")[0]
    folder = str(resource("translations"))
    _State.texts = _gettext.translation("sheaf", folder, languages=[chosen, _State.language], fallback=True)


def asked_language(system: str | None = None) -> str:
    """The locale that the surroundings ask for: SHEAF_LANGUAGE, else the system's, which the caller may know better."""
    return os.environ.get(_VARIABLE) or system or _system_locale() or _FALLBACK


def _known(code: str) -> str | None:
    """The locale in its usual spelling; None where there is none such."""
    try:
        found = str(Locale.parse(code.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        return None
    return _FALLBACK if found in ("en", "en_US_POSIX") else found


def formats_of(language: str, wish: str | None = None) -> str:
    """The locale of figures that goes with a language: the wished one where it is of the language, else its own."""
    if wish and wish.replace("-", "_").split("_")[0] == language and _known(wish):
        return wish
    return {"en": _FALLBACK}.get(language, f"{language}_{get_global('likely_subtags')[language].split('_')[-1]}")


def current_language() -> str:
    """The language of texts by its ISO 639 code, such as `de`."""
    return _State.language


def current_locale() -> str:
    """The locale of figures and dates, such as `de_CH`."""
    return _State.locale


def naming_locale() -> str:
    """The locale that names countries and terms: that of the formats where it is of the texts' language, else that."""
    return _State.locale if _State.locale.split("_")[0] == _State.language else _State.language


def _(text: str) -> str:
    """The text in the user's language. Call it when the text is shown, not when a module is imported."""
    found = _State.texts.gettext(text)
    # A word that is counted elsewhere stands in the catalogue with its plural only.
    return found if found != text else _State.texts.ngettext(text, text, 1)


def N_(text: str) -> str:  # noqa: N802
    """The text as it is: marks for the collector of texts what `_` looks up later."""
    return text


def N_n(one: str, many: str) -> tuple[str, str]:  # noqa: N802
    """Both forms as they are: marks for the collector of texts what `ngettext` looks up later."""
    return one, many


def pgettext(context: str, text: str) -> str:
    """As `_`, for a short text that means several things: the context, such as "verb", tells the translator which."""
    return _State.texts.pgettext(context, text)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form that fits the count, in the user's language. The caller fills in the figure."""
    return _State.texts.ngettext(singular, plural, count)


def money_text(minor: int, currency: str, locale: str | None = None) -> str:
    """Minor units with the currency's sign, such as `€1,234.50`."""
    shape = _money_shape(locale or _State.locale, currency)
    before, after = shape.negative if minor < 0 else shape.positive
    return before + _digits(abs(minor), shape.exponent, shape.signs) + after


def amount_text(minor: int, currency: str, locale: str | None = None) -> str:
    """Minor units without the currency's sign, for a column that names the currency elsewhere."""
    shape = _money_shape(locale or _State.locale, currency)
    return (MINUS if minor < 0 else "") + _digits(abs(minor), shape.exponent, shape.signs)


def number_text(value: Decimal | int, locale: str | None = None, places: int | None = None) -> str:
    """A quantity or price: every digit it has, or exactly `places` of them, rounded half away from zero."""
    scaled, exponent = _scaled(Decimal(value), places)
    return (MINUS if scaled < 0 else "") + _digits(abs(scaled), exponent, _signs(locale or _State.locale))


def percent_text(percent: Decimal | int, locale: str | None = None) -> str:
    """A rate in percent: 19 gives `19%`, or `19 %` where the language puts a space."""
    locale = locale or _State.locale
    before, after = _percent_affixes(locale)
    text = number_text(percent, locale)
    return MINUS + before + text[1:] + after if text.startswith(MINUS) else before + text + after


@lru_cache(maxsize=4096)
def _date_text(day: date, form: DateForm, locale: str) -> str:
    return format_date(day, form, locale)


def date_text(day: date, locale: str | None = None, form: DateForm = "medium") -> str:
    """A day as people write it, such as `21 Nov 2026`."""
    return _date_text(day, form, locale or _State.locale)


def short_day_text(day: date, locale: str | None = None) -> str:
    """A day of these months without its year: `21 Nov`."""
    return format_skeleton("MMMd", day, locale=locale or _State.locale)


def span_text(start: date, end: date, locale: str | None = None) -> str:
    """A half-open span of days with its last day: `January 2026`, or `3–14 Jan 2026`."""
    locale = locale or _State.locale
    last = end - timedelta(days=1)
    if start.day == 1 and end.day == 1 and (start.year, start.month) == (last.year, last.month):
        return format_skeleton("yMMMM", start, locale=locale)
    if start == last:
        return date_text(start, locale, "long")
    return format_interval(start, last, "yMMMMd", locale=locale)


def month_text(day: date, locale: str | None = None, *, year: bool = True) -> str:
    """The month that a day is in: `November 2026`, or `November` alone."""
    locale = locale or _State.locale
    return format_skeleton("yMMMM", day, locale=locale) if year else format_date(day, "LLLL", locale)


def short_month_text(day: date, locale: str | None = None) -> str:
    """The month that a day is in as it stands at an axis: `Nov 2026`."""
    return format_skeleton("yMMM", day, locale=locale or _State.locale)


def moment_text(at: str, locale: str | None = None) -> str:
    """A moment of the book, UTC text, by the clock on this wall: `21 Nov 2026 17:30`."""
    moment = datetime.fromisoformat(at).astimezone()
    locale = locale or _State.locale
    return f"{date_text(moment.date(), locale)} {format_time(moment.time(), 'short', locale=locale)}"


def local_moment_text(moment: datetime, locale: str | None = None) -> str:
    """A moment by the clock on the wall, without a zone: `21 Nov 2026 17:30`."""
    return f"{date_text(moment.date(), locale)} {time_text(moment.time(), locale)}"


def time_text(at: time, locale: str | None = None) -> str:
    """A time of the day, such as `17:30`."""
    return format_time(at, "short", locale=locale or _State.locale)


def weekday_text(weekday: int, locale: str | None = None) -> str:
    """The name of a day of the week, 0 being Monday."""
    return str(get_day_names("wide", locale=locale or _State.locale)[weekday])


def parse_number(text: str, locale: str | None = None) -> Decimal:
    """What a person typed as a number. Raises UserError rather than guess.

    Any space or apostrophe counts as the group sign, a true minus or brackets as the minus; a language written in
    Devanagari may use its own digits. Groups must stand where the locale puts them, so that "1234.5" is never read as
    12345.
    """
    locale = locale or _State.locale
    signs = _signs(locale)
    plain = text.strip().replace(MINUS, "-").translate(_own_digits(locale))
    bracketed = plain.startswith("(") and plain.endswith(")")
    if bracketed:
        plain = plain[1:-1].strip()
    # Where the locale groups by a space or an apostrophe, its own sign is among those that count as one.
    own_group = "" if signs.group.translate(_GROUP_SIGNS) == "\0" else signs.group
    shape = _number_shape(own_group, signs.decimal, signs.first, signs.others)
    found = shape.fullmatch(plain.translate(_GROUP_SIGNS))
    if not found or (bracketed and found["sign"]):
        raise UserError(
            _("“{text}” is not a number.").format(text=text.strip()),
            _("Write it like {example}.").format(example=number_text(Decimal("1234.5"), locale)),
        )
    whole = re.sub(r"[^0-9]", "", found["whole"] or "0")
    value = Decimal(f"{whole}.{found['fraction'] or '0'}")
    if not found["fraction"]:
        value = Decimal(whole)
    return -value if bracketed or found["sign"] == "-" else value


def parse_money(text: str, currency: str, locale: str | None = None) -> int:
    """What a person typed as an amount, in minor units. Its currency's sign or code may stand with it.

    Raises UserError when it is no number or has more decimals than the currency.
    """
    locale = locale or _State.locale
    bare = text
    for sign in (currency, get_currency_symbol(currency, locale), get_currency_symbol(currency, "en")):
        bare = bare.replace(sign, "")
    value = parse_number(bare, locale)
    exponent = get_currency_precision(currency)
    scaled = value.scaleb(exponent, _EXACT)
    if scaled != scaled.to_integral_value():
        raise UserError(
            _("{currency} has {count} decimals, “{text}” has more.").format(
                currency=currency, count=exponent, text=text.strip()
            ),
            _("Write it like {example}.").format(example=amount_text(123450, currency, locale)),
        )
    return int(scaled)


def _system_locale() -> str | None:
    if sys.platform == "win32":
        # Windows sets none of the environment variables that Babel reads.
        return windows_locale.get(ctypes.windll.kernel32.GetUserDefaultLCID())
    return default_locale()


class _Signs(NamedTuple):
    decimal: str
    group: str
    first: int  # digits in the group before the decimal sign
    others: int  # digits in each further group: 2 in India


class _MoneyShape(NamedTuple):
    exponent: int
    signs: _Signs
    positive: tuple[str, str]
    negative: tuple[str, str]


@lru_cache(maxsize=64)
def _signs(locale: str) -> _Signs:
    first, others = Locale.parse(locale).decimal_formats[None].grouping
    return _Signs(get_decimal_symbol(locale), get_group_symbol(locale), first, others)


@lru_cache(maxsize=64)
def _own_digits(locale: str) -> dict[int, str]:
    native = Locale.parse(locale).other_numbering_systems.get("native")
    return {ord(sign): str(value) for value, sign in enumerate("०१२३४५६७८९")} if native == "deva" else {}


@lru_cache(maxsize=512)
def _money_shape(locale: str, currency: str) -> _MoneyShape:
    pattern = Locale.parse(locale).currency_formats["standard"]
    symbol = get_currency_symbol(currency, locale)
    signs = _signs(locale)._replace(first=pattern.grouping[0], others=pattern.grouping[1])

    def affixes(which: int) -> tuple[str, str]:
        before = pattern.prefix[which].replace("¤", symbol).replace("-", MINUS)
        after = pattern.suffix[which].replace("¤", symbol).replace("-", MINUS)
        # CLDR's currency spacing: letters do not touch digits.
        if before[-1:].isalpha():
            before += "\N{NO-BREAK SPACE}"
        if after[:1].isalpha():
            after = "\N{NO-BREAK SPACE}" + after
        return before, after

    return _MoneyShape(get_currency_precision(currency), signs, affixes(0), affixes(1))


@lru_cache(maxsize=64)
def _percent_affixes(locale: str) -> tuple[str, str]:
    pattern = Locale.parse(locale).percent_formats[None]
    return pattern.prefix[0], pattern.suffix[0]


@lru_cache(maxsize=64)
def _number_shape(group: str, decimal: str, first: int, others: int) -> re.Pattern[str]:
    between = f"[\0{re.escape(group)}]"
    grouped = rf"[0-9]{{1,{others}}}(?:{between}[0-9]{{{others}}})*{between}[0-9]{{{first}}}"
    fraction = rf"{re.escape(decimal)}(?P<fraction>[0-9]+)"
    start = rf"(?P<sign>[-+]?)\0*(?=[0-9]|{re.escape(decimal)})"
    return re.compile(rf"{start}(?P<whole>{grouped}|[0-9]+)?(?:{fraction})?")


def _scaled(value: Decimal, places: int | None) -> tuple[int, int]:
    """The value as an integer and how many of its digits are decimals."""
    if not value.is_finite():
        raise ValueError(f"{value} is not a figure")
    if places is None:
        exponent = value.normalize(_EXACT).as_tuple().exponent
        assert isinstance(exponent, int)
        places = max(0, -exponent)
    return int(value.scaleb(places, _EXACT).to_integral_value(ROUND_HALF_UP)), places


def _digits(magnitude: int, exponent: int, signs: _Signs) -> str:
    text = str(magnitude).rjust(exponent + 1, "0")
    whole, fraction = (text[:-exponent], text[-exponent:]) if exponent else (text, "")
    if len(whole) > signs.first:
        if signs.first == signs.others == 3:
            # The common case, in C.
            whole = f"{int(whole):,}".replace(",", signs.group)
        else:
            rest, groups = whole[: -signs.first], [whole[-signs.first :]]
            while rest:
                groups.append(rest[-signs.others :])
                rest = rest[: -signs.others]
            whole = signs.group.join(reversed(groups))
    return f"{whole}{signs.decimal}{fraction}" if exponent else whole
