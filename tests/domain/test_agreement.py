from datetime import date

from desktop.domain.agreement import AgreementLine

MILLION = 1_000_000
RISES = ((date(2026, 1, 1), 110 * MILLION), (date(2027, 1, 1), 120 * MILLION))


def test_a_price_agreed_ahead_counts_from_its_day():
    line = AgreementLine(1, 1, "recurring", 4, "Care", MILLION, 100 * MILLION, prices=RISES)
    assert line.price_on(date(2025, 12, 31)) == 100 * MILLION
    assert line.price_on(date(2026, 1, 1)) == 110 * MILLION
    assert line.price_on(date(2026, 12, 31)) == 110 * MILLION
    assert line.price_on(date(2027, 5, 1)) == 120 * MILLION


def test_without_an_agreed_price_the_card_decides_until_one_is_agreed():
    line = AgreementLine(1, 1, "time", 4, "", MILLION, None, prices=((date(2026, 1, 1), 90 * MILLION),))
    assert line.price_on(date(2025, 12, 31)) is None
    assert line.price_on(date(2026, 1, 1)) == 90 * MILLION
