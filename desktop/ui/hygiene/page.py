"""Clean-up: what wants to be put in order before the month ends, and where each of it is mended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.hygiene import Finding, postpone
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.filters import Chip
from desktop.ui.form import Field, Section
from desktop.ui.hygiene.duplicates import DuplicatesPage
from desktop.ui.hygiene.listing import LATER, SUBJECTS, HygieneRows, subject_word
from desktop.ui.page import Design, Page
from desktop.ui.saving import take_back, write
from desktop.ui.settings.asking import SETTINGS, ask
from desktop.ui.settings.page import SettingsPage

# How far a matter is put off unless told otherwise.
_DAYS = 30


class HygienePage(Page):
    """Enter goes to where it is mended; P puts off what is selected."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = HygieneRows(desk.book, desk.today)
        super().__init__(
            desk.shell,
            Design(
                name="hygiene",
                title=_("Clean-up"),
                columns=[
                    Column("severity", "", 84, "tag", sort_key="severity"),
                    Column("name", _("Of"), 168, sort_key="name", strong=True),
                    Column("message", _("What wants mending"), 320, sort_key="message", wide=True, lines=2),
                    Column("subject", _("About"), 96, sort_key="subject", secondary=True, hidden=True),
                    Column("postponed", _("Put off until"), 96, "date", sort_key="postponed", secondary=True),
                ],
                listing=self._rows,
                summary=self._rows.summary,
                search_hint=_("Search name, matter"),
                nothing_yet=_(
                    "Everything is in order: ids, addresses, prices and agreements. What wants mending will stand "
                    "here, with the place where it is mended."
                ),
                depends=frozenset({"clients", "agreements", "billables", "runs", "invoices", "payments", "firm"}),
                chips=[
                    *(Chip(one, subject_word(one), "subject") for one in SUBJECTS),
                    Chip(LATER, _("Put off")),
                ],
                main_action="hygiene.duplicates",
                many=["hygiene.later", "hygiene.now"],
                menu=["hygiene.open", "hygiene.later", "hygiene.now", GAP, "hygiene.duplicates", GAP, "hygiene.undo"],
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("hygiene.duplicates", _("Find duplicates…"), self.duplicates, "search", "Ctrl+D"),
            Action("hygiene.open", _("Mend it"), self.open_chosen, "open", "", self._one),
            Action("hygiene.later", _("Put off…"), self.later, "hold", "P", self._some, _("put off")),
            Action("hygiene.now", _("Take up again"), self.now, "", "T", self._put_off),
            Action("hygiene.undo", _("Undo the last change"), lambda: take_back(self.desk), "undo"),
        ]

    # The pane at the right

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["hygiene.open", "hygiene.later", "hygiene.now"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        found = self._rows.finding(one) if one is not None else None
        self.acts.refresh()
        if found is None:
            self.pane.show_thing(_("Nothing chosen"), reason=_("Choose a matter to see what mends it."))
            return
        facts = [(_("Found"), found.message), (_("Mend it"), found.remedy)]
        if found.postponed is not None:
            facts.append((_("Put off"), _("until {day}").format(day=date_text(found.postponed))))
        self.pane.show_thing(found.name, subject_word(found.subject), facts)

    # What can be done

    def _chosen(self) -> list[Finding]:
        return [found for one in self.selected_ids() if (found := self._rows.finding(one)) is not None]

    def _one(self) -> bool:
        return len(self._chosen()) == 1

    def _some(self) -> bool:
        return bool(self._chosen())

    def _put_off(self) -> bool:
        return any(one.postponed is not None for one in self._chosen())

    def open_chosen(self) -> None:
        self.open_row(self.selected_ids()[0])

    def open_row(self, one: int) -> None:
        found = self._rows.finding(one)
        if found is None:
            return
        go = self.shell.go
        match found.place:
            case "duplicates":
                self.duplicates()
            case "backup":
                self.shell.actions["book.backup"].trigger()
            case "items":
                self._section("items", found.place_id)
            case "settings":
                self._section(found.field)
            case "billables":
                page = go("billables")
                if isinstance(page, Page):
                    page.filters.put(frozenset({"unbilled", found.field}))
            case place:
                go(place, found.place_id)

    def _section(self, name: str, one: int | None = None) -> None:
        page = self.shell.go("settings")
        if isinstance(page, SettingsPage):
            section = page.show_section(name)
            if one is not None and isinstance(section, Page):
                section.reveal(one)

    def duplicates(self) -> None:
        self.shell.push(DuplicatesPage(self.desk))

    def later(self) -> None:
        chosen, book, actor, today = self._chosen(), self.desk.book, self.desk.actor, self.desk.today()
        count = len(chosen)
        field = Field("until", _("Not before"), "date", required=True, span=3, note=_("Then it stands here again."))

        def work(typed: dict[str, object]) -> None:
            until = typed["until"]
            assert isinstance(until, date)
            postpone(book, chosen, until, actor=actor)

        said = ngettext("{count} matter is put off.", "{count} matters are put off.", count)
        ask(
            self.desk,
            self,
            _("Put off"),
            [Section("", [field])],
            {"until": today + timedelta(days=_DAYS)},
            _("Put off"),
            work,
            said.format(count=number_text(count)),
        )

    def now(self) -> None:
        chosen = self._chosen()
        said = ngettext("{count} matter stands here again.", "{count} matters stand here again.", len(chosen))
        act = partial(postpone, self.desk.book, chosen, None, actor=self.desk.actor)
        write(self.desk, _("Taking up again"), act, said.format(count=number_text(len(chosen))), changed=SETTINGS)
