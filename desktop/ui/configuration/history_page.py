"""Every version of prices, taxes, terms, templates and rules: who, when, why, from when; before and after."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, moment_text
from desktop.services.configuration.history import Version, history
from desktop.services.configuration.standing import area_word
from desktop.ui.columns import Column
from desktop.ui.configuration.changed import IN_FORCE
from desktop.ui.configuration.difference_rows import field_words
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page

_SHOWN = 500
_AREAS = ("prices", "taxes", "terms", "templates", "rules", "segments")


class HistoryPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._known: dict[int, Version] = {}
        super().__init__(
            desk.shell,
            Design(
                name="configuration_history",
                title=_("History of the configuration"),
                columns=[
                    Column("at", _("When"), 146, sort_key="sort_at"),
                    Column("actor", _("Who"), 100, sort_key="actor"),
                    Column("what", _("What"), 190, sort_key="what", strong=True, wide=True),
                    Column("told", _("Changed"), 240, wide=True),
                    Column("counts", _("From"), 100, sort_key="counts_at", secondary=True),
                ],
                listing=FewRows(self._load),
                search_hint=_("Search who, what, why"),
                nothing_yet=_("Every change of prices, taxes, terms, templates and rules will stand here."),
                nothing_found=_("Nothing fits the search."),
                depends=IN_FORCE,
                chips=[Chip(area, area_word(area)) for area in _AREAS],
            ),
        )

    def _load(self) -> Sequence[Row]:
        found = history(self.desk.book, limit=_SHOWN)
        self._known = {one.event: one for one in found}
        return [_row(one) for one in found]

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, (), self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        version = self._known.get(one) if one is not None else None
        if version is None:
            self.pane.show_thing(_("No change chosen"))
            self._facts.show_groups(())
            return
        self.pane.show_thing(version.what, _("undone") if version.undone else "")
        about = [
            Fact(_("Who"), version.actor),
            Fact(_("When"), moment_text(version.at)),
            Fact(_("From"), date_text(version.from_day) if version.from_day else ""),
            Fact(_("Proposal"), version.number),
            Fact(_("Why"), version.reason),
            Fact(_("In one step"), version.summary),
        ]
        fields = [Fact(one.field, field_words(one)) for one in version.fields]
        self._facts.show_groups([Group("", about), Group(_("Before → after"), fields)])


def _row(one: Version) -> Row:
    told = "; ".join(_("{field}: {words}").format(field=field.field, words=field_words(field)) for field in one.fields)
    return {
        "id": one.event,
        "state": one.area,
        "sort_at": one.event,
        "at": moment_text(one.at),
        "actor": one.actor,
        "what": one.what,
        "told": told,
        "counts": date_text(one.from_day) if one.from_day else "",
        "counts_at": one.from_day,
        "reason": one.reason,
    }
