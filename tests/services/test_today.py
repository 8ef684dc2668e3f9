"""Money, contracts, work, notes and the book on Today: each stands there while it needs somebody, and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Agreement, Milestone, Setting
from desktop.domain.price_rises import by_percent
from desktop.services.changes import change
from desktop.services.disputes import close_dispute, open_dispute
from desktop.services.hygiene import pressing
from desktop.services.late_payers import late
from desktop.services.lists.billables import BillableList
from desktop.services.lists.collections import CollectionList
from desktop.services.lists.payments import PaymentList
from desktop.services.notes import add_note, tick_off
from desktop.services.overview import overview
from desktop.services.overview import pressing as counted
from desktop.services.payments import record_payment
from desktop.services.people import save_person
from desktop.services.price_proposals import propose, reject_proposals
from desktop.services.promises import note_promise, withdraw_promise
from desktop.services.renewals import renew
from desktop.services.today import Item, Target, Urgency, today
from tests.books import new_book
from tests.contracts import ANNE, Contracts, value
from tests.issued import add_client, add_invoice, add_rate

TODAY = date(2026, 3, 20)
NOW = "2026-03-20T09:00:00Z"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def made(book: Book) -> Contracts:
    return Contracts(book)


def items(book: Book, kind: str, on: date = TODAY) -> list[Item]:
    return [item for item in today(book, on, NOW).items if item.kind == kind]


def pay(book: Book, client: int, amount: int, *numbers: str, on: date = TODAY, only_named: bool = False) -> None:
    record_payment(
        book,
        amount=amount,
        paid_on=on,
        actor=ANNE,
        today=TODAY,
        client_id=client,
        numbers=numbers,
        only_named=only_named,
    )


class TestMoney:
    def test_a_payment_that_settles_nothing_is_credit_until_something_is_open(self, book: Book) -> None:
        client = add_client(book, "ACME")
        pay(book, client, 50_00)
        (kept,) = items(book, "payment")
        assert (kept.urgency, kept.amount, kept.currency) == (Urgency.LATER, 50_00, "EUR")
        number = add_invoice(book, client, TODAY, (80_00, 0))
        (item,) = items(book, "payment")
        assert (item.urgency, item.why) == (Urgency.TODAY, "€80.00 of the same client is open.")
        told = "Shown is what is left of the payments of ACME Ltd."
        assert item.target == Target("payments", 1, frozenset({"unapplied", f"client:{client}"}), told=told)
        pay(book, client, 80_00, number)
        assert items(book, "payment")[0].urgency is Urgency.LATER

    def test_many_payments_stand_in_one_line_summed_in_the_firms_currency(self, book: Book) -> None:
        add_rate(book, "USD", date(2026, 1, 1), Decimal("0.5"))
        for code, currency in (("A", "EUR"), ("B", "EUR"), ("C", "EUR"), ("D", "USD")):
            pay(book, add_client(book, code, currency=currency), 10_00)
        (item,) = items(book, "payment")
        assert (item.count, item.amount, item.currency, item.about) == (4, 35_00, "EUR", False)
        assert item.target.filters == {"unapplied", "kept"}
        add_invoice(book, 1, date(2026, 3, 1), (10_00, 0))
        listing = PaymentList(book)
        assert len(listing.ids("", frozenset({"unapplied", "usable"}), "", False)) == 1
        assert len(listing.ids("", frozenset({"unapplied", "kept"}), "", False)) == 3

    def test_an_amount_without_a_rate_makes_the_sum_an_estimate(self, book: Book) -> None:
        for code, currency in (("A", "EUR"), ("B", "EUR"), ("C", "EUR"), ("D", "USD")):
            pay(book, add_client(book, code, currency=currency), 10_00)
        (item,) = items(book, "payment")
        assert (item.amount, item.about) == (30_00, True)

    def test_a_dispute_stands_until_it_is_closed(self, book: Book) -> None:
        number = add_invoice(book, add_client(book, "ACME"), date(2026, 3, 1), (80_00, 0))
        open_dispute(book, number, reason="not done", on=date(2026, 3, 10), amount=30_00, actor=ANNE, today=TODAY)
        (item,) = items(book, "dispute")
        assert (item.urgency, item.amount, item.target.one) == (Urgency.WEEK, 30_00, 1)
        assert item.sentence == f"ACME Ltd disputes {number}"
        assert items(book, "dispute", date(2026, 3, 24))[0].urgency is Urgency.TODAY
        close_dispute(book, number, outcome="agreed", on=TODAY, actor=ANNE, today=TODAY)
        assert items(book, "dispute") == []

    def test_late_clients_stand_apart_by_how_late_they_are(self, book: Book) -> None:
        client = add_client(book, "ACME")
        number = add_invoice(book, client, date(2026, 1, 1), (80_00, 0), terms="net 0")
        (item,) = items(book, "overdue", date(2026, 3, 2))
        assert (item.urgency, item.sentence) == (Urgency.WEEK, "ACME Ltd is 60 days late")
        (item,) = items(book, "overdue", date(2026, 3, 3))
        assert (item.urgency, item.amount, item.target) == (Urgency.TODAY, 80_00, Target("collections", client))
        pay(book, client, 80_00, number)
        assert items(book, "overdue") == []

    def test_many_late_clients_stand_in_one_line(self, book: Book) -> None:
        for code in "ABCD":
            add_invoice(book, add_client(book, code), date(2026, 1, 1), (10_00, 0), terms="net 0")
        (item,) = items(book, "overdue")
        assert (item.count, item.amount) == (4, 40_00)
        assert item.sentence == "4 clients are more than 60 days late"
        assert item.target == Target("collections", filters=frozenset({"over_60"}))
        for code in "EFGHI":
            add_invoice(book, add_client(book, code), date(2026, 3, 1), (10_00, 0), terms="net 0")
        found = [item for item in items(book, "overdue") if item.urgency is Urgency.WEEK]
        assert [(item.count, item.target.filters, item.target.told) for item in found] == [
            (5, frozenset({"to_60"}), "5 clients are late")
        ]
        assert len(CollectionList(book, TODAY).ids("", found[0].target.filters, "", False)) == 5

    def test_who_breaks_a_promise_before_it_is_late_is_found_among_the_clients(self, book: Book) -> None:
        client = add_client(book, "ACME")
        add_invoice(book, client, date(2026, 3, 1), (80_00, 0), terms="net 60")
        day = date(2026, 3, 10)
        note_promise(book, client, amount=80_00, currency="EUR", actor=ANNE, today=day, promised_on=day)
        assert late(book, TODAY) == []
        (item,) = items(book, "promise")
        assert (item.amount, item.target) == (80_00, Target("clients", client))

    def test_a_broken_promise_stands_until_it_is_paid_or_withdrawn(self, book: Book) -> None:
        client = add_client(book, "ACME")
        number = add_invoice(book, client, date(2026, 3, 1), (80_00, 0), terms="net 0")
        word = partial(note_promise, book, client, amount=80_00, currency="EUR", actor=ANNE, today=date(2026, 3, 5))
        first = word(promised_on=date(2026, 3, 10))
        assert items(book, "promise", date(2026, 3, 10)) == []
        (item,) = items(book, "promise")
        assert (item.amount, item.due, item.target) == (80_00, date(2026, 3, 10), Target("collections", client))
        withdraw_promise(book, first, on=TODAY, actor=ANNE)
        assert items(book, "promise") == []
        word(promised_on=date(2026, 3, 11))
        assert len(items(book, "promise")) == 1
        pay(book, client, 80_00, number)
        assert items(book, "promise") == []


class TestContracts:
    def test_a_term_to_decide_on_stands_until_it_is_renewed(self, book: Book, made: Contracts) -> None:
        key = made.agreement(
            made.client(), renewal="ask", term_end=date(2026, 4, 1), term_count=1, term_unit="year", notice_count=1
        )
        (item,) = items(book, "renewal")
        assert (item.urgency, item.due) == (Urgency.LATER, date(2026, 3, 31))
        assert item.target == Target("agreements", act="agreements.renewals", within=key)
        assert items(book, "renewal", date(2026, 4, 1))[0].urgency is Urgency.LATE
        assert items(book, "renewal", date(2026, 3, 1)) == []
        renew(book, [key], actor=ANNE, today=TODAY)
        assert items(book, "renewal") == []

    def test_an_end_is_told_a_month_ahead_and_no_longer_once_it_has_come(self, book: Book, made: Contracts) -> None:
        key = made.agreement(made.client(), end_date="2026-04-16")
        (item,) = items(book, "ending")
        assert (item.urgency, item.due, item.target) == (Urgency.LATER, date(2026, 4, 15), Target("agreements", key))
        assert items(book, "ending", date(2026, 4, 10))[0].urgency is Urgency.WEEK
        assert items(book, "ending", date(2026, 4, 16)) == []
        assert items(book, "ending", date(2026, 3, 16)) == []

    def test_proposed_prices_stand_until_somebody_decides(self, book: Book, made: Contracts) -> None:
        key = made.agreement(made.client())
        propose(book, [key], by_percent(Decimal(3)), date(2026, 6, 1), actor=ANNE)
        (item,) = items(book, "price")
        assert (item.urgency, item.due, item.count) == (Urgency.LATER, date(2026, 6, 1), 1)
        assert items(book, "price", date(2026, 6, 1))[0].urgency is Urgency.TODAY
        reject_proposals(book, [1], actor=ANNE)
        assert items(book, "price") == []

    def test_an_order_stands_once_nine_tenths_of_it_are_used(self, book: Book, made: Contracts) -> None:
        key = made.agreement(made.client(), po_number="PO 7", po_limit=220_00)
        made.bill("2026-01-31")
        assert items(book, "order") == []
        made.bill("2026-02-28")
        (item,) = items(book, "order")
        assert (item.amount, item.urgency, item.target.one) == (20_00, Urgency.WEEK, key)
        assert item.sentence == "Order PO 7 of Client C1 has €20.00 left"
        made.update(Agreement, key, po_limit=200_00)
        assert items(book, "order")[0].urgency is Urgency.TODAY
        made.update(Agreement, key, po_limit=500_00)
        assert items(book, "order") == []

    def test_an_order_that_runs_out_is_told(self, book: Book, made: Contracts) -> None:
        made.agreement(made.client(), po_number="PO 7", po_expires="2026-04-15")
        (item,) = items(book, "order")
        assert (item.sentence, item.due) == ("Order PO 7 of Client C1 runs out", date(2026, 4, 15))
        (item,) = items(book, "order", date(2026, 4, 16))
        assert (item.sentence, item.urgency) == ("Order PO 7 of Client C1 has expired", Urgency.TODAY)


class TestWork:
    def test_a_milestone_is_late_until_it_is_done(self, book: Book, made: Contracts) -> None:
        key = made.agreement(made.client(), billing="fixed")
        with change(book, ANNE, "Plan") as planned:
            milestone = planned.insert(
                Milestone, agreement_id=key, position=1, name="Launch", amount=900_00, planned_on=date(2026, 3, 10)
            )
        assert items(book, "milestone", date(2026, 3, 10)) == []
        (item,) = items(book, "milestone")
        assert (item.urgency, item.amount, item.due) == (Urgency.WEEK, 900_00, date(2026, 3, 10))
        assert item.target == Target("agreements", key, act="agreements.projects", opens=True)
        assert items(book, "milestone", date(2026, 3, 24))[0].urgency is Urgency.TODAY
        made.update(Milestone, milestone, done_on=TODAY)
        assert items(book, "milestone") == []

    def test_old_work_stands_until_a_draft_holds_it(self, book: Book, made: Contracts) -> None:
        client = made.client()
        key = made.agreement(client, "A1", {"kind": "time"}, billing="time")
        made.hours(client, key, "2026-02-10", "2.5")
        assert items(book, "unbilled", date(2026, 3, 13)) == []
        (item,) = items(book, "unbilled")
        assert (item.urgency, item.sentence) == (Urgency.WEEK, "2.5 h for Client C1 are not billed")
        told = "Shown is what waits for Client C1."
        wanted = frozenset({"unbilled", "left:2026-02-16", f"client:{client}"})
        assert item.target == Target("billables", filters=wanted, told=told)
        made.hours(client, key, "2026-02-16", "1")
        made.hours(client, key, "2026-02-17", "1")
        (item,) = items(book, "unbilled")
        assert len(BillableList(book).ids("", wanted, "", False)) == item.count == 2
        assert items(book, "unbilled", date(2026, 4, 12))[0].urgency is Urgency.TODAY
        made.bill("2026-02-28")
        assert items(book, "unbilled") == []

    def test_a_follow_up_comes_up_before_its_day_and_goes_when_it_is_ticked_off(
        self, book: Book, made: Contracts
    ) -> None:
        bea = save_person(book, {"name": "Bea"}, actor=ANNE)
        client = made.client()
        note = add_note(book, "client", client, "Ask for the\nnew order", due_on=TODAY, owner_id=bea, actor=ANNE)
        (item,) = items(book, "note")
        assert (item.sentence, item.owner, item.urgency) == ("Ask for the new order", "Bea", Urgency.TODAY)
        assert (item.why, item.target) == ("You wanted to come back to Client C1.", Target("clients", client))
        assert items(book, "note", TODAY + timedelta(1))[0].urgency is Urgency.LATE
        assert items(book, "note", TODAY - timedelta(7))[0].urgency is Urgency.WEEK
        assert items(book, "note", TODAY - timedelta(8)) == []
        tick_off(book, note, on=TODAY, actor=ANNE)
        assert items(book, "note") == []

    def test_a_follow_up_leads_to_what_it_is_about(self, book: Book, made: Contracts) -> None:
        client = made.client()
        key = made.agreement(client)
        made.agreement(made.client("C2", on_hold=True), "A2")
        made.bill("2026-01-31")
        number = value(book, "SELECT number FROM invoice")
        open_dispute(book, number, reason="no", on=TODAY, actor=ANNE, today=TODAY)
        held = value(book, "SELECT id FROM draft WHERE state = 'held'")
        expected = {
            ("agreement", key): (Target("agreements", key), "A1"),
            ("invoice", 1): (Target("invoices", 1), number),
            ("run", 1): (Target("runs", 1), "R-2026-0001"),
            ("dispute", 1): (Target("invoices", 1), number),
            ("draft", held): (Target("runs", 1, opens=True, within=held), "Client C2"),
        }
        for subject, subject_id in expected:
            add_note(book, subject, subject_id, f"{subject}", due_on=TODAY, actor=ANNE)
        found = {item.sentence: item for item in items(book, "note")}
        assert len(found) == len(expected)
        for (subject, _id), (target, called) in expected.items():
            assert found[subject].target == target
            assert found[subject].why == f"You wanted to come back to {called}."


class TestTheBook:
    def test_a_book_with_invoices_wants_a_backup_every_week(self, book: Book) -> None:
        assert items(book, "backup") == []
        add_invoice(book, add_client(book, "ACME"), date(2026, 3, 1), (80_00, 0))
        (item,) = items(book, "backup")
        assert (item.urgency, item.target) == (Urgency.TODAY, Target(act="book.backup"))
        with change(book, ANNE, "Back up") as done:
            done.insert(Setting, key="backup.last", value='"2026-03-13"')
        assert items(book, "backup") == []
        assert items(book, "backup", date(2026, 3, 21))[0].urgency is Urgency.WEEK
        assert items(book, "backup", date(2026, 3, 28))[0].urgency is Urgency.TODAY

    def test_what_wants_to_be_put_in_order_is_one_line_with_the_count_of_clean_up(
        self, book: Book, made: Contracts
    ) -> None:
        assert items(book, "tidying") == []
        made.agreement(made.client(city=""))
        (item,) = items(book, "tidying")
        assert (item.count, item.target) == (pressing(book, TODAY), Target("hygiene"))
        assert (item.urgency, item.why) == (Urgency.WEEK, "1 would stop a run.")

    def test_the_rail_counts_what_is_late_or_for_today(self, book: Book, made: Contracts) -> None:
        made.agreement(made.client(on_hold=True))
        made.agreement(made.client("C2"), "A2", end_date="2026-04-15")
        made.bill("2026-01-31")
        found = today(book, TODAY, NOW).items
        urgent = [item.kind for item in found if item.urgency <= Urgency.TODAY]
        assert "exception" in urgent
        assert counted(book, TODAY, NOW) == {"today": len(urgent), "hygiene": pressing(book, TODAY)}
        assert overview(book).waiting["runs"] == urgent.count("exception") == 1
