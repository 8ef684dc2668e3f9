"""A text of JSON is read like the standard library reads it, and each value's place is known."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.placed_json import JsonProblem, Place, placed_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 1, 4]), st.booleans())
def test_reads_what_the_library_writes(value: object, indent: int | None, plain: bool) -> None:
    assert placed_json(json.dumps(value, indent=indent, ensure_ascii=plain)).data == value


# Where a name stands twice the library takes the last, and this reader refuses.
@given(st.text(alphabet='{}[]",:0-1e.tru fals\\n\n', max_size=30))
def test_agrees_with_the_library_on_what_is_json(text: str) -> None:
    try:
        wanted = json.loads(text)
    except json.JSONDecodeError:
        with pytest.raises(JsonProblem):
            placed_json(text)
    else:
        with suppress(JsonProblem):
            assert placed_json(text).data == wanted


def test_knows_the_line_of_each_value() -> None:
    found = placed_json('{\n  "layout": {\n    "columns": [\n      {"column": "net"},\n      {"column": "x"}\n]}}')
    assert found.place(("layout", "columns", 1)) == Place(5, 7)
    assert found.place(("layout", "columns", 1, "column")) == Place(5, 8)
    # What is missing is missed where it would stand.
    assert found.place(("layout", "columns", 1, "width", "more")) == Place(5, 7)


@pytest.mark.parametrize(
    "text, place, words",
    [
        ('{"a": 1,}', Place(1, 8), "one comma too many"),
        ('{\n"a": 1\n"b": 2}', Place(3, 1), "comma or"),
        ('{"a" 1}', Place(1, 6), "colon is missing"),
        ("{a: 1}", Place(1, 2), "name in quotation marks"),
        ('{"a": "x', Place(1, 7), "no closing quotation mark"),
        ('["a\nb"]', Place(1, 4), "backslash"),
        ("[1, 2", Place(1, 6), "ends in the middle"),
        ("[NaN]", Place(1, 2), "a value"),
        ('{"a": 1, "a": 2}', Place(1, 10), "twice"),
        ("{} x", Place(1, 4), "should end"),
        ("[" * 60, Place(1, 42), "too deep"),
        ("[1" + "0" * 60 + "]", Place(1, 2), "too many digits"),
        ('["\\ud83d"]', Place(1, 2), "half a sign"),
        ("", Place(1, 1), "ends in the middle"),
    ],
)
def test_says_what_is_wrong_and_where(text: str, place: Place, words: str) -> None:
    with pytest.raises(JsonProblem) as problem:
        placed_json(text)
    assert problem.value.place == place
    assert words in problem.value.said.template
