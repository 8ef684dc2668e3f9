"""Hands what waits to somebody, and says by when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, ngettext
from desktop.jobs import Job, Lane
from desktop.services.people import people
from desktop.services.runs import Assignment, assign, end_of
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Form, Section

# Beside the names of people, which are never empty: leave the owner, or take it away.
_AS_IT_IS, _NOBODY = None, ""


def assign_drafts(desk: Desk, parent: QWidget, draft_ids: Sequence[int], owner: str, changed: frozenset[str]) -> None:
    """Ask for owner and due day of these drafts; `owner` is the one that all of them have, if they have one."""
    desk.shell.jobs.ask(
        lambda: [str(one["name"]) for one in people(desk.book)],
        lambda names: _ask(desk, parent, list(draft_ids), owner, names, changed),
    )


def _ask(desk: Desk, parent: QWidget, draft_ids: list[int], owner: str, names: object, changed: frozenset[str]) -> None:
    assert isinstance(names, list)
    choices: list[Choice] = [(_AS_IT_IS, _("As it is")), (_NOBODY, _("Nobody")), *((name, name) for name in names)]
    note = "" if names else _("Add the people under Settings, People and limits.")
    form = Form(
        [
            Section(
                "",
                [
                    Field("owner", _("Who looks at it"), "choice", span=3, choices=choices, note=note),
                    Field(
                        "due",
                        _("By the end of"),
                        "date",
                        span=3,
                        note=_("Empty leaves the time as it is."),
                    ),
                ],
            )
        ],
        desk.shell.theme,
    )
    form.put({"owner": owner if owner in names else _AS_IT_IS, "due": None})
    book, actor = desk.book, desk.actor

    def save(typed: dict[str, object]) -> Job:
        name, due = typed["owner"], typed["due"]
        wanted = Assignment(
            None if name is None else str(name),
            end_of(due) if isinstance(due, date) else None,
        )
        work: Callable[[object], int] = lambda _report: assign(book, draft_ids, wanted, actor=actor)  # noqa: E731
        return Job(_("Assigning"), work, changed, lane=Lane.HAND, quiet=True)

    title = ngettext("Assign {count} draft", "Assign {count} drafts", len(draft_ids)).format(count=len(draft_ids))
    dialog = FormDialog(desk.shell, title, form, _("Assign"), save, parent)
    dialog.saved.connect(lambda count: _said(desk, count))
    dialog.open()


def _said(desk: Desk, count: object) -> None:
    assert isinstance(count, int)
    said = ngettext("{count} draft assigned.", "{count} drafts assigned.", count).format(count=count)
    desk.shell.notices.say(said if count else _("Nothing changed."))
