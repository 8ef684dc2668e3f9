"""The gate's switches: each rule as it counts for the firm, a segment, a client or an agreement, and who set it so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Agreement, Client, RuleSetting, Segment
from desktop.domain.findings import RULES, Rule
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.problems import Problems
from desktop.services.records import found

SCOPES = ("firm", "segment", "client", "agreement")
_SEVERITIES = ("block", "hold", "note")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule at one level: what counts there, and `source`, the level that last had a say (default, firm, ...).

    `own` tells whether this very level says something.
    """

    code: str
    title: str
    enabled: bool
    severity: str
    parameters: Mapping[str, Any]
    source: str
    own: bool


def rules(book: Book, scope: str = "firm", scope_id: int = 0) -> list[RuleRow]:
    """All rules in the order of the table as they count at a level; `scope_id` is 0 for the firm."""
    with book.reading() as session:
        levels = _levels(session, scope, scope_id)
        settings = {
            (row.scope, row.scope_id, row.code): row
            for level in levels
            for row in session.scalars(
                select(RuleSetting).where(RuleSetting.scope == level[0], RuleSetting.scope_id == level[1])
            )
        }
        return [_row(rule, levels, settings) for rule in RULES]


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


def _row(rule: Rule, levels: list[tuple[str, int]], settings: Mapping[tuple[str, int, str], RuleSetting]) -> RuleRow:
    enabled, severity, parameters, source, own = rule.enabled, rule.severity, dict(rule.parameters), "default", False
    for level in levels:
        setting = settings.get((*level, rule.code))
        own = setting is not None
        if setting is None:
            continue
        enabled = enabled if setting.enabled is None else setting.enabled
        severity = setting.severity or severity
        parameters |= json.loads(setting.parameters)
        source = level[0]
    return RuleRow(rule.code, rule.title, enabled, severity, parameters, source, own)


def set_rule(
    book: Book,
    code: str,
    *,
    scope: str = "firm",
    scope_id: int = 0,
    enabled: bool | None = None,
    severity: str | None = None,
    parameters: Mapping[str, int] | None = None,
    actor: str,
) -> None:
    """Say what a rule does at a level; None leaves that part to the level above. Raises ValidationError."""
    rule = next((rule for rule in RULES if rule.code == code), None)
    if rule is None:
        raise ValueError(f"{code} is no rule")
    given = dict(parameters or {})
    problems = Problems()
    if severity is not None and severity not in _SEVERITIES:
        problems.add("severity", _("A finding blocks, holds or notes."))
    for name, value in given.items():
        if name not in rule.parameters:
            raise ValueError(f"{code} has no parameter {name}")
        if value < 0:
            problems.add(name, _("A limit cannot be below 0."))
    problems.raise_any()
    with change(book, actor, _("Change rule “{title}”").format(title=rule.title)) as made:
        _levels(made.session, scope, scope_id)
        standing = _standing(made.session, code, scope, scope_id)
        values = {
            "enabled": enabled,
            "severity": severity,
            "parameters": json.dumps(given, separators=(",", ":"), sort_keys=True),
        }
        if standing is None:
            made.insert(RuleSetting, code=code, scope=scope, scope_id=scope_id, **values)
        else:
            made.update(RuleSetting, standing, **values)


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


def own_rules(book: Book) -> tuple[OwnRule, ...]:
    """Everything that is said of rules at any level, the firm first, then by name."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT r.code, r.scope, r.scope_id, coalesce(s.name, c.name, a.code, ''), r.enabled, r.severity,
            r.parameters FROM rule_setting r LEFT JOIN segment s ON r.scope = 'segment' AND s.id = r.scope_id
            LEFT JOIN client c ON r.scope = 'client' AND c.id = r.scope_id
            LEFT JOIN agreement a ON r.scope = 'agreement' AND a.id = r.scope_id
            ORDER BY r.scope <> 'firm', 4, r.id"""
        )
        return tuple(
            OwnRule(code, scope, scope_id, name, None if on is None else bool(on), severity, json.loads(parameters))
            for code, scope, scope_id, name, on, severity, parameters in rows
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
