"""The clients of a book to choose one from: who pays, whose rules, whose invoice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.lists.clients import ClientList
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section


@dataclass(frozen=True)
class Payer:
    id: int
    name: str
    currency: str


def payers(desk: Desk) -> list[Payer]:
    """Everyone who may pay, by name."""
    clients = ClientList(desk.book, desk.today())
    ids = clients.ids("", frozenset(), "", False)
    rows = clients.rows(ids)
    return [Payer(key, f"{rows[key]['name']} · {rows[key]['code']}", str(rows[key]["currency"])) for key in ids]


def ask_client(desk: Desk, parent: QWidget, title: str, verb: str, chosen: Callable[[int], object]) -> None:
    """Ask for one client; typing any part of a name or code finds it."""
    desk.shell.jobs.ask(lambda: payers(desk), lambda found: _show(desk, parent, title, verb, chosen, found))


def _show(desk: Desk, parent: QWidget, title: str, verb: str, chosen: Callable[[int], object], found: object) -> None:
    assert isinstance(found, list)
    known: list[Payer] = found
    if not known:
        desk.shell.notices.say(_("There is no client yet."), _("Add one first, or import your list."), tone="note")
        return
    fields = [Field("client", _("Client"), "choice", required=True, choices=[(one.id, one.name) for one in known])]

    def save(values: dict[str, object]) -> Job:
        return Job(title, lambda _report: values["client"], lane=Lane.HAND, quiet=True)

    dialog = FormDialog(desk.shell, title, Form([Section("", fields)], desk.shell.theme), verb, save, parent)
    dialog.saved.connect(lambda client: chosen(int(str(client))))
    dialog.open()
