from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.billing import Draft, Line, Work, build, recalculate
from desktop.domain.billing.facts import ClientFacts, Deposit, FirmFacts, TaxEntry, TaxRule
from desktop.domain.billing.lines import part_of
from desktop.domain.billing.regimes import REGIMES, decide_code, place_of_supply, place_words, regime_of
from desktop.domain.place_catalogue import SAMPLE_AREAS, rate_rows, tax_codes, tax_rules
from desktop.domain.states import CANADA, INDIA, UNION_TERRITORIES, US, gstin_state, state_name, state_of
from desktop.domain.tax_parts import by_tax, dated_parts, parse_parts, parts_at, parts_text, taxes_of
from tests.billing_facts import agreement, line, setting
from tests.billing_facts import client as billed

GSTIN = "29AAGCB7383J1Z4"


def firm(country: str, **changes: Any) -> FirmFacts:
    return FirmFacts(**{"name": "F", "country": country, "currency": "EUR", "language": "en", "terms": ""} | changes)


def client(country: str, **changes: Any) -> ClientFacts:
    given: dict[str, Any] = {"id": 1, "code": "C", "name": "C", "country": country, "currency": "EUR"}
    return ClientFacts(**given | changes)


def rules(country: str) -> list[TaxRule]:
    return [TaxRule(country, *rule) for rule in tax_rules(country)]


# --- states


@pytest.mark.parametrize(
    "country, text, code",
    [
        ("IN", "27", "27"),
        ("IN", "27-Maharashtra", "27"),
        ("IN", "Maharashtra (27)", "Maharashtra (27)"),
        ("IN", " maharashtra ", "27"),
        ("IN", "MH", "27"),
        ("IN", "Orissa", "21"),
        ("IN", "28", "37"),
        ("IN", "Jammu & Kashmir", "01"),
        ("IN", "27-Goa", "27-Goa"),
        ("IN", "Bavaria", "Bavaria"),
        ("US", "california", "CA"),
        ("US", "TX austin", "TX Austin"),
        ("US", "Austin, Texas", "TX Austin"),
        ("US", "TX, Travis County", "TX Travis County"),
        ("US", "D.C.", "D.C."),
        ("CA", "Québec", "QC"),
        ("DE", "  Bayern ", "Bayern"),
        ("US", "", ""),
    ],
)
def test_a_state_is_known_by_every_name(country: str, text: str, code: str) -> None:
    assert state_of(country, text) == code


@pytest.mark.parametrize("country, known", [("IN", INDIA), ("US", US), ("CA", CANADA)])
def test_a_state_is_its_own_code_and_its_name_leads_back(country: str, known: dict[str, Any]) -> None:
    for code in known:
        assert state_of(country, code) == code
        bare = state_name(country, code).partition(" (")[0]
        assert state_of(country, bare) == code


def test_a_gstin_tells_its_state() -> None:
    assert gstin_state(GSTIN) == "29"
    assert gstin_state("28AAGCB7383J1Z4") == "37"
    assert gstin_state("29AAGCB7383J1Z") == ""
    assert gstin_state("") == ""


# --- regimes


@pytest.mark.parametrize(
    "chosen, country, regime",
    [
        ("auto", "IN", "india"),
        ("auto", "US", "us"),
        ("auto", "DE", "vat"),
        ("auto", "NO", "vat"),
        ("auto", "CA", "generic"),
        ("auto", "AU", "generic"),
        ("generic", "DE", "generic"),
        ("vat", "IN", "vat"),
    ],
)
def test_the_country_decides_unless_the_firm_does(chosen: str, country: str, regime: str) -> None:
    assert regime_of(chosen, country) == regime
    assert regime in REGIMES


