"""What a person does with the exceptions of a run, and what a second look finds before anything is issued."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import AgreementLine, Client, OneOff, Rate, TimeEntry
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.runs import (
    LineEdit,
    approve,
    approve_drafts,
    discard,
    discard_run,
    edit,
    exceptions,
    explain,
    hold,
    hold_drafts,
    look_again,
    plan,
    resume,
)
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book
        assert check(book).problems == ()


@pytest.fixture
def made(book: Book) -> Contracts:
    return Contracts(book)


def planned(book: Book, through: str = "2026-01-31") -> str:
    return plan(book, through=day(through), issue_date=day(through), actor=ANNE, now=book.now).number


def go_on(book: Book, run: str = "R-2026-0001") -> Any:
    return resume(book, run, actor=ANNE, now=book.now)


def codes(book: Book) -> list[str]:
    return [one.code for one in exceptions(book)]


def states(book: Book) -> list[str]:
    return [state for (state,) in rows(book, "SELECT state FROM draft ORDER BY id")]


# --- approve and hold


def test_an_approved_exception_is_issued(book: Book, made: Contracts) -> None:
    made.agreement(made.client(on_hold=True))
    run = made.bill("2026-01-31").run
    (found,) = exceptions(book)
    assert (found.run, found.client, found.agreement, found.amount, found.severity) == (run, "C1", "A1", 10000, "hold")
    done = approve(book, [found.id], "Spoke to them", actor="Ben", now=book.now)
    assert (done.findings, done.released) == (1, (found.draft_id,))
    assert rows(book, "SELECT state, decided_by, decision_note FROM draft") == [("approved", "Ben", "Spoke to them")]
    assert [(one.outcome, one.reason) for one in explain(book, run)] == [("held", "Approved by Ben.")]
    assert exceptions(book) == []
    assert go_on(book).outcomes == {"issued": 1, "held": 0, "skipped": 0, "failed": 0}
    assert value(book, "SELECT state FROM run") == "done"


def test_a_block_is_mended_not_approved(book: Book, made: Contracts) -> None:
    client = made.client(country="FR")
    made.agreement(client)
    made.bill("2026-01-31")
    (found,) = exceptions(book)
    with pytest.raises(UserError) as refused:
        approve(book, [found.id], "", actor=ANNE, now=book.now)
    assert "cannot be approved" in refused.value.message
    assert refused.value.remedy == found.remedy
    done = approve_drafts(book, [found.draft_id], "", actor=ANNE, now=book.now)
    assert (done.released, done.blocked) == ((), (found.draft_id,))
    assert states(book) == ["held"]
    made.update(Client, client, tax_id="FR40303265045")
    assert look_again(book, [found.draft_id], actor=ANNE) == 1
    assert go_on(book).outcomes["issued"] == 1
    assert value(book, "SELECT json_extract(data, '$.tax_id') FROM party WHERE role = 'buyer'") == "FR40303265045"


def test_all_that_holds_a_draft_must_be_approved(book: Book, made: Contracts) -> None:
    made.agreement(made.client(on_hold=True, disputed=True))
    made.bill("2026-01-31")
    first, second = exceptions(book)
    approve(book, [first.id], "", actor=ANNE, now=book.now)
    assert states(book) == ["held"]
    assert [one.id for one in exceptions(book)] == [second.id]
    approve(book, [second.id], "", actor=ANNE, now=book.now)
    assert states(book) == ["approved"]


def test_an_approval_of_one_finding_is_none_of_its_twin(book: Book, made: Contracts) -> None:
    """Two prices off the card are two findings of one rule and one field."""
    client = made.client()
    made.agreement(client, "A1", {"unit_price": "90"}, {"unit_price": "80"})
    with change(book, ANNE, "Rate") as changed:
        changed.insert(Rate, item_id=1, currency="EUR", valid_from=day("2026-01-01"), price=money(100))
    made.bill("2026-01-31")
    first, second = exceptions(book)
    assert (first.code, first.field) == (second.code, second.field)
    approve(book, [first.id], "", actor=ANNE, now=book.now)
    assert look_again(book, [first.draft_id], actor=ANNE) == 0
    assert [one.id for one in exceptions(book)] == [second.id]


def test_held_drafts_wait_until_someone_approves_them(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    run = planned(book)
    assert hold_drafts(book, [1], "Ask Carl", actor=ANNE, now=book.now) == 1
    assert [(one.code, one.message) for one in exceptions(book)] == [("held_by_hand", "Ask Carl")]
    assert go_on(book, run).outcomes["held"] == 1
    assert look_again(book, [1], actor=ANNE) == 0
    approve(book, [exceptions(book)[0].id], "", actor=ANNE, now=book.now)
    assert go_on(book, run).outcomes["issued"] == 1


def test_holding_a_finding_takes_back_what_was_approved(book: Book, made: Contracts) -> None:
    made.agreement(made.client(on_hold=True))
    made.bill("2026-01-31")
    (found,) = exceptions(book)
    approve(book, [found.id], "", actor=ANNE, now=book.now)
    assert hold(book, [found.id], "Wait", actor=ANNE, now=book.now) == 1
    assert sorted(codes(book)) == ["client_on_hold", "held_by_hand"]
    assert go_on(book).outcomes["held"] == 1


@pytest.mark.parametrize("act", [approve, hold])
def test_an_exception_that_is_gone_is_named(book: Book, made: Contracts, act: Any) -> None:
    with pytest.raises(UserError, match="no open exception 7"):
        act(book, [7], "", actor=ANNE, now=book.now)


# --- a second look before issuing


def waiting(book: Book, made: Contracts) -> tuple[int, int]:
    """A hybrid agreement with a month, two hours and a charge, planned and ready; (client, agreement)."""
    client = made.client()
    agreement = made.agreement(client, "A1", {}, {"kind": "time"}, billing="hybrid")
    made.hours(client, agreement, "2026-01-10", "2")
    made.one_off(client, agreement, "2026-01-15", "50")
    planned(book)
    assert states(book) == ["ready"]
    return client, agreement


def test_nothing_changed_means_nothing_changes(book: Book, made: Contracts) -> None:
    waiting(book, made)
    before = rows(book, "SELECT body, fingerprint, net FROM draft")
    assert go_on(book).totals == {"EUR": 41650}
    assert rows(book, "SELECT body, fingerprint, net FROM draft") == before


def test_a_client_put_on_hold_meanwhile_is_held(book: Book, made: Contracts) -> None:
    client, _ = waiting(book, made)
    made.update(Client, client, on_hold=True)
    assert go_on(book).outcomes == {"issued": 0, "held": 1, "skipped": 0, "failed": 0}
    assert codes(book) == ["client_on_hold"]
    assert value(book, "SELECT state FROM run") == "review"


def test_a_price_changed_meanwhile_is_held_with_both_amounts(book: Book, made: Contracts) -> None:
    waiting(book, made)
    made.update(AgreementLine, 1, unit_price=money(200))
    assert go_on(book).outcomes["held"] == 1
    (found,) = exceptions(book)
    assert found.code == "changed_since_plan"
    assert found.message == "It changed since it was planned: 416.50 EUR then, 535.50 EUR now."
    approve(book, [found.id], "Agreed", actor=ANNE, now=book.now)
    assert go_on(book).totals == {"EUR": 53550}


def test_a_look_that_a_person_asked_for_takes_the_new_figures(book: Book, made: Contracts) -> None:
    waiting(book, made)
    made.update(AgreementLine, 1, unit_price=money(200))
    assert look_again(book, [1], actor=ANNE) == 1
    assert go_on(book).totals == {"EUR": 53550}


def test_new_figures_need_a_new_approval(book: Book, made: Contracts) -> None:
    client = made.client()
    made.agreement(client, "A1", {"unit_price": "12000"})
    made.bill("2026-01-31")
    (found,) = exceptions(book)
    approve(book, [found.id], "12,000 is right", actor=ANNE, now=book.now)
    made.update(AgreementLine, 1, unit_price=money(50000))
    assert look_again(book, [found.draft_id], actor=ANNE) == 0
    assert codes(book) == ["amount_above"]


def test_an_approval_stands_while_the_draft_bills_the_same(book: Book, made: Contracts) -> None:
    client = made.client(on_hold=True, credit_limit=100)
    made.agreement(client)
    made.bill("2026-01-31")
    approve_drafts(book, [1], "", actor=ANNE, now=book.now)
    # The sentence of the credit limit names another sum by now.
    with change(book, "Ben", "Other invoices") as changed:
        changed.insert(
            OneOff,
            client_id=client,
            item_id=1,
            due_date=day("2026-01-01"),
            quantity=money(1),
            unit_price=money(5),
            currency="EUR",
            description="Cables for the new office",
        )
    made.update(Client, client, hold_reason="new reason")
    assert go_on(book).outcomes["issued"] == 1


def test_hours_added_meanwhile_wait_for_the_next_run(book: Book, made: Contracts) -> None:
    client, agreement = waiting(book, made)
    made.hours(client, agreement, "2026-01-20", "5")
    made.one_off(client, agreement, "2026-01-20", "500")
    assert go_on(book).totals == {"EUR": 41650}
    assert made.bill("2026-01-31", "2026-02-01").totals == {"EUR": 119000}


def test_hours_changed_meanwhile_are_held(book: Book, made: Contracts) -> None:
    waiting(book, made)
    made.update(TimeEntry, 1, hours=money(3))
    assert go_on(book).outcomes["held"] == 1
    assert codes(book) == ["changed_since_plan"]


def test_hours_that_are_not_billable_any_more_are_held(book: Book, made: Contracts) -> None:
    waiting(book, made)
    made.update(TimeEntry, 1, billable=False)
    assert go_on(book).outcomes["held"] == 1
    assert "416.50 EUR then, 178.50 EUR now" in exceptions(book)[0].message
    assert look_again(book, [1], actor=ANNE) == 1
    assert go_on(book).totals == {"EUR": 17850}


def test_a_draft_that_bills_nothing_any_more_is_blocked(book: Book, made: Contracts) -> None:
    client = made.client()
    made.one_off(client, made.agreement(client, billing="fixed", start_date="2026-06-01"), "2026-01-05", "50")
    planned(book)
    made.update(OneOff, 1, due_date=day("2026-09-01"))
    assert go_on(book).outcomes["held"] == 1
    (found,) = exceptions(book)
    assert (found.severity, found.code) == ("block", "changed_since_plan")
    assert discard(book, [1], actor=ANNE) == 1
    assert value(book, "SELECT state FROM run") == "done"


def test_a_new_address_reaches_the_paper_without_a_second_approval(book: Book, made: Contracts) -> None:
    client, _ = waiting(book, made)
    made.update(Client, client, street="Neue Straße 5")
    assert go_on(book).outcomes["issued"] == 1
    assert value(book, "SELECT json_extract(data, '$.street') FROM party WHERE role = 'buyer'") == "Neue Straße 5"


def test_new_terms_are_seen(book: Book, made: Contracts) -> None:
    client, _ = waiting(book, made)
    made.update(Client, client, terms="net 5")
    assert go_on(book).outcomes["held"] == 1
    assert look_again(book, [1], actor=ANNE) == 1
    go_on(book)
    assert rows(book, "SELECT terms, due_date FROM invoice") == [("net 5", "2026-02-05")]


def test_a_finding_keeps_its_number_from_look_to_look(book: Book, made: Contracts) -> None:
    made.agreement(made.client(on_hold=True, disputed=True, po_required=True))
    made.bill("2026-01-31")
    before = [(one.id, one.code) for one in exceptions(book)]
    look_again(book, [1], actor=ANNE)
    assert [(one.id, one.code) for one in exceptions(book)] == before


# --- edits by hand


def test_edits_change_lines_and_put_the_draft_before_the_gate(book: Book, made: Contracts) -> None:
    waiting(book, made)
    edit(
        book,
        1,
        [
            LineEdit(1, description="Care of the servers, reduced"),
            LineEdit(2, quantity=Decimal("1.5"), unit_price=Decimal("80")),
        ],
        note="Thank you for your patience",
        actor=ANNE,
    )
    (found,) = exceptions(book)
    assert (found.code, found.amount) == ("off_rate_card", 10000 + 12000 + 5000)
    assert "changed by hand to 80 EUR" in found.message
    approve(book, [found.id], "", actor=ANNE, now=book.now)
    assert go_on(book).totals == {"EUR": 32130}
    assert rows(book, "SELECT description, quantity, unit_price, net FROM invoice_line ORDER BY position")[:2] == [
        ("Care of the servers, reduced", money(1), money(100), 10000),
        ("Managed service RET", money("1.5"), money(80), 12000),
    ]
    assert value(book, "SELECT json_extract(texts, '$.intro') FROM invoice") == "Thank you for your patience"
    assert value(book, "SELECT amount FROM charge WHERE kind = 'time'") == 12000


def test_a_line_taken_off_waits_to_be_billed_again(book: Book, made: Contracts) -> None:
    waiting(book, made)
    edit(
        book,
        1,
        [LineEdit(1, description="Care of the servers"), LineEdit(2, remove=True), LineEdit(3, remove=True)],
        actor=ANNE,
    )
    assert states(book) == ["ready"]
    assert go_on(book).totals == {"EUR": 11900}
    assert value(book, "SELECT description FROM invoice_line") == "Care of the servers"
    assert made.bill("2026-01-31", "2026-02-01").totals == {"EUR": 29750}


def test_a_month_taken_off_is_billed_by_the_next_run(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    planned(book, "2026-03-31")
    edit(book, 1, [LineEdit(2, remove=True)], actor=ANNE)
    assert go_on(book).totals == {"EUR": 23800}
    made.bill("2026-03-31", "2026-04-01")
    assert rows(book, "SELECT period_start FROM charge ORDER BY id") == [
        ("2026-01-01",),
        ("2026-03-01",),
        ("2026-02-01",),
    ]


def test_edits_survive_a_second_look_until_what_is_behind_them_changes(book: Book, made: Contracts) -> None:
    client, _ = waiting(book, made)
    edit(book, 1, [LineEdit(1, description="Care of the servers"), LineEdit(3, remove=True)], actor=ANNE)
    made.update(Client, client, note="called")
    assert look_again(book, [1], actor=ANNE) == 1
    assert value(book, "SELECT edited FROM draft") == 1
    made.update(AgreementLine, 1, unit_price=money(110))
    assert look_again(book, [1], actor=ANNE) == 0
    (found,) = exceptions(book)
    assert found.message.endswith("What was changed by hand is gone.")
    assert value(book, "SELECT edited FROM draft") == 0


def test_an_edit_does_not_set_a_missing_price_free(book: Book, made: Contracts) -> None:
    made.agreement(made.client(), "A1", {}, {"unit_price": None})
    made.bill("2026-01-31")
    assert codes(book) == ["price_missing"]
    edit(book, 1, [LineEdit(1, description="Care of the servers")], actor=ANNE)
    assert codes(book) == ["price_missing"]
    edit(book, 1, [LineEdit(2, unit_price=Decimal("12.5"))], actor=ANNE)
    assert codes(book) == ["off_rate_card"]
    approve_drafts(book, [1], "", actor=ANNE, now=book.now)
    assert go_on(book).totals == {"EUR": 13388}


def test_a_price_of_nothing_by_hand_is_a_price(book: Book, made: Contracts) -> None:
    made.agreement(made.client(), "A1", {}, {"unit_price": None})
    made.bill("2026-01-31")
    edit(book, 1, [LineEdit(2, unit_price=Decimal(0))], actor=ANNE)
    assert codes(book) == ["off_rate_card"]


def test_a_discount_follows_an_edited_price_exactly(book: Book, made: Contracts) -> None:
    made.agreement(made.client(), "A1", {"unit_price": "33.33", "discount": "0.1"})
    planned(book)
    edit(book, 1, [LineEdit(1, unit_price=Decimal("1000"))], actor=ANNE)
    assert value(book, "SELECT net FROM draft") == 90000


def test_a_price_below_nothing_by_hand_turns_the_quantity(book: Book, made: Contracts) -> None:
    made.agreement(made.client(), "A1", {}, {"unit_price": "300"})
    planned(book)
    edit(book, 1, [LineEdit(1, unit_price=Decimal("-50"))], actor=ANNE)
    approve_drafts(book, [1], "", actor=ANNE, now=book.now)
    go_on(book)
    assert rows(book, "SELECT quantity, unit_price, net FROM invoice_line ORDER BY position")[0] == (
        -money(1),
        money(50),
        -5000,
    )


@pytest.mark.parametrize(
    "edits, says",
    [
        ([LineEdit(9, description="x")], "no line 9"),
        ([LineEdit(1, remove=True), LineEdit(2, remove=True), LineEdit(3, remove=True)], "without lines"),
        ([LineEdit(1, quantity=Decimal("0.1234567"))], "six decimals"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_whole(book: Book, made: Contracts, edits: list[LineEdit], says: str) -> None:
    waiting(book, made)
    before = rows(book, "SELECT body, state FROM draft")
    with pytest.raises(UserError, match=says):
        edit(book, 1, edits, actor=ANNE)
    assert rows(book, "SELECT body, state FROM draft") == before


def test_an_issued_draft_is_not_edited(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    made.bill("2026-01-31")
    with pytest.raises(UserError, match="can no longer be edited"):
        edit(book, 1, [LineEdit(1, description="Care")], actor=ANNE)


# --- discard


def test_what_a_discarded_draft_reserved_is_free_again(book: Book, made: Contracts) -> None:
    waiting(book, made)
    assert discard(book, [1], actor="Ben") == 1
    assert [(one.outcome, one.reason) for one in explain(book, "R-2026-0001")] == [
        ("skipped", "The draft was discarded by Ben.")
    ]
    assert value(book, "SELECT state FROM run") == "done"
    assert made.bill("2026-01-31").totals == {"EUR": 41650}


def test_a_run_given_up_keeps_what_it_issued(book: Book, made: Contracts) -> None:
    made.agreement(made.client("C1"), "A1")
    made.agreement(made.client("C2", on_hold=True), "A2")
    run = made.bill("2026-01-31").run
    assert discard_run(book, run, actor=ANNE, now=book.now) == 1
    assert rows(book, "SELECT state, finished_at IS NOT NULL FROM run") == [("done", 1)]
    assert made.bill("2026-01-31").outcomes == {"issued": 0, "held": 1, "skipped": 1, "failed": 0}


def test_a_run_that_issued_nothing_is_discarded(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    run = planned(book)
    assert discard_run(book, run, actor=ANNE, now=book.now) == 1
    assert value(book, "SELECT state FROM run") == "discarded"
    for again in (
        lambda: resume(book, run, actor=ANNE, now=book.now),
        lambda: discard_run(book, run, actor=ANNE, now=book.now),
    ):
        with pytest.raises(UserError, match="discarded"):
            again()
    assert made.bill("2026-01-31").outcomes["issued"] == 1


def test_what_was_held_back_is_told_apart_from_what_is_ready(book: Book, made: Contracts) -> None:
    made.agreement(made.client("C1"), "A1")
    made.agreement(made.client("C2", on_hold=True), "A2")
    run = planned(book)
    assert [(one.agreement, one.outcome, one.reason) for one in explain(book, run)] == [
        ("A1", "held", "Ready to issue."),
        ("A2", "held", "Client C2 is on hold."),
    ]
