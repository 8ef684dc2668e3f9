"""Two clients become one with all that belongs to them, and part again while nothing was built on it."""

from datetime import date
from decimal import Decimal

import pytest

from db.schema import Address, Agreement, Client, Contact, RuleSetting, Segment
from desktop.errors import UserError
from desktop.services.accounts import account
from desktop.services.aging import aging_at
from desktop.services.agreements import agreement
from desktop.services.changes import change, undo
from desktop.services.check import check
from desktop.services.clients import archive_client, client, client_id, delete_client, restore_client
from desktop.services.credit_use import apply_credit
from desktop.services.credits import credit_invoice
from desktop.services.lists.clients import ClientList, client_facts
from desktop.services.lists.invoices import InvoiceList
from desktop.services.lists.payments import PaymentList
from desktop.services.merging import merge_clients
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payment_suggestions import suggest_payment
from desktop.services.payments import record_payment
from desktop.services.problems import ValidationError
from desktop.services.rates import rates, set_rate
from desktop.services.reports import report
from desktop.services.rules import set_rule
from desktop.services.runs import Scope, explain
from desktop.services.unbilled import unbilled
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.issued import add_invoice
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


@pytest.fixture
def told(book):
    return Contracts(book)


@pytest.fixture
def two(told):
    """(the one that stays, the one that goes)."""
    keep = told.client("C1", name="Nordlicht Energie GmbH", email="office@nordlicht.de", postcode="53111")
    return keep, told.client(
        "C2", name="Nordlicht Energie", email="anna@nordlicht.de", contact="Anna", postcode="53111"
    )


def _clean(book):
    assert check(book).problems == ()


def _price(book, item, owner, price, currency="EUR"):
    first = date(2026, 1, 1)
    tiers = [(None, Decimal(price))]
    set_rate(book, item, valid_from=first, tiers=tiers, currency=currency, client_id=owner, actor=ANNE)


def _state(book):
    """Everything that a merge may touch, for comparing before with after."""
    tables = [
        "client",
        "agreement",
        "agreement_line",
        "contact",
        "address",
        "rate",
        "rule_setting",
        "time_entry",
        "one_off",
    ]
    return {table: rows(book, f"SELECT * FROM {table} ORDER BY id") for table in tables}


def test_what_lives_moves_and_comes_back(book, told, two):
    keep, absorb = two
    running = told.agreement(absorb, "A2")
    ended = told.agreement(absorb, "A3", end_date="2026-02-01", active=False)
    hours = told.hours(absorb, running, "2026-03-02", "2")
    loose = told.hours(absorb, None, "2026-03-02", "1")
    charge = told.one_off(absorb, None, "2026-03-05", "40")
    set_rate(
        book, told.item(), valid_from=TODAY, tiers=[(None, Decimal(9))], currency="EUR", client_id=absorb, actor=ANNE
    )
    with change(book, ANNE, "More") as made:
        bea = made.insert(Contact, client_id=absorb, name="Bea", email="bea@nordlicht.de", gets_invoices=True)
        hall = made.insert(Address, client_id=absorb, kind="delivery", street="Hafen 1", city="Kiel", country="DE")
        rule = made.insert(RuleSetting, code="amount_above", scope="client", scope_id=absorb, enabled=False)
    before = _state(book)
    merged = merge_clients(book, keep, absorb, actor=ANNE)
    assert merged.moved == {
        "agreement": 2, "contact": 2, "address": 1, "rate": 1, "rule_setting": 1, "time_entry": 2, "one_off": 1,
        "template_choice": 0,
    }  # fmt: skip
    owners = {
        table: dict(rows(book, f"SELECT id, client_id FROM {table}"))
        for table in ("agreement", "time_entry", "one_off", "contact", "address")
    }
    assert owners["agreement"] == {running: keep, ended: keep}
    assert owners["time_entry"] == {hours: keep, loose: keep}
    assert owners["one_off"] == {charge: keep}
    assert owners["address"] == {hall: keep}
    assert owners["contact"][bea] == keep
    assert value(book, "SELECT name FROM contact WHERE client_id = ? AND email = 'anna@nordlicht.de'", keep) == "Anna"
    assert value(book, "SELECT scope_id FROM rule_setting WHERE id = ?", rule) == keep
    assert [row["client_id"] for row in rates(book)] == [keep]
    gone = client(book, absorb)
    assert (gone["merged_into_id"], gone["active"], gone["name"], gone["code"]) == (
        keep,
        False,
        "Nordlicht Energie",
        "C2",
    )
    _clean(book)
    undo(book, ANNE)
    assert _state(book) == before
    _clean(book)


