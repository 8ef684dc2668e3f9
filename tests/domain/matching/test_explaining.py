"""What a line is read as: by what it names, by whom it is from, by its amount, and why it is not sure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from desktop.domain.matching.facts import Policy
from desktop.domain.references import qr_reference, rf_reference
from tests.domain.matching.made import ACME, ACME_ACCOUNT, TODAY, explained, item, line, payer, shares, told

SEVEN = item(1, "INV-2026-0007", 11_900)
OTHERS = [item(2, "INV-2026-0412", 50_000, 2), item(3, "INV-2026-0815", 77_777, 3)]
NORD = payer(2, "Nordlicht Bau AG")
SUED = payer(3, "Südwind Papier KG")


@pytest.mark.parametrize(
    "text",
    [
        "Rechnung INV-2026-0007",
        "inv 2026 0007 vielen Dank",
        "INV/2026/0007",
        "RGINV20260007",
        "20260007",
        "Re.Nr. INV-2026-7",
        "INV-2026-00 07 EUR 119,00",
        "INVOICE:INV-2026-0007.",
    ],
)
def test_a_number_is_read_however_it_is_written(text: str) -> None:
    best = explained(line(11_900, text), [SEVEN, *OTHERS], ACME, NORD, SUED)[0]
    assert (shares(best), best.sure, best.client_id) == ({1: 11_900}, True, 1)
    assert told(best)[0] == "Names INV-2026-0007"
    assert "Pays INV-2026-0007 to the cent" in told(best)


@pytest.mark.parametrize("reference", [rf_reference("INV-2026-0007"), qr_reference("INV-2026-0007")])
def test_a_structured_reference_is_read_in_its_field_and_in_the_text(reference: str) -> None:
    asked = replace(SEVEN, references=(reference,))
    spaced = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
    for given in (line(11_900, reference=reference), line(11_900, f"Zahlung {spaced} danke")):
        best = explained(given, [asked, *OTHERS], ACME)[0]
        assert (shares(best), best.sure) == ({1: 11_900}, True)
        assert told(best)[0] == "Carries the payment reference of INV-2026-0007"


def test_a_reference_is_known_by_its_number_even_where_none_was_asked_for() -> None:
    best = explained(line(11_900, reference=rf_reference("INV-2026-0007")), [SEVEN, *OTHERS])[0]
    assert (shares(best), best.sure) == ({1: 11_900}, True)


def test_a_reference_with_wrong_check_digits_alone_does_not_take_a_part_payment() -> None:
    sound = rf_reference("INV-2026-0007")
    wrong = sound[:2] + f"{(int(sound[2:4]) + 1) % 97:02d}" + sound[4:]
    best = explained(line(5_000, reference=wrong, party_account=ACME_ACCOUNT), [SEVEN, *OTHERS])[0]
    assert shares(best) == {1: 5_000}
    assert not best.sure


@pytest.mark.parametrize(
    "text, why",
    [
        ("INV-2026-0070", "Names INV-2026-0070, which may be INV-2026-0007 with two digits swapped"),
        ("INV-202-0007", "Names INV-202-0007, which may be INV-2026-0007 with a digit missing"),
        ("INV-2026-00077", "Names INV-2026-00077, which may be INV-2026-0007 with a digit too many"),
        ("INV-2026-0001", "Names INV-2026-0001, which may be INV-2026-0007 with one digit wrong"),
    ],
)
def test_typing_errors_are_seen_through_where_payer_and_amount_agree(text: str, why: str) -> None:
    best = explained(line(11_900, text, party_account=ACME_ACCOUNT), [SEVEN, *OTHERS], ACME)[0]
    assert (shares(best), best.sure) == ({1: 11_900}, True)
    assert told(best)[0] == why


def test_a_number_that_is_settled_is_no_typing_error() -> None:
    found = explained(line(11_900, "INV-2026-0001", party_account=ACME_ACCOUNT), [SEVEN], settled={"INV-2026-0001": 1})
    assert not found[0].sure
    assert any("INV-2026-0001" in reason and "not open" in reason for reason in told(found[0]))


def test_a_number_that_is_not_ours_holds_back_what_the_amount_says() -> None:
    named = explained(line(11_900, "INV-2026-9944", party_account=ACME_ACCOUNT), [SEVEN])[0]
    silent = explained(line(11_900, "", party_account=ACME_ACCOUNT), [SEVEN])[0]
    assert silent.sure
    assert not named.sure
    assert "Names INV-2026-9944, which is not open" in told(named)


def test_the_last_digits_tell_between_equals() -> None:
    eight = item(4, "INV-2026-0138", 11_900)
    best = explained(line(11_900, "Rechnung 138", party_account=ACME_ACCOUNT), [SEVEN, eight])[0]
    assert shares(best) == {4: 11_900}
    assert "Names 138, the end of INV-2026-0138" in told(best)


@pytest.mark.parametrize("text", ["INV-2026-1001/1002+3", "INV-2026-1001, 1002, 1003", "INV-2026-1001 bis 1003"])
def test_joined_numbers_are_told_apart(text: str) -> None:
    items = [item(10 + row, f"INV-2026-{1000 + row}", 10_000 + row * row) for row in (1, 2, 3)] + OTHERS
    best = explained(line(30_014, text), items, ACME)[0]
    assert (shares(best), best.sure) == ({11: 10_001, 12: 10_004, 13: 10_009}, True)


def test_joined_numbers_are_paid_before_anything_is_left_over() -> None:
    items = [item(10 + row, f"INV-2026-{1000 + row}", 10_000 + row * row) for row in (1, 2)] + OTHERS
    best = explained(line(25_000, "INV-2026-1001+1002, rest in advance"), items, ACME)[0]
    assert (shares(best), best.surplus, best.sure) == ({11: 10_001, 12: 10_004}, 4_995, False)


def test_what_follows_a_number_is_no_number_where_the_sum_is_met_without_it() -> None:
    items = [SEVEN, item(4, "INV-2026-0012", 3_333)]
    best = explained(line(11_900, "INV-2026-0007, 12.03.2026"), items)[0]
    assert (shares(best), best.sure) == ({1: 11_900}, True)


def test_an_order_tells_its_invoice() -> None:
    ordered = replace(SEVEN, po_number="PO-4500017")
    best = explained(line(11_900, "Bestellung PO 4500017"), [ordered, *OTHERS])[0]
    assert (shares(best), best.sure) == ({1: 11_900}, True)
    assert told(best)[0] == "Names the order that INV-2026-0007 bills"


def test_a_debit_is_told_by_its_end_to_end_id() -> None:
    ordered = replace(SEVEN, references=("ORD-2026-000017",))
    assert explained(line(11_900, end_to_end="ORD-2026-000017"), [ordered, *OTHERS])[0].sure


def test_a_client_code_tells_the_client() -> None:
    coded = payer(1, "ACME GmbH", code="K-10017")
    best = explained(line(11_900, "Kd.Nr. K10017"), [SEVEN, *OTHERS], coded, NORD)[0]
    assert (shares(best), best.client_id) == ({1: 11_900}, 1)
    assert "Names K10017, the code of ACME GmbH" in told(best)


def test_instalments_go_by_their_amount_and_else_the_first_due() -> None:
    parts = [
        item(row, "INV-2026-0007", 3_000 + row, name=f"INV-2026-0007/{row}", invoice_id=1, due=date(2026, 3, row))
        for row in (1, 2, 3)
    ]
    by_name = explained(line(3_003, "INV-2026-0007/3"), parts)[0]
    by_amount = explained(line(3_002, "INV-2026-0007"), parts)[0]
    whole = explained(line(9_006, "INV-2026-0007"), parts)[0]
    a_part = explained(line(2_000, "INV-2026-0007", party_account=ACME_ACCOUNT), parts)[0]
    assert [shares(one) for one in (by_name, by_amount, whole, a_part)] == [
        {3: 3_003},
        {2: 3_002},
        {1: 3_001, 2: 3_002, 3: 3_003},
        {1: 2_000},
    ]


# Amounts


def test_discount_in_time_is_sure_and_late_is_asked() -> None:
    asked = replace(SEVEN, discount=238, discount_until=date(2026, 3, 20))
    paid = line(11_662, "INV-2026-0007", party_account=ACME_ACCOUNT)
    in_time = explained(paid, [asked])[0]
    late = explained(replace(paid, booked_on=date(2026, 3, 22)), [asked])[0]
    on_its_way = explained(replace(paid, booked_on=date(2026, 3, 22)), [asked], policy=Policy(discount_grace=2))[0]
    assert in_time.shares[0].discount == late.shares[0].discount == 238
    assert (in_time.sure, late.sure, on_its_way.sure) == (True, False, True)
    assert "Pays INV-2026-0007 to the cent less 2% early-payment discount" in told(in_time)
    assert any("that ended on" in reason for reason in told(late))


def test_several_invoices_with_and_without_discount() -> None:
    items = [
        replace(SEVEN, discount=238, discount_until=date(2026, 3, 31)),
        item(4, "INV-2026-0008", 5_000, discount=100, discount_until=date(2026, 3, 1)),
    ]
    best = explained(line(11_662 + 5_000, "INV-2026-0007 + INV-2026-0008"), items)[0]
    assert [(share.amount, share.discount) for share in best.shares] == [(11_662, 238), (5_000, 0)]
    assert best.sure


def test_withheld_tax_is_what_the_state_gets() -> None:
    best = explained(line(10_710, "INV-2026-0007"), [replace(SEVEN, withholding=1_190)])[0]
    assert (best.shares[0].amount, best.shares[0].withheld, best.sure) == (10_710, 1_190, True)


def test_charges_that_the_bank_states_and_those_that_it_does_not() -> None:
    stated = explained(line(10_900, "INV-2026-0007", charges=1_000), [SEVEN])[0]
    apart = explained(line(11_900, "INV-2026-0007", charges=1_000), [SEVEN])[0]
    silent = explained(line(10_900, "INV-2026-0007"), [SEVEN], policy=Policy(charges_up_to={"EUR": 1_500}))[0]
    too_much = explained(line(10_900, "INV-2026-0007"), [SEVEN], policy=Policy(charges_up_to={"EUR": 500}))[0]
    assert [(shares(one), one.charges) for one in (stated, apart, silent, too_much)] == [
        ({1: 11_900}, 0),
        ({1: 11_900}, -1_000),
        ({1: 11_900}, 1_000),
        ({1: 10_900}, 0),
    ]


def test_money_that_the_bank_converted_pays_in_the_invoice_s_currency() -> None:
    dollars = replace(SEVEN, currency="USD")
    best = explained(line(10_950, "INV-2026-0007", original=(11_900, "USD")), [dollars, *OTHERS])[0]
    assert (shares(best), best.sure) == ({1: 11_900}, True)
    assert told(best)[-1] == "The bank converted 119.00 USD to 109.50 EUR"


def test_another_currency_is_said_and_not_guessed() -> None:
    best = explained(line(10_950, "INV-2026-0007"), [replace(SEVEN, currency="USD")])[0]
    assert (best.kind, best.shares, best.sure) == ("nothing", (), False)
    assert "USD" in told(best)[0]


@pytest.mark.parametrize(
    "policy, written_off",
    [
        (Policy(), 0),
        (Policy(tolerance_share=5_000), 0),
        (Policy(tolerance_share=10_000), 119),
        (Policy(tolerance={"EUR": 119}), 119),
        (Policy(tolerance={"EUR": 118}), 0),
        (Policy(tolerance={"USD": 500}), 0),
        (Policy(tolerance={"EUR": 500}, tolerance_share=5_000), 0),
    ],
)
def test_a_small_rest_is_written_off_where_the_firm_says_so(policy: Policy, written_off: int) -> None:
    best = explained(line(11_781, "INV-2026-0007", party_account=ACME_ACCOUNT), [SEVEN], policy=policy)[0]
    assert best.shares[0].write_off == written_off
    assert best.shares[0].amount == 11_781
    assert best.sure == bool(written_off)


def test_tolerance_is_none_for_what_is_paid_too_much() -> None:
    best = explained(
        line(12_019, "INV-2026-0007", party_account=ACME_ACCOUNT), [SEVEN], policy=Policy(tolerance_share=10_000)
    )[0]
    assert (shares(best), best.surplus, best.shares[0].write_off) == ({1: 11_900}, 119, 0)


def test_a_part_is_sure_only_where_number_and_payer_agree() -> None:
    named = explained(line(5_000, "INV-2026-0007", party_account=ACME_ACCOUNT), [SEVEN, *OTHERS])[0]
    unknown = explained(line(5_000, "INV-2026-0007"), [SEVEN, *OTHERS])[0]
    unnamed = explained(line(5_000, party_account=ACME_ACCOUNT), [SEVEN, *OTHERS])[0]
    assert [shares(one) for one in (named, unknown, unnamed)] == [{1: 5_000}] * 3
    assert [one.sure for one in (named, unknown, unnamed)] == [True, False, False]


def test_money_of_a_known_client_that_fits_nothing_goes_to_the_oldest_and_is_asked() -> None:
    items = [item(row, f"N-{row}", row * 10_000, due=date(2026, 3, row)) for row in (1, 2, 3)]
    best = explained(line(25_000, party_account=ACME_ACCOUNT), items)[0]
    assert (shares(best), best.sure) == ({1: 10_000, 2: 15_000}, False)


def test_money_of_a_client_who_owes_nothing_is_a_prepayment() -> None:
    best = explained(line(5_000, party_account=ACME_ACCOUNT), OTHERS, ACME, NORD)[0]
    assert (best.client_id, best.shares, best.surplus, best.sure) == (1, (), 5_000, False)


def test_everything_that_is_open_is_paid_in_one_go() -> None:
    items = [item(row, f"INV-2026-{2000 + row}", 10_000 + row**3) for row in range(1, 26)]
    best = explained(line(sum(one.open for one in items), party_account=ACME_ACCOUNT), items)[0]
    assert len(best.shares) == 25
    assert best.sure


def test_amounts_that_add_up_in_one_way_only_are_found() -> None:
    items = [item(row, f"INV-2026-{2000 + row}", 10_000 + 1_237 * row * row) for row in range(1, 7)]
    paid = items[0].open + items[3].open + items[4].open
    best = explained(line(paid, party_account=ACME_ACCOUNT), items)[0]
    assert (sorted(shares(best)), best.sure) == ([1, 4, 5], True)


def test_one_not_named_is_found_by_what_is_left() -> None:
    items = [SEVEN, item(4, "INV-2026-0033", 4_321), item(5, "INV-2026-0034", 9_876)]
    best = explained(line(11_900 + 9_876, "INV-2026-0007", party_account=ACME_ACCOUNT), items)[0]
    assert (shares(best), best.sure) == ({1: 11_900, 5: 9_876}, True)


# Payers


@pytest.mark.parametrize(
    "party, client",
    [
        ("NORDLICHT BAU", 2),
        ("Bau Nordlicht AG", 2),
        ("Nordlcht Bau AG", 2),
        ("Suedwind Papier", 3),
        ("Südwind Papier Handelsges. KG", 3),
        ("Unbekannt & Söhne", None),
    ],
)
def test_names_are_known_as_people_write_them(party: str, client: int | None) -> None:
    found = explained(line(1_234, party=party), OTHERS, ACME, NORD, SUED)
    assert (found[0].client_id if found else None) == client


def test_a_name_in_the_text_tells_the_payer() -> None:
    found = explained(line(50_000, "Auftraggeber: nordlicht bau Buchungstext 77"), OTHERS, ACME, NORD, SUED)
    assert (shares(found[0]), found[0].client_id) == ({2: 50_000}, 2)
    assert "The text names Nordlicht Bau AG" in told(found[0])


def test_two_clients_of_one_name_are_not_told_apart() -> None:
    twins = [payer(2, "Adithya Medical & General Stores"), payer(3, "Adithya Medical And General Stores")]
    found = explained(line(1_234, party="Adithya Medical & General"), OTHERS, *twins)
    assert not any(one.sure for one in found)
    assert {one.client_id for one in found} == {2, 3}
    assert found[0].score == found[1].score


@pytest.mark.parametrize(
    "known, written",
    [
        ("DE02000000003716541159", "DE02 0000 0000 3716 5411 59"),
        ("0003716541159", "DE02000000003716541159"),
        ("DE02000000003716541159", "3716541159"),
    ],
)
def test_an_account_is_known_with_and_without_its_bank(known: str, written: str) -> None:
    best = explained(line(1_234, party_account=written), [], payer(1, "John Doe & Co.", known))[0]
    assert best.client_id == 1
    assert "The account is one that John Doe & Co. paid from before" in told(best)


def test_a_learned_text_tells_the_payer() -> None:
    taught = payer(1, "ACME GmbH", texts=("toto",))
    best = explained(line(11_900, "TOTO42 / April"), [SEVEN, *OTHERS], taught, NORD)[0]
    assert (shares(best), best.client_id) == ({1: 11_900}, 1)
    assert "Says “toto”, which was learned for ACME GmbH" in told(best)


def test_a_group_pays_for_its_members() -> None:
    head = payer(1, "ACME Holding", ACME_ACCOUNT)
    member = payer(2, "ACME Werk Nord", group=1)
    owed = item(4, "INV-2026-0100", 4_444, 2, group=1)
    best = explained(line(4_444, "INV-2026-0100", party_account=ACME_ACCOUNT), [owed], head, member)[0]
    assert (shares(best), best.client_id, best.sure) == ({4: 4_444}, 1, True)
    assert "Clients of one group pay for each other" in told(best)


def test_what_another_client_s_number_is_on_is_asked() -> None:
    best = explained(line(50_000, "INV-2026-0412", party_account=ACME_ACCOUNT), [SEVEN, *OTHERS], ACME, NORD)[0]
    assert shares(best) == {2: 50_000}
    assert not best.sure
    assert "The money seems to be from ACME GmbH" in told(best)


# What is never sure


def test_equals_are_never_sure_unless_the_oldest_comes_first() -> None:
    items = [SEVEN, item(4, "INV-2026-0138", 11_900, due=date(2026, 2, 20))]
    paid = line(11_900, party_account=ACME_ACCOUNT)
    asked = explained(paid, items)
    by_policy = explained(paid, items, policy=Policy(oldest_first=True))
    assert not any(one.sure for one in asked)
    assert "Something else explains it as well" in told(asked[0])
    assert (shares(by_policy[0]), by_policy[0].sure) == ({4: 11_900}, True)


def test_equal_sums_are_never_sure() -> None:
    items = [item(row, f"N-20{row}", amount) for row, amount in enumerate((10_000, 20_000, 30_000, 40_000), start=1)]
    assert not any(one.sure for one in explained(line(50_000, party_account=ACME_ACCOUNT), items))


def test_an_amount_alone_is_never_sure() -> None:
    found = explained(line(77_777), [SEVEN, *OTHERS], ACME, NORD, SUED)
    assert (shares(found[0]), found[0].sure) == ({3: 77_777}, False)
    assert found[0].score <= 600_000


def test_a_number_next_to_its_like_is_not_sure_of_an_unknown_payer() -> None:
    items = [SEVEN, item(4, "INV-2026-0008", 11_900, 2)]
    unknown = explained(line(11_900, "INV-2026-0007"), items, ACME, NORD)[0]
    known = explained(line(11_900, "INV-2026-0007", party_account=ACME_ACCOUNT), items, ACME, NORD)[0]
    assert shares(unknown) == shares(known) == {1: 11_900}
    assert (unknown.sure, known.sure) == (False, True)


def test_money_for_something_else_is_not_sure() -> None:
    best = explained(line(11_900, "Kaution", party_account=ACME_ACCOUNT), [SEVEN])[0]
    assert not best.sure
    assert any("Kaution".casefold() in reason for reason in told(best))


def test_a_payment_before_its_invoice_is_said() -> None:
    later = replace(SEVEN, issued=date(2026, 3, 25))
    best = explained(line(11_900, party_account=ACME_ACCOUNT), [later])[0]
    assert not best.sure
    assert any(reason.startswith("Was booked before INV-2026-0007 was issued") for reason in told(best))


def test_a_line_of_the_future_is_not_sure() -> None:
    best = explained(line(11_900, "INV-2026-0007", booked_on=date(2026, 4, 2)), [SEVEN])[0]
    assert best.shares
    assert not best.sure
    assert date(2026, 4, 2) > TODAY


def test_no_threshold_and_a_high_one_leave_all_to_people() -> None:
    paid = line(11_900, "INV-2026-0007", party_account=ACME_ACCOUNT)
    assert explained(paid, [SEVEN])[0].sure
    assert not explained(paid, [SEVEN], policy=Policy(threshold=None))[0].sure
    assert not explained(paid, [SEVEN], policy=Policy(threshold=999_900))[0].sure


def test_zero_settles_nothing() -> None:
    best = explained(line(0, "INV-2026-0007"), [SEVEN])[0]
    assert (best.kind, told(best)) == ("nothing", ["An amount of zero settles nothing"])


@pytest.mark.parametrize("text", ["", "  ", "---", "€€€", "🙂 danke", "0" * 400, "A1 " * 300, "INV-" * 200])
def test_any_text_is_read(text: str) -> None:
    assert not any(one.sure for one in explained(line(1_111, text), [SEVEN, *OTHERS], ACME, NORD))
