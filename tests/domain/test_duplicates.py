"""Likely duplicates are found, with their reasons, and what only looks alike is left alone."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.duplicates import (
    THRESHOLD,
    ClientFace,
    ItemFace,
    compare_clients,
    compare_items,
    duplicate_clients,
    duplicate_items,
)

ACME = ClientFace(
    1,
    "Nordlicht Energie GmbH",
    "DE",
    "Hafenweg 12",
    "20457",
    "Hamburg",
    "DE136695976",
    "DE89370400440532013000",
    ("office@nordlicht.de",),
    ("+49 40 1234567",),
)
BLANK = ClientFace(2, "Somebody else", "DE")


def _codes(pair):
    return {reason.code for reason in pair.reasons}


@pytest.mark.parametrize(
    "other, codes",
    [
        (replace(BLANK, tax_id="de 136 695 976"), {"tax_id"}),
        (replace(BLANK, iban="DE89 3704 0044 0532 0130 00"), {"iban"}),
        (replace(BLANK, mails=("Office@Nordlicht.de",)), {"mail"}),
        (replace(BLANK, name="Nordlich Energie", city="Hamburg"), {"name", "city"}),
        (replace(BLANK, name="Energie Nordlicht", mails=("anna@nordlicht.de",)), {"name", "host"}),
        (replace(BLANK, name="NORDLICHT ENERGIE"), {"name"}),
    ],
)
def test_likely_one_client(other, codes):
    pair = compare_clients(ACME, other)
    assert pair.score >= THRESHOLD
    assert _codes(pair) == codes
    assert [group.ids for group in duplicate_clients([ACME, other])] == [(1, 2)]


@pytest.mark.parametrize(
    "other",
    [
        replace(BLANK, postcode="20457", street="Hafenweg 12", city="Hamburg"),
        replace(BLANK, phones=("040 1234567",)),
        replace(BLANK, mails=("anna@nordlicht.de",)),
        replace(BLANK, name="Nordlicht Energie", tax_id="DE811907980"),
        replace(BLANK, name="Nordlicht Energie", country="AT"),
        BLANK,
    ],
    ids=["same house", "same phone", "same host", "other tax id", "other country", "nothing"],
)
def test_likely_two_clients(other):
    assert compare_clients(ACME, other).score < THRESHOLD
    assert duplicate_clients([ACME, other]) == []


def test_what_was_told_apart_stays_apart():
    twin = replace(ACME, id=7)
    assert duplicate_clients([ACME, twin], apart={(1, 7)}) == []


def test_a_chain_is_one_group():
    by_mail = replace(BLANK, id=3, mails=ACME.mails)
    by_tax = replace(BLANK, id=4, name="Third name", tax_id=ACME.tax_id)
    (group,) = duplicate_clients([by_tax, ACME, by_mail])
    assert group.ids == (1, 3, 4)
    assert group.score == max(pair.score for pair in group.pairs)
    assert [pair.score for pair in group.pairs] == sorted((pair.score for pair in group.pairs), reverse=True)


def test_numbered_clients_are_many_not_one():
    faces = [ClientFace(n, f"Client {n}", "DE", city="Bonn") for n in range(1, 400)]
    assert duplicate_clients(faces) == []


def test_a_pair_is_found_among_thousands_that_share_its_words():
    crowd = [
        ClientFace(n, f"Hotel {chr(97 + n % 26)}{chr(97 + n // 26 % 26)} Residence Park", "IT") for n in range(600)
    ]
    twins = [ClientFace(9001, "Hotel Bellavista SRL", "IT", city="Roma"), ClientFace(9002, "Bellavista Hotel", "IT")]
    found = [group.ids for group in duplicate_clients([*crowd, *twins]) if 9001 in group.ids]
    assert found == [(9001, 9002)]


def test_the_work_can_be_followed():
    heard = []
    duplicate_clients([ACME, replace(ACME, id=7)], step=lambda done, total: heard.append((done, total)))
    assert heard == [(0, 1)]


HOUR = ItemFace(1, "Consulting hour", "CON", "hour", 120_000_000, "EUR", "standard")


@pytest.mark.parametrize(
    "other, one",
    [
        (ItemFace(2, "Consulting hours", "CONS", "h", 120_000_000, "EUR", "standard"), True),
        (ItemFace(2, "Consultng hour", "X", "hour", None, "", "standard"), True),
        (ItemFace(2, "Advice by the hour", "con.", "hour", 120_000_000, "EUR", "standard"), True),
        (ItemFace(2, "Consulting hour", "X", "day", 900_000_000, "EUR", "standard"), False),
        (ItemFace(2, "Travel", "TRV", "hour", 120_000_000, "EUR", "standard"), False),
    ],
)
def test_items(other, one):
    assert (compare_items(HOUR, other).score >= THRESHOLD) is one
    assert bool(duplicate_items([HOUR, other])) is one


def test_sizes_of_one_item_are_items_of_their_own():
    sizes = [ItemFace(n, f"Hosting {n} GB", f"H{n}", "month", None, "", "standard") for n in (10, 20, 50)]
    assert duplicate_items(sizes) == []


NAMES = st.sampled_from(["Nordlicht", "Energie", "Müller", "Sud", "GmbH", "Ltd", "7", "&", "Haus"])
FACES = st.builds(
    ClientFace,
    id=st.integers(1, 50),
    name=st.lists(NAMES, max_size=4).map(" ".join),
    country=st.sampled_from(["DE", "AT", ""]),
    postcode=st.sampled_from(["1", "2", ""]),
    city=st.sampled_from(["Bonn", "Wien", ""]),
    tax_id=st.sampled_from(["DE1", "DE2", ""]),
    iban=st.sampled_from(["I1", ""]),
    mails=st.lists(st.sampled_from(["a@x.de", "b@x.de", "c@gmail.com"]), max_size=2).map(tuple),
    phones=st.lists(st.sampled_from(["1234567", "7654321"]), max_size=1).map(tuple),
)


@given(FACES, FACES)
def test_a_score_is_the_same_both_ways_and_within_bounds(one, other):
    pair = compare_clients(one, other)
    assert pair == compare_clients(other, one)
    assert 0 <= pair.score <= 100
    assert bool(pair.score) <= bool(pair.reasons)


@given(FACES, FACES)
def test_nothing_is_more_like_a_client_than_itself(one, other):
    assert compare_clients(one, other).score <= max(
        compare_clients(one, one).score, compare_clients(other, other).score
    )


@settings(max_examples=60)
@given(st.lists(FACES, max_size=20, unique_by=lambda face: face.id), st.randoms())
def test_the_order_of_the_rows_does_not_matter(faces, chance):
    mixed = list(faces)
    chance.shuffle(mixed)
    found = duplicate_clients(faces)
    assert found == duplicate_clients(mixed)
    seen = [one for group in found for one in group.ids]
    assert len(seen) == len(set(seen))
    by_id = {face.id: face for face in faces}
    for group in found:
        for pair in group.pairs:
            assert compare_clients(by_id[pair.one], by_id[pair.other]) == pair
            assert pair.score >= THRESHOLD
