"""Offers safe mode after starts that never came to stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from desktop.i18n import _, ngettext, number_text
from desktop.starts import Start
from desktop.ui.main_window import MainWindow
from desktop.ui.trouble.card import TroubleCard, Way
from desktop.ui.trouble.crash_reports import show_crash_reports


class Starts(Protocol):
    @property
    def window(self) -> MainWindow: ...
    def begin(self, start: Start, failed: int = 0) -> None: ...
    def start_another(self, start: Start) -> None: ...
    def quit(self) -> None: ...


def offer_safe_mode(program: Starts, start: Start, failed: int) -> None:
    """Ask before anything is opened that may be what failed."""

    def safely() -> None:
        program.start_another(replace(start, safe=True))
        program.quit()

    def as_usual() -> None:
        program.window.clear()
        program.begin(start)

    program.window.push(
        TroubleCard(
            program.window.shell.theme,
            _("Sheaf did not come up"),
            [
                ngettext(
                    "The last start ended before the window stood.",
                    "The last {count} starts ended before the window stood.",
                    failed,
                ).format(count=number_text(failed)),
                _(
                    "In safe mode Sheaf starts plain: without what the window remembers, and without sending, importing"
                    " or running anything by itself. Your books are not touched by this."
                ),
            ],
            [
                Way(_("Start in safe mode"), safely),
                Way(_("Start as usual"), as_usual),
                Way(_("Crash reports…"), lambda: show_crash_reports(program.window)),
            ],
        )
    )
