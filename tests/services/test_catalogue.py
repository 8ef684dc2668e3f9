from datetime import date
from decimal import Decimal

import pytest

from desktop.errors import UserError
from desktop.services import catalogue, clients, rates, taxes
from desktop.services.changes import undo
from desktop.services.problems import ValidationError
from tests.books import new_book

ACTOR = "Ada"
MAY = date(2026, 5, 1)


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


def _item(book, **values):
    return catalogue.save_item(book, {"name": "Consulting hour", "unit": "hour"} | values, actor=ACTOR)


def test_an_item_is_made_with_what_is_usual(book):
    made = catalogue.item(book, _item(book, price=Decimal("95.5")))
    assert (made["code"], made["unit"], made["price"], made["currency"]) == ("I-0001", "hour", Decimal("95.5"), "EUR")
    standard = next(code for code in taxes.tax_codes(book) if code["code"] == "standard")
    assert made["tax_code_id"] == standard["id"]


def test_the_same_thing_never_has_two_names(book):
    _item(book, code="CH")
    wrong = {"price": Decimal(-1), "kind": "wine", "tax_code_id": 99, "unit": "", "recognition": "x"}
    with pytest.raises(ValidationError) as refused:
        _item(book, name="consulting HOUR", code="ch", **wrong)
    assert set(refused.value.fields) == {"name", "code", "price", "kind", "tax_code_id", "unit", "recognition"}
    assert refused.value.fields["name"] == "There is an item “Consulting hour” already."


def test_an_item_is_changed_archived_and_deleted_while_unused(book):
    made = _item(book)
    catalogue.save_item(book, {"name": "Advice"}, actor=ACTOR, item_id=made)
    rates.set_rate(book, made, valid_from=MAY, tiers=[(None, Decimal(90))], currency="EUR", actor=ACTOR)
    with pytest.raises(UserError, match="Advice is used 1 times"):
        catalogue.delete_item(book, made, actor=ACTOR)
    catalogue.archive_item(book, made, actor=ACTOR)
    assert catalogue.items(book) == []
    assert [item["name"] for item in catalogue.items(book, archived=True)] == ["Advice"]
    rates.remove_rate(book, rates.rates(book)[0]["id"], actor=ACTOR)
    catalogue.delete_item(book, made, actor=ACTOR)
    assert catalogue.items(book, archived=True) == []


def test_a_rate_of_the_client_s_own_comes_first(book):
    item = _item(book, price=Decimal(80))
    client = clients.create_client(book, {"name": "Nord", "country": "DE"}, actor=ACTOR)
    rates.set_rate(book, item, valid_from=MAY, tiers=[(None, Decimal(90))], currency="eur", actor=ACTOR)
    rates.set_rate(
        book, item, valid_from=MAY, tiers=[(None, Decimal(70))], currency="EUR", client_id=client, actor=ACTOR
    )

    def price(day, of=None, currency="EUR"):
        found = rates.price_on(book, item, of, currency, day)
        return (found.unit_price, found.source) if found else None

    assert price(date(2026, 4, 30)) == (80, "list")
    assert price(MAY) == (90, "card")
    assert price(MAY, client) == (70, "client")
    assert price(MAY, client, "USD") is None
    assert [(r["client"], r["price"]) for r in rates.rates(book, item_id=item)] == [("", 90), ("Nord", 70)]


def test_a_rate_set_again_keeps_its_id_and_undoes(book):
    item = _item(book)
    tiers = [(Decimal(10), Decimal(12)), (None, Decimal(10))]
    rates.set_rate(book, item, valid_from=MAY, tiers=tiers, currency="EUR", mode="volume", actor=ACTOR)
    before = {row["up_to"]: row["id"] for row in rates.rates(book)}
    tiers = [(Decimal(10), Decimal(11)), (Decimal(20), Decimal(9)), (None, Decimal(8))]
    rates.set_rate(book, item, valid_from=MAY, tiers=tiers, currency="EUR", mode="graduated", actor=ACTOR)
    rows = rates.rates(book)
    assert [(row["up_to"], row["price"], row["mode"]) for row in rows] == [(*tier, "graduated") for tier in tiers]
    assert {row["up_to"]: row["id"] for row in rows if row["up_to"] in before} == before
    undo(book, ACTOR)
    assert [(row["up_to"], row["price"]) for row in rates.rates(book)] == [(10, 12), (None, 10)]


