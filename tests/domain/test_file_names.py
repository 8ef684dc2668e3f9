"""Texts as names of files: safe on every system, and none taken for another."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.file_names import safe_name, same_name, told_apart


def test_what_turns_the_direction_of_writing_is_no_part_of_a_name() -> None:
    assert safe_name("bill\u202efdp.exe") == "bill-fdp.exe"
    assert safe_name("नमस्ते\u200dक") == "नमस्ते\u200dक"
    assert safe_name("فاتورة") == "فاتورة"


def test_names_that_some_system_takes_for_one_are_told_apart_by_their_keys() -> None:
    composed, apart = unicodedata.normalize("NFC", "Café"), unicodedata.normalize("NFD", "Café")
    assert told_apart({4: "A-1", 2: "A/1", 9: "a-1", 5: composed, 6: apart, 7: "..", 8: "con"}, 40) == {
        2: "A-1",
        4: "A-1-4",
        5: composed,
        6: f"{apart}-6",
        7: "-7",
        8: "_con",
        9: "a-1-9",
    }
    assert told_apart({1: "x" * 50 + "1", 2: "x" * 50 + "2"}, 40) == {1: "x" * 40, 2: "x" * 38 + "-2"}


@given(st.dictionaries(st.integers(1, 99), st.text(st.characters(exclude_categories=["Cs"]), max_size=30)))
def test_every_text_has_a_name_of_its_own(names: dict[int, str]) -> None:
    made = told_apart(names, 24)
    assert made.keys() == names.keys()
    assert len({same_name(one) for one in made.values()}) == len(names)
    assert all(one and len(one.encode()) <= 24 for one in made.values())
    assert all("/" not in one and one not in (".", "..") for one in made.values())
