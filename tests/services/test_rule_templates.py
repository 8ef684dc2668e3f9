"""Sets of rules by name: saved from a level, previewed and given to a segment, taken back as one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import Book
from desktop.domain.findings import RULES
from desktop.errors import UserError
from desktop.services.changes import undo
from desktop.services.people import people, remove_person, save_person
from desktop.services.problems import ValidationError
from desktop.services.rule_templates import (
    apply_template,
    built_in,
    delete_template,
    preview_template,
    rename_template,
    save_template,
    template,
    templates,
)
from desktop.services.rules import RuleRow, common_care, own_rules, rules, set_common_care, set_rule
from desktop.services.segments import save_segment
from tests.books import new_book
from tests.contracts import ANNE


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def gold(book: Book) -> int:
    return save_segment(book, {"name": "Gold"}, actor=ANNE)


def row(book: Book, code: str, segment: int) -> RuleRow:
    return next(one for one in rules(book, "segment", segment) if one.code == code)


def test_what_comes_with_the_program_speaks_of_rules_that_there_are() -> None:
    known = {rule.code: rule for rule in RULES}
    assert [one.name for one in built_in()] == ["Trusted retainers", "Projects", "Strict", "Usage"]
    for one in built_in():
        assert one.about
        for code, said in one.rules.items():
            assert set(said) <= {"enabled", "severity", "parameters"}
            assert set(said.get("parameters", {})) <= set(known[code].parameters)


def test_a_template_is_previewed_given_and_taken_back(book: Book, gold: int) -> None:
    set_rule(book, "vague_text", enabled=False, scope="segment", scope_id=gold, actor=ANNE)
    changes = {one.before.code: one for one in preview_template(book, "Strict", gold)}
    limit = changes["amount_above"]
    assert (limit.before.parameters["limit"], limit.after.parameters["limit"]) == (10_000, 2_500)
    assert (changes["changed"].before.severity, changes["changed"].after.severity) == ("note", "hold")
    # What the segment said before and the template does not is left to the firm again.
    assert (changes["vague_text"].before.enabled, changes["vague_text"].after.enabled) == (False, True)
    assert "tax_mix" not in changes
    assert apply_template(book, "Strict", gold, actor=ANNE) == len(changes)
    assert row(book, "amount_above", gold).parameters["limit"] == 2_500
    assert preview_template(book, "Strict", gold) == []
    undo(book, ANNE)
    assert row(book, "amount_above", gold).parameters["limit"] == 10_000
    assert row(book, "vague_text", gold).enabled is False


def test_the_firms_rules_become_a_template_with_owners_and_hours(book: Book, gold: int) -> None:
    save_person(book, {"name": "Bea"}, actor=ANNE)
    set_rule(book, "old_time", severity="note", parameters={"days": 12}, owner="Bea", hours=8, actor=ANNE)
    set_common_care(book, "Bea", 48, actor=ANNE)
    save_template(book, " House rules ", scope="firm", actor=ANNE)
    for own in own_rules(book):
        assert own.code == "old_time"
    assert template(book, "House rules").rules == {
        "*": {"owner": "Bea", "hours": 48},
        "old_time": {"severity": "note", "parameters": {"days": 12}, "owner": "Bea", "hours": 8},
    }
    apply_template(book, "House rules", gold, actor=ANNE)
    mine = row(book, "old_time", gold)
    assert (mine.severity, mine.parameters, mine.owner, mine.hours) == ("note", {"days": 12}, "Bea", 8)
    assert common_care(book, "segment", gold) == ("Bea", 48)


def test_who_has_left_is_no_owner_any_more(book: Book, gold: int) -> None:
    bea = save_person(book, {"name": "Bea"}, actor=ANNE)
    set_rule(book, "old_time", owner="Bea", hours=8, actor=ANNE)
    save_template(book, "House", scope="firm", actor=ANNE)
    remove_person(book, bea, actor=ANNE)
    assert people(book) == []
    apply_template(book, "House", gold, actor=ANNE)
    assert (row(book, "old_time", gold).owner, row(book, "old_time", gold).hours) == ("", 8)


def test_a_template_is_renamed_and_deleted(book: Book, gold: int) -> None:
    set_rule(book, "old_time", enabled=False, scope="segment", scope_id=gold, actor=ANNE)
    key = save_template(book, "Mild", scope="segment", scope_id=gold, actor=ANNE)
    rename_template(book, key, "Gentle", actor=ANNE)
    assert [one.name for one in templates(book)][-1] == "Gentle"
    apply_template(book, "Gentle", gold, actor=ANNE)
    delete_template(book, key, actor=ANNE)
    assert row(book, "old_time", gold).enabled is False
    with pytest.raises(UserError, match="no template of rules “Gentle”") as refused:
        template(book, "Gentle")
    assert "Strict" in refused.value.remedy
    undo(book, ANNE)
    assert template(book, "Gentle").id == key


def test_names_are_needed_and_not_given_twice(book: Book, gold: int) -> None:
    set_rule(book, "old_time", enabled=False, actor=ANNE)
    key = save_template(book, "Mild", scope="firm", actor=ANNE)
    for name in ("", "  ", "strict", "MILD"):
        with pytest.raises(ValidationError) as refused:
            save_template(book, name, scope="firm", actor=ANNE)
        assert set(refused.value.fields) == {"name"}
    with pytest.raises(ValidationError):
        rename_template(book, key, "Usage", actor=ANNE)
    rename_template(book, key, "mild", actor=ANNE)
    with pytest.raises(UserError, match="Nothing is said of the rules here"):
        save_template(book, "Empty", scope="segment", scope_id=gold, actor=ANNE)
