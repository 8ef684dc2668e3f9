"""The sandbox's run beside the real book's: agreement by agreement, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.configuration.difference_files import write_differences
from desktop.services.sandbox.comparing import Comparison, compare, sandbox_runs
from desktop.ui.actions import Action
from desktop.ui.configuration.difference_rows import count_words, difference_columns, difference_rows, total_words
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.opening import offer_file, offer_folder
from desktop.ui.page import Design, Page, Summary

_PLANNED = ""


class ComparisonPage(Page):
    def __init__(self, desk: Desk, found: Comparison) -> None:
        self.desk, self.comparison = desk, found
        rows = difference_rows(found.differences)
        super().__init__(
            desk.shell,
            Design(
                name="sandbox_comparison",
                title=_("The book and its sandbox"),
                columns=difference_columns(),
                listing=FewRows(lambda: rows),
                search_hint=_("Search client, line"),
                nothing_yet=_("The run is the same in both. Change something in the sandbox, then compare again."),
                nothing_found=_("Nothing fits the search."),
                depends=frozenset(),
                summary=self._summary,
                main_action="comparison.save",
                sum_key="change",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [Action("comparison.save", _("Save as a table…"), self.save, "save", "Ctrl+S")]

    def _summary(self) -> Summary:
        found = self.comparison
        what = _("Run {run} of the sandbox").format(run=found.run) if found.run else _("The next run")
        return Summary(
            _("{what}, through {day}: {totals}. {count}").format(
                what=what,
                day=date_text(found.through),
                totals=total_words(found.before, found.after) or _("nothing to bill"),
                count=count_words(found.differences, found.looked_at),
            )
        )

    def save(self) -> None:
        suggested = str(Path.home() / _("Comparison {day}.csv").format(day=self.comparison.through.isoformat()))
        dialog = QFileDialog(self.window(), _("Save as a table"), suggested, _("Tables (*.csv *.xlsx)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(suggested)
        dialog.fileSelected.connect(lambda name: self.write(Path(name)))
        dialog.open()

    def write(self, path: Path) -> None:
        """Write the rows into a file."""
        differences = self.comparison.differences

        def said(count: object) -> None:
            assert isinstance(count, int)
            words = ngettext("{count} row is saved in {name}.", "{count} rows are saved in {name}.", count)
            self.shell.notices.say(
                words.format(count=number_text(count), name=path.name),
                offers=[offer_file(path), offer_folder(path.parent)],
            )

        self.shell.jobs.start(
            Job(_("Saving"), lambda _report: write_differences(differences, path), lane=Lane.HAND, quiet=True), said
        )


def ask_comparison(desk: Desk, parent: QWidget, sandbox: Path) -> None:
    """Ask which run to compare where the sandbox has billed any; else compare the next one at once."""
    desk.shell.jobs.ask(lambda: sandbox_runs(desk.book, sandbox), lambda runs: _choose(desk, parent, sandbox, runs))


def _choose(desk: Desk, parent: QWidget, sandbox: Path, runs: object) -> None:
    assert isinstance(runs, list)
    if not runs:
        show_comparison(desk, sandbox)
        return
    choices = [(run, _("{run}, billed in the sandbox").format(run=run)) for run in runs]
    field = Field("run", _("Compare"), "choice", choices=[(_PLANNED, _("The next run, planned in both")), *choices])
    form = Form([Section("", [field])], desk.shell.theme)
    form.put({"run": runs[0]})
    dialog = FormDialog(
        desk.shell,
        _("Compare with the sandbox"),
        form,
        _("Compare"),
        lambda typed: Job("", lambda _report: str(typed["run"] or ""), lane=Lane.HAND, quiet=True),
        parent,
    )
    dialog.saved.connect(lambda run: show_comparison(desk, sandbox, run))
    dialog.open()


def show_comparison(desk: Desk, sandbox: Path, run: str = "") -> None:
    """Compare in the background, then show the page."""
    book, today = desk.book, desk.today()

    def shown(found: object) -> None:
        assert isinstance(found, Comparison)
        desk.shell.push(ComparisonPage(desk, found))

    desk.shell.jobs.start(
        Job(
            _("Comparing with the sandbox"),
            lambda report: compare(book, sandbox, today=today, run=run, report=report),
        ),
        shown,
    )
