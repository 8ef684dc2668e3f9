"""Changes what a reminder asks for before it goes: its level, fee, interest, day and way."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.domain.delivery import CHANNELS
from desktop.i18n import _, number_text
from desktop.services.dunning.levels import Level
from desktop.services.dunning.previews import levels_for_client
from desktop.services.dunning.reviewing import change_reminder
from desktop.services.dunning.runs import ReminderRow
from desktop.ui.collections.reminder_begin import REMINDERS
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.outbox.words import way_word
from desktop.ui.saving import writing


def change_letter(desk: Desk, parent: QWidget, row: ReminderRow) -> None:
    """Ask, and change only what differs from what stands there: another level brings its own fee, day and way."""
    book = desk.book
    desk.shell.jobs.ask(lambda: levels_for_client(book, row.client_id), lambda found: _ask(desk, parent, row, found))


def _ask(desk: Desk, parent: QWidget, row: ReminderRow, found: object) -> None:
    assert isinstance(found, tuple)
    form = Form([Section("", _fields(row, found))], desk.shell.theme)
    stands = {
        "level": row.level,
        "channel": row.channel,
        "fee": row.fee,
        "pay_by": row.pay_by,
        "interest": bool(row.interest),
    }
    form.put(stands)
    book, actor = desk.book, desk.actor

    def work(typed: dict[str, object]) -> ReminderRow:
        values: dict[str, Any] = typed | {"fee": typed["fee"] or 0, "channel": typed["channel"] or ""}
        changed = {key: value for key, value in values.items() if value != stands[key]}
        assert isinstance(values["pay_by"], date)
        return change_reminder(book, row.id, actor=actor, **changed)

    dialog = FormDialog(
        desk.shell,
        _("Reminder to {client}").format(client=row.name),
        form,
        _("Change it"),
        lambda typed: writing(desk, _("Changing a reminder"), lambda: work(typed), REMINDERS),
        parent,
    )
    dialog.open()


def _fields(row: ReminderRow, levels: tuple[Level, ...]) -> list[Field]:
    known = [(one.level, f"{number_text(one.level)} · {one.name}") for one in levels]
    if row.level not in dict(known):
        known.insert(0, (row.level, row.level_name or number_text(row.level)))
    ways = [("", _("As the client’s documents")), *((one, way_word(one)) for one in CHANNELS)]
    return [
        Field(
            "level",
            _("Level"),
            "choice",
            required=True,
            span=3,
            choices=known,
            note=_("Another level brings its own fee, day and way."),
        ),
        Field("channel", _("Way"), "choice", span=3, choices=ways),
        Field("fee", _("Fee"), "money", span=3, currency=row.currency),
        Field("pay_by", _("To be paid by"), "date", required=True, span=3),
        Field("interest", _("Ask for interest, where the policy knows any"), "check"),
    ]
