"""Sentences kept apart from their figures come back from the book as they were."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.wording import Said, as_typed, day, money, number, phrase, phrases, restored, span
from desktop.saying import put, told

TEXTS = st.text(max_size=30)


def test_a_bare_sentence_is_stored_as_it_stands() -> None:
    assert phrase("Ready to issue.").stored() == "Ready to issue."
    assert as_typed("").stored() == ""


@given(TEXTS, st.integers(-(10**12), 10**12), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_what_is_stored_reads_the_same(name: str, minor: int, on: date) -> None:
    said = phrase("{client} owes {sum} since {day}.", client=name, sum=money(minor, "EUR"), day=day(on))
    assert told(said.stored()) == put(said)
    assert restored(said.stored()).template == said.template


@given(TEXTS)
def test_a_text_of_a_person_is_never_a_template(text: str) -> None:
    assert told(as_typed(text).stored()) == text
    assert put(phrase("“{line}” is vague.", line=text)) == f"“{text}” is vague."


def test_the_same_sentence_is_stored_alike() -> None:
    """Approvals are kept for the very same sentence."""
    one = phrases("{count} row of {item}", "{count} rows of {item}", count=2, item="X", units=number(1_500_000))
    other = phrases("{count} row of {item}", "{count} rows of {item}", count=2, item="X", units=number(1_500_000))
    assert one.stored() == other.stored()
    assert Said(*restored(one.stored())).stored() == one.stored()


def test_a_span_is_half_open() -> None:
    assert put(phrase("{period}", period=span(date(2026, 1, 1), date(2026, 2, 1)))) == "January 2026"
    assert put(phrase("{price}", price=number(int(Decimal("2.5") * 10**6)))) == "2.5"
