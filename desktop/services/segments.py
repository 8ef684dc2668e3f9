"""Segments, and where a setting comes from: the agreement, its client, their segment, or the firm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from db.engine import Book
from db.schema import Agreement, Client, Firm, MailAccount, RuleSetting, Schedule, Segment, TaxCode, Template
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.delivery.mail.texts import drop_mail_texts
from desktop.services.dunning.levels import drop_levels
from desktop.services.dunning.policies import drop_policy
from desktop.services.einvoice_checks import check_einvoice
from desktop.services.field_checks import (
    check_delivery,
    check_exists,
    check_language,
    check_needed,
    check_terms,
    check_unique,
)
from desktop.services.firm import FIRM
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, record
from desktop.services.templates.choices import drop_choices

MILESTONES = ("run", "at_once")
"""When a milestone done is billed: by the next run, or at once."""
INHERITED = ("terms", "delivery", "language", "template_id")


@dataclass(frozen=True, slots=True)
class Inherited:
    """A setting as it counts, and whose it is: agreement, client, segment or firm."""

    value: Any
    source: str


def segments(book: Book) -> list[Record]:
    """By name, each with its number of active `clients` and `agreements`."""
    with book.reading() as session:
        clients = _counts(session.execute(_count_by(Client)).all())
        agreements = _counts(session.execute(_count_by(Agreement)).all())
        return [
            record(row) | {"clients": clients.get(row.id, 0), "agreements": agreements.get(row.id, 0)}
            for row in session.scalars(select(Segment).order_by(Segment.name))
        ]


def _count_by(model: Any) -> Any:
    return select(model.segment_id, func.count()).where(model.active).group_by(model.segment_id)


def _counts(rows: Any) -> dict[int | None, int]:
    return dict(rows)


def segment_id(book: Book, name: str) -> int:
    """The id of the segment with this name. UserError if there is none."""
    with book.reading() as session:
        known = session.scalar(select(Segment.id).where(Segment.name == name.strip()))
    if known is None:
        raise UserError(_("There is no segment “{name}”.").format(name=name), _("See the settings."))
    return known


def save_segment(book: Book, values: Mapping[str, object], *, actor: str, segment_id: int | None = None) -> int:
    """Add a segment, or change one. Raises ValidationError."""
    with change(book, actor, _("Change a segment")) as made:
        problems = Problems()
        cleaned = column_values(Segment, values, problems)
        check_needed(cleaned, problems, name=_("A segment needs a name."))
        check_unique(made.session, Segment.name, cleaned, problems, _("a segment"), segment_id)
        check_terms(cleaned, problems)
        check_delivery(cleaned, problems)
        check_einvoice(cleaned, problems)
        check_language(cleaned, problems)
        check_exists(made.session, TaxCode, "tax_code_id", cleaned, problems, _("The tax code"))
        check_exists(made.session, Template, "template_id", cleaned, problems, _("The template"))
        check_exists(made.session, MailAccount, "mail_account_id", cleaned, problems, _("The e-mail account"))
        if cleaned.get("milestones", "run") not in MILESTONES:
            problems.add(
                "milestones",
                _("“{word}” is not one of {words}.").format(word=cleaned["milestones"], words=", ".join(MILESTONES)),
            )
        if segment_id is None:
            if not cleaned.get("name"):
                problems.add("name", _("A segment needs a name."))
            problems.raise_any()
            made.summary = _("Add segment {name}").format(name=cleaned["name"])
            return made.insert(Segment, **cleaned)
        row = found(made.session, Segment, segment_id, _("The segment"))
        problems.raise_any()
        made.summary = _("Change segment {name}").format(name=row.name)
        made.update(Segment, segment_id, **cleaned)
        return segment_id


def delete_segment(book: Book, segment_id: int, *, actor: str) -> None:
    """UserError while a client or an agreement is in it."""
    with change(book, actor, _("Delete a segment")) as made:
        row: Segment = found(made.session, Segment, segment_id, _("The segment"))
        clients = made.session.scalar(select(func.count()).where(Client.segment_id == segment_id)) or 0
        agreements = made.session.scalar(select(func.count()).where(Agreement.segment_id == segment_id)) or 0
        if clients or agreements:
            raise UserError(
                _("{clients} clients and {agreements} agreements are in segment {name}.").format(
                    clients=clients, agreements=agreements, name=row.name
                ),
                _("Move them to another segment first."),
            )
        by_clock = made.session.scalar(select(Schedule.name).where(Schedule.segment_id == segment_id).limit(1))
        if by_clock is not None:
            raise UserError(
                _("The schedule “{schedule}” is for segment {name}.").format(schedule=by_clock, name=row.name),
                _("Change or delete it first, in the settings under Schedule."),
            )
        made.summary = _("Delete segment {name}").format(name=row.name)
        own_rules = select(RuleSetting.id).where(RuleSetting.scope == "segment", RuleSetting.scope_id == segment_id)
        for rule_id in made.session.scalars(own_rules).all():
            made.delete(RuleSetting, rule_id)
        drop_choices(made, "segment", segment_id)
        drop_mail_texts(made, "segment", segment_id)
        drop_levels(made, segment_id)
        drop_policy(made, segment_id)
        made.delete(Segment, segment_id)


def inherited(book: Book, *, client_id: int | None = None, agreement_id: int | None = None) -> dict[str, Inherited]:
    """Terms, delivery, language and template as they count for a client or an agreement, with their source.

    An agreement's own segment comes before its client's; a client asked for alone shows what its agreements inherit.
    """
    with book.reading() as session:
        agreement = found(session, Agreement, agreement_id, _("The agreement")) if agreement_id else None
        if agreement is not None:
            client_id = agreement.client_id
        client = found(session, Client, client_id, _("The client")) if client_id else None
        segment_id = (agreement and agreement.segment_id) or (client and client.segment_id)
        levels = [
            ("agreement", agreement),
            ("client", client),
            ("segment", session.get(Segment, segment_id) if segment_id else None),
            ("firm", session.get_one(Firm, FIRM)),
        ]
        return {
            name: next(
                Inherited(value, level)
                for level, row in levels
                if row is not None and ((value := getattr(row, name, None)) is not None or level == "firm")
            )
            for name in INHERITED
        }
