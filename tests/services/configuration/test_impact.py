from datetime import date
from decimal import Decimal

import pytest

from db.schema import Rate
from desktop.services import firm, rates, rules, taxes
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.configuration.applying import accept
from desktop.services.configuration.impact import impact, impact_of
from desktop.services.configuration.proposing import propose
from desktop.services.configuration.rolling_back import billed_by, roll_back
from desktop.services.configuration.standing import proposal
from tests.billing_facts import money
from tests.books import new_book
from tests.contracts import Contracts, rows, value

TODAY = date(2026, 1, 20)
CARD = {"unit_price": None}


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


@pytest.fixture
def contracts(book):
    """Two clients billed in arrears by the month: one at the card's price of 100, one at an agreed 250."""
    made = Contracts(book)
    item = made.item()
    with change(book, "Ada", "Prices") as changed:
        changed.insert(Rate, item_id=item, currency="EUR", valid_from=date(2025, 1, 1), price=money(100), mode="flat")
    made.agreement(made.client("C1"), "A1", CARD)
    made.agreement(made.client("C2"), "A2", {"unit_price": "250", "item_id": made.item("SUP")})
    return made


def _price(book, day=date(2026, 1, 1), price="120"):
    item = value(book, "SELECT id FROM item WHERE code = 'RET'")
    return propose(
        book,
        lambda: rates.set_rate(book, item, valid_from=day, tiers=[(None, Decimal(price))], currency="EUR", actor="Ada"),
        summary="Dearer",
        reason="Index",
        from_day=day,
        actor="Ada",
        today=TODAY,
    )


def _do(book, act, day=TODAY):
    return propose(book, act, summary="Change", reason="", from_day=day, actor="Ada", today=TODAY)


def test_a_price_differs_where_the_card_prices_and_nowhere_else(book, contracts):
    found = impact(book, _price(book), actor="Ben", today=TODAY)
    assert found.day == date(2026, 1, 31)
    assert found.looked_at == 2
    assert (found.before, found.after) == ({"EUR": 41650}, {"EUR": 44030})
    (one,) = found.differences
    assert (one.client, one.agreements, one.gross_before, one.gross_after, one.change) == (
        "C1",
        ("A1",),
        11900,
        14280,
        2380,
    )
    (line,) = one.lines
    assert (line.what, line.net_before, line.net_after) == ("changed", 10000, 12000)
    assert (line.price_before, line.price_after) == (money(100), money(120))
    assert value(book, "SELECT count(*) FROM rate") == 1
    assert impact_of(found.text()) == found


def test_looking_leaves_no_trace(book, contracts):
    number = _price(book)
    before = value(book, "SELECT count(*) FROM audit_event"), value(book, "SELECT max(id) FROM change_set")
    impact(book, number, actor="Ben", today=TODAY)
    assert (value(book, "SELECT count(*) FROM audit_event"), value(book, "SELECT max(id) FROM change_set")) == before
    assert check(book).clean


def test_what_is_billed_in_the_run_is_what_was_shown(book, contracts):
    number = _price(book)
    shown = impact(book, number, actor="Ben", today=TODAY)
    accept(book, number, actor="Ben", today=TODAY, impact=shown.text())
    billed = contracts.bill("2026-01-31")
    assert billed.totals == dict(shown.after)
    assert impact_of(proposal(book, number).impact) == shown


def test_a_rule_holds_what_went_before(book, contracts):
    number = _do(book, lambda: rules.set_rule(book, "amount_above", parameters={"limit": 200}, actor="Ada"))
    (one,) = impact(book, number, actor="Ben", today=TODAY).differences
    assert one.client == "C2"
    assert not one.lines
    assert [(word.name, word.before, word.after) for word in one.words] == [
        ("state", "ready", "held"),
        ("findings", "", "amount_above"),
    ]


def test_terms_and_taxes_are_told_as_such(book, contracts):
    number = _do(book, lambda: firm.update_firm(book, {"terms": "net 7"}, actor="Ada"))
    found = impact(book, number, actor="Ben", today=TODAY)
    assert {(word.name, word.after) for one in found.differences for word in one.words} == {("terms", "net 7")}
    code = value(book, "SELECT id FROM tax_code WHERE code = 'standard'")
    number = _do(
        book, lambda: taxes.set_tax_rate(book, code, date(2026, 1, 1), Decimal(16), actor="Ada"), date(2026, 1, 1)
    )
    found = impact(book, number, actor="Ben", today=TODAY)
    assert {(line.tax_before, line.tax_after) for one in found.differences for line in one.lines} == {
        ("S 19%", "S 16%")
    }
    assert found.after == {"EUR": 40600}


def test_a_later_day_counts_what_is_accepted_before_it(book, contracts):
    first = _do(book, lambda: firm.update_firm(book, {"terms": "net 7"}, actor="Ada"), date(2026, 2, 10))
    accept(book, first, actor="Ben", today=TODAY)
    second = _do(book, lambda: rules.set_rule(book, "amount_above", enabled=False, actor="Ada"), date(2026, 3, 1))
    found = impact(book, second, actor="Ben", today=TODAY)
    assert found.day == date(2026, 3, 1)
    assert found.differences == ()
    assert value(book, "SELECT terms FROM firm") != "net 7"


def test_rolled_back_before_anything_was_billed_all_is_as_before(book, contracts):
    number = _price(book)
    accept(book, number, actor="Ben", today=TODAY)
    assert billed_by(book, number).by_it == ()
    roll_back(book, number, reason="Too early", actor="Ben", today=TODAY)
    assert rows(book, "SELECT price FROM rate") == [(money(100),)]
    assert proposal(book, number).state == "rolled_back"
    assert check(book).clean


def test_a_price_that_billed_stays_for_its_days_and_the_one_before_counts_again(book, contracts):
    number = _price(book)
    accept(book, number, actor="Ben", today=TODAY)
    invoice = contracts.bill("2026-01-31").invoices[0]
    billed = roll_back(book, number, reason="", actor="Ben", today=date(2026, 2, 1))
    assert billed.by_it == (invoice,)
    assert (billed.since, billed.totals) == (2, {"EUR": 14280})
    assert rows(book, "SELECT valid_from, price FROM rate ORDER BY 1") == [
        ("2025-01-01", money(100)),
        ("2026-01-01", money(120)),
        ("2026-02-01", money(100)),
    ]
    assert contracts.bill("2026-02-28").totals == {"EUR": 41650}
    assert check(book).clean


def test_a_rule_is_rolled_back_as_one(book, contracts):
    number = _do(book, lambda: rules.set_rule(book, "amount_above", parameters={"limit": 200}, actor="Ada"))
    accept(book, number, actor="Ben", today=TODAY)
    roll_back(book, number, reason="", actor="Ben", today=TODAY)
    assert value(book, "SELECT count(*) FROM rule_setting") == 0
