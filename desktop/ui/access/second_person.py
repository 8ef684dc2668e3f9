"""A second person agrees, at the same window, to what one alone does not decide."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.domain.access import Vouched
from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.access.second_pair import SecondNeeded, vouch
from desktop.services.access.signing_in import who_may_sign_in
from desktop.services.people import people
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section


def ask_second_person(desk: Desk, parent: QWidget, needed: SecondNeeded, agreed: Callable[[], object]) -> None:
    """Ask who agrees; where people sign in they prove it. `agreed` does the same once more."""
    book, actor = desk.book, desk.actor
    known = who_may_sign_in(book) if book.guarded else [str(one["name"]) for one in people(book) if one["active"]]
    names = [(one, one) for one in known if one != actor]
    fields = [Field("name", _("Second person"), "choice", required=True, choices=names, note=needed.message)]
    if book.guarded:
        fields.append(Field("words", _("Their passphrase"), "password", required=True))

    def save(values: dict[str, object]) -> Job:
        name, words = str(values["name"]), str(values.get("words") or "")

        def work(_report: object) -> Vouched:
            return vouch(book, needed, name, words, actor=actor)

        return Job(_("Agreeing"), work, lane=Lane.HAND, quiet=True)

    def vouched(found: object) -> None:
        assert isinstance(found, Vouched)
        book.vouched = found
        agreed()

    dialog = FormDialog(
        desk.shell,
        _("A second person agrees"),
        Form([Section("", fields)], desk.shell.theme),
        _("I agree"),
        save,
        parent,
    )
    dialog.saved.connect(vouched)
    dialog.open()
