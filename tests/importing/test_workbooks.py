"""Spreadsheets: their typed cells, their sheets, and what cannot be read of them."""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.errors import UserError
from desktop.importing.files import open_file
from desktop.importing.options import TableOptions
from desktop.importing.preview import preview
from desktop.importing.results import Rejection, Row
from desktop.importing.tables import open_table
from desktop.importing.workbooks import SheetQuestionError
from tests.workbooks import Percent, Rows, ods, xlsx

Maker = Callable[[dict[str, Rows]], bytes]
both = pytest.mark.parametrize("make", [xlsx, ods])

TIME = ("agreement", "date", "person", "hours", "rate", "billable", "note")


def read(content: bytes, kind: str, **options: Any) -> list[Row | Rejection]:
    return list(open_file(content, kind, TableOptions(**options), name="sheet").rows())


@both
def test_cells_keep_their_types(make: Maker) -> None:
    rows = [TIME, ("A-1", date(2026, 4, 3), "Ann", timedelta(hours=1, minutes=30), 95.5, True, 7)]
    (row,) = read(make({"Time": rows}), "time")
    assert isinstance(row, Row)
    assert row.row == 2
    assert {name: row.values[name] for name in TIME} == {
        "agreement": "A-1",
        "date": date(2026, 4, 3),
        "person": "Ann",
        "hours": Decimal("1.5"),
        "rate": Decimal("95.5"),
        "billable": True,
        "note": "7",
    }


@both
def test_a_typed_figure_is_never_taken_for_thousands(make: Maker) -> None:
    # Beside texts with decimal commas, a typed 1.234 stays what it is, and the text 1.234 is a thousand.
    rows = [
        TIME,
        ("A-1", date(2026, 4, 3), "Ann", 1.234, None, None, "typed"),
        ("A-1", "04.05.2026", "Bo", "1,5", None, None, "text"),
        ("A-1", "13.05.2026", "Cy", "2,25", "1.234", None, "text"),
    ]
    found = read(make({"Time": rows}), "time")
    assert [one.values["hours"] for one in found if isinstance(one, Row)] == [
        Decimal("1.234"),
        Decimal("1.5"),
        Decimal("2.25"),
    ]
    assert [one.values["rate"] for one in found if isinstance(one, Row)] == [None, None, Decimal(1234)]
    assert [one.values["date"] for one in found if isinstance(one, Row)] == [
        date(2026, 4, 3),
        date(2026, 5, 4),
        date(2026, 5, 13),
    ]


@both
def test_a_percentage_is_what_the_sheet_shows(make: Maker) -> None:
    head = ("code", "client", "item", "quantity", "unit_price", "discount_percent", "every", "start")
    rows = [head, ("A-1", "C", "DEV", 2, 10, Percent("0.125"), "monthly", date(2026, 1, 1))]
    (row,) = read(make({"Agreements": rows}), "agreements")
    assert isinstance(row, Row)
    assert row.lines[0]["discount_percent"] == Decimal("12.5")


@both
@pytest.mark.parametrize("word", ["#N/A", "#DIV/0!", "#REF!"])
def test_an_error_of_a_formula_is_refused_by_its_cell(make: Maker, word: str) -> None:
    rows = [TIME, ("A-1", date(2026, 4, 3), "Ann", 1, word, None, None)]
    (problem,) = read(make({"Time": rows}), "time")
    assert isinstance(problem, Rejection)
    assert (problem.row, problem.column, problem.value) == (2, "E: rate", word)
    assert "error of the spreadsheet" in problem.problem


@both
def test_titles_and_empty_columns_before_the_table_are_passed_over(make: Maker) -> None:
    rows: Rows = [
        (),
        (None, None, "Time sheet of June"),
        (),
        (None, None, *TIME),
        (None, None, "A-1", date(2026, 6, 2), "Ann", "much", None, None, None),
        (),
        (None, None, "A-1", date(2026, 6, 3), "Ann", 2, None, None, None),
    ]
    table = open_table(make({"Time": rows}))
    assert (table.header_row, [record.row for record in table.records()]) == (4, [5, 7])
    problem, good = read(make({"Time": rows}), "time")
    assert isinstance(problem, Rejection)
    assert isinstance(good, Row)
    assert (problem.row, problem.column, good.row) == (5, "F: hours", 7)


@both
@pytest.mark.parametrize("word", ["Total", "Summe", "Sous-total"])
def test_a_total_below_the_table_is_known_as_one(make: Maker, word: str) -> None:
    rows = [TIME, ("A-1", date(2026, 6, 2), "Ann", 2, None, None, "Total"), (word, None, None, 2, None, None, None)]
    good, total = read(make({"Time": rows}), "time")
    assert isinstance(good, Row)
    assert isinstance(total, Rejection)
    assert (total.row, total.column, total.value) == (3, "A: agreement", word)
    assert total.problem == "The row is a total, not an entry."


@both
def test_the_sheet_whose_headings_fit_is_read(make: Maker) -> None:
    sheets: dict[str, Rows] = {
        "Notes": [("Made by", "Ann"), ("Version", 3)],
        "Rates": [("item", "from", "price"), ("DEV", date(2026, 1, 1), 120)],
        "Time": [TIME, ("A-1", date(2026, 4, 3), "Ann", 1, None, None, None)],
    }
    assert preview(make(sheets), "time").sheet == "Time"
    shown = preview(make(sheets), "rates")
    assert (shown.sheet, shown.sheets) == ("Rates", ("Notes", "Rates", "Time"))
    assert any("3 sheets" in note.text for note in shown.notes)
    assert preview(make(sheets), "rates", TableOptions(sheet="time")).sheet == "Time"


