"""The gate's switches: each rule as it counts for the firm, a segment, a client or an agreement, and who set it so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Agreement, Client, Person, RuleSetting, Segment
from desktop.domain.findings import EVERY_RULE, RULES, Effective, effective
from desktop.domain.findings.rule import Override
from desktop.i18n import _
from desktop.services.changes import Change, change
from desktop.services.problems import Problems
from desktop.services.records import found

SCOPES = ("firm", "segment", "client", "agreement")
SEVERITIES = ("block", "hold", "note")
# A year: more is a slip.
_MOST_HOURS = 8760


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule at one level: what counts there, and `source`, the level that last had a say (default, firm, ...).

    `owner` is the name of who looks at what it holds, empty for nobody, within `hours`. `own` tells whether this very
    level says something.
    """

    code: str
    title: str
    enabled: bool
    severity: str
    parameters: Mapping[str, Any]
    source: str
    own: bool
    owner: str = ""
    hours: int | None = None


def rules(book: Book, scope: str = "firm", scope_id: int = 0) -> list[RuleRow]:
    """All rules in the order of the table as they count at a level; `scope_id` is 0 for the firm."""
    with book.reading() as session:
        return _rows(session, scope, scope_id, None)


def rules_if(book: Book, said: Mapping[str, Override], scope: str, scope_id: int) -> list[RuleRow]:
    """All rules as they would count at a level that said just this of them."""
    with book.reading() as session:
        return _rows(session, scope, scope_id, dict(said))


def _rows(session: Session, scope: str, scope_id: int, instead: dict[str, Override] | None) -> list[RuleRow]:
    levels = _levels(session, scope, scope_id)
    said = [overrides(session, level) for level in levels]
    if instead is not None:
        said[-1] = instead
    names = {row.id: row.name for row in session.execute(select(Person.id, Person.name))}
    return [_row(row, levels, said, names) for row in effective(RULES, said)]


def overrides(session: Session, level: tuple[str, int]) -> dict[str, Override]:
    """What one level says, by code; of EVERY_RULE as well."""
    rows = session.scalars(select(RuleSetting).where(RuleSetting.scope == level[0], RuleSetting.scope_id == level[1]))
    return {
        row.code: Override(row.enabled, row.severity, json.loads(row.parameters), row.owner_id, row.hours)
        for row in rows
    }


def _levels(session: Session, scope: str, scope_id: int) -> list[tuple[str, int]]:
    """From the widest to the asked one: an agreement's rules go through its client and segment."""
    if scope not in SCOPES:
        raise ValueError(f"{scope} is no level of rules")
    client_id = segment_id = None
    if scope == "agreement":
        agreement: Agreement = found(session, Agreement, scope_id, _("The agreement"))
        client_id, segment_id = agreement.client_id, agreement.segment_id
    elif scope == "client":
        client_id = scope_id
    if client_id is not None:
        client: Client = found(session, Client, client_id, _("The client"))
        segment_id = segment_id or client.segment_id
    elif scope == "segment":
        found(session, Segment, scope_id, _("The segment"))
        segment_id = scope_id
    levels = [("firm", 0)]
    levels += [("segment", segment_id)] if segment_id is not None else []
    levels += [("client", client_id)] if client_id is not None else []
    return levels + ([("agreement", scope_id)] if scope == "agreement" else [])


def _row(
    row: Effective, levels: list[tuple[str, int]], said: list[dict[str, Override]], names: Mapping[int, str]
) -> RuleRow:
    code = row.rule.code
    speaking = [level for level, one in zip(levels, said, strict=True) if code in one]
    return RuleRow(
        code,
        _(row.rule.title),
        row.enabled,
        row.severity,
        row.parameters,
        speaking[-1][0] if speaking else "default",
        levels[-1] in speaking,
        names.get(row.owner_id or 0, ""),
        row.hours,
    )


def set_rule(
    book: Book,
    code: str,
    *,
    scope: str = "firm",
    scope_id: int = 0,
    enabled: bool | None = None,
    severity: str | None = None,
    parameters: Mapping[str, int] | None = None,
    owner: str | None = None,
    hours: int | None = None,
    actor: str,
) -> None:
    """Say what a rule does at a level; None leaves that part to the level above. Raises ValidationError.

    `owner` names a person of the book, who looks within `hours` at what the rule holds.
    """
    rule = next((rule for rule in RULES if rule.code == code), None)
    if rule is None:
        raise ValueError(f"{code} is no rule")
    given = dict(parameters or {})
    problems = Problems()
    if severity is not None and severity not in SEVERITIES:
        problems.add("severity", _("A finding blocks, holds or notes."))
    for name, value in given.items():
        if name not in rule.parameters:
            raise ValueError(f"{code} has no parameter {name}")
        if value < 0:
            problems.add(name, _("A limit cannot be below 0."))
    check_hours(hours, problems)
    with change(book, actor, _("Change rule “{title}”").format(title=_(rule.title))) as made:
        _levels(made.session, scope, scope_id)
        owner_id = owner_of(made.session, owner, problems)
        problems.raise_any()
        put_setting(made, code, (scope, scope_id), Override(enabled, severity, given, owner_id, hours))


