"""Whatever is in a file, reading it ends, with rows, rejections or one clear sentence."""

from __future__ import annotations

import csv
import io
import time
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desktop.errors import UserError
from desktop.importing.files import open_file
from desktop.importing.kinds import KINDS, headers
from desktop.importing.options import TableOptions
from desktop.importing.preview import preview
from desktop.importing.records import Dialect, read_records
from desktop.importing.results import Rejection, Row
from desktop.importing.tables import open_table
from desktop.importing.values.text import clean_text

SAMPLES = {
    "clients": 'code,name,country,credit_limit,terms\nA,Acme,DE,1.5,net 30\nB,"Beta, Inc",FR,2,30 days\n',
    "items": "code;name;price\nDEV;Development;1.234,50\nOPS;Support;90,00\n",
    "rates": "item\tprice\tfrom\nDEV\t120\t2026-01-31\nOPS\t90\t31.01.2026\n",
    "agreements": "code,client,item,unit_price,every,start\nA,C,X,1,monthly,2026-01-01\nA,,Y,2,,\n",
    "time": 'id,agreement,date,hours,note\n1,A,03/04/2026,1:30,"two\nlines"\n2,A,13/04/2026,1.5,"say ""hi"""\n',
    "changes": "agreement,date,item,quantity,unit_price,reason\nA,2026-04-01,X,3,,more\nA,2026-05-01,,,1.5,\n",
    "usage": "id;agreement;item;from;to;quantity\nU1;A;API;2026-01-01;2026-01-31;1.234,5\nU2;A;API;01.02.2026;;0\n",
    "milestones": "agreement,name,amount,percent,due,done\nP,Design,1500,,2026-02-01,\nP,Build,,40 %,,2026-03-01\n",
    "charges": "client|date|description|quantity|unit_price\nC|2026-01-01|Set-up|1|100\n",
    "opening": "number,client,issue_date,gross,open\nR1,C,2026-01-01,(12.00),5\nR2,C,2026-02-01,119,19\n",
}
NASTY = st.sampled_from(
    ['"', "'", ",", ";", "\t", "|", "\n", "\r", "\r\n", "\0", "\ufeff", "\\", "\u2028", '""', '"\n', "=", "#REF!", "-",
     "9" * 40, "1e999", "()", "\x1a", "sep=;\n", "30.02.2026", "€", "NaN", "\U0001f600"]
)  # fmt: skip


def swallow(content: bytes, kind: str, options: TableOptions | None = None) -> None:
    """Preview a file; what comes of it must be sound."""
    begun = time.monotonic()
    try:
        seen = preview(content, kind, options)
    except UserError as error:
        refused: UserError | None = error
    else:
        refused = None
    assert time.monotonic() - begun < 20
    if refused:
        assert refused.message
        assert refused.remedy
        return
    for rejection in seen.rejections:
        assert rejection.problem
        assert rejection.remedy
        assert rejection.row > seen.header_row
    for row in seen.rows:
        assert row.row > seen.header_row
        for value in row.values.values():
            assert not isinstance(value, Decimal) or value.is_finite()
            assert not isinstance(value, str) or (value == value.strip() and "\0" not in value)


@given(st.binary(max_size=400), st.sampled_from(sorted(KINDS)))
@example(b"\xff\xfe", "clients")
@example(b"\xff\xfea", "clients")
@example(b"\xef\xbb\xbf\xff", "clients")
@example(b"\0\0\xfe\xff\0", "clients")
@example(b'"', "clients")
@example(b"sep=\n", "clients")
@example(b'sep="\na,b\n', "clients")
def test_random_bytes(content: bytes, kind: str) -> None:
    swallow(content, kind)


@given(st.text(max_size=300), st.sampled_from(sorted(KINDS)), st.sampled_from(["utf-8", "utf-16", "utf-32", "cp1252"]))
def test_random_text_below_a_right_header(text: str, kind: str, encoding: str) -> None:
    header = ",".join(headers(kind)) + "\n"
    swallow((header + text).encode(encoding, "replace"), kind)


