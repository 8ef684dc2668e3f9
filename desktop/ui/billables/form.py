"""The forms of hours and of what is billed once: a client, one of its agreements, and what is to be billed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QWidget

from desktop.i18n import _
from desktop.jobs import Job
from desktop.services.billables import create_one_off, create_time_entry, update_one_off, update_time_entry
from desktop.services.lists.billables import Kind, row_id, source
from desktop.ui.billables.around import Around, Owner, agreements_of, around
from desktop.ui.billables.listing import kind_word
from desktop.ui.choices import currencies
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice, ChoiceEditor, TextEditor
from desktop.ui.form import Field, Form, Section
from desktop.ui.latest import Latest
from desktop.ui.saving import tell, writing

_WIDTH, _MOST_HEIGHT, _BUTTONS = 600, 780, 130


class BillableForm(Form):
    """Offers the agreements of the chosen client, and says what follows from having none."""

    def __init__(self, desk: Desk, found: Around, values: Mapping[str, object]) -> None:
        time = found.kind == "time"
        super().__init__(_time_sections(found) if time else _one_off_sections(found, desk), desk.shell.theme)
        self._desk = desk
        self._found = found
        self._agreements = {one.id: one for one in found.agreements}
        self._client: object = values.get("client_id")
        self._latest = Latest(desk.shell.jobs, self)
        self.editor("client_id").changed.connect(self._follow_client)
        self.editor("agreement_id").changed.connect(self._follow_agreement)
        if time:
            self._suggest_people(found.people)
        else:
            self.editor("kind").changed.connect(self._explain)
        self._offer_agreements()
        self.put(values)
        self._explain()

    def changed_values(self) -> dict[str, object]:
        """Fields that differ from the record's: what was wrong before and is not touched keeps nobody from saving."""
        values, record = self.values(), self._found.record
        values.pop("free", None)
        if record is None:
            return values
        return {name: value for name, value in values.items() if _plain(value) != _plain(_positive(record, name))}

    def _follow_client(self) -> None:
        client = self.read("client_id")
        if client == self._client:
            return
        self._client = client
        self._agreements = {}
        self._offer_agreements()
        self._explain()
        if isinstance(client, int):
            self._use_currency(next((one for one in self._found.clients if one.id == client), None))
            self._latest.ask(partial(agreements_of, self._desk.book, self._desk.today(), client), self._take_agreements)
        else:
            self._latest.drop()

    def _take_agreements(self, found: object) -> None:
        assert isinstance(found, list)
        owners: list[Owner] = found
        self._agreements = {one.id: one for one in owners}
        self._offer_agreements()
        running = [one for one in owners if one.running]
        if self._found.kind == "time" and len(running) == 1:
            self.editor("agreement_id").put(running[0].id)
        self._follow_agreement()

    def _offer_agreements(self) -> None:
        editor = self.editor("agreement_id")
        assert isinstance(editor, ChoiceEditor)
        none: Choice = (None, _("None"))
        editor.offer([none, *((one.id, one.text) for one in self._agreements.values())])

    def _follow_agreement(self) -> None:
        chosen = self.read("agreement_id")
        self._use_currency(self._agreements.get(chosen) if isinstance(chosen, int) else None)
        self._explain()

    def _use_currency(self, owner: Owner | None) -> None:
        if owner is not None and self._found.kind == "one_off":
            self.editor("currency").put(owner.currency)

    def _explain(self) -> None:
        agreed = self.read("agreement_id") is not None
        if self._found.kind == "time":
            self.explain("agreement_id", "" if agreed else _("No run bills hours without an agreement."))
            return
        self.explain(
            "agreement_id", "" if agreed else _("Without one it is billed to the client on an invoice of its own.")
        )
        kind = self.read("kind")
        notes = {
            "discount": _("Without a minus."),
            "deposit": _("Taken off the later invoice."),
        }
        self.explain("unit_price", notes.get(str(kind), ""))
        price = self.editor("unit_price")
        assert isinstance(price, TextEditor)
        # Only a charge may leave its price to the card.
        price.setPlaceholderText(_("By the rate card") if kind == "charge" else "")

    def _suggest_people(self, names: Sequence[str]) -> None:
        editor = self.editor("person")
        assert isinstance(editor, TextEditor)
        finder = QCompleter(list(names), editor)
        finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        finder.setFilterMode(Qt.MatchFlag.MatchContains)
        editor.setCompleter(finder)


