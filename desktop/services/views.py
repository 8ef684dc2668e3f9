"""Saved views of the lists: a search, its filters, their order and the columns, under a name that everyone sees."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from db.engine import Book
from db.schema import SavedView
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.problems import Problems
from desktop.services.records import found

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column by its key; the width is in pixels of the design, or 0 for one that fits itself."""

    key: str
    width: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What a list shows and how; columns in their order, those that a later version adds are not named."""

    search: str = ""
    filters: frozenset[str] = frozenset()
    sort: str = ""
    descending: bool = False
    columns: tuple[ViewColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedView:
    id: int
    name: str
    view: View


def saved_views(book: Book, page: str) -> list[NamedView]:
    """The views of a page in the order in which they were made."""
    with book.reading() as session:
        rows = session.scalars(
            select(SavedView).where(SavedView.page == page).order_by(SavedView.position, SavedView.id)
        )
        return [NamedView(row.id, row.name, _read(json.loads(row.query))) for row in rows]


def save_view(book: Book, page: str, name: str, view: View, *, actor: str) -> int:
    """Keep a view under a name; one of that name on the page becomes it. Raises ValidationError for no name."""
    wanted = _checked(name)
    with change(book, actor, _("Save the view {name}").format(name=wanted)) as made:
        known = made.session.scalar(select(SavedView.id).where(SavedView.page == page, SavedView.name == wanted))
        query = _written(view)
        if known is not None:
            made.update(SavedView, known, query=query)
            return known
        last = made.session.scalar(select(func.max(SavedView.position)).where(SavedView.page == page))
        position = 0 if last is None else last + 1
        return made.insert(SavedView, page=page, name=wanted, query=query, position=position)


def rename_view(book: Book, view_id: int, name: str, *, actor: str) -> None:
    """Raises ValidationError for no name, or one that another view of the page has."""
    wanted = _checked(name)
    with change(book, actor, _("Rename a view to {name}").format(name=wanted)) as made:
        row: SavedView = found(made.session, SavedView, view_id, _("The view"))
        other = select(SavedView.id).where(
            SavedView.page == row.page, SavedView.name == wanted, SavedView.id != view_id
        )
        if made.session.scalar(other) is not None:
            problems = Problems()
            problems.add("name", _("There is a view {name} already.").format(name=wanted))
            problems.raise_any()
        made.update(SavedView, view_id, name=wanted)


def delete_view(book: Book, view_id: int, *, actor: str) -> None:
    """UserError where it is gone."""
    with change(book, actor, "") as made:
        row: SavedView = found(made.session, SavedView, view_id, _("The view"))
        made.summary = _("Delete the view {name}").format(name=row.name)
        made.delete(SavedView, view_id)


def _checked(name: str) -> str:
    wanted, problems = " ".join(name.split()), Problems()
    if not wanted:
        problems.add("name", _("A view needs a name."))
    elif len(wanted) > LONGEST_NAME:
        problems.add("name", _("A name has at most {count} letters.").format(count=LONGEST_NAME))
    problems.raise_any()
    return wanted


def _written(view: View) -> str:
    return json.dumps(
        {
            "search": view.search,
            "filters": sorted(view.filters),
            "sort": view.sort,
            "descending": view.descending,
            "columns": [{"key": one.key, "width": one.width, "hidden": one.hidden} for one in view.columns],
        },
        ensure_ascii=False,
    )


def _read(kept: Mapping[str, Any]) -> View:
    columns = tuple(ViewColumn(one["key"], one["width"], one["hidden"]) for one in kept["columns"])
    return View(kept["search"], frozenset(kept["filters"]), kept["sort"], kept["descending"], columns)
