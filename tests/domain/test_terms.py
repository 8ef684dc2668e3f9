"""Payment terms: read as people write them, due when they say, worded in three languages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.terms import Terms, parse_terms


def _terms(base: Terms, percent: Decimal | None, discount_days: int) -> Terms | None:
    try:
        return Terms(base.days, base.end_of_month, base.days_after, base.day, percent, discount_days if percent else 0)
    except ValueError:
        return None


BASES = st.one_of(
    st.builds(Terms, days=st.integers(0, 365)),
    st.builds(Terms, days=st.integers(0, 90), end_of_month=st.just(True), days_after=st.integers(0, 60)),
    st.builds(Terms, day=st.integers(1, 31)),
)
PERCENTS = st.one_of(st.none(), st.decimals("0.01", "99.99", places=2))
TERMS = st.builds(_terms, BASES, PERCENTS, st.integers(0, 60)).filter(lambda terms: terms is not None)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    "text, canonical",
    [
        ("30", "net 30"),
        ("30 days", "net 30"),
        ("Net30", "net 30"),
        ("n/30", "net 30"),
        ("30 Tage", "net 30"),
        ("zahlbar innerhalb von 14 Tagen", "net 14"),
        ("14 Tage nach Rechnungserhalt", "net 14"),
        ("payable within 14 days of the invoice date", "net 14"),
        ("Paiement à 30 jours date de facture", "net 30"),
        ("2 weeks", "net 14"),
        ("4 Wochen", "net 28"),
        ("net 0", "receipt"),
        ("due on receipt", "receipt"),
        ("sofort ohne Abzug", "receipt"),
        ("à réception de facture", "receipt"),
        ("eom", "eom"),
        ("end of month", "eom"),
        ("Monatsende", "eom"),
        ("EOM + 10 days", "eom+10"),
        ("fin de mois 30 jours", "eom+30"),
        ("30 days after end of month", "eom+30"),
        ("30 jours fin de mois", "net 30 eom"),
        ("30 days eom", "net 30 eom"),
        ("45 j fdm", "net 45 eom"),
        ("30 jours fin de mois le 10", "net 30 eom+10"),
        ("day 15", "day 15"),
        ("15th of the month", "day 15"),
        ("am 15. des Monats", "day 15"),
        ("le 1er du mois", "day 1"),
        ("2/10 net 30", "net 30 2%/10"),
        ("2/10 n/30", "net 30 2%/10"),
        ("2% 10, net 30", "net 30 2%/10"),
        ("2,5 % Skonto innerhalb von 10 Tagen, 30 Tage netto", "net 30 2.5%/10"),
        ("10 Tage 2 % Skonto, 30 Tage netto", "net 30 2%/10"),
        ("30 jours net, 2 % d’escompte sous 8 jours", "net 30 2%/8"),
        ("day 15 3.0%/5", "day 15 3%/5"),
    ],
)
def test_reads_what_people_write(text: str, canonical: str) -> None:
    assert str(parse_terms(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "banana",
        "-5",
        "1 month",
        "15th of next month",
        "zum 15. des Folgemonats",
        "end of next month",
        "30 20",
        "net 99999",
        "2%/10",
        "cash on delivery",
    ],
)
def test_refuses_what_it_would_have_to_guess(text: str) -> None:
    with pytest.raises(ValueError, match="is not a payment term"):
        parse_terms(text)


@pytest.mark.parametrize(
    "text, says",
    [
        ("day 32", "Day 32 does not exist"),
        ("day 0", "Day 0 does not exist"),
        ("net 10 2%/30", "runs for 30 days, but the invoice is due after 10"),
        ("net 30 0%/10", "not between 0 and 100"),
        ("3% 7 Tage, 2% 14 Tage, 30 Tage netto", "more than one early-payment discount"),
    ],
)
def test_says_what_does_not_fit(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_terms(text)


@pytest.mark.parametrize(
    "parts",
    [{"days": -1}, {"days_after": 5}, {"day": 15, "days": 30}, {"day": 15, "end_of_month": True}, {"discount_days": 5}],
)
def test_parts_that_contradict_each_other(parts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        Terms(**parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text, issued, due",
    [
        ("receipt", "2026-01-31", "2026-01-31"),
        ("net 30", "2026-01-31", "2026-03-02"),
        ("eom", "2026-01-31", "2026-01-31"),
        ("eom", "2026-02-01", "2026-02-28"),
        ("eom+10", "2026-01-05", "2026-02-10"),
        ("net 30 eom", "2026-01-31", "2026-03-31"),
        ("net 30 eom+10", "2026-01-31", "2026-04-10"),
        ("day 15", "2026-01-14", "2026-01-15"),
        ("day 15", "2026-01-15", "2026-02-15"),
        ("day 31", "2026-01-31", "2026-02-28"),
        ("day 31", "2024-02-29", "2024-03-31"),
        ("day 1", "2026-12-31", "2027-01-01"),
    ],
)
def test_due(text: str, issued: str, due: str) -> None:
    assert parse_terms(text).due(date.fromisoformat(issued)) == date.fromisoformat(due)


def test_discount() -> None:
    terms = parse_terms("net 30 2%/10")
    assert terms.discount_percent == Decimal(2)
    assert terms.discount_until(date(2026, 1, 25)) == date(2026, 2, 4)
    assert parse_terms("net 30").discount_until(date(2026, 1, 25)) is None


@pytest.mark.parametrize(
    "text, locale, phrase",
    [
        ("net 30 2%/10", "en_GB", "30 days net, 2% discount within 10 days"),
        ("net 30 2.5%/10", "de_DE", "30 Tage netto, 2,5\N{NO-BREAK SPACE}% Skonto innerhalb von 10 Tagen"),
        ("net 30 2.5%/10", "fr_FR", "30 jours net, 2,5\N{NO-BREAK SPACE}% d’escompte sous 10 jours"),
        ("net 1", "en", "1 day net"),
        ("net 1", "de_AT", "1 Tag netto"),
        ("receipt", "fr_CH", "à réception"),
        ("net 30 eom", "en_US", "30 days, then end of the month"),
        ("eom+10", "de", "10 Tage nach Monatsende"),
        ("day 1", "fr", "le 1er du mois"),
        ("day 22", "en", "on the 22nd of the month"),
        ("day 13", "en", "on the 13th of the month"),
        ("day 31", "de", "zum Monatsletzten"),
        ("net 30 2%/10", "es_ES", "30 días netos, 2\xa0% de descuento en 10 días"),
        ("day 15", "es", "el día 15 del mes"),
        ("net 30", "hi_IN", "30 दिन में देय"),
        ("net 14", "pl_PL", "14 days net"),
    ],
)
def test_describes_in_the_clients_language(text: str, locale: str, phrase: str) -> None:
    assert parse_terms(text).describe(locale) == phrase


@given(TERMS)
def test_canonical_text_reads_back(terms: Terms) -> None:
    assert parse_terms(str(terms)) == terms


@given(TERMS, st.sampled_from(["en_GB", "de_DE", "fr_FR"]))
def test_a_phrase_on_a_document_reads_back(terms: Terms, locale: str) -> None:
    assert parse_terms(terms.describe(locale)) == terms


@given(TERMS, DAYS)
def test_never_due_before_the_issue_date(terms: Terms, issued: date) -> None:
    due = terms.due(issued)
    assert due >= issued
    if terms.day is not None:
        assert due > issued
        assert due - issued <= timedelta(days=31)
    elif not terms.end_of_month:
        assert (due - issued).days == terms.days
    else:
        month_end = due - timedelta(days=terms.days_after)
        assert (month_end + timedelta(days=1)).day == 1
        assert month_end >= issued + timedelta(days=terms.days)


@given(TERMS, DAYS, st.integers(0, 400))
def test_a_later_invoice_is_never_due_earlier(terms: Terms, issued: date, later: int) -> None:
    assert terms.due(issued) <= terms.due(issued + timedelta(days=later))
