"""Puts documents into the folders of their clients, from the window, and tells what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane, Report
from desktop.services.delivery.handover.folders import Filed, deliver_to_folders
from desktop.ui.actions import Action
from desktop.ui.desk import Desk
from desktop.ui.listing import Row
from desktop.ui.notice import Offer
from desktop.ui.opening import offer_folder
from desktop.ui.outbox.deciding import OUTBOX
from desktop.ui.outbox.folder_dialog import ask_folder

FOLDERS: Final = ("outbox.file", "outbox.folder")


def folder_actions(
    desk: Desk, parent: QWidget, chosen: Callable[[], Sequence[Row]], waiting: Callable[[], int]
) -> Iterator[Action]:
    """The actions of FOLDERS: on what is chosen where that is more than the one in focus, else on all that waits."""

    def several() -> list[int]:
        ids = [int(str(row["id"])) for row in chosen() if row["channel"] == "folder" and row["state"] == "waiting"]
        return ids if len(ids) > 1 else []

    def text() -> str:
        count = len(several()) or waiting()
        words = ngettext("Put {count} into its folder", "Put {count} into their folders", count)
        return words.format(count=number_text(count)) if count else _("Put into folders")

    def act() -> None:
        file_now(desk, parent, ids=several())

    yield Action("outbox.file", text, act, "save", "F", lambda: waiting() > 0, _("folders"))
    yield Action("outbox.folder", _("Folder for documents…"), lambda: ask_folder(desk, parent), "settings")


def file_now(desk: Desk, parent: QWidget, *, ids: Sequence[int] = (), run: str = "", by_itself: bool = False) -> Job:
    """Put what waits into its folders: everything, a run's, or these deliveries alone.

    What was done `by_itself` is told by Today where it did not go.
    """
    book, actor = desk.book, desk.actor

    def work(report: Report) -> Filed:
        return deliver_to_folders(book, actor=actor, report=report, run=run, delivery_ids=ids)

    def done(found: object) -> None:
        assert isinstance(found, Filed)
        if not by_itself:
            _tell(desk, parent, found, again=partial(file_now, desk, parent, ids=ids, run=run))

    job = Job(_("Putting documents into folders"), work, OUTBOX, lane=Lane.SIDE, quiet=by_itself)
    return desk.shell.jobs.start(job, done)


def _tell(desk: Desk, parent: QWidget, found: Filed, again: partial[Job]) -> None:
    offers: list[Offer] = []
    more = []
    if found.filed:
        words = ngettext("{count} document is in {folder}.", "{count} documents are in {folder}.", found.filed)
        what = words.format(count=number_text(found.filed), folder=Path(found.folder).name)
        offers.append(offer_folder(Path(found.folder)))
    else:
        what = _("Nothing was put into a folder.")
    if found.problem:
        waiting = ngettext("{count} document waits: {why}", "{count} documents wait: {why}", found.waiting)
        more.append(waiting.format(count=number_text(found.waiting), why=found.problem.message))
        offers.append((_("Choose the folder…"), lambda: ask_folder(desk, parent, again)))
    if found.failed:
        words = ngettext("{count} document did not go.", "{count} documents did not go.", found.failed)
        more.append(words.format(count=number_text(found.failed)))
    desk.shell.notices.say(what, " ".join(more), offers, tone="held" if more else "good" if found.filed else "note")
