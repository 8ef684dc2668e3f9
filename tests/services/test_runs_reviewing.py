"""What a review tells beside the table: why it bills more than last time, what comes next, what can be remembered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import AgreementLine
from desktop.errors import UserError
from desktop.services.book_settings import set_book_setting
from desktop.services.check import check
from desktop.services.lists.runs import ReviewList, Watch, review_facts
from desktop.services.notes import add_note
from desktop.services.runs import approve_drafts, exceptions, hold_drafts, plan, resume
from desktop.services.runs.next_step import next_step
from desktop.services.runs.remembering import approve_and_remember, lessons
from desktop.services.runs.reviewing import Next, draft_story, next_undecided, undecided
from desktop.services.runs.summing_up import run_summary
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


def planned(book: Book, through: str) -> int:
    return plan(book, through=day(through), issue_date=day(through), actor=ANNE, now=book.now).id


def drafts(book: Book) -> list[int]:
    return [key for (key,) in rows(book, "SELECT id FROM draft WHERE state <> 'issued' ORDER BY id")]


def listed(book: Book, run: int, *filters: str) -> list[int]:
    shown = ReviewList(book, run, lambda: Watch(ANNE, book.now, date(2026, 1, 31)))
    return list(shown.ids("", frozenset(filters), "", False))


# --- why it bills another amount


def test_the_reason_for_more_is_told_line_by_line(book: Book, made: Contracts) -> None:
    client = made.client()
    agreement = made.agreement(client, "A1", {}, {"unit_price": "50", "quantity": "2"})
    made.bill("2026-01-31")
    made.hours(client, agreement, "2026-02-10", "4", rate="150")
    made.update(AgreementLine, value(book, "SELECT min(id) FROM agreement_line"), unit_price=money("120"))
    made.update(AgreementLine, value(book, "SELECT max(id) FROM agreement_line"), quantity=money("3"))
    planned(book, "2026-02-28")
    why = draft_story(book, drafts(book)[0]).why
    assert why.headline == "Why 335% more than INV-2026-0001 (€200.00):"
    assert why.sentences == (
        "Managed service RET is new: 4 months at 150 (+€600.00).",
        "Managed service RET: 1 month more at 50 (+€50.00).",
        "Managed service RET: the price rose from 100 to 120 (+€20.00).",
    )


def test_the_same_amount_and_a_first_invoice_are_told_as_such(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    first = planned(book, "2026-01-31")
    assert draft_story(book, drafts(book)[0]).why.headline == "The first invoice of this agreement."
    resume(book, "R-2026-0001", actor=ANNE, now=book.now)
    planned(book, "2026-02-28")
    why = draft_story(book, drafts(book)[0]).why
    assert (why.headline, why.sentences) == ("As much as INV-2026-0001, the one before.", ())
    # The story of what is issued compares with what came before it, not with itself.
    (old,) = rows(book, "SELECT id FROM draft WHERE run_id = ?", first)
    assert draft_story(book, old[0]).why.headline == "The first invoice of this agreement."


def test_many_differences_end_in_one_sum(book: Book, made: Contracts) -> None:
    client = made.client()
    agreement = made.agreement(client)
    made.bill("2026-01-31")
    for place in range(6):
        made.item(f"I{place}")
        made.one_off(client, agreement, "2026-02-10", str(10 + place), item_id=made.items[f"I{place}"])
    planned(book, "2026-02-28")
    why = draft_story(book, drafts(book)[0]).why
    assert len(why.sentences) == 4
    assert why.sentences[-1] == "3 smaller differences: +€33.00."


# --- in which order


def test_the_next_is_the_first_below_that_nobody_decided(book: Book, made: Contracts) -> None:
    for k in range(1, 5):
        made.agreement(made.client(f"C{k}", on_hold=True), f"A{k}")
    run = planned(book, "2026-01-31")
    one, two, three, four = order = drafts(book)
    assert next_undecided(book, run, order, [two]) == Next(three, 4)
    assert next_undecided(book, run, order, [four]) == Next(one, 4)
    hold_drafts(book, [three], "", actor=ANNE, now=book.now)
    assert undecided(book, run) == {one, two, four}
    assert next_undecided(book, run, order, [two]) == Next(four, 3)
    approve_drafts(book, [one, two], "", actor=ANNE, now=book.now)
    assert next_undecided(book, run, order, [one]) == Next(four, 1)
    # One that was looked at and not decided, as it is blocked, is no end of the work.
    assert next_undecided(book, run, order, [four]) == Next(None, 1)


def test_the_figures_of_the_strip_filter_the_table(book: Book, made: Contracts) -> None:
    made.agreement(made.client("C1"), "A1")
    made.bill("2026-01-31")
    made.agreement(made.client("C2", on_hold=True), "A2")
    made.agreement(made.client("C3", city=""), "A3")
    run = planned(book, "2026-02-28")
    ready, held, blocked = drafts(book)
    assert listed(book, run, "ready") == [ready]
    assert listed(book, run, "held") == [held]
    assert listed(book, run, "blocked") == [blocked]
    assert listed(book, run, "failed") == []
    assert sorted(listed(book, run, "differs")) == [held, blocked]
    facts = review_facts(book, run)
    assert facts["payable"] == {"EUR": 11_900}
    assert facts["decided"] == 0
    approve_drafts(book, [held], "", actor=ANNE, now=book.now)
    # Two months at once, as the second client was not billed for January yet.
    assert review_facts(book, run)["payable"] == {"EUR": 11_900 + 23_800}
    assert review_facts(book, run)["decided"] == 1


def test_a_note_stands_with_its_exception(book: Book, made: Contracts) -> None:
    made.agreement(made.client(on_hold=True))
    run = planned(book, "2026-01-31")
    (draft,) = drafts(book)
    add_note(book, "draft", draft, "Asked Maria, answer on Monday", actor=ANNE)
    shown = ReviewList(book, run, lambda: Watch(ANNE, book.now, date(2026, 1, 31))).rows([draft])[draft]
    assert shown["found"] == "Note: Asked Maria, answer on Monday · Client C1 is on hold."
    assert [one.text for one in draft_story(book, draft).notes] == ["Asked Maria, answer on Monday"]
    assert value(book, "SELECT state FROM draft") == "held"


def test_a_row_says_first_what_was_decided_by_hand(book: Book, made: Contracts) -> None:
    made.agreement(made.client(on_hold=True))
    run = planned(book, "2026-01-31")
    (draft,) = drafts(book)
    hold_drafts(book, [draft], "Wait for the order", actor=ANNE, now=book.now)
    shown = ReviewList(book, run, lambda: Watch(ANNE, book.now, date(2026, 1, 31))).rows([draft])[draft]
    assert shown["found"] == "Wait for the order · Client C1 is on hold."


# --- what is remembered


def test_an_amount_that_is_remembered_passes_for_this_client_only(book: Book, made: Contracts) -> None:
    for k in (1, 2):
        made.agreement(made.client(f"C{k}"), f"A{k}", {"unit_price": "12345"})
    planned(book, "2026-01-31")
    first, second = drafts(book)
    (lesson,) = lessons(book, first)
    assert lesson.words == "Amounts up to €12,400.00 pass for Client C1."
    done = approve_and_remember(book, first, [lesson], "", actor=ANNE, now=book.now)
    assert done.released == (first,)
    approve_drafts(book, [second], "", actor=ANNE, now=book.now)
    resume(book, "R-2026-0001", actor=ANNE, now=book.now)
    planned(book, "2026-02-28")
    assert [(one.client, one.code) for one in exceptions(book)] == [("C2", "amount_above")]


def test_what_differs_once_widens_the_band_of_its_agreement(book: Book, made: Contracts) -> None:
    client = made.client()
    agreement = made.agreement(client)
    for through in ("2026-01-31", "2026-02-28", "2026-03-31"):
        made.bill(through)
    made.hours(client, agreement, "2026-04-10", "1", rate="38")
    planned(book, "2026-04-30")
    (draft,) = drafts(book)
    (lesson,) = lessons(book, draft)
    assert lesson.words == "Amounts up to 40% from the usual pass for Services A1 of Client C1."
    approve_and_remember(book, draft, [lesson], "", actor=ANNE, now=book.now)
    resume(book, "R-2026-0004", actor=ANNE, now=book.now)
    made.hours(client, agreement, "2026-05-10", "1", rate="38")
    planned(book, "2026-05-31")
    assert "differs_from_usual" not in [one.code for one in exceptions(book)]


def test_a_dispute_or_a_hold_is_no_habit(book: Book, made: Contracts) -> None:
    made.agreement(made.client(on_hold=True))
    planned(book, "2026-01-31")
    (draft,) = drafts(book)
    assert lessons(book, draft) == ()
    with pytest.raises(UserError, match="matter of habit"):
        approve_and_remember(book, draft, (), "", actor=ANNE, now=book.now)
    assert value(book, "SELECT state FROM draft") == "held"


def test_whoever_may_not_approve_teaches_nothing(book: Book, made: Contracts) -> None:
    made.agreement(made.client(), "A1", {"unit_price": "12345"})
    planned(book, "2026-01-31")
    (draft,) = drafts(book)
    set_book_setting(book, "limit.approval", 1000, actor=ANNE)
    done = approve_and_remember(book, draft, lessons(book, draft), "", actor=ANNE, now=book.now)
    assert done.refused == (draft,)
    assert value(book, "SELECT count(*) FROM rule_setting") == 0


# --- what the page of runs offers


@pytest.mark.parametrize(
    "today, kind, through",
    [
        ("2026-01-31", "bill", "2026-01-31"),  # a Saturday: the month is over
        ("2026-01-30", "bill", "2026-01-31"),  # the last working day of the month
        ("2026-01-29", "choose", "2026-01-29"),  # the first month of the book is under way
        ("2026-02-03", "bill", "2026-01-31"),  # nobody billed January
        ("2026-02-27", "bill", "2026-02-28"),
    ],
)
def test_the_month_that_is_over_is_offered(book: Book, made: Contracts, today: str, kind: str, through: str) -> None:
    made.agreement(made.client())
    found = next_step(book, day(today))
    assert (found.kind, found.through, found.issued) == (kind, day(through), day(today))


def test_a_month_is_offered_once(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    made.bill("2026-01-31", "2026-02-02")
    assert next_step(book, day("2026-02-03")).kind == "choose"
    # No earlier than the last invoice, however the clock stands.
    assert next_step(book, day("2026-01-31")).issued == day("2026-02-02")


def test_who_bills_on_the_first_is_offered_the_first(book: Book, made: Contracts) -> None:
    made.agreement(made.client(), timing="advance")
    for through in ("2026-01-01", "2026-02-01"):
        made.bill(through)
    assert next_step(book, day("2026-02-15")).kind == "choose"
    found = next_step(book, day("2026-03-01"))
    assert (found.kind, found.through, found.whole_month) == ("bill", day("2026-03-01"), False)
    # Two months late it is the latest first that is over.
    assert next_step(book, day("2026-04-20")).through == day("2026-04-01")


def test_what_was_stopped_or_waits_comes_first(book: Book, made: Contracts) -> None:
    made.agreement(made.client(on_hold=True))
    run = planned(book, "2026-01-31")
    found = next_step(book, day("2026-02-03"))
    assert (found.kind, found.run, found.number) == ("review", run, "R-2026-0001")
    # A month later it is a leftover: February is due.
    assert next_step(book, day("2026-02-28")).kind == "bill"
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE run SET state = 'issuing'")
    assert next_step(book, day("2026-02-28")).kind == "resume"


def test_a_book_without_agreements_has_nothing_to_catch_up(book: Book) -> None:
    assert next_step(book, day("2026-02-03")).kind == "choose"


# --- the end of a run


def test_a_run_is_summed_up_with_its_reasons(book: Book, made: Contracts) -> None:
    made.agreement(made.client("C1"), "A1")
    made.agreement(made.client("C2", on_hold=True), "A2")
    made.agreement(made.client("C3"), "A3", start_date="2026-03-01")
    planned(book, "2026-01-31")
    resume(book, "R-2026-0001", actor=ANNE, now=book.now)
    found = run_summary(book, 1)
    assert (found.number, found.issued, found.totals, found.waiting) == ("R-2026-0001", 1, {"EUR": 11_900}, 1)
    assert (found.first_number, found.last_number) == ("INV-2026-0001", "INV-2026-0001")
    assert found.issued_on == (day("2026-01-31"), day("2026-01-31"))
    assert len(found.document_ids) == 1
    assert sum(count for _reason, count in found.skipped) == value(
        book, "SELECT count(*) FROM outcome WHERE state = 'skipped'"
    )
    assert found.failed == ()
