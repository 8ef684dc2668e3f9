from datetime import date
from decimal import Decimal

import pytest

from desktop.errors import UserError
from desktop.services import agreements, billables, catalogue, clients, runs
from desktop.services.problems import ValidationError
from tests.books import new_book

ACTOR = "Ada"
DAY = date(2026, 1, 12)
NOW = "2026-01-31T09:00:00Z"


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(book):
    address = {"street": "Hafen 1", "postcode": "20457", "city": "Hamburg", "country": "DE"}
    return clients.create_client(book, {"name": "Nordlicht GmbH"} | address, actor=ACTOR)


@pytest.fixture
def hour(book):
    return catalogue.save_item(book, {"name": "Senior hour", "unit": "hour", "price": Decimal(100)}, actor=ACTOR)


@pytest.fixture
def agreement(book, client):
    values = {"client_id": client, "start_date": date(2026, 1, 1), "billing": "time", "title": "Hours"}
    return agreements.create_agreement(book, values, [{"kind": "time"}], actor=ACTOR)


def _time(book, agreement, hour, **values):
    given = {"agreement_id": agreement, "item_id": hour, "work_date": DAY, "hours": Decimal("2.5"), "person": "Ida"}
    return billables.create_time_entry(book, given | values, actor=ACTOR)


def _bill(book):
    return runs.bill(book, through=date(2026, 1, 31), issue_date=date(2026, 1, 31), actor=ACTOR, now=NOW)


def test_hours_take_the_client_of_their_agreement(book, client, agreement, hour):
    entry = billables.time_entry(book, _time(book, agreement, hour))
    assert (entry["client_id"], entry["hours"], entry["invoice"]) == (client, Decimal("2.5"), "")


def test_what_is_wrong_with_hours_is_said_at_once(book, agreement, hour):
    other = clients.create_client(book, {"name": "Other", "country": "DE"}, actor=ACTOR)
    with pytest.raises(ValidationError) as refused:
        _time(book, agreement, 99, client_id=other, hours=Decimal(25), rate=Decimal(-1))
    assert set(refused.value.fields) == {"agreement_id", "item_id", "hours", "rate"}
    assert refused.value.fields["hours"] == "A day has 24 hours, not 25."
    with pytest.raises(ValidationError) as refused:
        billables.create_time_entry(book, {}, actor=ACTOR)
    assert set(refused.value.fields) == {"client_id", "work_date", "hours"}
    _time(book, agreement, hour, external_id="T-1")
    with pytest.raises(ValidationError) as refused:
        _time(book, agreement, hour, external_id="T-1", hours=Decimal(0))
    assert set(refused.value.fields) == {"external_id", "hours"}


def test_what_is_billed_stays_as_it_was(book, agreement, hour):
    entry = _time(book, agreement, hour)
    billables.update_time_entry(book, entry, {"hours": Decimal(3)}, actor=ACTOR)
    result = _bill(book)
    assert result.totals == {"EUR": 35_700}
    assert billables.time_entry(book, entry)["invoice"] == result.invoices[0]
    with pytest.raises(UserError, match=f"It was billed on {result.invoices[0]}"):
        billables.update_time_entry(book, entry, {"hours": Decimal(4)}, actor=ACTOR)
    with pytest.raises(UserError, match="It was billed on"):
        billables.delete_billables(book, time_ids=[entry], actor=ACTOR)


def test_deletion_takes_all_or_none(book, agreement, hour):
    first, second = _time(book, agreement, hour), _time(book, agreement, hour, work_date=date(2026, 1, 13))
    runs.plan(book, through=DAY, issue_date=date(2026, 1, 31), actor=ACTOR, now=NOW)
    with pytest.raises(UserError, match="It is on a draft of run R-2026-0001"):
        billables.delete_billables(book, time_ids=[second, first], actor=ACTOR)
    assert billables.time_entry(book, second)["hours"] == Decimal("2.5")
    assert billables.delete_billables(book, time_ids=[second], actor=ACTOR) == 1


def test_a_charge_a_discount_and_a_deposit(book, client, agreement):
    common = {"agreement_id": agreement, "due_date": DAY}
    charge = billables.create_one_off(
        book, common | {"description": "Workshop", "quantity": Decimal(2), "unit_price": Decimal(500)}, actor=ACTOR
    )
    discount = billables.create_one_off(
        book, common | {"description": "Goodwill", "kind": "discount", "unit_price": Decimal(50)}, actor=ACTOR
    )
    deposit = billables.create_one_off(
        book, common | {"description": "Deposit", "kind": "deposit", "unit_price": Decimal(300)}, actor=ACTOR
    )
    assert billables.one_off(book, discount)["unit_price"] == -50
    assert billables.one_off(book, charge)["currency"] == "EUR"
    result = _bill(book)
    assert result.totals == {"EUR": (100_000 - 5_000 + 30_000) * 119 // 100}
    assert billables.one_off(book, deposit)["invoice"].startswith("DP-")


@pytest.mark.parametrize(
    "values, fields",
    [
        ({}, {"description", "unit_price"}),
        ({"description": "X", "unit_price": Decimal(-1)}, {"unit_price"}),
        ({"description": "X", "unit_price": Decimal(0)}, {"unit_price"}),
        ({"description": "X", "unit_price": Decimal(1), "quantity": Decimal(-1)}, {"quantity"}),
        ({"description": "X", "unit_price": Decimal(1), "kind": "gift"}, {"kind"}),
        ({"description": "X", "unit_price": Decimal(1), "currency": "ABC"}, {"currency"}),
        ({"description": "X", "unit_price": Decimal(1), "due_date": None}, {"due_date"}),
        ({"description": "X", "unit_price": Decimal(1), "client_id": None}, {"client_id"}),
        ({"description": "X", "kind": "deposit"}, {"unit_price"}),
    ],
)
def test_a_charge_that_makes_no_sense_is_refused(book, client, values, fields):
    with pytest.raises(ValidationError) as refused:
        billables.create_one_off(book, {"client_id": client, "due_date": DAY} | values, actor=ACTOR)
    assert set(refused.value.fields) == fields


def test_a_free_charge_needs_consent(book, client):
    given = {"client_id": client, "due_date": DAY, "description": "Sample", "unit_price": Decimal(0)}
    made = billables.create_one_off(book, given, actor=ACTOR, allow_zero=True)
    billables.update_one_off(book, made, {"unit_price": Decimal(0), "description": "Samples"}, actor=ACTOR)
    assert billables.one_off(book, made)["description"] == "Samples"
    assert billables.delete_billables(book, one_off_ids=[made], actor=ACTOR) == 1
