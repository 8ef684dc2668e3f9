"""Which agreement a time tracker's project is: said once by a person, and known in every export after it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from db.engine import Book
from db.schema import Agreement, SavedMapping
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.records import found

# Beside the mappings of columns, which are kept by the kinds of files.
KIND: Final = "project"


@dataclass(frozen=True, slots=True)
class ProjectLink:
    """A project as the tracker calls it, of a client as it calls that one, and the agreement's code."""

    client: str
    project: str
    agreement_id: int
    agreement: str


def link_key(client: str, project: str) -> str:
    """The same for the same names, whatever their capitals and blanks."""
    return "\x1f".join(" ".join(name.split()).casefold() for name in (client, project))


def project_links(book: Book) -> Sequence[ProjectLink]:
    """By client and project. An agreement that is gone takes its links along."""
    with book.reading() as session:
        codes = {row.id: row.code for row in session.execute(select(Agreement.id, Agreement.code))}
        kept = session.scalars(select(SavedMapping.mapping).where(SavedMapping.kind == KIND))
        told = [json.loads(text) for text in kept]
    links = [
        ProjectLink(one["client"], one["project"], one["agreement"], codes[one["agreement"]])
        for one in told
        if one["agreement"] in codes
    ]
    return sorted(links, key=lambda one: link_key(one.client, one.project))


def agreements_to_link(book: Book) -> list[tuple[int, str]]:
    """The active agreements by their ids, with code, title and client in words; those that bill hours come first."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT a.id, a.code, a.title, c.name FROM agreement a JOIN client c ON c.id = a.client_id WHERE a.active"
            " ORDER BY NOT (a.billing IN ('time', 'hybrid') OR EXISTS (SELECT 1 FROM agreement_line l"
            " WHERE l.agreement_id = a.id AND l.kind = 'time')), c.name, a.code"
        )
        return [(row[0], f"{row[1]} · {row[2]} ({row[3]})") for row in rows]


def linked_agreements(connection: Connection) -> dict[str, int]:
    """The agreement of each project by its link_key."""
    rows = connection.exec_driver_sql(
        "SELECT m.signature, a.id FROM saved_mapping m"
        " JOIN agreement a ON a.id = json_extract(m.mapping, '$.agreement') WHERE m.kind = ?",
        (KIND,),
    )
    return {row[0]: row[1] for row in rows}


def link_project(book: Book, client: str, project: str, agreement_id: int, *, actor: str) -> None:
    """Remember that a project is this agreement, in place of what was said of it before. UserError without one."""
    key = link_key(client, project)
    with change(book, actor, "") as made:
        agreement: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        made.summary = _("Bill the project “{project}” under {code}").format(project=project, code=agreement.code)
        text = json.dumps({"client": client, "project": project, "agreement": agreement_id}, ensure_ascii=False)
        known = made.session.scalars(
            select(SavedMapping.id).where(SavedMapping.kind == KIND, SavedMapping.signature == key)
        ).first()
        if known is None:
            made.insert(SavedMapping, kind=KIND, name=f"{client} / {project}", signature=key, mapping=text)
        else:
            made.update(SavedMapping, known, mapping=text)


def unlink_project(book: Book, client: str, project: str, *, actor: str) -> None:
    """UserError where nothing is remembered of the project."""
    summary = _("Forget the agreement of the project “{project}”").format(project=project)
    with change(book, actor, summary) as made:
        known = made.session.scalars(
            select(SavedMapping.id).where(
                SavedMapping.kind == KIND, SavedMapping.signature == link_key(client, project)
            )
        ).first()
        if known is None:
            raise UserError(
                _("No agreement is remembered for the project “{project}”.").format(project=project),
                _("Reload the list."),
            )
        made.delete(SavedMapping, known)
