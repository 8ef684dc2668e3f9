from __future__ import annotations

from datetime import date
from decimal import Decimal

from desktop.ui.few_rows import FewRows
from desktop.ui.listing import Row

ROWS: list[Row] = [
    {"id": 7, "name": "Zürich Bau", "amount": 250, "day": date(2026, 3, 1), "state": "open", "marks": ("own",)},
    {"id": 3, "name": "acme", "amount": None, "day": date(2026, 1, 1), "state": "paid", "marks": ()},
    {"id": 5, "name": "Berg", "amount": Decimal("12.5"), "day": None, "state": "open", "marks": ()},
]


def ask(search: str = "", filters: str = "", sort: str = "", descending: bool = False) -> list[int]:
    return list(FewRows(lambda: ROWS).ids(search, frozenset(filters.split()), sort, descending))


def test_rows_keep_the_order_of_their_service_unless_sorted() -> None:
    assert ask() == [7, 3, 5]
    assert ask(sort="name") == [3, 5, 7]
    assert ask(sort="amount", descending=True) == [3, 7, 5]
    # What has no value stands behind what has one.
    assert ask(sort="amount") == [5, 7, 3]
    assert ask(sort="day") == [3, 7, 5]


def test_every_word_must_be_somewhere_in_the_row() -> None:
    assert ask("ZÜRICH") == [7]
    assert ask("open berg") == [5]
    assert ask("open acme") == []


def test_a_filter_fits_a_state_or_a_mark() -> None:
    assert ask(filters="open") == [7, 5]
    assert ask(filters="own") == [7]
    assert ask(filters="own paid") == [7, 3]


def test_rows_without_an_id_go_by_their_place_and_are_loaded_anew() -> None:
    loaded: list[Row] = [{"text": "one"}, {"text": "two"}]
    rows = FewRows(lambda: loaded)
    assert list(rows.ids("", frozenset(), "", False)) == [1, 2]
    assert rows.rows([2, 9]) == {2: {"text": "two"}}
    loaded.pop()
    assert rows.rows([2]) == {2: {"text": "two"}}
    assert list(rows.ids("", frozenset(), "", False)) == [1]
    assert rows.rows([2]) == {}
