"""Dates in every order, and what a column tells about it."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from desktop.importing.values import UnreadableError
from desktop.importing.values.dates import date_evidence, is_dotted, parse_date

DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31",
        "2026/01/31",
        "2026.01.31",
        "2026-1-31",
        "20260131",
        "2026-01-31T10:00:00Z",
        "2026-01-31T10:00:00.000+02:00",
        "2026-01-31 10:00",
        "31.01.2026",
        "31.1.2026",
        "31. 1. 2026",
        "31.01.26",
        "31.01.2026 10:30",
        "31.01.2026 10.30 Uhr",
        "31/01/2026",
        "31-01-2026",
        "31/1/26",
        "Sa, 31.01.2026",
        "Sat 31/01/2026",
        "31 Jan 2026",
        "31-Jan-26",
        "31-Jan-2026",
        "31 January 2026",
        "31st January 2026",
        "January 31, 2026",
        "Jan 31, 2026",
        "Jan. 31st, 2026",
        "Saturday, January 31, 2026",
        "Saturday, 31 January 2026",
        "31. Januar 2026",
        "31. Jan. 2026",
        "31 Jänner 2026",
        "Samstag, 31. Januar 2026",
        "31 janvier 2026",
        "31 janv. 2026",
        "samedi 31 janvier 2026",
        "31 de enero de 2026".replace(" de ", " "),
        "2026-Jan-31",
        "31 jan '26",
        " 31.01.2026 ",
        "３１.01.2026",
    ],
)
def test_a_day_first_date(text: str) -> None:
    assert parse_date(text, "dmy") == DAY


@pytest.mark.parametrize(
    "text, order, day",
    [
        ("01/31/2026", "mdy", DAY),
        ("1/31/26", "mdy", DAY),
        ("1/31/2026 9:15 AM", "mdy", DAY),
        ("03/04/2026", "mdy", date(2026, 3, 4)),
        ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("26-01-31", "ymd", DAY),
        ("2026-03-04", "mdy", date(2026, 3, 4)),
        ("1er mars 2026", "mdy", date(2026, 3, 1)),
        ("1 août 2026", "dmy", date(2026, 8, 1)),
        ("1 März 2026", "dmy", date(2026, 3, 1)),
        ("1 Maerz 2026", "dmy", date(2026, 3, 1)),
        ("1 Sept 2026", "dmy", date(2026, 9, 1)),
        ("01.02.69", "dmy", date(2069, 2, 1)),
        ("01.02.70", "dmy", date(1970, 2, 1)),
        ("29.02.2028", "dmy", date(2028, 2, 29)),
    ],
)
def test_the_order_counts_where_digits_leave_it_open(text: str, order: str, day: date) -> None:
    assert parse_date(text, order) == day


@pytest.mark.parametrize(
    "text, word",
    [
        ("30.02.2026", "does not exist"),
        ("30 February 2026", "does not exist"),
        ("2026-02-30", "does not exist"),
        ("29.02.2026", "does not exist"),
        ("31/04/2026", "does not exist"),
        ("32.01.2026", "does not exist"),
        ("20261301", "does not exist"),
        ("00.01.2026", "does not exist"),
        ("01/31/2026", "not a date with the day first"),
        ("0202-01-01", "year 202"),
        ("01.01.3026", "year 3026"),
        ("46053", "number of a day, perhaps 31 Jan 2026"),
        ("tomorrow", "not a date"),
        ("31 Foo 2026", "not a date"),
        ("2026", "not a date"),
        ("1.2.3.4", "not a date"),
        ("01-02/2026", "not a date"),
        ("", "not a date"),
    ],
)
def test_what_is_no_date(text: str, word: str) -> None:
    with pytest.raises(UnreadableError, match=word) as refused:
        parse_date(text, "dmy")
    assert refused.value.remedy


def test_without_an_order_only_what_is_plain_is_read() -> None:
    assert parse_date("31/01/2026", None) == DAY
    assert parse_date("01/31/2026", None) == DAY
    assert parse_date("03.04.2026", None) == date(2026, 4, 3)
    with pytest.raises(UnreadableError, match="may be 3 Apr 2026 or 4 Mar 2026"):
        parse_date("03/04/2026", None)


@pytest.mark.parametrize(
    "text, orders",
    [
        ("13/01/2026", {"dmy"}),
        ("01/13/2026", {"mdy"}),
        ("03/04/2026", {"dmy", "mdy"}),
        ("30/02/2026", {"dmy"}),
        ("99-01-31", {"ymd"}),
        ("13/13/2026", set()),
        ("2026-01-31", set()),
        ("31 Jan 2026", set()),
        ("text", set()),
    ],
)
def test_what_a_date_tells_about_the_order(text: str, orders: set[str]) -> None:
    assert date_evidence(text) == orders


def test_points_are_known() -> None:
    assert is_dotted("03.04.2026")
    assert not is_dotted("03/04/2026")
    assert not is_dotted("2026.04.03")


@given(
    st.dates(date(1970, 1, 1), date(2069, 12, 31)),
    st.sampled_from(["en_GB", "en_US", "de", "fr", "es", "it", "nl", "de_CH", "sv"]),
    st.sampled_from(["short", "medium", "long", "full"]),
)
def test_what_a_locale_writes_is_read(day: date, locale: str, form: str) -> None:
    if locale in ("it", "es", "nl", "sv") and form in ("long", "full", "medium"):
        return  # "31 de enero de 2026" and other languages' names of days are not promised
    text = format_date(day, form, locale)
    order = "mdy" if locale == "en_US" else "dmy"
    assert parse_date(text, order) == day


@given(st.text(max_size=80), st.sampled_from(["dmy", "mdy", "ymd", None]))
def test_any_text_is_a_date_or_told(text: str, order: str | None) -> None:
    date_evidence(text)
    try:
        day = parse_date(text, order)
    except UnreadableError:
        return
    assert 1900 <= day.year <= 2199


@given(st.text("0123456789./-T: ", max_size=20), st.sampled_from(["dmy", "mdy", "ymd", None]))
def test_any_digits_are_a_date_or_told(text: str, order: str | None) -> None:
    try:
        day = parse_date(text, order)
    except UnreadableError:
        return
    assert 1900 <= day.year <= 2199
