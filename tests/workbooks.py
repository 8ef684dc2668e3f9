"""Spreadsheets as programs write them, made for tests: .xlsx by openpyxl, .ods as the archive that it is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

import openpyxl

Rows = Sequence[Sequence[object]]

_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
)
_KIND = "application/vnd.oasis.opendocument.spreadsheet"


class Percent(Decimal):
    """A fraction that the sheet shows as a percentage."""


def xlsx(sheets: Mapping[str, Rows]) -> bytes:
    """A text "#N/A" becomes the error of that name."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row, 1):
                if value is None:
                    continue
                cell = sheet.cell(number, place)
                cell.value = float(value) if isinstance(value, Decimal) else value
                if isinstance(value, Percent):
                    cell.number_format = '0.0"%"%'
                if isinstance(value, str) and value.startswith("#"):
                    cell.data_type = "e"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(sheets: Mapping[str, Rows]) -> bytes:
    """With the endless empty rows and columns that LibreOffice writes behind the filled ones."""
    tables = []
    for name, rows in sheets.items():
        lines = "".join(
            f"<table:table-row>{''.join(map(_cell, row))}"
            '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
            for row in rows
        )
        tables.append(
            f"<table:table table:name={quoteattr(name)}>{lines}"
            '<table:table-row table:number-rows-repeated="1048000">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
        )
    content = (
        f'<?xml version="1.0"?><office:document-content {_SPACES} office:version="1.2"><office:body>'
        f"<office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_KIND}"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), _KIND)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return "<table:table-cell/>"
        case bool():
            return _valued("boolean", f'office:boolean-value="{str(value).lower()}"', str(value).upper())
        case Percent():
            return _valued("percentage", f'office:value="{value}"', f"{value * 100} %")
        case int() | float() | Decimal():
            return _valued("float", f'office:value="{value}"', str(value))
        case datetime():
            return _valued("date", f'office:date-value="{value.isoformat()}"', str(value))
        case date():
            return _valued("date", f'office:date-value="{value.isoformat()}"', f"{value:%d.%m.%y}")
        case timedelta():
            seconds = int(value.total_seconds())
            spelled = f"PT{seconds // 3600}H{seconds // 60 % 60:02}M{seconds % 60:02}S"
            return _valued("time", f'office:time-value="{spelled}"', spelled)
    return _valued("string", "", str(value))


def _valued(kind: str, value: str, text: str) -> str:
    return f'<table:table-cell office:value-type="{kind}" {value}><text:p>{escape(text)}</text:p></table:table-cell>'
