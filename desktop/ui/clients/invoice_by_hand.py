"""An invoice outside any agreement: its lines are typed, then it goes before the gate like any other draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.catalogue import items
from desktop.services.clients import client
from desktop.services.lists.runs import run_id
from desktop.services.manual import ManualLine, draft_invoice
from desktop.services.segments import inherited
from desktop.ui.choices import currencies, terms_text
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Section
from desktop.ui.last_days import day_after
from desktop.ui.lines_editor import LineTable
from desktop.ui.lines_form import LinesForm
from desktop.ui.lines_model import LineColumn

_SIZE = (980, 560)


@dataclass(frozen=True)
class _Around:
    client: Mapping[str, Any]
    items: Sequence[Mapping[str, Any]]
    terms: str


def invoice_by_hand(desk: Desk, parent: QWidget, client_id: int, opened: Callable[[int], object]) -> None:
    """Ask for the lines; `opened` gets the id of the run that holds the draft for review."""
    desk.shell.jobs.ask(lambda: _around(desk.book, client_id), lambda found: _show(desk, parent, found, opened))


def _around(book: Book, client_id: int) -> _Around:
    terms = terms_text(str(inherited(book, client_id=client_id)["terms"].value))
    return _Around(client(book, client_id), items(book), terms)


def line_columns(catalogue: Sequence[Mapping[str, Any]]) -> list[LineColumn]:
    names = {one["code"]: str(one["name"]) for one in catalogue}

    def text_hint(line: Mapping[str, object]) -> str:
        return names.get(line.get("item"), _("What is billed")) if line.get("item") else _("What is billed")

    def price_hint(line: Mapping[str, object]) -> str:
        return _("by the card") if line.get("item") else ""

    return [
        LineColumn("item", _("Item"), "choice", width=170, choices=list(names.items()), hint=_("Free text")),
        LineColumn("description", _("Description"), wide=True, hint=text_hint),
        LineColumn("quantity", _("Quantity"), "number", width=84, start=Decimal(1)),
        LineColumn("unit_price", _("Unit price"), "number", width=104, hint=price_hint),
        LineColumn("discount", _("Discount %"), "percent", width=92),
        LineColumn("period_start", _("From"), "date", width=112),
        LineColumn("period_end", _("Through"), "date", width=112),
    ]


def _show(desk: Desk, parent: QWidget, found: object, opened: Callable[[int], object]) -> None:
    assert isinstance(found, _Around)
    own = str(found.client["currency"])
    form = LinesForm(
        [
            Section(
                "",
                [
                    Field("currency", _("Currency"), "choice", span=2, choices=currencies(own)),
                    Field("terms", _("Payment terms"), span=2, hint=found.terms),
                    Field("po_number", _("PO number"), span=2),
                ],
            ),
            Section(
                "",
                [
                    Field("buyer_reference", _("Buyer reference"), span=2, hint=str(found.client["buyer_reference"])),
                    Field("note", _("First words on the invoice"), span=4),
                ],
            ),
        ],
        desk.shell.theme,
    )
    form.add_table("lines", _("Lines"), LineTable(line_columns(found.items), desk.shell.theme, _("Lines"), 4), 1)
    form.put({"currency": own, "lines": []})
    code, actor, now, today = str(found.client["code"]), desk.actor, desk.now, desk.today()

    def save(values: dict[str, object]) -> Job:
        typed = values["lines"]
        assert isinstance(typed, list)
        texts = {key: str(values[key] or "") for key in ("currency", "terms", "po_number", "buyer_reference", "note")}

        def work(_report: object) -> int:
            lines = [_line(one) for one in typed]
            number, _draft = draft_invoice(desk.book, code, lines, actor=actor, now=now, today=today, **texts)
            return run_id(desk.book, number)

        return Job(_("Drafting the invoice"), work, {"runs"}, lane=Lane.HAND, quiet=True)

    title = _("Invoice to {name}").format(name=found.client["name"])
    dialog = FormDialog(desk.shell, title, form, _("Draft and review"), save, parent)
    dialog.resize(*(desk.shell.theme.px(side) for side in _SIZE))
    dialog.saved.connect(opened)
    form.table("lines").setFocus()
    dialog.keep_typing("invoice_by_hand", int(str(found.client["id"])))
    dialog.open()


def _line(typed: Mapping[str, Any]) -> ManualLine:
    start: date | None = typed.get("period_start")
    return ManualLine(
        description=str(typed.get("description") or ""),
        item=str(typed.get("item") or ""),
        quantity=Decimal(1) if typed.get("quantity") is None else typed["quantity"],
        unit_price=typed.get("unit_price"),
        discount=typed.get("discount") or Decimal(0),
        period_start=start,
        period_end=day_after(typed.get("period_end")),
    )