@pytest.mark.parametrize("state", sorted(INDIA))
@pytest.mark.parametrize("other", ["07", "29"])
def test_india_goes_by_the_state(state: str, other: str) -> None:
    seller = firm("IN", region=state)
    code = decide_code(seller, client("IN", region=other), "service", "gst-18", rules("IN"))
    if state != other:
        assert code == "igst-18"
    else:
        assert code == ("utgst-18" if state in UNION_TERRITORIES else "gst-18")


@pytest.mark.parametrize(
    "seller, buyer, item_code, code",
    [
        ({"tax_id": GSTIN}, {"tax_id": GSTIN}, "standard", "standard"),
        ({"tax_id": GSTIN, "region": "Kerala"}, {"region": "Karnataka"}, "standard", "standard"),
        ({"tax_id": GSTIN}, {}, "gst-5", "gst-5"),
        ({"tax_id": GSTIN}, {"country": "SG"}, "gst-5", "export"),
        ({"tax_id": GSTIN}, {"tax_treatment": "export"}, "gst-5", "export"),
        ({"tax_id": GSTIN}, {"tax_treatment": "reverse_charge"}, "gst-5", "reverse-charge"),
        ({"tax_id": GSTIN}, {}, "exempt", "exempt"),
        ({"tax_id": GSTIN}, {}, "zero", "zero"),
        ({"tax_id": GSTIN}, {"region": "Goa"}, "zero", "zero"),
        ({"tax_id": GSTIN, "small_business": True}, {"region": "Goa"}, "gst-18", "small-business"),
        ({}, {"region": "Goa"}, "gst-18", ""),
        ({"tax_id": GSTIN}, {"region": "Goa"}, "own-code", "own-code"),
    ],
)
def test_indian_supplies(seller: dict[str, Any], buyer: dict[str, Any], item_code: str, code: str) -> None:
    given = client(buyer.pop("country", "IN"), **buyer)
    assert decide_code(firm("IN", **seller), given, "service", item_code, rules("IN")) == code


AREAS = [
    TaxRule("US", "TX Austin", "standard", "austin"),
    TaxRule("US", "TX", "standard", "texas"),
    TaxRule("US", "TX", "software", "texas-software"),
    TaxRule("US", "NY", "", "ny"),
]


@pytest.mark.parametrize(
    "buyer, item_code, code",
    [
        ({"place_of_supply": "Austin, TX"}, "standard", "austin"),
        ({"region": "TX", "place_of_supply": "TX Austin Downtown"}, "standard", "austin"),
        ({"region": "TX"}, "standard", "texas"),
        ({"region": "TX"}, "software", "texas-software"),
        ({"region": "TX"}, "services", "outside"),
        ({"region": "NY"}, "services", "ny"),
        ({"region": "Ohio"}, "standard", "outside"),
        ({"region": ""}, "standard", ""),
        ({"region": "NY", "tax_certificate": "ST-120"}, "standard", "exempt"),
        ({"region": "NY", "tax_treatment": "exempt"}, "standard", "exempt"),
        ({"region": "NY", "tax_certificate": "ST-120", "tax_treatment": "domestic"}, "standard", "ny"),
        ({"region": "NY"}, "exempt", "exempt"),
        ({"country": "DE"}, "standard", "outside"),
    ],
)
def test_american_supplies(buyer: dict[str, Any], item_code: str, code: str) -> None:
    given = client(buyer.pop("country", "US"), **buyer)
    assert decide_code(firm("US", region="TX"), given, "service", item_code, AREAS) == code


@pytest.mark.parametrize(
    "buyer, item_code, kind, code",
    [
        ({"region": "QC"}, "standard", "service", "gst-qst"),
        ({"region": "BC"}, "standard", "service", "gst-pst-bc"),
        ({"region": "BC"}, "gst", "service", "gst"),
        ({"region": "ON"}, "gst", "service", "hst-on"),
        ({"region": "ON"}, "zero", "service", "zero"),
        ({"region": "AB"}, "standard", "service", "standard"),
        ({"country": "US"}, "standard", "service", "outside"),
        ({"country": "US"}, "standard", "goods", "export"),
        ({"region": "ON", "tax_treatment": "exempt"}, "standard", "service", "exempt"),
    ],
)
def test_supplies_under_rules_of_ones_own(buyer: dict[str, Any], item_code: str, kind: str, code: str) -> None:
    given = client(buyer.pop("country", "CA"), **buyer)
    assert decide_code(firm("CA", region="ON"), given, kind, item_code, rules("CA")) == code


