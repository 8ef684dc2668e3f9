"""The places of the rail, the window's own actions, and its menus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.i18n import _, percent_text
from desktop.jobs import Job, Lane
from desktop.services import books
from desktop.services.access.second_pair import SecondNeeded
from desktop.ui.actions import GAP, Action
from desktop.ui.desk import Desk
from desktop.ui.main_window import MainWindow
from desktop.ui.rail import Place
from desktop.ui.theme import ZOOMS, next_zoom
from desktop.ui.undoing.changes_list import show_changes
from desktop.ui.undoing.steps import UndoSteps


class Opener(Protocol):
    """What of the program the menus need."""

    def ask_new(self) -> None: ...
    def ask_open(self) -> None: ...
    def make_sample(self) -> None: ...
    def new_window(self) -> None: ...
    def lock(self) -> None: ...
    def quit(self) -> None: ...
    def restore(self, backup: Path, book: Path) -> None: ...
    def encryption(self, book: Path) -> None: ...


def places(desk: Desk) -> list[Place]:
    """In the order of the work; each page is imported when it is first gone to."""

    def today() -> QWidget:
        from desktop.ui.today.page import TodayPage

        return TodayPage(desk)

    def clients() -> QWidget:
        from desktop.ui.clients.page import ClientsPage

        return ClientsPage(desk)

    def agreements() -> QWidget:
        from desktop.ui.agreements.page import AgreementsPage

        return AgreementsPage(desk)

    def billables() -> QWidget:
        from desktop.ui.billables.page import BillablesPage

        return BillablesPage(desk)

    def runs() -> QWidget:
        from desktop.ui.runs.page import RunsPage

        return RunsPage(desk)

    def invoices() -> QWidget:
        from desktop.ui.invoices.page import InvoicesPage

        return InvoicesPage(desk)

    def outbox() -> QWidget:
        from desktop.ui.outbox.page import OutboxPage

        return OutboxPage(desk)

    def payments() -> QWidget:
        from desktop.ui.payments.page import PaymentsPage

        return PaymentsPage(desk)

    def bank() -> QWidget:
        from desktop.ui.bank.page import BankPage

        return BankPage(desk)

    def collections() -> QWidget:
        from desktop.ui.collections.page import CollectionsPage

        return CollectionsPage(desk)

    def reports() -> QWidget:
        from desktop.ui.reports.page import ReportsPage

        return ReportsPage(desk)

    def ledger() -> QWidget:
        from desktop.ui.ledger.page import LedgerPage

        return LedgerPage(desk)

    def hygiene() -> QWidget:
        from desktop.ui.hygiene.page import HygienePage

        return HygienePage(desk)

    def settings() -> QWidget:
        from desktop.ui.settings.page import SettingsPage

        return SettingsPage(desk)

    built: Sequence[tuple[str, str, Callable[[], QWidget], bool]] = (
        ("today", _("Today"), today, False),
        ("clients", _("Clients"), clients, False),
        ("agreements", _("Agreements"), agreements, False),
        ("billables", _("Billables"), billables, False),
        ("runs", _("Runs"), runs, False),
        ("invoices", _("Invoices"), invoices, False),
        ("outbox", _("Outbox"), outbox, False),
        ("payments", _("Payments"), payments, False),
        ("bank", _("Bank"), bank, False),
        ("collections", _("Collections"), collections, False),
        ("reports", _("Reports"), reports, False),
        ("ledger", _("Ledger"), ledger, False),
        ("hygiene", _("Clean-up"), hygiene, False),
        ("settings", _("Settings"), settings, True),
    )
    return [Place(name, title, build, low) for name, title, build, low in built]


def menus() -> Mapping[str, Sequence[str]]:
    return {
        _("Book"): [
            "book.new",
            "book.open",
            "book.recent",
            "book.sample",
            GAP,
            "book.import",
            "book.statements",
            GAP,
            "book.backup",
            "book.backups",
            "book.check",
            "book.archive",
            "book.verify",
            GAP,
            "book.lock",
            "book.passphrase",
            GAP,
            "book.quit",
        ],
        _("Edit"): ["edit.undo", "edit.redo", GAP, "edit.changes"],
        _("View"): [
            "view.window",
            GAP,
            "view.larger",
            "view.smaller",
            "view.normal",
            GAP,
            "view.light",
            "view.dark",
            "view.system",
            GAP,
            "view.compact",
            "view.comfortable",
        ],
        _("Help"): ["help.page", "help.steps", "help.crashes", "help.about"],
    }


def actions(desk: Desk, opener: Opener, window: MainWindow) -> Iterable[Action]:
    """What can be done wherever one is."""
    shell, theme = desk.shell, desk.shell.theme
    undo_steps = UndoSteps(desk, window.acts, window)

    def look(mode: str) -> Callable[[], None]:
        def act() -> None:
            theme.set_mode(mode)  # type: ignore[arg-type]
            shell.memory.put("theme", mode)

        return act

    def density(word: str) -> Callable[[], None]:
        def act() -> None:
            theme.set_density(word)  # type: ignore[arg-type]
            shell.memory.put("density", word)

        return act

    def zoom(step: int) -> None:
        theme.set_zoom(next_zoom(theme.zoom, step))
        shell.memory.put("zoom", theme.zoom)
        window.acts.refresh()
        shell.notices.say(_("Everything at {percent}.").format(percent=percent_text(theme.zoom)), tone="note")

    def bring_in() -> None:
        from desktop.ui.importing.dialog import ask_import

        ask_import(desk, window)

    def take_in() -> None:
        from desktop.ui.bank.taking_in import ask_statements

        ask_statements(desk, window)

    def archive() -> None:
        from desktop.ui.archiving import archive_days

        archive_days(desk, window)

    def prove() -> None:
        from desktop.ui.archiving import verify

        verify(desk, window)

    def tell(of: QWidget = window) -> None:
        from desktop.ui.help import show_help

        show_help(shell, of)

    shell.help = tell

    def agree(parent: QWidget, needed: SecondNeeded, agreed: Callable[[], object]) -> None:
        from desktop.ui.access.second_person import ask_second_person

        ask_second_person(desk, parent, needed, agreed)

    shell.agree = agree
    shell.restore = lambda backup: opener.restore(backup, desk.book.path)
    shell.encryption = lambda: opener.encryption(desk.book.path)

    def backups() -> None:
        shell.go("settings", filters=frozenset({"section:backups"}))

    def crash_reports() -> None:
        from desktop.ui.trouble.crash_reports import show_crash_reports

        show_crash_reports(window)

    def change_passphrase() -> None:
        from desktop.ui.access.own_passphrase import ask_own_passphrase

        ask_own_passphrase(desk, window)

    def find() -> None:
        from desktop.ui.palette.palette import show_palette

        show_palette(window, desk)

    def guide() -> None:
        from desktop.ui.guide.page import show_guide

        show_guide(desk, opener.make_sample)

    def introduce() -> None:
        from desktop.ui.about import show_about

        show_about(window)

    return [
        Action("book.new", _("New book…"), opener.ask_new),
        Action("book.open", _("Open a book…"), opener.ask_open, shortcut="Ctrl+O"),
        Action("book.recent", _("Open again"), lambda: None),
        Action("book.sample", _("Open the sample firm"), opener.make_sample),
        Action("book.import", _("Import a file…"), bring_in, shortcut="Ctrl+I"),
        Action("book.statements", _("Take in bank statements…"), take_in),
        Action("book.backup", _("Back up…"), lambda: _back_up(desk, window)),
        Action("book.backups", _("Backups and restoring"), backups),
        Action("book.check", _("Check the book"), lambda: _check(desk)),
        Action("book.archive", _("Archive for the accountant…"), archive),
        Action("book.verify", _("Verify an archive…"), prove),
        Action("book.lock", _("Lock, or change person"), opener.lock, "", "Ctrl+Shift+O", lambda: desk.book.guarded),
        Action("book.passphrase", _("My passphrase…"), change_passphrase, enabled=lambda: desk.book.guarded),
        Action("book.quit", _("Quit"), opener.quit, shortcut="Ctrl+Q"),
        Action("go.find", _("Find anything…"), find, shortcut="Ctrl+K"),
        *undo_steps.offers(lambda: show_changes(desk, window)),
        Action("view.window", _("New window"), opener.new_window, shortcut="Ctrl+Shift+N"),
        Action("view.larger", _("Larger"), lambda: zoom(1), "", "Ctrl++", lambda: theme.zoom < ZOOMS[-1]),
        Action("view.larger_too", _("Larger"), lambda: zoom(1), shortcut="Ctrl+="),
        Action("view.smaller", _("Smaller"), lambda: zoom(-1), "", "Ctrl+-", lambda: theme.zoom > ZOOMS[0]),
        Action("view.normal", _("Normal size"), lambda: zoom(0), shortcut="Ctrl+0"),
        Action("view.light", _("Light"), look("light")),
        Action("view.dark", _("Dark"), look("dark")),
        Action("view.system", _("As the system"), look("system")),
        Action("view.compact", _("Compact rows"), density("compact")),
        Action("view.comfortable", _("Comfortable rows"), density("comfortable")),
        Action("help.page", _("Help"), tell, shortcut="F1"),
        Action("help.steps", _("First steps"), guide),
        Action("help.crashes", _("Crash reports…"), crash_reports),
        Action("help.about", _("About Sheaf"), introduce),
    ]


def _back_up(desk: Desk, window: QWidget) -> None:
    dialog = QFileDialog(window, _("Back up to"), str(desk.book.path.parent), "Sheaf (*.sheaf)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("sheaf")
    dialog.selectFile(f"{desk.book.path.stem} {desk.today().isoformat()}.sheaf")

    def chosen(name: str) -> None:
        target = Path(name)

        def work(report: Callable[[int, int, str], None]) -> None:
            books.back_up(desk.book, target, report=report, actor=desk.actor)

        desk.shell.jobs.start(
            Job(_("Backing up"), work, {"firm"}, lane=Lane.SIDE),
            lambda _done: desk.shell.notices.say(_("Backed up and proved."), str(target)),
        )

    dialog.fileSelected.connect(chosen)
    dialog.open()


def _check(desk: Desk) -> None:
    from desktop.services.check import check

    def said(found: object) -> None:
        problems = found.problems  # type: ignore[attr-defined]
        if not problems:
            desk.shell.notices.say(_("The book is sound: every figure, number and link agrees."))
            return
        first = problems[0]
        desk.shell.notices.say(
            _("{count} things do not agree.").format(count=len(problems)),
            f"{first.called} {first.where} {first.detail}",
            tone="blocked",
        )

    job = Job(_("Checking the book"), lambda report: check(desk.book, report=report), lane=Lane.SIDE)
    desk.shell.jobs.start(job, said)
