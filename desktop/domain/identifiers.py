"""Tax ids and bank accounts: are they well formed, and how are they written.

A right form says nothing about whether the number was ever given out; a wrong one is wrong for certain.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, cast

from stdnum import bic, get_cc_module, iban, luhn
from stdnum.ch import uid
from stdnum.eu import at_02
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError
from stdnum.util import clean

from desktop.domain.tax_catalogue import EU_COUNTRIES
from desktop.domain.wording import Said, own_word, phrase
from desktop.i18n import N_

_VAT = EU_COUNTRIES | {"GB", "XI", "CH", "LI", "NO", "IS"}
# Beside VAT ids, the numbers whose check digits are beyond doubt; every other country's are taken as they come.
_VAT_ID = N_("VAT id")
_NAMES = {"IN": "GSTIN", "AU": "ABN"}
# Ladakh, since 2019, and what belongs to no state.
_YOUNG_STATES = ("38", "97")
_GSTIN = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
MANDATE_SIGNS = "/ - ? : ( ) . , ' +"
_MANDATE = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]{1,35}")
_SWISS_SUFFIXES = ("MWST", "TVA", "IVA", "TPV")


_NO_PROBLEM = Said("")


class _Module(Protocol):
    def compact(self, number: str) -> str: ...
    def validate(self, number: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: `normal` is the number as it should be written, `problem` a sentence; its
    template is empty where nothing is wrong."""

    ok: bool
    normal: str
    problem: Said = _NO_PROBLEM


def normalise(text: str) -> str:
    """Letters and digits only, in capitals: for comparing two spellings of one number."""
    return "".join(sign for sign in clean(text).upper() if sign.isalnum())


@lru_cache(maxsize=64)
def _module(country: str) -> _Module:
    found = get_cc_module({"XI": "gb", "LI": "ch"}.get(country, country.lower()), "vat")
    if found is None:
        raise LookupError(country)
    return cast(_Module, found)


def check_tax_id(country: str, text: str) -> Checked:
    """Check a tax id of a country (ISO 3166 alpha-2); nothing to check in an empty one.

    The prefix may be left out. An id with the prefix of another EU state is that state's: firms register abroad.
    A country without a known rule makes no claim and is ok.
    """
    bare = normalise(text)
    if not bare:
        return Checked(True, "")
    country = {"EL": "GR", "MC": "FR", "IM": "GB"}.get(country, country)
    if country == "GB" and bare.startswith("XI"):
        country = "XI"
    if country in _NAMES:
        return _checked(country, bare, text, _NAMES[country])
    own = _checked(country, bare, text, _VAT_ID) if country in _VAT else None
    if own is not None and own.ok:
        return own
    abroad = {"EL": "GR"}.get(bare[:2], bare[:2])
    if abroad != country and abroad in EU_COUNTRIES | {"XI"} and (country in _VAT or country == ""):
        return _checked(abroad, bare, text, _VAT_ID)
    return own or Checked(True, text.strip())


def _checked(country: str, bare: str, text: str, name: str) -> Checked:
    prefix = "EL" if country == "GR" else country
    number = bare[len(prefix) :] if bare.startswith(prefix) and country not in ("CH", "LI") else bare
    if country == "GR" and bare.startswith("GR"):
        number = bare[2:]
    module = _module(country)
    try:
        if country in ("CH", "LI"):
            return Checked(True, _swiss(module, number))
        valid = _young_gstin(number) if country == "IN" and number[:2] in _YOUNG_STATES else module.validate(number)
    except ValidationError as error:
        return Checked(False, text.strip(), _wrong(name, text, error))
    if name != _VAT_ID:
        return Checked(True, valid)
    # Some modules keep the letter that others call prefix: Austria's U stands behind AT.
    return Checked(True, valid if valid.startswith(prefix) else prefix + valid)


def _young_gstin(number: str) -> str:
    """A GSTIN of a state that the library's list does not have yet; its form and its check digit are all the same."""
    if not _GSTIN.fullmatch(number):
        raise InvalidFormat()
    luhn.validate(number, string.digits + string.ascii_uppercase)
    return number


def _swiss(module: _Module, number: str) -> str:
    """A Swiss id with the word for VAT is a VAT id, without it the enterprise's id."""
    if not number.startswith("CHE"):
        number = "CHE" + number.removeprefix("CH")
    suffix = next((word for word in _SWISS_SUFFIXES if number.endswith(word)), "")
    plain = str(uid.format(uid.validate(number.removesuffix(suffix))))
    return f"{plain} {suffix}".strip()


def _wrong(name: str, text: str, error: ValidationError) -> Said:
    kind, typed = own_word(name), text.strip()
    if isinstance(error, InvalidChecksum):
        return phrase("{kind} {number} fails its check digits.", kind=kind, number=typed)
    if isinstance(error, InvalidLength):
        return phrase("{kind} {number} has too few or too many digits.", kind=kind, number=typed)
    if isinstance(error, InvalidComponent):
        return phrase("{kind} {number} has a part that cannot be.", kind=kind, number=typed)
    return phrase("{kind} {number} does not have the form of one.", kind=kind, number=typed)


def check_iban(text: str) -> Checked:
    """Check an IBAN, its country's own length and check digits included; written without spaces."""
    return checked_by(iban.validate, text, "IBAN")


def check_bic(text: str) -> Checked:
    return checked_by(bic.validate, text, "BIC")


def check_creditor_id(text: str) -> Checked:
    """Check a SEPA creditor identifier (EPC262-08): country, digits of ISO 7064 MOD 97-10, business code, number."""
    return checked_by(at_02.validate, text, N_("SEPA creditor identifier"))


def is_mandate(text: str) -> bool:
    """Whether a text may be the reference of a SEPA mandate (AT-01): up to 35 of SEPA's characters."""
    return _MANDATE.fullmatch(text) is not None


def checked_by(validate: Callable[[str], object], text: str, name: str) -> Checked:
    """Check a number by a function of stdnum; `name` says in the sentence what it is. Nothing to check if empty."""
    bare = normalise(text)
    if not bare:
        return Checked(True, "")
    try:
        return Checked(True, str(validate(bare)))
    except ValidationError as error:
        return Checked(False, text.strip(), _wrong(name, text, error))
