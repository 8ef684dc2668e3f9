"""Bookings as a file that DATEV reads: EXTF 700, category 21 (Buchungsstapel), version 13.

Windows-1252, lines ended by CR LF, fields parted by semicolons, texts in quotes. The first line has 31 fields that say
whose bookings these are and of which days; the second names the 125 columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from desktop.domain.money import exponent, to_major
from desktop.domain.spreadsheet_text import harmless

ENCODING: Final = "cp1252"
ACCOUNT_DIGITS: Final = 4
_END = "\r\n"
_RATE_DECIMALS = Decimal("0.000001")
_CENTS = Decimal("0.01")
_NUMBER, _TEXT, _TITLE = 36, 60, 30
# What document numbers may hold.
_NOT_IN_NUMBERS = re.compile(r"[^A-Za-z0-9$&%*+\-/]")
# Letters that do not fall apart into one of the alphabet and a mark, of those that Windows-1252 lacks.
_ALIKE = str.maketrans({"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i", "Ħ": "H", "ħ": "h", "−": "-"})

COLUMNS: Final = (
    "Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz", "WKZ Basis-Umsatz",
    "Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum", "Belegfeld 1", "Belegfeld 2", "Skonto",
    "Buchungstext", "Postensperre", "Diverse Adressnummer", "Geschäftspartnerbank", "Sachverhalt", "Zinssperre",
    "Beleglink",
    *(f"Beleginfo - {part} {place}" for place in range(1, 9) for part in ("Art", "Inhalt")),
    "KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "Kost-Menge", "EU-Land u. UStID (Bestimmung)",
    "EU-Steuersatz (Bestimmung)", "Abw. Versteuerungsart", "Sachverhalt L+L", "Funktionsergänzung L+L",
    "BU 49 Hauptfunktionstyp", "BU 49 Hauptfunktionsnummer", "BU 49 Funktionsergänzung",
    *(f"Zusatzinformation{part} {place}" for place in range(1, 21) for part in (" - Art", "- Inhalt")),
    "Stück", "Gewicht", "Zahlweise", "Forderungsart", "Veranlagungsjahr", "Zugeordnete Fälligkeit", "Skontotyp",
    "Auftragsnummer", "Buchungstyp", "USt-Schlüssel (Anzahlungen)", "EU-Land (Anzahlungen)",
    "Sachverhalt L+L (Anzahlungen)", "EU-Steuersatz (Anzahlungen)", "Erlöskonto (Anzahlungen)", "Herkunft-Kz",
    "Buchungs GUID", "KOST-Datum", "SEPA-Mandatsreferenz", "Skontosperre", "Gesellschaftername", "Beteiligtennummer",
    "Identifikationsnummer", "Zeichnernummer", "Postensperre bis", "Bezeichnung SoBil-Sachverhalt",
    "Kennzeichen SoBil-Buchung", "Festschreibung", "Leistungsdatum", "Datum Zuord. Steuerperiode", "Fälligkeit",
    "Generalumkehr (GU)", "Steuersatz", "Land", "Abrechnungsreferenz", "BVV-Position", "EU-Land u. UStID (Ursprung)",
    "EU-Steuersatz (Ursprung)", "Abw. Skontokonto",
)  # fmt: skip
# Columns of which the value is a text, and stands in quotes.
_QUOTED: Final = frozenset(
    {
        "Soll/Haben-Kennzeichen", "WKZ Umsatz", "WKZ Basis-Umsatz", "BU-Schlüssel", "Belegfeld 1", "Belegfeld 2",
        "Buchungstext", "EU-Land u. UStID (Bestimmung)",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """Whose bookings: numbers of the tax consultant and of its client, chart "03" or "04", days that they lie in.

    `year` is the first day of the fiscal year, `made` the day that the file says it was made on.
    """

    consultant: int
    client: int
    chart: str
    currency: str
    year: date
    first: date
    last: date
    made: date
    title: str


@dataclass(frozen=True, slots=True)
class Booking:
    """`account` (a personal account) against `contra`, debited where `debit`, amounts positive, in minor units.

    `base` is the amount in the firm's currency where `currency` is another one. `key` is DATEV's tax key: empty leaves
    the tax to the account, 40 says that no tax is within. `vat_id` is the buyer's in another EU state, or that state
    alone with its `eu_rate` in percent. `service` is the day of the supply.
    """

    amount: int
    debit: bool
    currency: str
    base: int | None
    account: int
    contra: int
    key: str
    booked_on: date
    number: str
    due: date | None
    text: str
    vat_id: str = ""
    eu_rate: Decimal | None = None
    service: date | None = None


def datev_file(head: Head, bookings: Iterable[Booking]) -> bytes:
    """The whole file; what Windows-1252 lacks is written by the nearest letter, else as "?"."""
    lines = [_head(head), ";".join(COLUMNS)]
    lines += [_line(booking, head) for booking in bookings]
    return (_END.join(lines) + _END).encode(ENCODING)


def document_number(text: str) -> str:
    """The number with nothing but what DATEV takes in one, at most 36 characters of it."""
    return _NOT_IN_NUMBERS.sub("-", _plain(text))[:_NUMBER]


def _head(head: Head) -> str:
    fields = [
        '"EXTF"', "700", "21", '"Buchungsstapel"', "13", f"{head.made:%Y%m%d}000000000", "", '"SH"', '"Sheaf"', '""',
        str(head.consultant), str(head.client), f"{head.year:%Y%m%d}", str(ACCOUNT_DIGITS), f"{head.first:%Y%m%d}",
        f"{head.last:%Y%m%d}", _quoted(_plain(head.title)[:_TITLE]), '""', "1", "0", "0", _quoted(head.currency), "",
        '""', "", "", _quoted(head.chart), "", "", '""', '""',
    ]  # fmt: skip
    return ";".join(fields)


def _line(booking: Booking, head: Head) -> str:
    values = {
        "Umsatz (ohne Soll/Haben-Kz)": _amount(booking.amount, booking.currency),
        "Soll/Haben-Kennzeichen": "S" if booking.debit else "H",
        "WKZ Umsatz": booking.currency,
        "Konto": str(booking.account),
        "Gegenkonto (ohne BU-Schlüssel)": str(booking.contra),
        "BU-Schlüssel": booking.key,
        "Belegdatum": f"{booking.booked_on:%d%m}",
        "Belegfeld 1": document_number(booking.number),
        "Belegfeld 2": f"{booking.due:%d%m%y}" if booking.due else "",
        "Buchungstext": harmless(_plain(booking.text))[:_TEXT],
        "EU-Land u. UStID (Bestimmung)": booking.vat_id,
        "EU-Steuersatz (Bestimmung)": "" if booking.eu_rate is None else _comma(booking.eu_rate.quantize(_CENTS)),
    }
    if booking.base is not None:
        values["Kurs"] = _comma(_rate(booking, head.currency))
        values["Basis-Umsatz"] = _amount(booking.base, head.currency)
        values["WKZ Basis-Umsatz"] = head.currency
    if booking.service:
        values["Leistungsdatum"] = f"{booking.service:%d%m%Y}"
        # DATEV takes the day of the supply only beside the one whose tax return it belongs to.
        values["Datum Zuord. Steuerperiode"] = f"{booking.service:%d%m%Y}"
    return ";".join(
        _quoted(values.get(column, "")) if column in _QUOTED else values.get(column, "") for column in COLUMNS
    )


def _rate(booking: Booking, home: str) -> Decimal:
    """Units of the foreign currency for one of the firm's, as DATEV quotes rates."""
    assert booking.base
    rate = to_major(booking.amount, booking.currency) / to_major(booking.base, home)
    return rate.quantize(_RATE_DECIMALS)


def writable(currency: str) -> bool:
    """Whether DATEV's two decimals hold every amount in the currency."""
    return exponent(currency) <= 2


def _amount(minor: int, currency: str) -> str:
    return _comma(to_major(minor, currency).quantize(_CENTS))


def _comma(value: Decimal) -> str:
    return f"{value:f}".replace(".", ",")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _plain(text: str) -> str:
    made = []
    for sign in " ".join(text.split()).translate(_ALIKE):
        if _known(sign):
            made.append(sign)
            continue
        apart = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
        made.append(apart if apart and _known(apart) else "?")
    return "".join(made)


def _known(text: str) -> bool:
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return text.isprintable()
