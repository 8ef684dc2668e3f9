"""The form of an agreement: who, what, how often, until when, with its lines as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.jobs import Job
from desktop.services.agreements import agreement, create_agreement, update_agreement
from desktop.services.catalogue import items
from desktop.services.firm import firm
from desktop.services.lists.clients import ClientList
from desktop.services.segments import inherited, segments
from desktop.ui.agreements import values as conversions
from desktop.ui.agreements.schedule import explained
from desktop.ui.agreements.sections import METER, line_columns, sections
from desktop.ui.choices import terms_text
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import CheckEditor, Choice, TextEditor
from desktop.ui.latest import Latest
from desktop.ui.lines_editor import LineTable
from desktop.ui.lines_form import LinesForm
from desktop.ui.saving import tell, writing

_SIZE = (1120, 760)
# Below the section of dates, which the lines and the first section stand above.
_PLACE_OF_SCHEDULE = 3
_DATES = (
    "billing",
    "every_count",
    "every_unit",
    "alignment",
    "bill_day",
    "anchor",
    "timing",
    "start_date",
    "end_date",
    "trial_until",
    "charged_through",
    "fixed_30",
)


@dataclass(frozen=True)
class Around:
    """What the form of an agreement needs to know; `record` is None for a new one."""

    record: Mapping[str, Any] | None
    clients: Sequence[Choice]
    currencies: Mapping[int, str]
    segments: Sequence[Choice]
    items: Sequence[Choice]
    home: str
    today: date


def around(book: Book, agreement_id: int | None, today: date) -> Around:
    record = agreement(book, agreement_id) if agreement_id is not None else None
    listing = ClientList(book, today)
    ids = list(listing.ids("", frozenset(), "", False))
    if record is not None and record["client_id"] not in ids:
        ids.append(record["client_id"])
    rows = listing.rows(ids)
    used = {line["item_id"] for line in record["lines"]} if record else set()
    return Around(
        record,
        [(one, f"{rows[one]['name']} · {rows[one]['code']}") for one in ids],
        {one: str(rows[one]["currency"]) for one in ids},
        [(one["id"], str(one["name"])) for one in segments(book)],
        [(one["id"], str(one["name"])) for one in items(book, archived=True) if one["active"] or one["id"] in used],
        str(firm(book)["currency"]),
        today,
    )


class AgreementForm(LinesForm):
    """Explains as one types what the dates mean, and follows the client's currency and terms."""

    def __init__(self, desk: Desk, known: Around, client_id: int | None) -> None:
        self._desk = desk
        self._known = known
        super().__init__(
            sections(
                known.clients,
                known.segments,
                known.home,
                new=known.record is None,
                currency=str(known.record["currency"]) if known.record else "",
            ),
            desk.shell.theme,
        )
        table = LineTable(line_columns(known.items), desk.shell.theme, _("Lines"))
        self.add_table("lines", _("Lines"), table, 1)
        self._zero = CheckEditor(_("A price of 0 is meant"))
        table_layout, form_layout = table.layout(), self.layout()
        assert isinstance(table_layout, QVBoxLayout)
        assert isinstance(form_layout, QVBoxLayout)
        table_layout.addWidget(self._zero)
        table.changed.connect(self._follow_lines)
        self._schedule = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._schedule.setProperty("role", "note")
        self._schedule.setContentsMargins(0, 0, 0, 12)
        form_layout.insertWidget(_PLACE_OF_SCHEDULE, self._schedule)
        self._latest = Latest(desk.shell.jobs, self)
        start = conversions.fresh(known.today, known.home) if known.record is None else conversions.shown(known.record)
        if client_id is not None:
            start |= {"client_id": client_id, "currency": known.currencies[client_id]}
        self.put(start)
        if known.record is not None and conversions.has_terms(known.record):
            self.unfold("renewal")
        for key in _DATES:
            self.editor(key).changed.connect(self._explain_dates)
        self.editor("client_id").changed.connect(self._follow_client)
        self.editor("terms").changed.connect(self._explain_terms)
        self._follow_lines()
        self._explain_dates()
        self._explain_terms()
        self._ask_terms(self.value_of("client_id"))

    def value_of(self, key: str) -> object:
        """What a field says, None while it cannot be read."""
        try:
            return self.editor(key).value()
        except UserError:
            return None

    @property
    def allow_zero(self) -> bool:
        """Whether the person says that a price of 0 is no slip."""
        return self._zero.isChecked()

    @property
    def schedule(self) -> str:
        """What the form says of its dates."""
        return self._schedule.text()

    def _follow_lines(self) -> None:
        model = self.table("lines").model
        lines = [model.line(row) for row in range(model.rowCount())]
        self._zero.setVisible(any(line.get("unit_price") == 0 for line in lines))
        metered = self.value_of("billing") == "usage" or any(line.get("kind") == "usage" for line in lines)
        self.table("lines").show_columns(METER, metered)
        self.table("lines").show_columns(("discount",), not metered)

    def _follow_client(self) -> None:
        chosen = self.value_of("client_id")
        if self._known.record is None and isinstance(chosen, int):
            self.editor("currency").put(self._known.currencies[chosen])
        self._ask_terms(chosen)

    def _ask_terms(self, client_id: object) -> None:
        if isinstance(client_id, int):
            book = self._desk.book
            self._latest.ask(lambda: inherited(book, client_id=client_id)["terms"].value, self._show_terms)

    def _show_terms(self, terms: object) -> None:
        editor = self.editor("terms")
        assert isinstance(editor, TextEditor)
        editor.setPlaceholderText(_("As the client: {terms}").format(terms=terms_text(str(terms))))

    def _explain_terms(self) -> None:
        typed = self.value_of("terms")
        said = terms_text(str(typed)) if typed else ""
        self.explain("terms", said if said != typed else _("Such as “net 30”, “eom+10”, “30% now, 70% net 30”."))

    def _explain_dates(self) -> None:
        on_a_day = self.value_of("alignment") == "bcd"
        self.editor("bill_day").setEnabled(on_a_day)
        billing = self.value_of("billing")
        self._follow_lines()
        self.show_field("agreed", billing in ("fixed", "hybrid"))
        self.show_field("cap", billing in ("time", "hybrid"))
        self.show_field("grouping", billing in ("time", "hybrid"))
        recurs = billing not in ("time", "fixed")
        for key in ("every_count", "every_unit", "alignment", "anchor", "timing", "fixed_30"):
            self.editor(key).setEnabled(recurs)
        values = {key: self.value_of(key) for key in _DATES}
        billed = self._known.record["billed_through"] if self._known.record else None
        self._schedule.setText(explained(values, billed, self._known.today))


