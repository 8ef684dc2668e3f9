"""A book that cannot be opened: damaged, or open elsewhere; each with the ways on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog

from db.book_files import OpenElsewhere
from db.files import DamagedBook
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.jobs import Job, Lane
from desktop.services.backups.choices import machine_choices
from desktop.services.backups.shelf import Kept, backups_of
from desktop.services.encryption.opening import Locked
from desktop.services.salvage.noticing import Damage
from desktop.services.salvage.saving import Salvaged, free_name_for, salvage
from desktop.services.salvage.telling import headline, report_lines
from desktop.ui.backups.page import BackupsPage
from desktop.ui.encryption.unlocking import UnlockPage
from desktop.ui.main_window import MainWindow
from desktop.ui.trouble.card import TroubleCard, Way
from desktop.ui.trouble.report import show_text

_FILTER = "Sheaf (*.sheaf)"


class Opens(Protocol):
    """The program, as far as these pages need it."""

    @property
    def window(self) -> MainWindow: ...
    def open(self, path: Path, *, read_only: bool = False) -> None: ...
    def restore(self, backup: Path, book: Path) -> None: ...
    def greet(self) -> None: ...


def explain(program: Opens, path: Path, error: object) -> bool:
    """Show the page for what kept a book shut; False where there is none for it."""
    if isinstance(error, Locked):
        # The key may be that of a backup; then the book is asked for again.
        detail = _("{path} looks encrypted. Where it never was, or no key opens it, its first page is damaged.")
        broken = partial(_push_damaged, program, path, detail.format(path=path)) if error.path == path else None
        program.window.push(UnlockPage(program, error.path, path, broken))
        return True
    if isinstance(error, OpenElsewhere):
        program.window.push(_held(program, path, error))
        return True
    if isinstance(error, DamagedBook) and path.is_file():
        program.window.push(damaged_card(program, path, error.message))
        return True
    return False


def _push_damaged(program: Opens, path: Path, detail: str) -> None:
    program.window.push(damaged_card(program, path, detail))


def damaged_card(program: Opens, path: Path, detail: str) -> TroubleCard:
    """What happened, what is safe, and the three ways on."""
    found = backups_of(path, machine_choices())
    sentences = [detail]
    if found:
        sentences.append(
            _("The latest backup that was found is of {when}. Restoring it shows first what it holds.").format(
                when=_when(found[0])
            )
        )
    else:
        sentences.append(_("No backup of it was found where this computer keeps them."))
    sentences.append(
        _("Nothing was changed in the file. Saving what can be read makes a new book and leaves this one as it is.")
    )
    rescue = Way(_("Save what can be read…"), lambda: ask_salvage(program, path))
    restore = Way(_("Restore a backup…"), lambda: show_backups(program, path))
    return TroubleCard(
        program.window.shell.theme,
        _("{name} is damaged").format(name=path.stem),
        sentences,
        [*([restore, rescue] if found else [rescue, restore]), Way(_("Other books…"), program.greet)],
    )


def tell_of_damage(program: Opens, found: Damage) -> None:
    """Damage in the book that is open: it is said, and the way out is one press away."""
    path = found.path

    def show() -> None:
        _push_damaged(program, path, _("{path} is damaged: {detail}.").format(path=path, detail=found.detail))

    program.window.notices.say(
        _("The file of this book is damaged. Work that touches the broken part will fail."),
        found.detail,
        [(_("What can be done…"), show)],
        tone="blocked",
    )


def show_backups(program: Opens, path: Path) -> None:
    """All backups that are found of a book that cannot be opened."""

    def load() -> Sequence[Kept]:
        return backups_of(path, machine_choices())

    shell = program.window.shell
    shell.push(BackupsPage(shell, path, load, lambda backup: program.restore(backup, path)))


def ask_salvage(program: Opens, path: Path) -> None:
    """Where the new book goes, then the work."""
    dialog = QFileDialog(program.window, _("Save what can be read"), str(path.parent), _FILTER)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("sheaf")
    dialog.selectFile(free_name_for(path).name)
    dialog.fileSelected.connect(lambda name: save_what_can_be_read(program, path, Path(name)))
    dialog.open()


def save_what_can_be_read(program: Opens, path: Path, to: Path) -> None:
    """Salvage, then tell what became of it and open the new book from there."""

    def work(report: Callable[[int, int, str], None]) -> Salvaged:
        return salvage(path, to, report=report)

    def told(found: object) -> None:
        assert isinstance(found, Salvaged)
        program.window.clear()
        sentences = [headline(found), _("It is saved in {path}.").format(path=found.book)]
        ways = [
            Way(_("Open the new book"), lambda: program.open(found.book)),
            Way(
                _("What was saved and what was not…"),
                lambda: show_text(program.window, _("What was saved and what was not"), "\n".join(report_lines(found))),
            ),
            Way(_("Other books…"), program.greet),
        ]
        program.window.push(TroubleCard(program.window.shell.theme, _("Saved as far as it goes"), sentences, ways))

    job = Job(_("Saving what can be read"), work, lane=Lane.SIDE)
    program.window.shell.jobs.start(job, told)


def _held(program: Opens, path: Path, error: UserError) -> TroubleCard:
    return TroubleCard(
        program.window.shell.theme,
        _("{name} is open elsewhere").format(name=path.stem),
        [
            error.message,
            _("One program writes into a book at a time. Read it here meanwhile, or try again once it is closed."),
        ],
        [
            Way(_("Open it to read only"), lambda: program.open(path, read_only=True)),
            Way(_("Try again"), lambda: program.open(path)),
            Way(_("Other books…"), program.greet),
        ],
    )


def _when(kept: Kept) -> str:
    return f"{date_text(kept.at.date())}, {kept.at:%H:%M}"
