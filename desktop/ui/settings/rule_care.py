"""Asks who looks at what is held, and how soon, where a rule names nobody itself."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.services.people import people
from desktop.services.rules import common_care, set_common_care
from desktop.ui.choices import inherited
from desktop.ui.desk import Desk
from desktop.ui.form import Field, Section
from desktop.ui.settings.asking import ask
from desktop.ui.settings.gate_rows import Level


def care_fields(names: list[str], above: str) -> list[Field]:
    """The fields of an owner and the hours, which both may be left to what is `above`."""
    note = "" if names else _("Add the people under People and limits.")
    return [
        Field(
            "owner",
            _("Looked at by"),
            "choice",
            span=3,
            choices=inherited([(name, name) for name in names], above),
            note=note,
        ),
        Field("hours", _("Within hours"), "whole", span=3, hint=above),
    ]


def care_typed(typed: Mapping[str, object]) -> tuple[str | None, int | None]:
    """(owner, hours) as a person chose them."""
    owner, hours = typed["owner"], typed["hours"]
    return (str(owner) if owner else None, hours if isinstance(hours, int) else None)


def ask_care(desk: Desk, parent: QWidget, level: Level) -> None:
    """Ask for the owner and the hours of whatever has none of its own at a level."""
    book = desk.book
    desk.shell.jobs.ask(
        lambda: ([str(one["name"]) for one in people(book)], common_care(book, *level)),
        lambda known: _show(desk, parent, level, known),
    )


def _show(desk: Desk, parent: QWidget, level: Level, known: object) -> None:
    assert isinstance(known, tuple)
    names, (owner, hours) = known
    book, actor = desk.book, desk.actor
    scope, scope_id = level
    above = _("Nobody") if scope == "firm" else _("As the level above")

    def work(typed: dict[str, object]) -> None:
        set_common_care(book, *care_typed(typed), scope=scope, scope_id=scope_id, actor=actor)

    ask(
        desk,
        parent,
        _("Who looks at exceptions"),
        [Section("", care_fields(names, above))],
        {"owner": owner or None, "hours": hours},
        _("Save"),
        work,
        _("Saved; it counts for what is held from now on."),
    )
