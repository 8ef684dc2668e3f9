"""Rules of the gate by name: sets that come with the program or were saved from a level, given to a segment as one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Person, RuleSetting, RuleTemplate, Segment
from desktop.domain.findings import EVERY_RULE, RULES
from desktop.domain.findings.rule import Override
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.problems import Problems
from desktop.services.records import found
from desktop.services.rules import RuleRow, overrides, put_setting, rules, rules_if

Said = Mapping[str, Mapping[str, Any]]
"""By code of the rule: enabled, severity, parameters, owner (by name) and hours, those that something is said of."""

_OFF: Mapping[str, Any] = {"enabled": False}


@dataclass(frozen=True, slots=True)
class Template:
    """A set of rules; `id` is 0 for one that comes with the program. `about` says in a sentence whom it is for."""

    id: int
    name: str
    about: str
    rules: Said


def built_in() -> tuple[Template, ...]:
    """The sets that come with the program; limits are whole units of the firm's currency."""
    return (
        Template(
            0,
            _("Trusted retainers"),
            _("Agreed months of clients who pay: only large amounts and real surprises wait."),
            {
                "amount_above": {"parameters": {"limit": 25000}},
                "differs_from_usual": {"parameters": {"percent": 50}},
                "client_overdue": {"parameters": {"days": 90}},
                "partly_paid": {"severity": "note"},
                "off_rate_card": {"severity": "note"},
                "ends_soon": {"parameters": {"days": 60}},
            },
        ),
        Template(
            0,
            _("Projects"),
            _("Amounts that differ each time: no comparison with the last ones, but budgets, hours and discounts."),
            {
                "amount_above": {"parameters": {"limit": 20000}},
                "differs_from_usual": _OFF,
                "budget_exceeded": {"enabled": True, "severity": "hold"},
                "scope_exceeded": {"enabled": True, "severity": "hold"},
                "discount_above": {"parameters": {"percent": 10}},
                "old_time": {"parameters": {"days": 45}},
                "look_alike": {"parameters": {"days": 30}},
            },
        ),
        Template(
            0,
            _("Strict"),
            _("New or doubtful clients: a person sees nearly everything before it goes out."),
            {
                "amount_above": {"parameters": {"limit": 2500}},
                "differs_from_usual": {"parameters": {"percent": 10, "least": 2}},
                "first_invoice": {"enabled": True},
                "client_overdue": {"parameters": {"days": 14}},
                "discount_above": {"parameters": {"percent": 5}},
                "look_alike": {"parameters": {"days": 31}},
                "old_time": {"parameters": {"days": 30}},
                "changed": {"severity": "hold"},
                "unapplied_credit": {"severity": "hold"},
            },
        ),
        Template(
            0,
            _("Usage"),
            _("Metered quantities: amounts may move, but missing or odd records wait."),
            {
                "usage_missing": {"enabled": True, "severity": "block"},
                "usage_suspect": {"enabled": True, "severity": "hold"},
                "differs_from_usual": {"parameters": {"percent": 75}},
                "amount_above": {"parameters": {"limit": 15000}},
            },
        ),
    )


def templates(book: Book) -> list[Template]:
    """Those that come with the program, then those saved in the book by name."""
    with book.reading() as session:
        rows = session.scalars(select(RuleTemplate).order_by(RuleTemplate.name)).all()
        return [*built_in(), *(Template(row.id, row.name, "", json.loads(row.rules)) for row in rows)]


def template(book: Book, name: str) -> Template:
    """UserError where there is none of that name."""
    known = templates(book)
    one = next((one for one in known if one.name == name), None)
    if one is None:
        raise UserError(
            _("There is no template of rules “{name}”.").format(name=name),
            _("There are: {names}.").format(names=", ".join(other.name for other in known)),
        )
    return one


def save_template(book: Book, name: str, *, scope: str, scope_id: int = 0, actor: str) -> int:
    """Keep what the firm or a segment itself says of the rules under a name; the template's id.

    ValidationError for a name that is empty or taken; UserError where the level says nothing of any rule.
    """
    with change(book, actor, _("Save the rules as {name}").format(name=name.strip())) as made:
        _check_name(made.session, name, None)
        said = overrides(made.session, (scope, scope_id))
        if not said:
            raise UserError(
                _("Nothing is said of the rules here: all of them are left to the level above."),
                _("Change a rule first, then save the template."),
            )
        names = {row.id: row.name for row in made.session.execute(select(Person.id, Person.name))}
        text = json.dumps({code: _told(one, names) for code, one in said.items()}, sort_keys=True, ensure_ascii=False)
        return made.insert(RuleTemplate, name=name.strip(), rules=text)


