from datetime import date

import pytest

from desktop.domain.standing import STATUSES, status

TODAY = date(2026, 3, 31)
DUE, PAST = date(2026, 3, 31), date(2026, 3, 30)


@pytest.mark.parametrize(
    "amount, is_open, due, more, expected",
    [
        (100, 100, DUE, {}, "open"),
        (100, 100, PAST, {}, "overdue"),
        (100, 40, DUE, {}, "partly_paid"),
        (100, 40, PAST, {}, "overdue"),
        (100, 40, PAST, {"disputed": True}, "disputed"),
        (100, 0, PAST, {"disputed": True}, "paid"),
        (100, 0, PAST, {}, "paid"),
        (100, 0, PAST, {"credited": 100}, "credited"),
        (100, 0, PAST, {"credited": 60}, "paid"),
        (100, 0, PAST, {"credited": 60, "written_off": 40}, "written_off"),
        (100, 40, DUE, {"written_off": 60}, "partly_paid"),
        (0, 0, DUE, {}, "paid"),
    ],
)
def test_one_word_for_each_standing(amount: int, is_open: int, due: date, more: dict[str, int], expected: str) -> None:
    found = status(
        "invoice",
        amount,
        is_open,
        due,
        TODAY,
        disputed=bool(more.get("disputed")),
        written_off=more.get("written_off", 0),
        credited=more.get("credited", 0),
    )
    assert found == expected
    assert found in STATUSES


def test_a_credit_note_is_there_to_be_used() -> None:
    assert status("credit_note", 100, 1, PAST, TODAY) == "unapplied"
    assert status("credit_note", 100, 0, PAST, TODAY) == "applied"
