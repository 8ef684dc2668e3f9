"""What people decide about reminders: hold, release, skip, another level; claims, escalation, statements, levels."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Client, Item
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.delivery.mail.edits import whole_mails
from desktop.services.disputes import assign_dispute, disputes_of, open_dispute
from desktop.services.dunning.claims import bill_claims, claims, waive_claims
from desktop.services.dunning.escalations import escalations
from desktop.services.dunning.levels import Level, has_own_levels, levels, save_levels
from desktop.services.dunning.planning import plan_run, preview_run
from desktop.services.dunning.policies import PROGRAM, policy, policy_parts, save_policy
from desktop.services.dunning.rates import add_rate, delete_rate, rate_rows
from desktop.services.dunning.reviewing import change_reminder, decide
from desktop.services.dunning.runs import reminder_row, reminders
from desktop.services.dunning.sending import send_run
from desktop.services.dunning.statement_run import statement_run
from desktop.services.problems import ValidationError
from desktop.services.promises import note_promise
from desktop.services.today import today
from tests.books import new_book
from tests.contracts import rows, value
from tests.issued import ANNE, add_client, add_invoice

ISSUED = date(2026, 1, 1)
DAY_7, DAY_14, DAY_28 = date(2026, 2, 7), date(2026, 2, 14), date(2026, 2, 28)
STEEP = (Level(1, "First", 7), Level(2, "Second", 14, fee=500, interest=True), Level(3, "Last", 28, fee=900))


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = new_book(tmp_path)
    for code in ("ACME", "BOLT"):
        add_invoice(book, add_client(book, code), ISSUED, (365_000, 0))
    return book


def planned(book: Book, day: date = DAY_7) -> dict[str, int]:
    return {one.code: one.id for one in plan_run(book, as_of=day, actor=ANNE).reminders}


def go(book: Book, day: date) -> str:
    run = plan_run(book, as_of=day, actor=ANNE).run
    send_run(book, run, actor=ANNE)
    return run


def test_what_is_held_or_skipped_does_not_go_and_comes_again(book: Book) -> None:
    ids = planned(book)
    assert decide(book, [ids["ACME"]], "hold", actor=ANNE, note="calls on Monday") == 1
    assert decide(book, [ids["BOLT"]], "skip", actor=ANNE) == 1
    held = reminder_row(book, ids["ACME"])
    assert (held.state, held.note, held.decided_by, held.items[0].stands) == ("held", "calls on Monday", ANNE, False)
    done = send_run(book, held.run, actor=ANNE)
    assert (done.sent, done.held, done.skipped) == (0, 1, 1)
    with pytest.raises(UserError, match="was sent already"):
        decide(book, [ids["ACME"]], "release", actor=ANNE)
    assert [one.state for one in preview_run(book, as_of=DAY_7).reminders] == ["planned", "planned"]
    assert check(book).problems == ()


def test_what_a_person_releases_goes_in_spite_of_a_promise(book: Book) -> None:
    client = value(book, "SELECT id FROM client WHERE code = 'ACME'")
    note_promise(book, client, amount=1_000, currency="EUR", promised_on=DAY_14, actor=ANNE, today=date(2026, 2, 2))
    ids = planned(book)
    assert reminder_row(book, ids["ACME"]).state == "held"
    decide(book, [ids["ACME"]], "release", actor=ANNE)
    assert send_run(book, 1, actor=ANNE).sent == 2
    assert check(book).problems == ()


def test_another_level_brings_its_fee_and_its_interest(book: Book) -> None:
    save_policy(book, {"interest": "fixed", "interest_rate": 100_000}, actor=ANNE)
    save_levels(book, STEEP, actor=ANNE)
    ids = planned(book)
    changed = change_reminder(book, ids["ACME"], actor=ANNE, level=2)
    # 3,650.00 for 7 days at 10 %.
    assert (changed.level, changed.fee, changed.interest, changed.items[0].level) == (2, 500, 700, 2)
    changed = change_reminder(book, ids["ACME"], actor=ANNE, fee=0, interest=False, pay_by=DAY_28, channel="print")
    assert (changed.fee, changed.interest, changed.pay_by, changed.channel) == (0, 0, DAY_28, "print")
    send_run(book, changed.run, actor=ANNE)
    sent = reminder_row(book, ids["ACME"])
    assert (sent.state, sent.level, sent.total, sent.pay_by) == ("sent", 2, 365_000, DAY_28)
    assert value(book, "SELECT channel FROM delivery WHERE id = ?", sent.delivery_id) == "print"
    # It had the second level: the next is the third.
    assert [one.level for one in preview_run(book, as_of=DAY_28).reminders if one.code == "ACME"] == [3]
    assert check(book).problems == ()


@pytest.mark.parametrize(
    "change_, said",
    [
        ({"level": 9}, "no level 9"),
        ({"channel": "pigeon"}, "no way of delivery"),
        ({"fee": -1}, "below zero"),
        ({"pay_by": ISSUED}, "lies before the reminder"),
    ],
)
def test_what_a_letter_cannot_be_is_said(book: Book, change_: dict[str, object], said: str) -> None:
    ids = planned(book)
    with pytest.raises(UserError, match=said):
        change_reminder(book, ids["ACME"], actor=ANNE, **change_)  # type: ignore[arg-type]


def test_claims_add_fees_and_take_the_last_interest(book: Book) -> None:
    save_policy(book, {"interest": "fixed", "interest_rate": 100_000}, actor=ANNE)
    save_levels(book, (*STEEP[:2], Level(3, "Last", 28, fee=900, interest=True)), actor=ANNE)
    acme = value(book, "SELECT id FROM client WHERE code = 'ACME'")
    for day in (DAY_7, DAY_14, DAY_28):
        go(book, day)
    claim, other = claims(book)
    assert (claim.code, claim.fee, claim.interest, claim.until) == ("ACME", 1_400, 2_800, DAY_28)
    assert claims(book, client_id=acme) == (claim,)
    waive_claims(book, acme, "EUR", actor=ANNE)
    assert claims(book) == (other,)
    with pytest.raises(UserError, match="No fee or interest in EUR"):
        waive_claims(book, acme, "EUR", actor=ANNE)
    assert check(book).problems == ()


def test_waived_interest_is_not_asked_for_by_the_next_letter(book: Book) -> None:
    save_policy(book, {"interest": "fixed", "interest_rate": 100_000}, actor=ANNE)
    save_levels(book, (Level(1, "First", 7, interest=True), Level(2, "Second", 14, interest=True)), actor=ANNE)
    go(book, DAY_7)
    waive_claims(book, value(book, "SELECT id FROM client WHERE code = 'ACME'"), "EUR", actor=ANNE)
    assert [one.interest for one in preview_run(book, as_of=DAY_14).reminders] == [700, 1_400]


def test_claims_are_billed_once_by_an_item_of_the_catalogue(book: Book) -> None:
    save_levels(book, (Level(1, "First", 7, fee=500),), actor=ANNE)
    go(book, DAY_7)
    acme = value(book, "SELECT id FROM client WHERE code = 'ACME'")
    with change(book, ANNE, "Item") as made:
        tax = made.connection.exec_driver_sql("SELECT id FROM tax_code WHERE code = 'standard'").scalar_one()
        made.insert(Item, code="LATE", name="Late payment", unit="unit", tax_code_id=tax)
    with pytest.raises(UserError, match="which item"):
        bill_claims(book, acme, "EUR", item="", actor=ANNE, today=DAY_14)
    with pytest.raises(UserError, match="no item with the code"):
        bill_claims(book, acme, "EUR", item="NOPE", actor=ANNE, today=DAY_14)
    assert [one.code for one in claims(book)] == ["ACME", "BOLT"]
    _run, draft = bill_claims(book, acme, "EUR", item="late", actor=ANNE, today=DAY_14)
    assert value(book, "SELECT net FROM draft WHERE id = ?", draft) == 500
    assert [one.code for one in claims(book)] == ["BOLT"]
    with pytest.raises(UserError, match="No fee or interest"):
        bill_claims(book, acme, "EUR", item="LATE", actor=ANNE, today=DAY_14)


def test_who_had_the_last_level_and_still_owes_is_to_be_escalated(book: Book) -> None:
    go(book, DAY_28)
    assert escalations(book, date(2026, 3, 13)) == ()
    found = escalations(book, date(2026, 3, 14))
    assert [(one.code, one.open, one.level, one.days) for one in found] == [
        ("ACME", 365_000, 3, 14),
        ("BOLT", 365_000, 3, 14),
    ]
    number = value(book, "SELECT number FROM invoice ORDER BY id LIMIT 1")
    open_dispute(book, number, reason="hours", on=DAY_28, actor=ANNE, today=date(2026, 3, 14))
    client = value(book, "SELECT id FROM client WHERE code = 'BOLT'")
    note_promise(
        book, client, amount=1, currency="EUR", promised_on=date(2026, 3, 20), actor=ANNE, today=date(2026, 3, 14)
    )
    assert escalations(book, date(2026, 3, 14)) == ()
    assert [one.code for one in escalations(book, date(2026, 3, 21))] == ["BOLT"]
    kinds = {item.kind for item in today(book, date(2026, 3, 21), "2026-03-21T08:00:00Z").items}
    assert "escalation" in kinds


def test_today_tells_of_reminders_that_are_due_and_of_a_run_that_waits(book: Book) -> None:
    def kinds() -> list[tuple[str, str]]:
        found = today(book, DAY_7, "2026-02-07T08:00:00Z").items
        return [(one.kind, one.sentence) for one in found if one.kind.startswith("reminder")]

    assert kinds() == [("reminders", "2 reminders are due")]
    planned(book)
    assert kinds() == [("reminder_run", "Reminder run M-2026-0001 waits with 2 letters")]
    send_run(book, 1, actor=ANNE)
    assert kinds() == []


def test_a_dispute_has_an_owner_and_a_day_that_today_tells(book: Book) -> None:
    from db.schema import Person

    with change(book, ANNE, "Person") as made:
        made.insert(Person, name="Ben")
    number = value(book, "SELECT number FROM invoice ORDER BY id LIMIT 1")
    open_dispute(book, number, reason="hours", on=ISSUED, actor=ANNE, today=DAY_7, category="quantity")
    assign_dispute(book, number, actor=ANNE, owner="Ben", due_on=DAY_7)
    (one,) = disputes_of(book, number)
    assert (one.category, one.owner, one.due_on) == ("quantity", "Ben", DAY_7)
    (item,) = [one for one in today(book, DAY_7, "2026-02-07T08:00:00Z").items if one.kind == "dispute_due"]
    assert (item.owner, item.due) == ("Ben", DAY_7)
    for wrong, said in (
        ({"category": "weather"}, "is not one of"),
        ({"owner": "Nobody"}, "no person"),
        ({"due_on": date(2025, 1, 1)}, "lies before the dispute"),
    ):
        with pytest.raises(UserError, match=said):
            assign_dispute(book, number, actor=ANNE, **wrong)


def test_a_statement_run_makes_one_mail_a_client_with_all_open_documents(book: Book) -> None:
    for code, key in rows(book, "SELECT code, id FROM client"):
        with change(book, ANNE, "Mail") as made:
            made.update(Client, key, email=f"{code}@client.test")
    acme = value(book, "SELECT id FROM client WHERE code = 'ACME'")
    add_invoice(book, acme, date(2026, 1, 20), (1_000, 0))
    add_invoice(book, acme, date(2026, 1, 21), (2_000, 0), currency="USD")
    done = statement_run(book, as_of=DAY_7, actor=ANNE)
    assert (done.clients, len(done.deliveries), done.refused) == (2, 2, [])
    mails = whole_mails(book, done.deliveries, today=DAY_7)
    names = [[one.name for one in mail.enclosures] for mail in mails]
    numbers = [number for (number,) in rows(book, "SELECT number FROM invoice WHERE client_id = ? ORDER BY id", acme)]
    assert len(mails) == 2
    assert names[0][2:] == [f"{number}.pdf" for number in numbers]
    assert "USD" in names[0][1]
    again = statement_run(book, as_of=DAY_7, actor=ANNE)
    assert (again.clients, len(again.refused)) == (0, 2)
    assert "waits in the outbox already" in again.refused[0][1]
    facts = json.loads(value(book, "SELECT facts FROM delivery WHERE id = ?", done.deliveries[1]))
    assert len(facts["enclose"]) == 1
    assert check(book).problems == ()


def test_levels_keep_their_numbers_when_others_come_and_go(book: Book) -> None:
    assert [(one.level, one.days) for one in levels(book)] == [(1, 7), (2, 14), (3, 28)]
    assert not has_own_levels(book)
    go(book, DAY_14)
    first, second, last = levels(book)
    # One before them, and one between: who had the second has the third now, and gets no level twice.
    kept = save_levels(book, [first, Level(0, "Between", 10), second, last, Level(0, "Notice", -3)], actor=ANNE)
    assert [(one.level, one.days) for one in kept] == [(0, -3), (1, 7), (2, 10), (3, 14), (4, 28)]
    assert [one.level for one in reminders(book, 1)] == [3, 3]
    assert [item.level for one in reminders(book, 1) for item in one.items] == [3, 3]
    assert preview_run(book, as_of=date(2026, 2, 20)).reminders == ()
    assert [one.level for one in preview_run(book, as_of=DAY_28).reminders] == [4, 4]
    # Without the first the others stay what they were.
    assert [one.level for one in save_levels(book, kept[2:], actor=ANNE)] == [2, 3, 4]
    assert save_levels(book, [], actor=ANNE) == ()
    assert [one.level for one in levels(book)] == [1, 2, 3]


def test_what_a_level_cannot_be_is_told_at_its_field(book: Book) -> None:
    wrong = [
        Level(1, "", 7, texts={"": "{nonsense}"}),
        Level(2, "Second", 7, days_to_pay=-1),
        Level(3, "Last", 99_999, fee=-1, channel="pigeon"),
        Level(0, "Notice", -3, fee=100),
    ]
    with pytest.raises(ValidationError) as refused:
        save_levels(book, wrong, actor=ANNE)
    assert list(refused.value.fields) == [
        "levels.0.name",
        "levels.0.texts",
        "levels.1.days",
        "levels.1.days_to_pay",
        "levels.2.days",
        "levels.2.channel",
        "levels.2.fee",
        "levels.3.fee",
    ]


def test_a_segment_inherits_what_it_does_not_say(book: Book) -> None:
    from desktop.services.segments import delete_segment, save_segment

    segment = save_segment(book, {"name": "Public"}, actor=ANNE)
    assert policy(book) == PROGRAM
    save_policy(book, {"minimum": 500, "interest": "statutory"}, actor=ANNE)
    save_policy(book, {"interest": "none"}, actor=ANNE, segment_id=segment)
    assert (policy(book, segment).interest, policy(book, segment).minimum) == ("none", 500)
    parts = policy_parts(book, segment)
    assert [parts[name].source for name in ("interest", "minimum", "day_count")] == ["segment", "firm", "program"]
    save_policy(book, {"interest": None}, actor=ANNE, segment_id=segment)
    assert policy(book, segment).interest == "statutory"
    with pytest.raises(ValidationError) as refused:
        save_policy(book, {"day_count": "31/365", "interest": "usury", "minimum": -1}, actor=ANNE)
    assert set(refused.value.fields) == {"day_count", "interest", "minimum"}
    save_levels(book, [Level(1, "Only", 20)], actor=ANNE, segment_id=segment)
    delete_segment(book, segment, actor=ANNE)
    assert rows(book, "SELECT 1 FROM dunning_level") == []
    assert rows(book, "SELECT 1 FROM dunning_policy WHERE scope = 'segment'") == []


def test_own_rates_are_entered_once_a_day_and_taken_away(book: Book) -> None:
    key = add_rate(book, "de", "business", date(2026, 7, 1), 101_000, actor=ANNE)
    assert add_rate(book, "DE", "business", date(2026, 7, 1), 102_000, actor=ANNE) == key
    newest = rate_rows(book, "DE")[0]
    assert (newest.rate, newest.valid_until, newest.own_id, newest.law) == (102_000, date(2026, 12, 31), key, "")
    assert "§ 288" in rate_rows(book, "DE")[1].law
    delete_rate(book, key, actor=ANNE)
    assert rate_rows(book, "DE")[0].valid_until == date(2026, 6, 30)
    for country, who, rate, said in (
        ("XX", "business", 1, "code of a country"),
        ("DE", "cat", 1, "is not one of"),
        ("DE", "business", 2_000_000, "no rate of interest"),
    ):
        with pytest.raises(UserError, match=said):
            add_rate(book, country, who, date(2026, 7, 1), rate, actor=ANNE)