def test_vat_asks_no_rule() -> None:
    everywhere = [TaxRule("", "", "", "wrong")]
    assert decide_code(firm("DE"), client("DE"), "service", "standard", everywhere) == "standard"
    assert decide_code(firm("DE"), client("FR"), "service", "standard", everywhere) == "reverse-charge"


def test_a_document_names_the_place_where_the_law_asks_for_it() -> None:
    seller = firm("IN", tax_id=GSTIN)
    assert place_words("india", seller, client("IN", region="KL")) == "Kerala (32)"
    assert place_words("india", seller, client("IN")) == "Karnataka (29)"
    assert place_words("india", seller, client("SG")) == ""
    assert place_words("us", firm("US"), client("US", place_of_supply="Austin, TX")) == "TX Austin"
    assert place_words("vat", firm("DE"), client("DE", region="Bayern")) == ""
    assert place_of_supply(seller, client("SG", place_of_supply="Goa")) == ""


# --- catalogues


@pytest.mark.parametrize("country", ["IN", "US", "CA", "DE", "AU", "CH"])
def test_rules_lead_to_codes_that_there_are(country: str) -> None:
    codes = {code.code for code in tax_codes(country)}
    assert len(codes) == len(tax_codes(country))
    assert "standard" in codes
    assert {rule.code for rule in tax_rules(country)} <= codes
    assert {rule.item_code for rule in tax_rules(country)} <= codes | {""}
    for code in tax_codes(country):
        assert rate_rows(code)


@pytest.mark.parametrize("percent", ["5", "12", "18", "28", "40"])
def test_indian_slabs_are_halves_and_wholes(percent: str) -> None:
    by_code = {code.code: code for code in tax_codes("IN")}
    sums = [sum(row[2] for row in rate_rows(by_code[f"{prefix}-{percent}"])) for prefix in ("gst", "igst", "utgst")]
    assert [str(one) for one in sums] == [percent] * 3 or {int(one) for one in sums} == {int(percent)}
    first = min(row[1] for row in rate_rows(by_code[f"gst-{percent}"]))
    assert first == (date(2025, 9, 22) if percent == "40" else date(2017, 7, 1))


def test_sample_areas_come_to_what_their_states_publish() -> None:
    assert {area.region: str(sum(percent for _, percent in area.taxes)) for area in SAMPLE_AREAS} == {
        "TX Austin": "8.25",
        "NY New York": "8.875",
        "IL Chicago": "10.25",
    }


# --- parts

names = st.sampled_from(["CGST", "SGST", "State", "County", "City"])
parts = st.lists(st.tuples(names, st.integers(0, 200_000)), max_size=4, unique_by=lambda part: part[0]).map(tuple)


@given(parts)
def test_the_text_of_parts_says_them_all(taxes: Any) -> None:
    assert parse_parts(parts_text(taxes)) == taxes


def test_one_tax_without_a_name_needs_no_text() -> None:
    assert parts_text((("", 190_000),)) == ""
    assert taxes_of(190_000, "") == (("", 190_000),)


def test_taxes_begin_and_end_on_their_days() -> None:
    first, second, third = date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1)
    dated = dated_parts([("A", first, 10), ("B", second, 5), ("A", third, 0), ("B", third, 7)])
    assert dated == (
        (first, (("A", 10),)),
        (second, (("A", 10), ("B", 5))),
        (third, (("B", 7),)),
    )
    assert parts_at(dated, 15, date(2021, 6, 1)) == (("A", 10), ("B", 5))
    assert parts_at(dated, 10, date(2025, 1, 1)) == (("A", 10),)
    assert parts_at(dated, 7, None) == (("B", 7),)
    assert parts_at(dated, 99, date(2021, 6, 1)) == ()