@given(st.data(), st.sampled_from(sorted(KINDS)))
@settings(max_examples=300)
def test_mutated_tables(data: st.DataObject, kind: str) -> None:
    text = SAMPLES[kind]
    for _cut in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(text)))
        until = data.draw(st.integers(place, min(len(text), place + 5)))
        text = text[:place] + data.draw(NASTY) + text[until:]
    options = data.draw(
        st.sampled_from(
            [
                None,
                TableOptions(delimiter=";"),
                TableOptions(quote="'"),
                TableOptions(escape="\\"),
                TableOptions(decimal=","),
            ]
        )
    )
    swallow(text.encode("utf-8", "replace"), kind, options)


@given(st.lists(st.sampled_from(['"', "a", ",", "\n", '""', '"a', "\r\n"]), max_size=40))
def test_no_line_is_lost_or_read_twice(pieces: list[str]) -> None:
    """The records of any text cover its lines in order: each starts where the one before ended, blank lines aside."""
    lines = "".join(pieces).splitlines(keepends=True)
    records = list(read_records(lines, Dialect(), 2))
    rows = [record.row for record in records]
    assert rows == sorted(set(rows))
    assert all(1 <= row <= len(lines) for row in rows)
    for number, line in enumerate(lines, 1):
        if line.strip('\r\n", '):
            # A line with a letter belongs to the record that starts at it or before.
            assert any(row <= number for row in rows)
    flawed = [record.row for record in records if record.flaw]
    assert len(flawed) <= "".join(pieces).count('"')


CELLS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Cn", "Co"), exclude_characters="\\")
    | st.sampled_from(",;|'\" \n"),
    min_size=1,
    max_size=12,
).map(str.strip)


@given(
    st.lists(st.lists(CELLS, min_size=4, max_size=4).filter(any), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(['"', "'"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    st.booleans(),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_any_dialect_writes_is_read_back(
    rows: list[list[str]], delimiter: str, quote: str, quoting: Literal[0, 1, 2], doubled: bool, end: str, encoding: str
) -> None:
    # The writer does not enclose a line end of another kind than its own.
    rows = [[cell.replace("\n", end[-1]) for cell in row] for row in rows]
    buffer = io.StringIO()
    escape = None if doubled else "\\"
    writer = csv.writer(
        buffer, delimiter=delimiter, quotechar=quote, quoting=quoting, doublequote=doubled, escapechar=escape,
        lineterminator=end,
    )  # fmt: skip
    header = ["code", "name", "city", "country"]
    writer.writerows([header, *rows])
    options = TableOptions(delimiter=delimiter, quote=quote, escape=escape)
    table = open_table(buffer.getvalue().encode(encoding), options)
    assert table.header == tuple(header)
    assert [record.cells for record in table.records()] == rows


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Z]{1,8}", fullmatch=True), CELLS.filter(bool), st.sampled_from(["DE", "FR", "CH"])
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda row: row[0],
    ),
    st.sampled_from(["excel", "excel-tab", "unix"]),
)
def test_clients_written_by_a_usual_dialect_come_back(rows: list[tuple[str, str, str]], dialect: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, dialect=dialect)
    writer.writerows([("code", "name", "country"), *rows])
    read = list(open_file(buffer.getvalue().encode(), "clients").rows())
    values = [(row.values["code"], row.values["name"], row.values["country"]) for row in read if isinstance(row, Row)]
    assert values == [(code, clean_text(name)[0], country) for code, name, country in rows]


@pytest.mark.parametrize("sign", ['"', '"x\n', 'x",""\n', '","\n', '"""\n', "'", "\r", ",", "a" * 200])
def test_large_files_of_one_thing_end(sign: str) -> None:
    swallow(("code,name,country\n" + sign * 60_000).encode(), "clients")


def test_a_file_cut_off_within_a_text_says_where() -> None:
    text = SAMPLES["time"]
    begins, ends = text.index('"two'), text.index('lines"') + len("lines")
    for length in range(begins + 1, ends):
        [rejection, *_rest] = open_file(text[:length].encode(), "time").rows()
        assert isinstance(rejection, Rejection)
        assert rejection.row == 2
        assert "never closes" in rejection.problem