def test_gaps_are_filled_and_what_stands_stays(book, told, two):
    keep, absorb = two
    told.update(Client, absorb, phone="0228 1", iban="DE89370400440532013000", note="Calls late", po_required=True)
    merged = merge_clients(book, keep, absorb, actor=ANNE)
    one = client(book, keep)
    assert (one["name"], one["email"]) == ("Nordlicht Energie GmbH", "office@nordlicht.de")
    assert (one["phone"], one["iban"], one["note"], one["po_required"]) == (
        "0228 1",
        "DE89370400440532013000",
        "Calls late",
        True,
    )
    assert set(merged.fields) == {"contact", "phone", "iban", "note", "po_required"}


def test_a_mandate_comes_whole_or_not_at_all(book, told, two):
    keep, absorb = two
    signed = {"mandate": "M-7", "mandate_date": date(2026, 1, 5), "mandate_scheme": "B2B"}
    told.update(Client, keep, mandate="M-1")
    told.update(Client, absorb, **signed, routing="021000021", account_number="0123", account_kind="savings")
    merged = merge_clients(book, keep, absorb, actor=ANNE)
    assert set(merged.fields) == {"contact", "routing", "account_number", "account_kind"}
    undo(book, ANNE)
    told.update(Client, keep, mandate="")
    merge_clients(book, keep, absorb, actor=ANNE)
    assert client(book, keep).items() >= signed.items()


def test_fields_are_chosen_one_by_one(book, two):
    keep, absorb = two
    merge_clients(book, keep, absorb, take=["name"], actor=ANNE)
    one = client(book, keep)
    assert (one["name"], one["email"], one["contact"]) == ("Nordlicht Energie", "office@nordlicht.de", "")


def test_a_field_that_nobody_can_choose(book, two):
    with pytest.raises(UserError, match="There is no field code"):
        merge_clients(book, *two, take=["code"], actor=ANNE)


def test_fields_that_do_not_go_together_are_refused(book, told):
    keep = told.client("C1")
    absorb = told.client("C2", delivery="email", email="anna@nordlicht.de")
    with pytest.raises(ValidationError) as refused:
        merge_clients(book, keep, absorb, take=["delivery"], actor=ANNE)
    assert set(refused.value.fields) == {"email"}
    assert client(book, absorb)["merged_into_id"] is None


def test_contacts_of_one_mailbox_are_joined(book, two):
    keep, absorb = two
    with change(book, ANNE, "Contacts") as made:
        mine = made.insert(Contact, client_id=keep, name="Bea B.", email="Bea@nordlicht.de")
        made.insert(Contact, client_id=absorb, name="Bea", email="bea@nordlicht.de", phone="1", gets_invoices=True)
        made.insert(Contact, client_id=absorb, name="Bea", email="bea@nordlicht.de", gets_reminders=True)
    merge_clients(book, keep, absorb, actor=ANNE)
    (bea,) = [row for row in client(book, keep)["contacts"] if row["id"] == mine]
    assert (bea["name"], bea["phone"]) == ("Bea B.", "1")
    assert (bea["gets_invoices"], bea["gets_reminders"]) == (True, True)
    assert [row["name"] for row in client(book, keep)["contacts"]] == ["Bea B.", "Anna"]


def test_own_prices_of_the_one_come_before_those_of_the_other(book, told, two):
    keep, absorb = two
    item = told.item()
    _price(book, item, keep, 100)
    _price(book, item, absorb, 80)
    _price(book, item, absorb, 70, "USD")
    merged = merge_clients(book, keep, absorb, actor=ANNE)
    assert merged.moved["rate"] == 1
    assert [sentence for sentence in merged.stayed if "EUR" in sentence] == merged.stayed
    mine = {(row["currency"], row["price"]) for row in rates(book, client_id=keep)}
    assert mine == {("EUR", Decimal(100)), ("USD", Decimal(70))}


def test_rules_of_the_one_come_before_those_of_the_other(book, two):
    keep, absorb = two
    for owner, enabled in ((keep, True), (absorb, False)):
        set_rule(book, "amount_above", enabled=enabled, actor=ANNE, scope="client", scope_id=owner)
    merged = merge_clients(book, keep, absorb, actor=ANNE)
    assert merged.moved["rule_setting"] == 0
    assert value(book, "SELECT enabled FROM rule_setting WHERE scope_id = ?", keep) == 1


