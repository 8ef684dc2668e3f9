"""A change in mid-period: what a line bills from a day on, with what that credits and charges told before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.jobs import Job
from desktop.services.agreement_changes import add_line, change_line
from desktop.services.agreements import agreement
from desktop.services.catalogue import items
from desktop.services.change_preview import ChangePreview, preview_added, preview_changed
from desktop.services.problems import ValidationError
from desktop.services.renewals import renewal_day
from desktop.ui.agreements.words import span_text
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Form, Section
from desktop.ui.latest import Latest
from desktop.ui.saving import tell, writing

# Stands for a line that the agreement does not have yet.
_NEW = 0
_NOW, _LATER = "now", "renewal"


@dataclass(frozen=True)
class _Known:
    lines: Sequence[Mapping[str, Any]]
    names: Sequence[Choice]
    items: Sequence[Choice]
    today: date
    renewal: date


def ask_change(desk: Desk, parent: QWidget, agreement_id: int) -> None:
    """Ask what changes and from when; the figures of it stand below as one types."""
    book, today = desk.book, desk.today()
    desk.shell.jobs.ask(
        lambda: _known(book, agreement_id, today), lambda found: _show(desk, parent, agreement_id, found)
    )


def _known(book: Book, agreement_id: int, today: date) -> _Known:
    record = agreement(book, agreement_id)
    every = items(book, archived=True)
    names = {one["id"]: str(one["name"]) for one in every}
    lines = [
        line
        for line in record["lines"]
        if line["kind"] == "recurring" and (line["end_date"] is None or line["end_date"] > today)
    ]
    told: list[Choice] = []
    for line in lines:
        price = number_text(line["unit_price"]) if line["unit_price"] is not None else _("rate card")
        name = line["description"] or names.get(line["item_id"], "")
        told.append((line["id"], f"{name} ({number_text(line['quantity'])} × {price})"))
    chosen: list[Choice] = [(one["id"], str(one["name"])) for one in every if one["active"]]
    return _Known(lines, [*told, (_NEW, _("A further line"))], chosen, today, renewal_day(book, agreement_id, today))


class ChangeForm(Form):
    """Says below what the change credits and charges, as soon as it says enough."""

    def __init__(self, desk: Desk, agreement_id: int, known: _Known) -> None:
        self._desk = desk
        self._agreement_id = agreement_id
        self._known = known
        later = _("At renewal, on {day}").format(day=date_text(known.renewal))
        super().__init__(
            [
                Section(
                    "",
                    [
                        Field("line", _("What changes"), "choice", required=True, choices=known.names),
                        Field(
                            "when",
                            _("When"),
                            "choice",
                            required=True,
                            span=3,
                            choices=[(_NOW, _("From a day on")), (_LATER, later)],
                        ),
                        Field("dated", _("First day of the change"), "date", required=True, span=3),
                        Field("item_id", _("Item"), "choice", span=6, choices=known.items),
                        Field("quantity", _("Quantity"), "number", span=2),
                        Field("unit_price", _("Unit price"), "number", span=2, hint=_("rate card")),
                        Field("reference", _("Reference"), span=2, hint=_("Order, letter")),
                        Field("reason", _("Why"), hint=_("Such as “two more seats”")),
                    ],
                )
            ],
            desk.shell.theme,
        )
        self._figures = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._figures.setProperty("role", "note")
        self._figures.setAccessibleName(_("What it comes to"))
        # As tall from the start as with figures, so that the dialog does not jump.
        self._figures.setMinimumHeight(desk.shell.theme.px(72))
        self._figures.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(1, self._figures)
        self._latest = Latest(desk.shell.jobs, self)
        self.put({"line": known.names[0][0], "when": _NOW, "dated": known.today})
        self._follow_line()
        self.editor("line").changed.connect(self._follow_line)
        self.editor("when").changed.connect(self._follow_when)
        for key in ("line", "when", "dated", "item_id", "quantity", "unit_price"):
            self.editor(key).changed.connect(self._ask)

    @property
    def figures(self) -> str:
        return self._figures.text()

    def _follow_line(self) -> None:
        """The fields begin with what the line bills now."""
        line = self._line()
        blank = {"item_id": None, "quantity": Decimal(1), "unit_price": None}
        start = {key: line[key] for key in blank} if line else blank
        for key, value in start.items():
            self.editor(key).put(value)
        self._ask()

    def _follow_when(self) -> None:
        later = self.editor("when").value() == _LATER
        if later:
            self.editor("dated").put(self._known.renewal)
        self.editor("dated").setEnabled(not later)

    def _line(self) -> Mapping[str, Any] | None:
        chosen = self.editor("line").value()
        return next((line for line in self._known.lines if line["id"] == chosen), None)

    def given(self) -> dict[str, Any]:
        """What the services take beside the line and the day; only what differs from the line. UserError where a field
        cannot be read."""
        line = self._line()
        typed = {key: self.editor(key).value() for key in ("item_id", "quantity", "unit_price")}
        if line is None:
            return typed
        return {key: value for key, value in typed.items() if value != line[key]}

    @property
    def line_id(self) -> int:
        line = self._line()
        return int(line["id"]) if line else _NEW

    def _ask(self) -> None:
        try:
            given, dated = self.given(), self.editor("dated").value()
        except UserError:
            return
        if not isinstance(dated, date) or (not given and self.line_id):
            self._latest.drop()
            self._figures.setText(_("Change the quantity, the price or the item: what it comes to stands here."))
            return
        book, agreement_id, line, today = self._desk.book, self._agreement_id, self.line_id, self._known.today

        def look() -> object:
            try:
                if line:
                    return preview_changed(book, agreement_id, line, dated, today=today, **given)
                return preview_added(book, agreement_id, dated, today=today, **given)
            except ValidationError as error:
                return " ".join(error.fields.values())
            except UserError as error:
                return str(error)

        self._latest.ask(look, self._tell)

    def _tell(self, found: object) -> None:
        self._figures.setText(found if isinstance(found, str) else preview_words(found))  # type: ignore[arg-type]


def preview_words(preview: ChangePreview) -> str:
    """What is credited and charged, a line each, and the run that does it."""
    if not preview.figures:
        return _("Nothing is credited or charged for it yet: these days are billed as they come.")
    told = []
    for one in preview.figures:
        days = ngettext("{days} of {whole} day", "{days} of {whole} days", one.whole_days)
        days = days.format(days=number_text(one.days), whole=number_text(one.whole_days))
        words = (
            _("{amount} credited: {text}, {span} ({days})") if one.credit else _("{amount}: {text}, {span} ({days})")
        )
        told.append(
            words.format(
                amount=money_text(one.net, preview.currency),
                text=one.text,
                span=span_text(one.start, one.end),
                days=days,
            )
        )
    through = _("Together {amount} net, on the first invoice of a run through {day}.")
    told.append(through.format(amount=money_text(preview.net, preview.currency), day=date_text(preview.through)))
    return "\n".join(told)


def _show(desk: Desk, parent: QWidget, agreement_id: int, found: object) -> None:
    assert isinstance(found, _Known)
    form = ChangeForm(desk, agreement_id, found)
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        given, line, dated = form.given(), form.line_id, values["dated"]
        assert isinstance(dated, date)
        reason, reference = str(values["reason"] or ""), str(values["reference"] or "")

        def work() -> int:
            if line:
                return change_line(
                    book, agreement_id, line, dated, actor=actor, reason=reason, reference=reference, **given
                )
            return add_line(book, agreement_id, dated, actor=actor, reason=reason, reference=reference, **given)

        return writing(desk, _("Changing the agreement"), work)

    dialog = FormDialog(desk.shell, _("Change from a day on"), form, _("Change"), save, parent)
    dialog.saved.connect(lambda written: tell(desk, _("The change is noted; the next run bills it."), written))
    dialog.keep_typing("agreement_change", agreement_id)
    dialog.open()
