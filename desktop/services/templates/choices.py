"""Which template prints for the firm, its segments and clients, by kind and language: shown as one table, and set.

What holds for every kind and language of a level is that level's own field, as its form shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from db.engine import Book
from db.schema import Client, Firm, Segment, Template, TemplateChoice
from desktop.domain.template import KINDS
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import Change, change
from desktop.services.field_checks import check_language
from desktop.services.firm import FIRM
from desktop.services.problems import Problems
from desktop.services.records import found

_MODELS = {"segment": Segment, "client": Client}


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """`whose` is the segment's or client's name, empty for the firm. An empty kind or language is any."""

    scope: str
    scope_id: int
    whose: str
    kind: str
    language: str
    template_id: int
    template: str


def choices(book: Book) -> list[ChoiceRow]:
    """The firm's first, then by segment and client; what holds for everything before what holds for a kind."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT x.scope, x.scope_id, x.whose, x.kind, x.language, x.template_id, t.name FROM (
              SELECT 0 AS rank, 'firm' AS scope, 0 AS scope_id, '' AS whose, '' AS kind, '' AS language, template_id
                FROM firm WHERE template_id IS NOT NULL
              UNION ALL SELECT 0, 'firm', 0, '', kind, language, template_id FROM template_choice WHERE scope = 'firm'
              UNION ALL SELECT 1, 'segment', id, name, '', '', template_id FROM segment WHERE template_id IS NOT NULL
              UNION ALL SELECT 1, 'segment', s.id, s.name, c.kind, c.language, c.template_id
                FROM template_choice c JOIN segment s ON c.scope = 'segment' AND s.id = c.scope_id
              UNION ALL SELECT 2, 'client', id, name, '', '', template_id FROM client WHERE template_id IS NOT NULL
              UNION ALL SELECT 2, 'client', k.id, k.name, c.kind, c.language, c.template_id
                FROM template_choice c JOIN client k ON c.scope = 'client' AND k.id = c.scope_id
            ) x JOIN template t ON t.id = x.template_id
            ORDER BY x.rank, x.whose COLLATE NOCASE, x.scope_id, x.kind, x.language"""
        )
        return [ChoiceRow(*row) for row in rows]


def choose(
    book: Book,
    template_id: int | None,
    *,
    scope: str = "firm",
    scope_id: int = 0,
    kind: str = "",
    language: str = "",
    actor: str,
) -> None:
    """Print the documents of a level by this template; None takes the choice back. UserError for what is not there.

    Issued documents keep the look that they have; drafts and what comes later follow.
    """
    if kind and kind not in KINDS:
        raise UserError(
            _("There is no kind “{kind}”.").format(kind=kind), _("There are: {names}.").format(names=", ".join(KINDS))
        )
    told: dict[str, Any] = {"language": language}
    problems = Problems()
    check_language(told, problems)
    problems.raise_any()
    language = told["language"]
    with change(book, actor, _("Choose a template")) as made:
        name = ""
        if template_id is not None:
            name = found(made.session, Template, template_id, _("The template")).name
            made.summary = _("Print by template {name}").format(name=name)
        if scope != "firm":
            found(made.session, _MODELS[scope], scope_id, _("The segment") if scope == "segment" else _("The client"))
        if kind or language:
            _set_choice(made, (scope, scope_id, kind, language), template_id)
        elif scope != "firm":
            made.update(_MODELS[scope], scope_id, template_id=template_id)
        elif template_id is None:
            raise UserError(
                _("The firm needs one template for everything that has no choice of its own."),
                _("Choose another template for it instead."),
            )
        else:
            made.update(Firm, FIRM, template_id=template_id)


def _set_choice(made: Change, key: tuple[str, int, str, str], template_id: int | None) -> None:
    scope, scope_id, kind, language = key
    standing = made.session.scalar(
        select(TemplateChoice.id).where(
            TemplateChoice.scope == scope,
            TemplateChoice.scope_id == scope_id,
            TemplateChoice.kind == kind,
            TemplateChoice.language == language,
        )
    )
    if template_id is None:
        if standing is not None:
            made.delete(TemplateChoice, standing)
    elif standing is None:
        made.insert(
            TemplateChoice,
            scope=scope,
            scope_id=scope_id,
            kind=kind,
            language=language,
            template_id=template_id,
        )
    else:
        made.update(TemplateChoice, standing, template_id=template_id)


def drop_choices(made: Change, scope: str, scope_id: int) -> None:
    """Forget what a segment or client chose, when it goes itself."""
    chosen = select(TemplateChoice.id).where(TemplateChoice.scope == scope, TemplateChoice.scope_id == scope_id)
    for choice_id in made.session.scalars(chosen).all():
        made.delete(TemplateChoice, choice_id)


def move_choices(made: Change, keep: int, absorb: int) -> int:
    """Let one client have what another chose, where it has no choice of its own; how many it got."""
    by_client = {
        client_id: {
            (row.kind, row.language): row.id
            for row in made.session.scalars(
                select(TemplateChoice).where(TemplateChoice.scope == "client", TemplateChoice.scope_id == client_id)
            )
        }
        for client_id in (keep, absorb)
    }
    count = 0
    for key, choice_id in by_client[absorb].items():
        if key in by_client[keep]:
            made.delete(TemplateChoice, choice_id)
        else:
            made.update(TemplateChoice, choice_id, scope_id=keep)
            count += 1
    return count
