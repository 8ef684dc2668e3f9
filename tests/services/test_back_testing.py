"""A rule tried on the past finds what the gate found then, says what it cannot know, and suggests a limit."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engine import Book
from db.schema import Agreement, AgreementLine, Client
from desktop.domain.findings import RULES
from desktop.errors import UserError
from desktop.saying import told
from desktop.services.back_testing import BackTest, Proposal, back_test, caveat, recall, sentence, untested
from desktop.services.credits import credit_invoice
from desktop.services.disputes import close_dispute, open_dispute
from desktop.services.payments import record_payment
from desktop.services.rules import set_rule
from desktop.services.runs import approve_drafts, plan, resume
from desktop.services.segments import save_segment
from tests.billing_facts import money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value

TODAY = date(2026, 12, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def made(book: Book) -> Contracts:
    return Contracts(book)


def bill_months(made: Contracts, *prices: str, code: str = "A1", client: int | None = None, **changes: Any) -> int:
    """An agreement billed month by month at these prices, whatever the gate says; its client."""
    client = client or made.client(f"C{code[1:]}")
    agreement = made.agreement(client, code, **changes)
    line = value(made.book, "SELECT id FROM agreement_line WHERE agreement_id = ?", agreement)
    for month, price in enumerate(prices, 1):
        made.update(AgreementLine, line, unit_price=money(price))
        last = date(2026, month + 1, 1) - timedelta(days=1)
        run = made.bill(last.isoformat()).run
        release(made.book, run)
    return client


def release(book: Book, run: str) -> None:
    """Approve and issue all of a run; what was free when it was planned may be held when the rest is issued."""
    for _ in range(4):
        held = [row[0] for row in rows(book, "SELECT id FROM draft WHERE state = 'held'")]
        approve_drafts(book, held, "", actor=ANNE, now=book.now)
        resume(book, run, actor=ANNE, now=book.now)


def tried(book: Book, code: str, **parts: Any) -> BackTest:
    given = {name: parts.pop(name) for name in ("scope", "scope_id", "enabled", "severity") if name in parts}
    return back_test(book, Proposal(code, **given, parameters=parts.pop("parameters", {})), today=TODAY, **parts)


# --- what it says


def test_a_limit_is_tried_beside_the_present_one(book: Book, made: Contracts) -> None:
    bill_months(made, "9000", "11000", "12000.01", "20000")
    found = tried(book, "amount_above", parameters={"limit": 12000})
    assert [(hit.number, hit.amount, hit.client) for hit in found.proposed] == [
        ("INV-2026-0004", 2_000_000, "Client C1"),
        ("INV-2026-0003", 1_200_001, "Client C1"),
    ]
    assert found.proposed[0].message == "The amount of 20,000.00 EUR is above the limit of 12,000.00 EUR."
    assert (found.looked_at, found.held, found.held_now) == (4, 2, 3)
    assert sentence(found) == "Would have held 2 of the last 4 invoices; today's setting 3."


def test_off_holds_nothing_and_a_note_lets_go(book: Book, made: Contracts) -> None:
    bill_months(made, "20000", "20000")
    off = tried(book, "amount_above", enabled=False)
    assert (off.held, off.held_now) == (0, 2)
    note = tried(book, "amount_above", severity="note")
    assert (note.held, note.noted) == (0, 2)
    assert sentence(note).endswith("It would have told of 2 and let them go.")


def test_the_last_ones_or_a_span_of_days(book: Book, made: Contracts) -> None:
    bill_months(made, "20000", "20000", "1", "20000")
    assert (tried(book, "amount_above", last=2).looked_at, tried(book, "amount_above", last=2).held) == (2, 1)
    spring = tried(book, "amount_above", last=None, since=date(2026, 2, 1), until=date(2026, 3, 31))
    assert [hit.number for hit in spring.proposed] == ["INV-2026-0002"]
    assert spring.looked_at == 2


def test_each_level_tries_its_own_invoices_and_leaves_narrower_settings(book: Book, made: Contracts) -> None:
    gold = save_segment(book, {"name": "Gold"}, actor=ANNE)
    golden = bill_months(made, "20000", code="A1", client=made.client("C1", segment_id=gold))
    bill_months(made, "30000", code="A2")
    set_rule(book, "amount_above", scope="client", scope_id=golden, parameters={"limit": 50000}, actor=ANNE)
    assert [hit.client for hit in tried(book, "amount_above", parameters={"limit": 1}).proposed] == ["Client C2"]
    of_segment = tried(book, "amount_above", scope="segment", scope_id=gold, parameters={"limit": 1})
    assert (of_segment.looked_at, of_segment.held) == (1, 0)
    of_client = tried(book, "amount_above", scope="client", scope_id=golden, parameters={"limit": 1})
    assert (of_client.looked_at, of_client.held, of_client.held_now) == (1, 1, 0)


def test_payments_count_from_their_day(book: Book, made: Contracts) -> None:
    client = made.client("C1", credit_limit=30_000)
    bill_months(made, "100", "100", "100", client=client)
    assert tried(book, "credit_limit").held == 1
    record_payment(book, amount=11_900, paid_on=date(2026, 2, 10), actor=ANNE, today=TODAY, numbers=["INV-2026-0001"])
    assert tried(book, "credit_limit").held == 0


def test_debts_of_then_count_though_they_are_paid_now(book: Book, made: Contracts) -> None:
    bill_months(made, "100", "100", "100", "100", "100")
    record_payment(book, amount=59_500, paid_on=date(2026, 6, 10), actor=ANNE, today=TODAY, numbers=["INV-2026-0001"])
    found = tried(book, "client_overdue", parameters={"days": 30})
    assert [(hit.number, hit.message) for hit in found.proposed] == [
        ("INV-2026-0005", "INV-2026-0001 of Client C1 is 90 days overdue (limit 30)."),
        ("INV-2026-0004", "INV-2026-0001 of Client C1 is 59 days overdue (limit 30)."),
    ]


def test_a_purchase_order_that_was_replaced_is_left_out(book: Book, made: Contracts) -> None:
    bill_months(made, "100", "100", po_number="PO-1", po_limit=15_000)
    assert tried(book, "po_exceeded").held == 1
    made.update(Agreement, 1, po_number="PO-2", po_limit=1)
    assert tried(book, "po_exceeded").held == 0


def test_the_buyer_stands_as_on_the_document(book: Book, made: Contracts) -> None:
    client = bill_months(made, "100")
    made.update(Client, client, city="")
    assert tried(book, "address_incomplete").held == 0


def test_an_empty_book_and_a_rule_without_a_past_say_so(book: Book, made: Contracts) -> None:
    assert sentence(tried(book, "amount_above")) == "No invoice was issued here yet: there is nothing to try it on."
    bill_months(made, "100")
    said = sentence(tried(book, "client_on_hold"))
    assert said == "The book does not keep since when a client was on hold."


def test_every_rule_is_tried_or_says_why_not() -> None:
    reasons = {rule.code: untested(rule.code) for rule in RULES}
    assert {code for code, reason in reasons.items() if not reason} >= {"amount_above", "partly_paid", "look_alike"}
    assert not [code for code in reasons if reasons[code] and caveat(code)]
    assert untested("a rule of tomorrow") == "The book does not keep what this rule looks at as it stood then."


def test_a_long_past_is_done_in_parts_and_stops_when_asked(
    book: Book, made: Contracts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.services.back_testing._CHUNK", 3)
    for number in range(1, 4):
        made.agreement(made.client(f"C{number}"), f"A{number}")
    for last, price in (("2026-01-31", "20000"), ("2026-02-28", "5000"), ("2026-03-31", "30000")):
        for (line,) in rows(book, "SELECT id FROM agreement_line"):
            made.update(AgreementLine, line, unit_price=money(price))
        release(book, made.bill(last).run)
    seen: list[tuple[int, int]] = []
    found = back_test(
        book,
        Proposal("amount_above"),
        last=None,
        today=TODAY,
        report=lambda done, total, _text: seen.append((done, total)),
    )
    assert seen == [(0, 9), (3, 9), (6, 9), (9, 9)]
    assert (found.looked_at, found.held) == (9, 6)
    assert [hit.invoice_id for hit in found.proposed] == sorted(
        (hit.invoice_id for hit in found.proposed), reverse=True
    )

    class Stop(Exception):
        pass

    def stop(done: int, _total: int, _text: str) -> None:
        if done:
            raise Stop

    with pytest.raises(Stop):
        back_test(book, Proposal("amount_above"), last=None, today=TODAY, report=stop)


# --- a limit is suggested


def test_the_suggested_limit_holds_the_share_and_no_more(book: Book, made: Contracts) -> None:
    prices = [str(1_000 + 137 * number) for number in range(11)]
    bill_months(made, *prices)
    past = recall(book, today=TODAY)
    proposal = Proposal("amount_above")
    found = past.suggested(proposal, percent=20)
    assert found is not None
    assert (found.parameter, found.value, found.held) == ("limit", 2_100, 2)
    assert past.tested(Proposal("amount_above", parameters={"limit": found.value})).held == 2
    assert past.suggested(Proposal("vague_text")) is None


def test_no_limit_is_suggested_where_narrower_ones_hold_too_much(book: Book, made: Contracts) -> None:
    client = bill_months(made, "100", "100", "100")
    set_rule(book, "amount_above", scope="client", scope_id=client, parameters={"limit": 1}, actor=ANNE)
    assert recall(book, today=TODAY).suggested(Proposal("amount_above")) is None


# --- against what the gate said then

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["price", "pay", "one_off", "discount", "hours", "credit", "dispute", "settle"]),
        st.integers(0, 3),
        st.integers(1, 400),
        st.integers(1, 28),
    ),
    max_size=7,
)
SETTINGS = st.fixed_dictionaries(
    {
        "amount_above": st.fixed_dictionaries({"limit": st.integers(50, 700)}),
        "differs_from_usual": st.fixed_dictionaries({"percent": st.integers(1, 60), "least": st.integers(1, 3)}),
        "client_overdue": st.fixed_dictionaries({"days": st.integers(0, 40)}),
        "discount_above": st.fixed_dictionaries({"percent": st.integers(1, 40)}),
        "look_alike": st.fixed_dictionaries({"days": st.integers(1, 60)}),
        "old_time": st.fixed_dictionaries({"days": st.integers(1, 60)}),
    }
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(months=st.lists(EVENTS, min_size=2, max_size=5), parameters=SETTINGS, combine=st.booleans())
def test_the_past_is_found_as_the_gate_found_it(
    months: list[list[tuple[str, int, int, int]]], parameters: dict[str, dict[str, int]], combine: bool
) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        with new_book(folder) as book:
            _live_and_compare(book, months, parameters, combine=combine)
    finally:
        shutil.rmtree(folder)


def _live_and_compare(
    book: Book, months: list[list[tuple[str, int, int, int]]], parameters: dict[str, dict[str, int]], *, combine: bool
) -> None:
    made = Contracts(book)
    for code, values in parameters.items():
        set_rule(book, code, parameters=values, actor=ANNE)
    set_rule(book, "first_invoice", enabled=True, actor=ANNE)
    one = made.client("C1", credit_limit=60_000, combine=combine)
    two = made.client("C2", po_required=True, combine=combine)
    three = made.client("C3", currency="USD", credit_limit=20_000)
    owners = [one, one, two, three]
    ids = [
        made.agreement(one, "A1", {}, {"kind": "time"}, billing="hybrid"),
        made.agreement(one, "A2", po_number="PO-9", po_limit=70_000),
        made.agreement(two, "A3", {"discount": "0.1"}, end_date="2026-04-15"),
        made.agreement(three, "A4", currency="USD"),
    ]
    found_then: dict[int, set[tuple[str, str]]] = {}
    for number, events in enumerate(months, 1):
        start, last = date(2026, number, 1), date(2026, number + 1, 1) - timedelta(days=1)
        for what, who, amount, day in sorted(events, key=lambda event: event[3]):
            moment = start + timedelta(days=day - 1)
            book.clock = lambda moment=moment: datetime(moment.year, moment.month, moment.day, 9, tzinfo=UTC)  # type: ignore[misc]
            _happen(made, what, owners[who], ids[who], amount, moment)
        book.clock = lambda last=last: datetime(last.year, last.month, last.day, 12, tzinfo=UTC)  # type: ignore[misc]
        run = plan(book, through=last, issue_date=last, actor=ANNE, now=book.now).number
        for draft, code, message in rows(
            book,
            """SELECT f.draft_id, f.code, f.message FROM finding f JOIN draft d ON d.id = f.draft_id
            JOIN run r ON r.id = d.run_id WHERE r.number = ?""",
            run,
        ):
            found_then.setdefault(draft, set()).add((code, told(message)))
        release(book, run)
    documents = dict(rows(book, "SELECT id, invoice_id FROM draft"))
    assert None not in documents.values()
    past = recall(book, last=1_000, today=TODAY)
    assert {case.invoice_id for case in past.cases} == set(documents.values())
    for rule in RULES:
        if untested(rule.code):
            continue
        then = {
            (documents[draft], next(said for at, said in sorted(found) if at == rule.code))
            for draft, found in found_then.items()
            if any(at == rule.code for at, _ in found)
        }
        now = past.tested(Proposal(rule.code)).present
        assert {hit.invoice_id for hit in now} == {invoice for invoice, _ in then}, rule.code


def _happen(made: Contracts, what: str, client: int, agreement: int, amount: int, day: date) -> None:
    book = made.book
    currency = value(book, "SELECT currency FROM agreement WHERE id = ?", agreement)
    try:
        if what == "price":
            line = value(book, "SELECT min(id) FROM agreement_line WHERE agreement_id = ?", agreement)
            made.update(AgreementLine, line, unit_price=money(amount))
        elif what == "pay":
            record_payment(
                book, amount=amount * 100, paid_on=day, actor=ANNE, today=day, client_id=client, currency=currency
            )
        elif what in ("one_off", "discount"):
            price = str(amount) if what == "one_off" else str(-min(amount, 90))
            made.one_off(client, agreement, day.isoformat(), price, currency=currency, description="Licences for Q3")
        elif what == "hours" and agreement == 1:
            made.hours(client, agreement, (day - timedelta(days=amount % 70)).isoformat(), "1", rate="80")
        elif what in ("credit", "dispute"):
            number = value(
                book,
                """SELECT max(number) FROM invoice WHERE client_id = ? AND kind = 'invoice'
                AND id NOT IN (SELECT corrects_id FROM invoice WHERE corrects_id IS NOT NULL)""",
                client,
            )
            if number and what == "credit":
                credit_invoice(book, number, reason="Agreed", actor=ANNE, today=day)
            elif number:
                open_dispute(book, number, reason="Too late", on=day, actor=ANNE, today=day)
        elif what == "settle":
            open_ones = "SELECT i.number FROM dispute d JOIN invoice i ON i.id = d.invoice_id WHERE d.closed_on IS NULL"
            for (number,) in rows(book, open_ones):
                close_dispute(book, number, outcome="Settled", on=day, actor=ANNE, today=day)
    except UserError:
        # What the book refuses, such as a second dispute, did not happen.
        return
