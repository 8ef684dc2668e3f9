"""Proposes what may go because nothing asks to keep it any more, and tells what was erased before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change
from desktop.services.privacy.planning import DOCUMENT_YEARS, LETTER_YEARS, ErasurePlan, plan_erasure, rules_of

_MOST_YEARS = 99


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasure as it was written down; `at` is UTC text, `rows` counts by table."""

    number: str
    kind: str
    reason: str
    at: str
    actor: str
    rows: Mapping[str, int]


def erasures(book: Book) -> tuple[ErasureRow, ...]:
    """What was erased, newest first."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT number, kind, reason, at, actor, counts FROM erasure ORDER BY id DESC"
        )
        return tuple(
            ErasureRow(number, kind, reason, at, actor, json.loads(counts))
            for number, kind, reason, at, actor, counts in rows
        )


def due(book: Book, *, today: date) -> tuple[ErasurePlan, ...]:
    """Clients that were set aside, of whom something need not be kept any more, and what that is.

    Who is still a client is none of these: their data are needed for what is agreed.
    """
    rules = rules_of(book)
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT c.id, max(coalesce((SELECT max(issue_date) FROM invoice WHERE client_id = c.id), ''),
              coalesce((SELECT max(paid_on) FROM payment WHERE client_id = c.id), ''))
            FROM client c WHERE NOT c.active AND c.merged_into_id IS NULL ORDER BY c.name, c.id"""
        )
        aside = [(int(row[0]), str(row[1])) for row in rows]
    found = []
    for client, last in aside:
        # Master data go with the last letter: until then somebody may still ask about it.
        if last and rules.until("letters", last) >= today:
            continue
        plan = plan_erasure(book, client, today=today)
        if plan.now and not plan.obstacles:
            found.append(plan)
    return tuple(found)


def set_periods(book: Book, *, documents: int | None, letters: int | None, actor: str) -> None:
    """Years for which this firm keeps documents and letters; None goes back to what the law asks.

    UserError below what the law of the firm's country asks, as far as the program knows it.
    """
    law = rules_of(book).law
    for years, least in ((documents, law.documents), (letters, law.letters)):
        if years is None:
            continue
        if law.statute and years < least:
            raise UserError(
                _("{statute} asks for {years} years.").format(statute=law.statute, years=least),
                _("Enter as many, or more."),
            )
        if not 0 <= years <= _MOST_YEARS:
            raise UserError(_("That is no number of years."), _("Enter 0 to {most}.").format(most=_MOST_YEARS))
    with change(book, actor, _("Change how long data are kept")) as made:
        keep_setting(made, DOCUMENT_YEARS, documents)
        keep_setting(made, LETTER_YEARS, letters)
