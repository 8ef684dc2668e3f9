"""What a workbook says of single cells that its values do not tell: errors, percentages, hidden rows."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
# The number formats 9 and 10 of every workbook are 0% and 0.00%.
_BUILT_IN_PERCENT = {9, 10}
_CHUNK = 1 << 20
# Longer than the tag of any cell and its value.
_OVERLAP = 4096
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

Place = tuple[int, int]


@dataclass(slots=True)
class Marks:
    """Places are (row, column) from 0. `errors` holds the word of each error."""

    errors: dict[Place, str] = field(default_factory=dict)
    percents: set[Place] = field(default_factory=set)
    hidden: int = 0


def excel_marks(content: bytes, sheet: str) -> Marks:
    """What the sheet of an .xlsx workbook marks; nothing where the workbook is not built as usual."""
    marks = Marks()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        path = _sheet_path(archive, sheet)
        if path is None:
            return marks
        styles = _percent_styles(archive)
        style = rb'|(?:[^>]*?\bs="(?:' + b"|".join(str(one).encode() for one in sorted(styles)) + rb')")'
        wanted = re.compile(
            rb'<row\b[^>]*?\bhidden="(?:1|true)"'
            rb'|<c r="([A-Z]{1,3})([0-9]+)"(?:(?:[^>]*?\b(t)="e")' + (style if styles else b"") + rb")[^>]*>"
            rb"(?:\s*<f\b[^>]*?(?:/>|>[^<]*</f>))?(?:\s*<v>([^<]*)</v>)?"
        )
        with archive.open(path) as stream:
            for found in _matches(stream, wanted):
                if found[1] is None:
                    marks.hidden += 1
                    continue
                place = int(found[2]) - 1, _column(found[1])
                if found[3]:
                    marks.errors[place] = (found[4] or b"#N/A").decode("utf-8", "replace")
                else:
                    marks.percents.add(place)
    return marks


def document_marks(content: bytes, sheet: str) -> Marks:
    """Percentages of a sheet of an OpenDocument workbook; its errors are texts already."""
    marks = Marks()
    with zipfile.ZipFile(BytesIO(content)) as archive, archive.open("content.xml") as stream:
        row = column = 0
        inside = False
        for event, element in ElementTree.iterparse(stream, ("start", "end")):
            if element.tag == f"{_TABLE}table":
                if event == "start":
                    inside = element.get(f"{_TABLE}name") == sheet
                    row = 0
                else:
                    element.clear()
                    if inside:
                        return marks
            elif not inside:
                continue
            elif element.tag == f"{_TABLE}table-row":
                if event == "start":
                    column = 0
                else:
                    times = int(element.get(f"{_TABLE}number-rows-repeated", "1"))
                    row += times
                    if element.get(f"{_TABLE}visibility") in ("collapse", "filter") and len(element):
                        marks.hidden += min(times, 1)
                    element.clear()
            elif event == "end" and element.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                times = int(element.get(f"{_TABLE}number-columns-repeated", "1"))
                if element.get(f"{_OFFICE}value-type") == "percentage":
                    marks.percents.update((row, column + one) for one in range(times))
                column += times
    return marks


def _matches(stream: IO[bytes], wanted: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """Matches in a stream that is too large to hold; none is given twice."""
    held = b""
    while True:
        chunk = stream.read(_CHUNK)
        text = held + chunk
        # What a later chunk may complete waits for it, from the start of its tag.
        end = len(text) if not chunk else max(0, text.rfind(b"<c ", 0, max(0, len(text) - _OVERLAP)))
        if chunk and not end:
            held = text
            continue
        for found in wanted.finditer(text, 0, len(text)):
            if found.start() >= end:
                break
            yield found
        if not chunk:
            return
        held = text[end:]


def _sheet_path(archive: zipfile.ZipFile, sheet: str) -> str | None:
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    links = {
        one.get("Id"): one.get("Target", "")
        for one in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    for one in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
        if one.get("name") == sheet:
            target = links.get(one.get(_LINK), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return path if path in names else None
    return None


def _percent_styles(archive: zipfile.ZipFile) -> set[int]:
    """The styles of cells whose number format shows a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    formats = _BUILT_IN_PERCENT | {
        int(one.get("numFmtId", "0"))
        for one in styles.iter(f"{_MAIN}numFmt")
        if "%" in _QUOTED.sub("", one.get("formatCode", ""))
    }
    cells = styles.find(f"{_MAIN}cellXfs")
    return {
        number
        for number, style in enumerate(cells if cells is not None else ())
        if int(style.get("numFmtId", "0")) in formats
    }


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