texts = st.sampled_from(
    ["", "CGST=90000;SGST=90000", "IGST=180000", "State=62500;County=10000", "State=62500;City=20000"]
)
lines = st.lists(st.tuples(texts, st.integers(-100_000, 1_000_000)), min_size=1, max_size=8)


def _line(position: int, text: str, net: int) -> Line:
    rate = sum(rate for _, rate in parse_parts(text)) if text else 190_000
    return Line(
        position, None, None, None, "", "Work", "", "", None, None, 1, "", net, 1, 0, "", 0, net, 1, "S", rate,
        tax_parts=text,
    )  # fmt: skip


@given(lines, st.sampled_from([1, 5, 100]))
def test_each_tax_lies_once_on_all_that_bears_it(given_lines: list[tuple[str, int]], step: int) -> None:
    made = [_line(at, text, net) for at, (text, net) in enumerate(given_lines, 1)]
    draft = Draft("invoice", 1, "EUR", lines=made, step=step)
    recalculate(draft)
    assert draft.net == sum(net for _, net in given_lines)
    for tax in draft.taxes:
        bearing = [net for (text, net), line in zip(given_lines, made, strict=True) if tax.name in _names(text)]
        if tax.name:
            assert tax.basis == sum(bearing)
        assert tax.tax == part_of(tax.basis, tax.rate)
    assert len({(tax.category, tax.rate, tax.name) for tax in draft.taxes}) == len(draft.taxes)
    assert draft.gross == draft.net + draft.tax
    assert draft.payable == draft.gross + draft.rounding
    assert draft.payable % step == 0
    assert abs(draft.rounding) * 2 <= step
    again = Draft.from_body("invoice", 1, "EUR", draft.body())
    assert (again.taxes, again.payable) == (draft.taxes, draft.payable)


def _names(text: str) -> set[str]:
    return {name for name, _ in parse_parts(text)}


def test_two_rates_share_the_tax_of_the_state() -> None:
    bases = {("S", 72_500, "State=62500;County=10000"): 1_000, ("S", 82_500, "State=62500;City=20000"): 2_000}
    assert by_tax(bases.items()) == {
        ("S", 62_500, "State"): 3_000,
        ("S", 10_000, "County"): 1_000,
        ("S", 20_000, "City"): 2_000,
    }


# --- deposits

HALVES = ((date(2000, 1, 1), (("CGST", 90_000), ("SGST", 90_000))),)
GST = TaxEntry(1, "standard", "S", "", "", ((date(2000, 1, 1), 180_000),), HALVES)


@given(
    st.integers(1, 500_000),
    st.lists(st.integers(1, 300_000), min_size=1, max_size=3),
    st.booleans(),
)
def test_deposits_of_several_taxes_never_take_more_than_is_due(price: int, bases: list[int], final: bool) -> None:
    deposits = [
        Deposit(at, f"DP-{at}", date(2025, 12, 1), "EUR", ((basis, "S", 180_000, 1, "CGST=90000;SGST=90000"),))
        for at, basis in enumerate(bases, 70)
    ]
    setting_ = setting("2026-01-31", taxes=(GST,))
    agreed = agreement(line(unit_price=price * 10_000), is_final=final)
    (draft,) = build(agreed, billed(), Work(deposits=deposits), setting_).drafts
    taken = {at: -sum(one.net for one in draft.lines if one.deducts_id == at) for at in range(70, 70 + len(bases))}
    assert all(0 <= taken[at] <= basis for at, basis in enumerate(bases, 70))
    if final:
        assert sum(taken.values()) == sum(bases)
    else:
        assert draft.gross >= 0
    assert draft.tax == 2 * part_of(price - sum(taken.values()), 90_000)
