"""Reminder runs: each item once at a level, at the highest it has reached, with what is really to be asked for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from db.engine import Book
from db.schema import BankAccount, BankStatement, Client, ReminderItem
from desktop.domain.instalments import in_parts
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.delivery.deciding import cancel
from desktop.services.disputes import close_dispute, open_dispute
from desktop.services.dunning.holds import hold_client, hold_invoice, release_hold
from desktop.services.dunning.levels import Level, save_levels
from desktop.services.dunning.planning import Plan, cancel_run, plan_run, preview_run
from desktop.services.dunning.policies import save_policy
from desktop.services.dunning.rates import add_rate
from desktop.services.dunning.runs import reminders, reminders_of, run_named
from desktop.services.dunning.sending import SentRun, send_run
from desktop.services.merging import merge_clients
from desktop.services.payment_plans import agree_plan
from desktop.services.payments import record_payment
from desktop.services.promises import note_promise
from tests.books import new_book
from tests.contracts import rows, value
from tests.issued import ANNE, add_client, add_invoice
from tests.issued import add_rate as add_exchange_rate

# Invoices of 1 January are due on the 31st: day 7 is the 7th of February, day 14 the 14th, day 28 the 28th.
ISSUED = date(2026, 1, 1)
DAY_7, DAY_14, DAY_28 = date(2026, 2, 7), date(2026, 2, 14), date(2026, 2, 28)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


def owes(book: Book, code: str, *amounts: int, day: date = ISSUED, currency: str = "EUR") -> list[str]:
    client = value(book, "SELECT max(id) FROM client WHERE code = ?", code) or add_client(book, code, currency=currency)
    return [add_invoice(book, client, day, (amount, 0), currency=currency) for amount in amounts]


def go(book: Book, as_of: date) -> tuple[Plan, SentRun]:
    plan = plan_run(book, as_of=as_of, actor=ANNE)
    return plan, send_run(book, plan.run, actor=ANNE)


def told(plan: Plan) -> list[tuple[str, int, list[str], int, str]]:
    return [(one.code, one.level, [item.name for item in one.items], one.total, one.state) for one in plan.reminders]


def clean(book: Book) -> None:
    assert check(book).problems == ()


def test_everyone_is_reminded_once_at_each_level(book: Book) -> None:
    (number,) = owes(book, "ACME", 10_000)
    assert told(preview_run(book, as_of=date(2026, 2, 6))) == []
    for day, level in ((DAY_7, 1), (DAY_14, 2), (DAY_28, 3)):
        assert told(preview_run(book, as_of=day)) == [("ACME", level, [number], 10_000, "planned")]
        plan, sent = go(book, day)
        assert told(plan) == [("ACME", level, [number], 10_000, "planned")]
        assert (sent.sent, sent.failed) == (1, [])
        assert plan_run(book, as_of=day, actor=ANNE).run == ""
    assert plan_run(book, as_of=date(2027, 1, 1), actor=ANNE).run == ""
    assert rows(book, "SELECT letter, state FROM delivery WHERE letter <> ''") == [("reminder", "waiting")] * 3
    assert [one.number for one in (run_named(book, key) for key in (1, 2, 3))] == [
        "M-2026-0001",
        "M-2026-0002",
        "M-2026-0003",
    ]
    clean(book)


def test_missed_levels_are_caught_up_at_the_highest_only(book: Book) -> None:
    old, new = owes(book, "ACME", 10_000) + owes(book, "ACME", 5_000, day=date(2026, 1, 20))
    plan, _ = go(book, DAY_28)
    assert told(plan) == [("ACME", 3, [old, new], 15_000, "planned")]
    assert [(item.name, item.level, item.days) for item in plan.reminders[0].items] == [(old, 3, 28), (new, 1, 9)]
    clean(book)


def test_the_schema_lets_no_item_be_reminded_twice_at_a_level(book: Book) -> None:
    owes(book, "ACME", 10_000)
    plan, _ = go(book, DAY_7)
    item = plan.reminders[0].items[0]
    with pytest.raises(IntegrityError), change(book, ANNE, "Twice") as made:
        made.insert(
            ReminderItem,
            reminder_id=plan.reminders[0].id,
            open_item_id=item.item_id,
            level=item.level,
            days=7,
            open=1,
            disputed=0,
            interest=0,
            stands=True,
        )


def test_who_was_reminded_late_is_not_reminded_again_at_once(book: Book) -> None:
    owes(book, "ACME", 10_000)
    go(book, date(2026, 2, 13))
    assert told(preview_run(book, as_of=DAY_14)) == []
    assert told(preview_run(book, as_of=date(2026, 2, 20)))[0][1] == 2


def test_one_run_waits_at_a_time_and_a_cancelled_one_leaves_no_trace(book: Book) -> None:
    owes(book, "ACME", 10_000)
    first = plan_run(book, as_of=DAY_7, actor=ANNE)
    with pytest.raises(UserError, match=r"M-2026-0001 of .* is planned and not sent"):
        plan_run(book, as_of=DAY_7, actor=ANNE)
    cancel_run(book, first.run, actor=ANNE)
    assert run_named(book, first.run).state == "cancelled"
    with pytest.raises(UserError, match="was cancelled"):
        send_run(book, first.run, actor=ANNE)
    plan, sent = go(book, DAY_7)
    assert (plan.run, sent.sent) == ("M-2026-0002", 1)
    clean(book)


def test_what_was_paid_between_plan_and_letter_is_not_asked_for(book: Book) -> None:
    first, second = owes(book, "ACME", 10_000, 4_000)
    owes(book, "BOLT", 7_000)
    plan = plan_run(book, as_of=DAY_7, actor=ANNE)
    for number, amount in ((first, 10_000), (second, 1_000)):
        client = value(book, "SELECT client_id FROM invoice WHERE number = ?", number)
        record_payment(
            book,
            client_id=client,
            amount=amount,
            currency="EUR",
            paid_on=DAY_7,
            numbers=[number],
            actor=ANNE,
            today=DAY_7,
        )
    bolt = value(book, "SELECT id FROM client WHERE code = 'BOLT'")
    record_payment(book, client_id=bolt, amount=7_000, currency="EUR", paid_on=DAY_7, actor=ANNE, today=DAY_7)
    sent = send_run(book, plan.run, actor=ANNE)
    assert (sent.sent, sent.cancelled) == (1, 1)
    acme, other = reminders(book, plan.run)
    assert (acme.total, acme.state) == (3_000, "sent")
    assert [(item.name, item.stands) for item in acme.items] == [(first, False), (second, True)]
    assert (other.state, other.reason) == ("cancelled", "It was paid since the run was planned.")
    clean(book)


def test_a_letter_taken_back_from_the_outbox_reached_nobody(book: Book) -> None:
    (number,) = owes(book, "ACME", 10_000)
    _, sent = go(book, DAY_7)
    cancel(book, sent.deliveries, actor=ANNE)
    plan, again = go(book, DAY_7)
    assert told(plan) == [("ACME", 1, [number], 10_000, "planned")]
    assert again.sent == 1
    clean(book)


def test_credit_is_taken_off_and_may_cover_it_all(book: Book) -> None:
    owes(book, "ACME", 10_000)
    owes(book, "BOLT", 10_000)
    for code, amount in (("ACME", 4_000), ("BOLT", 10_000)):
        client = value(book, "SELECT id FROM client WHERE code = ?", code)
        record_payment(
            book,
            client_id=client,
            amount=amount,
            currency="EUR",
            paid_on=ISSUED,
            actor=ANNE,
            today=DAY_7,
            numbers=[],
            only_named=True,
        )
    acme, bolt = preview_run(book, as_of=DAY_7).reminders
    assert (acme.amount, acme.credit, acme.state) == (6_000, 4_000, "planned")
    assert (bolt.amount, bolt.credit, bolt.state) == (0, 10_000, "skipped")
    assert "covers it" in bolt.reason


def test_disputed_amounts_stay_out_and_come_back_when_the_matter_is_closed(book: Book) -> None:
    whole, part = owes(book, "ACME", 10_000, 8_000)
    open_dispute(book, whole, reason="hours", on=ISSUED, actor=ANNE, today=DAY_7)
    open_dispute(book, part, reason="price", amount=3_000, on=ISSUED, actor=ANNE, today=DAY_7)
    plan, _ = go(book, DAY_7)
    (one,) = plan.reminders
    assert ([item.name for item in one.items], one.amount, one.disputed) == ([part], 5_000, 3_000)
    assert f"{whole} is disputed." in one.reason
    close_dispute(book, whole, outcome="right", on=DAY_7, actor=ANNE, today=DAY_7)
    assert told(preview_run(book, as_of=date(2026, 2, 9))) == [("ACME", 1, [whole], 10_000, "planned")]
    clean(book)


def test_a_client_of_whom_all_is_disputed_is_held(book: Book) -> None:
    (number,) = owes(book, "ACME", 10_000)
    open_dispute(book, number, reason="hours", on=ISSUED, actor=ANNE, today=DAY_7)
    plan, sent = go(book, DAY_7)
    assert (plan.reminders[0].state, plan.reminders[0].reason) == ("held", f"{number} is disputed.")
    assert (sent.sent, sent.held) == (0, 1)
    clean(book)


def test_holds_keep_a_client_or_an_invoice_until_their_day(book: Book) -> None:
    (held,) = owes(book, "ACME", 10_000)
    one, other = owes(book, "BOLT", 5_000, 6_000)
    acme = value(book, "SELECT id FROM client WHERE code = 'ACME'")
    key = hold_client(book, acme, reason="talks", on=ISSUED, until=date(2026, 2, 10), actor=ANNE)
    hold_invoice(book, one, reason="new copy sent", on=ISSUED, actor=ANNE)
    with pytest.raises(UserError, match="held already"):
        hold_client(book, acme, reason="again", on=DAY_7, actor=ANNE)
    plan = preview_run(book, as_of=DAY_7)
    assert told(plan) == [("ACME", 1, [held], 10_000, "held"), ("BOLT", 1, [other], 6_000, "planned")]
    assert "talks" in plan.reminders[0].reason
    assert f"{one} is held: new copy sent" in plan.reminders[1].reason
    assert told(preview_run(book, as_of=date(2026, 2, 11)))[0][4] == "planned"
    release_hold(book, key, on=DAY_7, actor=ANNE)
    assert told(preview_run(book, as_of=DAY_7))[0][4] == "planned"


def test_what_is_held_or_disputed_after_the_day_of_a_planned_run_does_not_go(book: Book) -> None:
    later = date(2026, 2, 9)
    owes(book, "ACME", 10_000)
    (whole,) = owes(book, "BOLT", 6_000)
    (part,) = owes(book, "CORE", 5_000)
    (one, other) = owes(book, "DUSK", 3_000, 4_000)
    plan = plan_run(book, as_of=DAY_7, actor=ANNE)
    hold_client(book, plan.reminders[0].client_id, reason="talks", on=later, actor=ANNE)
    open_dispute(book, whole, reason="hours", on=later, actor=ANNE, today=later)
    open_dispute(book, part, reason="price", amount=1_000, on=later, actor=ANNE, today=later)
    hold_invoice(book, one, reason="new copy sent", on=later, actor=ANNE)
    sent = send_run(book, plan.run, actor=ANNE)
    assert (sent.sent, sent.held) == (2, 2)
    assert [(row.code, row.amount, row.state) for row in reminders(book, plan.run)] == [
        ("ACME", 10_000, "held"),
        ("BOLT", 6_000, "held"),
        ("CORE", 4_000, "sent"),
        ("DUSK", 4_000, "sent"),
    ]
    assert [item.name for item in reminders(book, plan.run)[3].items if item.stands] == [other]
    clean(book)


def test_a_promise_stops_reminders_until_its_day(book: Book) -> None:
    owes(book, "ACME", 10_000)
    client = value(book, "SELECT id FROM client WHERE code = 'ACME'")
    note_promise(
        book, client, amount=10_000, currency="EUR", promised_on=date(2026, 2, 10), actor=ANNE, today=date(2026, 2, 2)
    )
    held = preview_run(book, as_of=DAY_7).reminders[0]
    assert (held.state, held.reason) == ("held", "100.00 EUR was promised by 10 February 2026.")
    assert preview_run(book, as_of=date(2026, 2, 11)).reminders[0].state == "planned"


def test_small_amounts_are_skipped_in_any_currency(book: Book) -> None:
    save_policy(book, {"minimum": 1_000}, actor=ANNE)
    add_exchange_rate(book, "USD", date(2025, 1, 1), Decimal("0.5"))
    owes(book, "ACME", 999)
    owes(book, "BOLT", 1_000)
    owes(book, "COIL", 1_998, currency="USD")
    found = preview_run(book, as_of=DAY_7).reminders
    assert [(one.code, one.state) for one in found] == [("ACME", "skipped"), ("BOLT", "planned"), ("COIL", "skipped")]
    assert found[0].reason == "9.99 EUR is less than the 10.00 EUR from which on reminders are sent."


def test_fee_and_interest_of_a_level_are_asked_for_and_the_rates_named(book: Book) -> None:
    save_policy(book, {"interest": "statutory"}, actor=ANNE)
    save_levels(
        book,
        [Level(1, "First", 7), Level(2, "Second", 14, fee=500, interest=True), Level(3, "Last", 28, interest=True)],
        actor=ANNE,
    )
    owes(book, "ACME", 365_000)
    first, _ = go(book, DAY_7)
    assert (first.reminders[0].fee, first.reminders[0].interest) == (0, 0)
    second, _ = go(book, DAY_14)
    # 3,650.00 for 14 days at 10.27 % of a year of 365: 14.378.
    assert (second.reminders[0].fee, second.reminders[0].interest) == (500, 1_438)
    assert second.reminders[0].total == 365_000 + 500 + 1_438
    assert "§ 288 (2) BGB" in letter_text(book, second.reminders[0].id)
    clean(book)


def test_days_after_the_last_rate_are_told_and_not_guessed(book: Book) -> None:
    save_policy(book, {"interest": "statutory"}, actor=ANNE)
    owes(book, "ACME", 365_000, day=date(2026, 5, 31))
    # Due on 30 June: none of the 14 days has a rate.
    found = preview_run(book, as_of=date(2026, 7, 14)).reminders[0]
    assert found.interest == 0
    assert "rate of Germany for businesses is known until 30 June 2026" in found.reason
    add_rate(book, "DE", "business", date(2026, 7, 1), 100_000, actor=ANNE)
    found = preview_run(book, as_of=date(2026, 7, 14)).reminders[0]
    assert (found.interest, found.reason) == (1_400, "")


def test_a_notice_before_the_due_date_goes_alone_and_never_late(book: Book) -> None:
    save_levels(book, [Level(0, "Notice", -5), Level(1, "First", 7)], actor=ANNE)
    owes(book, "ACME", 10_000)
    plan, _ = go(book, date(2026, 1, 27))
    (one,) = plan.reminders
    assert (one.level, one.pay_by, one.items[0].days) == (0, date(2026, 1, 31), -4)
    said = letter_text(book, one.id)
    assert "will soon be due" in said
    assert "Days overdue" not in said
    assert told(preview_run(book, as_of=date(2026, 2, 1))) == []
    assert told(preview_run(book, as_of=DAY_7))[0][1] == 1
    # Once it is due, or beside a letter on what is late, it is too late for a friendly word.
    owes(book, "BOLT", 3_000)
    assert told(preview_run(book, as_of=date(2026, 2, 2))) == []
    clean(book)


def test_a_first_letter_at_the_last_level_does_not_tell_of_earlier_ones(book: Book) -> None:
    owes(book, "ACME", 10_000)
    plan = plan_run(book, as_of=DAY_28, actor=ANNE)
    said = letter_text(book, plan.reminders[0].id)
    assert "several times" not in said
    assert "legal steps" in said


def letter_text(book: Book, reminder_id: int) -> str:
    import pypdfium2

    from desktop.services.dunning.letters import reminder_letter
    from desktop.services.letters.files import letter_pdf

    document = pypdfium2.PdfDocument(letter_pdf(reminder_letter(book, reminder_id)))
    try:
        return " ".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_reminders_wait_for_bank_statements_unless_somebody_says_why(book: Book) -> None:
    save_policy(book, {"statements_within": 2}, actor=ANNE)
    owes(book, "ACME", 10_000)
    with pytest.raises(UserError, match="none were taken in"):
        plan_run(book, as_of=DAY_7, actor=ANNE)
    statement(book, date(2026, 2, 4))
    blocked = preview_run(book, as_of=DAY_7)
    assert "until 5 February 2026, and they reach 4 February 2026" in blocked.blocked
    assert blocked.reminders[0].state == "planned"
    plan = plan_run(book, as_of=DAY_7, actor=ANNE, override="the bank is closed")
    assert run_named(book, plan.run).override == "the bank is closed"
    cancel_run(book, plan.run, actor=ANNE)
    statement(book, date(2026, 2, 5))
    assert run_named(book, plan_run(book, as_of=DAY_7, actor=ANNE, override="not needed").run).override == ""


def statement(book: Book, until: date) -> None:
    account = value(book, "SELECT max(id) FROM bank_account") or None
    with change(book, ANNE, "Statement") as made:
        if account is None:
            account = made.insert(BankAccount, position=1, holder="Harbour", iban="DE02120300000000202051")
        made.insert(
            BankStatement,
            account_id=account,
            format="camt",
            currency="EUR",
            from_day=until,
            to_day=until,
            file_name="statement.xml",
            taken_at=made.at,
            actor=ANNE,
        )


def test_a_segment_can_be_left_alone_and_have_levels_of_its_own(book: Book) -> None:
    from desktop.services.segments import save_segment

    calm = save_segment(book, {"name": "Calm"}, actor=ANNE)
    public = save_segment(book, {"name": "Public"}, actor=ANNE)
    save_policy(book, {"active": False}, actor=ANNE, segment_id=calm)
    save_levels(book, [Level(1, "Only one", 20)], actor=ANNE, segment_id=public)
    for code, segment in (("ACME", calm), ("BOLT", public), ("COIL", None)):
        owes(book, code, 10_000)
        key = value(book, "SELECT id FROM client WHERE code = ?", code)
        with change(book, ANNE, "Segment") as made:
            made.update(Client, key, segment_id=segment)
    found = preview_run(book, as_of=DAY_14).reminders
    assert [(one.code, one.state, one.level) for one in found] == [("ACME", "skipped", 2), ("COIL", "planned", 2)]
    assert [one.level_name for one in preview_run(book, as_of=date(2026, 2, 20)).reminders][1] == "Only one"
    assert [one.code for one in preview_run(book, as_of=date(2026, 2, 20), segment_id=public).reminders] == ["BOLT"]


def test_a_letter_without_an_address_fails_and_is_planned_again(book: Book) -> None:
    save_levels(book, [Level(1, "By mail", 7, channel="email")], actor=ANNE)
    owes(book, "ACME", 10_000)
    plan, sent = go(book, DAY_7)
    assert sent.sent == 0
    assert sent.failed[0][0] == "ACME"
    assert "no e-mail address" in reminders(book, plan.run)[0].reason
    key = value(book, "SELECT id FROM client WHERE code = 'ACME'")
    with change(book, ANNE, "Address") as made:
        made.update(Client, key, email="acme@client.test")
    again, gone = go(book, DAY_7)
    assert gone.sent == 1
    assert [one.run for one in reminders_of(book, key)] == [again.run, plan.run]
    clean(book)


def test_letters_to_a_merged_client_go_to_the_one_that_stays(book: Book) -> None:
    owes(book, "ACME", 10_000)
    owes(book, "ACME2", 5_000)
    kept, gone = (value(book, "SELECT id FROM client WHERE code = ?", code) for code in ("ACME", "ACME2"))
    before = plan_run(book, as_of=DAY_7, actor=ANNE)
    merge_clients(book, kept, gone, actor=ANNE)
    assert send_run(book, before.run, actor=ANNE).sent == 2
    assert [(one.code, one.total) for one in reminders(book, before.run)] == [("ACME", 10_000), ("ACME", 5_000)]
    after = preview_run(book, as_of=DAY_14)
    assert [(one.code, one.total) for one in after.reminders] == [("ACME", 15_000)]
    clean(book)


def test_a_stopped_run_goes_on_where_it_was_left(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.services.dunning import sending

    monkeypatch.setattr(sending, "CHUNK", 2)
    for place in range(5):
        owes(book, f"C{place}", 10_000)
    plan = plan_run(book, as_of=DAY_7, actor=ANNE)

    def stop(done: int, _total: int, _text: str) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_run(book, plan.run, actor=ANNE, report=stop)
    assert run_named(book, plan.run).counts == {"sent": 2, "planned": 3}
    assert send_run(book, plan.run, actor=ANNE).sent == 3
    assert send_run(book, plan.run, actor=ANNE).sent == 0
    assert value(book, "SELECT count(*) FROM delivery WHERE letter = 'reminder'") == 5
    clean(book)


def test_a_payment_plan_is_reminded_by_its_own_days(book: Book) -> None:
    (number,) = owes(book, "ACME", 10_000)
    parts = in_parts(10_000, [date(2026, 3, 1), date(2026, 4, 1)])
    agree_plan(book, [number], parts, on=date(2026, 2, 1), reason="asked", actor=ANNE, today=date(2026, 2, 1))
    assert told(preview_run(book, as_of=DAY_28)) == []
    plan, _ = go(book, date(2026, 3, 8))
    assert told(plan) == [("ACME", 1, [f"{number}/2"], 5_000, "planned")]
    clean(book)


@pytest.mark.parametrize(
    "harm, said",
    [
        ("UPDATE reminder SET amount = amount + 1", "yet its items come to"),
        ("UPDATE reminder SET interest = 5", "of interest, yet that of its items is"),
        ("UPDATE reminder SET delivery_id = NULL", "yet the outbox has no letter of it"),
        ("UPDATE reminder_item SET days = 9", "is told to be 9 days past due"),
        ("UPDATE reminder SET currency = 'USD'", "is not of this client and currency"),
        ("UPDATE reminder SET state = 'planned'", "the run is over"),
    ],
)
def test_the_check_finds_what_was_changed_by_hand(book: Book, harm: str, said: str) -> None:
    owes(book, "ACME", 10_000)
    go(book, DAY_7)
    with book.writing() as session:
        session.connection().exec_driver_sql(harm)
    found = [one for one in check(book).problems if one.what == "reminder"]
    assert any(said in one.detail for one in found), found
