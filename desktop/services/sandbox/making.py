"""Makes a sandbox of the open book, finds it again, and throws it away."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from db import book_files
from db.backup import SIDECARS, Report, copy_book
from db.engine import PLAIN, Book, Driver
from db.files import free_name
from db.guard import refuse_without_right
from db.schema import Schedule
from desktop.domain.access import SignedIn
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change
from desktop.services.sandbox.refusing import SETTING, Origin, origin
from desktop.services.watching import WATCHED


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox beside its book; `made_at` is UTC text."""

    path: Path
    made_at: str


def sandbox_of(book: Book) -> Sandbox | None:
    """The sandbox beside the book, if there is one."""
    path = _place(book)
    if not path.exists():
        return None
    found = _origin_at(path, book.driver)
    return Sandbox(path, found.made_at) if found is not None and found.uid == _uid(book) else None


def make_sandbox(book: Book, *, actor: str, report: Report | None = None) -> Sandbox:
    """A proved copy of the book beside it, marked as a sandbox; an older sandbox of the book is replaced.

    Its schedules rest, and it watches no folder. `report` counts pages; raising there cancels. Raises UserError in a
    sandbox, where the older one is open, where the disk is full, and to who may not configure the book.
    """
    refuse_without_right(book.signed_in, "configure")
    if origin(book) is not None:
        raise UserError(_("This is a sandbox already."), _("Make the other one from the real book."))
    target = _place(book)
    if sandbox_of(book) is not None:
        discard_sandbox(target, who=book.signed_in, driver=book.driver)
    elif target.exists():
        # Somebody's own file of that name.
        raise UserError(
            _("{path} is in the way: it is no sandbox of this book.").format(path=target),
            _("Move or rename it, then make the sandbox."),
        )
    unmarked = free_name(target, _("unfinished"))
    try:
        copy_book(book.path, unmarked, driver=book.driver, report=report)
        made_at = _mark(book, unmarked, actor)
        unmarked.rename(target)
    finally:
        for ending in ("", *SIDECARS):
            with contextlib.suppress(OSError):
                unmarked.with_name(unmarked.name + ending).unlink(missing_ok=True)
    return Sandbox(target, made_at)


def discard_sandbox(path: Path, *, who: SignedIn | None = None, driver: Driver = PLAIN) -> None:
    """Delete a sandbox in the name of `who` has signed in to its book; None where nobody does.

    UserError where the file is none or is open, and where they may not configure the book.
    """
    refuse_without_right(who, "configure")
    if _origin_at(path, driver) is None:
        raise UserError(
            _("{path} is no sandbox, so it is not deleted.").format(path=path), _("Only a sandbox is discarded.")
        )
    # Whoever has it open holds its lock.
    book_files.open_book(path, driver=driver).close()
    for ending in ("", *SIDECARS):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _mark(book: Book, copy: Path, actor: str) -> str:
    with book_files.open_book(copy, driver=book.driver) as opened:
        who = book.signed_in
        # The program marks it, whoever asked for it: nothing of it counts.
        marked = opened if who is None else opened.acting(SignedIn(who.person_id, who.name, "owner", who.at, True))
        found = Origin(_uid(marked), book.path.name, marked.now)
        with change(marked, actor, _("Make a sandbox of {name}").format(name=book.path.name), undoable=False) as made:
            keep_setting(made, SETTING, asdict(found))
            keep_setting(made, WATCHED, None)
            for key in made.session.scalars(select(Schedule.id).where(Schedule.active.is_(True))).all():
                made.update(Schedule, key, active=False)
    return found.made_at


def _place(book: Book) -> Path:
    return book.path.with_name(_("{name} sandbox").format(name=book.path.stem) + book.path.suffix)


def _origin_at(path: Path, driver: Driver) -> Origin | None:
    with book_files.look_into(path, driver) as connection:
        row = connection.execute("SELECT value FROM setting WHERE key = ?", (SETTING,)).fetchone()
        return None if row is None else Origin(**json.loads(row[0]))


def _uid(book: Book) -> str:
    with book.reading() as session:
        return str(session.connection().exec_driver_sql("SELECT uid FROM book").scalar_one())
