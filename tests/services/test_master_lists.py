"""The lists of clients, agreements, billables, items and rates, over one small book."""

from datetime import date
from decimal import Decimal

import pytest

from desktop.services import agreement_dates, agreements, billables, catalogue, clients, rates, runs, segments
from desktop.services.lists.agreements import AgreementList, agreement_counts
from desktop.services.lists.billables import BillableList, billable_facts, row_id, source
from desktop.services.lists.clients import ClientList, client_facts
from desktop.services.lists.items import ItemList, RateList
from desktop.services.payments import record_payment
from tests.books import new_book

ACTOR = "Ada"
TODAY = date(2026, 3, 31)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with new_book(tmp_path_factory.mktemp("lists")) as opened:
        _fill(opened)
        yield opened


def _fill(book):
    gold = segments.save_segment(book, {"name": "Gold"}, actor=ACTOR)
    address = {"street": "Weg 1", "postcode": "1", "city": "Wien", "country": "AT", "tax_id": "ATU13585627"}
    for values in (
        {"name": "Öhring KG", "code": "OE", "segment_id": gold} | address,
        {"name": "100% Natur_GmbH", "code": "NAT", "on_hold": True, "city": "Kiel", "country": "DE"},
        {"name": "acme Ltd", "code": "ACME", "currency": "GBP", "country": "GB", "disputed": True},
        {"name": "Zuletzt AG", "code": "ZUL", "country": "DE"},
    ):
        clients.create_client(book, values, actor=ACTOR)
    clients.archive_client(book, 4, actor=ACTOR)
    hour = catalogue.save_item(book, {"name": "Senior hour", "unit": "hour", "price": Decimal(100)}, actor=ACTOR)
    seat = catalogue.save_item(book, {"name": "Seat", "unit": "seat", "kind": "goods"}, actor=ACTOR)
    for since, price in ((date(2025, 1, 1), 10), (date(2026, 1, 1), 12)):
        rates.set_rate(book, seat, valid_from=since, tiers=[(None, Decimal(price))], currency="EUR", actor=ACTOR)
    rates.set_rate(book, seat, valid_from=TODAY, tiers=[(None, Decimal(9))], currency="EUR", client_id=1, actor=ACTOR)
    lines = [{"item_id": seat, "quantity": Decimal(10)}, {"description": "Care", "unit_price": Decimal("99.99")}]
    first = agreements.create_agreement(
        book,
        {
            "client_id": 1,
            "start_date": date(2026, 1, 1),
            "title": "Seats",
            "discount": Decimal("0.1"),
            "po_number": "PO7",
        },
        lines,
        actor=ACTOR,
    )
    agreements.create_agreement(
        book,
        {"client_id": 3, "start_date": date(2026, 4, 1), "title": "Licences", "end_date": date(2026, 5, 1)},
        [{"item_id": seat}],
        actor=ACTOR,
    )
    time = agreements.create_agreement(
        book, {"client_id": 1, "start_date": date(2026, 1, 1), "billing": "time", "title": "Hours"}, actor=ACTOR
    )
    agreement_dates.pause_agreement(book, time, date(2026, 3, 20), actor=ACTOR)
    for day, hours, note in ((1, 2, "Workshop"), (2, 3, "Review")):
        values = {"agreement_id": time, "item_id": hour, "person": "Ida", "note": note, "rate": Decimal(80)}
        billables.create_time_entry(
            book, values | {"work_date": date(2026, 1, day), "hours": Decimal(hours)}, actor=ACTOR
        )
    runs.bill(book, through=date(2026, 1, 2), issue_date=date(2026, 1, 2), actor=ACTOR, now="2026-01-02T09:00:00Z")
    billables.create_time_entry(
        book,
        {"agreement_id": time, "work_date": TODAY, "hours": Decimal(1), "billable": False, "note": "Travel"},
        actor=ACTOR,
    )
    billables.create_one_off(
        book,
        {"client_id": 2, "due_date": date(2026, 2, 1), "description": "Set-up", "unit_price": Decimal("49.50")},
        actor=ACTOR,
    )
    billables.create_one_off(
        book,
        {"agreement_id": first, "due_date": TODAY, "kind": "discount", "description": "Off", "unit_price": Decimal(5)},
        actor=ACTOR,
    )
    rows = book_rows(book, "SELECT number FROM invoice")
    assert len(rows) == 1
    record_payment(book, numbers=[rows[0][0]], amount=4_000, paid_on=date(2026, 2, 1), actor=ACTOR, today=TODAY)