# What was issued counts for the one that stays


@pytest.fixture
def owing(book, two):
    """The one that goes owes 119 since January, the one that stays 238 since March."""
    keep, absorb = two
    add_invoice(book, absorb, date(2026, 1, 5), (10_000, 19))
    add_invoice(book, keep, date(2026, 3, 5), (20_000, 19))
    merge_clients(book, keep, absorb, actor=ANNE)
    return keep, absorb


def _numbers(book):
    return [row[0] for row in rows(book, "SELECT number FROM invoice ORDER BY id")]


def test_aging_and_account_are_of_both(book, owing):
    keep, absorb = owing
    (row,) = aging_at(book, TODAY)
    assert (row.client_id, row.current, row.d31_60, row.total) == (keep, 23_800, 11_900, 35_700)
    assert aging_at(book, TODAY, client_id=absorb) == [row]
    (earlier,) = aging_at(book, date(2026, 2, 1))
    assert (earlier.client_id, earlier.total) == (keep, 11_900)
    for one in (keep, absorb):
        (page,) = account(book, one, until=TODAY)
        assert (page.client_id, page.balance, len(page.rows)) == (keep, 35_700, 2)
    prove(book)


def test_lists_and_reports_answer_to_either_code(book, owing):
    keep, absorb = owing
    assert client_id(book, "c2") == client_id(book, "C1") == keep
    for one in owing:
        assert len(InvoiceList(book, TODAY).ids("", frozenset({f"client:{one}"}), "", False)) == 2
    assert len(InvoiceList(book, TODAY).ids("GmbH", frozenset(), "", False)) == 2
    for code in ("C1", "C2"):
        assert [row["client"] for row in report(book, "aging", as_of=TODAY, client_code=code).rows] == ["C1"]
        assert len(report(book, "statement", as_of=TODAY, client_code=code).rows) == 2
        assert len(report(book, "journal", as_of=TODAY, client_code=code).rows) == 6
    listing = ClientList(book, TODAY)
    assert listing.ids("", frozenset({"overdue"}), "", False) == [keep]
    shown = listing.rows([keep, absorb])
    assert (shown[keep]["open"], shown[keep]["overdue"]) == (35_700, 11_900)
    assert (shown[absorb]["open"], shown[absorb]["state"], shown[absorb]["merged_into"]) == (0, "merged", "C1")
    assert listing.totals([keep, absorb]) == listing.totals([keep]) == {"EUR": 35_700}
    facts = client_facts(book, TODAY)
    assert (facts.active, facts.counts["owing"], facts.overdue) == (1, 1, {"EUR": 11_900})
    assert listing.ids("", frozenset({"archived"}), "open", True) == [absorb]


def test_one_pays_what_the_other_owes(book, owing):
    keep, absorb = owing
    old, new = _numbers(book)
    suggested = suggest_payment(book, client_id=keep, currency="EUR", amount=0, paid_on=TODAY)
    assert [item.number for item in suggested.items] == [old, new]
    paid = record_payment(book, amount=30_000, paid_on=TODAY, client_id=absorb, actor=ANNE, today=TODAY)
    assert (paid.client_id, paid.allocated) == (keep, ((old, 11_900), (new, 18_100)))
    named = record_payment(book, amount=6_000, paid_on=TODAY, numbers=[old, new], actor=ANNE, today=TODAY)
    assert (named.client_id, named.unapplied) == (keep, 300)
    assert len(PaymentList(book).ids("", frozenset({f"client:{absorb}"}), "", False)) == 2
    prove(book)


def test_credit_of_one_settles_invoices_of_the_other(book, told, two):
    keep, absorb = two
    record_payment(book, amount=5_000, paid_on=date(2026, 1, 2), client_id=absorb, actor=ANNE, today=TODAY)
    number = add_invoice(book, keep, date(2026, 3, 5), (20_000, 19))
    with pytest.raises(UserError, match="another client"):
        apply_credit(book, client_id=keep, on=TODAY, source="P-2026-0001", actor=ANNE, today=TODAY)
    merge_clients(book, keep, absorb, actor=ANNE)
    (used,) = apply_credit(book, client_id=keep, on=TODAY, source="P-2026-0001", actor=ANNE, today=TODAY)
    assert (used.number, used.amount) == (number, 5_000)
    prove(book)


# A run


