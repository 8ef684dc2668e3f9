"""Electronic addresses of e-invoices (BT-34, BT-49): the schemes of the EAS list, their check digits, the usual one.

The list is that of EN 16931 (BR-CL-25); Peppol takes fewer (PEPPOL-EN16931-CL008).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from stdnum import ean, lei
from stdnum.au import abn
from stdnum.be import vat as belgian
from stdnum.ch import uid
from stdnum.dk import cvr
from stdnum.ee import registrikood
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength
from stdnum.fi import ytunnus
from stdnum.fr import siren, siret
from stdnum.iso7064 import mod_97_10
from stdnum.it import codicefiscale, iva
from stdnum.no import orgnr
from stdnum.se import orgnr as swedish

from desktop.domain.identifiers import Checked, check_tax_id, checked_by, normalise
from desktop.domain.tax_catalogue import EU_COUNTRIES
from desktop.domain.wording import phrase
from desktop.i18n import N_

LEITWEG: Final = "0204"
EMAIL: Final = "EM"
NOT_PEPPOL: Final = frozenset({EMAIL, "AN", "AQ", "AS", "AU"})
"""Schemes of the EAS list that Peppol does not take: mail addresses and the names of networks (CL008)."""

# By the country whose VAT ids it takes.
_VAT: Final = {
    "HU": "9910",
    "AT": "9914",
    "ES": "9920",
    "AD": "9922",
    "AL": "9923",
    "BA": "9924",
    "BE": "9925",
    "BG": "9926",
    "CH": "9927",
    "CY": "9928",
    "CZ": "9929",
    "DE": "9930",
    "EE": "9931",
    "GB": "9932",
    "GR": "9933",
    "HR": "9934",
    "IE": "9935",
    "LI": "9936",
    "LT": "9937",
    "LU": "9938",
    "LV": "9939",
    "MC": "9940",
    "ME": "9941",
    "MK": "9942",
    "MT": "9943",
    "NL": "9944",
    "PL": "9945",
    "PT": "9946",
    "RO": "9947",
    "RS": "9948",
    "SI": "9949",
    "SK": "9950",
    "SM": "9951",
    "TR": "9952",
    "VA": "9953",
    "FR": "9957",
    "IT": "0211",
    "FI": "0213",
}
VAT_COUNTRIES: Final = {scheme: country for country, scheme in _VAT.items()}
"""The schemes of VAT ids with their countries."""
SCHEMES: Final = {
    EMAIL: N_("E-mail address"),
    LEITWEG: "Leitweg-ID (DE)",
    "0088": "GLN (GS1)",
    "0002": "SIREN (FR)",
    "0007": "Organisationsnummer (SE)",
    "0009": "SIRET (FR)",
    "0037": "LY-tunnus (FI)",
    "0060": "DUNS",
    "0096": "P-nummer (DK)",
    "0106": "KvK (NL)",
    "0130": "European Commission",
    "0135": "SIA (IT)",
    "0142": "SECETI (IT)",
    "0151": "ABN (AU)",
    "0183": "UID (CH)",
    "0184": "CVR (DK)",
    "0188": "Corporate Number (JP)",
    "0190": "OIN (NL)",
    "0191": "Registrikood (EE)",
    "0192": "Organisasjonsnummer (NO)",
    "0195": "UEN (SG)",
    "0196": "Kennitala (IS)",
    "0198": "SE-nummer (DK)",
    "0199": "LEI",
    "0200": "Įmonės kodas (LT)",
    "0201": "Codice IPA (IT)",
    "0208": "Ondernemingsnummer (BE)",
    "0209": "GS1",
    "0210": "Codice fiscale (IT)",
    "0212": "Y-tunnus (FI)",
    "0216": "OVT-tunnus (FI)",
    "0218": "Reģistrācijas numurs (LV)",
    "0221": "Invoice issuer (JP)",
    "0225": "FRCTC (FR)",
    "0230": "e-Invois (MY)",
    "0235": "TIN (AE)",
    "9913": "Business Registers Network",
    "9915": "Verwaltung (AT)",
    "9918": "SWIFT",
    "9919": "KUR (AT)",
    "9959": "EIN (US)",
}
"""What else an electronic address may be, by its scheme; those of numbers are proper names."""
RARE: Final = frozenset(
    [
        "0097",
        "0147",
        "0154",
        "0158",
        "0170",
        "0177",
        "0193",
        "0194",
        "0202",
        "0203",
        "0205",
        "0215",
        "0217",
        "0219",
        "0220",
        "0240",
        "0244",
        "AN",
        "AQ",
        "AS",
        "AU",
    ]
)
ALL: Final = frozenset(SCHEMES) | frozenset(VAT_COUNTRIES) | RARE

# The register of firms of a country, where one number is the law's.
_REGISTERS: Final = {
    "BE": "0208",
    "CH": "0183",
    "DK": "0184",
    "EE": "0191",
    "FI": "0212",
    "FR": "0002",
    "IS": "0196",
    "NL": "0106",
    "NO": "0192",
    "SE": "0007",
}

_EMAIL = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+")
_LEITWEG = re.compile(r"[0-9]{2,12}(-[A-Z0-9]{1,30})?-[0-9]{2}")
_DIGITS = {"0106": 8, "0188": 13, "0190": 20, "0200": 9, "0218": 11}


def _leitweg(text: str) -> str:
    """Check digits by ISO 7064 MOD 97-10 over everything but the hyphens (KoSIT, Formatspezifikation Leitweg-ID)."""
    if not _LEITWEG.fullmatch(text):
        raise InvalidFormat()
    bare = text.replace("-", "")
    mod_97_10.validate("".join(str(int(sign, 36)) for sign in bare))
    return text


def _danish(text: str) -> str:
    """PEPPOL-COMMON-R042: with its prefix."""
    return "DK" + cvr.validate(text.removeprefix("DK"))


def _gln(text: str) -> str:
    if len(text) != 13:
        raise InvalidLength()
    return str(ean.validate(text))


def _personal(text: str) -> str:
    return str(iva.validate(text) if text.isdigit() else codicefiscale.validate(text))


def _overt(text: str) -> str:
    """0037, the business id, and what the firm adds to it."""
    if not re.fullmatch(r"0037[0-9]{8}[0-9A-Z]{0,5}", text):
        raise InvalidFormat()
    ytunnus.validate(text[4:12])
    return text


def _belgian(text: str) -> str:
    return str(belgian.validate(text))


_CHECKS: Final[dict[str, Callable[[str], object]]] = {
    "0088": _gln,
    "0002": siren.validate,
    "0007": swedish.validate,
    "0009": siret.validate,
    "0151": abn.validate,
    "0183": uid.validate,
    "0184": _danish,
    "0191": registrikood.validate,
    "0192": orgnr.validate,
    "0199": lei.validate,
    "0208": _belgian,
    "0210": _personal,
    "0212": ytunnus.validate,
    "0216": _overt,
}


@lru_cache(maxsize=1024)
def check_address(scheme: str, text: str) -> Checked:
    """Check an electronic address by the rules of its scheme, written as the scheme wants it."""
    text = text.strip()
    if not text:
        return Checked(True, "")
    if scheme not in ALL:
        return Checked(False, text, phrase("“{code}” is no scheme of electronic addresses.", code=scheme))
    if scheme == EMAIL:
        if _EMAIL.fullmatch(text):
            return Checked(True, text)
        return Checked(False, text, phrase("“{text}” is not an e-mail address.", text=text))
    if scheme in VAT_COUNTRIES:
        checked = check_tax_id(VAT_COUNTRIES[scheme], text)
        return Checked(checked.ok, normalise(checked.normal) if checked.ok else text, checked.problem)
    if scheme == LEITWEG:
        return _leitweg_checked(text)
    validate = _of_length(_DIGITS[scheme]) if scheme in _DIGITS else _CHECKS.get(scheme)
    return checked_by(validate, text, SCHEMES[scheme]) if validate else Checked(True, text)


def _of_length(count: int) -> Callable[[str], str]:
    def validate(bare: str) -> str:
        if not bare.isdecimal() or not bare.isascii():
            raise InvalidFormat()
        if len(bare) != count:
            raise InvalidLength()
        return bare

    return validate


def _leitweg_checked(text: str) -> Checked:
    """Its hyphens are part of it."""
    bare = text.upper()
    try:
        return Checked(True, _leitweg(bare))
    except InvalidChecksum:
        return Checked(False, text, phrase("Leitweg-ID {number} fails its check digits.", number=text))
    except InvalidFormat:
        return Checked(False, text, phrase("Leitweg-ID {number} does not have the form of one.", number=text))


def looks_like_leitweg(text: str) -> bool:
    """Whether it has the form of a Leitweg-ID, its check digits right or not."""
    return _LEITWEG.fullmatch(text.strip().upper()) is not None


def usual_scheme(text: str, country: str) -> str:
    """The scheme that an address written without one most likely has; empty where it could be many."""
    text = text.strip()
    if not text:
        return ""
    if "@" in text:
        return EMAIL
    if looks_like_leitweg(text):
        return LEITWEG
    if (scheme := _vat_scheme(country, text)) and check_address(scheme, text).ok:
        return scheme
    return "0088" if _ok("0088", text) else ""


def _ok(scheme: str, text: str) -> bool:
    return check_address(scheme, text).ok


def _vat_scheme(country: str, tax_id: str) -> str:
    """The id's own prefix tells more than where the firm sits: some are registered abroad."""
    bare = normalise(tax_id)
    prefix = {"EL": "GR"}.get(bare[:2], bare[:2])
    return _VAT.get(prefix if prefix in EU_COUNTRIES or prefix == "CH" else country, "")


def usual_legal_scheme(text: str, country: str) -> str:
    """The register (ISO 6523) that a number of a firm in this country stands in, if its check digits say so."""
    scheme = _REGISTERS.get(country, "")
    return scheme if scheme and check_address(scheme, text).ok else ""


def electronic_address(
    endpoint: str, scheme: str, *, country: str, tax_id: str, email: str, reference: str = ""
) -> tuple[str, str]:
    """(address, scheme): its own, else a Leitweg-ID that it is referred to by, else its VAT id, else its e-mail."""
    if endpoint:
        return endpoint, scheme or usual_scheme(endpoint, country)
    if looks_like_leitweg(reference):
        return reference.strip().upper(), LEITWEG
    if tax_id and (vat := _vat_scheme(country, tax_id)):
        return check_address(vat, tax_id).normal, vat
    return (email, EMAIL) if email else ("", "")
