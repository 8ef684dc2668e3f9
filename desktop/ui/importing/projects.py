"""Asks once which agreement each project of a time tracker is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.imports import UnknownProject
from desktop.services.imports.project_links import agreements_to_link, link_project
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Form, Section

# More than these come with the next look at the file.
_AT_ONCE = 12


def ask_projects(desk: Desk, parent: QWidget, projects: Sequence[UnknownProject], then: Callable[[], object]) -> None:
    """Open the question, with `then` called once the answers are kept."""
    desk.shell.jobs.ask(lambda: agreements_to_link(desk.book), lambda found: _open(desk, parent, projects, found, then))


def _open(
    desk: Desk, parent: QWidget, projects: Sequence[UnknownProject], found: object, then: Callable[[], object]
) -> None:
    choices: list[Choice] = list(found)  # type: ignore[call-overload]
    asked = list(projects[:_AT_ONCE])
    fields = [
        Field(
            str(place),
            f"{one.project}  ({one.client})" if one.client else one.project,
            "choice",
            choices=[(None, _("leave its rows out")), *choices],
            note=ngettext("{count} row", "{count} rows", one.rows).format(count=number_text(one.rows)),
        )
        for place, one in enumerate(asked)
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({field.key: None for field in fields})
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        chosen = [(one, values[str(place)]) for place, one in enumerate(asked)]

        def work(_report: object) -> None:
            for one, agreement in chosen:
                if isinstance(agreement, int):
                    link_project(book, one.client, one.project, agreement, actor=actor)

        return Job(_("Keeping the projects"), work, {"firm"}, lane=Lane.HAND, quiet=True)

    title = _("Which agreements are these projects?")
    dialog = FormDialog(desk.shell, title, form, _("Remember"), save, parent)
    dialog.saved.connect(lambda _result: then())
    dialog.open()