@both
def test_between_sheets_that_fit_alike_a_person_chooses(make: Maker) -> None:
    row = ("A-1", date(2026, 4, 3), "Ann", 1, None, None, None)
    sheets: dict[str, Rows] = {"May": [TIME, row], "June": [TIME, row, row], "Plan": [("x", "y"), (1, 2)]}
    with pytest.raises(SheetQuestionError, match=r"“May”, “June”") as asked:
        open_file(make(sheets), "time", name="sheet")
    assert asked.value.sheets == ("May", "June", "Plan")
    assert len(read(make(sheets), "time", sheet="June")) == 2
    with pytest.raises(UserError, match="no sheet “July”"):
        open_file(make(sheets), "time", TableOptions(sheet="July"))


def test_hidden_rows_and_sheets_are_told() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (TIME, ("A-1", date(2026, 4, 3), "Ann", 1), ("A-1", date(2026, 4, 4), "Bo", 2)):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    other = book.create_sheet("Old")
    other.sheet_state = "hidden"
    other.append(TIME)
    out = io.BytesIO()
    book.save(out)
    shown = preview(out.getvalue(), "time")
    assert (shown.sheets, shown.good) == (("Sheet",), 2)
    assert [note.text for note in shown.notes] == ["1 hidden row is read like the others."]


def test_a_duration_of_more_than_a_day_is_hours() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(("agreement", "date", "hours"))
    for shape in ("[h]:mm", "hh:mm"):
        sheet.append(("A-1", datetime(2026, 4, 3, 9, 30), timedelta(hours=26, minutes=30)))
        sheet.cell(sheet.max_row, 3).number_format = shape
    out = io.BytesIO()
    book.save(out)
    found = read(out.getvalue(), "time")
    assert [one.values["hours"] for one in found if isinstance(one, Row)] == [Decimal("26.5")] * 2
    assert {one.values["date"] for one in found if isinstance(one, Row)} == {date(2026, 4, 3)}


def _locked() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le")


def _damaged_sheet() -> bytes:
    """The list of sheets is whole, the packed cells of one are not."""
    content = bytearray(xlsx({"A": [TIME] * 50}))
    at = content.index(b"xl/worksheets/sheet1.xml") + len(b"xl/worksheets/sheet1.xml")
    content[at + 20 : at + 60] = b"\xff" * 40
    return bytes(content)


def _of_another_version() -> bytes:
    """Whose directory asks for a version of ZIP that nobody has written yet."""
    content = bytearray(xlsx({"A": [TIME]}))
    content[content.index(b"PK\x01\x02") + 6] = 122
    return bytes(content)


@pytest.mark.parametrize(
    "content, words",
    [
        (_locked(), "protected by a password"),
        (_damaged_sheet(), "incomplete or damaged"),
        (_of_another_version(), "incomplete or damaged"),
        (xlsx({"A": [TIME]})[:1500], "incomplete or damaged"),
        (ods({"A": [TIME]})[:700], "incomplete or damaged"),
        (b"<html><table><tr><td>agreement</td></tr></table></html>", "web page"),
        (xlsx({"A": [], "B": [(None, "")]}), "no filled cells"),
    ],
)
def test_what_is_no_workbook_is_refused_in_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words) as refused:
        open_file(content, "time", name="time.xls")
    assert "time.xls" in refused.value.message
    assert refused.value.remedy


@given(
    st.lists(
        st.tuples(
            st.dates(date(2000, 1, 1), date(2099, 12, 31)),
            st.integers(1, 10**9).map(lambda one: Decimal(one) / 10_000),
            st.integers(1, 10**10).map(lambda one: Decimal(one) / 100),
        ),
        min_size=1,
        max_size=20,
    )
)
@pytest.mark.parametrize("make", [xlsx, ods])
def test_figures_and_days_come_back_as_they_were(make: Maker, entries: list[tuple[date, Decimal, Decimal]]) -> None:
    rows = [("id", "agreement", "date", "hours", "rate")]
    rows += [(str(place), "A-1", day, hours, rate) for place, (day, hours, rate) in enumerate(entries)]  # type: ignore[misc]
    found = read(make({"Time": rows}), "time")
    assert [
        (one.values["date"], one.values["hours"], one.values["rate"]) for one in found if isinstance(one, Row)
    ] == entries


def _with_member(content: bytes, name: str, text: str) -> bytes:
    """The spreadsheet with one of its files written anew."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for one in source.namelist():
            target.writestr(one, text if one == name else source.read(one))
    return out.getvalue()


_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(9))
    + "]><x>&j;</x>"
)


@pytest.mark.parametrize(
    "make, member",
    [(xlsx, "xl/styles.xml"), (xlsx, "xl/workbook.xml"), (xlsx, "xl/worksheets/sheet1.xml"), (ods, "content.xml")],
)
def test_a_bomb_of_entities_is_read_at_no_price(make: Maker, member: str) -> None:
    good = make({"Time": [TIME, ("A-1", date(2026, 4, 3), "Ann", 1.5, None, None, "x")]})
    bad = _with_member(good, member, _BOMB)
    began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with suppress(UserError):
        rows = read(bad, "time")
        assert all("aaaa" not in str(row) for row in rows)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - began < 100_000


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_an_entity_of_another_file_is_not_opened(tmp_path: Path, member: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the word of the keyring")
    good = xlsx({"Time": [TIME, ("A-1", date(2026, 4, 3), "Ann", 1.5, None, None, "x")]})
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        text = archive.read(member).decode()
    head, rest = text.split("?>", 1) if text.startswith("<?xml") else ("<?xml version='1.0'", text)
    body = rest.replace("Ann", "&x;").replace(">note<", ">&x;<")
    bad = _with_member(good, member, f'{head}?><!DOCTYPE y [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{body}')
    with suppress(UserError):
        assert "keyring" not in str(read(bad, "time"))
