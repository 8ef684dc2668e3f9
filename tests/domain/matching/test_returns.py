"""Money that went back: which payment it takes back, by reference, account, name and amount."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from desktop.domain.matching import explain
from desktop.domain.matching.facts import Line, PastPayment
from tests.domain.matching.made import ACME, ACME_ACCOUNT, TODAY, explained, line, payer, told

PAID = PastPayment(1, "P-2026-0001", 1, "EUR", 11_900, date(2026, 3, 2), ACME_ACCOUNT, ("ORD-2026-0001",))
AGAIN = PastPayment(2, "P-2026-0002", 1, "EUR", 11_900, date(2026, 3, 5), ACME_ACCOUNT, ("ORD-2026-0002",))
NORD = payer(2, "Nordlicht Bau AG")


def back(amount: int, **facts: Any) -> Line:
    return line(amount, returns=True, **facts)


def test_a_return_is_told_by_its_end_to_end_id() -> None:
    best = explained(back(-11_900, end_to_end="ORD-2026-0002"), [], past=[PAID, AGAIN])[0]
    assert (best.kind, best.returned, best.client_id, best.sure) == ("return", 2, 1, True)
    assert "Carries a reference of payment P-2026-0002" in told(best)
    assert "Takes back the 119.00 EUR of payment P-2026-0002" in told(best)


def test_what_the_bank_takes_for_a_return_is_told_apart() -> None:
    stated = explained(back(-12_200, charges=300, party_account=ACME_ACCOUNT), [], past=[PAID])[0]
    silent = explained(back(-12_200, text="RETOURE ORD-2026-0001"), [], past=[PAID])[0]
    assert [(one.returned, one.charges) for one in (stated, silent)] == [(1, 300), (1, 300)]
    assert not explained(back(-12_200, party_account=ACME_ACCOUNT), [], past=[PAID])


def test_account_and_amount_are_sure_where_there_is_one_such_payment() -> None:
    one = explained(back(-11_900, party_account=ACME_ACCOUNT), [], past=[PAID])
    two = explained(back(-11_900, party_account=ACME_ACCOUNT), [], past=[PAID, AGAIN])
    assert one[0].sure
    assert not two[0].sure
    assert [other.returned for other in two] == [2, 1]


def test_a_name_tells_whose_payment_came_back() -> None:
    other = PastPayment(3, "P-2026-0003", 2, "EUR", 11_900, date(2026, 3, 2))
    best = explained(back(-11_900, party="NORDLICHT BAU"), [], ACME, NORD, past=[PAID, other])[0]
    assert best.returned == 3


@pytest.mark.parametrize(
    "given",
    [
        line(-11_900, party_account=ACME_ACCOUNT),
        back(-11_900),
        back(-11_900, text="Miete"),
    ],
)
def test_what_is_no_return_or_tells_nobody_is_asked(given: Line) -> None:
    assert not any(one.sure for one in explained(given, [], past=[PAID]))


@pytest.mark.parametrize(
    "given",
    [
        back(-11_899, party_account=ACME_ACCOUNT),
        back(-11_900, currency="USD", end_to_end="ORD-2026-0001"),
        back(-11_900, booked_on=date(2026, 3, 1), end_to_end="ORD-2026-0001"),
    ],
)
def test_another_amount_currency_or_an_earlier_day_takes_nothing_back(given: Line) -> None:
    assert explained(given, [], past=[PAID]) == ()


def test_one_payment_comes_back_once() -> None:
    lines = [back(-11_900, id=row, end_to_end="ORD-2026-0001") for row in (1, 2)]
    found = explain(lines, [], [ACME], [PAID], today=TODAY)
    assert [found[1][0].returned, found[2]] == [1, ()]


def test_very_many_payments_of_one_amount_go_by_the_payer() -> None:
    many = [PastPayment(row, f"P-{row:06d}", 2, "EUR", 11_900, date(2026, 3, 2)) for row in range(10, 400)]
    best = explained(back(-11_900, party_account=ACME_ACCOUNT), [], ACME, NORD, past=[*many, PAID])[0]
    assert (best.returned, best.sure) == (1, True)
