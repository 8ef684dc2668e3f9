"""Recurring lines: which periods, at which price and tax, and how a span that is cut adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from desktop.domain.agreement import Agreement
from desktop.domain.billing import MISSING, Billing, ChargedSpan, ClientFacts, Draft, Line, TaxEntry, Work, build
from desktop.domain.money import SCALE
from desktop.saying import put
from tests.billing_facts import (
    COURSE,
    LONG_AGO,
    RETAINER,
    STANDARD,
    TAXES,
    agreement,
    client,
    day,
    line,
    money,
    rate,
    setting,
)


def bill(
    agreed: Agreement, billing: Billing | str, work: Work | None = None, buyer: ClientFacts | None = None
) -> Draft:
    billing = setting(billing) if isinstance(billing, str) else billing
    (draft,) = build(agreed, buyer or client(), work or Work(), billing).drafts
    check_lines(draft)
    return draft


def check_lines(draft: Draft) -> None:
    """What every draft must be: lines that check, charges that add up to their lines, prices not below nothing."""
    for one in draft.lines:
        exact = one.quantity * one.unit_price * 100 / (one.base_quantity * SCALE)
        assert abs(exact - (one.net + one.allowance - one.charge)) <= 0.5
        assert one.unit_price >= 0
    for one in draft.lines:
        mine = [charge.amount for charge in draft.charges if charge.position == one.position]
        assert not mine or sum(mine) == one.net
    assert [one.position for one in draft.lines] == list(range(1, len(draft.lines) + 1))
    assert draft.net == sum(one.net for one in draft.lines)
    assert draft.gross == draft.net + sum(tax.tax for tax in draft.taxes)


def skip(agreed: Agreement, through: str, work: Work | None = None) -> tuple[str, str]:
    built = build(agreed, client(), work or Work(), setting(through))
    assert built.drafts == []
    assert built.skip is not None
    return built.skip.code, put(built.skip.reason)


def spans(draft: Draft) -> list[tuple[str, str]]:
    return [(str(one.period_start), str(one.period_end)) for one in draft.lines]


def nets(draft: Draft) -> list[int]:
    return [one.net for one in draft.lines]


MISSED: list[tuple[str, dict[str, Any], str, list[tuple[str, str]]]] = [
    (
        "anniversary on the 31st",
        {"start": "2026-01-31", "alignment": "anniversary"},
        "2026-05-05",
        [("2026-01-31", "2026-02-28"), ("2026-02-28", "2026-03-31"), ("2026-03-31", "2026-04-30")],
    ),
    (
        "calendar begins with a stub",
        {"start": "2026-01-10"},
        "2026-02-28",
        [("2026-01-10", "2026-02-01"), ("2026-02-01", "2026-03-01")],
    ),
    (
        "bill-cycle day",
        {"start": "2026-01-10", "alignment": "bcd", "bill_day": 15},
        "2026-03-14",
        [("2026-01-10", "2026-01-15"), ("2026-01-15", "2026-02-15"), ("2026-02-15", "2026-03-15")],
    ),
    ("quarters", {"every": "3 month"}, "2026-06-30", [("2026-01-01", "2026-04-01"), ("2026-04-01", "2026-07-01")]),
    ("weeks from Monday", {"start": "2026-01-05", "every": "2 week"}, "2026-01-18", [("2026-01-05", "2026-01-19")]),
    ("days", {"every": "10 day", "alignment": "anniversary"}, "2026-01-10", [("2026-01-01", "2026-01-11")]),
    ("years", {"every": "1 year", "timing": "advance"}, "2026-01-01", [("2026-01-01", "2027-01-01")]),
    (
        "advance takes the period of the day",
        {"timing": "advance"},
        "2026-02-01",
        [("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-03-01")],
    ),
]


@pytest.mark.parametrize("what, terms, through, expected", MISSED, ids=[case[0] for case in MISSED])
def test_all_that_was_missed_comes_on_one_invoice(
    what: str, terms: dict[str, Any], through: str, expected: list[tuple[str, str]]
) -> None:
    assert spans(bill(agreement(**terms), through)) == expected


@pytest.mark.parametrize(
    "timing, through, due",
    [
        ("arrears", "2026-01-30", 0),
        ("arrears", "2026-01-31", 1),
        ("advance", "2026-01-31", 1),
        ("advance", "2026-02-01", 2),
    ],
)
def test_the_edge_of_a_period(timing: str, through: str, due: int) -> None:
    built = build(agreement(timing=timing), client(), Work(), setting(through))
    assert sum(len(draft.lines) for draft in built.drafts) == due


def test_a_stub_is_units_by_days_over_the_days_of_the_period() -> None:
    (one,) = bill(agreement(line(quantity="2", unit_price="310"), start="2026-01-17"), "2026-01-31").lines
    assert (one.quantity, one.base_quantity) == (money(2 * 15), money(31))
    assert one.net == 30000


def test_the_last_period_is_cut_by_the_end() -> None:
    draft = bill(agreement(line(unit_price="310"), end="2026-02-15"), "2026-02-28")
    assert spans(draft) == [("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-02-15")]
    assert nets(draft) == [31000, 15500]


def test_a_fixed_month_has_thirty_days() -> None:
    (one,) = bill(agreement(line(unit_price="300"), start="2026-02-16", fixed_30=True), "2026-02-28").lines
    assert (one.quantity, one.base_quantity, one.net) == (money(15), money(30), 15000)


def test_a_stub_without_days_bills_no_line() -> None:
    assert skip(agreement(start="2026-01-31", fixed_30=True), "2026-01-31")[0] == "not_due"
    assert spans(bill(agreement(start="2026-01-31", fixed_30=True), "2026-02-28")) == [("2026-02-01", "2026-03-01")]


def test_a_price_that_changes_on_the_31st_of_a_fixed_month_leaves_no_empty_line() -> None:
    priced = line(unit_price="300", prices=((day("2026-01-31"), money(600)),))
    draft = bill(agreement(priced, fixed_30=True), "2026-02-28")
    assert spans(draft) == [("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-03-01")]
    assert nets(draft) == [30000, 60000]


def test_trial_days_are_free() -> None:
    draft = bill(agreement(line(unit_price="280"), trial_until="2026-02-15"), "2026-02-28")
    assert spans(draft) == [("2026-02-15", "2026-03-01")]
    assert nets(draft) == [14000]
    assert skip(agreement(trial_until="2026-02-15"), "2026-01-31") == (
        "trial",
        "It is in its trial until 15 February 2026.",
    )


def test_a_pause_is_carved_out() -> None:
    draft = bill(agreement(line(unit_price="310"), pauses=[("2026-01-11", "2026-01-21")]), "2026-01-31")
    assert spans(draft) == [("2026-01-01", "2026-01-11"), ("2026-01-21", "2026-02-01")]
    assert nets(draft) == [10000, 11000]


def test_what_was_charged_before_the_book_began_does_not_come_again() -> None:
    assert spans(bill(agreement(charged_through="2026-02-01"), "2026-02-28")) == [("2026-02-01", "2026-03-01")]


def test_a_line_has_its_own_first_and_last_day() -> None:
    late = line(2, position=2, start=day("2026-01-16"), end=day("2026-02-15"), unit_price="31")
    draft = bill(agreement(line(), late), "2026-02-28")
    mine = [(one.period_start, one.period_end) for one in draft.lines if one.agreement_line_id == 2]
    assert mine == [("2026-01-16", "2026-02-01"), ("2026-02-01", "2026-02-15")]


def test_lines_stand_by_period_then_by_position() -> None:
    draft = bill(agreement(line(7, position=2), line(8, position=1)), "2026-02-28")
    assert [(one.period_start, one.agreement_line_id) for one in draft.lines] == [
        ("2026-01-01", 8),
        ("2026-01-01", 7),
        ("2026-02-01", 8),
        ("2026-02-01", 7),
    ]


def test_days_that_a_credit_freed_are_billed_and_no_others() -> None:
    freed = ChargedSpan(
        day("2026-01-01"),
        day("2026-04-01"),
        ((day("2026-01-01"), day("2026-02-01")), (day("2026-03-01"), day("2026-04-01"))),
    )
    assert spans(bill(agreement(), "2026-03-31", Work(charged={1: freed}))) == [("2026-02-01", "2026-03-01")]


# --- prices


def test_a_price_agreed_ahead_splits_the_period() -> None:
    priced = line(unit_price="310", prices=((day("2026-01-11"), money(620)),))
    draft = bill(agreement(priced), "2026-01-31")
    assert spans(draft) == [("2026-01-01", "2026-01-11"), ("2026-01-11", "2026-02-01")]
    assert nets(draft) == [10000, 42000]
    assert [one.base_quantity for one in draft.lines] == [money(31)] * 2


@pytest.mark.parametrize("edge", ["2026-01-01", "2026-02-01"])
def test_a_price_that_changes_between_periods_splits_none(edge: str) -> None:
    priced = line(unit_price="310", prices=((day(edge), money(620)),))
    draft = bill(agreement(priced), "2026-02-28")
    assert len(draft.lines) == 2
    assert nets(draft) == ([62000, 62000] if edge == "2026-01-01" else [31000, 62000])


def test_a_change_to_the_same_price_splits_nothing() -> None:
    priced = line(unit_price="310", prices=((day("2026-01-11"), money(310)),))
    assert nets(bill(agreement(priced), "2026-01-31")) == [31000]


def test_the_agreed_price_goes_before_the_card() -> None:
    card = setting("2026-01-31", rates=[rate(RETAINER, "250")])
    (agreed,) = bill(agreement(line(unit_price="200")), card).lines
    assert (agreed.unit_price, agreed.price_source, agreed.rate_id) == (money(200), "agreed", None)
    (priced,) = bill(agreement(line(unit_price=None)), card).lines
    assert (priced.unit_price, priced.price_source, priced.rate_id) == (money(250), "card", 1)


def test_the_clients_card_goes_before_everyones_and_dates_count() -> None:
    rates = [
        rate(RETAINER, "250", id=1),
        rate(RETAINER, "240", id=2, client_id=1),
        rate(RETAINER, "260", id=3, client_id=1, since="2026-02-01"),
    ]
    draft = bill(agreement(line(unit_price=None)), setting("2026-02-28", rates=rates))
    assert [(one.unit_price, one.rate_id, one.price_source) for one in draft.lines] == [
        (money(240), 2, "client"),
        (money(260), 3, "client"),
    ]


def test_what_nothing_prices_stands_at_nothing_and_says_so() -> None:
    draft = bill(agreement(line(unit_price=None)), setting("2026-01-31", rates=[rate(RETAINER, "9", currency="USD")]))
    assert [(one.unit_price, one.net, one.price_source) for one in draft.lines] == [(0, 0, MISSING)]


def test_a_price_below_nothing_turns_into_a_quantity_below_nothing() -> None:
    draft = bill(agreement(line(), line(2, unit_price="-30", position=2)), "2026-01-31")
    assert [(one.quantity, one.unit_price, one.net) for one in draft.lines] == [
        (SCALE, money(100), 10000),
        (-SCALE, money(30), -3000),
    ]


@pytest.mark.parametrize(
    "own, of_agreement, allowance, reason", [("0.1", "0.2", 1000, "10 %"), ("0", "0.2", 2000, "Loyalty 20 %")]
)
def test_a_lines_discount_goes_before_the_agreements(own: str, of_agreement: str, allowance: int, reason: str) -> None:
    agreed = agreement(line(discount=own), discount=money(of_agreement), discount_reason="Loyalty")
    (one,) = bill(agreed, "2026-01-31").lines
    assert (one.allowance, one.allowance_reason, one.net) == (allowance, reason, 10000 - allowance)


def test_a_currency_without_decimals() -> None:
    priced = line(unit_price="1000", start=day("2026-01-21"))
    draft = build(agreement(priced, currency="JPY"), client(currency="JPY"), Work(), setting("2026-01-31")).drafts[0]
    assert nets(draft) == [355]  # 1000 x 11 / 31 = 354.84


# --- taxes


def taxed(*rates: tuple[str, str]) -> tuple[TaxEntry, ...]:
    """The catalogue with these rates of the standard code, in percent."""
    dated = tuple((day(since), money(percent) // 100) for since, percent in rates)
    return (TaxEntry(STANDARD, "standard", "S", "", "", dated), *TAXES[1:])


def test_a_period_splits_where_the_tax_rate_changes() -> None:
    taxes = taxed(("2000-01-01", "16"), ("2021-01-01", "19"))
    agreed = agreement(line(unit_price="310"), start="2020-12-16", alignment="anniversary")
    draft = bill(agreed, setting("2021-01-15", taxes=taxes))
    assert spans(draft) == [("2020-12-16", "2021-01-01"), ("2021-01-01", "2021-01-16")]
    assert [one.rate for one in draft.lines] == [money("0.16"), money("0.19")]
    assert {(tax.rate, tax.basis) for tax in draft.taxes} == {(money("0.16"), 16000), (money("0.19"), 15000)}


@pytest.mark.parametrize("price", ["100", "99.99", "0.07", "1234.56", "-100"])
@pytest.mark.parametrize("discount", ["0", "0.1", "0.333"])
def test_parts_of_a_split_add_up_to_the_undivided_period(price: str, discount: str) -> None:
    changes = taxed(("2000-01-01", "16"), ("2026-01-08", "17"), ("2026-01-15", "18"), ("2026-01-22", "19"))
    agreed = agreement(line(unit_price=price, discount=discount), line(2, position=2, unit_price="500"))
    whole = nets(bill(agreed, "2026-01-31"))
    draft = bill(agreed, setting("2026-01-31", taxes=changes))
    parts = [one for one in draft.lines if one.agreement_line_id == 1]
    assert len(parts) == 4
    assert sum(one.net for one in parts) == whole[0]


def test_parts_of_a_split_stub_add_up_to_the_stub() -> None:
    changes = taxed(("2000-01-01", "16"), ("2026-01-08", "17"), ("2026-01-15", "18"))
    agreed = agreement(line(unit_price="100"), start="2026-01-03")
    (whole,) = nets(bill(agreed, "2026-01-31"))
    assert sum(nets(bill(agreed, setting("2026-01-31", taxes=changes)))) == whole


def test_a_price_and_a_tax_that_change_in_one_period_add_up_by_price() -> None:
    priced = line(unit_price="100", prices=((day("2026-01-20"), money(200)),))
    changes = taxed(("2000-01-01", "16"), ("2026-01-08", "17"), ("2026-01-25", "19"))
    draft = bill(agreement(priced), setting("2026-01-31", taxes=changes))
    by_price = {price: sum(o.net for o in draft.lines if o.unit_price == money(price)) for price in (100, 200)}
    assert by_price == {100: 6129, 200: 7742}  # 19/31 of 100 and 12/31 of 200


def test_the_odd_cent_is_named() -> None:
    changes = taxed(("2000-01-01", "16"), ("2026-01-08", "17"), ("2026-01-15", "18"), ("2026-01-22", "19"))
    lasts = [
        bill(agreement(line(unit_price=price)), setting("2026-01-31", taxes=changes)).lines[-1]
        for price in ("100.01", "100.02")
    ]
    assert [(one.charge, one.allowance, one.allowance_reason) for one in lasts] == [
        (1, 0, ""),
        (0, 1, "Rounding of the parts"),
    ]


def test_two_codes_of_one_category_keep_their_own_words() -> None:
    """German books know two reasons for category E; a course is not exempt because its seller is small."""
    draft = bill(agreement(line(item_id=COURSE)), "2026-01-31")
    assert [(tax.category, tax.exemption_text) for tax in draft.taxes] == [("E", "Exempt from VAT")]


def test_a_small_business_says_so() -> None:
    draft = bill(agreement(line()), setting("2026-01-31", small_business=True))
    assert [(tax.category, tax.tax, tax.exemption_text) for tax in draft.taxes] == [("E", 0, "§ 19 UStG")]


def test_words_of_two_codes_on_one_invoice_stand_together() -> None:
    own = TaxEntry(9, "exempt-art", "E", "VATEX-EU-I", "Works of art", ((LONG_AGO, 0),))
    items = [*setting("2026-01-31").items.values()]

    items[0] = replace(items[0], tax_code="exempt-art")
    billing = setting("2026-01-31", taxes=(*TAXES, own), items=items)
    draft = bill(
        agreement(line(), line(2, position=2, item_id=COURSE)), billing, buyer=client(tax_treatment="domestic")
    )
    assert [(t.category, t.exemption_code, t.exemption_text) for t in draft.taxes] == [
        ("E", "VATEX-EU-I", "Works of art; Exempt from VAT")
    ]


@pytest.mark.parametrize(
    "buyer, category, tax",
    [
        ({"country": "FR", "tax_id": "FR40303265045"}, "AE", 0),
        ({"country": "FR", "is_business": False}, "S", 1900),
        ({"country": "US"}, "O", 0),
        ({"country": "DE", "tax_treatment": "reverse_charge"}, "AE", 0),
    ],
)
def test_the_client_decides_the_tax(buyer: dict[str, Any], category: str, tax: int) -> None:
    draft = bill(agreement(), "2026-01-31", buyer=client(**buyer))
    assert [(one.category, draft.tax) for one in draft.taxes] == [(category, tax)]


def test_an_item_without_a_code_takes_the_segments() -> None:
    billing = setting("2026-01-31", items=[])
    draft = bill(agreement(line(item_id=None, description="Care")), billing, buyer=client(tax_code="reduced"))
    assert draft.tax == 700


# --- why nothing is billed


REASONS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"active": False}, "2026-01-31", "inactive", "The agreement is switched off."),
    ({"start": "2026-03-01"}, "2026-01-31", "not_started", "It starts on 1 March 2026."),
    ({}, "2026-01-15", "not_due", "Nothing is due through 15 January 2026; next on 31 January 2026."),
    ({"timing": "advance", "charged_through": "2026-02-01"}, "2026-01-15", "not_due", "next on 1 February 2026."),
    ({"end": "2026-01-15", "charged_through": "2026-01-15"}, "2026-01-31", "ended", "It ended on 14 January 2026"),
    (
        {"charged_through": "2026-01-01", "pauses": [("2026-01-01", None)]},
        "2026-01-31",
        "paused",
        "It is paused until further notice.",
    ),
    (
        {"charged_through": "2026-02-01", "pauses": [("2026-02-01", "2026-04-01")]},
        "2026-02-28",
        "paused",
        "It is paused since 1 February 2026 until 1 April 2026.",
    ),
    # The days around a pause become due together, with the last day of their month.
    ({"pauses": [("2026-01-11", "2026-01-21")]}, "2026-01-25", "not_due", "next on 31 January 2026."),
]


@pytest.mark.parametrize("terms, through, code, reason", REASONS)
def test_an_agreement_that_bills_nothing_says_why(terms: dict[str, Any], through: str, code: str, reason: str) -> None:
    found = skip(agreement(**terms), through)
    assert found[0] == code
    assert reason in found[1]


def test_an_agreement_without_lines_says_so() -> None:

    assert skip(agreement()._replace(lines=()), "2026-01-31")[0] == "no_lines"


def test_the_day_it_names_is_the_day_it_is_billed() -> None:
    for timing in ("arrears", "advance"):
        agreed = agreement(start="2026-03-10", timing=timing, pauses=[("2026-03-20", "2026-03-25")])
        agreed_day = {"arrears": date(2026, 3, 31), "advance": date(2026, 3, 10)}[timing]
        before = (agreed_day.replace(day=agreed_day.day - 1)).isoformat()
        assert build(agreed, client(), Work(), setting(before)).drafts == []
        assert build(agreed, client(), Work(), setting(agreed_day.isoformat())).drafts != []


def test_what_adds_up_to_nothing_is_skipped() -> None:
    assert skip(agreement(line(), line(2, unit_price="-100", position=2)), "2026-01-31") == (
        "zero_total",
        "What is due adds up to nothing.",
    )


def test_a_total_below_nothing_is_drafted() -> None:
    assert bill(agreement(line(unit_price="-100")), "2026-01-31").gross == -11900


def test_terms_texts_and_po_come_from_the_agreement_then_the_client() -> None:
    buyer = client(terms="net 14", delivery="mail", template_id=3, buyer_reference="REF", language="de")
    inherited = bill(agreement(), "2026-01-31", buyer=buyer)
    assert (inherited.terms, inherited.delivery, inherited.template_id, inherited.buyer_reference) == (
        "net 14",
        "mail",
        3,
        "REF",
    )
    own = bill(
        agreement(terms="net 7", delivery="print", template_id=4, buyer_reference="A-REF", po_number="PO-1"),
        "2026-01-31",
        buyer=buyer,
    )
    assert (own.terms, own.delivery, own.template_id, own.buyer_reference, own.po_number, own.language) == (
        "net 7",
        "print",
        4,
        "A-REF",
        "PO-1",
        "de",
    )


def test_a_draft_survives_its_body() -> None:
    draft = bill(agreement(line(item_id=COURSE, discount="0.1"), line(2, position=2)), "2026-02-28")
    draft.note = "Thank you"
    again = Draft.from_body(draft.kind, draft.client_id, draft.currency, draft.body())
    assert again == draft
    assert all(isinstance(one, Line) for one in again.lines)