def test_a_run_bills_the_one_and_judges_both(book, told, two):
    keep, absorb = two
    told.agreement(keep, "A1")
    told.agreement(absorb, "A2")
    told.update(Client, keep, credit_limit=30_000)
    add_invoice(book, absorb, date(2026, 1, 5), (20_000, 19))
    merge_clients(book, keep, absorb, actor=ANNE)
    told.bill("2026-03-31", scope=Scope(clients=["C2"]))
    found = rows(book, "SELECT d.client_id, f.code, f.message FROM finding f JOIN draft d ON d.id = f.draft_id")
    assert {row[0] for row in found} == {keep}
    assert {"credit_limit"} <= {row[1] for row in found}
    run = value(book, "SELECT number FROM run")
    assert [row.client for row in explain(book, run, "C2")] == ["C1", "C1"]


def test_overdue_days_count_for_the_one(book, told, two):
    keep, absorb = two
    told.agreement(keep, "A1")
    add_invoice(book, absorb, date(2025, 10, 5), (20_000, 19))
    merge_clients(book, keep, absorb, actor=ANNE)
    told.bill("2026-03-31")
    assert "client_overdue" in {row[0] for row in rows(book, "SELECT code FROM finding")}


def test_work_freed_by_a_credit_note_goes_to_the_one(book, told, two):
    keep, absorb = two
    told.one_off(absorb, None, "2026-02-05", "40")
    running = told.agreement(absorb, "A2", {"kind": "time", "unit_price": "50"})
    told.hours(absorb, running, "2026-02-03", "2")
    told.bill("2026-02-28")
    merge_clients(book, keep, absorb, actor=ANNE)
    for number in _numbers(book):
        credit_invoice(book, number, reason="wrong", actor=ANNE, today=date(2026, 3, 1), release=True)
    assert {row.client for row in unbilled(book, TODAY)} == {"C1"}
    assert {row.client for row in unbilled(book, TODAY, client_id=keep)} == {"C1"}
    billed = told.bill("2026-03-31")
    assert billed.outcomes["issued"] == 2
    owners = rows(book, "SELECT client_id, net FROM invoice WHERE run_id = ? ORDER BY net", billed.run_id)
    assert owners == [(keep, 4_000), (keep, 10_000)]
    _clean(book)


def test_what_a_purchase_order_was_used_for_is_of_both(book, told, two):
    keep, absorb = two
    order = {"po_number": "PO-7", "po_limit": 25_000}
    told.agreement(absorb, "A2", **order)
    told.bill("2026-01-31", "2026-02-01")
    merge_clients(book, keep, absorb, actor=ANNE)
    told.bill("2026-03-31", "2026-04-01")
    assert "po_exceeded" in {row[0] for row in rows(book, "SELECT code FROM finding")}


# What is refused


def test_a_draft_in_review_is_named(book, told, two):
    keep, absorb = two
    told.agreement(absorb, "A2")
    told.update(Client, absorb, on_hold=True)
    billed = told.bill("2026-03-31")
    with pytest.raises(UserError, match=billed.run):
        merge_clients(book, keep, absorb, actor=ANNE)


def test_a_client_is_not_merged_with_itself(book, two):
    keep, absorb = two
    with pytest.raises(UserError, match="C1 is what it would be merged with"):
        merge_clients(book, keep, keep, actor=ANNE)
    merge_clients(book, keep, absorb, actor=ANNE)
    with pytest.raises(UserError, match="C2 was merged into C1 already"):
        merge_clients(book, keep, absorb, actor=ANNE)
    with pytest.raises(UserError, match="C1 is what it would be merged with"):
        merge_clients(book, absorb, keep, actor=ANNE)


def test_one_into_the_other_into_a_third(book, told, two):
    keep, absorb = two
    third = told.client("C3")
    add_invoice(book, absorb, date(2026, 1, 5), (10_000, 19))
    add_invoice(book, keep, date(2026, 2, 5), (20_000, 19))
    first = merge_clients(book, keep, absorb, actor=ANNE)
    second = merge_clients(book, third, keep, actor=ANNE)
    assert rows(book, "SELECT merged_into_id FROM client ORDER BY id") == [(third,), (third,), (None,)]
    (row,) = aging_at(book, TODAY)
    assert (row.client_id, row.total) == (third, 35_700)
    assert client_id(book, "C2") == third
    prove(book)
    with pytest.raises(UserError, match="Merge client C1 into C3"):
        undo(book, ANNE, first.change_set)
    undo(book, ANNE, second.change_set)
    undo(book, ANNE, first.change_set)
    assert [row.total for row in aging_at(book, TODAY)] == [23_800, 11_900]
    prove(book)


