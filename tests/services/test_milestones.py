"""Milestones: planned within 100 %, put in order, marked done, billed once and at once where the segment says so."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Agreement, Client
from desktop.errors import UserError
from desktop.services import milestones as service
from desktop.services import runs
from desktop.services.agreements import agreement, delete_agreement, update_agreement
from desktop.services.change_orders import approve, propose
from desktop.services.changes import undo
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.imports import import_file
from desktop.services.lists.billables import BillableList, billable_facts, row_id
from desktop.services.problems import ValidationError
from desktop.services.segments import save_segment
from desktop.services.trail import trail
from desktop.services.unbilled import unbilled
from tests.books import new_book
from tests.contracts import ANNE, Contracts, value

TODAY = date(2026, 3, 20)
NOW = "2026-03-20T10:00:00Z"
TIME_ONLY = {"kind": "time", "unit_price": None}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path, street="Kai 1", postcode="20457", city="Hamburg", tax_id="DE136695976") as opened:
        yield opened


@pytest.fixture
def project(book: Book) -> int:
    """A fixed price of 12,500.00 with a line for hours, nothing else due."""
    put = Contracts(book)
    client = put.client(postcode="53111")
    return put.agreement(client, "P1", TIME_ONLY, billing="fixed", agreed=1_250_000)


def plan(book: Book, project: int, *parts: str | int) -> list[int]:
    """Milestones named M1, M2 ...: a text is a share, a number an amount in minor units."""
    return [
        service.create_milestone(
            book,
            project,
            {"name": f"Phase {n} accepted", "item_id": 1}
            | ({"amount": part} if isinstance(part, int) else {"fraction": Decimal(part)}),
            actor=ANNE,
        )
        for n, part in enumerate(parts, 1)
    ]


def done(book: Book, milestone: int, on: date = TODAY) -> service.Marked:
    return service.mark_done(book, milestone, on, actor=ANNE, today=TODAY, now=NOW)


def bill(book: Book, through: date = TODAY) -> runs.BillResult:
    return runs.bill(book, through=through, issue_date=through, actor=ANNE, now=NOW)


def rows(book: Book, project: int) -> list[tuple[Any, ...]]:
    return [(one.name, one.amount, one.state) for one in service.milestones(book, project, TODAY)]


def test_shares_of_an_agreed_sum_tell_what_they_will_come_to(book: Book, project: int) -> None:
    plan(book, project, "0.333333", "0.333333", "0.333334", 50_000)
    assert [one.amount for one in service.milestones(book, project, TODAY)] == [416_666, 416_666, 416_668, 50_000]


@pytest.mark.parametrize(
    "values, field, words",
    [
        ({"name": ""}, "name", "What is done"),
        ({"fraction": None}, "amount", "an amount, or a share"),
        ({"amount": 100}, "amount", "not both"),
        ({"fraction": None, "amount": 0}, "amount", "above 0"),
        ({"fraction": Decimal(0)}, "fraction", "above 0"),
        ({"fraction": Decimal("0.40001")}, "fraction", "have 60%; with 40.001% they come to 100.001%"),
        ({"item_id": 99}, "item_id", "not there any more"),
    ],
)
def test_what_is_wrong_with_a_milestone_is_said_with_its_figures(
    book: Book, project: int, values: dict[str, object], field: str, words: str
) -> None:
    plan(book, project, "0.3", "0.3")
    with pytest.raises(ValidationError) as refused:
        service.create_milestone(book, project, {"name": "Third", "fraction": Decimal("0.4")} | values, actor=ANNE)
    assert words in refused.value.fields[field]


def test_a_share_needs_a_sum_and_the_sum_stays_while_there_are_shares(book: Book) -> None:
    put = Contracts(book)
    project = put.agreement(put.client(), "P2", TIME_ONLY, billing="fixed")
    with pytest.raises(ValidationError, match="A share of what"):
        plan(book, project, "0.5")
    update_agreement(book, project, {"agreed": 10_000, "budget": 20_000}, actor=ANNE)
    plan(book, project, "0.5")
    with pytest.raises(UserError, match="is a share of the agreed sum"):
        update_agreement(book, project, {"agreed": None}, actor=ANNE)
    with pytest.raises(ValidationError, match="above 0"):
        update_agreement(book, project, {"agreed": 0, "budget": 0}, actor=ANNE)
    assert agreement(book, project)["agreed"] == 10_000
    with pytest.raises(UserError, match="refer to it"):
        delete_agreement(book, project, actor=ANNE)


def test_milestones_change_places_and_come_back(book: Book, project: int) -> None:
    first, second, third = plan(book, project, 100, 200, 300)
    service.order_milestones(book, project, [third, first, second], actor=ANNE)
    assert [one.amount for one in service.milestones(book, project, TODAY)] == [300, 100, 200]
    undo(book, ANNE)
    assert [one.amount for one in service.milestones(book, project, TODAY)] == [100, 200, 300]
    with pytest.raises(UserError, match="changed meanwhile"):
        service.order_milestones(book, project, [third, first], actor=ANNE)
    service.update_milestone(book, second, {"planned_on": date(2026, 3, 19)}, actor=ANNE)
    service.delete_milestone(book, first, actor=ANNE)
    assert [one[1:] for one in rows(book, project)] == [(200, "late"), (300, "planned")]


def test_what_is_done_is_billed_by_the_next_run_once(book: Book, project: int) -> None:
    first, second = plan(book, project, "0.3", "0.7")
    with pytest.raises(UserError, match="still to come"):
        done(book, first, date(2026, 3, 21))
    assert done(book, first, date(2026, 3, 10)) == service.Marked("next")
    waiting = [(one.kind, one.amount) for one in unbilled(book, TODAY)]
    assert waiting == [("milestone", 375_000)]
    assert unbilled(book, date(2026, 3, 9)) == []
    result = bill(book)
    assert result.totals == {"EUR": 446_250}
    assert rows(book, project)[0][1:] == (375_000, "billed")
    line = trail(book, result.invoices[0]).lines[0]
    assert (line.description, line.detail) == ("Phase 1 accepted", "30\u00a0% × 12,500.00")
    assert bill(book).outcomes["issued"] == 0
    for refused in (
        lambda: service.update_milestone(book, first, {"name": "Other"}, actor=ANNE),
        lambda: service.mark_undone(book, first, actor=ANNE),
        lambda: service.delete_milestone(book, first, actor=ANNE),
        lambda: done(book, first),
    ):
        with pytest.raises(UserError, match=f"was billed on {result.invoices[0]}"):
            refused()
    with pytest.raises(
        UserError, match=r"€3,750\.00 of its milestones is billed; the agreed sum cannot fall to €3,000"
    ):
        update_agreement(book, project, {"agreed": 300_000}, actor=ANNE)
    done(book, second)
    assert bill(book).totals == {"EUR": 1_041_250}
    with pytest.raises(UserError, match="All of the price is billed"):
        update_agreement(book, project, {"agreed": 1_300_000}, actor=ANNE)
    assert check(book).problems == ()


def test_marks_are_taken_back_until_a_draft_holds_them(book: Book, project: int) -> None:
    (first,) = plan(book, project, "0.3")
    done(book, first)
    service.mark_undone(book, first, actor=ANNE)
    assert rows(book, project)[0][2] == "planned"
    undo(book, ANNE)
    run = runs.plan(book, through=TODAY, issue_date=TODAY, actor=ANNE, now=NOW)
    assert rows(book, project)[0][2] == "draft"
    for refused in (service.mark_undone, service.delete_milestone):
        with pytest.raises(UserError, match=f"is on a draft of run {run.number}"):
            refused(book, first, actor=ANNE)
    runs.discard_run(book, run.number, actor=ANNE, now=NOW)
    service.mark_undone(book, first, actor=ANNE)
    assert rows(book, project)[0][2] == "planned"


@pytest.mark.parametrize("of", ["agreement", "client"])
def test_a_segment_bills_what_is_done_at_once(book: Book, of: str) -> None:
    put = Contracts(book)
    with pytest.raises(ValidationError, match="is not one of run, at_once"):
        save_segment(book, {"name": "Odd", "milestones": "never"}, actor=ANNE)
    segment = save_segment(book, {"name": "Projects", "milestones": "at_once"}, actor=ANNE)
    quiet = save_segment(book, {"name": "Retainers"}, actor=ANNE)
    client = put.client(postcode="53111", segment_id=segment if of == "client" else quiet)
    other = put.agreement(client, "R1")
    project = put.agreement(
        client, "P1", TIME_ONLY, billing="fixed", agreed=10_000, segment_id=segment if of == "agreement" else None
    )
    (first, second) = plan(book, project, "0.5", "0.5")
    made = done(book, first)
    assert (made.state, len(made.invoices), made.reason) == ("billed", 1, "")
    assert value(book, "SELECT count(*) FROM invoice WHERE agreement_id = ?", other) == 0
    assert value(book, "SELECT scope FROM run") == '{"agreements": ["P1"]}'
    with pytest.raises(UserError, match="was billed on"):
        done(book, first)
    put.update(Client, client, on_hold=True, hold_reason="asks for a list")
    held = done(book, second)
    assert (held.state, held.invoices) == ("held", ())
    assert "on hold" in held.reason
    again = done(book, second, date(2026, 3, 19))
    assert again.state == "held"
    assert "still waits for review" in again.reason
    assert value(book, "SELECT count(*) FROM invoice") == 1


def test_several_are_marked_together_or_not_at_all(book: Book, project: int) -> None:
    first, second, third = plan(book, project, "0.2", "0.3", "0.5")
    done(book, first)
    bill(book)
    with pytest.raises(UserError, match="was billed on"):
        service.mark_all_done(book, [second, first], TODAY, actor=ANNE, today=TODAY, now=NOW)
    assert [state for _name, _amount, state in rows(book, project)] == ["billed", "planned", "planned"]
    made = service.mark_all_done(book, [second, third], TODAY, actor=ANNE, today=TODAY, now=NOW)
    assert made.state == "next"
    assert [state for _name, _amount, state in rows(book, project)] == ["billed", "done", "done"]
    assert undo(book, actor=ANNE) == "Mark 2 milestones as done"
    assert [state for _name, _amount, state in rows(book, project)] == ["billed", "planned", "planned"]


@pytest.mark.parametrize("when", ["at_once", "run"])
def test_of_an_agreement_that_is_off_it_says_that_no_run_bills_it(book: Book, when: str) -> None:
    put = Contracts(book)
    segment = save_segment(book, {"name": "Projects", "milestones": when}, actor=ANNE)
    project = put.agreement(put.client(segment_id=segment), "P1", TIME_ONLY, billing="fixed", agreed=10_000)
    (first,) = plan(book, project, "0.5")
    put.update(Agreement, project, active=False)
    assert done(book, first).reason == "P1 is switched off: no run bills it before it is on."
    assert rows(book, project)[0][2] == "done"
    assert value(book, "SELECT count(*) FROM run") == 0


def test_a_stopped_run_leaves_the_mark_and_says_what_to_do(book: Book) -> None:
    put = Contracts(book)
    segment = save_segment(book, {"name": "Projects", "milestones": "at_once"}, actor=ANNE)
    project = put.agreement(put.client(segment_id=segment), "P1", TIME_ONLY, billing="fixed", agreed=10_000)
    (first,) = plan(book, project, "0.5")
    put.agreement(put.client("C2"), "R1")

    def stop(done: int, _total: int, _text: str) -> None:
        if done:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        runs.plan(book, through=TODAY, issue_date=TODAY, actor=ANNE, now=NOW, report=stop)
    made = done(book, first)
    assert made.state == "next"
    assert "R-2026-0001 was interrupted while it was planned; it has issued nothing yet." in made.reason
    assert "on the page Runs" in made.reason
    assert rows(book, project)[0][2] in ("done", "draft")


def test_a_share_freed_by_a_credit_note_is_billed_again_at_what_is_left(book: Book, project: int) -> None:
    first, second, third = plan(book, project, "0.333333", "0.333333", "0.333334")
    for milestone in (first, second, third):
        done(book, milestone)
        result = bill(book)
        if milestone == first:
            original = result.invoices[0]
    credit_invoice(book, original, reason="Wrong address", actor=ANNE, today=TODAY, release=True)
    assert rows(book, project)[0][1:] == (416_666, "done")
    again = bill(book)
    assert again.totals == {"EUR": 495_833}
    billed = value(book, "SELECT sum(amount) FROM charge WHERE kind = 'milestone' AND reversed_by IS NULL")
    assert billed == 1_250_000
    assert check(book).problems == ()


def test_a_draft_bills_only_what_it_reserved(book: Book, project: int) -> None:
    first, second = plan(book, project, "0.5", "0.5")
    done(book, first)
    run = runs.plan(book, through=TODAY, issue_date=TODAY, actor=ANNE, now=NOW)
    done(book, second)
    assert runs.resume(book, run.number, actor=ANNE, now=NOW).totals == {"EUR": 743_750}
    assert bill(book).totals == {"EUR": 743_750}


def test_the_check_finds_marks_and_sums_that_were_changed_by_hand(book: Book, project: int) -> None:
    first, second = plan(book, project, "0.5", "0.5")
    for milestone in (first, second):
        done(book, milestone)
        assert bill(book).outcomes["issued"] == 1
    with book.writing() as session:
        connection = session.connection()
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE agreement SET agreed = agreed + 1")
        connection.exec_driver_sql("UPDATE milestone SET invoice_id = NULL WHERE id = ?", (first,))
    told = {(one.what, one.where) for one in check(book).problems}
    assert ("project", "P1") in told
    assert ("billable", f"milestone #{first}") in told


def test_the_trail_leads_from_a_share_to_the_sum_and_its_changes(book: Book, project: int) -> None:
    order = propose(
        book,
        project,
        {"amount": 250_000, "dated": date(2026, 2, 1), "reason": "Second site", "reference": "CO-1"},
        actor=ANNE,
    )
    approve(book, order, by="Eva", on=date(2026, 2, 2), actor=ANNE)
    (first,) = plan(book, project, "0.1")
    done(book, first)
    (source,) = trail(book, bill(book).invoices[0]).lines[0].sources
    assert (source.kind, source.amount) == ("milestone", 150_000)
    assert source.detail == {
        "name": "Phase 1 accepted",
        "percent": Decimal(10),
        "scope": "15000.00",
        "agreed": "12500.00",
        "changes": "CO-1 2500.00",
    }


def test_what_is_done_stands_among_what_waits_to_be_billed(book: Book, project: int) -> None:
    first, second, _third = plan(book, project, "0.3", 12_345, "0.7")
    done(book, first)
    done(book, second)
    listing = BillableList(book)
    waiting = listing.ids("accepted", frozenset({"unbilled", "milestone"}), "text", False)
    assert waiting == [row_id("milestone", first), row_id("milestone", second)]
    rows = listing.rows(waiting)
    told = [(rows[one]["kind"], rows[one]["text"], rows[one]["amount"], rows[one]["state"]) for one in waiting]
    assert told == [
        ("milestone", "Phase 1 accepted", 375_000, "unbilled"),
        ("milestone", "Phase 2 accepted", 12_345, "unbilled"),
    ]
    assert listing.totals(waiting) == {"EUR": 387_345}
    assert billable_facts(book).amounts == {"EUR": 387_345}
    number = bill(book).invoices[0]
    assert listing.ids("", frozenset({"unbilled"}), "", False) == []
    rows = listing.rows(listing.ids("", frozenset({"billed"}), "", False))
    assert {(row["invoice"], row["amount"]) for row in rows.values()} == {(number, 375_000), (number, 12_345)}


def test_an_import_changes_the_price_only_as_far_as_it_is_not_billed(book: Book, project: int) -> None:
    first, _second = plan(book, project, "0.3", "0.7")
    done(book, first)
    bill(book)
    head = "agreement,date,quantity,unit_price,reason,reference\n"
    text = head + "P1,2026-03-01,-1,8750.00,Less,CO-1\nP1,2026-03-01,-1,0.01,More,CO-2\n"
    result = import_file(book, "changes", text.encode(), actor=ANNE, today=TODAY)
    assert (result.imported, [(one.row, one.column) for one in result.rejected]) == (1, [(3, "unit_price")])
    assert "the agreed sum cannot fall to €3,749.99" in result.rejected[0].problem
    again = import_file(book, "changes", text.encode(), actor=ANNE, today=TODAY)
    assert (again.imported, again.unchanged) == (0, 1)
    assert [one.amount for one in service.milestones(book, project, TODAY)] == [375_000, 0]


def test_an_import_keeps_the_agreed_sum_above_what_is_billed(book: Book, project: int) -> None:
    first, _second = plan(book, project, "0.3", "0.7")
    done(book, first)
    bill(book)
    for given, imported, problem in (
        ("3749.99", 0, "the agreed sum cannot fall to €3,749.99."),
        ("0", 0, "A sum of 0 is none."),
        ("20000", 1, ""),
    ):
        text = f"code,client,billing,start,agreed,budget\nP1,C1,time,2026-01-01,{given},25000\n"
        result = import_file(book, "agreements", text.encode(), actor=ANNE, today=TODAY)
        assert result.imported == imported
        assert "".join(one.problem for one in result.rejected).endswith(problem)
    row = agreement(book, project)
    assert (row["agreed"], row["budget"]) == (2_000_000, 2_500_000)
