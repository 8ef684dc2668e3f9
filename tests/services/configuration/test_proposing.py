from datetime import date
from decimal import Decimal

import pytest

from db.schema import ConfigurationChange, Firm, Segment
from desktop.errors import UserError
from desktop.services import firm, rates, rules, segments, taxes
from desktop.services.access.second_pair import set_seconds_above
from desktop.services.changes import change, undo
from desktop.services.check import check
from desktop.services.configuration.applying import accept, apply_due, refuse
from desktop.services.configuration.history import history
from desktop.services.configuration.proposing import propose, withdraw
from desktop.services.configuration.rolling_back import roll_back
from desktop.services.configuration.standing import proposal, proposals
from desktop.services.problems import ValidationError
from tests.books import new_book
from tests.contracts import Contracts, rows, value

TODAY = date(2026, 11, 22)
NEXT = date(2027, 1, 1)


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


def _terms(book):
    return value(book, "SELECT terms FROM firm")


def _propose(book, act, *, from_day=NEXT, actor="Ada", reason="Agreed in the meeting"):
    return propose(book, act, summary="Other terms", reason=reason, from_day=from_day, actor=actor, today=TODAY)


def _shorter(book, terms="net 14"):
    return lambda: firm.update_firm(book, {"terms": terms}, actor="Ada")


def test_a_proposal_changes_nothing_until_its_day(book):
    before = _terms(book)
    number = _propose(book, _shorter(book))
    assert number == "C-2026-0001"
    assert _terms(book) == before
    found = proposal(book, number.lower())
    assert (found.state, found.subject, found.from_day, found.proposed_by) == ("proposed", "terms", NEXT, "Ada")
    assert [(one.table, one.after) for one in found.changes] == [("firm", {"terms": "net 14"})]

    assert accept(book, number, actor="Ben", today=TODAY) is False
    assert _terms(book) == before
    assert apply_due(book, today=date(2026, 12, 31)).numbers == ()
    assert apply_due(book, today=NEXT).numbers == (number,)
    assert _terms(book) == "net 14"
    assert proposal(book, number).state == "applied"
    assert apply_due(book, today=NEXT).numbers == ()
    assert check(book).clean


def test_what_counts_today_is_in_force_when_accepted(book):
    number = _propose(book, _shorter(book), from_day=TODAY)
    assert accept(book, number, actor="Ben", today=TODAY) is True
    assert _terms(book) == "net 14"


def test_prices_carry_their_own_day_and_stand_on_the_card_once_accepted(book):
    item = Contracts(book).item()
    number = _propose(
        book,
        lambda: rates.set_rate(book, item, valid_from=NEXT, tiers=[(None, Decimal(120))], currency="EUR", actor="Ada"),
        from_day=TODAY,
    )
    assert proposal(book, number).from_day == NEXT
    assert value(book, "SELECT count(*) FROM rate") == 0
    assert accept(book, number, actor="Ben", today=TODAY) is True
    assert rows(book, "SELECT price, valid_from FROM rate") == [(120_000_000, "2027-01-01")]


def test_new_rows_that_name_each_other_take_the_ids_that_are_free_by_then(book):
    number = _propose(
        book,
        lambda: taxes.save_tax_code(
            book,
            {"code": "half", "name": "Half", "category": "S"},
            rate=(NEXT, Decimal("9.5")),
            actor="Ada",
        ),
    )
    taxes.save_tax_code(book, {"code": "other", "name": "Other", "category": "S"}, rate=(NEXT, Decimal(3)), actor="Ben")
    accept(book, number, actor="Ben", today=NEXT)
    assert rows(
        book,
        "SELECT c.code, r.rate FROM tax_rate r JOIN tax_code c ON c.id = r.tax_code_id"
        " WHERE c.code IN ('half', 'other') ORDER BY 1",
    ) == [("half", 95_000), ("other", 30_000)]


def test_rules_of_a_new_segment_follow_it(book):
    def both():
        key = segments.save_segment(book, {"name": "Gold"}, actor="Ada")
        rules.set_rule(book, "amount_above", scope="segment", scope_id=key, parameters={"limit": 5}, actor="Ada")

    number = _propose(book, both)
    segments.save_segment(book, {"name": "Silver"}, actor="Ben")
    accept(book, number, actor="Ben", today=NEXT)
    gold = value(book, "SELECT id FROM segment WHERE name = 'Gold'")
    assert value(book, "SELECT scope_id FROM rule_setting WHERE scope = 'segment'") == gold


def test_a_picture_comes_whole(book):
    picture = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + (64).to_bytes(4) + (64).to_bytes(4)
    number = _propose(book, lambda: firm.set_logo(book, "logo.png", picture, actor="Ada"))
    accept(book, number, actor="Ben", today=NEXT)
    kept = firm.logo(book)
    assert kept is not None
    assert kept.content == picture
    assert check(book).clean


