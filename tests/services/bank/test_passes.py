"""Passes over bank lines: what is sure books itself, the rest waits, and all of it can be taken back as one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from db.engine import Book
from desktop.domain.matching.facts import Policy, Share
from desktop.errors import UserError
from desktop.saying import put
from desktop.services.bank import reconciling
from desktop.services.bank.booking import book_line
from desktop.services.bank.choosing import chosen, chosen_return
from desktop.services.bank.parts import Part
from desktop.services.bank.passes import pass_numbered, passes
from desktop.services.bank.policy import bank_policy, keep_bank_policy
from desktop.services.bank.proposing import proposals
from desktop.services.bank.reconciling import run_pass
from desktop.services.bank.showing import shown_line, shown_lines
from desktop.services.bank.undoing import take_back
from desktop.services.credit_use import apply_credit
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import rows, value
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)
JANUARY, MARCH = date(2026, 1, 10), date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def account(book: Book) -> int:
    return add_account(book)


def invoices(book: Book, count: int) -> list[tuple[int, str, int]]:
    """(client, number, amount), each of a client of its own."""
    found = []
    for place in range(count):
        client = add_client(
            book, f"C{place}", name=f"{['Alpha', 'Bravo', 'Delta', 'Sigma', 'Omega', 'Kappa'][place % 6]} {place} AG"
        )
        amount = 10_000 + 137 * place
        found.append((client, add_invoice(book, client, JANUARY, (amount, 0)), amount))
    return found


def total_open(book: Book) -> int:
    return int(value(book, "SELECT sum(open) FROM open_item"))


def test_what_is_sure_books_itself_and_the_rest_waits(book: Book, account: int) -> None:
    (one, first, amount), (_two, _second, other) = invoices(book, 2)
    sure = add_line(book, account, MARCH, amount, f"Invoice {first}")
    add_line(book, account, MARCH, 123_456, "Gift")
    done = run_pass(book, actor=ANNE, today=TODAY)
    assert (done.number, done.lines, done.matched, done.unmatched, done.parked) == ("B-2026-0001", 2, 1, 1, ())
    (match,) = done.matches
    assert (match.line_id, match.state, match.invoices, match.client_id) == (sure, "booked", ((first, amount),), one)
    assert match.reasons
    assert total_open(book) == other
    (shown,) = [row for row in shown_lines(book) if row.state == "booked"]
    assert (shown.id, shown.matches[0].score) == (sure, match.score)
    assert [put(said) for said in shown.matches[0].reasons] == [put(said) for said in match.reasons]
    assert [(row.number, row.origin, row.lines, row.booked, row.standing) for row in passes(book)] == [
        ("B-2026-0001", "pass", 2, 1, 1)
    ]
    prove(book)


def test_a_preview_writes_nothing(book: Book, account: int) -> None:
    ((_client, number, amount),) = invoices(book, 1)
    add_line(book, account, MARCH, amount, f"Invoice {number}")
    before = rows(book, "SELECT count(*) FROM change_set")
    done = run_pass(book, actor=ANNE, today=TODAY, preview=True)
    assert (done.number, done.matched, done.matches[0].state) == ("", 1, "sure")
    assert rows(book, "SELECT count(*) FROM change_set") == before


def test_a_second_pass_finds_nothing_to_book(book: Book, account: int) -> None:
    ((_client, number, amount),) = invoices(book, 1)
    add_line(book, account, MARCH, amount, f"Invoice {number}")
    run_pass(book, actor=ANNE, today=TODAY)
    again = run_pass(book, actor=ANNE, today=TODAY)
    assert (again.number, again.lines, again.matched) == ("", 0, 0)
    assert len(passes(book)) == 1


def test_equal_candidates_are_not_guessed(book: Book, account: int) -> None:
    clients = [add_client(book, code) for code in ("A1", "B1")]
    for client in clients:
        add_invoice(book, client, JANUARY, (10_000, 0))
    line = add_line(book, account, MARCH, 10_000, "Thank you")
    done = run_pass(book, actor=ANNE, today=TODAY)
    assert done.matched == 0
    assert shown_line(book, line).state == "open"


def test_the_firms_rule_decides(book: Book, account: int) -> None:
    ((_client, number, amount),) = invoices(book, 1)
    add_line(book, account, MARCH, amount, f"Invoice {number}")
    keep_bank_policy(book, Policy(threshold=None), actor=ANNE)
    assert bank_policy(book).threshold is None
    done = run_pass(book, actor=ANNE, today=TODAY)
    assert (done.matched, done.suggested) == (0, 1)


@pytest.mark.parametrize(
    "policy",
    [
        Policy(threshold=10),
        Policy(threshold=1_000_001),
        Policy(tolerance={"EUR": -1}),
        Policy(charges_up_to={"ZZZ": 1}),
        Policy(most=0),
        Policy(tolerance_share=1_000_000),
        Policy(discount_grace=31),
    ],
)
def test_a_rule_that_cannot_be(book: Book, policy: Policy) -> None:
    with pytest.raises(UserError):
        keep_bank_policy(book, policy, actor=ANNE)
    assert bank_policy(book) == Policy()


def test_chunks_are_one_pass_and_one_undo(book: Book, account: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling, "CHUNK", 3)
    made = invoices(book, 8)
    for client, number, amount in made:
        add_line(book, account, MARCH + timedelta(client), amount, f"Invoice {number}")
    before = total_open(book)
    seen: list[tuple[int, int]] = []
    done = run_pass(
        book, actor=ANNE, today=TODAY, report=lambda at, of, text: seen.append((at, of)) if text == "Booking" else None
    )
    assert done.matched == 8
    assert seen == [(0, 8), (3, 8), (6, 8), (8, 8)]
    assert total_open(book) == 0
    assert [(row.booked, row.standing) for row in passes(book)] == [(8, 8)]
    prove(book)
    assert done.reconciliation_id is not None
    back = take_back(book, reconciliation_id=done.reconciliation_id, actor=ANNE, today=TODAY, reason="Too early")
    assert (back.lines, len(back.payments)) == (8, 8)
    assert total_open(book) == before
    assert {row.state for row in shown_lines(book)} == {"open"}
    assert [(row.standing, row.undone_by) for row in passes(book)] == [(0, ANNE)]
    prove(book)
    with pytest.raises(UserError, match="Nothing of this is booked"):
        take_back(book, reconciliation_id=done.reconciliation_id, actor=ANNE, today=TODAY, reason="Again")
    again = run_pass(book, actor=ANNE, today=TODAY)
    assert (again.number, again.matched) == ("B-2026-0002", 8)
    # What was taken back never counted: the money is again there on the day on which it came.
    assert value(book, "SELECT max(a.dated) FROM allocation a") == max(
        (MARCH + timedelta(client)).isoformat() for client, _number, _amount in made
    )
    prove(book)


def test_one_line_that_fails_is_parked_and_the_others_go_on(book: Book, account: int) -> None:
    made = invoices(book, 3)
    lines = [add_line(book, account, MARCH, amount, f"Invoice {number}") for _client, number, amount in made]
    found = proposals(book, today=TODAY)
    # Somebody enters the second payment by hand while the page stands there.
    record_payment(book, amount=made[1][2], paid_on=MARCH, actor=ANNE, today=TODAY, numbers=[made[1][1]])
    done = run_pass(book, actor=ANNE, today=TODAY, found=found)
    assert done.matched == 2
    assert [one.line_id for one in done.parked] == [lines[1]]
    assert made[1][1] in done.parked[0].message
    assert [shown_line(book, line).state for line in lines] == ["booked", "open", "booked"]
    assert [(row.booked, row.standing) for row in passes(book)] == [(2, 2)]
    prove(book)


def test_a_line_to_come_waits_for_its_day(book: Book, account: int) -> None:
    ((_client, number, amount),) = invoices(book, 1)
    add_line(book, account, TODAY + timedelta(1), amount, f"Invoice {number}")
    done = run_pass(book, actor=ANNE, today=TODAY)
    assert (done.matched, done.suggested, done.parked) == (0, 1, ())
    assert rows(book, "SELECT id FROM reconciliation") == []
    assert run_pass(book, actor=ANNE, today=TODAY + timedelta(1)).matched == 1


def test_what_was_used_since_is_not_taken_back(book: Book, account: int) -> None:
    client = add_client(book, "ACME")
    number = add_invoice(book, client, JANUARY, (10_000, 0))
    line = add_line(book, account, MARCH, 12_000, f"Invoice {number}")
    found = proposals(book, today=TODAY)
    book_line(book, line, chosen(found, line, list(found.items)), actor=ANNE, today=TODAY)
    later = add_invoice(book, client, date(2026, 3, 20), (1_500, 0))
    moment = book.clock() + timedelta(minutes=1)
    book.clock = lambda: moment
    apply_credit(book, client_id=client, on=TODAY, actor=ANNE, today=TODAY)
    with pytest.raises(UserError) as caught:
        take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="Wrong")
    assert later in caught.value.message
    assert "P-2026-0001" in caught.value.remedy
    assert shown_line(book, line).state == "booked"
    # As the remedy says.
    reverse_payment(book, "P-2026-0001", on=TODAY, reason="Wrong", actor=ANNE, today=TODAY)
    back = take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="Wrong")
    assert back.payments == ()
    assert shown_line(book, line).state == "open"
    prove(book)


def test_a_return_takes_its_payment_back_and_notes_the_fee(book: Book, account: int) -> None:
    ((client, number, amount),) = invoices(book, 1)
    line = add_line(
        book, account, MARCH, amount, f"Invoice {number}", end_to_end="E2E-1", party_account="DE89370400440532013000"
    )
    run_pass(book, actor=ANNE, today=TODAY)
    assert total_open(book) == 0
    back = add_line(
        book,
        account,
        MARCH + timedelta(3),
        -amount - 350,
        f"Return {number}",
        end_to_end="E2E-1",
        returns=True,
        return_reason="AC04",
        party_account="DE89370400440532013000",
    )
    found = proposals(book, today=TODAY)
    parts = chosen_return(found, back, next(iter(found.past)))
    assert [(part.kind, part.amount) for part in parts] == [("return", -amount), ("charges", -350)]
    done = book_line(book, back, parts, actor=ANNE, today=TODAY)
    assert done.payments == ("P-2026-0002",)
    assert done.clients == (client,)
    assert total_open(book) == amount
    assert rows(book, "SELECT amount, note, paid_on FROM payment WHERE reverses_id IS NOT NULL") == [
        (-amount, "Returned by the bank: AC04", "2026-03-13")
    ]
    assert shown_line(book, line).state == shown_line(book, back).state == "booked"
    prove(book)
    # The return was another client's: the payment stands again.
    take_back(book, line_ids=[back], actor=ANNE, today=TODAY, reason="Another's")
    assert total_open(book) == 0
    assert shown_line(book, back).state == "open"
    prove(book)


def test_a_return_is_found_by_itself(book: Book, account: int) -> None:
    ((_client, number, amount),) = invoices(book, 1)
    add_line(book, account, MARCH, amount, f"Invoice {number}", end_to_end="E2E-77812")
    run_pass(book, actor=ANNE, today=TODAY)
    back = add_line(book, account, MARCH + timedelta(3), -amount, "Return", end_to_end="E2E-77812", returns=True)
    done = run_pass(book, actor=ANNE, today=TODAY)
    (match,) = done.matches
    assert (match.line_id, match.kind, match.state) == (back, "return", "booked")
    assert total_open(book) == amount
    prove(book)


def test_what_came_and_went_back_in_one_file_is_one_pass(book: Book, account: int) -> None:
    ((_client, number, amount),) = invoices(book, 1)
    came = add_line(book, account, MARCH, amount, f"Invoice {number}", end_to_end="E2E-77812")
    back = add_line(book, account, MARCH + timedelta(3), -amount, "Return", end_to_end="E2E-77812", returns=True)
    fee = add_line(book, account, MARCH + timedelta(3), -350, "Fee")
    done = run_pass(book, actor=ANNE, today=TODAY)
    assert [(one.line_id, one.kind, one.state) for one in done.matches] == [
        (came, "payment", "booked"),
        (back, "return", "booked"),
    ]
    assert (done.matched, done.unmatched, shown_line(book, fee).state) == (2, 1, "open")
    assert total_open(book) == amount
    prove(book)
    take_back(book, reconciliation_id=done.reconciliation_id, actor=ANNE, today=TODAY, reason="Try again")
    assert [shown_line(book, line).state for line in (came, back)] == ["open", "open"]
    assert total_open(book) == amount
    prove(book)
    anew = run_pass(book, actor=ANNE, today=TODAY)
    assert [(one.line_id, one.kind, one.state) for one in anew.matches] == [
        (came, "payment", "booked"),
        (back, "return", "booked"),
    ]
    prove(book)


def test_a_return_taken_back_leaves_its_line_the_payment_that_stands(book: Book, account: int) -> None:
    ((_client, number, amount),) = invoices(book, 1)
    came = add_line(book, account, MARCH, amount, f"Invoice {number}", end_to_end="E2E-77812")
    back = add_line(book, account, MARCH + timedelta(3), -amount, "Return", end_to_end="E2E-77812", returns=True)
    run_pass(book, actor=ANNE, today=TODAY)
    (again,) = take_back(book, line_ids=[back], actor=ANNE, today=TODAY, reason="Another's").payments
    assert total_open(book) == 0
    assert [one.payment for one in shown_line(book, came).matches] == [again]
    prove(book)
    take_back(book, line_ids=[came], actor=ANNE, today=TODAY, reason="Another's as well")
    assert total_open(book) == amount
    assert value(book, "SELECT coalesce(sum(open), 0) FROM open_credit") == 0
    prove(book)


def test_money_between_own_accounts_is_a_transfer(book: Book, account: int) -> None:
    other = add_account(book, "DE89370400440532013000")
    line = add_line(book, account, MARCH, -50_000, "To the savings", party_account="DE89 3704 0044 0532 0130 00")
    arrived = add_line(book, other, MARCH, 50_000, "From the office", party_account="DE02120300000000202051")
    done = run_pass(book, actor=ANNE, today=TODAY)
    assert {(one.line_id, one.kind, one.state) for one in done.matches} == {
        (line, "transfer", "booked"),
        (arrived, "transfer", "booked"),
    }
    assert rows(book, "SELECT id FROM payment") == []
    prove(book)


def test_proposals_after_a_booking(book: Book, account: int) -> None:
    client = add_client(book, "ACME", name="Acme Shipping AG")
    first, second = (add_invoice(book, client, JANUARY, (amount, 0)) for amount in (10_000, 20_000))
    others = invoices(book, 2)
    lines = [
        add_line(book, account, MARCH, 10_000, f"Invoice {first}"),
        add_line(book, account, MARCH, 20_000, "Acme Shipping", party="Acme Shipping AG"),
        add_line(book, account, MARCH, others[0][2], f"Invoice {others[0][1]}"),
    ]
    found = proposals(book, today=TODAY)
    best = found.best(lines[0])
    assert best is not None
    booked = book_line(book, lines[0], found.parts(best), actor=ANNE, today=TODAY)
    after = found.after(book, [booked])
    assert lines[0] not in after.lines
    assert after.of(lines[0]) == ()
    again = proposals(book, today=TODAY)
    assert {line: after.of(line) for line in lines} == {line: again.of(line) for line in lines}
    assert first not in {one.number for one in after.items.values()}
    assert second in {one.number for one in after.items.values()}


def test_what_a_person_chose(book: Book, account: int) -> None:
    client = add_client(book, "ACME")
    early = add_invoice(book, client, MARCH, (10_000, 0), terms="2% 14 days, net 30")
    late = add_invoice(book, client, JANUARY, (5_000, 0))
    line = add_line(book, account, MARCH, 14_790)
    found = proposals(book, today=TODAY)
    items = {one.number: one.id for one in found.items.values()}
    (part,) = chosen(found, line, [items[early], items[late]], write_off="Cents")
    assert part == Part(
        "payment",
        14_790,
        client_id=client,
        shares=(Share(items[early], 10_000), Share(items[late], 4_790, write_off=210)),
        reason="Cents",
    )
    exact = add_line(book, account, MARCH, 14_800)
    (part,) = chosen(proposals(book, today=TODAY), exact, [items[early], items[late]])
    assert part.shares == (Share(items[early], 9_800, discount=200), Share(items[late], 5_000))
    with pytest.raises(UserError, match="Choose an invoice"):
        chosen(found, line)
    with pytest.raises(UserError, match="not open any more"):
        chosen(found, line, [999])
    out = add_line(book, account, MARCH, -100)
    with pytest.raises(UserError, match="pays no invoice"):
        chosen(proposals(book, today=TODAY), out, [items[early]])


def test_a_pass_by_its_number(book: Book, account: int) -> None:
    with pytest.raises(UserError, match="B-2026-0009"):
        pass_numbered(book, "B-2026-0009")
