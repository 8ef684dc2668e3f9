from datetime import date

import pytest

from desktop.errors import UserError
from desktop.services import series
from desktop.services.problems import ValidationError
from desktop.services.series_counters import SeriesCounters
from tests.books import new_book

ACTOR = "Ada"
TODAY = date(2026, 3, 9)


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path, fiscal_start_month=4) as opened:
        yield opened


def _of(book, code):
    return next(row for row in series.series_list(book, today=TODAY) if row["code"] == code)


def _take(book, kind="invoice"):
    with book.writing() as session:
        counters = SeriesCounters(session.connection())
        text, *_ = counters.take(kind, TODAY)
        counters.store()
    return text


def test_the_next_number_is_shown_and_taken(book):
    assert _of(book, "invoices")["next_number"] == "INV-2026-0001"
    assert _take(book) == "INV-2026-0001"
    assert _of(book, "invoices")["next_number"] == "INV-2026-0002"


def test_a_fiscal_series_of_one_s_own_becomes_the_default(book):
    made = series.save_series(
        book,
        {"code": "fy", "kind": "invoice", "pattern": "R{yy}-{n:05}", "year_rule": "fiscal", "first": 100},
        actor=ACTOR,
    )
    assert (_of(book, "fy")["is_default"], _of(book, "invoices")["is_default"]) == (True, False)
    assert _of(book, "fy")["next_number"] == _take(book) == "R25-00100"
    with pytest.raises(ValidationError) as refused:
        series.save_series(
            book, {"first": 1, "year_rule": "never", "kind": "final", "is_default": False}, actor=ACTOR, series_id=made
        )
    assert set(refused.value.fields) == {"first", "year_rule", "kind", "is_default"}
    series.save_series(book, {"pattern": "R{yy}/{n:05}"}, actor=ACTOR, series_id=made)
    assert _of(book, "fy")["next_number"] == "R25/00101"


@pytest.mark.parametrize(
    "values, field, problem",
    [
        ({"code": "invoices"}, "code", "There is a series “invoices” already."),
        ({"pattern": "X-{year}"}, "pattern", "“X-{year}” needs the counter {n} exactly once."),
        ({"pattern": "X-{n}"}, "pattern", "“X-{n}” starts again each year and needs {year} or {yy} to stay unique."),
        ({"pattern": "inv-{year}-{n:04}"}, "pattern", "Series invoices makes the same numbers."),
        ({"first": 0}, "first", "A series starts at 1 or later."),
        ({"kind": "letter"}, "kind", "“letter” is no kind of document."),
        ({"year_rule": "lunar"}, "year_rule", "“lunar” is no rule for the year."),
    ],
)
def test_a_series_that_would_go_wrong_is_refused(book, values, field, problem):
    good = {"code": "more", "kind": "invoice", "pattern": "X-{year}-{n}", "is_default": False}
    with pytest.raises(ValidationError) as refused:
        series.save_series(book, good | values, actor=ACTOR)
    assert refused.value.fields == {field: problem}


def test_only_a_spare_series_is_deleted(book):
    with pytest.raises(UserError, match="is the default of its kind"):
        series.delete_series(book, _of(book, "invoices")["id"], actor=ACTOR)
    made = series.save_series(
        book, {"code": "more", "kind": "invoice", "pattern": "X-{year}-{n}", "is_default": False}, actor=ACTOR
    )
    series.delete_series(book, made, actor=ACTOR)
    assert len(series.series_list(book, today=TODAY)) == 4


@pytest.mark.parametrize(
    "pattern, problem",
    [
        ("INV/{yy}/{n:05}", ""),
        ("INV.{year}-{n:04}", "INV.2026-9999 is no Indian invoice number"),
        ("0{yy}-{n:04}", "026-9999 is no Indian invoice number"),
        ("INVOICE-{year}-{n:04}", "17 characters; an Indian invoice number has at most 16."),
    ],
)
def test_numbers_of_indian_invoices_are_such_as_the_portal_takes(tmp_path, pattern, problem):
    with new_book(tmp_path, country="IN", currency="INR") as book:
        values = {"code": "more", "kind": "invoice", "pattern": pattern, "is_default": False}
        if not problem:
            assert series.save_series(book, values, actor=ACTOR)
            return
        with pytest.raises(ValidationError) as refused:
            series.save_series(book, values, actor=ACTOR)
        assert problem in refused.value.fields["pattern"]
