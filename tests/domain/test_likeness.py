"""Two spellings of one thing compare as one; two things do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.likeness import (
    LEAST_ALIKE,
    alike,
    firm_words,
    own_host,
    plain_id,
    plain_mail,
    plain_phone,
    plain_unit,
    plain_words,
)


@pytest.mark.parametrize(
    "one, other",
    [
        ("Müller & Söhne GmbH", "Mueller und Soehne"),
        ("S.A.R.L. Dupont", "DUPONT SARL"),
        ("Straßenbau Süd AG", "strassenbau sued"),
        ("Acme Corp.", "acme, corporation"),
        ("Øresund ApS", "Oeresund"),
        ("The Harbour Company Ltd.", "Harbour"),
        ("Kaas en Brood B.V.", "Kaas & Brood bv"),
        ("Nowak Sp. z o.o.", "Nowak"),
        ("AB Volvo", "Volvo"),
    ],
)
def test_one_firm_in_two_spellings(one, other):
    assert firm_words(one) == firm_words(other)


def test_a_name_of_nothing_but_forms_keeps_a_word():
    assert firm_words("SE AG") != ()
    assert firm_words("") == ()


@pytest.mark.parametrize(
    "one, other, least, most",
    [
        ("Nordlicht Energie", "Nordlich Energie", 90, 99),
        ("Data Works", "DataWorks", 100, 100),
        ("Energie Nordlicht", "Nordlicht Energie", 100, 100),
        ("Station 7", "Station 8", 0, 0),
        ("Bakery Rossi", "Garage Bianchi", 0, 0),
    ],
)
def test_names_in_percent(one, other, least, most):
    assert least <= alike(plain_words(one), plain_words(other)) <= most


@pytest.mark.parametrize(
    "text, plain",
    [("de 123.456 789", "DE123456789"), ("unknown", ""), ("", ""), ("ATU 13585627", "ATU13585627")],
)
def test_ids(text, plain):
    assert plain_id(text) == plain


@pytest.mark.parametrize(
    "text, mail, host",
    [
        (" Anna+invoices@Acme.DE ", "anna@acme.de", "acme.de"),
        ("anna@mail.acme.co.uk", "anna@mail.acme.co.uk", "mail.acme.co.uk"),
        ("anna@gmail.com", "anna@gmail.com", ""),
        ("anna@yahoo.co.uk", "anna@yahoo.co.uk", ""),
        ("anna", "", ""),
        ("@acme.de", "", ""),
    ],
)
def test_mails(text, mail, host):
    assert plain_mail(text) == mail
    assert own_host(plain_mail(text)) == host


def test_phones_with_and_without_the_country():
    assert plain_phone("+49 (228) 123 456 7") == plain_phone("0228 1234567")
    assert plain_phone("110") == ""


def test_units():
    assert plain_unit("Hours") == plain_unit("h") == plain_unit("hrs") == "hour"
    assert plain_unit("month") != plain_unit("hour")


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_the_same_both_ways(one, other):
    first, second = plain_words(one), plain_words(other)
    assert alike(first, second) == alike(second, first)
    assert alike(first, second) == 0 or LEAST_ALIKE <= alike(first, second) <= 100


@given(st.text(max_size=40))
def test_a_name_is_wholly_like_itself_whatever_its_capitals(text):
    words = plain_words(text)
    assert alike(words, words) == (100 if words else 0)
    assert plain_words(" ".join(words).upper()) == words


@given(st.text(max_size=40))
def test_what_is_plain_stays(text):
    assert plain_id(plain_id(text)) == plain_id(text)
    assert plain_mail(plain_mail(text)) == plain_mail(text)
    assert plain_phone(plain_phone(text)) == plain_phone(text)
