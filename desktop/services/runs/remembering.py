"""Approves a draft and teaches the gate: what held it passes from now on, for this client or this agreement alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from db.engine import Book
from db.queries import standing as standing_of
from db.queries.rows import ids_text
from desktop.domain.findings import RULES
from desktop.domain.findings.rule import Override
from desktop.domain.journal import in_firm
from desktop.domain.money import per_major
from desktop.errors import UserError
from desktop.i18n import _, money_text, percent_text
from desktop.services.changes import change
from desktop.services.rules import overrides, put_setting
from desktop.services.runs.approvals import Approval, SecondLook, approve_drafts

# Rules that judge what is usual for somebody. The others guard money that is lost or a promise that is broken: a
# dispute, a credit limit, a used-up order are looked at every time.
_HABITS = frozenset(
    {
        "off_rate_card",
        "vague_text",
        "glyph_missing",
        "po_missing",
        "partly_paid",
        "look_alike",
        "old_time",
        "first_invoice",
    }
)
_STEP_PERCENT = 5


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the gate would learn from an approval: a sentence, and the setting behind it at one level."""

    code: str
    words: str
    level: tuple[str, int]
    said: Override


class _Facts(NamedTuple):
    client_id: int
    client: str
    agreement_id: int | None
    agreement: str
    net: int
    currency: str
    day: date


def lessons(book: Book, draft_id: int) -> tuple[Lesson, ...]:
    """What could be remembered of what holds this draft; empty where nothing of it is a matter of habit."""
    with book.reading() as session:
        return tuple(_lessons(session, draft_id))


def approve_and_remember(
    book: Book, draft_id: int, learn: Sequence[Lesson], note: str, *, actor: str, now: str
) -> Approval:
    """Approve, and let the rules at their levels do what the lessons say; only a draft that was approved teaches.

    The settings are a change of their own and can be undone. UserError where there is nothing to remember.
    """
    if not learn:
        raise UserError(
            _("Nothing of what holds this draft is a matter of habit."),
            _("Approve it alone: what it is about is looked at every time."),
        )
    done = approve_drafts(book, [draft_id], note, actor=actor, now=now)
    if done.findings:
        with change(book, actor, _("Remember an approval")) as made:
            for one in learn:
                put_setting(made, one.code, one.level, one.said)
    return done


def _lessons(session: Session, draft_id: int) -> list[Lesson]:
    connection = session.connection()
    facts = _facts(connection, draft_id)
    if facts is None:
        return []
    codes = [
        row[0]
        for row in connection.exec_driver_sql(
            "SELECT DISTINCT code FROM finding WHERE draft_id = ? AND approved = 0 AND severity = 'hold'", (draft_id,)
        )
    ]
    found: list[Lesson] = []
    for rule in RULES:
        if rule.code not in codes:
            continue
        if rule.code == "amount_above":
            found += _amount(session, facts)
        elif rule.code == "differs_from_usual":
            found += _difference(session, facts)
        elif rule.code in _HABITS:
            found.append(_only_noted(session, facts, rule.code))
    return found


def _facts(connection: Connection, draft_id: int) -> _Facts | None:
    row = connection.exec_driver_sql(
        """SELECT d.client_id, c.name, min(a.id), min(CASE a.title WHEN '' THEN a.code ELSE a.title END), d.net,
        d.currency, r.issue_date FROM draft d JOIN client c ON c.id = d.client_id JOIN run r ON r.id = d.run_id
        LEFT JOIN outcome o ON o.draft_id = d.id LEFT JOIN agreement a ON a.id = o.agreement_id
        WHERE d.id = ? GROUP BY d.id""",
        (draft_id,),
    ).fetchone()
    if row is None:
        return None
    return _Facts(row[0], row[1], row[2], row[3] or "", row[4], row[5], date.fromisoformat(row[6]))


def _said(session: Session, code: str, level: tuple[str, int]) -> Override:
    """What the level says already: whose it is and how severe must not change."""
    return overrides(session, level).get(code, Override(None, None, {}, None, None))


def _amount(session: Session, facts: _Facts) -> list[Lesson]:
    """A limit of this client that lets the amount pass, in whole hundreds of the firm's currency."""
    look = SecondLook(session.connection())
    amount = in_firm(abs(facts.net), look.factor(facts.currency, facts.day))
    if amount is None:
        return []
    (home,) = session.connection().exec_driver_sql("SELECT currency FROM firm").one()
    hundred = 100 * per_major(home)
    limit = -(-amount // hundred) * 100
    level = ("client", facts.client_id)
    before = _said(session, "amount_above", level)
    words = _("Amounts up to {limit} pass for {client}.").format(
        limit=money_text(limit * per_major(home), home), client=facts.client
    )
    return [Lesson("amount_above", words, level, replace(before, parameters={**before.parameters, "limit": limit}))]


def _difference(session: Session, facts: _Facts) -> list[Lesson]:
    """A wider band around the usual amount of this agreement, in steps of five percent."""
    if facts.agreement_id is None:
        return []
    history = [row[5] for row in standing_of.history(session.connection(), ids_text([facts.agreement_id]))]
    total = sum(history)
    if total <= 0:
        return []
    percent = -(-abs(facts.net * len(history) - total) * 100 // total)
    percent = -(-percent // _STEP_PERCENT) * _STEP_PERCENT
    level = ("agreement", facts.agreement_id)
    before = _said(session, "differs_from_usual", level)
    words = _("Amounts up to {percent} from the usual pass for {agreement} of {client}.").format(
        percent=percent_text(percent), agreement=facts.agreement, client=facts.client
    )
    said = replace(before, parameters={**before.parameters, "percent": percent})
    return [Lesson("differs_from_usual", words, level, said)]


def _only_noted(session: Session, facts: _Facts, code: str) -> Lesson:
    level = ("agreement", facts.agreement_id) if facts.agreement_id is not None else ("client", facts.client_id)
    title = _(next(rule.title for rule in RULES if rule.code == code))
    words = _("“{rule}” is only noted, and holds nothing, for {agreement} of {client}.")
    if facts.agreement_id is None:
        words = _("“{rule}” is only noted, and holds nothing, for {client}.")
    return Lesson(
        code,
        words.format(rule=title, agreement=facts.agreement, client=facts.client),
        level,
        replace(_said(session, code, level), severity="note"),
    )
