"""Holds back what runs would bill clients, with the reason for whoever looks at it next, and lets it go again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job
from desktop.services.clients import update_client
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import tell, write, writing


def put_on_hold(desk: Desk, parent: QWidget, ids: Sequence[int], name: str) -> None:
    """Ask why, and hold these clients; `name` is that of the only one."""
    form = Form([Section("", [Field("reason", _("Why"), hint=_("For whoever looks at it next"))])], desk.shell.theme)

    def save(values: dict[str, object]) -> Job:
        held = {"on_hold": True, "hold_reason": values["reason"] or ""}
        return writing(desk, _("Putting on hold"), lambda: _update(desk, ids, held))

    said = ngettext("{name} is on hold.", "{count} clients are on hold.", len(ids))
    said = said.format(name=name, count=number_text(len(ids)))
    dialog = FormDialog(desk.shell, _("Put on hold"), form, _("Put on hold"), save, parent)
    dialog.saved.connect(lambda written: tell(desk, said, written))
    dialog.open()


def take_off_hold(desk: Desk, ids: Sequence[int], name: str) -> None:
    """Runs bill these clients again."""
    free: dict[str, object] = {"on_hold": False, "hold_reason": ""}
    said = ngettext("{name} is off hold.", "{count} clients are off hold.", len(ids))
    said = said.format(name=name, count=number_text(len(ids)))
    write(desk, _("Taking off hold"), lambda: _update(desk, ids, free), said)


def _update(desk: Desk, ids: Sequence[int], values: Mapping[str, object]) -> None:
    for one in ids:
        update_client(desk.book, one, values, actor=desk.actor)
