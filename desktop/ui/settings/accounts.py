"""The chart of accounts: chosen, imported, changed account by account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.domain.accounts.chart import KINDS, ChartAccount
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.accounting.chart import ledger_accounts, remove_account, save_account, take_chart, write_chart
from desktop.services.accounting.chart_files import chart, country_of, offered_charts, read_chart, usual_chart
from desktop.services.accounting.words import kind_word
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.exporting import FOLDER
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.opening import offer_file
from desktop.ui.page import Design, Page
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask


class AccountsSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="chart",
                title=_("Chart of accounts"),
                columns=[
                    Column("number", _("Number"), 90, sort_key="number", strong=True),
                    Column("name", _("Name"), 240, sort_key="name", wide=True),
                    Column("kind_word", _("Kind"), 96, sort_key="kind_word", secondary=True),
                    Column("takes", _("Takes"), 200, sort_key="takes", secondary=True),
                    Column("state", "", 96, "tag", sort_key="state"),
                ],
                listing=self._rows,
                search_hint=_("Search number, name, what it takes"),
                nothing_yet=_(
                    "Accountants read the books by a chart of accounts. Choose the one of your country, or import that "
                    "of your accountant; every posting finds its account by itself."
                ),
                depends=frozenset({"ledger", "firm"}),
                chips=[
                    *(Chip(kind, kind_word(kind), "kind") for kind in KINDS),
                    Chip("taking", _("Takes postings"), "taking"),
                ],
                main_action="chart.choose",
                side_actions=["chart.import", "chart.export", "chart.new"],
                menu=["chart.edit", "chart.new", GAP, "chart.import", "chart.export", GAP, "chart.remove"],
                empty_action="chart.choose",
                sort="number",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("chart.choose", _("Choose a chart…"), self.choose, "done"),
            Action("chart.import", _("Import a chart…"), self.bring_in, "import"),
            Action("chart.export", _("Export…"), self.export, "export", "", self._any),
            Action("chart.new", _("Add an account…"), self.new, "add", "Ctrl+N"),
            Action("chart.edit", _("Edit…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("chart.remove", _("Remove"), self.remove, "delete", "Del", self._one, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        return [
            {
                **one,
                "kind_word": kind_word(one["kind"]),
                "state": "" if one["active"] else "inactive",
                "marks": (one["kind"], *(("taking",) if one["takes"] else ())),
            }
            for one in ledger_accounts(self.desk.book, self.desk.today())
        ]

    # The pane at the right

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["chart.edit", "chart.remove"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._chosen = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("No account chosen"))
            return
        takes = str(row["takes"])
        reason = (
            _("What is booked goes to the account that takes its closest name, such as revenue.S.19 before revenue.")
            if takes
            else _("It takes nothing by itself; entries by hand and bank lines may be booked on it.")
        )
        facts = [(_("Kind"), str(row["kind_word"]))]
        if takes:
            facts.append((_("Takes"), takes.replace(" ", ", ")))
        self.pane.show_thing(f"{row['number']} {row['name']}", "", facts, reason)

    def _one(self) -> bool:
        return bool(self._chosen)

    def _any(self) -> bool:
        return self.model.rowCount() > 0

    def open_row(self, one: int) -> None:
        self.edit()

    # What can be done

    def choose(self) -> None:
        """Ask which of the charts that come with the program, and from when."""
        known = {one.name: one.title for one in offered_charts()}
        field = Field("name", _("Chart"), "choice", required=True, choices=list(known.items()))
        usual = usual_chart(country_of(self.desk.book)) or next(iter(known))
        book, actor = self.desk.book, self.desk.actor

        def work(typed: dict[str, object]) -> object:
            name, day = str(typed["name"]), typed["valid_from"]
            assert day is None or isinstance(day, date)
            return take_chart(book, chart(name), actor=actor, title=known[name], valid_from=day)

        self._ask_chart(_("Choose a chart"), [field, _from_field()], {"name": usual}, _("Keep the ledger by it"), work)

    def bring_in(self) -> None:
        """Ask for a file with the columns number, name, kind and takes."""
        dialog = QFileDialog(
            self, _("Import a chart"), str(self.shell.memory.folder(FOLDER)), _("Tables (*.csv *.xlsx *.ods *.xls)")
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.read(Path(name)))
        dialog.open()

    def read(self, path: Path) -> None:
        """Read a chart from a file, and ask from when it counts."""
        self.shell.memory.put_folder(FOLDER, path.parent)
        self.shell.jobs.start(
            Job(_("Reading {file}").format(file=path.name), lambda _report: read_chart(path), lane=Lane.SIDE),
            partial(self._ask_from, path.stem),
        )

    def _ask_from(self, title: str, accounts: object) -> None:
        assert isinstance(accounts, list)
        found: list[ChartAccount] = accounts
        book, actor = self.desk.book, self.desk.actor
        plan = partial(take_chart, book, found, actor=actor, title=title)
        count = ngettext("{count} account is in the file.", "{count} accounts are in the file.", len(found))
        note = count.format(count=number_text(len(found)))

        def work(typed: dict[str, object]) -> object:
            day = typed["valid_from"]
            assert day is None or isinstance(day, date)
            return plan(valid_from=day)

        self._ask_chart(_("Import a chart"), [_from_field(note)], {}, _("Take it over"), work)

    def _ask_chart(
        self, title: str, fields: Sequence[Field], values: Mapping[str, object], verb: str, work: object
    ) -> None:
        assert callable(work)
        said = _("The ledger is kept by this chart now.")
        ask(self.desk, self, title, [Section("", fields)], values, verb, work, said)

    def export(self) -> None:
        dialog = QFileDialog(self, _("Export"), str(self.shell.memory.folder(FOLDER)), "Excel (*.xlsx);;CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{_('Chart of accounts')}.csv")
        dialog.fileSelected.connect(lambda name: self.write(Path(name)))
        dialog.open()

    def write(self, path: Path) -> None:
        """Write the chart to a file that can be imported again."""
        self.shell.memory.put_folder(FOLDER, path.parent)
        book, today = self.desk.book, self.desk.today()

        def done(_count: object) -> None:
            said = _("The chart is written to {file}.").format(file=path.name)
            self.shell.notices.say(said, offers=[offer_file(path)])

        job = Job(_("Writing {file}").format(file=path.name), lambda _r: write_chart(book, path, today), lane=Lane.SIDE)
        self.shell.jobs.start(job, done)

    def new(self) -> None:
        self._open_form({"active": True, "kind": "expense", "takes": ""}, None)

    def edit(self) -> None:
        self._open_form(self._chosen, int(str(self._chosen["id"])))

    def _open_form(self, values: Mapping[str, object], key: int | None) -> None:
        fields = [
            Field("number", _("Number"), required=True, span=2),
            Field("name", _("Name"), required=True, span=4),
            Field("kind", _("Kind"), "choice", required=True, span=3, choices=[(one, kind_word(one)) for one in KINDS]),
            Field("active", _("Offered for entries by hand"), "check", span=3),
            Field(
                "takes",
                _("Takes"),
                note=_(
                    "Names of what is booked, apart by spaces: revenue, revenue.S.19, tax.19, bank, bank.2, fees, "
                    "receivable, deposits, exchange.gain …"
                ),
            ),
            _from_field(only_takes=True),
        ]
        actor, book = self.desk.actor, self.desk.book

        def work(typed: dict[str, object]) -> int:
            day = typed["valid_from"]
            assert day is None or isinstance(day, date)
            given = typed | {"takes": typed["takes"] or ""}
            if given["takes"] == values.get("takes", ""):
                given["takes"] = None
            return save_account(book, given, actor=actor, account_id=key, valid_from=day)

        shown = {name: values.get(name) for name in ("number", "name", "kind", "active", "takes")}
        title = _("Edit the account") if key else _("Add an account")
        ask(
            self.desk, self, title, [Section("", fields)], shown, _("Save"), work, _("Account saved."),
            self.reveal_written,
        )  # fmt: skip

    def remove(self) -> None:
        key = int(str(self._chosen["id"]))
        said = _("The account {number} is removed.").format(number=self._chosen["number"])
        act = partial(remove_account, self.desk.book, key, actor=self.desk.actor)
        write(self.desk, _("Removing the account"), act, said, changed=SETTINGS)


def _from_field(note: str = "", *, only_takes: bool = False) -> Field:
    told = _("Empty: from the beginning. From a day on: what was booked before stays where it is.")
    if only_takes:
        told = _("For what it takes. Empty: from the first day on which the books are open.")
    return Field("valid_from", _("From"), "date", span=3, hint=_("From the beginning"), note=f"{note} {told}".strip())
