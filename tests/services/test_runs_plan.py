"""What a run plans: everyone in scope with one outcome, drafts with all that is due, nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Agreement, Client, ExchangeRate, Item, Rate, RuleSetting, Segment, TaxCode, TaxRate
from desktop.domain.money import SCALE
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.payments import record_payment
from desktop.services.runs import (
    Scope,
    approve,
    approve_drafts,
    bill,
    exceptions,
    explain,
    interrupted,
    look_again,
    plan,
    preview,
    resume,
)
from desktop.services.runs.planning import begin
from desktop.services.write_offs import write_off
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


def outcomes(book: Book, run: str) -> dict[str, tuple[str, str]]:
    return {one.agreement: (one.outcome, one.reason) for one in explain(book, run)}


def lines_of(book: Book, number: str) -> list[tuple[Any, ...]]:
    return rows(
        book,
        """SELECT l.period_start, l.period_end, l.net FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        WHERE i.number = ? ORDER BY l.position""",
        number,
    )


# --- the three promises that the issue names


def test_an_anchor_on_the_31st_with_three_periods_missed_makes_one_invoice(book: Book, made: Contracts) -> None:
    made.agreement(made.client(), start_date="2026-01-31", alignment="anniversary")
    result = made.bill("2026-05-05")
    assert result.outcomes == {"issued": 1, "held": 0, "skipped": 0, "failed": 0}
    assert result.totals == {"EUR": 35700}
    (number,) = result.invoices
    assert lines_of(book, number) == [
        ("2026-01-31", "2026-02-28", 10000),
        ("2026-02-28", "2026-03-31", 10000),
        ("2026-03-31", "2026-04-30", 10000),
    ]
    assert rows(book, "SELECT issue_date, due_date, tax_date, period_start, period_end FROM invoice") == [
        ("2026-05-05", "2026-06-04", "2026-04-29", "2026-01-31", "2026-04-30")
    ]


def test_a_second_run_drafts_nothing_and_says_why(book: Book, made: Contracts) -> None:
    good, held = made.client("GOOD"), made.client("HELD", on_hold=True)
    made.agreement(good, "A1")
    made.agreement(held, "A2")
    first = made.bill("2026-01-31")
    assert first.outcomes == {"issued": 1, "held": 1, "skipped": 0, "failed": 0}
    second = made.bill("2026-01-31")
    assert second.outcomes == {"issued": 0, "held": 0, "skipped": 2, "failed": 0}
    assert outcomes(book, second.run) == {
        "A1": ("skipped", "Nothing is due through 31 January 2026; next on 28 February 2026."),
        "A2": ("skipped", f"Its draft of run {first.run} still waits for review."),
    }
    assert value(book, "SELECT count(*) FROM draft WHERE run_id = ?", second.run_id) == 0
    assert value(book, "SELECT state FROM run WHERE id = ?", second.run_id) == "done"


@pytest.mark.parametrize("reissue", [True, False])
def test_what_was_credited_is_billed_once(book: Book, made: Contracts, reissue: bool) -> None:
    client = made.client()
    agreement = made.agreement(client, "A1", {}, {"kind": "time"}, billing="hybrid")
    made.hours(client, agreement, "2026-01-10", "2")
    (number,) = made.bill("2026-01-31").invoices
    credit_invoice(
        book, number, reason="Address", actor=ANNE, today=day("2026-02-01"), reissue=reissue, release=not reissue
    )
    again = made.bill("2026-01-31", "2026-02-01")
    assert len(again.invoices) == (0 if reissue else 1)
    assert made.bill("2026-01-31", "2026-02-02").invoices == []
    assert value(book, "SELECT count(*) FROM charge WHERE reversed_by IS NULL") == 2
    assert value(book, "SELECT sum(amount) FROM charge WHERE reversed_by IS NULL") == 30000


def test_one_credited_line_is_billed_again_alone(book: Book, made: Contracts) -> None:
    made.agreement(made.client(), "A1", start_date="2026-01-01")
    (number,) = made.bill("2026-03-31").invoices
    credit_invoice(book, number, lines=[2], reason="Down", actor=ANNE, today=day("2026-04-01"), release=True)
    (again,) = made.bill("2026-03-31", "2026-04-02").invoices
    assert lines_of(book, again) == [("2026-02-01", "2026-03-01", 10000)]
    (april,) = made.bill("2026-04-30").invoices
    assert lines_of(book, april) == [("2026-04-01", "2026-05-01", 10000)]


# --- everyone has one outcome


def test_everyone_in_scope_has_exactly_one_outcome_with_a_reason(book: Book, made: Contracts) -> None:
    client = made.client()
    made.agreement(client, "DUE")
    made.agreement(client, "LATER", start_date="2026-06-01")
    made.agreement(client, "TRIAL", trial_until="2026-03-01")
    made.agreement(client, "PAUSED", pauses=[("2026-01-01", None)])
    made.agreement(client, "ENDED", end_date="2026-01-10", charged_through="2026-01-10")
    made.agreement(client, "NOHOURS", {"kind": "time"}, billing="time")
    made.agreement(client, "NOTHING", {}, {"unit_price": "-100"})
    capped = made.agreement(client, "CAPPED", {"kind": "time"}, billing="time", cap=1)
    made.hours(client, capped, "2026-01-05", "1")
    unpriced = made.agreement(client, "NORATE", {"kind": "time", "unit_price": None}, billing="time")
    made.hours(client, unpriced, "2026-01-05", "1")
    made.agreement(client, "NOPRICE", {"unit_price": None})
    made.agreement(client, "OFF", active=False)
    made.one_off(client, None, "2026-01-15", "70")
    result = made.bill("2026-01-31")
    assert outcomes(book, result.run) == {
        "": ("issued", "Issued as INV-2026-0001."),
        "DUE": ("issued", "Issued as INV-2026-0003."),
        "CAPPED": ("issued", "Issued as INV-2026-0002."),
        "LATER": ("skipped", "It starts on 1 June 2026."),
        "TRIAL": ("skipped", "It is in its trial until 1 March 2026."),
        "PAUSED": ("skipped", "It is paused until further notice."),
        "ENDED": ("skipped", "It ended on 9 January 2026 and all of it is billed."),
        "NOHOURS": ("skipped", "No unbilled hours or charges through 31 January 2026."),
        "NOTHING": ("skipped", "What is due adds up to nothing."),
        "NORATE": ("skipped", "1 time entry has no rate: set one on the agreement's line or the rate card."),
        "NOPRICE": ("held", "“Managed service RET” has no price in EUR."),
    }
    assert result.agreements == 10
    assert sum(result.outcomes.values()) == 11
    assert (
        value(book, "SELECT count(*) FROM outcome GROUP BY run_id, agreement_id HAVING count(*) > 1 UNION SELECT 0")
        == 0
    )
    made.hours(client, capped, "2026-02-05", "1")
    later = made.bill("2026-02-28")
    assert outcomes(book, later.run)["CAPPED"] == (
        "skipped",
        "Its cap of 0.01 EUR is used up; 1 time entry stays unbilled.",
    )


def test_a_deposit_beside_an_invoice_leaves_the_agreement_one_outcome(book: Book, made: Contracts) -> None:
    client = made.client()
    agreement = made.agreement(client)
    made.one_off(client, agreement, "2026-01-05", "500", kind="deposit")
    result = made.bill("2026-01-31")
    assert rows(book, "SELECT kind, number FROM invoice ORDER BY id") == [
        ("invoice", "INV-2026-0001"),
        ("deposit", "DP-2026-0001"),
    ]
    assert [(one.agreement, one.invoice) for one in explain(book, result.run)] == [
        ("", "DP-2026-0001"),
        ("A1", "INV-2026-0001"),
    ]


# --- scope


@pytest.fixture
def town(book: Book, made: Contracts) -> Contracts:
    """Two segments, an agreement of another segment than its client's, and a client outside any."""
    with change(book, ANNE, "Segments") as changed:
        north, south = (changed.insert(Segment, name=name) for name in ("North", "South"))
    first = made.client("N1", segment_id=north)
    made.agreement(first, "N1-A")
    made.agreement(first, "N1-S", segment_id=south)
    made.agreement(made.client("S1", segment_id=south), "S1-T", {"kind": "time"}, billing="time")
    lone = made.client("X1")
    made.agreement(lone, "X1-A")
    made.one_off(first, None, "2026-01-05", "10")
    made.one_off(lone, None, "2026-01-05", "20")
    made.one_off(lone, None, "2026-02-05", "30")
    return made


