"""The backups of a book, each with what it holds and what would be lost if it took the book's place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.backups.comparing import Difference, difference
from desktop.services.backups.shelf import Kept, Why
from desktop.services.backups.telling import sentences
from desktop.services.backups.verifying import faults_of
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.detail import DetailPane
from desktop.ui.dialog import Question
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.listing import Row
from desktop.ui.opening import open_path
from desktop.ui.page import Design, Page
from desktop.ui.shell import Shell

# So many of what would be lost are named in the pane; the sentence above counts all.
_NAMED = 30
_FILTER = "Sheaf (*.sheaf)"


def why_word(why: Why | None) -> str:
    match why:
        case Why.CLOSED:
            return _("When the book was closed")
        case Why.DAILY:
            return _("Once a day")
        case Why.ASKED:
            return _("By hand")
    return _("Put aside beside the book")


class BackupsPage(Page):
    """`load` finds the backups, `restore` puts one in the book's place after the person said so."""

    def __init__(
        self,
        shell: Shell,
        path: Path,
        load: Callable[[], Sequence[Kept]],
        restore: Callable[[Path], object],
        *,
        main_action: str = "",
        side_actions: Sequence[str] = (),
        summary: Callable[[], object] | None = None,
    ) -> None:
        self.path = path
        self._load_kept = load
        self._restore = restore
        self._kept: dict[int, Kept] = {}
        self._chosen: Kept | None = None
        self._found: Difference | None = None
        super().__init__(
            shell,
            Design(
                name="backups",
                title=_("Backups"),
                columns=[
                    Column("day", _("On"), 110, "date", sort_key="at", strong=True),
                    Column("time", _("At"), 60),
                    Column("why", _("Made"), 190, sort_key="why", wide=True),
                    Column("size", _("Size"), 90, "text", sort_key="bytes", secondary=True),
                    Column("folder", _("Folder"), 220, sort_key="folder", secondary=True, wide=True),
                ],
                listing=FewRows(self._load),
                search_hint=_("Search backups"),
                nothing_yet=_("Backups will stand here, the newest first."),
                depends=frozenset({"backups"}),
                main_action=main_action,
                side_actions=[*side_actions, "backups.file"],
                menu=["backups.restore", "backups.prove", "backups.folder"],
                empty_action=main_action,
                detail_width=380,
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("backups.restore", _("Restore…"), self.ask_restore, "", "R", self._one, _("restore")),
            Action("backups.prove", _("Prove it"), self.prove, "", "P", self._one, _("prove")),
            Action("backups.folder", _("Open the folder"), self.open_folder, enabled=self._one),
            Action("backups.file", _("Restore a file…"), self.choose_file),
        ]

    def _load(self) -> Sequence[Row]:
        self._kept = dict(enumerate(self._load_kept(), 1))
        return [
            {
                "id": number,
                "at": one.at,
                "day": one.at.date(),
                "time": f"{one.at:%H:%M}",
                "why": why_word(one.why),
                "bytes": one.size,
                "size": size_text(one.size),
                "folder": str(one.path.parent),
            }
            for number, one in self._kept.items()
        ]

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["backups.restore", "backups.prove"], self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = self._kept.get(one) if one is not None else None
        self._found = None
        self._facts.show_groups(())
        self.acts.refresh()
        if self._chosen is None:
            self.pane.show_thing(_("No backup chosen"))
            return
        kept, book = self._chosen, self.path
        self.pane.show_thing(self._title(kept.path), "", self._words(kept), _("Looking into it…"))

        def show(found: object) -> None:
            if self._chosen is kept and isinstance(found, Difference):
                self._show_difference(kept, found)

        def refused(error: object) -> None:
            if self._chosen is kept:
                words = str(error) if isinstance(error, UserError) else _("It cannot be read.")
                self.pane.show_thing(self._title(kept.path), "", self._words(kept), words)

        self.shell.jobs.ask(lambda: difference(kept.path, book), show, refused, lane=Lane.SIDE)

    def _words(self, kept: Kept) -> list[tuple[str, str]]:
        return [
            (_("On"), f"{date_text(kept.at.date())}, {kept.at:%H:%M}"),
            (_("Made"), why_word(kept.why)),
            (_("Size"), size_text(kept.size)),
        ]

    def _title(self, path: Path) -> str:
        return path.stem

    def _show_difference(self, kept: Kept, found: Difference) -> None:
        self._found = found
        self.pane.show_thing(self._title(kept.path), "", self._words(kept), sentences(found))
        self._facts.show_groups(lost_groups(found))

    def _one(self) -> bool:
        return self._chosen is not None

    # What can be done

    def prove(self) -> None:
        """Open it, and look at every page of it."""
        kept = self._chosen
        if kept is None:
            return

        def said(found: object) -> None:
            assert isinstance(found, list)
            if found:
                self.shell.notices.say(_("This backup is damaged."), str(found[0]), tone="blocked")
            else:
                self.shell.notices.say(_("This backup is sound: it opens, and every page and link of it holds."))

        self.shell.jobs.start(Job(_("Proving a backup"), lambda _report: faults_of(kept.path), lane=Lane.SIDE), said)

    def open_folder(self) -> None:
        if self._chosen is not None:
            open_path(self._chosen.path.parent)

    def choose_file(self) -> None:
        """A backup that lies elsewhere."""
        dialog = QFileDialog(self, _("Restore a file"), str(self.path.parent), _FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.look_into(Path(name)))
        dialog.open()

    def look_into(self, path: Path) -> None:
        """Say what a file holds, and ask whether it shall be restored."""
        book = self.path

        def show(found: object) -> None:
            assert isinstance(found, Difference)
            self._ask_restore(path, found)

        self.shell.jobs.start(
            Job(_("Looking into a backup"), lambda _report: difference(path, book), lane=Lane.SIDE, quiet=True), show
        )

    def ask_restore(self) -> None:
        if self._chosen is None:
            return
        if self._found is None:
            self.look_into(self._chosen.path)
        else:
            self._ask_restore(self._chosen.path, self._found)

    def _ask_restore(self, path: Path, found: Difference) -> None:
        detail = sentences(found) + " " + _("The book as it is now is kept beside it under another name.")
        question = Question(
            self,
            _("Put this backup in the place of {name}?").format(name=self.path.name),
            detail,
            _("Restore"),
            lambda: self._restore(path),
        )
        layout = question.layout()
        groups = lost_groups(found)
        if groups and isinstance(layout, QVBoxLayout):
            view = FactsView(self.shell.theme)
            view.setMinimumHeight(self.shell.theme.px(180))
            view.show_groups(groups)
            layout.insertWidget(2, view, 1)
            question.setMinimumWidth(self.shell.theme.px(520))
        question.open()


def lost_groups(found: Difference) -> list[Group]:
    """The documents and payments that would be lost, by name."""
    documents = [
        Fact(one.number, f"{one.client}, {date_text(one.issued)}, {money_text(one.gross, one.currency)}")
        for one in found.documents[:_NAMED]
    ]
    payments = [
        Fact(one.number, f"{one.client}, {date_text(one.paid)}, {money_text(one.amount, one.currency)}")
        for one in found.payments[:_NAMED]
    ]
    for facts, count in ((documents, found.document_count), (payments, found.payment_count)):
        if count > len(facts):
            rest = count - len(facts)
            words = ngettext("and {count} more", "and {count} more", rest).format(count=number_text(rest))
            facts.append(Fact("", words))
    groups = [
        Group(_("Documents that would be lost"), documents),
        Group(_("Payments that would be lost"), payments),
    ]
    return [group for group in groups if group.facts]


def size_text(size: int) -> str:
    """A file's size for people."""
    if size >= 10 * 1_048_576:
        return _("{count} MB").format(count=number_text(round(size / 1_048_576)))
    return _("{count} KB").format(count=number_text(-(-size // 1024)))
