"""Looks for what came back of mails, in the accounts' inboxes or in saved files, and tells what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane, Report
from desktop.services.delivery.mail.bounces import Looked, inboxes, locked_inboxes, read_files, read_inboxes
from desktop.services.delivery.mail.signing_in import typed_purpose
from desktop.services.records import Record
from desktop.ui.actions import Action
from desktop.ui.desk import Desk
from desktop.ui.notice import Offer
from desktop.ui.outbox.deciding import OUTBOX
from desktop.ui.outbox.sending import ask_password, open_accounts

RETURNED = ("outbox.returned", "outbox.saved", "outbox.saved_folder")
_FOLDER = "returned-mails"


class _Inboxes(NamedTuple):
    known: int
    locked: tuple[Record, ...]


def returned_actions(desk: Desk, parent: QWidget) -> list[Action]:
    """RETURNED, in this order."""
    return [
        Action("outbox.returned", _("Look for bounces"), lambda: look_for_returned(desk, parent), "", "B"),
        Action("outbox.saved", _("Read mails that came back…"), lambda: read_saved(desk, parent)),
        Action("outbox.saved_folder", _("Read a folder of mails that came back…"), lambda: read_folder(desk, parent)),
    ]


def look_for_returned(desk: Desk, parent: QWidget) -> None:
    """Read what is new in the inboxes; passwords that no keyring keeps are asked for first."""
    book, actor = desk.book, desk.actor

    def go(found: object) -> None:
        assert isinstance(found, _Inboxes)
        if not found.known:
            _say_no_inbox(desk, parent)
        elif found.locked:
            first, rest = found.locked[0], found.locked[1:]
            ask_password(desk, parent, first, lambda: go(_Inboxes(found.known, rest)), typed_purpose(first))
        else:
            _start(desk, parent, lambda report: read_inboxes(book, actor=actor, report=report))

    desk.shell.jobs.ask(lambda: _Inboxes(len(inboxes(book)), tuple(locked_inboxes(book))), go, lane=Lane.MAIL)


def read_saved(desk: Desk, parent: QWidget) -> None:
    """Ask for saved mails and read them."""
    kinds = ";;".join((f"{_('Saved mails')} (*.eml *.emlx *.mbox *.mbx)", f"{_('All files')} (*)"))
    dialog = QFileDialog(parent, _("Mails that came back"), str(desk.shell.memory.folder(_FOLDER)), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    _read_chosen(desk, parent, dialog)


def read_folder(desk: Desk, parent: QWidget) -> None:
    """Ask for a Maildir or a folder with saved mails, and read all of it."""
    title = _("Folder with mails that came back")
    dialog = QFileDialog(parent, title, str(desk.shell.memory.folder(_FOLDER)))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    _read_chosen(desk, parent, dialog)


def _read_chosen(desk: Desk, parent: QWidget, dialog: QFileDialog) -> None:
    book, actor = desk.book, desk.actor

    def chosen(names: Sequence[str]) -> None:
        paths = [Path(name) for name in names]
        desk.shell.memory.put_folder(_FOLDER, paths[0].parent)
        _start(desk, parent, lambda report: read_files(book, paths, actor=actor, report=report))

    dialog.filesSelected.connect(chosen)
    dialog.open()


def _start(desk: Desk, parent: QWidget, work: Callable[[Report], Looked]) -> None:
    def done(found: object) -> None:
        assert isinstance(found, Looked)
        tell_returned(desk, parent, found)

    desk.shell.jobs.start(Job(_("Reading what came back"), work, OUTBOX, lane=Lane.MAIL), done)


def _say_no_inbox(desk: Desk, parent: QWidget) -> None:
    desk.shell.notices.say(
        _("No e-mail account says where its inbox is."),
        _("Enter the IMAP server of an account, or read mails that you saved as files."),
        [
            (_("Read saved mails…"), lambda: read_saved(desk, parent)),
            (_("Read a folder…"), lambda: read_folder(desk, parent)),
            (_("E-mail accounts"), lambda: open_accounts(desk)),
        ],
        tone="note",
    )


def tell_returned(desk: Desk, parent: QWidget, found: Looked) -> None:
    """What came back, what else was heard, and which inbox could not be opened."""
    fresh = [one for one in found.matched if one.fresh]
    back = sum(one.kind == "bounced" for one in fresh)
    good = len(fresh) - back
    sentences = []
    offers: list[Offer] = []
    if back:
        words = ngettext("{count} mail came back.", "{count} mails came back.", back)
        sentences.append(words.format(count=number_text(back)))
        offers.append((_("Show what came back"), lambda: desk.shell.go("outbox", filters=frozenset({"bounced"}))))
    if good:
        words = ngettext("{count} mail was delivered or seen.", "{count} mails were delivered or seen.", good)
        sentences.append(words.format(count=number_text(good)))
    more = []
    if not fresh and not found.problems:
        sentences.append(_("Nothing new came back."))
    elif not fresh:
        # An inbox that stayed shut may well have something.
        sentences.append(found.problems[0].sentence)
        more.append(found.problems[0].remedy)
    for problem in found.problems[0 if fresh else 1 :]:
        more.append(f"{problem.sentence} {problem.remedy}".strip())
    if found.problems:
        offers.append((_("E-mail accounts"), lambda: open_accounts(desk)))
    elif not fresh:
        if found.read:
            words = ngettext("{count} mail was read.", "{count} mails were read.", found.read)
            more.append(words.format(count=number_text(found.read)))
        offers.append((_("Read saved mails…"), lambda: read_saved(desk, parent)))
    bad = bool(back or found.problems)
    desk.shell.notices.say(
        " ".join(sentences), " ".join(more), offers, tone="held" if bad else "good" if good else "note"
    )
