"""Terms in instalments: read as people write them, adding up to the cent, worded in three languages."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.periods import Interval
from desktop.domain.terms import EqualParts, PaymentTerms, Shares, Terms, parse_terms

ISSUED = date(2026, 1, 31)
BASES = st.one_of(
    st.builds(Terms, days=st.integers(0, 365)),
    st.builds(Terms, days=st.integers(0, 90), end_of_month=st.just(True), days_after=st.integers(0, 60)),
    st.builds(Terms, day=st.integers(1, 31)),
)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@st.composite
def shares(draw: st.DrawFn) -> Shares:
    bases = draw(st.lists(BASES, min_size=2, max_size=6, unique=True))
    weights = draw(st.lists(st.integers(1, 100), min_size=len(bases), max_size=len(bases)))
    whole = sum(weights)
    return Shares(tuple((Fraction(weight, whole), base) for weight, base in zip(weights, bases, strict=True)))


EVERY = st.builds(Interval, st.integers(1, 8), st.sampled_from(["day", "week", "month"])) | st.builds(
    Interval, st.just(1), st.just("year")
)
EQUAL = st.builds(EqualParts, count=st.integers(2, 40), every=EVERY, first=st.none() | BASES)
SCHEDULES = shares() | EQUAL


@pytest.mark.parametrize(
    "text, canonical",
    [
        ("30% now, 70% net 30", "30% receipt, 70% net 30"),
        ("30% on receipt and 70% within 30 days", "30% receipt, 70% net 30"),
        ("30% upfront, rest net 30", "30% receipt, 70% net 30"),
        ("30% now; the remainder in 30 days", "30% receipt, 70% net 30"),
        ("12.5% now, 87.5% eom", "12.5% receipt, 87.5% eom"),
        ("30 % sofort, 70 % in 30 Tagen", "30% receipt, 70% net 30"),
        ("30 % sofort, Restbetrag 30 Tage netto", "30% receipt, 70% net 30"),
        ("30 % à réception, le solde à 30 jours", "30% receipt, 70% net 30"),
        ("50% 30 days, then end of the month, 50% net 90", "50% net 30 eom, 50% net 90"),
        ("50/50 net 0/30", "50% receipt, 50% net 30"),
        ("30/60/90", "1/3 net 30, 1/3 net 60, 1/3 net 90"),
        ("30/60/90 days net", "1/3 net 30, 1/3 net 60, 1/3 net 90"),
        ("30, 60 and 90 days", "1/3 net 30, 1/3 net 60, 1/3 net 90"),
        ("net 30/60", "50% net 30, 50% net 60"),
        ("30 und 60 Tage", "50% net 30, 50% net 60"),
        ("à 30/60/90 jours", "1/3 net 30, 1/3 net 60, 1/3 net 90"),
        ("half now, half in 30 days", "50% receipt, 50% net 30"),
        ("Hälfte sofort, Rest 30 Tage", "50% receipt, 50% net 30"),
        ("la moitié maintenant, le solde à 30 jours", "50% receipt, 50% net 30"),
        ("30% with order, rest net 30", "30% receipt, 70% net 30"),
        ("30% down, 70% net 30", "30% receipt, 70% net 30"),
        ("30 % Anzahlung, Rest 30 Tage netto", "30% receipt, 70% net 30"),
        ("30 % bei Auftragserteilung, 70 % 30 Tage", "30% receipt, 70% net 30"),
        ("acompte de 30 %, solde à 30 jours", "30% receipt, 70% net 30"),
        ("30 % d'acompte à la commande, solde 30 jours", "30% receipt, 70% net 30"),
        ("30 % à la commande, solde à 30 jours", "30% receipt, 70% net 30"),
        ("40/30/30 net 0/30/60 days", "40% receipt, 30% net 30, 30% net 60"),
        ("1/3 net 30, 1/3 net 60, 1/3 net 90", "1/3 net 30, 1/3 net 60, 1/3 net 90"),
        ("1/2 now, rest day 15", "50% receipt, 50% day 15"),
        ("2% 10 days, 98% 30 days", "2% net 10, 98% net 30"),
        ("3 monthly instalments", "3 x monthly"),
        ("in 3 monthly installments", "3 x monthly"),
        ("payable in three equal monthly payments", "3 x monthly"),
        ("3 Monatsraten", "3 x monthly"),
        ("zahlbar in 3 gleichen monatlichen Raten", "3 x monthly"),
        ("3 Raten, monatlich", "3 x monthly"),
        ("3 mensualités", "3 x monthly"),
        ("payable en 3 échéances mensuelles", "3 x monthly"),
        ("trois versements trimestriels", "3 x quarterly"),
        ("3 x monthly from net 14", "3 x monthly from net 14"),
        ("3 monthly instalments net 14", "3 x monthly from net 14"),
        ("3 monthly instalments, the first on receipt", "3 x monthly from receipt"),
        ("3 monthly instalments, the first after 2 weeks", "3 x monthly from net 14"),
        ("3 Monatsraten ab sofort", "3 x monthly from receipt"),
        ("drei Raten alle 2 Wochen ab 14 Tagen", "3 x every 2 weeks from net 14"),
        ("3 mensualités à partir de 14 jours", "3 x monthly from net 14"),
        ("4 quarterly payments starting from end of month", "4 x quarterly from eom"),
        ("3 instalments net 30/60/90", "1/3 net 30, 1/3 net 60, 1/3 net 90"),
        ("2 fois 30/60 jours", "50% net 30, 50% net 60"),
        ("100% net 30", "net 30"),
    ],
)
def test_reads_what_people_write(text: str, canonical: str) -> None:
    assert str(parse_terms(text)) == canonical


@pytest.mark.parametrize(
    "text, says",
    [
        ("30% now, 60% net 30", "come to 90%, not to 100%"),
        ("33.33% net 30, 33.33% net 60, 33.33% net 90", "come to 99.99%, not to 100%"),
        ("60% now, 60% net 30", "come to 120%, not to 100%"),
        ("1/3 now, 1/3 net 30", "come to 2/3, not to 100%"),
        ("60/60 net 0/30", "come to 120%"),
        ("40/60 net 0/30/60", "2 shares but 3 due dates"),
        ("3 instalments net 30/60", "3 instalments but 2 due dates"),
        ("rest now, rest net 30", "Only one instalment can be the rest"),
        ("100% now, rest net 30", "nothing is left for it"),
        ("0% now, 100% net 30", "An instalment of 0% is none"),
        ("50% net 30, 50% net 30", "Two instalments are due alike"),
        ("50% net 30 2%/10, 50% net 60", "discount goes with one due date"),
        ("3 monthly instalments from net 30 2%/10", "discount goes with one due date"),
        ("50%, 50% net 30", "does not say when each instalment is due"),
        ("50% banana, 50% net 30", "“banana” is not a payment term"),
        ("3 instalments", "does not say how far apart"),
        ("3 x banana", "does not say how far apart"),
        ("1 x monthly", "2 to 120 instalments, not 1"),
        ("121 x monthly", "2 to 120 instalments, not 121"),
        ("100 x every 2 years", "longer than a hundred years"),
        ("1/0 now, rest net 30", "is no share"),
        ("3% 7 days, 2% 14 days", "more than one early-payment discount"),
        ("50% now", "is not a payment term"),
    ],
)
def test_says_what_does_not_fit(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_terms(text)


@pytest.mark.parametrize(
    "text, payable, parts",
    [
        ("30% now, 70% net 30", 9_999, [("2026-01-31", 3_000), ("2026-03-02", 6_999)]),
        ("1/3 net 1, 1/3 net 2, 1/3 net 3", 100, [("2026-02-01", 34), ("2026-02-02", 33), ("2026-02-03", 33)]),
        ("70% net 30, 30% now", 10_000, [("2026-01-31", 3_000), ("2026-03-02", 7_000)]),
        ("3 x monthly", 10_000, [("2026-02-28", 3_334), ("2026-03-31", 3_333), ("2026-04-30", 3_333)]),
        ("2 x monthly from receipt", 10_000, [("2026-01-31", 5_000), ("2026-02-28", 5_000)]),
        ("3 x monthly from eom+0", 9, [("2026-01-31", 3), ("2026-02-28", 3), ("2026-03-31", 3)]),
        ("3 x monthly from day 30", 9, [("2026-02-28", 3), ("2026-03-30", 3), ("2026-04-30", 3)]),
        ("2 x every 2 weeks from net 14", 10_000, [("2026-02-14", 5_000), ("2026-02-28", 5_000)]),
        ("3 x monthly", 2, [("2026-02-28", 1), ("2026-03-31", 1)]),
        ("3 x monthly", 0, [("2026-04-30", 0)]),
        ("net 30", 10_000, [("2026-03-02", 10_000)]),
    ],
)  # fmt: skip
def test_instalments(text: str, payable: int, parts: list[tuple[str, int]]) -> None:
    found = parse_terms(text).instalments(ISSUED, payable)
    assert [(day.isoformat(), amount) for day, amount in found] == parts


def test_a_schedule_has_no_discount() -> None:
    terms = parse_terms("30% now, 70% net 30")
    assert (terms.discount_percent, terms.discount_until(ISSUED)) == (None, None)


@pytest.mark.parametrize(
    "text, locale, phrase",
    [
        ("30% now, 70% net 30", "en_GB", "30% due on receipt, 70% 30 days net"),
        ("0.5% now, rest eom", "de", "0,5\N{NO-BREAK SPACE}% sofort fällig, 99,5\N{NO-BREAK SPACE}% zum Monatsende"),
        ("1/3 now, 2/3 net 30", "fr_FR", "1/3 à réception, 2/3 30 jours net"),
        ("3 x monthly from net 14", "en", "3 monthly instalments, the first 14 days net"),
        ("3 x every 2 weeks from receipt", "de_AT", "3 Raten alle 2 Wochen, die erste sofort fällig"),
        ("4 x quarterly", "fr_CH", "4 échéances trimestrielles, la première après 3 mois"),
        ("4 x every 2 weeks", "de", "4 Raten alle 2 Wochen, die erste nach 2 Wochen"),
        ("4 x quarterly", "es_ES", "4 plazos trimestrales, el primero después de 3 meses"),
        ("4 x every 2 weeks", "hi", "हर 2 सप्ताह में 4 किस्तें, पहली 2 सप्ताह बाद"),
        ("4 x yearly", "pl_PL", "4 yearly instalments, the first after 1 year"),
    ],
)  # fmt: skip
def test_describes_in_the_clients_language(text: str, locale: str, phrase: str) -> None:
    assert parse_terms(text).describe(locale) == phrase


@given(SCHEDULES)
def test_canonical_text_reads_back(terms: PaymentTerms) -> None:
    assert parse_terms(str(terms)) == terms


@given(SCHEDULES, st.sampled_from(["en_GB", "de_DE", "fr_FR"]))
def test_a_phrase_reads_back(terms: PaymentTerms, locale: str) -> None:
    assert parse_terms(terms.describe(locale)) == terms


@given(SCHEDULES, DAYS, st.integers(0, 10**12))
def test_instalments_add_up_and_never_run_backwards(terms: PaymentTerms, issued: date, payable: int) -> None:
    found = terms.instalments(issued, payable)
    days = [day for day, _amount in found]
    assert sum(amount for _day, amount in found) == payable
    assert all(amount > 0 for _day, amount in found) or found == ((terms.due(issued), 0),)
    assert days == sorted(days)
    assert days[0] >= issued
    assert days[-1] <= terms.due(issued)


@given(shares(), st.integers(0, 10**12))
def test_each_share_is_its_exact_one_up_or_down(terms: Shares, payable: int) -> None:
    exact = sorted(share * payable for share, _terms in terms.parts)
    found = sorted(amount for _day, amount in terms.instalments(ISSUED, payable))
    found = [0] * (len(exact) - len(found)) + found
    assert all(abs(wanted - amount) < 1 for wanted, amount in zip(exact, found, strict=True))


@given(EQUAL, st.integers(1, 10**12))
def test_equal_parts_differ_by_a_unit_at_most(terms: EqualParts, payable: int) -> None:
    amounts = [amount for _day, amount in terms.instalments(ISSUED, payable)]
    assert max(amounts) - min(amounts) <= 1
    assert Decimal(amounts[0]) >= Decimal(payable) / terms.count