def test_what_was_billed_since_keeps_them_one(book, told, two):
    keep, absorb = two
    told.agreement(absorb, "A2")
    merged = merge_clients(book, keep, absorb, actor=ANNE)
    billed = told.bill("2026-01-31")
    with pytest.raises(UserError, match=f"billed since, on {billed.invoices[0]}"):
        undo(book, ANNE, merged.change_set)


def test_a_draft_since_keeps_them_one(book, told, two):
    keep, absorb = two
    told.agreement(absorb, "A2")
    merged = merge_clients(book, keep, absorb, actor=ANNE)
    told.update(Client, keep, on_hold=True)
    billed = told.bill("2026-01-31")
    with pytest.raises(UserError, match=billed.run):
        undo(book, ANNE, merged.change_set)


def test_money_across_keeps_them_one(book, owing):
    keep, _absorb = owing
    merged = value(book, "SELECT max(id) FROM change_set WHERE summary LIKE 'Merge%'")
    record_payment(book, amount=11_900, paid_on=date(2026, 3, 30), client_id=keep, actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match=r"P-2026-0001 of the one was used for .* of the other"):
        undo(book, ANNE, merged)
    reverse_payment(book, "P-2026-0001", on=TODAY, reason="bounced", actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match=r"P-2026-0001 of the one was used for .* of the other"):
        undo(book, ANNE, merged)


def test_money_across_taken_back_on_the_same_day_leaves_no_trace(book, owing):
    keep, _absorb = owing
    merged = value(book, "SELECT max(id) FROM change_set WHERE summary LIKE 'Merge%'")
    record_payment(book, amount=11_900, paid_on=TODAY, client_id=keep, actor=ANNE, today=TODAY)
    reverse_payment(book, "P-2026-0001", on=TODAY, reason="bounced", actor=ANNE, today=TODAY)
    undo(book, ANNE, merged)
    assert [row.total for row in aging_at(book, TODAY)] == [23_800, 11_900]
    prove(book)


def test_what_came_later_stays_with_the_one(book, told, two):
    keep, absorb = two
    merged = merge_clients(book, keep, absorb, actor=ANNE)
    later = told.agreement(keep, "A9")
    add_invoice(book, keep, date(2026, 3, 5), (20_000, 19))
    undo(book, ANNE, merged.change_set)
    assert agreement(book, later)["client_id"] == keep
    assert client(book, absorb)["active"]
    prove(book)


def test_two_that_parted_are_merged_anew_not_by_undoing_the_undoing(book, told, two):
    keep, absorb = two
    merge_clients(book, keep, absorb, actor=ANNE)
    undo(book, ANNE)
    parted = value(book, "SELECT max(id) FROM change_set")
    with pytest.raises(UserError, match="cannot be undone"):
        undo(book, ANNE, parted)
    assert merge_clients(book, keep, absorb, actor=ANNE).kept == "C1"


def test_the_merged_one_cannot_come_back_by_itself_nor_its_head_go(book, two):
    keep, absorb = two
    merge_clients(book, keep, absorb, actor=ANNE)
    with pytest.raises(UserError, match="merged into C1"):
        restore_client(book, absorb, actor=ANNE)
    with pytest.raises(UserError, match="1 clients merged into it"):
        delete_client(book, keep, actor=ANNE)


def test_settings_of_the_segment_move_with_the_choice(book, told, two):
    keep, absorb = two
    with change(book, ANNE, "Segment") as made:
        gold = made.insert(Segment, name="Gold")
        made.update(Client, absorb, segment_id=gold)
    merge_clients(book, keep, absorb, actor=ANNE)
    assert client(book, keep)["segment_id"] == gold


def test_an_archived_client_can_be_absorbed(book, told, two):
    keep, absorb = two
    archive_client(book, absorb, actor=ANNE)
    merge_clients(book, keep, absorb, actor=ANNE)
    undo(book, ANNE)
    assert client(book, absorb)["active"] is False


def test_an_agreement_that_moved_is_changed_as_any_other(book, told, two):
    keep, absorb = two
    moved = told.agreement(absorb, "A2")
    merge_clients(book, keep, absorb, actor=ANNE)
    told.update(Agreement, moved, title="Care")
    with pytest.raises(UserError):
        merge_clients(book, absorb, keep, actor=ANNE)
    assert agreement(book, moved)["title"] == "Care"