def edit_agreement(
    desk: Desk,
    parent: QWidget,
    agreement_id: int | None,
    done: Callable[[int], object],
    client_id: int | None = None,
    field: str = "",
) -> None:
    """Show the form of an agreement, or of a new one; `done` gets its id once it is saved. It begins at `field`."""
    today = desk.today()
    desk.shell.jobs.ask(
        lambda: around(desk.book, agreement_id, today),
        lambda found: _show(desk, parent, agreement_id, found, done, client_id, field),
    )


def _show(
    desk: Desk,
    parent: QWidget,
    agreement_id: int | None,
    found: object,
    done: Callable[[int], object],
    client_id: int | None,
    field: str,
) -> None:
    assert isinstance(found, Around)
    if not found.clients:
        desk.shell.notices.say(
            _("There is no client to agree with yet."),
            _("Add the client first."),
            [(_("Show the clients"), lambda: desk.shell.go("clients"))],
            tone="note",
        )
        return
    form = AgreementForm(desk, found, client_id)
    book, actor, record = desk.book, desk.actor, found.record

    def save(typed: dict[str, object]) -> Job:
        values = conversions.kept(typed, record)
        table, allow_zero = form.table("lines"), form.allow_zero
        # Lines that nobody touched are not asked about again.
        lines = (
            conversions.kept_lines(table.values(), str(values.get("currency") or (record or {}).get("currency", "")))
            if record is None or table.dirty
            else None
        )

        def work() -> int:
            if agreement_id is None:
                return create_agreement(book, values, lines or (), actor=actor, allow_zero=allow_zero)
            update_agreement(book, agreement_id, values, lines, actor=actor, allow_zero=allow_zero)
            return agreement_id

        return writing(desk, _("Saving the agreement"), work)

    def saved(written: object) -> None:
        title = str(form.value_of("title") or _("The agreement"))
        said = _("{title} is added.") if agreement_id is None else _("{title} is saved.")
        tell(desk, said.format(title=title), written)
        done(written.result)  # type: ignore[attr-defined]

    title = _("New agreement") if record is None else f"{record['code']} · {record['title']}"
    verb = _("Add the agreement") if record is None else _("Save")
    dialog = FormDialog(desk.shell, title, form, verb, save, parent)
    dialog.resize(*(desk.shell.theme.px(side) for side in _SIZE))
    dialog.saved.connect(saved)
    if not form.focus_on(field):
        form.editor("client_id" if record is None and client_id is None else "title").setFocus()
    dialog.keep_typing("agreement", agreement_id or 0)
    dialog.open()
