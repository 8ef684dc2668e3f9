"""Bank statements: each reader turns a bank's file into plain statements and says what of it could not be read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.bank.bank_file import BankFile
from desktop.importing.bank.recognising import ARCHIVE, recognise
from desktop.importing.bank.sources import Source, file_source
from desktop.importing.results import Report

if TYPE_CHECKING:
    from desktop.importing.bank.csv_profiles import CsvProfile

__all__ = ["BankFile", "Source", "read_bank_file", "read_source", "recognise"]


def read_bank_file(
    path: Path, *, profile: CsvProfile | None = None, currency: str = "", report: Report | None = None
) -> BankFile:
    """Whatever format the file has. `profile` is for tables; without one it is told by the header.

    `currency` is that of the account, for files that state none: QIF and many tables. Without it their statements have
    the currency "" and their amounts are hundredths. UserError where the file is no bank statement, is cut off or
    broken, or is larger than any statement is.
    """
    source = file_source(path)
    if recognise(source.head, source.name) == ARCHIVE:
        from desktop.importing.bank.archives import read_archive

        return read_archive(path, lambda one: read_source(one, profile=profile, currency=currency, report=report))
    return read_source(source, profile=profile, currency=currency, report=report)


def read_source(
    source: Source, *, profile: CsvProfile | None = None, currency: str = "", report: Report | None = None
) -> BankFile:
    """The same of an open file or of a member of an archive."""
    found = "csv" if profile is not None else recognise(source.head, source.name)
    if found == "camt":
        from desktop.importing.bank.camt import read_camt

        return read_camt(source, report)
    if found == "ofx":
        from desktop.importing.bank.ofx import read_ofx

        return read_ofx(source, report)
    if found == "qif":
        from desktop.importing.bank.qif import read_qif

        return read_qif(source, report, currency=currency)
    if found in ("mt940", "mt942"):
        from desktop.importing.bank.mt940 import read_mt940

        return read_mt940(source, report, currency=currency)
    if found == "csv":
        from desktop.importing.bank.csv import read_csv

        return read_csv(source, profile, report, currency=currency)
    raise UserError(
        _("“{name}” is no bank statement that Sheaf can read.").format(name=source.name),
        _("Download the statement from your bank as CAMT.053, MT940, OFX, QIF or CSV, and take that file in."),
    )