def check_hours(hours: int | None, problems: Problems) -> None:
    if hours is not None and not 0 <= hours <= _MOST_HOURS:
        problems.add("hours", _("Give between 0 and {most} hours.").format(most=_MOST_HOURS))


def owner_of(session: Session, name: str | None, problems: Problems) -> int | None:
    """The person's id; None for nobody. A name that nobody has is a problem of `owner`."""
    if not name:
        return None
    found_id = session.scalar(select(Person.id).where(Person.name == name))
    if found_id is None:
        problems.add("owner", _("There is nobody called “{name}” in this book.").format(name=name))
    return found_id


def put_setting(made: Change, code: str, level: tuple[str, int], said: Override) -> None:
    """Write what a level says of a rule, whatever it said before."""
    standing = _standing(made.session, code, *level)
    values = {
        "enabled": said.enabled,
        "severity": said.severity,
        "parameters": json.dumps(dict(said.parameters), separators=(",", ":"), sort_keys=True),
        "owner_id": said.owner_id,
        "hours": said.hours,
    }
    if standing is None:
        made.insert(RuleSetting, code=code, scope=level[0], scope_id=level[1], **values)
    else:
        made.update(RuleSetting, standing, **values)


def common_care(book: Book, scope: str = "firm", scope_id: int = 0) -> tuple[str, int | None]:
    """(owner, hours) of whatever a level holds by rules without their own; empty and None where it says nothing."""
    with book.reading() as session:
        row = session.execute(
            select(Person.name, RuleSetting.hours)
            .select_from(RuleSetting)
            .outerjoin(Person, Person.id == RuleSetting.owner_id)
            .where(RuleSetting.code == EVERY_RULE, RuleSetting.scope == scope, RuleSetting.scope_id == scope_id)
        ).one_or_none()
        return (row[0] or "", row[1]) if row else ("", None)


def set_common_care(
    book: Book, owner: str | None, hours: int | None, *, scope: str = "firm", scope_id: int = 0, actor: str
) -> None:
    """Say who looks, within how many hours, at whatever is held by rules without an owner. Raises ValidationError."""
    problems = Problems()
    check_hours(hours, problems)
    with change(book, actor, _("Change who looks at exceptions")) as made:
        _levels(made.session, scope, scope_id)
        owner_id = owner_of(made.session, owner, problems)
        problems.raise_any()
        standing = _standing(made.session, EVERY_RULE, scope, scope_id)
        if owner_id is None and hours is None:
            if standing is not None:
                made.delete(RuleSetting, standing)
            return
        put_setting(made, EVERY_RULE, (scope, scope_id), Override(None, None, {}, owner_id, hours))


@dataclass(frozen=True, slots=True)
class OwnRule:
    """What one level itself says of a rule; None leaves a part to the level above. `name` is the level's in words."""

    code: str
    scope: str
    scope_id: int
    name: str
    enabled: bool | None
    severity: str | None
    parameters: Mapping[str, int]
    owner: str = ""
    hours: int | None = None


def own_rules(book: Book) -> tuple[OwnRule, ...]:
    """Everything that is said of rules at any level, the firm first, then by name."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT r.code, r.scope, r.scope_id, coalesce(s.name, c.name, a.code, ''), r.enabled, r.severity,
            r.parameters, coalesce(p.name, ''), r.hours FROM rule_setting r LEFT JOIN person p ON p.id = r.owner_id
            LEFT JOIN segment s ON r.scope = 'segment' AND s.id = r.scope_id
            LEFT JOIN client c ON r.scope = 'client' AND c.id = r.scope_id
            LEFT JOIN agreement a ON r.scope = 'agreement' AND a.id = r.scope_id
            WHERE r.code <> ? ORDER BY r.scope <> 'firm', 4, r.id""",
            (EVERY_RULE,),
        )
        return tuple(
            OwnRule(
                code,
                scope,
                scope_id,
                name,
                None if on is None else bool(on),
                severity,
                json.loads(parameters),
                owner,
                hours,
            )
            for code, scope, scope_id, name, on, severity, parameters, owner, hours in rows
        )


def reset_rule(book: Book, code: str, *, scope: str = "firm", scope_id: int = 0, actor: str) -> None:
    """Leave a rule to the level above again."""
    with change(book, actor, _("Reset rule {code}").format(code=code)) as made:
        standing = _standing(made.session, code, scope, scope_id)
        if standing is not None:
            made.delete(RuleSetting, standing)


def _standing(session: Session, code: str, scope: str, scope_id: int) -> int | None:
    return session.scalar(
        select(RuleSetting.id).where(
            RuleSetting.code == code, RuleSetting.scope == scope, RuleSetting.scope_id == scope_id
        )
    )