def _told(said: Override, names: Mapping[int, str]) -> dict[str, Any]:
    whole = {
        "enabled": said.enabled,
        "severity": said.severity,
        "parameters": dict(said.parameters) or None,
        "owner": names.get(said.owner_id or 0),
        "hours": said.hours,
    }
    return {key: value for key, value in whole.items() if value is not None}


def rename_template(book: Book, template_id: int, name: str, *, actor: str) -> None:
    """ValidationError for a name that is empty or taken."""
    with change(book, actor, _("Rename a template of rules")) as made:
        found(made.session, RuleTemplate, template_id, _("The template"))
        _check_name(made.session, name, template_id)
        made.update(RuleTemplate, template_id, name=name.strip())


def delete_template(book: Book, template_id: int, *, actor: str) -> None:
    """The segments that it was given to keep their rules."""
    with change(book, actor, _("Delete a template of rules")) as made:
        found(made.session, RuleTemplate, template_id, _("The template"))
        made.delete(RuleTemplate, template_id)


def _check_name(session: Session, name: str, template_id: int | None) -> None:
    problems = Problems()
    wanted = name.strip()
    taken = {one.name.casefold() for one in built_in()}
    taken |= {
        row.name.casefold()
        for row in session.execute(select(RuleTemplate.id, RuleTemplate.name))
        if row.id != template_id
    }
    if not wanted:
        problems.add("name", _("A template needs a name."))
    elif wanted.casefold() in taken:
        problems.add("name", _("There is a template “{name}” already.").format(name=wanted))
    problems.raise_any()


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule of a segment as it counts now, and as it would with a template."""

    before: RuleRow
    after: RuleRow


def preview_template(book: Book, name: str, segment_id: int) -> list[RuleChange]:
    """What giving the template to the segment would change there, in the order of the rules."""
    chosen = template(book, name)
    with book.reading() as session:
        said = _overrides_of(session, chosen.rules)
    before, after = rules(book, "segment", segment_id), rules_if(book, said, "segment", segment_id)
    return [RuleChange(one, other) for one, other in zip(before, after, strict=True) if _counts(one) != _counts(other)]


def _counts(row: RuleRow) -> Sequence[object]:
    return (row.enabled, row.severity, dict(row.parameters), row.owner, row.hours)


def apply_template(book: Book, name: str, segment_id: int, *, actor: str) -> int:
    """Let the segment say of the rules just what the template says; how many rules count otherwise then."""
    changed = len(preview_template(book, name, segment_id))
    chosen = template(book, name)
    with change(book, actor, _("Give the rules {name} to a segment").format(name=name)) as made:
        segment: Segment = found(made.session, Segment, segment_id, _("The segment"))
        made.summary = _("Give the rules {name} to segment {segment}").format(name=name, segment=segment.name)
        said = _overrides_of(made.session, chosen.rules)
        standing = select(RuleSetting.id, RuleSetting.code).where(
            RuleSetting.scope == "segment", RuleSetting.scope_id == segment_id
        )
        for row in made.session.execute(standing).all():
            if row.code not in said:
                made.delete(RuleSetting, row.id)
        for code, one in said.items():
            put_setting(made, code, ("segment", segment_id), one)
    return changed


def _overrides_of(session: Session, said: Said) -> dict[str, Override]:
    """What a template says, of the rules and parameters there are today, with the people who are still there."""
    known = {rule.code: rule for rule in RULES}
    people = {row.name: row.id for row in session.execute(select(Person.id, Person.name))}
    given: dict[str, Override] = {}
    for code, one in said.items():
        if code != EVERY_RULE and code not in known:
            continue
        names = known[code].parameters if code in known else {}
        parameters = {name: value for name, value in one.get("parameters", {}).items() if name in names}
        owner = people.get(one.get("owner", ""))
        given[code] = Override(one.get("enabled"), one.get("severity"), parameters, owner, one.get("hours"))
    return given
