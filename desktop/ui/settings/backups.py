"""The backups of the open book among the settings: made by hand, chosen where they go, restored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.backups.choices import choices_of
from desktop.services.backups.making import Made, make_backup
from desktop.services.backups.shelf import Kept, Why, backups_of, identity
from desktop.ui.actions import Action
from desktop.ui.backups.choosing import ask_choices
from desktop.ui.backups.page import BackupsPage
from desktop.ui.desk import Desk


class BackupsSection(BackupsPage):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        super().__init__(
            desk.shell,
            desk.book.path,
            self._shelf,
            self._put_back,
            main_action="backups.now",
            side_actions=["backups.choose"],
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("backups.now", _("Back up now"), self.make, "", "Ctrl+N"),
            Action("backups.choose", _("Where and how long…"), self.choose),
            *super().offers(),
        ]

    def _shelf(self) -> Sequence[Kept]:
        book = self.desk.book
        return backups_of(book.path, choices_of(book), identity(book))

    def _put_back(self, backup: Path) -> None:
        if self.desk.shell.restore is not None:
            self.desk.shell.restore(backup)

    def make(self) -> None:
        """One on the shelf, whatever changed."""
        book, now = self.desk.book, datetime.now(UTC)

        def work(report: Callable[[int, int, str], None]) -> Made:
            return make_backup(book, Why.ASKED, now=now, report=report)

        self.shell.jobs.start(Job(_("Backing up"), work, {"backups", "firm"}, lane=Lane.SIDE), self._made)

    def _made(self, made: object) -> None:
        assert isinstance(made, Made)
        if made.trouble:
            self.shell.notices.say(_("Backed up and proved, but not in the second place."), made.trouble, tone="held")
        else:
            self.shell.notices.say(_("Backed up and proved."), str(made.path))

    def choose(self) -> None:
        ask_choices(self.desk, self)
