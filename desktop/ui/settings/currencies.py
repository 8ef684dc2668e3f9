"""Exchange rates to the firm's currency, each from its day on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.domain.money import unscaled
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.currencies import exchange_rates, remove_exchange_rate, set_exchange_rate
from desktop.services.rate_files import RatesPreview, preview_rates, take_rates
from desktop.ui.actions import GAP, Action
from desktop.ui.choices import currencies, word_of
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.dialog import Question
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask

_FOLDER = "rates_folder"


class CurrenciesSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="currencies",
                title=_("Currencies"),
                columns=[
                    Column("currency", _("Currency"), 96, sort_key="currency", strong=True),
                    Column("name", "", 200, secondary=True, wide=True),
                    Column("valid_from", _("From"), 110, "date", sort_key="valid_from"),
                    Column("rate", _("Exchange rate"), 110, "number", sort_key="rate"),
                    Column("origin", _("Source"), 96, sort_key="origin", secondary=True),
                ],
                listing=self._rows,
                search_hint=_("Search currencies"),
                nothing_yet=_(
                    "Who bills in other currencies enters rates here: units of the firm’s currency for one of the "
                    "other. They show foreign invoices in the books and in limits."
                ),
                depends=frozenset({"firm"}),
                chips=[Chip("now", _("Of today"))],
                main_action="currencies.set",
                side_actions=["currencies.file"],
                menu=["currencies.set", GAP, "currencies.remove"],
                empty_action="currencies.set",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("currencies.set", _("Set a rate…"), self.set, "add", "Ctrl+N"),
            Action("currencies.file", _("Take in the ECB’s rates…"), self.choose_file, "import"),
            Action("currencies.remove", _("Remove"), self.remove, "delete", "Del", self._one, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        today, known = self.desk.today(), currencies()
        now: set[str] = set()
        rows = []
        for one in exchange_rates(self.desk.book):
            # The newest first: the first of a currency that is not to come counts today.
            counts = one["valid_from"] <= today and one["currency"] not in now
            if counts:
                now.add(one["currency"])
            name = word_of(known, one["currency"]).partition(" · ")[2]
            origin = one["source"] or _("typed")
            rows.append({**one, "name": name, "origin": origin, "marks": ("now",) if counts else ()})
        return rows

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["currencies.set", "currencies.remove"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._chosen = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("No rate chosen"))
            return
        home, rate = self.shell.home_currency, row["rate"]
        assert isinstance(rate, Decimal)
        self.pane.show_thing(
            _("1 {currency} = {rate} {home}").format(currency=row["currency"], rate=number_text(rate), home=home),
            "",
            [(_("From"), date_text(row["valid_from"])), (_("Source"), str(row["origin"]))],  # type: ignore[arg-type]
            _("Issued invoices keep the rate they were issued with."),
        )

    def _one(self) -> bool:
        return bool(self._chosen)

    def open_row(self, one: int) -> None:
        self.set()

    def set(self) -> None:
        home = self.shell.home_currency
        fields = [
            Field(
                "currency",
                _("Currency"),
                "choice",
                required=True,
                choices=[one for one in currencies(str(self._chosen.get("currency", ""))) if one[0] != home],
            ),
            Field("rate", _("{home} for one of it").format(home=home), "number", required=True, span=3),
            Field("valid_from", _("From"), "date", required=True, span=3),
        ]
        actor, book = self.desk.actor, self.desk.book

        def work(typed: dict[str, object]) -> None:
            rate, day = typed["rate"], typed["valid_from"]
            assert isinstance(rate, Decimal)
            assert isinstance(day, date)
            set_exchange_rate(book, str(typed["currency"]), day, rate, actor=actor)

        values = {"currency": self._chosen.get("currency"), "valid_from": self.desk.today()}
        ask(
            self.desk,
            self,
            _("Set an exchange rate"),
            [Section("", fields)],
            values,
            _("Set the rate"),
            work,
            _("Exchange rate set."),
        )

    def choose_file(self) -> None:
        """Ask for the European Central Bank's file, then show what it would change."""
        kinds = _("Reference rates (*.xml *.csv *.zip)")
        dialog = QFileDialog(
            self, _("Rates of the European Central Bank"), str(self.shell.memory.folder(_FOLDER)), kinds
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take_in(Path(name)))
        dialog.open()

    def take_in(self, path: Path) -> None:
        """Show what the rates of a file would change, and take them in once the person says so."""
        self.shell.memory.put_folder(_FOLDER, path.parent)
        book, today = self.desk.book, self.desk.today()
        job = Job(
            _("Reading the rates"), lambda _report: preview_rates(book, path, today=today), lane=Lane.SIDE, quiet=True
        )
        self.shell.jobs.start(job, lambda seen: self._show_rates(path, seen))

    def _show_rates(self, path: Path, seen: object) -> None:
        assert isinstance(seen, RatesPreview)
        if not seen.to_write:
            self.shell.notices.say(_("The book has the rates of this file already."))
            return
        Question(
            self,
            rates_sentence(seen),
            rates_detail(seen),
            _("Take them in"),
            lambda: self._write_rates(path),
            expected=True,
        ).open()

    def _write_rates(self, path: Path) -> None:
        book, actor, today = self.desk.book, self.desk.actor, self.desk.today()
        act = partial(take_rates, book, path, actor=actor, today=today)
        write(self.desk, _("Taking in rates"), act, _taken, changed=SETTINGS)

    def remove(self) -> None:
        key, currency = int(str(self._chosen["id"])), str(self._chosen["currency"])
        act = partial(remove_exchange_rate, self.desk.book, key, actor=self.desk.actor)
        said = _("The rate of {currency} is removed.").format(currency=currency)
        write(self.desk, _("Removing the rate"), act, said, changed=SETTINGS)


def rates_sentence(seen: RatesPreview) -> str:
    """How many rates of which days a file would bring."""
    said = ngettext(
        "{count} rate of {first} to {last} is new or changed.",
        "{count} rates of {first} to {last} are new or changed.",
        seen.to_write,
    )
    return said.format(count=number_text(seen.to_write), first=date_text(seen.first), last=date_text(seen.last))


def rates_detail(seen: RatesPreview) -> str:
    """The newest rate of each currency, and what stays as it is."""
    newest = {one.currency: one for one in seen.rows}
    lines = [
        _("1 {currency} = {rate} {home}").format(
            currency=one.currency, rate=number_text(unscaled(one.rate)), home=seen.home
        )
        for one in newest.values()
    ]
    if typed := seen.count("typed"):
        said = ngettext("{count} typed rate stays.", "{count} typed rates stay.", typed)
        lines.append(said.format(count=number_text(typed)))
    if seen.unknown:
        lines.append(_("The file does not know: {currencies}.").format(currencies=", ".join(seen.unknown)))
    lines.append(_("Issued invoices keep the rate they were issued with."))
    return "\n".join(lines)


def _taken(found: object) -> str:
    assert isinstance(found, RatesPreview)
    said = ngettext("{count} rate taken in.", "{count} rates taken in.", found.to_write)
    return said.format(count=number_text(found.to_write))
