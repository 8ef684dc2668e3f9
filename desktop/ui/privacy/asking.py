"""Asks whose data are given out or erased, shows what that means, and does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.domain.file_names import safe_name
from desktop.errors import UserError
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.clients import client
from desktop.services.privacy.erasing import Erased, erase
from desktop.services.privacy.exporting import Exported, export_person
from desktop.services.privacy.planning import ErasurePlan, plan_erasure
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.opening import offer_folder
from desktop.ui.privacy.plan_words import plan_words

_FOLDER = "privacy_folder"
_ZIP = "ZIP (*.zip)"
_ALL = "client"
# An erasure may touch whatever a page shows.
_EVERYTHING = frozenset(
    {"agreements", "billables", "clients", "firm", "invoices", "outbox", "payments", "privacy", "runs", "bank"}
)


def give_data(desk: Desk, parent: QWidget, client_id: int) -> None:
    """Ask whose data, then for the file, and write it."""

    def chosen(contact: int | None, name: str) -> None:
        dialog = QFileDialog(
            parent, _("Data of {name}").format(name=name), str(desk.shell.memory.folder(_FOLDER)), _ZIP
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(f"{safe_name(name) or 'data'}.zip")

        def write(named: str) -> None:
            path = Path(named)
            desk.shell.memory.put_folder(_FOLDER, path.parent)
            today = desk.today()
            job = Job(
                _("Writing {file}").format(file=path.name),
                lambda _report: export_person(desk.book, client_id, path, contact_id=contact, today=today),
                lane=Lane.SIDE,
            )
            desk.shell.jobs.start(job, lambda made: _say_given(desk, made))

        dialog.fileSelected.connect(write)
        dialog.open()

    _ask_whose(desk, parent, client_id, _("Whose data are to be given"), chosen)


def erase_data(desk: Desk, parent: QWidget, client_id: int) -> None:
    """Ask whose data, show what goes and what stays, ask why, and erase."""
    title = _("Whose data are to be erased")
    _ask_whose(desk, parent, client_id, title, lambda contact, _name: show_plan(desk, parent, client_id, contact))


def show_plan(
    desk: Desk, parent: QWidget, client_id: int, contact_id: int | None = None, kind: str = "request"
) -> None:
    """What would go and what would stay; with a reason, and the word that it is meant, it is erased."""
    book, today = desk.book, desk.today()

    def found(plan: object) -> None:
        assert isinstance(plan, ErasurePlan)
        if plan.obstacles:
            said = _("The data of {name} are still needed. {reasons}")
            desk.shell.notices.say(
                said.format(name=plan.called, reasons=" ".join(plan.obstacles)),
                _("Settle these first, and set the client aside; then erase."),
                tone="held",
            )
        elif not plan.now:
            desk.shell.notices.say(_nothing(plan), tone="held")
        else:
            _ask_reason(desk, parent, plan, kind)

    job = Job(_("Looking for data"), lambda _report: plan_erasure(book, client_id, contact_id=contact_id, today=today))
    desk.shell.jobs.start(job, found)


def _nothing(plan: ErasurePlan) -> str:
    if plan.until is None:
        return _("Nothing is left of {name} in this book.").format(name=plan.called)
    said = _("All that is left of {name} has to be kept until {day} ({statute}).")
    return said.format(name=plan.called, day=date_text(plan.until), statute=plan.statute or _("as set for the book"))


def _ask_reason(desk: Desk, parent: QWidget, plan: ErasurePlan, kind: str) -> None:
    over = kind == "retention"
    form = _reason_form(desk, plan)
    form.put({"reason": _("Nothing has to keep it any more") if over else ""})
    book, actor, today = desk.book, desk.actor, desk.today()

    def save(typed: dict[str, object]) -> Job:
        reason, sure = str(typed["reason"] or ""), bool(typed["sure"])

        def work(_report: object) -> Erased:
            if not sure:
                raise UserError(_("Nothing was erased."), _("Say below the reason that it may go for good."))
            return erase(
                book, plan.client_id, contact_id=plan.contact_id, reason=reason, kind=kind, actor=actor, today=today
            )

        return Job(_("Erasing"), work, _EVERYTHING, lane=Lane.HAND)

    title = _("Erase the data of {name}").format(name=plan.called)
    dialog = FormDialog(desk.shell, title, form, _("Erase"), save, parent)
    dialog.saved.connect(lambda done: _say_erased(desk, done))
    dialog.open()


def _reason_form(desk: Desk, plan: ErasurePlan) -> Form:
    reason = Field("reason", _("Why"), required=True, hint=_("Who asked for it, and when"), note=plan_words(plan))
    sure = Field("sure", _("Erase it for good; it cannot be brought back"), "check")
    return Form([Section("", [reason, sure])], desk.shell.theme)


def _ask_whose(
    desk: Desk, parent: QWidget, client_id: int, title: str, chosen: Callable[[int | None, str], object]
) -> None:
    """The client whole, or one of its contacts; without contacts nothing is asked."""
    row = client(desk.book, client_id)
    contacts = {str(one["id"]): str(one["name"]) for one in row["contacts"]}
    name = str(row["name"])
    if not contacts:
        chosen(None, name)
        return
    whole = _("{name}: everything").format(name=name)
    choices = [(_ALL, whole), *contacts.items()]
    form = Form([Section("", [Field("who", _("Person"), "choice", required=True, choices=choices)])], desk.shell.theme)
    form.put({"who": _ALL})

    def look(typed: dict[str, object]) -> Job:
        who = str(typed["who"])
        return Job(title, lambda _report: who, lane=Lane.SIDE, quiet=True)

    def said(who: object) -> None:
        if who == _ALL:
            chosen(None, name)
        else:
            chosen(int(str(who)), contacts[str(who)])

    dialog = FormDialog(desk.shell, title, form, _("Next"), look, parent)
    dialog.saved.connect(said)
    dialog.open()


def _say_given(desk: Desk, made: object) -> None:
    assert isinstance(made, Exported)
    said = ngettext(
        "{file} holds what the book knows, with {count} document.",
        "{file} holds what the book knows, with {count} documents.",
        made.documents,
    )
    desk.shell.notices.say(
        said.format(file=made.path.name, count=number_text(made.documents)),
        _("It is not encrypted: hand it over by a way that nobody else reads."),
        [offer_folder(made.path.parent)],
        tone="good",
    )


def _say_erased(desk: Desk, done: object) -> None:
    assert isinstance(done, Erased)
    said = _("{number}: the data of {name} are erased.").format(number=done.number, name=done.called)
    more = []
    if done.until:
        more.append(_("What the law still keeps may go after {day}.").format(day=date_text(done.until)))
    if not done.overwritten:
        more.append(_("The file was in use, so that deleted pages may still stand in it: erase once more later."))
    if done.backups:
        words = ngettext(
            "{count} backup still holds what was erased; delete it, or let it rotate away.",
            "{count} backups still hold what was erased; delete them, or let them rotate away.",
            len(done.backups),
        )
        more.append(words.format(count=number_text(len(done.backups))))
    offers = [offer_folder(done.backups[0].parent)] if done.backups else []
    desk.shell.notices.say(said, " ".join(more), offers, tone="held" if more else "good")
