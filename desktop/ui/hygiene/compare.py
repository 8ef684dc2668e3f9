"""Two clients or items side by side: which value stays is chosen field by field, then they become one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from desktop.i18n import _, pgettext
from desktop.jobs import Job, Lane
from desktop.services import merging
from desktop.services.catalogue import items
from desktop.services.merge_fields import FieldPair
from desktop.services.merge_previews import Comparison, compare_clients, compare_items
from desktop.ui.choices import country_name
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Form, Section
from desktop.ui.payments.payers import payers
from desktop.ui.saving import tell, writing
from desktop.ui.settings.asking import SETTINGS
from desktop.ui.theme import Theme

Kind = Literal["clients", "items"]
Done = Callable[[int], object]

# A merge may touch what any page shows.
CHANGED = SETTINGS | {"invoices", "payments"}
_WIDTH, _HEIGHT = 760, 620
_NOTHING = "–"


class CompareForm(Form):
    """One row a field that differs, with a button on each side; its value is the names taken from the one that goes."""

    def __init__(self, shown: Comparison, theme: Theme) -> None:
        super().__init__([], theme)
        self._groups: dict[str, QButtonGroup] = {}
        self._first: QRadioButton | None = None
        differing = [one for one in shown.fields if one.keep != one.absorb]
        self._pairs: Mapping[str, FieldPair] = {one.name: one for one in differing}
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for column, (word, name) in enumerate(((_("Stays"), shown.keep), (_("Goes into it"), shown.absorb)), 1):
            grid.addWidget(_label(word, "secondary"), 0, column)
            grid.addWidget(_label(name, "strong"), 1, column)
        for row, one in enumerate(differing, 2):
            self._add(grid, row, one)
        layout.insertLayout(0, grid)
        place = 1
        same = [one.title for one in shown.fields if one.keep == one.absorb]
        for word, texts in (
            (_("The same in both"), same),
            (_("Moves"), shown.moves),
            (_("Stays as it was issued and counts for the one"), shown.stays),
        ):
            if texts:
                layout.insertWidget(place, _label(f"{word}: {', '.join(texts)}.", "secondary"))
                place += 1
        for caution in shown.cautions:
            layout.insertWidget(
                place, _label("{word}: {caution}".format(word=pgettext("severity", "Note"), caution=caution), "")
            )
            place += 1
        self._start = self.taken()

    def _add(self, grid: QGridLayout, row: int, one: FieldPair) -> None:
        grid.addWidget(_label(one.title, "secondary"), row, 0, Qt.AlignmentFlag.AlignVCenter)
        group = QButtonGroup(self)
        for column, (text, taken) in enumerate(((one.keep_text, False), (one.absorb_text, True)), 1):
            button = QRadioButton(_readable(one.name, text))
            button.setChecked(taken == one.take)
            button.setAccessibleName(f"{one.title}: {button.text()}")
            group.addButton(button, int(taken))
            grid.addWidget(button, row, column)
            if self._first is None:
                self._first = button
        group.idToggled.connect(lambda side, on, name=one.name: self._follow(name, side) if on else None)
        self._groups[one.name] = group

    def _follow(self, name: str, side: int) -> None:
        """What makes sense only together changes sides together."""
        for other in self._pairs[name].together:
            if other in self._groups:
                self._groups[other].button(side).setChecked(True)
        self.changed.emit()

    def taken(self) -> tuple[str, ...]:
        """The fields whose value comes from the one that goes."""
        return tuple(name for name, group in self._groups.items() if group.checkedId() == 1)

    def choose(self, name: str, *, taken: bool) -> None:
        """Choose a side, as a click does."""
        self._groups[name].button(int(taken)).click()

    @property
    def dirty(self) -> bool:
        return self.taken() != self._start

    def values(self) -> dict[str, object]:
        return {"take": self.taken()}

    def focus_first(self) -> None:
        if self._first is not None:
            self._first.setFocus()


def ask_merge(desk: Desk, parent: QWidget, kind: Kind, keep: int, absorb: int, done: Done) -> None:
    """Show both side by side; `done` gets the id of the one that stays once they are one."""
    compare = compare_clients if kind == "clients" else compare_items
    desk.shell.jobs.ask(
        lambda: compare(desk.book, keep, absorb), lambda shown: _show(desk, parent, kind, keep, absorb, shown, done)
    )


def merge_selected(desk: Desk, parent: QWidget, kind: Kind, ids: Sequence[int], done: Done) -> None:
    """Two that are selected are compared at once, the first to stay; of one, the other is asked for."""
    if len(ids) == 2:
        ask_merge(desk, parent, kind, ids[0], ids[1], done)
        return
    (one,) = ids
    desk.shell.jobs.ask(
        lambda: _others(desk, kind, one), lambda found: _ask_other(desk, parent, kind, one, found, done)
    )


def _others(desk: Desk, kind: Kind, one: int) -> list[Choice]:
    if kind == "clients":
        return [(payer.id, payer.name) for payer in payers(desk) if payer.id != one]
    return [(row["id"], f"{row['name']} · {row['code']}") for row in items(desk.book) if row["id"] != one]


def _ask_other(desk: Desk, parent: QWidget, kind: Kind, one: int, found: object, done: Done) -> None:
    assert isinstance(found, list)
    word = _("Client") if kind == "clients" else _("Item")
    field = Field("other", word, "choice", required=True, choices=found, note=_("It goes into the one that is chosen."))

    def save(values: dict[str, object]) -> Job:
        return Job(_("Merge with"), lambda _report: values["other"], lane=Lane.HAND, quiet=True)

    form = Form([Section("", [field])], desk.shell.theme)
    dialog = FormDialog(desk.shell, _("Merge with"), form, _("Compare"), save, parent)
    dialog.saved.connect(lambda other: ask_merge(desk, parent, kind, one, int(str(other)), done))
    dialog.open()


def _show(desk: Desk, parent: QWidget, kind: Kind, keep: int, absorb: int, shown: object, done: Done) -> None:
    assert isinstance(shown, Comparison)
    form = CompareForm(shown, desk.shell.theme)
    book, actor = desk.book, desk.actor
    merge = merging.merge_clients if kind == "clients" else merging.merge_items

    def save(values: dict[str, object]) -> Job:
        take = values["take"]
        assert isinstance(take, tuple)
        return writing(desk, _("Merging"), lambda: merge(book, keep, absorb, take=take, actor=actor), CHANGED)

    def saved(written: object) -> None:
        tell(desk, _said, written, CHANGED)
        done(keep)

    dialog = FormDialog(desk.shell, _("Make two one"), form, _("Merge"), save, parent)
    dialog.setMinimumWidth(desk.shell.theme.px(_WIDTH))
    dialog.resize(desk.shell.theme.px(_WIDTH), min(desk.shell.theme.px(_HEIGHT), form.sizeHint().height() + 150))
    dialog.saved.connect(saved)
    dialog.open()


def _said(merged: object) -> str:
    assert isinstance(merged, merging.Merged)
    told = _("{absorbed} is {kept} now.").format(absorbed=merged.absorbed, kept=merged.kept)
    stayed = "; ".join(merged.stayed)
    return f"{told} {stayed[:1].upper()}{stayed[1:]}." if stayed else told


def _readable(name: str, text: str) -> str:
    if not text:
        return _NOTHING
    return country_name(text) if name == "country" else text


def _label(text: str, role: str) -> QLabel:
    made = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    return made