@pytest.mark.parametrize(
    "scope, expected",
    [
        (Scope(), {("N1", ""), ("N1", "N1-A"), ("N1", "N1-S"), ("S1", "S1-T"), ("X1", ""), ("X1", "X1-A")}),
        (Scope(segments=["North"]), {("N1", ""), ("N1", "N1-A")}),
        (Scope(segments=["South"]), {("N1", "N1-S"), ("S1", "S1-T")}),
        (Scope(clients=["X1", "S1"]), {("S1", "S1-T"), ("X1", ""), ("X1", "X1-A")}),
        (Scope(billing=["time"]), {("S1", "S1-T")}),
        (Scope(agreements=["X1-A"]), {("X1", "X1-A")}),
        (Scope(segments=["North"], clients=["X1"]), set()),
    ],
)
def test_the_scope_says_who_takes_part(town: Contracts, scope: Scope, expected: set[tuple[str, str]]) -> None:
    result = town.bill("2026-01-31", scope=scope)
    assert {(one.client, one.agreement) for one in explain(town.book, result.run)} == expected
    assert result.agreements == sum(code != "" for _, code in expected)


@pytest.mark.parametrize(
    "scope, names",
    [
        (Scope(segments=["West"]), ["no segment “West”", "North, South"]),
        (Scope(clients=["Q"]), ["no client “Q”", "N1, S1, X1"]),
        (Scope(agreements=["Q"]), ["no agreement “Q”"]),
        (Scope(billing=["hourly"]), ["“hourly” is no way of billing", "recurring, time, fixed, hybrid"]),
    ],
)
def test_a_scope_that_names_nobody_is_refused(town: Contracts, scope: Scope, names: list[str]) -> None:
    with pytest.raises(UserError) as refused:
        town.bill("2026-01-31", scope=scope)
    for name in names:
        assert name in str(refused.value)
    assert value(town.book, "SELECT count(*) FROM run") == 0


