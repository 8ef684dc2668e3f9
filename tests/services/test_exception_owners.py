"""Who looks at what is held, and by when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Client
from desktop.errors import UserError
from desktop.services.changes import undo
from desktop.services.check import check
from desktop.services.manual import ManualLine, draft_invoice
from desktop.services.people import people, remove_person, save_person
from desktop.services.rules import set_common_care, set_rule
from desktop.services.runs import Assignment, assign, assign_findings, end_of, exceptions, hold_drafts, plan, resume
from desktop.services.runs.owners import hours_after
from desktop.services.segments import save_segment
from tests.billing_facts import day
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        book.clock = lambda: NOON
        for name in ("Bea", "Carl"):
            save_person(book, {"name": name}, actor=ANNE)
        yield book
        assert check(book).problems == ()


@pytest.fixture
def made(book: Book) -> Contracts:
    return Contracts(book)


def cares(book: Book) -> list[tuple[str, str]]:
    return [(one.owner, one.due_at) for one in exceptions(book)]


def test_a_held_draft_goes_to_the_owner_of_the_worst_that_was_found(book: Book, made: Contracts) -> None:
    set_rule(book, "client_on_hold", owner="Bea", hours=24, actor=ANNE)
    set_rule(book, "address_incomplete", owner="Carl", hours=2, actor=ANNE)
    made.agreement(made.client(on_hold=True, city=""))
    made.agreement(made.client("C2", on_hold=True), "A2")
    made.agreement(made.client("C3"), "A3")
    made.bill("2026-01-31")
    # The block of the first draft counts before its hold.
    assert cares(book) == [("Carl", "2026-01-31T14:00:00Z")] * 2 + [("Bea", "2026-02-01T12:00:00Z")]
    assert rows(book, "SELECT owner_id, due_at FROM draft WHERE state = 'issued'") == [(None, None)]


def test_without_an_owner_of_its_own_a_rule_has_that_of_the_segment_else_of_the_firm(
    book: Book, made: Contracts
) -> None:
    gold = save_segment(book, {"name": "Gold"}, actor=ANNE)
    set_common_care(book, "Bea", 8, actor=ANNE)
    set_common_care(book, "Carl", None, scope="segment", scope_id=gold, actor=ANNE)
    made.agreement(made.client(on_hold=True))
    made.agreement(made.client("C2", on_hold=True, segment_id=gold), "A2")
    made.agreement(made.client("C3", on_hold=True), "A3", segment_id=gold)
    made.bill("2026-01-31")
    due = "2026-01-31T20:00:00Z"
    assert cares(book) == [("Bea", due), ("Carl", due), ("Carl", due)]


def test_what_is_held_later_is_due_from_then_on(book: Book, made: Contracts) -> None:
    set_common_care(book, "Bea", 3, actor=ANNE)
    client = made.client()
    made.agreement(client)
    made.agreement(made.client("C2"), "A2")
    run = plan(book, through=day("2026-01-31"), issue_date=day("2026-01-31"), actor=ANNE, now=book.now).number
    book.clock = lambda: datetime(2026, 2, 2, 9, tzinfo=UTC)
    made.update(Client, client, on_hold=True)
    hold_drafts(book, [2], "Ask Carl", actor=ANNE, now=book.now)
    resume(book, run, actor=ANNE, now=book.now)
    assert cares(book) == [("Bea", "2026-02-02T12:00:00Z")] * 2


def test_an_invoice_by_hand_has_an_owner_as_well(book: Book, made: Contracts) -> None:
    set_rule(book, "vague_text", owner="Carl", actor=ANNE)
    made.client()
    line = ManualLine(description="Misc", unit_price=Decimal(50))
    draft_invoice(book, "C1", [line], actor=ANNE, now=book.now, today=date(2026, 1, 31))
    assert cares(book) == [("Carl", "")]


def test_people_hand_on_what_waits_and_the_log_says_so(book: Book, made: Contracts) -> None:
    set_rule(book, "client_on_hold", owner="Bea", hours=24, actor=ANNE)
    for code in ("1", "2"):
        made.agreement(made.client(f"C{code}", on_hold=True), f"A{code}")
    made.bill("2026-01-31")
    ids = [one.id for one in exceptions(book)]
    due = end_of(date(2026, 2, 6))
    assert assign_findings(book, ids, Assignment("Carl", due), actor="Bea") == 2
    assert cares(book) == [("Carl", due)] * 2
    assert assign(book, [1, 2], Assignment("Carl", due), actor="Bea") == 0
    assert assign(book, [1], Assignment(owner="", due_at=""), actor="Bea") == 1
    assert cares(book)[0] == ("", "")
    payload = value(
        book,
        """SELECT p.before || p.after FROM audit_event e JOIN audit_payload p ON p.event_id = e.id
        WHERE e.action = 'assign' AND e.subject_id = 2""",
    )
    assert '"Bea"' in payload
    assert '"Carl"' in payload


def test_what_cannot_be_assigned_says_why(book: Book, made: Contracts) -> None:
    made.agreement(made.client(on_hold=True))
    made.agreement(made.client("C2"), "A2")
    made.bill("2026-01-31")
    (found,) = exceptions(book)
    with pytest.raises(UserError, match="nobody called “Dora”") as refused:
        assign_findings(book, [found.id], Assignment("Dora"), actor=ANNE)
    assert refused.value.remedy == "There are: Bea, Carl."
    with pytest.raises(UserError, match="no open exception 99"):
        assign_findings(book, [99], Assignment("Bea"), actor=ANNE)
    issued = value(book, "SELECT id FROM draft WHERE state = 'issued'")
    with pytest.raises(UserError, match="Nothing of this is held"):
        assign(book, [issued], Assignment("Bea"), actor=ANNE)


def test_a_person_who_leaves_owns_nothing_any_more_and_undo_gives_it_back(book: Book, made: Contracts) -> None:
    set_rule(book, "client_on_hold", owner="Bea", hours=24, actor=ANNE)
    made.agreement(made.client(on_hold=True))
    made.bill("2026-01-31")
    bea = next(int(str(one["id"])) for one in people(book) if one["name"] == "Bea")
    remove_person(book, bea, actor=ANNE)
    assert cares(book) == [("", "2026-02-01T12:00:00Z")]
    assert value(book, "SELECT owner_id FROM rule_setting") is None
    undo(book, ANNE)
    assert cares(book) == [("Bea", "2026-02-01T12:00:00Z")]


def test_hours_run_through_the_night() -> None:
    assert hours_after("2026-12-31T23:30:00Z", 2) == "2027-01-01T01:30:00Z"
    assert hours_after("2026-12-31T23:30:00Z", 0) == "2026-12-31T23:30:00Z"
