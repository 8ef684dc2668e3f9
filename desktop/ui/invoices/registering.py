"""India's invoice portal from the list of invoices: write the file that goes up, take in the answer that comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.registrations import (
    Exported,
    Taken,
    cancel_registration,
    export_registrations,
    take_answers,
)
from desktop.ui.desk import Desk
from desktop.ui.opening import offer_folder
from desktop.ui.saving import write

_FOLDER = "portal_folder"
_CHANGED = frozenset({"invoices"})


def _start(desk: Desk) -> str:
    return str(desk.shell.memory.folder(_FOLDER))


def write_for_portal(desk: Desk, parent: QWidget, numbers: Sequence[str]) -> None:
    """Ask for the file, then write INV-01 of the documents chosen, or of all that wait where none is."""
    dialog = QFileDialog(parent, _("File for the portal"), _start(desk), "JSON (*.json)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("json")
    dialog.selectFile(f"INV-01-{desk.today():%Y-%m-%d}.json")

    _open(
        desk,
        dialog,
        _("Writing the file for the portal"),
        lambda path: export_registrations(desk.book, path, actor=desk.actor, numbers=numbers),
        lambda made: _say_written(desk, made),
    )


def _open(
    desk: Desk, dialog: QFileDialog, title: str, work: Callable[[Path], object], done: Callable[[object], None]
) -> None:
    """Do the work with the file that is chosen, and offer its folder the next time."""

    def chosen(name: str) -> None:
        path = Path(name)
        desk.shell.memory.put_folder(_FOLDER, path.parent)
        desk.shell.jobs.start(Job(title, lambda _report: work(path), changes=_CHANGED, lane=Lane.BOOK), done)

    dialog.fileSelected.connect(chosen)
    dialog.open()


def _say_written(desk: Desk, made: object) -> None:
    assert isinstance(made, Exported)
    count = len(made.numbers)
    said = ngettext(
        "{count} document is in {file}: upload it to the portal.",
        "{count} documents are in {file}: upload it to the portal.",
        count,
    ).format(count=number_text(count), file=made.path.name)
    left = ""
    if made.unready:
        first = made.unready[0]
        left = ngettext(
            "{count} document is left out. {number}: {problems}",
            "{count} documents are left out. {number}: {problems}",
            len(made.unready),
        ).format(count=number_text(len(made.unready)), number=first.number, problems=" ".join(first.problems))
    desk.shell.notices.say(
        f"{said} {left}".strip(),
        tone="held" if left else "good",
        offers=[offer_folder(made.path.parent)],
    )


def take_from_portal(desk: Desk, parent: QWidget) -> None:
    """Ask for the answer, then take it in."""
    dialog = QFileDialog(parent, _("Answer of the portal"), _start(desk), "JSON (*.json)")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(
        desk,
        dialog,
        _("Taking in the answer of the portal"),
        lambda path: take_answers(desk.book, path, actor=desk.actor),
        lambda taken: _say_taken(desk, taken),
    )


def _say_taken(desk: Desk, taken: object) -> None:
    assert isinstance(taken, Taken)
    count = len(taken.registered)
    said = ngettext("{count} document is registered now.", "{count} documents are registered now.", count)
    left = ""
    if taken.refused:
        first = taken.refused[0]
        left = ngettext(
            "{count} answer is not taken in. {number}: {reason}",
            "{count} answers are not taken in. {number}: {reason}",
            len(taken.refused),
        ).format(count=number_text(len(taken.refused)), number=first.number or "?", reason=first.reason)
    whole = said.format(count=number_text(count))
    desk.shell.notices.say(f"{whole} {left}".strip(), tone="held" if left else "good")


def note_cancelled(desk: Desk, number: str) -> None:
    """What the portal took back; Undo brings it back here."""
    said = _("The registration of {number} is noted as cancelled.").format(number=number)
    write(
        desk,
        _("Noting the cancellation"),
        lambda: cancel_registration(desk.book, number, actor=desk.actor),
        said,
        changed=_CHANGED,
    )
