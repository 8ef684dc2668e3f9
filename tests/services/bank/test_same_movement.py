"""When two tellings are of one movement, and when they are of two: the signs that count, one by one."""

from datetime import date, timedelta
from typing import Any

from desktop.services.bank.identity import Movement, movement, sort_out

DAY = date(2026, 4, 1)
WEEK = (DAY, DAY + timedelta(6))
ANNE: dict[str, Any] = {"party": "Anne Acker GmbH", "text": "Rechnung 4711"}
BOB: dict[str, Any] = {"party": "Bob Bolt Werke", "text": "Miete Mai"}


def known(format: str = "camt", day: date = DAY, amount: int = 500, **said: Any) -> Movement:
    return movement(day, amount, format, line_id=1, statement_id=1, **said)


def new(format: str = "camt", day: date = DAY, amount: int = 500, **said: Any) -> Movement:
    return movement(day, amount, format, **said)


def paired(
    entries: list[Movement], lines: list[Movement], *, told: tuple[date, date] | None = WEEK, preliminary: bool = False
) -> int:
    found = sort_out(
        entries,
        lines,
        apart=frozenset(),
        days=WEEK,
        told=[told] if told else [],
        preliminary=preliminary,
    )
    return len(found.pairs)


def test_the_banks_own_names_tell_equal_movements_apart() -> None:
    assert paired([new(bank_reference="A1234567", **ANNE)], [known(bank_reference="A1234567", **ANNE)]) == 1
    assert paired([new(bank_reference="A1234567", **ANNE)], [known(bank_reference="B7654321", **ANNE)]) == 0


def test_names_that_a_bank_makes_anew_with_each_download_tell_nothing() -> None:
    lines = [known(bank_reference=f"X{at}", amount=at, **ANNE) for at in (100, 200, 300)]
    entries = [new(bank_reference=f"Y{at}", amount=at, **ANNE) for at in (100, 200, 300)]
    assert paired(entries, lines) == 3


def test_another_payer_of_the_same_amount_is_another_movement() -> None:
    assert paired([new(**BOB)], [known(**ANNE)]) == 0
    assert paired([new("csv", **BOB)], [known(**ANNE)]) == 0
    iban, other = "DE89370400440532013000", "DE75512108001245126199"
    assert paired([new("mt940", account=iban)], [known(account=other)]) == 0
    assert paired([new("mt940", account="532013000")], [known(account=iban)]) == 1


def test_references_that_differ_part_what_words_do_not_join() -> None:
    assert paired([new(end_to_end="RE-2026-0001", **ANNE)], [known(end_to_end="RE-2026-0002", **ANNE)]) == 0
    cut = "RE-2026-0001-OF-A-LONG-NAME"
    assert paired([new("mt940", end_to_end=cut[:16], **ANNE)], [known(end_to_end=cut, **ANNE)]) == 1


def test_a_pair_made_early_leaves_none_over() -> None:
    """The first entry fits both lines, the second only the one that the first is more like."""
    lines = [known("csv", party="Acme", text="Rechnung 1"), known("csv", text="Rechnung 1 von Acme und Co")]
    entries = [new("mt940", party="ACME", text="RECHNUNG 1"), new("mt940", party="ACME", text="RECHNUNG 1")]
    assert paired(entries, lines) == 2


def test_a_table_by_value_day_tells_the_same_movement_on_another_day() -> None:
    later = DAY + timedelta(2)
    entry = new("csv", day=later, **ANNE)
    line = movement(DAY, 500, "camt", valued_on=later, line_id=1, statement_id=1, **ANNE)
    assert paired([entry], [line]) == 1
    assert paired([entry], [line], told=None) == 0, "nothing spoke of that day, so it may well be another one"
    assert paired([new("camt", day=later, **ANNE)], [line]) == 0, "one format gives one day"


def test_what_is_announced_may_be_booked_on_a_later_day() -> None:
    later = DAY + timedelta(1)
    assert paired([new("mt940", day=later, **ANNE)], [known("mt942", **ANNE)], told=None) == 1
    assert paired([new("camt", day=later, **ANNE)], [known(**ANNE)], preliminary=True, told=None) == 1
    assert paired([new("mt940", day=later, **BOB)], [known("mt942", **ANNE)], told=None) == 0


def test_thousands_of_equal_amounts_are_paired_by_count() -> None:
    lines = [known(party=f"Client {at}", text="Abo") for at in range(600)]
    entries = [new("csv", party=f"CLIENT {at}", text="SEPA Abo") for at in range(600)]
    assert paired(entries, lines) == 600
    assert paired([*entries, new("csv", party="CLIENT 7", text="SEPA Abo")], lines) == 600
