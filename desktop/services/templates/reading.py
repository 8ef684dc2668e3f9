"""Templates as the book keeps them. One that cannot be read stops nothing: the usual look stands in for it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection

from db.queries.rows import ids_text
from desktop.domain.document import TemplateVersion
from desktop.domain.template import USUAL_LAYOUT, Layout, layout_data, layout_from
from desktop.domain.template_values import TemplateProblem
from desktop.domain.wording import Said, phrase, sentence
from desktop.errors import UserError


class Read(NamedTuple):
    """A layout, and what is wrong with what the book keeps where the usual one stands in for it."""

    layout: Layout
    problem: Said | None


@lru_cache(maxsize=256)
def read_layout(specification: str) -> Read:
    """What a specification says, whoever wrote it."""
    try:
        return Read(layout_from(json.loads(specification)), None)
    except TemplateProblem as problem:
        where = ".".join(str(step) for step in problem.path)
        return Read(USUAL_LAYOUT, phrase("At {where}: {what}", where=where or "layout", what=sentence(problem.said)))
    except (ValueError, RecursionError):
        return Read(USUAL_LAYOUT, phrase("What the book keeps of it cannot be read."))


def specification_of(layout: Layout) -> str:
    """A layout as the book keeps it; equal layouts give equal texts."""
    return json.dumps(layout_data(layout), separators=(",", ":"), sort_keys=True)


def template_versions(connection: Connection, ids: Iterable[int]) -> dict[int, TemplateVersion]:
    """The versions with these ids as they print: without a logo that cannot be read."""
    rows = connection.exec_driver_sql(
        "SELECT v.id, t.name, v.version, v.specification, f.content FROM template_version v"
        " JOIN template t ON t.id = v.template_id LEFT JOIN file f ON f.id = v.logo_id"
        " WHERE v.id IN (SELECT value FROM json_each(?))",
        (ids_text(ids),),
    )
    return {
        key: printable(TemplateVersion(key, name, version, read_layout(specification).layout, logo or b""))
        for key, name, version, specification, logo in rows
    }


def printable(version: TemplateVersion) -> TemplateVersion:
    """The version, or the nearest to it that prints."""
    # Freezing asks for versions without drawing anything; the engine is worth 60 ms.
    from desktop.documents.render import check_template

    for layout, logo in ((version.layout, version.logo), (version.layout, b""), (USUAL_LAYOUT, version.logo)):
        tried = TemplateVersion(version.id, version.name, version.version, layout, logo)
        try:
            check_template(tried)
        except UserError:
            continue
        return tried
    return TemplateVersion(version.id, version.name, version.version)


def unreadable_templates(connection: Connection) -> tuple[dict[int, tuple[str, str]], frozenset[int]]:
    """By template its name and why it cannot be read, as a stored sentence; and those that are chosen for a kind."""
    rows = connection.exec_driver_sql(
        """SELECT t.id, t.name, max(v.id), v.specification FROM template t
        JOIN template_version v ON v.template_id = t.id GROUP BY t.id"""
    )
    found = {
        key: (name, problem.stored())
        for key, name, _version, kept in rows
        if (problem := read_layout(kept).problem) is not None
    }
    if not found:
        return {}, frozenset()
    chosen = connection.exec_driver_sql("SELECT DISTINCT template_id FROM template_choice")
    return found, frozenset(row[0] for row in chosen)


def latest_versions(connection: Connection) -> dict[int, int]:
    """The version by which each template prints now, by template: the last one that can be read.

    Where none can, the last: the usual look stands in for it.
    """
    latest: dict[int, int] = {}
    for template_id, version_id, specification in connection.exec_driver_sql(
        "SELECT template_id, max(id), specification FROM template_version GROUP BY template_id"
    ):
        latest[template_id] = version_id
        if read_layout(specification).problem is None:
            continue
        earlier = connection.exec_driver_sql(
            "SELECT id, specification FROM template_version WHERE template_id = ? ORDER BY id DESC", (template_id,)
        )
        readable = (one for one, kept in earlier if read_layout(kept).problem is None)
        latest[template_id] = next(readable, version_id)
    return latest
