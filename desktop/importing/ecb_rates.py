"""The euro's reference rates as the European Central Bank publishes them: XML of a day, of 90 days or of all, CSV, ZIP.

Each quote is units of a currency for one euro.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, NamedTuple
from xml.parsers import expat

from desktop.errors import UserError
from desktop.i18n import _

# All rates since 1999 are under 10 MB as XML; what is far larger is something else.
_LARGEST: Final = 64 * 1024 * 1024
_CODE: Final = 3


class Quote(NamedTuple):
    """Units of `currency` for one euro on a day."""

    day: date
    currency: str
    per_euro: Decimal


def read_ecb_rates(path: Path) -> list[Quote]:
    """The quotes of a file, by day. UserError where it cannot be read or is no file of the ECB's rates."""
    try:
        if path.stat().st_size > _LARGEST:
            raise _no_rates(path)
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            _("{file} cannot be read: {reason}").format(file=path.name, reason=error.strerror or error),
            _("Choose the file again."),
        ) from error
    quotes = list(_quotes(content, path))
    if not quotes:
        raise _no_rates(path)
    return sorted(quotes)


def _quotes(content: bytes, path: Path) -> Iterator[Quote]:
    if content.startswith(b"PK"):
        content = _unpacked(content, path)
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return _of_xml(content, path)
    return _of_csv(content, path)


def _unpacked(content: bytes, path: Path) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.filename.lower().endswith((".csv", ".xml")):
                    with archive.open(entry) as member:
                        # What a header says of its size is not to be trusted.
                        unpacked = member.read(_LARGEST + 1)
                    if len(unpacked) > _LARGEST:
                        break
                    return unpacked
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise _no_rates(path) from error
    raise _no_rates(path)


def _of_xml(content: bytes, path: Path) -> Iterator[Quote]:
    found: list[Quote] = []
    dated: list[date | None] = [None]

    def begin(_name: str, attributes: dict[str, str]) -> None:
        if "time" in attributes:
            dated[0] = _day(attributes["time"])
        rate, currency = _rate(attributes.get("rate", "")), attributes.get("currency", "")
        if dated[0] is not None and rate is not None and _is_code(currency):
            found.append(Quote(dated[0], currency, rate))

    def refuse(*_declared: object) -> None:
        # The bank's files declare no type, and entities of a stranger's could grow without end.
        raise _no_rates(path)

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _no_rates(path) from error
    return iter(found)


def _of_csv(content: bytes, path: Path) -> Iterator[Quote]:
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _no_rates(path) from error
    head = [cell.strip() for cell in rows[0]] if rows else []
    if not head or head[0].casefold() != "date" or not any(_is_code(one) for one in head[1:]):
        raise _no_rates(path)
    for row in rows[1:]:
        day = _day(row[0].strip()) if row else None
        if day is None:
            continue
        for currency, cell in zip(head[1:], row[1:], strict=False):
            rate = _rate(cell.strip())
            if rate is not None and _is_code(currency):
                yield Quote(day, currency, rate)


def _day(text: str) -> date | None:
    """ISO, or "20 November 2026" as the CSV of a day has it."""
    for form in ("%Y-%m-%d", "%d %B %Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _rate(text: str) -> Decimal | None:
    """A rate above zero; None for “N/A” and what is no number."""
    try:
        rate = Decimal(text)
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and Decimal("1e-9") < rate < Decimal("1e9") else None


def _is_code(text: str) -> bool:
    return len(text) == _CODE and text.isascii() and text.isupper()


def _no_rates(path: Path) -> UserError:
    return UserError(
        _("{file} holds no reference rates of the European Central Bank.").format(file=path.name),
        _("Take the file eurofxref-daily.xml, eurofxref-hist-90d.xml or eurofxref-hist.zip from the bank's pages."),
    )
