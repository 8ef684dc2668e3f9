"""Two items become one: what will be billed refers to the one, what was billed stays as it was."""

from datetime import date
from decimal import Decimal

import pytest

from db.schema import Item, Usage
from desktop.errors import UserError
from desktop.services.catalogue import archive_item, delete_item, item
from desktop.services.changes import change, undo
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.merging import merge_items
from desktop.services.rates import rates, set_rate
from tests.billing_facts import money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


@pytest.fixture
def told(book):
    return Contracts(book)


@pytest.fixture
def two(told):
    """(the one that stays, the one that goes): consulting by the hour at 100 and at 120."""
    keep = told.item("CON", "Consulting hour", unit="hour", price=money(100), currency="EUR")
    return keep, told.item("CONS", "Consulting hours", unit="hours", price=money(120), currency="EUR")


def _rate(book, item_id, price, currency="EUR", client_id=None):
    tiers = [(None, Decimal(price))]
    day = date(2026, 1, 1)
    set_rate(book, item_id, valid_from=day, tiers=tiers, currency=currency, client_id=client_id, actor=ANNE)


def _state(book):
    tables = ["item", "agreement_line", "rate", "time_entry", "one_off", "usage"]
    return {table: rows(book, f"SELECT * FROM {table} ORDER BY id") for table in tables}


def test_what_will_be_billed_refers_to_the_one_and_comes_back(book, told, two):
    keep, absorb = two
    client = told.client()
    agreement = told.agreement(
        client, "A1", {"item_id": absorb, "unit_price": None}, {"kind": "time", "item_id": absorb}
    )
    told.hours(client, agreement, "2026-03-02", "2", item_id=absorb)
    told.one_off(client, None, "2026-03-05", None, item_id=absorb)
    _rate(book, keep, 90)
    _rate(book, absorb, 80)
    _rate(book, absorb, 70, client_id=client)
    before = _state(book)
    merged = merge_items(book, keep, absorb, actor=ANNE)
    assert {name: count for name, count in merged.moved.items() if count} == {
        "agreement_line": 2, "time_entry": 1, "one_off": 1, "rate": 1,
    }  # fmt: skip
    assert [sentence for sentence in merged.stayed if "EUR" in sentence] == merged.stayed != []
    for table in ("agreement_line", "time_entry", "one_off"):
        assert {row[0] for row in rows(book, f"SELECT item_id FROM {table}")} == {keep}
    mine = {(row["client_id"], row["price"]) for row in rates(book, item_id=keep)}
    assert mine == {(None, Decimal(90)), (client, Decimal(70))}
    assert item(book, absorb)["name"] == "Consulting hours"
    assert check(book).problems == ()
    undo(book, ANNE)
    assert _state(book) == before
    assert check(book).problems == ()


def test_a_run_takes_the_price_of_the_one_and_says_that_it_changed(book, told, two):
    keep, absorb = two
    told.agreement(told.client(), "A1", {"item_id": absorb, "unit_price": None})
    told.bill("2026-01-31", "2026-02-01")
    merge_items(book, keep, absorb, actor=ANNE)
    told.bill("2026-02-28", "2026-03-01")
    drafts = rows(book, "SELECT net FROM draft ORDER BY id")
    assert drafts == [(12_000,), (10_000,)]
    assert "changed" in {row[0] for row in rows(book, "SELECT code FROM finding")}
    issued = rows(book, "SELECT item_id, description FROM invoice_line ORDER BY id")
    assert issued[0] == (absorb, "Consulting hours")
    assert check(book).problems == ()


def test_work_freed_after_the_merge_is_priced_as_the_one(book, told, two):
    keep, absorb = two
    client = told.client()
    told.one_off(client, None, "2026-02-05", None, item_id=absorb)
    told.bill("2026-02-28")
    merge_items(book, keep, absorb, actor=ANNE)
    number = value(book, "SELECT number FROM invoice")
    credit_invoice(book, number, reason="wrong", actor=ANNE, today=date(2026, 3, 1), release=True)
    told.bill("2026-03-31")
    assert value(book, "SELECT net FROM invoice WHERE kind = 'invoice' ORDER BY id DESC LIMIT 1") == 10_000
    assert check(book).problems == ()


