"""What is noted while one talks with a client that is late: the call, a promise."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.services.late_payers import Late
from desktop.services.notes import add_note
from desktop.services.people import people
from desktop.services.promises import note_promise
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import tell, writing

_SAID = frozenset({"clients", "notes"})


def note_call(desk: Desk, parent: QWidget, client_id: int, name: str) -> None:
    """Ask what was said, and what is to be done next by when and whom."""
    desk.shell.jobs.ask(lambda: people(desk.book), lambda found: _show_call(desk, parent, client_id, name, found))


def _show_call(desk: Desk, parent: QWidget, client_id: int, name: str, found: object) -> None:
    assert isinstance(found, list)
    fields = [
        Field("text", _("What was said"), "lines", required=True),
        Field("due_on", _("Look at it again on"), "date", span=3, note=_("Then it stands in Today and here.")),
    ]
    if found:
        fields.append(Field("owner", _("Who"), "choice", span=3, choices=[(one["id"], one["name"]) for one in found]))
    form = Form([Section("", fields)], desk.shell.theme)
    book, actor = desk.book, desk.actor

    def work(values: dict[str, object]) -> object:
        due_on, owner = values["due_on"], values.get("owner")
        assert due_on is None or isinstance(due_on, date)
        assert owner is None or isinstance(owner, int)
        return add_note(book, "client", client_id, str(values["text"]), actor=actor, due_on=due_on, owner_id=owner)

    dialog = FormDialog(
        desk.shell,
        _("Call with {name}").format(name=name),
        form,
        _("Note"),
        lambda values: writing(desk, _("Noting a call"), lambda: work(values), _SAID),
        parent,
    )
    said = _("The call with {name} is noted.").format(name=name)
    dialog.saved.connect(lambda written: tell(desk, said, written, _SAID))
    dialog.open()


def ask_promise(desk: Desk, parent: QWidget, late: Late, by: date) -> None:
    """Ask how much was promised for when; `by` is the day that is suggested, what is overdue the amount."""
    fields = [
        Field("amount", _("Amount"), "money", required=True, span=3, currency=late.currency),
        Field(
            "by", _("Will pay by"), "date", required=True, span=3, note=_("Money that comes by then keeps the promise.")
        ),
        Field("said_by", _("Who promised it"), span=3),
        Field("note", _("Note"), span=3),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"amount": late.overdue, "by": by})
    book, actor, today = desk.book, desk.actor, desk.today()

    def work(values: dict[str, object]) -> object:
        amount, day = values["amount"], values["by"]
        assert isinstance(amount, int)
        assert isinstance(day, date)
        return note_promise(
            book,
            late.client_id,
            amount=amount,
            currency=late.currency,
            promised_on=day,
            said_by=str(values["said_by"] or ""),
            note=str(values["note"] or ""),
            actor=actor,
            today=today,
        )

    dialog = FormDialog(
        desk.shell,
        _("{name} promises to pay").format(name=late.name),
        form,
        _("Note the promise"),
        lambda values: writing(desk, _("Noting a promise"), lambda: work(values), _SAID),
        parent,
    )
    said = _("The promise of {name} is noted.").format(name=late.name)
    dialog.saved.connect(lambda written: tell(desk, said, written, _SAID))
    dialog.open()