def test_one_off_charges_wait_for_their_day(town: Contracts) -> None:
    assert town.bill("2026-01-31", scope=Scope(clients=["X1"])).totals == {"EUR": 11900 + 2380}
    assert town.bill("2026-02-28", scope=Scope(clients=["X1"])).totals == {"EUR": 11900 + 3570}


def test_runs_are_numbered_by_the_year_of_their_date(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    names = [made.bill("2026-01-31", on).run for on in ("2026-02-01", "2026-02-02", "2027-01-01", "2027-01-02")]
    assert names == ["R-2026-0001", "R-2026-0002", "R-2027-0001", "R-2027-0002"]


# --- preview


def whole(book: Book) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    names = [name for (name,) in rows(book, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return {name: rows(book, f"SELECT * FROM {name} ORDER BY 1") for name in names}


def test_a_preview_says_what_the_run_then_does_and_writes_nothing(book: Book, made: Contracts) -> None:
    good = made.client("GOOD")
    hourly = made.agreement(good, "A1", {}, {"kind": "time"}, billing="hybrid")
    made.hours(good, hourly, "2026-01-10", "2")
    made.one_off(good, None, "2026-01-10", "30")
    made.agreement(good, "A3", start_date="2026-05-01")
    made.agreement(made.client("HELD", on_hold=True), "A2")
    before = whole(book)
    told = preview(book, through=day("2026-01-31"), issue_date=day("2026-01-31"))
    assert whole(book) == before
    done = made.bill("2026-01-31")
    assert (told.outcomes, told.agreements, told.totals) == (done.outcomes, done.agreements, done.totals)
    assert done.outcomes == {"issued": 2, "held": 1, "skipped": 1, "failed": 0}


# --- what is inherited


def test_settings_come_from_agreement_client_segment_firm(book: Book, made: Contracts) -> None:
    with change(book, ANNE, "Segments") as changed:
        own = changed.insert(Segment, name="Own", terms="net 11", delivery="mail", language="fr")
        other = changed.insert(Segment, name="Other", terms="net 12", language="de")
    plain = made.client("C1")
    in_segment = made.client("C2", segment_id=own)
    settled = made.client("C3", segment_id=own, terms="net 13", language="en")
    cases = [
        (made.agreement(plain, "FIRM"), "net 30", "en"),
        (made.agreement(in_segment, "SEGMENT"), "net 11", "fr"),
        (made.agreement(settled, "CLIENT"), "net 13", "en"),
        (made.agreement(settled, "AGREEMENT", terms="net 14"), "net 14", "en"),
        (made.agreement(in_segment, "ITS-SEGMENT", segment_id=other), "net 12", "de"),
        (made.agreement(settled, "CLIENT-FIRST", segment_id=other), "net 13", "en"),
    ]
    made.bill("2026-01-31")
    for agreement, terms, language in cases:
        assert rows(book, "SELECT terms, language FROM invoice WHERE agreement_id = ?", agreement) == [
            (terms, language)
        ]


def test_an_item_without_a_tax_code_takes_that_of_the_segment(book: Book, made: Contracts) -> None:
    reduced = value(book, "SELECT id FROM tax_code WHERE code = 'reduced'")
    with change(book, ANNE, "Segment") as changed:
        segment = changed.insert(Segment, name="Press", tax_code_id=reduced)
        item = changed.insert(Item, code="NEWS", name="News service")
    client = made.client()
    made.agreement(client, "A1", {"item_id": item}, segment_id=segment)
    made.agreement(client, "A2", {"item_id": item})
    made.bill("2026-01-31")
    assert rows(book, "SELECT tax FROM invoice ORDER BY agreement_id") == [(700,), (1900,)]


# --- rules as the book sets them


@pytest.mark.parametrize(
    "levels, held",
    [
        ([], False),
        ([("firm", 0, {"limit": 50})], True),
        ([("firm", 0, {"limit": 50}), ("segment", 1, {"limit": 500})], False),
        ([("segment", 1, {"limit": 500}), ("client", 1, {"limit": 50})], True),
        ([("client", 1, {"limit": 50}), ("agreement", 1, {"limit": 500})], False),
        ([("firm", 0, {"limit": 50}), ("client", 2, {"limit": 500})], True),
    ],
)
def test_the_narrowest_level_decides(
    book: Book, made: Contracts, levels: list[tuple[str, int, dict[str, int]]], held: bool
) -> None:

    with change(book, ANNE, "Rules") as changed:
        assert changed.insert(Segment, name="One") == 1
        for scope, scope_id, parameters in levels:
            changed.insert(
                RuleSetting, code="amount_above", scope=scope, scope_id=scope_id, parameters=json.dumps(parameters)
            )
    assert made.agreement(made.client(segment_id=1)) == 1
    assert made.bill("2026-01-31").outcomes["held"] == held


def test_a_rule_can_be_switched_off_for_one_client(book: Book, made: Contracts) -> None:
    first, second = made.client("C1", on_hold=True), made.client("C2", on_hold=True)
    made.agreement(first, "A1")
    made.agreement(second, "A2")
    with change(book, ANNE, "Rule") as changed:
        changed.insert(RuleSetting, code="client_on_hold", scope="client", scope_id=second, enabled=False)
    result = made.bill("2026-01-31")
    assert {code: outcome for code, (outcome, _) in outcomes(book, result.run).items()} == {
        "A1": "held",
        "A2": "issued",
    }


# --- clients with several drafts in one run


def test_a_credit_limit_counts_what_the_same_run_issues_first(book: Book, made: Contracts) -> None:
    client = made.client(credit_limit=25000)
    for k in (1, 2, 3):
        made.agreement(client, f"A{k}")
    result = made.bill("2026-01-31")
    assert result.outcomes["issued"] == 2
    (held,) = exceptions(book)
    assert (held.code, held.agreement) == ("credit_limit", "A3")
    assert "owes 357.00 EUR" in held.message


def test_a_po_counts_all_agreements_that_name_it_and_deposits(book: Book, made: Contracts) -> None:
    client = made.client()
    po: dict[str, Any] = {"po_number": "PO-7", "po_limit": 25000}
    first = made.agreement(client, "A1", **po)
    made.one_off(client, first, "2026-01-05", "50", kind="deposit")
    made.agreement(client, "A2", **po)
    result = made.bill("2026-01-31")
    assert result.outcomes["held"] == 0
    again = made.bill("2026-02-28")
    assert again.outcomes["held"] == 2
    assert "0.00 EUR left" in exceptions(book)[0].message


def test_look_alikes_in_one_run_are_held(book: Book, made: Contracts) -> None:
    client = made.client()
    for code in ("A1", "A2"):
        made.one_off(client, made.agreement(client, code, billing="fixed", start_date="2026-06-01"), "2026-01-10", "80")
    made.bill("2026-01-31")
    (held,) = exceptions(book)
    assert (held.code, held.agreement) == ("look_alike", "A2")
    # Another look does not let go what nobody approved.
    assert look_again(book, [held.draft_id], actor=ANNE) == 0
    assert [one.code for one in exceptions(book)] == ["look_alike"]


def test_an_invoice_taken_back_is_no_look_alike(book: Book, made: Contracts) -> None:
    client = made.client()
    made.one_off(client, None, "2026-01-10", "80")
    (number,) = made.bill("2026-01-31").invoices
    credit_invoice(book, number, reason="Name", actor=ANNE, today=day("2026-02-01"), release=True)
    assert made.bill("2026-01-31", "2026-02-02").outcomes["issued"] == 1


# --- one invoice for several agreements


def test_agreements_of_a_client_who_wants_it_share_an_invoice(book: Book, made: Contracts) -> None:
    client = made.client(combine=True)
    made.agreement(client, "A1")
    made.agreement(client, "A2", title="Hosting")
    made.agreement(client, "A3", po_number="PO-1")
    made.one_off(client, None, "2026-01-10", "30")
    result = made.bill("2026-01-31")
    assert len(result.invoices) == 2
    assert result.outcomes["issued"] == 3
    assert rows(
        book,
        """SELECT heading, l.net FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        WHERE po_number = '' ORDER BY position""",
    ) == [("", 3000), ("Services A1", 10000), ("Hosting", 10000)]
    assert rows(book, "SELECT agreement_id, position, amount FROM charge WHERE invoice_id = 1 ORDER BY id") == [
        (None, 1, 3000),
        (1, 2, 10000),
        (2, 3, 10000),
    ]


def test_a_joint_total_of_nothing_leaves_the_deposit_beside_it(book: Book, made: Contracts) -> None:
    client = made.client(combine=True)
    first = made.agreement(client, "A1")
    made.agreement(client, "A2", {"unit_price": "-100"})
    made.one_off(client, first, "2026-01-05", "500", kind="deposit")
    result = made.bill("2026-01-31")
    assert outcomes(book, result.run) == {
        "A1": ("issued", "Issued as DP-2026-0001."),
        "A2": ("skipped", "What is due adds up to nothing."),
    }


def test_a_joint_draft_with_charges_outside_agreements_stands_a_second_look(book: Book, made: Contracts) -> None:
    client = made.client(combine=True, on_hold=True)
    made.agreement(client, "A1")
    made.agreement(client, "A2")
    made.one_off(client, None, "2026-01-10", "30")
    result = made.bill("2026-01-31")
    (held,) = exceptions(book)
    made.update(Client, client, on_hold=False)
    assert look_again(book, [held.draft_id], actor=ANNE) == 1
    assert resume(book, result.run, actor=ANNE, now=book.now).totals == {"EUR": 27370}


def test_a_joint_draft_stays_joint_when_the_client_changes_its_mind(book: Book, made: Contracts) -> None:
    client = made.client(combine=True, on_hold=True)
    made.agreement(client, "A1")
    made.agreement(client, "A2")
    result = made.bill("2026-01-31")
    made.update(Client, client, on_hold=False, combine=False)
    assert look_again(book, [exceptions(book)[0].draft_id], actor=ANNE) == 1
    assert len(resume(book, result.run, actor=ANNE, now=book.now).invoices) == 1


# --- deposits, from asking to the final invoice


def pay(book: Book, number: str, amount: int, on: str) -> None:
    record_payment(book, amount=amount, paid_on=day(on), actor=ANNE, today=day(on), numbers=[number], only_named=True)


def project(made: Contracts, **changes: Any) -> tuple[int, int]:
    """A project with a deposit of 1,000 net on 5 January; (client, agreement)."""
    client = made.client()
    agreement = made.agreement(client, "P1", {"kind": "time"}, billing="fixed", **changes)
    made.one_off(client, agreement, "2026-01-05", "1000", kind="deposit", description="Deposit for the new shop")
    return client, agreement


def deducted(book: Book) -> list[tuple[Any, ...]]:
    return rows(
        book,
        """SELECT i.number, l.net FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        WHERE l.deducts_id IS NOT NULL ORDER BY l.id""",
    )


def test_only_what_was_received_is_deducted_and_never_twice(book: Book, made: Contracts) -> None:
    client, agreement = project(made)
    (deposit,) = made.bill("2026-01-31").invoices
    assert deposit == "DP-2026-0001"
    made.one_off(client, agreement, "2026-02-10", "300")
    made.bill("2026-02-28")
    assert deducted(book) == []
    pay(book, deposit, 59500, "2026-03-01")
    made.one_off(client, agreement, "2026-03-10", "400")
    made.bill("2026-03-31")
    made.one_off(client, agreement, "2026-04-10", "600")
    made.bill("2026-04-30")
    pay(book, deposit, 59500, "2026-05-01")
    for number in ("INV-2026-0001", "INV-2026-0002", "INV-2026-0003"):
        credit_use = value(
            book, "SELECT sum(o.open) FROM open_item o JOIN invoice i ON i.id = o.invoice_id WHERE number = ?", number
        )
        if credit_use:
            pay(book, number, credit_use, "2026-05-02")
    made.update(Agreement, agreement, is_final=True)
    made.one_off(client, agreement, "2026-05-10", "2000")
    result = made.bill("2026-05-31")
    assert exceptions(book) == []
    assert result.invoices == ["FI-2026-0001"]
    assert deducted(book) == [
        ("INV-2026-0002", -40000),
        ("INV-2026-0003", -10000),
        ("FI-2026-0001", -50000),
    ]
    assert value(book, "SELECT sum(amount) FROM posting WHERE role = 'deposits'") == 0
    assert value(book, "SELECT sum(amount) FROM posting WHERE role = 'revenue'") == -330000


def test_a_final_invoice_tells_of_a_deposit_still_open(book: Book, made: Contracts) -> None:
    client, agreement = project(made, is_final=True, deposits="final")
    (deposit,) = made.bill("2026-01-31").invoices
    pay(book, deposit, 59500, "2026-02-01")
    made.one_off(client, agreement, "2026-02-10", "3000")
    result = made.bill("2026-02-28")
    (held,) = exceptions(book)
    assert (held.code, held.amount) == ("deposit_open", 250000)
    assert "DP-2026-0001 still has 595.00 EUR open" in held.message
    credit_invoice(book, deposit, amount_gross=59500, reason="Not paid", actor=ANNE, today=day("2026-03-01"))
    assert look_again(book, [held.draft_id], actor=ANNE) == 1
    assert resume(book, result.run, actor=ANNE, now=book.now).totals == {"EUR": 297500}


def test_a_deposit_written_off_was_not_received(book: Book, made: Contracts) -> None:
    client, agreement = project(made)
    (deposit,) = made.bill("2026-01-31").invoices
    write_off(book, deposit, reason="Insolvent", actor=ANNE, on=day("2026-02-01"), today=day("2026-02-01"))
    made.one_off(client, agreement, "2026-02-10", "3000")
    assert made.bill("2026-02-28").totals == {"EUR": 357000}
    assert deducted(book) == []


def test_crediting_the_invoice_that_deducted_frees_the_deposit(book: Book, made: Contracts) -> None:
    client, agreement = project(made)
    (deposit,) = made.bill("2026-01-31").invoices
    pay(book, deposit, 119000, "2026-02-01")
    made.one_off(client, agreement, "2026-02-10", "3000")
    (number,) = made.bill("2026-02-28").invoices
    credit_invoice(book, number, reason="Wrong", actor=ANNE, today=day("2026-03-01"), release=True)
    (again,) = made.bill("2026-02-28", "2026-03-02").invoices
    assert deducted(book)[-1] == (again, -100000)
    assert value(book, "SELECT sum(amount) FROM posting WHERE role = 'deposits'") == 0


def test_a_deposit_that_was_credited_is_not_deducted(book: Book, made: Contracts) -> None:
    client, agreement = project(made)
    (deposit,) = made.bill("2026-01-31").invoices
    pay(book, deposit, 119000, "2026-02-01")
    credit_invoice(book, deposit, reason="Given back", actor=ANNE, today=day("2026-02-02"))
    made.one_off(client, agreement, "2026-02-10", "3000")
    assert made.bill("2026-02-28").totals == {"EUR": 357000}


def test_a_deposit_too_large_is_given_back_once(book: Book, made: Contracts) -> None:
    client, agreement = project(made, deposits="final")
    (deposit,) = made.bill("2026-01-31").invoices
    pay(book, deposit, 119000, "2026-02-01")
    made.one_off(client, agreement, "2026-02-10", "400")
    made.update(Agreement, agreement, end_date=day("2026-02-28"))
    result = made.bill("2026-02-28")
    assert [one.code for one in exceptions(book)] == ["negative_total"]
    approve(book, [one.id for one in exceptions(book)], "Give it back", actor=ANNE, now=book.now)
    resume(book, result.run, actor=ANNE, now=book.now)
    assert rows(book, "SELECT kind, net, tax, gross FROM invoice WHERE kind = 'credit_note'") == [
        ("credit_note", 60000, 11400, 71400)
    ]
    assert value(book, "SELECT open FROM open_credit WHERE credit_note_id IS NOT NULL") == 71400
    assert made.bill("2026-03-31").outcomes["held"] == 0
    assert value(book, "SELECT sum(amount) FROM posting WHERE role = 'deposits'") == 0


def test_a_deposit_in_tax_groups_is_received_in_proportion(book: Book, made: Contracts) -> None:
    client, agreement = project(made)
    made.one_off(client, agreement, "2026-01-06", "500", kind="deposit", item_id=made.item("PRESS", tax="reduced"))
    (deposit,) = made.bill("2026-01-31").invoices
    assert value(book, "SELECT gross FROM invoice") == 119000 + 53500
    pay(book, deposit, 86250, "2026-02-01")
    made.one_off(client, agreement, "2026-02-10", "3000")
    made.bill("2026-02-28")
    assert sorted(deducted(book)) == [("INV-2026-0001", -50000), ("INV-2026-0001", -25000)]


# --- totals below nothing


def test_a_total_below_nothing_waits_and_becomes_a_credit_note(book: Book, made: Contracts) -> None:
    client = made.client()
    agreement = made.agreement(client)
    made.one_off(client, agreement, "2026-01-10", "250", kind="discount", description="Goodwill for the outage")
    result = made.bill("2026-01-31")
    assert [one.code for one in exceptions(book)] == ["negative_total", "discount_above"]
    approve_drafts(book, [exceptions(book)[0].draft_id], "Agreed", actor=ANNE, now=book.now)
    done = resume(book, result.run, actor=ANNE, now=book.now)
    assert done.totals == {"EUR": -17850}
    assert rows(book, "SELECT number, kind, net, tax, gross, payable FROM invoice") == [
        ("CN-2026-0001", "credit_note", 15000, 2850, 17850, 17850)
    ]
    assert rows(book, "SELECT quantity, unit_price, net FROM invoice_line ORDER BY position") == [
        (-SCALE, money(100), -10000),
        (SCALE, money(250), 25000),
    ]
    assert rows(book, "SELECT amount, open FROM open_credit") == [(17850, 17850)]
    assert value(book, "SELECT count(*) FROM open_item") == 0
    assert value(book, "SELECT sum(amount) FROM charge") == -15000
    assert made.bill("2026-01-31", "2026-02-01").outcomes == {"issued": 0, "held": 0, "skipped": 1, "failed": 0}


# --- prices, taxes and currencies from the book


def test_a_rate_card_prices_with_its_dates(book: Book, made: Contracts) -> None:
    client = made.client()
    made.agreement(client, "A1", {"unit_price": None})
    with change(book, ANNE, "Rates") as changed:
        for since, price in (("2026-01-01", 80), ("2026-02-01", 90)):
            changed.insert(Rate, item_id=1, currency="EUR", valid_from=day(since), price=money(price))
        changed.insert(Rate, item_id=1, client_id=client, currency="EUR", valid_from=day("2026-03-01"), price=money(70))
    made.bill("2026-03-31")
    assert rows(book, "SELECT unit_price, price_source, rate_id FROM invoice_line ORDER BY position") == [
        (money(80), "card", 1),
        (money(90), "card", 2),
        (money(70), "client", 3),
    ]


def test_a_new_tax_rate_splits_the_month_in_the_books_too(book: Book, made: Contracts) -> None:
    standard = value(book, "SELECT id FROM tax_code WHERE code = 'standard'")
    with change(book, ANNE, "Rate") as changed:
        changed.insert(TaxRate, tax_code_id=standard, valid_from=day("2026-01-11"), rate=money("0.21"))
    made.agreement(made.client(), "A1", {"unit_price": "100"})
    made.bill("2026-01-31")
    assert rows(book, "SELECT rate, basis, tax FROM invoice_tax ORDER BY rate") == [
        (money("0.19"), 3226, 613),
        (money("0.21"), 6774, 1423),
    ]
    assert value(book, "SELECT sum(amount) FROM charge") == 10000
    assert made.bill("2026-01-31", "2026-02-01").outcomes["skipped"] == 1


@pytest.mark.parametrize("known", [True, False])
def test_a_foreign_invoice_with_and_without_a_rate(book: Book, made: Contracts, known: bool) -> None:
    if known:
        with change(book, ANNE, "Rate") as changed:
            changed.insert(ExchangeRate, currency="USD", valid_from=day("2026-01-01"), rate=money("0.9"))
    client = made.client(country="US", currency="USD")
    made.agreement(client, currency="USD")
    result = made.bill("2026-01-31")
    assert result.totals == {"USD": 10000}
    assert rows(book, "SELECT firm_currency, firm_rate, firm_gross FROM invoice") == [
        ("EUR", 900000 if known else None, 9000 if known else None)
    ]
    notes = [row[0] for row in rows(book, "SELECT code FROM finding")]
    assert ("exchange_rate_missing" in notes) is not known


def test_an_amount_in_yen(book: Book, made: Contracts) -> None:
    client = made.client(country="JP", currency="JPY")
    made.agreement(client, "A1", {"unit_price": "1000"}, currency="JPY", start_date="2026-01-21")
    assert made.bill("2026-01-31").totals == {"JPY": 355}


def test_a_charge_in_another_currency_blocks(book: Book, made: Contracts) -> None:
    client = made.client()
    made.one_off(client, made.agreement(client), "2026-01-10", "30", currency="USD")
    made.bill("2026-01-31")
    (found,) = exceptions(book)
    assert (found.severity, found.code, found.field) == ("block", "currency_mismatch", "one_off:1:currency")


def test_a_small_firm_names_its_own_law(tmp_path: Path) -> None:
    with new_book(tmp_path, file="small.sheaf", small_business=True) as book:
        made = Contracts(book)
        made.agreement(made.client())
        made.bill("2026-01-31")
        assert rows(book, "SELECT category, tax, exemption_text FROM invoice_tax") == [
            ("E", 0, "Steuerfrei nach § 19 UStG (Kleinunternehmer)")
        ]


def test_a_tax_code_out_of_use_is_missed(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    made.update(TaxCode, value(book, "SELECT id FROM tax_code WHERE code = 'standard'"), active=False)
    made.bill("2026-01-31")
    assert "tax_code_mismatch" in [one.code for one in exceptions(book)]


# --- runs that were stopped


class Stopped(Exception):
    pass


def stop_at(step: str) -> Any:
    def report(done: int, total: int, text: str) -> None:
        if text == step and done:
            raise Stopped

    return report


def test_a_run_that_was_stopped_blocks_the_next_and_is_named(
    book: Book, made: Contracts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.services.runs.planning.CHUNK", 1)
    for k in range(3):
        made.agreement(made.client(f"C{k}"), f"A{k}")
    with pytest.raises(Stopped):
        made.bill("2026-01-31", report=stop_at("Planning"))
    assert interrupted(book) == ["R-2026-0001"]
    for again in (lambda: made.bill("2026-01-31"), lambda: preview_of(book), lambda: plan_of(book)):
        with pytest.raises(UserError) as refused:
            again()
        assert "Run R-2026-0001 was interrupted" in refused.value.message
        assert "resume" in refused.value.remedy
    with pytest.raises(UserError, match="was interrupted"):
        # Whoever passed the first look at the same moment is refused by the second, under the lock.
        begin(book, through=date(2026, 1, 31), issue_date=date(2026, 1, 31), scope=Scope(), actor=ANNE, now=book.now)
    done = resume(book, "R-2026-0001", actor=ANNE, now=book.now)
    assert done.outcomes == {"issued": 3, "held": 0, "skipped": 0, "failed": 0}
    assert interrupted(book) == []


def preview_of(book: Book) -> Any:
    return preview(book, through=date(2026, 1, 31), issue_date=date(2026, 1, 31))


def plan_of(book: Book) -> Any:
    return plan(book, through=date(2026, 1, 31), issue_date=date(2026, 1, 31), actor=ANNE, now=book.now)


def test_a_run_planned_for_review_issues_nothing_until_it_is_resumed(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    run = plan_of(book)
    assert (run.state, value(book, "SELECT count(*) FROM invoice")) == ("review", 0)
    assert interrupted(book) == []
    assert resume(book, run.number, actor=ANNE, now=book.now).outcomes["issued"] == 1
    assert value(book, "SELECT state FROM run") == "done"


def test_there_is_nothing_to_resume_of_a_run_that_is_not_there(book: Book) -> None:
    with pytest.raises(UserError, match="no run R-1"):
        resume(book, "R-1", actor=ANNE, now=book.now)


def test_an_empty_book_makes_an_empty_run(book: Book) -> None:
    result = bill(book, through=date(2026, 1, 31), issue_date=date(2026, 1, 31), actor=ANNE, now=book.now)
    assert (result.agreements, result.invoices, sum(result.outcomes.values())) == (0, [], 0)
    assert value(book, "SELECT state FROM run") == "done"
