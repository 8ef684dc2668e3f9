"""How files were mapped once: the mappings that are kept, and forgetting one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.services.imports.profiles import forget, kept_profiles
from desktop.ui.desk import Desk
from desktop.ui.form import Field, Form, Section
from desktop.ui.importing.words import kind_word
from desktop.ui.settings.asking import ask


def ask_forgetting(desk: Desk, parent: QWidget) -> None:
    """Choose a kept mapping and forget it."""
    book = desk.book
    desk.shell.jobs.ask(lambda: kept_profiles(book), partial(_show, desk, parent))


def _show(desk: Desk, parent: QWidget, found: object) -> None:
    assert isinstance(found, Sequence)
    known: list[tuple[str, str]] = list(found)
    if not known:
        desk.shell.notices.say(
            _("No mapping is kept."),
            _("Where the columns of a file are mapped by hand, the import offers to keep the mapping under a name."),
            tone="note",
        )
        return
    choices = [
        (place, _("{name} ({kind})").format(name=name, kind=kind_word(kind)))
        for place, (kind, name) in enumerate(known)
    ]
    field = Field(
        "profile",
        _("Mapping"),
        "choice",
        required=True,
        choices=choices,
        note=_("Files with its headings are then read as the program recognises them. What was imported stays."),
    )
    form = Form([Section("", [field])], desk.shell.theme)
    book, actor = desk.book, desk.actor

    def work(typed: dict[str, object]) -> None:
        forget(book, *known[int(str(typed["profile"]))], actor=actor)

    ask(
        desk,
        parent,
        _("Forget a mapping"),
        form,
        {"profile": 0},
        _("Forget"),
        work,
        _("The mapping is forgotten."),
    )