def _plain(value: object) -> object:
    """An empty text and no text are the same."""
    return None if value == "" else value


def _positive(record: Mapping[str, object], name: str) -> object:
    """A value as the form shows it: what a discount takes off is typed without its minus."""
    value = record[name]
    return -value if name == "unit_price" and record["kind"] == "discount" and value is not None else value  # type: ignore[operator]


def _owner_fields(found: Around) -> list[Field]:
    clients = [(one.id, one.text) for one in found.clients]
    return [
        Field("client_id", _("Client"), "choice", required=True, choices=clients),
        Field("agreement_id", _("Agreement"), "choice"),
    ]


def _item_field(found: Around, span: int) -> Field:
    return Field("item_id", _("Item"), "choice", span=span, choices=[(None, ""), *found.items])


def _time_sections(found: Around) -> list[Section]:
    return [
        Section("", _owner_fields(found)),
        Section(
            "",
            [
                Field("work_date", _("Worked on"), "date", required=True, span=2),
                Field("hours", _("Hours"), "number", required=True, span=2),
                Field("rate", _("Rate per hour"), "number", span=2, hint=_("As agreed")),
                _item_field(found, 4),
                Field("person", _("Person"), span=2),
                Field("note", _("What was done"), "lines", hint=_("As the client may read it on the invoice")),
                Field("billable", _("Billable"), "check"),
            ],
        ),
    ]


def _one_off_sections(found: Around, desk: Desk) -> list[Section]:
    kinds = [(kind, kind_word(kind)) for kind in ("charge", "discount", "deposit")]
    own = [one.currency for one in (*found.clients, *found.agreements)]
    return [
        Section("", _owner_fields(found)),
        Section(
            "",
            [
                Field("kind", _("Kind"), "choice", required=True, span=3, choices=kinds),
                Field("due_date", _("Billable from"), "date", required=True, span=3),
                _item_field(found, 6),
                Field("quantity", _("Quantity"), "number", required=True, span=2),
                Field("unit_price", _("Price"), "number", span=2),
                Field(
                    "currency",
                    _("Currency"),
                    "choice",
                    required=True,
                    span=2,
                    choices=[(code, str(code)) for code, _name in currencies(desk.shell.home_currency, *sorted(own))],
                ),
                Field("description", _("What is billed"), "lines", hint=_("As it stands on the invoice")),
                Field("free", _("A price of 0 is meant"), "check"),
            ],
        ),
    ]


def new_billable(desk: Desk, parent: QWidget, kind: str, done: Callable[[int], object]) -> None:
    """Ask for hours ("time"), or for a charge, a discount or a deposit; `done` gets the id of its row."""
    own: Kind = "time" if kind == "time" else "one_off"
    today = desk.today()
    values: dict[str, object] = (
        {"work_date": today, "billable": True}
        if kind == "time"
        else {"kind": kind, "due_date": today, "quantity": 1, "currency": desk.shell.home_currency}
    )
    desk.shell.jobs.ask(
        partial(around, desk.book, today, own, None), lambda found: _show(desk, parent, None, found, values, done)
    )


def edit_billable(desk: Desk, parent: QWidget, one: int, done: Callable[[int], object], *, copy: bool = False) -> None:
    """Show the form of the row with this id, or of a new one like it, of today. What is billed is only told of."""
    kind, _own_id = source(one)
    today = desk.today()

    def show(found: object) -> None:
        assert isinstance(found, Around)
        record = found.record
        assert record is not None
        if record["invoice"] and not copy:
            _tell_billed(desk, record)
            return
        values: dict[str, object] = dict(record) if kind == "time" else _typed(record)
        if not copy:
            _show(desk, parent, one, found, values, done)
            return
        values["work_date" if kind == "time" else "due_date"] = today
        fresh = Around(kind, None, found.clients, found.agreements, found.items, found.people)
        _show(desk, parent, None, fresh, values, done)

    desk.shell.jobs.ask(partial(around, desk.book, today, kind, one), show)