@pytest.fixture
def book_of_its_own(tmp_path):
    with new_book(tmp_path) as opened:
        address = {"street": "Weg 1", "postcode": "20095", "city": "Hamburg", "country": "DE"}
        clients.create_client(opened, {"name": "Solo"} | address, actor=ACTOR)
        yield opened


def book_rows(book, sql):
    with book.reading() as session:
        return session.connection().exec_driver_sql(sql).fetchall()


def _names(listing, key, search="", *filters, sort="", descending=False):
    ids = listing.ids(search, frozenset(filters), sort, descending)
    rows = listing.rows(ids)
    return [rows[id][key] for id in ids]


@pytest.mark.parametrize(
    "search, filters, codes",
    [
        ("", (), ["NAT", "ACME", "OE"]),
        ("öhring", (), ["OE"]),
        ("ÖHRING wien", (), ["OE"]),
        ("öhring kiel", (), []),
        ("0% natur_", (), ["NAT"]),
        ("N_tur", (), []),
        ("u1358", (), ["OE"]),
        ("", ("archived",), ["ZUL"]),
        ("", ("on_hold",), ["NAT"]),
        ("", ("disputed",), ["ACME"]),
        ("", ("owing",), ["OE"]),
        ("", ("overdue",), ["OE"]),
        ("", ("silent",), ["NAT"]),
        ("", ("segment:1",), ["OE"]),
        ("gold", (), ["OE"]),
        ("", ("country:DE", "country:GB"), ["NAT", "ACME"]),
        ("", ("currency:GBP", "on_hold"), []),
    ],
)
def test_clients_are_found(book, search, filters, codes):
    assert _names(ClientList(book, TODAY), "code", search, *filters) == codes


@pytest.mark.parametrize("sort", ["name", "code", "city", "country", "segment", "currency", "state", "open", "overdue"])
def test_clients_are_sorted_in_the_book(book, sort):
    listing = ClientList(book, TODAY)
    up = listing.ids("", frozenset(), sort, False)
    down = listing.ids("", frozenset(), sort, True)
    assert sorted(up) == sorted(down) == [1, 2, 3]
    assert up != down


def test_clients_in_figures(book):
    facts = client_facts(book, TODAY)
    assert facts.active == 3
    assert facts.counts == {"archived": 1, "on_hold": 1, "disputed": 1, "silent": 1, "owing": 1, "overdue": 1}
    assert (facts.open, facts.overdue) == ({"EUR": 36_000}, {"EUR": 36_000})
    assert facts.segments == ((1, "Gold", 1),)
    # Due on the day itself is not overdue yet.
    assert client_facts(book, date(2026, 1, 2)).overdue == {}


def test_a_client_shows_what_it_owes(book):
    listing = ClientList(book, TODAY)
    rows = listing.rows([1, 2, 99])
    # 5 hours at 80 without tax, because the service is taxed in Austria; 40 are paid.
    assert (rows[1]["open"], rows[1]["overdue"], rows[1]["currency"]) == (36_000, 36_000, "EUR")
    assert rows[1]["amounts"] == {"EUR": (36_000, 36_000)}
    assert (rows[2]["open"], rows[2]["amounts"], rows[2]["state"]) == (0, {}, "on_hold")
    assert 99 not in rows
    assert listing.totals([1, 2, 3]) == {"EUR": 36_000}
    assert ClientList(book, date(2026, 1, 31)).rows([1])[1]["overdue"] == 0
    assert listing.ids("", frozenset(), "open", True)[0] == 1


