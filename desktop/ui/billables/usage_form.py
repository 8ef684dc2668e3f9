"""The form of a record of use: which meter of which agreement, over which days, how many units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.jobs import Job
from desktop.services.lists.billables import row_id, source
from desktop.services.problems import ValidationError
from desktop.services.usage import change_usage, metered_agreements, meters_of, record_usage, usage
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice, ChoiceEditor
from desktop.ui.form import Field, Form, Section
from desktop.ui.latest import Latest
from desktop.ui.saving import tell, writing

_WIDTH, _BUTTONS = 560, 130
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Around:
    """The agreements that count anything, the meters of the one that is chosen, and the record that is changed."""

    record: Mapping[str, object] | None
    agreements: Sequence[Choice]
    meters: Sequence[Choice]


def around(book: Book, one: int | None) -> Around:
    """Raises UserError where the record is gone, or where nothing is counted yet."""
    found = None if one is None else usage(book, source(one)[1])
    agreements: list[Choice] = [(id, text) for id, _client, text in metered_agreements(book)]
    if not agreements:
        raise UserError(
            _("No agreement counts any use."),
            _("Give an agreement a line of the kind “Usage” first: its item is counted."),
        )
    return Around(found, agreements, meters_of(book, found["agreement_id"]) if found else ())


class UsageForm(Form):
    """Offers the meters of the chosen agreement, and chooses where there is but one."""

    def __init__(self, desk: Desk, found: Around, values: Mapping[str, object]) -> None:
        super().__init__(_sections(found), desk.shell.theme)
        self._desk = desk
        self._latest = Latest(desk.shell.jobs, self)
        self._agreement: object = values.get("agreement_id")
        self.editor("agreement_id").changed.connect(self._follow)
        self.put(values)

    def _follow(self) -> None:
        chosen = self.read("agreement_id")
        if chosen == self._agreement:
            return
        self._agreement = chosen
        if isinstance(chosen, int):
            self._latest.ask(partial(meters_of, self._desk.book, chosen), self._offer)
        else:
            self._latest.drop()
            self._offer([])

    def _offer(self, found: object) -> None:
        assert isinstance(found, list)
        editor = self.editor("item_id")
        assert isinstance(editor, ChoiceEditor)
        editor.offer([(None, ""), *found])
        if len(found) == 1:
            editor.put(found[0][0])


def _sections(found: Around) -> list[Section]:
    return [
        Section(
            "",
            [
                Field("agreement_id", _("Agreement"), "choice", required=True, choices=found.agreements),
                Field("item_id", _("What was counted"), "choice", required=True, choices=[(None, ""), *found.meters]),
            ],
        ),
        Section(
            "",
            [
                Field("start_date", _("First day"), "date", required=True, span=2),
                Field("last_day", _("Last day"), "date", span=2, hint=_("The same")),
                Field("quantity", _("Units"), "number", required=True, span=2),
                Field("note", _("Note")),
            ],
        ),
    ]


def new_usage(desk: Desk, parent: QWidget, done: Callable[[int], object]) -> None:
    """Ask for a record of use; `done` gets the id of its row in the list."""
    values: dict[str, object] = {"start_date": desk.today()}
    desk.shell.jobs.ask(partial(around, desk.book, None), lambda found: _show(desk, parent, None, found, values, done))


def edit_usage(desk: Desk, parent: QWidget, one: int, done: Callable[[int], object], *, copy: bool = False) -> None:
    """Show the form of the record with this id, or of a new one like it. What is billed is only told of."""

    def show(found: object) -> None:
        assert isinstance(found, Around)
        record = found.record
        assert record is not None
        if record["invoice"] and not copy:
            invoice_id = record["invoice_id"]
            desk.shell.notices.say(
                _("It was billed on {invoice}, so it stays as it is.").format(invoice=record["invoice"]),
                _("Record the difference as a record of its own: below 0 where too much was counted."),
                [(_("Show the invoice"), lambda: desk.shell.go("invoices", invoice_id))],
                tone="note",
            )
            return
        end = record["end_date"]
        assert isinstance(end, date)
        values = {name: record[name] for name in ("agreement_id", "item_id", "start_date", "quantity", "note")}
        values["last_day"] = end - _DAY
        _show(desk, parent, None if copy else one, found, values, done)

    desk.shell.jobs.ask(partial(around, desk.book, one), show)


def _show(
    desk: Desk,
    parent: QWidget,
    one: int | None,
    found: object,
    values: Mapping[str, object],
    done: Callable[[int], object],
) -> None:
    assert isinstance(found, Around)
    form = UsageForm(desk, found, values)

    def save(typed: dict[str, object]) -> Job:
        return writing(desk, _("Saving the use"), partial(_save, desk, one, typed))

    def saved(written: object) -> None:
        tell(desk, _("The use is recorded.") if one is None else _("The record of use is saved."), written)
        done(written.result)  # type: ignore[attr-defined]

    title, verb = (_("New record of use"), _("Record the use")) if one is None else (_("Record of use"), _("Save"))
    dialog = FormDialog(desk.shell, title, form, verb, save, parent)
    dialog.resize(desk.shell.theme.px(_WIDTH), form.sizeHint().height() + _BUTTONS)
    dialog.saved.connect(saved)
    form.editor("agreement_id" if values.get("agreement_id") is None else "quantity").setFocus()
    dialog.keep_typing("usage", one or 0)
    dialog.open()


def _save(desk: Desk, one: int | None, typed: Mapping[str, object]) -> int:
    """The id of the row, written; the book's half-open days come from the last day as it was typed."""
    values = {name: value for name, value in typed.items() if name != "last_day"}
    last = typed["last_day"]
    values["end_date"] = last + _DAY if isinstance(last, date) else None
    try:
        if one is None:
            return row_id("usage", record_usage(desk.book, values, actor=desk.actor))
        change_usage(desk.book, source(one)[1], values, actor=desk.actor)
        return one
    except ValidationError as error:
        if "end_date" in error.fields:
            error.fields["last_day"] = error.fields.pop("end_date")
        raise
