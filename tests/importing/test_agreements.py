"""Agreements: a row a line, one head that the rows agree on, whole or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from desktop.importing.files import open_file
from desktop.importing.results import Rejection, Row

HEADER = (
    "code,client,billing,item,description,quantity,unit_price,discount_percent,every,alignment,anchor,timing,start,end"
)
HEADER += ",po_number,po_limit,charged_through\n"


def read(text: str) -> tuple[list[Row], list[Rejection]]:
    results = list(open_file(text.encode(), "agreements").rows())
    return (
        [result for result in results if isinstance(result, Row)],
        [result for result in results if isinstance(result, Rejection)],
    )


def small(*lines: str) -> tuple[list[Row], list[Rejection]]:
    return read("code,client,item,unit_price,every,start,end\n" + "\n".join(lines) + "\n")


def test_a_whole_agreement() -> None:
    rows, rejections = read(
        HEADER
        + "A-1,ACME,Retainer,DEV,,2,1000,10%,monatlich,Vertragsbeginn,2026-01-31,im Voraus,2026-01-31,2026-12-31"
        + ',PO 7,"50,000",2026-03-30\n'
        + "A-1,,T&M,OPS,Support,,120,,,,,,,,,,\n"
    )
    assert rejections == []
    [row] = rows
    assert (row.row, row.rows) == (2, (2, 3))
    assert {name: value for name, value in row.values.items() if value is not None} == {
        "code": "A-1",
        "client": "ACME",
        "billing": "hybrid",
        "every": "monthly",
        "alignment": "anniversary",
        "anchor": date(2026, 1, 31),
        "timing": "advance",
        "start": date(2026, 1, 31),
        "end": date(2026, 12, 31),
        "po_number": "PO 7",
        "po_limit": Decimal(50000),
        "charged_through": date(2026, 3, 30),
    }
    assert row.lines == (
        {
            "billing": "recurring",
            "item": "DEV",
            "description": None,
            "quantity": Decimal(2),
            "unit_price": Decimal(1000),
            "discount_percent": Decimal(10),
            "line_start": None,
            "line_end": None,
        },
        {
            "billing": "time",
            "item": "OPS",
            "description": "Support",
            "quantity": Decimal(1),
            "unit_price": Decimal(120),
            "discount_percent": None,
            "line_start": None,
            "line_end": None,
        },
    )


def test_scattered_rows_keep_the_order_of_first_sight() -> None:
    rows, [] = small("B,C1,DEV,1,monthly,2026-01-01,", "A,C2,DEV,2,monthly,2026-01-01,", "B,,OPS,3,,,", "A,,OPS,4,,,")
    assert [(row.values["code"], row.rows, len(row.lines)) for row in rows] == [("B", (2, 4), 2), ("A", (3, 5), 2)]


def test_rows_that_contradict_each_other_name_both_values() -> None:
    rows, rejections = small(
        "A,C1,DEV,1,monthly,2026-01-01,",
        "A,C2,OPS,2,quarterly,2026-01-01,",
        "B,C1,DEV,1,monthly,2026-01-01,",
    )
    assert [row.values["code"] for row in rows] == ["B"]
    assert [(rejection.row, rejection.column, rejection.value) for rejection in rejections] == [
        (2, "code", "A"),
        (3, "client", "C2"),
        (3, "every", "quarterly"),
    ]
    assert "Row 3 of the same agreement is rejected" in rejections[0].problem
    assert "Row 2 says “C1” for agreement A, this row says “C2”" in rejections[1].problem


def test_equal_values_in_other_words_do_not_contradict() -> None:
    rows, [] = small("A,C1,DEV,1,monthly,2026-01-01,", "A,C1,OPS,2,every month,1 Jan 2026,")
    assert rows[0].values["every"] == "monthly"


@pytest.mark.parametrize("bad", ["A,,OPS,x,,,", "A,,OPS,-2,,,", 'A,,"OPS,2,,,', "A,,OPS,2,,,,extra", "A,,#REF!,2,,,"])
def test_an_agreement_is_never_taken_without_one_of_its_rows(bad: str) -> None:
    rows, rejections = small("A,C1,DEV,1,monthly,2026-01-01,", bad, "B,C1,DEV,1,monthly,2026-01-01,")
    assert [row.values["code"] for row in rows] == ["B"]
    assert [rejection.row for rejection in rejections] == [2, 3]
    assert "Row 3" in rejections[0].problem


@pytest.mark.parametrize(
    "line, column, words",
    [
        ("A,C1,DEV,1,monthly,2026-02-01,2026-01-01", "end", "end on 1 Jan 2026, before its start on 1 Feb 2026"),
        ("A,,DEV,1,monthly,2026-01-01,", "client", "is empty"),
        ("A,C1,DEV,1,monthly,,", "start", "is empty"),
        ("A,C1,DEV,1,,2026-01-01,", "every", "needs an interval"),
        ("A,C1,DEV,1,now and then,2026-01-01,", "every", "not a billing interval"),
        ("A,C1,,,monthly,2026-01-01,", "item", "nothing to bill"),
        ("A,C1,DEV,-1,monthly,2026-01-01,", "unit_price", "below 0"),
        (",C1,DEV,1,monthly,2026-01-01,", "code", "is empty"),
    ],
)
def test_what_keeps_an_agreement_out(line: str, column: str, words: str) -> None:
    rows, rejections = small(line)
    assert rows == []
    [rejection] = rejections
    assert (rejection.row, rejection.column) == (2, column)
    assert words in rejection.problem
    assert rejection.remedy


def more(**cells: str) -> tuple[list[Row], list[Rejection]]:
    usual = {"code": "A", "client": "C", "item": "DEV", "unit_price": "1", "every": "monthly", "start": "2026-01-31"}
    usual |= cells
    return read(",".join(usual) + "\n" + ",".join(usual.values()) + "\n")


@pytest.mark.parametrize(
    "cells, column, words",
    [
        ({"quantity": "-1"}, "quantity", "below 0"),
        ({"quantity": "0"}, "quantity", "quantity of 0"),
        ({"discount_percent": "110"}, "discount_percent", "110 % is not between 0 and 100"),
        ({"discount_percent": "-5"}, "discount_percent", "not between 0 and 100"),
        ({"po_limit": "0"}, "po_limit", "PO limit of 0"),
        ({"charged_through": "2026-01-30"}, "charged_through", "before its start"),
        ({"anchor": "32"}, "anchor", "Day 32 does not exist"),
        ({"anchor": "15", "alignment": "calendar"}, "anchor", "fits only an agreement that is billed on such a day"),
        ({"alignment": "sideways"}, "alignment", "not known here"),
        ({"timing": "someday"}, "timing", "not known here"),
        ({"billing": "barter"}, "billing", "not known here"),
    ],
)
def test_what_else_keeps_an_agreement_out(cells: dict[str, str], column: str, words: str) -> None:
    rows, [rejection] = more(**cells)
    assert rows == []
    assert rejection.column == column
    assert words in rejection.problem


@pytest.mark.parametrize(
    "cells, alignment, anchor, bill_day",
    [
        ({}, "calendar", None, None),
        ({"anchor": "15"}, "bcd", None, 15),
        ({"anchor": "31.", "alignment": "bcd"}, "bcd", None, 31),
        ({"anchor": "2026-02-20", "alignment": "bcd"}, "bcd", date(2026, 2, 20), 20),
        ({"anchor": "2026-02-20", "alignment": "anniversary"}, "anniversary", date(2026, 2, 20), None),
    ],
)
def test_the_anchor_may_be_a_day_of_the_month(
    cells: dict[str, str], alignment: str, anchor: date | None, bill_day: int | None
) -> None:
    [row], [] = more(**cells)
    assert (row.values["alignment"], row.values["anchor"], row.values["bill_day"]) == (alignment, anchor, bill_day)


def test_an_agreement_may_last_one_day() -> None:
    [row], [] = more(end="2026-01-31")
    assert row.values["start"] == row.values["end"]


def test_time_alone_needs_neither_interval_nor_lines() -> None:
    [row], [] = read("code,client,billing,start\nA,C,T&M,2026-01-01\n")
    assert (row.values["billing"], row.lines) == ("time", ())


def test_a_hybrid_row_is_recurring_if_it_has_a_quantity() -> None:
    [row], [] = read(
        "code,client,billing,item,quantity,unit_price,every,start\n"
        "A,C,hybrid,DEV,2,10,monthly,2026-01-01\nA,,hybrid,OPS,,90,,\n"
    )
    assert row.values["billing"] == "hybrid"
    assert [line["billing"] for line in row.lines] == ["recurring", "time"]


def test_a_fixed_price_stands_alone() -> None:
    rows, rejections = read(
        "code,client,billing,item,unit_price,every,start\nA,C,fixed,DEV,10,,2026-01-01\nA,,time,OPS,90,,\n"
    )
    assert rows == []
    assert any("a fixed price and time" in rejection.problem for rejection in rejections)


def test_the_digest_sees_the_head_once_and_every_line() -> None:
    full = small("A,C1,DEV,1,monthly,2026-01-01,", "A,C1,OPS,2,monthly,2026-01-01,")[0][0]
    sparse = small("A,C1,DEV,1.0,monthly,2026-01-01,", "A,,OPS,2,,,")[0][0]
    assert full.digest == sparse.digest
    other = small("A,C1,OPS,2,monthly,2026-01-01,", "A,,DEV,1,,,")[0][0]
    assert other.digest != full.digest


def test_two_mistakes_in_one_agreement_are_told_at_once() -> None:
    _rows, rejections = small("A,C1,DEV,x,monthly,2026-02-01,2026-01-01")
    assert [rejection.column for rejection in rejections] == ["unit_price", "end"]
