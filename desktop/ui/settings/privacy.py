"""Privacy: what need not be kept any more, what was erased, and how long what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, number_text
from desktop.services.privacy.planning import ErasurePlan, rules_of
from desktop.services.privacy.retaining import ErasureRow, due, erasures, set_periods
from desktop.services.subjects import word
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page
from desktop.ui.privacy.asking import show_plan
from desktop.ui.privacy.plan_words import plan_words
from desktop.ui.settings.asking import ask


class PrivacySection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="privacy",
                title=_("Privacy"),
                columns=[
                    Column("name", _("Whose data"), 220, sort_key="name", strong=True, wide=True),
                    Column("tag", "", 96, "tag", sort_key="state"),
                    Column("rows", _("Rows"), 80, "number", sort_key="rows"),
                    Column("day", _("Erased on"), 110, "date", sort_key="day"),
                    Column("actor", _("By"), 120, sort_key="actor", secondary=True),
                ],
                listing=self._rows,
                search_hint=_("Search names and reasons"),
                nothing_yet=_(
                    "Nothing may go yet. Clients that were set aside come up here once nothing has to keep their data. "
                    "Whoever asks for their data, or to have them erased, is served on the page of clients."
                ),
                depends=frozenset({"privacy", "clients", "firm"}),
                chips=[Chip("may_go", _("May go")), Chip("erased", _("Erased"))],
                main_action="privacy.periods",
                menu=["privacy.erase", GAP, "privacy.periods"],
                empty_action="privacy.periods",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("privacy.periods", _("How long data are kept…"), self.periods, "edit", "P"),
            Action("privacy.erase", _("Erase…"), self.erase, "delete", "Del", self._may_go, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        plans = due(self.desk.book, today=self.desk.today())
        rows: list[Row] = [
            {
                "id": place,
                "name": plan.called,
                "tag": "may_go",
                "state": "may_go",
                "rows": plan.now,
                "day": None,
                "actor": "",
                "thing": plan,
            }
            for place, plan in enumerate(plans, 1)
        ]
        for place, one in enumerate(erasures(self.desk.book), len(plans) + 1):
            rows.append(
                {
                    "id": place,
                    "name": f"{one.number} · {one.reason}",
                    "tag": "erased",
                    "state": "erased",
                    "rows": sum(one.rows.values()),
                    "day": date.fromisoformat(one.at[:10]),
                    "actor": one.actor,
                    "thing": one,
                }
            )
        return rows

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["privacy.erase", "privacy.periods"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self.acts.refresh()
        thing = self._chosen.get("thing")
        if isinstance(thing, ErasurePlan):
            facts = [(_("Goes now"), number_text(thing.now))]
            if thing.until:
                facts.append((_("The rest until"), date_text(thing.until)))
            self.pane.show_thing(thing.called, "", facts, plan_words(thing))
        elif isinstance(thing, ErasureRow):
            facts = [(word(table), number_text(count)) for table, count in thing.rows.items() if count]
            self.pane.show_thing(thing.number, "", facts, thing.reason)
        else:
            self.pane.show_thing(_("Nothing chosen"), reason=self._told())

    def _told(self) -> str:
        rules = rules_of(self.desk.book)
        return _("Documents and payments {documents} years, letters and e-mails {letters} years ({law}).").format(
            documents=rules.retention.documents,
            letters=rules.retention.letters,
            law=rules.retention.statute or _("as set for the book"),
        )

    def _may_go(self) -> bool:
        return isinstance(self._chosen.get("thing"), ErasurePlan)

    def open_row(self, one: int) -> None:
        if self._may_go():
            self.erase()

    def erase(self) -> None:
        plan = self._chosen["thing"]
        assert isinstance(plan, ErasurePlan)
        show_plan(self.desk, self, plan.client_id, kind="retention")

    def periods(self) -> None:
        rules, book, actor = rules_of(self.desk.book), self.desk.book, self.desk.actor
        law = rules.law
        asks = _("The law asks for {years} years ({statute}); empty follows it.")
        unknown = _("The program knows no law of this country; empty keeps {years} years.")
        note = asks if law.statute else unknown
        fields = [
            Field(
                "documents",
                _("Documents and payments, in years"),
                "whole",
                span=3,
                note=note.format(years=law.documents, statute=law.statute),
            ),
            Field(
                "letters",
                _("Letters and e-mails, in years"),
                "whole",
                span=3,
                note=note.format(years=law.letters, statute=law.statute),
            ),
        ]

        def years(value: object) -> int | None:
            return None if value is None else int(Decimal(str(value)))

        def work(typed: dict[str, object]) -> None:
            set_periods(book, documents=years(typed["documents"]), letters=years(typed["letters"]), actor=actor)

        own = rules.retention != law
        values = {"documents": rules.retention.documents, "letters": rules.retention.letters} if own else {}
        ask(
            self.desk,
            self,
            _("How long data are kept"),
            [Section("", fields)],
            values,
            _("Save"),
            work,
            _("Periods saved."),
        )