@pytest.mark.parametrize(
    "search, filters, titles",
    [
        ("", (), ["Seats", "Licences", "Hours"]),
        ("po7", (), ["Seats"]),
        ("acme", (), ["Licences"]),
        ("", ("time",), ["Hours"]),
        ("", ("paused",), ["Hours"]),
        ("", ("not_started", "active"), ["Seats", "Licences"]),
        ("", ("ended",), []),
        ("", ("ends_soon",), ["Licences"]),
        ("", ("client:1", "no_contract"), ["Seats", "Hours"]),
        ("", ("segment:1",), ["Seats", "Hours"]),
    ],
)
def test_agreements_are_found(book, search, filters, titles):
    assert _names(AgreementList(book, TODAY), "title", search, *filters) == titles


def test_agreements_show_what_they_bill_a_period(book):
    rows = AgreementList(book, TODAY).rows([1, 2, 3])
    # 10 seats at the client's 9 from today on, and care, each 10 % off: 81.00 + 89.99.
    assert (rows[1]["amount"], rows[1]["state"], rows[1]["client"]) == (17_099, "active", "Öhring KG")
    # No card in sterling.
    assert (rows[2]["amount"], rows[2]["state"]) == (None, "not_started")
    assert (rows[3]["amount"], rows[3]["billed_through"]) == (None, None)
    assert AgreementList(book, date(2026, 3, 30)).rows([1])[1]["amount"] == 19_799


def test_agreements_show_what_comes_next(book):
    rows = AgreementList(book, TODAY).rows([1, 2, 3])
    # In arrears from January on, and January is not billed yet.
    assert (rows[1]["next_due"], rows[1]["po_left"], rows[1]["contract"]) == (date(2026, 1, 31), None, False)
    assert rows[2]["next_due"] == date(2026, 4, 30)
    assert rows[3]["next_due"] is None
    counts = agreement_counts(book, TODAY)
    assert (counts["running"], counts["paused"], counts["ends_soon"], counts["no_contract"]) == (3, 1, 1, 3)


def test_a_po_shows_what_is_left_of_it(book_of_its_own):
    agreement = agreements.create_agreement(
        book_of_its_own,
        {
            "client_id": 1,
            "start_date": date(2026, 1, 1),
            "timing": "advance",
            "po_number": "P-1",
            "po_limit": 10_000,
        },
        [{"description": "Care", "unit_price": Decimal(30)}],
        actor=ACTOR,
    )
    day = date(2026, 2, 1)
    runs.bill(book_of_its_own, through=day, issue_date=day, actor=ACTOR, now="2026-02-01T09:00:00Z")
    assert AgreementList(book_of_its_own, day).rows([agreement])[agreement]["po_left"] == 4_000


@pytest.mark.parametrize(
    "sort", ["code", "title", "client", "segment", "billing", "start", "end", "currency", "state", "billed_through"]
)
def test_agreements_are_sorted_in_the_book(book, sort):
    listing = AgreementList(book, TODAY)
    assert sorted(listing.ids("", frozenset(), sort, True)) == [1, 2, 3]


@pytest.mark.parametrize(
    "search, filters, texts",
    [
        ("", (), ["Travel", "Off", "Set-up", "Review", "Workshop"]),
        ("ida", (), ["Review", "Workshop"]),
        ("natur", (), ["Set-up"]),
        ("", ("unbilled",), ["Off", "Set-up"]),
        ("", ("billed",), ["Review", "Workshop"]),
        ("", ("not_billable",), ["Travel"]),
        ("", ("time",), ["Travel", "Review", "Workshop"]),
        ("", ("discount",), ["Off"]),
        ("", ("deposit",), []),
        ("", ("loose",), ["Set-up"]),
        ("", ("client:1", "unbilled"), ["Off"]),
        ("", ("agreement:3",), ["Travel", "Review", "Workshop"]),
    ],
)
def test_billables_are_found(book, search, filters, texts):
    assert _names(BillableList(book), "text", search, *filters) == texts


