"""How the tables of banks are read: the profiles that Sheaf brings along, and one's own, which can be forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from desktop.i18n import _, ngettext, number_text
from desktop.services.bank.profiles import ListedProfile, forget_profile, listed_profiles
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS

_OWN: Final = "own"


def show_profiles(desk: Desk) -> None:
    """Show them above the place where one is."""
    desk.shell.push(BankProfilesPage(desk))


class BankProfilesPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        super().__init__(
            desk.shell,
            Design(
                name="bank_profiles",
                title=_("Tables of banks"),
                columns=[
                    Column("name", _("Bank"), 190, sort_key="name", strong=True),
                    Column("whose", _("From"), 150, sort_key="whose", secondary=True),
                    Column("day", _("Day"), 150, lines=2),
                    Column("amount", _("Amount"), 190, lines=2),
                    Column("text", _("Text"), 220, wide=True, lines=2, secondary=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search banks, columns"),
                nothing_yet="",
                depends=SETTINGS | {"bank"},
                chips=[Chip(_OWN, _("Kept here"), "whose")],
                menu=["bank_profiles.forget"],
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action(
                "bank_profiles.forget", _("Forget this profile"), self.forget, "delete", "Del", self._own, danger=True
            ),
        ]

    def _load(self) -> Sequence[Row]:
        return [_row(place, one) for place, one in enumerate(listed_profiles(self.desk.book), 1)]

    def _summary(self) -> Summary:
        own = sum(one.own for one in listed_profiles(self.desk.book))
        if not own:
            return Summary(_("None is kept here; taking in a file keeps one when it is told the columns."))
        said = ngettext(
            "{count} is kept here; taking in a file keeps one when it is told the columns.",
            "{count} are kept here; taking in a file keeps one when it is told the columns.",
            own,
        )
        return Summary(said.format(count=number_text(own)), counts={_OWN: own})

    def show_detail(self, one: int | None) -> None:
        self.acts.refresh()

    def _chosen(self) -> Row:
        ids = self.selected_ids()[:1]
        return self._rows.rows(ids).get(ids[0], {}) if ids else {}

    def _own(self) -> bool:
        return _OWN in self._chosen().get("marks", ())  # type: ignore[operator]

    def forget(self) -> None:
        """Read tables with its columns as the program recognises them."""
        name = str(self._chosen()["name"])
        act = partial(forget_profile, self.desk.book, name, actor=self.desk.actor)
        said = _("The profile “{name}” is forgotten. What was taken in by it stays.").format(name=name)
        write(self.desk, _("Forgetting a profile"), act, said, changed=SETTINGS)


def _row(place: int, one: ListedProfile) -> Row:
    return {
        "id": place,
        "marks": (_OWN,) if one.own else (),
        "name": one.name,
        "whose": _("Kept here") if one.own else _("Comes with Sheaf"),
        "day": ", ".join(one.day),
        "amount": ", ".join(one.amount),
        "text": ", ".join(one.text),
    }