def _tell_billed(desk: Desk, record: Mapping[str, object]) -> None:
    invoice_id = record["invoice_id"]
    desk.shell.notices.say(
        _("It was billed on {invoice}, so it stays as it is.").format(invoice=record["invoice"]),
        _("Write a credit note that frees it, then change it and bill it again."),
        [(_("Show the invoice"), lambda: desk.shell.go("invoices", invoice_id))],
        tone="note",
    )


def _typed(record: Mapping[str, object]) -> dict[str, object]:
    price = record["unit_price"]
    return {**record, "unit_price": _positive(record, "unit_price"), "free": price is not None and price == 0}


def _show(
    desk: Desk,
    parent: QWidget,
    one: int | None,
    found: object,
    values: Mapping[str, object],
    done: Callable[[int], object],
) -> None:
    assert isinstance(found, Around)
    form = BillableForm(desk, found, values)
    time = found.kind == "time"

    def save(_values: dict[str, object]) -> Job:
        work = partial(_save, desk, found.kind, one, form.changed_values(), bool(not time and form.read("free")))
        return writing(desk, _("Saving the hours") if time else _("Saving the charge"), work)

    def saved(written: object) -> None:
        tell(desk, _said(form, time, one is None), written)
        done(written.result)  # type: ignore[attr-defined]

    title, verb = _titles(str(values.get("kind", "time")), one is None)
    dialog = FormDialog(desk.shell, title, form, verb, save, parent)
    dialog.resize(desk.shell.theme.px(_WIDTH), min(_MOST_HEIGHT, form.sizeHint().height() + _BUTTONS))
    dialog.saved.connect(saved)
    # Who it is for is known where a row was copied or is changed.
    known = "hours" if time else "unit_price"
    form.editor("client_id" if values.get("client_id") is None else known).setFocus()
    dialog.keep_typing("time" if time else "charge", one or 0)
    dialog.open()


def _save(desk: Desk, kind: str, one: int | None, values: Mapping[str, object], free: bool) -> int:
    """The id of the row, written."""
    book, actor = desk.book, desk.actor
    if one is None:
        if kind == "time":
            return row_id("time", create_time_entry(book, values, actor=actor))
        return row_id("one_off", create_one_off(book, values, actor=actor, allow_zero=free))
    own_id = source(one)[1]
    if kind == "time":
        update_time_entry(book, own_id, values, actor=actor)
    else:
        update_one_off(book, own_id, values, actor=actor, allow_zero=free)
    return one


def _said(form: BillableForm, time: bool, new: bool) -> str:
    client = form.editor("client_id")
    assert isinstance(client, ChoiceEditor)
    name = client.currentText().rpartition(" · ")[0]
    if time:
        hours = form.editor("hours")
        assert isinstance(hours, TextEditor)
        said = _("{hours} h for {name} are added.") if new else _("{hours} h for {name} are saved.")
        return said.format(hours=hours.text(), name=name)
    said = _("{kind} for {name} is added.") if new else _("{kind} for {name} is saved.")
    return said.format(kind=kind_word(str(form.read("kind"))), name=name)


def _titles(kind: str, new: bool) -> tuple[str, str]:
    """The dialog's title and its verb."""
    words = {
        "time": (_("New time entry"), _("Add the hours"), _("Time entry")),
        "charge": (_("New charge"), _("Add the charge"), _("Charge")),
        "discount": (_("New discount"), _("Add the discount"), _("Discount")),
        "deposit": (_("New deposit"), _("Add the deposit"), _("Deposit")),
    }[kind]
    return (words[0], words[1]) if new else (words[2], _("Save"))
