"""Words for yes and no, countries, currencies and languages, in the languages that people write them in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import list_currencies

from desktop.i18n import _
from desktop.importing.values import UnreadableError
from desktop.importing.values.numbers import currency_of

_FIRST = ("en", "de", "fr")
# Beside these, a country is known by its own name for itself.
_MORE = ("es", "it", "nl", "pt", "pl", "cs", "da", "sv", "nb", "fi", "hu", "ro", "el", "hr", "sk", "sl", "tr")

_YES = frozenset(
    {"yes", "y", "true", "t", "on", "1", "x", "ja", "j", "wahr", "oui", "o", "vrai", "si", "sí", "s", "✓", "✔", "☑"}
) | {"checked", "billable", "abrechenbar", "facturable"}
_NO = frozenset({"no", "n", "false", "f", "off", "0", "nein", "falsch", "non", "faux", "-", "–", "—", "✗", "☐"}) | {
    "unchecked",
    "non-billable",
    "not billable",
    "nicht abrechenbar",
    "non facturable",
}

# CLDR lists these among the territories; none is a state or an area with a code of ISO 3166-1 in use.
_NO_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
_MORE_COUNTRIES = {
    "UK": "GB", "EL": "GR", "XI": "GB", "GREATBRITAIN": "GB", "ENGLAND": "GB", "SCOTLAND": "GB", "WALES": "GB",
    "NORTHERNIRELAND": "GB", "NORDIRLAND": "GB", "GROSSBRITANNIEN": "GB", "SCHOTTLAND": "GB", "GRANDEBRETAGNE": "GB",
    "ANGLETERRE": "GB", "HOLLAND": "NL", "THENETHERLANDS": "NL", "PAYSBAS": "NL", "USOFA": "US", "AMERICA": "US",
    "UNITEDSTATESOFAMERICA": "US", "VEREINIGTESTAATENVONAMERIKA": "US", "ETATSUNISDAMERIQUE": "US",
    "CZECHREPUBLIC": "CZ", "TSCHECHISCHEREPUBLIK": "CZ", "REPUBLIQUETCHEQUE": "CZ", "BRD": "DE",
    "BUNDESREPUBLIKDEUTSCHLAND": "DE", "FEDERALREPUBLICOFGERMANY": "DE", "REPUBLICOFIRELAND": "IE",
    "KOREA": "KR", "RUSSIANFEDERATION": "RU", "UAE": "AE", "VAE": "AE", "KSA": "SA", "MACEDONIA": "MK",
}  # fmt: skip
# Plates of cars, which German-speaking address books put before the postcode.
_PLATES = {"D": "DE", "A": "AT", "F": "FR", "I": "IT", "E": "ES", "B": "BE", "L": "LU", "P": "PT", "S": "SE", "N": "NO",
           "H": "HU", "FL": "LI"}  # fmt: skip


def parse_bool(text: str) -> bool:
    """Yes or no in English, German, French and a few others, ticks and digits."""
    word = text.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise UnreadableError(
        _("“{text}” is neither yes nor no.").format(text=text.strip()), _("Write yes or no, or leave it empty.")
    )


def parse_country(text: str) -> str:
    """An ISO 3166 alpha-2 code from a code of two or three letters, a name or a car plate's letter."""
    word = _key(text)
    found = _countries(_FIRST).get(word) or _PLATES.get(word) or _countries(_MORE).get(word)
    if found:
        return found
    raise UnreadableError(
        _("“{text}” is not a country.").format(text=text.strip()),
        _("Write its two-letter code, such as DE, or its English, German or French name."),
    )


def parse_currency(text: str) -> str:
    """An ISO 4217 code from a code, a sign that only one currency has, or a name."""
    found = currency_of(text)
    if found:
        return found
    if found == "" and text.strip():
        raise UnreadableError(
            _("“{text}” is the sign of several currencies.").format(text=text.strip()),
            _("Write the three letters of the currency, such as USD."),
        )
    named = _currencies().get(_key(text))
    if named:
        return named
    # “Euro - EUR”, “US Dollar (USD)”
    codes = {code for code in re.findall(r"\b[A-Z]{3}\b", text) if code in list_currencies()}
    if len(codes) == 1:
        return codes.pop()
    raise UnreadableError(
        _("“{text}” is not a currency.").format(text=text.strip()),
        _("Write its three letters, such as EUR."),
    )


def parse_language(text: str) -> str:
    """A language's code, without a region, from `de`, `de-AT` or a name."""
    word = text.strip()
    if re.fullmatch(r"[A-Za-z]{2,3}([-_].+)?", word):
        code = re.split(r"[-_]", word.lower())[0]
        try:
            Locale.parse(code)
        except (UnknownLocaleError, ValueError):
            pass
        else:
            return code
    named = _languages().get(_key(word))
    if named:
        return named
    raise UnreadableError(
        _("“{text}” is not a language.").format(text=word), _("Write its code, such as en, de or fr.")
    )


def parse_choice(text: str, choices: Mapping[str, tuple[str, ...]]) -> str:
    """The choice that a word stands for; `choices` gives each with the other words for it."""
    word = _key(text)
    for choice, words in choices.items():
        if word == _key(choice) or any(word == _key(other) for other in words):
            return choice
    raise UnreadableError(
        _("“{text}” is not known here.").format(text=text.strip()),
        _("Write one of: {choices}.").format(choices=", ".join(choices)),
    )


def _key(text: str) -> str:
    """Upper case letters without accents, spaces and signs."""
    split = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss")).upper()
    return "".join(sign for sign in split if sign.isalnum())


@cache
def _countries(languages: tuple[str, ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    codes = {
        str(code)
        for code in Locale("en").territories
        if len(str(code)) == 2 and str(code).isalpha() and code not in _NO_COUNTRY
    }
    for language in languages:
        for code, name in Locale(language).territories.items():
            if code in codes:
                names.setdefault(_key(name), code)
    if languages == _FIRST:
        # Codes of three letters and of three digits, and codes that were in use.
        for alias, now in get_global("territory_aliases").items():
            if len(alias) == 3 and len(now) == 1 and now[0] in codes:
                names[alias] = now[0]
        names.update(_MORE_COUNTRIES)
        names.update({code: code for code in codes})
    return names


@cache
def _currencies() -> dict[str, str]:
    """Names in use; where two currencies share one, the first by code is not better than the other: neither counts."""
    names: dict[str, set[str]] = {}
    for language in _FIRST:
        for code, name in Locale(language).currencies.items():
            if code in list_currencies() and "(" not in name:
                names.setdefault(_key(name), set()).add(code)
    return {name: codes.pop() for name, codes in names.items() if len(codes) == 1}


@cache
def _languages() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _FIRST:
        for code, name in Locale(language).languages.items():
            if len(code) == 2:
                names.setdefault(_key(name), code)
    for code in ("en", "de", "fr", *_MORE):
        own = Locale(code).display_name
        if own:
            names.setdefault(_key(own), code)
    return names
