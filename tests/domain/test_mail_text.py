"""Texts of mails: filled by their fields, and never more than a line where a header stands."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail_text import FIELDS, LONGEST_SUBJECT, Text, one_line, plain

ANYTHING = st.text(max_size=80)


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(alphabet="ab{}<>& ", min_size=1, max_size=20), min_size=1))
def test_values_stand_where_their_fields_do_and_name_none_themselves(values):
    text = " ".join(f"<{{{name}}}>" for name in values)
    assert Text(text).filled(values) == " ".join(f"<{value}>" for value in values.values())


@pytest.mark.parametrize(
    "text, values, said",
    [
        ("A {number} b", {"number": "7"}, "A 7 b"),
        ("A {number} b", {"number": "{amount}"}, "A {amount} b"),
        ("Order: {po_number}\nEnd", {"po_number": ""}, "End"),
        ("{number} {po_number}", {"number": "7", "po_number": ""}, "7 "),
        ("One\n\n{payment}\n\nTwo", {"payment": ""}, "One\n\nTwo"),
        ("No field\n\n\n\nhere", {}, "No field\n\nhere"),
        ("{unknown}", {}, "{unknown}"),
    ],
)
def test_lines_of_empty_fields_are_left_out(text, values, said):
    assert Text(text).filled(values) == said


@given(ANYTHING)
def test_one_line_cannot_steer_a_header(text):
    said = one_line(text * 20)
    assert len(said) <= LONGEST_SUBJECT
    assert not any(unicodedata.category(sign) == "Cc" or sign in "\u2028\u2029\ufdd0" for sign in said)
    assert said == said.strip()


@given(ANYTHING)
def test_a_text_keeps_its_lines_and_nothing_that_steers(text):
    said = plain(text)
    assert "\r" not in said
    assert not any(unicodedata.category(sign) == "Cc" for sign in said if sign not in "\n\t")
    assert plain(said) == said
