"""Files as they come: encodings, delimiters, headers, quotation marks, and what is no table at all."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.importing.options import TableOptions
from desktop.importing.tables import Table, open_table

GRID = "name;city;price\r\nMüller;Köln;1,50\r\nLéon;Genève;2,00\r\n"


def cells(table: Table) -> list[list[str]]:
    return [record.cells for record in table.records()]


@pytest.mark.parametrize(
    "encoding, bom, found, sure",
    [
        ("utf-8", b"", "utf-8", True),
        ("utf-8", b"\xef\xbb\xbf", "utf-8-sig", True),
        ("utf-16-le", b"\xff\xfe", "utf-16", True),
        ("utf-16-be", b"\xfe\xff", "utf-16", True),
        ("utf-16-le", b"", "utf-16-le", True),
        ("utf-16-be", b"", "utf-16-be", True),
        ("utf-32-le", b"\xff\xfe\0\0", "utf-32", True),
        ("cp1252", b"", "cp1252", False),
    ],
)
def test_the_encoding_is_found(encoding: str, bom: bytes, found: str, sure: bool) -> None:
    table = open_table(bom + GRID.encode(encoding))
    assert (table.encoding, table.encoding_sure) == (found, sure)
    assert table.header == ("name", "city", "price")
    assert cells(table) == [["Müller", "Köln", "1,50"], ["Léon", "Genève", "2,00"]]


def test_a_file_that_is_not_unicode_says_so() -> None:
    [note] = open_table(GRID.encode("cp1252")).notes
    assert "cp1252" in note.text
    assert open_table(GRID.encode()).notes == ()


def test_the_code_page_is_the_users() -> None:
    text = "name;city\r\nŁukasz;Łódź\r\n"
    assert cells(open_table(text.encode("cp1250"), TableOptions(code_page="cp1250"))) == [["Łukasz", "Łódź"]]
    assert cells(open_table(text.encode("cp1250"), TableOptions(encoding="cp1250"))) == [["Łukasz", "Łódź"]]
    # Strict UTF-8 comes before the code page, and a chosen encoding before everything.
    assert cells(open_table(text.encode(), TableOptions(code_page="cp1250"))) == [["Łukasz", "Łódź"]]
    assert cells(open_table(text.encode(), TableOptions(encoding="latin-1"))) != [["Łukasz", "Łódź"]]


def test_bytes_that_no_text_stands_for_are_counted() -> None:
    table = open_table(b"name;city\nM\x81ller;K\xf6ln\n")
    assert cells(table) == [["M\ufffdller", "Köln"]]
    assert any("1 character could not be read" in note.text for note in table.notes)


@pytest.mark.parametrize("encoding", ["nonsense", "zip", "idna", "undefined", "\0", ""])
def test_an_encoding_that_is_none(encoding: str) -> None:
    if encoding == "":
        assert open_table(GRID.encode(), TableOptions(encoding=encoding)).encoding == "utf-8"
        return
    with pytest.raises(UserError, match="No encoding is called"):
        open_table(GRID.encode(), TableOptions(encoding=encoding))


@pytest.mark.parametrize(
    "text, delimiter",
    [
        ("a,b,c\n1,2,3\n4,5,6\n", ","),
        ("a;b;c\n1,5;2,5;3,5\n1,5;2,5;4,5\n", ";"),
        ("a;b\nx;1,5\n", ";"),
        ("name;price\nA;1,50\nB;2,50\nC;3,50\n", ";"),
        ("a\tb\tc\nx, y\tz\t1,5\nx, y\tz\t1,5\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ('a,b\n"x;y;z",2\n"p;q;r",3\n', ","),
        ("a,b\nx;y;z,2\np;q,3\n", ","),
        ("only\none\ncolumn\n", ","),
        ('name,text\nA,"one; two"\nB,"three; four; five"\n', ","),
        ("sep=|\na,x|b,y\n1,2|3,4\n", "|"),
    ],
)
def test_the_delimiter_is_the_one_that_keeps_columns_even(text: str, delimiter: str) -> None:
    assert open_table(text.encode()).dialect.delimiter == delimiter


def test_known_names_outweigh_evenness() -> None:
    # Every row has three commas in its address, and only the header has none.
    text = "code;name;address\n" + "".join(f"{n};Firm;1 Road, Town, County, UK\n" for n in range(50))

    def score(row: object) -> int:
        return len({"code", "name", "address"} & set(row))  # type: ignore[call-overload]

    assert open_table(text.encode(), score=score).dialect.delimiter == ";"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_the_numbers_of_lines(end: str) -> None:
    table = open_table(end.join(["a,b", "1,2", "", '"x', 'y",3', "4,5", ""]).encode())
    assert [(record.row, record.cells) for record in table.records()] == [
        (2, ["1", "2"]),
        (4, ["x" + end + "y", "3"]),
        (6, ["4", "5"]),
    ]


def test_mixed_line_ends() -> None:
    table = open_table(b"a,b\r\n1,2\n3,4\r5,6\r\n\r\n7,8")
    assert [(record.row, record.cells) for record in table.records()] == [
        (2, ["1", "2"]),
        (3, ["3", "4"]),
        (4, ["5", "6"]),
        (6, ["7", "8"]),
    ]


def test_titles_and_blank_lines_above_the_header() -> None:
    text = "\n\nClients of Example Ltd, printed 1 May\n\n,,\ncode,name,city\nA,Acme,Rome\n"
    table = open_table(text.encode())
    assert table.header == ("code", "name", "city")
    assert table.header_row == 6
    assert [(record.row, record.cells) for record in table.records()] == [(7, ["A", "Acme", "Rome"])]
    assert any("line 6" in note.text for note in table.notes)


def test_the_header_row_can_be_chosen() -> None:
    text = "x,y\ncode,name\nA,Acme\n"
    table = open_table(text.encode(), TableOptions(header_row=2))
    assert (table.header, cells(table)) == (("code", "name"), [["A", "Acme"]])
    with pytest.raises(UserError, match="Line 9"):
        open_table(text.encode(), TableOptions(header_row=9))


def test_a_header_over_two_lines() -> None:
    table = open_table(b'"Customer\nnumber",name\nA,Acme\n')
    assert table.header == ("Customer\nnumber", "name")
    assert [(record.row, record.cells) for record in table.records()] == [(3, ["A", "Acme"])]


def test_300_columns() -> None:
    rows = [[f"c{n}" for n in range(300)], [str(n) for n in range(300)]]
    text = "\n".join(";".join(row) for row in rows)
    table = open_table(text.encode())
    assert len(table.header) == 300
    assert cells(table) == [rows[1]]


def test_columns_without_a_name_are_kept() -> None:
    table = open_table(b"a,b\n" + b"1,2,3\n" * 20)
    assert table.header == ("a", "b", "")
    # A single row that is too long is no column.
    assert open_table(b"a,b\n" + b"1,2\n" * 20 + b"1,2,3\n").header == ("a", "b")


def test_a_quotation_mark_that_never_closes_costs_one_row() -> None:
    text = 'a,b,c\n1,"two,3\n4,five,6\n7,"eight",9\n10,11,12\n'
    records = list(open_table(text.encode()).records())
    assert [(record.row, record.flaw) for record in records] == [(2, "quote"), (3, ""), (4, ""), (5, "")]
    assert records[0].cells == ["1", '"two', "3"]
    assert records[2].cells == ["7", "eight", "9"]


def test_a_quotation_mark_open_to_the_end_of_the_file() -> None:
    text = "a,b\n" + "1,2\n" * 10 + '3,"4\n' + "5,6\n" * 5000
    records = list(open_table(text.encode()).records())
    assert [record.row for record in records if record.flaw] == [12]
    assert len(records) == 5011


def test_a_closing_mark_that_happens_to_fit_is_not_trusted() -> None:
    # The mark in row 2 is closed by that of row 3, which gives one record of four cells.
    text = 'a,b,c\n1,"two,3\n4,five",6,x\n7,8,9\n'
    records = list(open_table(text.encode()).records())
    assert (records[0].row, records[0].flaw) == (2, "quote")
    assert records[-1].cells == ["7", "8", "9"]


def test_a_file_full_of_open_marks_takes_linear_time() -> None:
    text = "a,b,c\n" + 'x",",""\n' * 20_000
    assert len(list(open_table(text.encode(), TableOptions(delimiter=",")).records())) > 0


def test_a_cell_over_many_lines_is_read() -> None:
    note = "\n".join(f"line {n}" for n in range(300))
    table = open_table(f'a,b\n1,"{note}"\n2,x\n'.encode())
    assert [(record.row, record.cells) for record in table.records()] == [(2, ["1", note]), (302, ["2", "x"])]


def test_a_cell_without_end_is_a_flaw() -> None:
    records = list(open_table(f"a,b\n1,{'x' * 140_000}\n2,y\n".encode()).records())
    assert [(record.row, record.flaw) for record in records] == [(2, "long"), (3, "")]


def test_inches_and_apostrophes_are_no_quotation_marks() -> None:
    table = open_table(b"a,b\n5\" disk,1'000.5\nrock 'n' roll,2\n")
    assert cells(table) == [['5" disk', "1'000.5"], ["rock 'n' roll", "2"]]


def test_single_quotation_marks_and_backslashes() -> None:
    assert cells(open_table(b"'a','b'\n'x, y','2'\n'p, q','3'\n")) == [["x, y", "2"], ["p, q", "3"]]
    assert cells(open_table(rb'"a","b"' b"\n" rb'"say \"hi\", you","2"' b"\n")) == [['say "hi", you', "2"]]


def test_zero_bytes_are_left_out_and_counted() -> None:
    table = open_table(b"name,city\nA\0cme,Rome\nBeta,Oslo\0\n" + b"Gamma,Bern\n" * 20)
    assert cells(table)[:2] == [["Acme", "Rome"], ["Beta", "Oslo"]]
    assert any("2 zero bytes" in note.text for note in table.notes)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n\t\r\n"])
def test_nothing_in_the_file(content: bytes) -> None:
    with pytest.raises(UserError, match=r"is empty|nothing but empty lines"):
        open_table(content)


def test_only_delimiters() -> None:
    with pytest.raises(UserError, match="no line with column names"):
        open_table(b",,\n,,\n")


def test_a_header_alone_has_no_rows() -> None:
    assert cells(open_table(b"a,b")) == []
    assert cells(open_table(b"a,b\r\n")) == []


def _workbook(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content, word",
    [
        (_workbook("[Content_Types].xml", "xl/workbook.xml"), "no workbook that can be read"),
        (_workbook("data.csv"), "ZIP archive"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "no workbook that can be read"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "web page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><a/>', "XML"),
        (b"SQLite format 3\0" + b"\0" * 100, "database"),
        (b"\x1f\x8b\x08\0\0", "packed"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (bytes(range(256)) * 8, "not a text file"),
        (b"\0" * 5000, "not a text file|empty lines"),
    ],
)
def test_other_formats_are_named(content: bytes, word: str) -> None:
    with pytest.raises(UserError, match=word) as refused:
        open_table(content)
    assert refused.value.remedy


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no file “gone\.csv”"):
        open_table(tmp_path / "gone.csv")
    with pytest.raises(UserError, match="is a folder"):
        open_table(tmp_path)
    with pytest.raises(UserError, match=r"no file|cannot be read"):
        open_table(tmp_path / ("x" * 300))
    with pytest.raises(UserError, match="no file"):
        open_table("a\0b.csv")


def test_a_path_is_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    path.write_bytes(GRID.encode())
    table = open_table(path)
    assert (table.name, cells(table), cells(table)) == ("grid.csv", cells(table), cells(open_table(str(path))))


@pytest.mark.parametrize("sign", ["", ";;", "\n"])
def test_a_delimiter_is_one_sign(sign: str) -> None:
    with pytest.raises(UserError, match="cannot be the delimiter"):
        TableOptions(delimiter=sign)


def test_options_that_contradict_each_other() -> None:
    with pytest.raises(UserError, match="cannot both"):
        TableOptions(delimiter=";", quote=";")
    with pytest.raises(UserError, match="decimal sign"):
        TableOptions(decimal="x")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="order of dates"):
        TableOptions(date_order="ydm")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="Line 0"):
        TableOptions(header_row=0)


def test_what_excel_writes_is_read_back() -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, dialect="excel")
    rows = [["code", "name"], ["A", 'Say "x", y\r\nz'], ["B", "plain"]]
    writer.writerows(rows)
    assert cells(open_table(buffer.getvalue().encode())) == rows[1:]
