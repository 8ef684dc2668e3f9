"""Whatever files tell of an account, in whatever order and format: each movement is in the book once, none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from db.schema import Base
from desktop.domain.bank_statement import Balance, Entry, Statement
from desktop.services.bank.accounts import OwnAccount
from desktop.services.bank.sifting import Sieve

START = date(2026, 3, 2)
TODAY = date(2026, 12, 31)
ACCOUNT = OwnAccount(1, "Harbour", "DE02120300000000202051", "", "", "", "EUR")
PAYERS = (
    ("Acme Werkzeugbau GmbH", "DE89370400440532013000"),
    ("Nordlicht Reederei AG", "DE75512108001245126199"),
    ("Zoe Quist", ""),
)
TEXTS = ("Rechnung INV-2026-0001", "Beratung im Februar, vielen Dank", "Rate")
OPENING = 100_000


@dataclass(frozen=True)
class Moved:
    day: date
    amount: int
    payer: int
    text: int
    number: int
    before: int


@st.composite
def accounts(draw: st.DrawFn, most: int = 14) -> list[Moved]:
    """The true movements of an account in a week: few days, amounts, payers and texts, so that many are equal."""
    told = draw(
        st.lists(
            st.tuples(
                st.integers(0, 4), st.sampled_from([500, 500, 1_190, -500]), st.integers(0, 2), st.integers(0, 2)
            ),
            min_size=1,
            max_size=most,
        )
    )
    found, balance = [], OPENING
    for number, (day, amount, payer, text) in enumerate(sorted(told, key=lambda one: one[0])):
        found.append(Moved(START + timedelta(day), amount, payer, text, number, balance))
        balance += amount
    return found


def told_by(moved: Sequence[Moved], format: str, *, first: date, last: date, number: str = "") -> Statement:
    """These movements as a file of a format tells them: each has its own words, references and balances."""
    entries = tuple(_entry(one, format) for one in moved)
    opening = closing = None
    if format != "csv" and moved:
        opening = Balance(None, moved[0].before, "EUR")
        closing = Balance(last, moved[-1].before + moved[-1].amount, "EUR")
    return Statement(
        format,
        ACCOUNT.iban,
        "EUR",
        entries,
        number=number,
        from_day=first,
        to_day=last,
        opening=opening,
        closing=closing,
    )


def _entry(one: Moved, format: str) -> Entry:
    name, iban = PAYERS[one.payer]
    text = TEXTS[one.text]
    plain = Entry(one.day, one.amount, "EUR", party=name, party_account=iban, text=text, place=str(one.number))
    if format == "camt":
        return replace(plain, bank_reference=f"2026{one.number:08d}", valued_on=one.day)
    if format == "mt940":
        return replace(plain, party=name.upper()[:27], text=f"{text.upper()[:20]} {text.upper()[20:]}", code="NTRF/166")
    return replace(plain, party_account="", valued_on=one.day + timedelta(1))


@cache
def empty_book() -> Engine:
    """A book without statements: what is held against it and not written shows in the sieve alone."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    return engine


def taken(statements: Sequence[Statement]) -> Counter[tuple[date, int, str]]:
    """What is in a book after these were taken in, by day, amount and the movement that it was."""
    with empty_book().connect() as connection:
        sieve = Sieve(connection)
        new = [entry for one in statements for entry, _identity in sieve.hold(one, ACCOUNT, "file", today=TODAY).new]
    return Counter((one.booked_on, one.amount, one.party.upper()[:27]) for one in new)


def truth(moved: Sequence[Moved]) -> Counter[tuple[date, int, str]]:
    return Counter((one.day, one.amount, PAYERS[one.payer][0].upper()[:27]) for one in moved)


def whole_days(moved: Sequence[Moved], first: int, last: int, format: str) -> Statement:
    """The movements of these days, with the balance of the account before them."""
    begin, end = START + timedelta(first), START + timedelta(last)
    chosen = [one for one in moved if begin <= one.day <= end]
    statement = told_by(chosen, format, first=begin, last=end)
    if format != "csv" and not chosen:
        balance = next((one.before for one in moved if one.day > end), moved[-1].before + moved[-1].amount)
        stated = Balance(end, balance, "EUR")
        return replace(statement, opening=stated, closing=stated)
    return statement


FORMATS = st.sampled_from(["camt", "mt940", "csv"])
LENIENT = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@LENIENT
@given(st.data())
def test_files_of_whole_days_tell_each_movement_once(data: st.DataObject) -> None:
    moved = data.draw(accounts())
    cut = data.draw(st.integers(0, 3))
    covering = [(0, cut), (cut + 1, 4)]
    extra = data.draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=4))
    spans = [*covering, *((min(pair), max(pair)) for pair in extra)]
    files = [whole_days(moved, first, last, data.draw(FORMATS)) for first, last in data.draw(st.permutations(spans))]
    assert taken(files) == truth(moved)


@LENIENT
@given(st.data())
def test_a_day_fetched_before_it_was_over_is_completed_by_the_next_file(data: st.DataObject) -> None:
    moved = data.draw(accounts())
    times = sorted(data.draw(st.lists(st.integers(0, len(moved)), min_size=1, max_size=3)))
    files = []
    for upto in [*times, len(moved)]:
        chosen = moved[:upto]
        if chosen:
            files.append(told_by(chosen, data.draw(FORMATS), first=START, last=chosen[-1].day))
    assert taken(data.draw(st.permutations(files))) == truth(moved)


@LENIENT
@given(st.data())
def test_numbered_sheets_of_one_day_are_no_overlap(data: st.DataObject) -> None:
    moved = data.draw(accounts())
    cuts = sorted({0, len(moved), *data.draw(st.lists(st.integers(0, len(moved)), max_size=4))})
    sheets = [
        told_by(moved[start:end], "mt940", first=moved[start].day, last=moved[end - 1].day, number=f"17/{at}")
        for at, (start, end) in enumerate(pairwise(cuts), 1)
    ]
    again = data.draw(st.lists(st.sampled_from(sheets), max_size=2))
    whole = data.draw(st.lists(st.sampled_from(["camt", "csv"]), max_size=1))
    files = data.draw(st.permutations([*sheets, *again, *(whole_days(moved, 0, 4, format) for format in whole)]))
    assert taken(files) == truth(moved)


@LENIENT
@given(accounts(), st.lists(st.sampled_from(["camt", "mt940", "csv"]), min_size=2, max_size=4))
def test_the_same_file_in_any_formats_adds_nothing(moved: list[Moved], formats: list[str]) -> None:
    assert taken([whole_days(moved, 0, 4, format) for format in formats]) == truth(moved)
