"""The entry of a book in the system's own schedule: whether it is there, and bringing it in line with the book.

What is there is read from the system each time; nothing of it is remembered in the book, which may be moved or copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.schedules.keeping import schedules
from desktop.services.schedules.systems import cron, launchd, systemd, task_scheduler
from desktop.services.schedules.systems.entry import Entry, entry_of
from desktop.services.schedules.tasks import TASKS


class System(Protocol):
    """A schedule of an operating system. `texts` are its files by name, made without asking the system."""

    NAME: str

    def texts(self, entry: Entry) -> dict[str, str]: ...
    def is_here(self) -> bool: ...
    def read(self, entry: Entry) -> dict[str, str] | None: ...
    def install(self, entry: Entry) -> None: ...
    def remove(self, entry: Entry) -> None: ...
    def fits(self, there: Mapping[str, str], entry: Entry) -> bool: ...
    def caution(self) -> str: ...


# The first that is here is the one to use.
SYSTEMS: Final[Mapping[str, System]] = {one.NAME: one for one in (systemd, launchd, task_scheduler, cron)}


@dataclass(frozen=True, slots=True)
class Installed:
    """`system` holds the entry of this book, empty where none does; `fits` says whether it calls at the times that the
    book has now. `usable` is the one that would take it, `times` how many schedules go."""

    system: str
    fits: bool
    usable: str
    times: int
    caution: str


def system_title(name: str) -> str:
    """What people call one of SYSTEMS."""
    return {
        "systemd": "systemd",
        "cron": "cron",
        "launchd": "launchd",
        "task_scheduler": _("Windows Task Scheduler"),
    }[name]


def entry(book: Book) -> Entry:
    """What the system is to do for this book. UserError for a path that no system can be told."""
    wanted = [one.times for one in schedules(book) if one.active and one.task in TASKS]
    return entry_of(book.path, wanted)


def system_texts(book: Book, system: str) -> dict[str, str]:
    """The files that install would write, or add to, by name."""
    return SYSTEMS[system].texts(entry(book))


def installed(book: Book) -> Installed:
    """How it stands, read from the system."""
    wanted = entry(book)
    usable = _usable()
    for one in _where(wanted):
        fits = bool(wanted.times) and one.fits(one.read(wanted) or {}, wanted)
        return Installed(one.NAME, fits, usable, len(wanted.times), one.caution())
    return Installed("", not wanted.times, usable, len(wanted.times), SYSTEMS[usable].caution() if usable else "")


def install(book: Book) -> Installed:
    """Have the system call `sheaf due` at every time of the book's schedules; an entry that is there is written anew.

    UserError where no schedule goes, where the system has none, or where it refuses.
    """
    wanted = entry(book)
    if not wanted.times:
        raise UserError(_("No schedule of this book goes."), _("Add one first, or let one go on."))
    usable = _usable()
    if not usable:
        raise UserError(
            _("This system has neither systemd for its users nor cron."),
            _("Let its own scheduler call this command as often as you like: {command}").format(
                command=" ".join(wanted.command)
            ),
        )
    SYSTEMS[usable].install(wanted)
    for one in _where(wanted):
        if one is not SYSTEMS[usable]:
            one.remove(wanted)
    return installed(book)


def uninstall(book: Book) -> Installed:
    """Take the entry out of the system again, wherever it is; the schedules of the book stay."""
    wanted = entry(book)
    for one in _where(wanted):
        one.remove(wanted)
    return installed(book)


def renew(book: Book) -> Installed:
    """Bring an entry that is there in line with the book, once a schedule has changed. Without one nothing is done."""
    now = installed(book)
    if not now.system or now.fits:
        return now
    return install(book) if now.times else uninstall(book)


def _usable() -> str:
    return next((name for name, one in SYSTEMS.items() if one.is_here()), "")


def _where(wanted: Entry) -> list[System]:
    """Those that hold the entry. cron and systemd can both, where one was used while the other was not there."""
    return [one for one in SYSTEMS.values() if one.read(wanted) is not None]