@pytest.mark.parametrize(
    "tiers, mode, fields",
    [
        ([], "flat", {"tiers"}),
        ([(None, -1)], "flat", {"tiers.0.price"}),
        ([(10, 5), (None, 4)], "flat", {"mode"}),
        ([(10, 5)], "volume", {"tiers.0.up_to"}),
        ([(None, 5), (None, 4)], "volume", {"tiers.0.up_to"}),
        ([(10, 5), (10, 4), (None, 3)], "volume", {"tiers.1.up_to"}),
        ([(0, 5), (None, 3)], "volume", {"tiers.0.up_to"}),
        ([(None, "0.0000001")], "flat", {"tiers.0.price"}),
        ([(None, 1)], "auction", {"mode"}),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(book, tiers, mode, fields):
    item = _item(book)
    plain = [(None if up_to is None else Decimal(up_to), Decimal(price)) for up_to, price in tiers]
    with pytest.raises(ValidationError) as refused:
        rates.set_rate(book, item, valid_from=MAY, tiers=plain, currency="EUR", mode=mode, actor=ACTOR)
    assert set(refused.value.fields) == fields
    assert rates.rates(book) == []


def test_all_flat_rates_rise_at_once(book):
    hour, seat = _item(book), _item(book, name="Seat")
    for item, price in ((hour, "90.10"), (seat, "3.333")):
        rates.set_rate(book, item, valid_from=MAY, tiers=[(None, Decimal(price))], currency="EUR", actor=ACTOR)
    assert rates.raise_rates(book, Decimal("2.5"), date(2027, 1, 1), actor=ACTOR) == 2
    rises = {row["item"]: row["price"] for row in rates.rates(book) if row["valid_from"].year == 2027}
    assert rises == {"Consulting hour": Decimal("92.35"), "Seat": Decimal("3.42")}
    with pytest.raises(UserError, match="No flat rate stands before"):
        rates.raise_rates(book, Decimal(3), MAY, actor=ACTOR)


def test_tax_rates_are_dated(book):
    standard = next(code for code in taxes.tax_codes(book) if code["code"] == "standard")
    assert standard["rates"][1:3] == [(date(2020, 7, 1), Decimal(16)), (date(2021, 1, 1), Decimal(19))]
    taxes.set_tax_rate(book, standard["id"], date(2027, 1, 1), Decimal("20.5"), actor=ACTOR)
    again = next(code for code in taxes.tax_codes(book) if code["code"] == "standard")
    assert (again["percent"], again["rates"][-1]) == (Decimal("20.5"), (date(2027, 1, 1), Decimal("20.5")))
    taxes.remove_tax_rate(book, standard["id"], date(2027, 1, 1), actor=ACTOR)
    with pytest.raises(UserError, match="has no rate from"):
        taxes.remove_tax_rate(book, standard["id"], date(2027, 1, 1), actor=ACTOR)


@pytest.mark.parametrize("category, percent", [("S", 0), ("S", 101), ("S", "1.23456"), ("Z", 5), ("AE", 19), ("S", -1)])
def test_a_rate_fits_its_category(book, category, percent):
    with pytest.raises(ValidationError) as refused:
        taxes.save_tax_code(
            book,
            {"code": "x", "name": "X", "category": category, "exemption_text": "Why"},
            rate=(MAY, Decimal(percent)),
            actor=ACTOR,
        )
    assert list(refused.value.fields) == ["rate"]


def test_a_tax_code_of_one_s_own(book):
    with pytest.raises(ValidationError) as refused:
        taxes.save_tax_code(book, {"code": "Standard", "category": "E"}, actor=ACTOR)
    assert set(refused.value.fields) == {"code", "name", "exemption_text"}
    made = taxes.save_tax_code(
        book, {"code": "school", "name": "Schools", "category": "E", "exemption_text": "Section 4 no. 21"}, actor=ACTOR
    )
    assert taxes.tax_codes(book)[-1]["rates"] == [(date(1970, 1, 1), 0)]
    taxes.save_tax_code(book, {"name": "Lessons"}, actor=ACTOR, tax_code_id=made)
    with pytest.raises(UserError, match="the only rate"):
        taxes.remove_tax_rate(book, made, date(1970, 1, 1), actor=ACTOR)
    item = _item(book, tax_code_id=made)
    with pytest.raises(UserError, match="Lessons is used"):
        taxes.delete_tax_code(book, made, actor=ACTOR)
    catalogue.delete_item(book, item, actor=ACTOR)
    taxes.delete_tax_code(book, made, actor=ACTOR)
    assert all(code["code"] != "school" for code in taxes.tax_codes(book))


def test_a_firm_that_moves_gets_its_new_country_s_codes(book):
    added = taxes.add_country_codes(book, "AT", actor=ACTOR)
    assert added[:3] == ["at-standard", "at-reduced", "reduced-2"]
    assert taxes.add_country_codes(book, "AT", actor=ACTOR) == []
    assert next(c["percent"] for c in taxes.tax_codes(book) if c["code"] == "at-standard") == 20
