"""How long the law asks a firm to keep what it issued and what it wrote, by the firm's country.

The year counts in which a document was made: periods begin with the end of that fiscal year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

AT_ONCE: Final = "at_once"
LETTERS: Final = "letters"
DOCUMENTS: Final = "documents"
# What nothing asks to keep, what letters and mails are, what invoices, payments and contracts are.
KEPT_AS: Final = (AT_ONCE, LETTERS, DOCUMENTS)


@dataclass(frozen=True, slots=True)
class Retention:
    """Whole years after the fiscal year; `statute` as the law is cited, empty where the period was set by the firm."""

    documents: int
    letters: int
    statute: str = ""

    def years(self, kept_as: str) -> int:
        return {AT_ONCE: 0, LETTERS: self.letters, DOCUMENTS: self.documents}[kept_as]


RETENTIONS: Final[Mapping[str, Retention]] = {
    "AT": Retention(7, 7, "§ 132 BAO, § 212 UGB"),
    "BE": Retention(10, 10, "Code TVA art. 60"),
    "CH": Retention(10, 10, "Art. 958f OR, Art. 70 MWSTG"),
    # Booking vouchers eight years since 1 January 2025 (BEG IV), letters of trade six.
    "DE": Retention(8, 6, "§ 147 AO, § 14b UStG, § 257 HGB"),
    "ES": Retention(6, 6, "Código de Comercio art. 30"),
    "FR": Retention(10, 10, "Code de commerce art. L123-22"),
    "GB": Retention(6, 6, "Finance Act 1998 Sch. 18 para. 21, VAT Act 1994 Sch. 11 para. 6"),
    "IE": Retention(6, 6, "Taxes Consolidation Act 1997 s. 886"),
    "IN": Retention(8, 8, "Companies Act 2013 s. 128(5), CGST Act 2017 s. 36"),
    "IT": Retention(10, 10, "Codice civile art. 2220"),
    "LU": Retention(10, 10, "Code de commerce art. 16"),
    "NL": Retention(7, 7, "AWR art. 52"),
    "US": Retention(7, 7, "IRC § 6001, § 6501"),
}
# Where the program knows no law it keeps longer rather than shorter.
UNKNOWN: Final = Retention(10, 10)


def retention_of(country: str) -> Retention:
    """What the law of a country (ISO 3166 alpha-2) asks; ten years where the program does not know it."""
    return RETENTIONS.get(country, UNKNOWN)


def kept_until(day: date, years: int, fiscal_start_month: int) -> date:
    """The last day on which something of that day must be kept.

    Nothing must be kept for no years: the day before is given. AO § 147(4): the period begins with the end of the year.
    """
    if years == 0:
        return date.min
    ends = day.year + (1 if fiscal_start_month > 1 and day.month >= fiscal_start_month else 0)
    last = date(ends + years, fiscal_start_month, 1)
    # The fiscal year's last day is the one before it begins anew.
    return date.fromordinal(last.toordinal() - 1) if fiscal_start_month > 1 else date(day.year + years, 12, 31)
