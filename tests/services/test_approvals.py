"""Who may approve how much, and when two people must."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import AgreementLine, Client
from desktop.errors import UserError
from desktop.services.check import check
from desktop.services.currencies import set_exchange_rate
from desktop.services.limits import set_limits_of_others, set_second_approval
from desktop.services.people import save_person
from desktop.services.runs import (
    SECOND,
    Approval,
    LineEdit,
    approve,
    approve_drafts,
    discard,
    edit,
    exceptions,
    explain,
    hold_drafts,
    look_again,
    plan,
    resume,
)
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value

RUN = "R-2026-0001"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book
        assert check(book).problems == ()


@pytest.fixture
def made(book: Book) -> Contracts:
    return Contracts(book)


def bill(made: Contracts, *prices: str, **changes: Any) -> None:
    """A client on hold with an agreement for each price, billed and held."""
    for number, price in enumerate(prices, 1):
        client = made.client(f"C{number}", on_hold=True, **changes)
        currency = changes.get("currency", "EUR")
        made.agreement(client, f"A{number}", {"unit_price": price}, currency=currency)
    made.bill("2026-01-31")


def ids(book: Book, *codes: str) -> list[int]:
    return [one.id for one in exceptions(book) if not codes or one.code in codes]


def say_yes(book: Book, who: str, *codes: str) -> Approval:
    return approve(book, ids(book, *codes), "Looked", actor=who, now=book.now)


def people(book: Book, draft: int = 1) -> tuple[str, str | None, str | None]:
    return rows(book, "SELECT state, decided_by, seconded_by FROM draft WHERE id = ?", draft)[0]


def issued(book: Book) -> int:
    return resume(book, RUN, actor=ANNE, now=book.now).outcomes["issued"]


def test_what_became_of_an_exception_that_is_not_open_is_told(book: Book, made: Contracts) -> None:
    bill(made, "100", "200")
    first, second = ids(book)
    approve(book, [first], "Looked", actor=ANNE, now=book.now)
    issued(book)
    with pytest.raises(UserError, match=f"Exception {first} .* was issued as INV-2026-0001"):
        approve(book, [second, first], "Looked", actor=ANNE, now=book.now)
    discard(book, [2], actor=ANNE)
    with pytest.raises(UserError, match="open"):
        approve(book, [second], "Looked", actor=ANNE, now=book.now)


# --- a person's own limit


def test_above_the_own_limit_the_refusal_names_who_may(book: Book, made: Contracts) -> None:
    save_person(book, {"name": "Ben", "approval_limit": 100_000}, actor=ANNE)
    save_person(book, {"name": "Carl", "approval_limit": 500_000}, actor=ANNE)
    save_person(book, {"name": "Dora"}, actor=ANNE)
    bill(made, "1000", "1000.01")
    first, second = ids(book)
    with pytest.raises(UserError) as refused:
        approve(book, [first, second], "", actor="Ben", now=book.now)
    assert refused.value.message == "Ben may approve up to €1,000.00; this is €1,000.01."
    assert refused.value.remedy == "Who may: Carl, Dora. The limits stand under Settings, People."
    # All or nothing: the first was within the limit.
    assert len(ids(book)) == 2
    assert approve(book, [first], "", actor="Ben", now=book.now).released == (1,)
    assert say_yes(book, "Carl").released == (2,)
    assert issued(book) == 2


def test_in_bulk_what_is_above_the_limit_stays_and_the_rest_goes(book: Book, made: Contracts) -> None:
    set_limits_of_others(book, {"approval": 100_000}, actor=ANNE)
    bill(made, "1000", "5000")
    done = approve_drafts(book, [1, 2], "", actor="somebody", now=book.now)
    assert (done.released, done.refused) == ((1,), (2,))
    assert done.reason == "somebody may approve up to €1,000.00; this is €5,000.00."
    assert done.remedy == "Ask someone with a higher limit; the limits stand under Settings, People."


def test_a_limit_counts_in_the_firms_currency_and_needs_a_rate(book: Book, made: Contracts) -> None:
    save_person(book, {"name": "Ben", "approval_limit": 100_000}, actor=ANNE)
    bill(made, "1500", currency="USD")
    with pytest.raises(UserError, match="no exchange rate of that day is known"):
        say_yes(book, "Ben")
    set_exchange_rate(book, "USD", date(2026, 1, 1), Decimal("0.5"), actor=ANNE)
    assert say_yes(book, "Ben").released == (1,)


def test_a_total_below_nothing_counts_by_its_size(book: Book, made: Contracts) -> None:
    save_person(book, {"name": "Ben", "approval_limit": 100_000}, actor=ANNE)
    bill(made, "-1000.01")
    with pytest.raises(UserError, match="may approve up to"):
        say_yes(book, "Ben")


# --- a second pair of eyes


@pytest.fixture
def strict(book: Book) -> Book:
    set_second_approval(book, 200_000, actor=ANNE)
    return book


def test_above_the_amount_another_person_approves_too(strict: Book, made: Contracts) -> None:
    book = strict
    bill(made, "2000", "2000.01")
    done = say_yes(book, "Ben")
    assert (done.findings, done.released, done.waiting) == (2, (1,), (2,))
    (found,) = exceptions(book)
    assert (found.code, found.severity) == (SECOND, "hold")
    assert found.message == "Above 2,000.00 EUR two people approve: Ben did, and one more is needed."
    assert people(book, 2) == ("held", "Ben", None)
    assert issued(book) == 1
    with pytest.raises(UserError, match="Ben approved it already"):
        say_yes(book, "Ben")
    again = approve_drafts(book, [2], "", actor="Ben", now=book.now)
    assert (again.released, again.refused) == ((), (2,))
    assert say_yes(book, "Carl").released == (2,)
    assert people(book, 2) == ("approved", "Ben", "Carl")
    assert [one.reason for one in explain(book, RUN) if one.agreement == "A2"] == ["Approved by Ben and Carl."]
    assert issued(book) == 2
    acts = rows(
        book,
        """SELECT actor, action FROM audit_event
        WHERE subject = 'draft' AND subject_id = 2 AND action <> 'update' ORDER BY id""",
    )
    assert acts == [("Ben", "approve"), ("Carl", "approve as second")]


def test_the_second_person_needs_a_limit_as_well(strict: Book, made: Contracts) -> None:
    save_person(strict, {"name": "Carl", "approval_limit": 100}, actor=ANNE)
    bill(made, "5000")
    say_yes(strict, "Ben")
    with pytest.raises(UserError, match="Carl may approve up to"):
        say_yes(strict, "Carl")
    assert people(strict) == ("held", "Ben", None)


def test_what_needs_nobody_goes_out_by_itself(strict: Book, made: Contracts) -> None:
    made.agreement(made.client(), "A1", {"unit_price": "9000"})
    assert made.bill("2026-01-31").outcomes["issued"] == 1


def test_a_second_look_keeps_the_first_approval_while_nothing_changes(strict: Book, made: Contracts) -> None:
    book = strict
    bill(made, "5000")
    say_yes(book, "Ben")
    (before,) = ids(book)
    assert look_again(book, [1], actor=ANNE) == 0
    assert issued(book) == 0
    assert (ids(book), people(book)) == ([before], ("held", "Ben", None))
    say_yes(book, "Carl")
    assert look_again(book, [1], actor=ANNE) == 1
    assert people(book) == ("approved", "Ben", "Carl")
    assert issued(book) == 1


@pytest.mark.parametrize("approvers", [["Ben"], ["Ben", "Carl"]])
@pytest.mark.parametrize("price", ["6000", "1"])
@pytest.mark.parametrize("asked", [True, False])
def test_other_figures_drop_what_was_approved(
    strict: Book, made: Contracts, approvers: list[str], price: str, asked: bool
) -> None:
    book = strict
    bill(made, "5000")
    for who in approvers:
        say_yes(book, who)
    made.update(AgreementLine, 1, unit_price=money(price))
    if asked:
        look_again(book, [1], actor=ANNE)
    elif len(approvers) == 1:
        # Nobody looked at it again since: issuing does, whatever the second person says.
        say_yes(book, "Carl")
    assert issued(book) == 0
    assert people(book) == ("held", None, None)
    assert "client_on_hold" in [one.code for one in exceptions(book)]
    say_yes(book, "Ben")
    # Back below the amount one is enough.
    assert people(book)[0] == ("approved" if price == "1" else "held")


def test_what_is_found_after_both_approved_takes_both_again(strict: Book, made: Contracts) -> None:
    book = strict
    bill(made, "5000")
    say_yes(book, "Ben")
    say_yes(book, "Carl")
    made.update(Client, 1, disputed=True)
    assert issued(book) == 0
    assert [one.code for one in exceptions(book)] == ["disputed"]
    assert say_yes(book, "Carl").waiting == (1,)
    assert say_yes(book, "Ben").released == (1,)
    assert issued(book) == 1


def test_an_amount_set_after_the_approval_holds_what_one_person_released(book: Book, made: Contracts) -> None:
    bill(made, "5000")
    say_yes(book, "Ben")
    assert people(book) == ("approved", "Ben", None)
    set_second_approval(book, 100, actor=ANNE)
    assert issued(book) == 0
    (found,) = exceptions(book)
    assert "Ben did" in found.message
    say_yes(book, "Carl")
    set_second_approval(book, None, actor=ANNE)
    assert issued(book) == 1


def test_an_edit_by_hand_starts_over_and_its_author_is_never_alone(strict: Book, made: Contracts) -> None:
    book = strict
    bill(made, "5000")
    say_yes(book, "Ben")
    edit(book, 1, [LineEdit(1, unit_price=Decimal(4000))], actor="Ben")
    assert people(book) == ("held", None, None)
    assert SECOND not in [one.code for one in exceptions(book)]
    assert say_yes(book, "Ben").waiting == (1,)
    with pytest.raises(UserError, match="approved it already"):
        say_yes(book, "Ben")
    assert issued(book) == 0
    assert say_yes(book, "Carl").released == (1,)
    edit(book, 1, [LineEdit(1, unit_price=Decimal(4500))], actor="Ben")
    assert people(book) == ("held", None, None)


def test_held_by_hand_waits_for_two_again(strict: Book, made: Contracts) -> None:
    book = strict
    made.agreement(made.client(), "A1", {"unit_price": "9000"})
    plan(book, through=day("2026-01-31"), issue_date=day("2026-01-31"), actor=ANNE, now=book.now)
    hold_drafts(book, [1], "Ask", actor="Ben", now=book.now)
    assert say_yes(book, "Ben").waiting == (1,)
    # What was held by hand and approved leaves the findings at a second look; who approved it does not.
    assert look_again(book, [1], actor=ANNE) == 0
    assert issued(book) == 0
    say_yes(book, "Carl")
    hold_drafts(book, [1], "Wait", actor="Ben", now=book.now)
    assert [one.code for one in exceptions(book)] == ["held_by_hand"]
    assert say_yes(book, "Carl").waiting == (1,)
    assert say_yes(book, "Ben").released == (1,)
    assert look_again(book, [1], actor=ANNE) == 1
    assert issued(book) == 1


def test_one_of_several_findings_does_not_call_for_the_second(strict: Book, made: Contracts) -> None:
    book = strict
    bill(made, "5000", disputed=True)
    first, second = ids(book)
    done = approve(book, [first], "", actor="Ben", now=book.now)
    assert (done.released, done.waiting) == ((), ())
    # Two people saw one half each: whoever ended it is the first, and another one still looks at the whole.
    assert approve(book, [second], "", actor="Carl", now=book.now).waiting == (1,)
    assert say_yes(book, "Ben").released == (1,)
    assert value(book, "SELECT seconded_by FROM draft") == "Ben"


def test_what_could_not_be_issued_is_mended_and_keeps_both_approvals(strict: Book, made: Contracts) -> None:
    book = strict
    bill(made, "5000", terms="whenever")
    say_yes(book, "Ben")
    say_yes(book, "Carl")
    assert resume(book, RUN, actor=ANNE, now=book.now).outcomes["failed"] == 1
    done = approve_drafts(book, [1], "", actor="Dora", now=book.now)
    assert (done.released, done.blocked) == ((), (1,))
    assert people(book) == ("failed", "Ben", "Carl")