def test_the_better_name_can_be_the_other_one(book, two):
    keep, absorb = two
    merged = merge_items(book, keep, absorb, take=["name", "price"], actor=ANNE)
    assert set(merged.fields) == {"name", "price"}
    one = item(book, keep)
    assert (one["name"], one["price"], one["code"]) == ("Consulting hours", Decimal(120), "CON")


def test_a_gap_in_the_price_is_filled_with_its_currency(book, told):
    keep = told.item("A", "Training", unit="day")
    absorb = told.item("B", "Trainings", unit="day", price=money(900), currency="CHF")
    merge_items(book, keep, absorb, actor=ANNE)
    assert (item(book, keep)["price"], item(book, keep)["currency"]) == (Decimal(900), "CHF")


def test_units_must_mean_the_same(book, told, two):
    day = told.item("DAY", "Consulting", unit="day")
    with pytest.raises(UserError, match="counted in “hour”"):
        merge_items(book, two[0], day, actor=ANNE)


def test_a_draft_in_review_is_named(book, told, two):
    keep, absorb = two
    told.agreement(told.client(on_hold=True), "A1", {"item_id": absorb})
    billed = told.bill("2026-01-31")
    with pytest.raises(UserError, match=billed.run):
        merge_items(book, keep, absorb, actor=ANNE)


def test_two_meters_of_one_agreement_stay_two(book, told, two):
    keep, absorb = two
    lines = [{"kind": "usage", "item_id": one, "quantity": "0", "unit_price": "1"} for one in two]
    told.agreement(told.client(), "A1", *lines, billing="usage")
    with pytest.raises(UserError, match="Agreement A1 counts both"):
        merge_items(book, keep, absorb, actor=ANNE)


def test_unbilled_usage_moves_with_its_meter(book, told, two):
    keep, absorb = two
    line = {"kind": "usage", "item_id": absorb, "quantity": "0", "unit_price": "1"}
    agreement = told.agreement(told.client(), "A1", line, billing="usage")
    with change(book, ANNE, "Usage") as made:
        made.insert(
            Usage,
            agreement_id=agreement,
            item_id=absorb,
            start_date=date(2026, 1, 1),
            end_date=date(2026, 1, 2),
            days=1,
            quantity=money(5),
        )
    merge_items(book, keep, absorb, actor=ANNE)
    assert value(book, "SELECT item_id FROM usage") == value(book, "SELECT item_id FROM agreement_line") == keep


def test_billed_since_keeps_them_one(book, told, two):
    keep, absorb = two
    told.agreement(told.client(), "A1", {"item_id": absorb})
    merged = merge_items(book, keep, absorb, actor=ANNE)
    billed = told.bill("2026-01-31")
    with pytest.raises(UserError, match=billed.invoices[0]):
        undo(book, ANNE, merged.change_set)


def test_the_merged_one_cannot_come_back_by_itself_nor_its_head_go(book, two):
    keep, absorb = two
    merge_items(book, keep, absorb, actor=ANNE)
    with pytest.raises(UserError, match="merged into CON"):
        archive_item(book, absorb, actor=ANNE, archived=False)
    with pytest.raises(UserError, match="is used 1 times"):
        delete_item(book, keep, actor=ANNE)


def test_one_into_the_other_into_a_third(book, told, two):
    keep, absorb = two
    third = told.item("CON3", "Consulting per hour", unit="hour")
    merge_items(book, keep, absorb, actor=ANNE)
    merge_items(book, third, keep, actor=ANNE)
    assert dict(rows(book, "SELECT id, merged_into_id FROM item WHERE merged_into_id IS NOT NULL")) == {
        keep: third,
        absorb: third,
    }
    with change(book, "Ben", "Break it") as made:
        made.update(Item, keep, active=True)
    assert [problem.where for problem in check(book).problems] == ["CON"]