@pytest.mark.parametrize("sort", ["day", "kind", "client", "agreement", "person", "quantity", "text"])
def test_billables_are_sorted_in_the_book(book, sort):
    listing = BillableList(book)
    up, down = (_names(listing, sort, sort=sort, descending=descending) for descending in (False, True))
    assert sorted(up, key=str) == sorted(down, key=str)
    assert [str(one).casefold() for one in up] == sorted(str(one).casefold() for one in up)


def test_billables_show_state_and_amount(book):
    listing = BillableList(book)
    rows = listing.rows([row_id("time", 1), row_id("time", 3), row_id("one_off", 1), row_id("one_off", 2)])
    first, travel, charge, discount = rows.values()
    assert (first["state"], first["amount"], first["quantity"]) == ("billed", 16_000, 2)
    assert first["invoice"] == "INV-2026-0001"
    assert (travel["state"], travel["amount"]) == ("not_billable", None)
    assert (charge["state"], charge["amount"], charge["currency"]) == ("unbilled", 4_950, "EUR")
    assert (discount["amount"], discount["kind"]) == (-500, "discount")
    assert listing.totals(list(rows)) == {"EUR": 20_450}
    assert [source(id) for id in rows] == [("time", 1), ("time", 3), ("one_off", 1), ("one_off", 2)]


def test_what_waits_shows_the_price_that_a_run_would_take(book_of_its_own):
    hour = catalogue.save_item(book_of_its_own, {"name": "Hour", "unit": "hour", "price": Decimal(100)}, actor=ACTOR)
    trip = catalogue.save_item(book_of_its_own, {"name": "Trip", "unit": "trip"}, actor=ACTOR)
    agreement = agreements.create_agreement(
        book_of_its_own,
        {"client_id": 1, "start_date": date(2026, 1, 1), "billing": "time", "title": "Hours"},
        [{"kind": "time", "item_id": hour, "unit_price": Decimal(90)}],
        actor=ACTOR,
    )
    day = {"work_date": TODAY, "hours": Decimal(2)}
    for values in (
        {"agreement_id": agreement, "item_id": hour},
        {"client_id": 1, "item_id": hour},
        {"client_id": 1, "item_id": trip},
        {"agreement_id": agreement, "item_id": trip, "rate": Decimal(10)},
    ):
        billables.create_time_entry(book_of_its_own, values | day, actor=ACTOR)
    billables.create_one_off(
        book_of_its_own, {"client_id": 1, "item_id": hour, "due_date": TODAY, "quantity": Decimal(3)}, actor=ACTOR
    )
    listing = BillableList(book_of_its_own)
    rows = listing.rows([row_id("time", one) for one in (1, 2, 3, 4)] + [row_id("one_off", 1)])
    assert [(row["unit_price"], row["own_price"], row["amount"]) for row in rows.values()] == [
        (90, False, 18_000),
        (100, False, 20_000),
        (None, False, None),
        (10, True, 2_000),
        (100, False, 30_000),
    ]
    assert listing.ids("", frozenset({"unpriced"}), "", False) == [row_id("time", 3)]
    assert listing.ids("", frozenset({"charges"}), "", False) == [row_id("one_off", 1)]
    facts = billable_facts(book_of_its_own)
    assert (facts.unbilled, facts.amounts, facts.hours) == (5, {"EUR": 70_000}, Decimal(8))
    assert (facts.loose, facts.unpriced, facts.counts["charges"], facts.counts["time"]) == (3, 1, 1, 4)


def test_items_and_rates_are_found(book):
    assert _names(ItemList(book), "name") == ["Seat", "Senior hour"]
    assert _names(ItemList(book), "name", "senior") == ["Senior hour"]
    assert _names(ItemList(book), "name", "", "goods") == ["Seat"]
    assert _names(ItemList(book), "name", "", "archived") == []
    assert _names(ItemList(book), "price", sort="price", descending=True) == [100, None]
    card = RateList(book, TODAY)
    assert _names(card, "price") == [12, 10, 9]
    assert _names(card, "price", "", "current") == [12, 9]
    assert _names(card, "price", "", "own") == [9]
    assert _names(card, "price", "", "everyone", "item:2", sort="price") == [10, 12]
    assert _names(card, "client", "öhring") == ["Öhring KG"]