def test_what_was_changed_meanwhile_is_not_overwritten(book):
    number = _propose(book, _shorter(book))
    firm.update_firm(book, {"terms": "net 60"}, actor="Cem")
    with pytest.raises(UserError, match="was changed meanwhile"):
        accept(book, number, actor="Ben", today=NEXT)
    assert _terms(book) == "net 60"
    assert proposal(book, number).state == "proposed"


def test_one_that_no_longer_fits_on_its_day_stays_and_says_why(book):
    first, second = _propose(book, _shorter(book)), _propose(book, _shorter(book, "net 7"))
    for number in (first, second):
        accept(book, number, actor="Ben", today=TODAY)
    done = apply_due(book, today=NEXT)
    assert done.numbers == (first,)
    assert [number for number, _why in done.failed] == [second]
    assert _terms(book) == "net 14"
    assert proposal(book, second).state == "accepted"


def test_nothing_and_what_is_no_configuration_cannot_be_proposed(book):
    with pytest.raises(UserError, match="Nothing would change"):
        _propose(book, _shorter(book, _terms(book)))
    with pytest.raises(UserError, match="no configuration"):
        _propose(book, lambda: Contracts(book).client("C9"))
    assert value(book, "SELECT count(*) FROM client") == 0


def test_a_day_gone_by_is_refused_at_its_field(book):
    with pytest.raises(ValidationError) as told:
        _propose(book, _shorter(book), from_day=date(2026, 11, 21))
    assert list(told.value.fields) == ["from_day"]


def test_refused_and_withdrawn_changes_are_decided(book):
    first, second = _propose(book, _shorter(book)), _propose(book, _shorter(book))
    refuse(book, first, actor="Ben", note="Too short")
    withdraw(book, second, actor="Ada")
    assert [one.state for one in proposals(book)] == ["withdrawn", "refused"]
    for number in (first, second):
        with pytest.raises(UserError, match="already"):
            accept(book, number, actor="Ben", today=NEXT)


def test_where_the_rule_asks_nobody_accepts_what_he_proposed(book):
    set_seconds_above(book, {"configuration": 0}, actor="Ada")
    number = _propose(book, _shorter(book))
    with pytest.raises(UserError, match="another person"):
        accept(book, number, actor="Ada", today=NEXT)
    accept(book, number, actor="Ben", today=NEXT)


def test_the_history_says_who_when_why_and_from_when(book):
    with change(book, "Ada", "Set up") as made:
        made.update(Firm, 1, terms="net 30")
        made.insert(Segment, name="Gold")
    number = _propose(book, _shorter(book))
    accept(book, number, actor="Ben", today=NEXT)
    newest = history(book)[0]
    assert (newest.actor, newest.number, newest.reason, newest.from_day) == (
        "Ben",
        number,
        "Agreed in the meeting",
        NEXT,
    )
    assert [(one.field, one.before, one.after) for one in newest.fields] == [("payment terms", "net 30", "net 14")]
    assert [one.what for one in history(book, area="segments")] == ["segment Gold"]


def test_what_came_by_its_day_and_was_undone_does_not_come_again(book):
    number = _propose(book, _shorter(book))
    accept(book, number, actor="Ben", today=TODAY)
    apply_due(book, today=NEXT)
    undo(book, "Ben")
    assert apply_due(book, today=NEXT).numbers == ()
    assert _terms(book) != "net 14"
    assert proposal(book, number).state == "rolled_back"
    assert check(book).clean


def test_a_run_counts_what_was_accepted_for_a_day_that_has_come(book):
    contracts = Contracts(book)
    contracts.agreement(contracts.client(), "A1")
    number = _propose(book, _shorter(book), from_day=TODAY)
    with change(book, "Ada", "Accept for today") as made:
        made.update(ConfigurationChange, 1, state="accepted", decided_by="Ben", from_day=date(2026, 1, 5))
    contracts.bill("2026-01-31")
    assert proposal(book, number).state == "applied"
    assert value(book, "SELECT terms FROM invoice LIMIT 1") == "net 14"


def test_undoing_the_acceptance_lets_it_wait_again(book):
    number = _propose(book, _shorter(book), from_day=TODAY)
    accept(book, number, actor="Ben", today=TODAY)
    undo(book, "Ben")
    assert _terms(book) != "net 14"
    assert proposal(book, number).state == "proposed"


def test_where_the_rule_asks_nothing_is_changed_that_was_not_proposed(book):
    set_seconds_above(book, {"configuration": 0}, actor="Ada")
    with pytest.raises(UserError, match="second person decides"):
        firm.update_firm(book, {"terms": "net 14"}, actor="Ada")
    with pytest.raises(UserError, match="second person decides"):
        rules.set_rule(book, "amount_above", enabled=False, actor="Ada")
    # The daily work goes on.
    contracts = Contracts(book)
    contracts.agreement(contracts.client(), "A1")
    contracts.bill("2026-01-31")
    number = _propose(book, _shorter(book), from_day=TODAY)
    accept(book, number, actor="Ben", today=TODAY)
    assert _terms(book) == "net 14"
    roll_back(book, number, reason="", actor="Ada", today=TODAY)
    assert _terms(book) != "net 14"
