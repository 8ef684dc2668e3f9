"""The last day of an agreement or of one of its lines, and what was billed beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.jobs import Job
from desktop.services.agreement_changes import end_line
from desktop.services.agreements import agreement, end_agreement
from desktop.services.catalogue import items
from desktop.services.change_preview import preview_end
from desktop.ui.agreements.change import preview_words
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Form, Section
from desktop.ui.last_days import last_day
from desktop.ui.latest import Latest
from desktop.ui.saving import tell, writing

# Stands for the agreement with all its lines.
_ALL = 0
_CREDIT, _KEEP = "credit", "keep"


def ask_end(desk: Desk, parent: QWidget, agreement_id: int) -> None:
    """Ask what ends, and when; what that credits stands below."""
    book = desk.book
    desk.shell.jobs.ask(lambda: _known(book, agreement_id), lambda found: _show(desk, parent, agreement_id, found))


def _known(book: Book, agreement_id: int) -> tuple[Mapping[str, Any], Mapping[int, str]]:
    return agreement(book, agreement_id), {one["id"]: str(one["name"]) for one in items(book, archived=True)}


class EndForm(Form):
    def __init__(self, desk: Desk, agreement_id: int, record: Mapping[str, Any], names: Mapping[int, str]) -> None:
        self._desk = desk
        self._agreement_id = agreement_id
        lines: list[Choice] = [
            (line["id"], _("Line {place}: {text}").format(place=line["position"], text=text))
            for line in record["lines"]
            if (text := str(line["description"] or names.get(line["item_id"], "") or _("Hours")))
        ]
        super().__init__(
            [
                Section(
                    "",
                    [
                        Field(
                            "what", _("What ends"), "choice", required=True, choices=[(_ALL, _("All of it")), *lines]
                        ),
                        Field("day", _("Last day billed"), "date", required=True, span=3),
                        Field(
                            "beyond",
                            _("What was billed beyond"),
                            "choice",
                            required=True,
                            span=3,
                            choices=[
                                (_CREDIT, _("Is credited by the day")),
                                (_KEEP, _("Stays: it ends when that is used up")),
                            ],
                        ),
                        Field("reason", _("Why"), hint=_("Stands in the history of a line")),
                    ],
                )
            ],
            desk.shell.theme,
        )
        self._figures = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._figures.setProperty("role", "note")
        self._figures.setAccessibleName(_("What it comes to"))
        self._figures.setMinimumHeight(desk.shell.theme.px(54))
        self._figures.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(1, self._figures)
        self._latest = Latest(desk.shell.jobs, self)
        first_of_next = (desk.today().replace(day=28) + timedelta(days=4)).replace(day=1)
        beyond = _CREDIT if record["unused"] == "credit" else _KEEP
        self.put({"what": _ALL, "day": last_day(record["end_date"] or first_of_next), "beyond": beyond})
        # What stays billed by the agreement's own rule cannot be credited here.
        self.editor("beyond").setEnabled(record["unused"] == "credit")
        for key in ("what", "day", "beyond"):
            self.editor(key).changed.connect(self._ask)
        self._ask()

    @property
    def figures(self) -> str:
        return self._figures.text()

    def _ask(self) -> None:
        try:
            what, day, beyond = (self.editor(key).value() for key in ("what", "day", "beyond"))
        except UserError:
            return
        if not isinstance(day, date) or not isinstance(what, int):
            return
        book, agreement_id, today, last = self._desk.book, self._agreement_id, self._desk.today(), day

        def look() -> object:
            try:
                return preview_end(
                    book, agreement_id, what or None, last, credit=beyond == _CREDIT, today=min(today, last)
                )
            except UserError as error:
                return str(error)

        self._latest.ask(look, self._tell)

    def _tell(self, found: object) -> None:
        if isinstance(found, str):
            self._figures.setText(found)
        elif any(one.credit for one in found.figures):  # type: ignore[attr-defined]
            self._figures.setText(preview_words(found))  # type: ignore[arg-type]
        else:
            self._figures.setText(_("Nothing is credited for it."))


def _show(desk: Desk, parent: QWidget, agreement_id: int, found: object) -> None:
    assert isinstance(found, tuple)
    record, names = found
    form = EndForm(desk, agreement_id, record, names)
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        day, what, credit = values["day"], values["what"], values["beyond"] == _CREDIT
        assert isinstance(day, date)
        assert isinstance(what, int)

        def work() -> date:
            if what == _ALL:
                return end_agreement(book, agreement_id, day, actor=actor, credit=credit)
            return end_line(
                book, agreement_id, what, day, credit=credit, reason=str(values["reason"] or ""), actor=actor
            )

        return writing(desk, _("Ending"), work)

    def said(last: object) -> str:
        assert isinstance(last, date)
        words = _("{name} has its last day on {day}.")
        return words.format(name=record["title"], day=date_text(last))

    dialog = FormDialog(desk.shell, _("End"), form, _("End"), save, parent)
    dialog.saved.connect(lambda written: tell(desk, said, written))
    dialog.open()
