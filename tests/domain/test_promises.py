from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.promises import BROKEN, KEPT, OPEN, WITHDRAWN, Judgement, Receipt, Word, judge

DAY = date(2026, 3, 10)


def at(day: int) -> str:
    return f"2026-03-{day:02}T09:00:00Z"


def word(id: int, amount: int, day: int, noted: int = 1, *, withdrawn: bool = False) -> Word:
    return Word(id, amount, date(2026, 3, day), at(noted), withdrawn)


def receipt(amount: int, paid: int, booked: int | None = None) -> Receipt:
    return Receipt(date(2026, 3, paid), at(paid if booked is None else booked), amount)


def states(*promises: Word, money: tuple[Receipt, ...] = (), today: date = DAY) -> list[tuple[str, int]]:
    found = judge(promises, money, today)
    return [(found[one.id].state, found[one.id].came) for one in promises]


def test_a_promise_is_open_until_its_day_has_passed() -> None:
    assert states(word(1, 100, 10)) == [(OPEN, 0)]
    assert states(word(1, 100, 9)) == [(BROKEN, 0)]


def test_it_is_kept_by_money_of_its_days_whenever_that_is_booked() -> None:
    assert states(word(1, 100, 9), money=(receipt(60, 5), receipt(40, 9, booked=12))) == [(KEPT, 100)]
    assert states(word(1, 100, 9), money=(receipt(60, 5), receipt(40, 10))) == [(BROKEN, 60)]


def test_what_was_known_when_it_was_given_does_not_count() -> None:
    assert states(word(1, 100, 12, noted=5), money=(receipt(100, 4),)) == [(OPEN, 0)]
    assert states(word(1, 100, 12, noted=5), money=(receipt(100, 4, booked=6),)) == [(KEPT, 100)]


def test_money_fills_the_earliest_promise_first_and_each_coin_one() -> None:
    both = (word(1, 100, 15), word(2, 100, 12))
    assert states(*both, money=(receipt(150, 5),)) == [(OPEN, 50), (KEPT, 100)]


def test_what_comes_too_late_keeps_the_next_promise() -> None:
    assert states(word(1, 100, 4), word(2, 100, 12, noted=5), money=(receipt(100, 8),)) == [(BROKEN, 0), (KEPT, 100)]


def test_a_withdrawn_promise_takes_nothing() -> None:
    both = (word(1, 100, 8, withdrawn=True), word(2, 100, 9))
    assert states(*both, money=(receipt(100, 5),)) == [(WITHDRAWN, 0), (KEPT, 100)]


DAYS = st.integers(1, 28)
WORDS = st.lists(st.tuples(st.integers(1, 500), DAYS, DAYS, st.booleans()), max_size=6).map(
    lambda given: [word(n, amount, day, noted, withdrawn=gone) for n, (amount, day, noted, gone) in enumerate(given)]
)
MONEY = st.lists(st.tuples(st.integers(1, 500), DAYS, DAYS).map(lambda one: receipt(*one)), max_size=6)


@given(WORDS, MONEY, DAYS)
def test_no_coin_counts_twice(promises: list[Word], money: list[Receipt], day: int) -> None:
    found = judge(promises, money, date(2026, 3, day))
    assert found.keys() == {one.id for one in promises}
    assert sum(one.came for one in found.values()) <= sum(one.amount for one in money)
    for one in promises:
        judged = found[one.id]
        could = sum(m.amount for m in money if m.paid_on <= one.promised_on and m.booked_at >= one.noted_at)
        assert 0 <= judged.came <= min(one.amount, could)
        assert (judged.state == KEPT) == (judged.came == one.amount and not one.withdrawn)
        assert judged.state != BROKEN or date(2026, 3, day) > one.promised_on


@given(WORDS, MONEY, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_rows_means_nothing(promises: list[Word], money: list[Receipt], day: int, dice: object) -> None:
    today = date(2026, 3, day)
    expected = judge(promises, money, today)
    dice.shuffle(promises)  # type: ignore[attr-defined]
    dice.shuffle(money)  # type: ignore[attr-defined]
    assert judge(promises, money, today) == expected


@given(WORDS, MONEY, DAYS)
def test_time_alone_only_ends_open_promises(promises: list[Word], money: list[Receipt], day: int) -> None:
    today = date(2026, 3, day)
    before, after = judge(promises, money, today), judge(promises, money, today + timedelta(days=1))
    for key, one in before.items():
        assert after[key] in (one, Judgement(BROKEN, one.came))
        assert one.state == OPEN or after[key] == one
