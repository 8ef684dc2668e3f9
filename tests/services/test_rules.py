from datetime import date

import pytest

from desktop.domain.findings import RULES
from desktop.services import agreements, clients, people, rules, segments
from desktop.services.changes import undo
from desktop.services.problems import ValidationError
from tests.books import new_book

ACTOR = "Ada"


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


def _rule(book, code="amount_above", scope="firm", scope_id=0):
    return next(row for row in rules.rules(book, scope, scope_id) if row.code == code)


def test_every_rule_starts_with_its_default(book):
    rows = rules.rules(book)
    assert [(row.code, row.enabled, row.severity) for row in rows] == [(r.code, r.enabled, r.severity) for r in RULES]
    assert {row.source for row in rows} == {"default"}


def test_each_level_says_its_part(book):
    segment = segments.save_segment(book, {"name": "Gold"}, actor=ACTOR)
    client = clients.create_client(book, {"name": "Nord", "country": "DE", "segment_id": segment}, actor=ACTOR)
    agreement = agreements.create_agreement(
        book, {"client_id": client, "start_date": date(2026, 1, 1), "billing": "time"}, actor=ACTOR
    )
    rules.set_rule(book, "amount_above", parameters={"limit": 500}, severity="note", actor=ACTOR)
    rules.set_rule(book, "amount_above", scope="segment", scope_id=segment, enabled=False, actor=ACTOR)
    rules.set_rule(book, "amount_above", scope="client", scope_id=client, parameters={"limit": 900}, actor=ACTOR)
    rules.set_rule(book, "amount_above", scope="agreement", scope_id=agreement, enabled=True, actor=ACTOR)

    def seen(scope="firm", scope_id=0):
        row = _rule(book, scope=scope, scope_id=scope_id)
        return row.enabled, row.severity, row.parameters["limit"], row.source, row.own

    assert seen() == (True, "note", 500, "firm", True)
    assert seen("segment", segment) == (False, "note", 500, "segment", True)
    assert seen("client", client) == (False, "note", 900, "client", True)
    assert seen("agreement", agreement) == (True, "note", 900, "agreement", True)
    rules.reset_rule(book, "amount_above", scope="client", scope_id=client, actor=ACTOR)
    assert seen("client", client) == (False, "note", 500, "segment", False)
    undo(book, ACTOR)
    assert seen("client", client)[2] == 900


def test_a_rule_is_set_again_not_twice(book):
    rules.set_rule(book, "old_time", parameters={"days": 10}, actor=ACTOR)
    rules.set_rule(book, "old_time", enabled=False, actor=ACTOR)
    row = _rule(book, "old_time")
    assert (row.enabled, row.parameters) == (False, {"days": 60})


def test_owner_and_hours_are_inherited_and_a_rest_is_named(book):
    for name in ("Bea", "Carl"):
        people.save_person(book, {"name": name}, actor=ACTOR)
    segment = segments.save_segment(book, {"name": "Gold"}, actor=ACTOR)
    rules.set_rule(book, "old_time", owner="Bea", hours=24, actor=ACTOR)
    rules.set_common_care(book, "Carl", 48, scope="segment", scope_id=segment, actor=ACTOR)
    rules.set_rule(book, "old_time", hours=4, scope="segment", scope_id=segment, actor=ACTOR)

    def care(code, scope="firm", scope_id=0):
        row = _rule(book, code, scope, scope_id)
        return row.owner, row.hours

    assert care("old_time") == ("Bea", 24)
    assert care("old_time", "segment", segment) == ("Bea", 4)
    assert care("vague_text") == ("", None)
    assert care("vague_text", "segment", segment) == ("Carl", 48)
    assert not _rule(book, "vague_text", "segment", segment).own
    assert rules.common_care(book, "segment", segment) == ("Carl", 48)
    assert [(own.code, own.owner, own.hours) for own in rules.own_rules(book)] == [
        ("old_time", "Bea", 24),
        ("old_time", "", 4),
    ]
    rules.set_common_care(book, None, None, scope="segment", scope_id=segment, actor=ACTOR)
    assert care("vague_text", "segment", segment) == ("", None)
    undo(book, ACTOR)
    assert care("vague_text", "segment", segment) == ("Carl", 48)


def test_an_owner_must_be_known_and_the_hours_sensible(book):
    for wrong, field in (({"owner": "Nobody"}, "owner"), ({"hours": -1}, "hours"), ({"hours": 9000}, "hours")):
        with pytest.raises(ValidationError) as refused:
            rules.set_rule(book, "old_time", **wrong, actor=ACTOR)
        assert set(refused.value.fields) == {field}
    with pytest.raises(ValidationError):
        rules.set_common_care(book, "Nobody", None, actor=ACTOR)


def test_what_makes_no_sense_is_refused(book):
    with pytest.raises(ValidationError) as refused:
        rules.set_rule(book, "old_time", severity="shout", parameters={"days": -1}, actor=ACTOR)
    assert set(refused.value.fields) == {"severity", "days"}
    for wrong in ({"code": "nothing"}, {"code": "old_time", "parameters": {"weeks": 1}}):
        with pytest.raises(ValueError, match=r"is no rule|has no parameter"):
            rules.set_rule(book, **wrong, actor=ACTOR)
