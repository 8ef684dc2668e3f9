"""Edits a draft in place: texts, quantities and prices of its lines, and lines taken off."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, money_text
from desktop.jobs import Job, Lane
from desktop.services.runs import LineEdit, edit
from desktop.services.runs.review import DraftLine, draft_lines
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section


def edit_draft(desk: Desk, parent: QWidget, draft_id: int) -> None:
    """Show the lines of a draft; what is saved goes before the gate again."""
    desk.shell.jobs.ask(
        lambda: draft_lines(desk.book, draft_id), lambda found: _show(desk, parent, draft_id, found), None
    )


def _show(desk: Desk, parent: QWidget, draft_id: int, found: object) -> None:
    assert isinstance(found, tuple)
    currency, note, lines = found
    sections = [Section("", [Field("note", _("First words on the invoice"), "lines")])]
    for line in lines:
        if not line.deducts:
            sections.append(_section(line, currency))
    form = Form(sections, desk.shell.theme)
    values: dict[str, object] = {"note": note}
    for line in lines:
        if not line.deducts:
            values |= {
                f"text{line.position}": line.description,
                f"quantity{line.position}": line.quantity,
                f"price{line.position}": line.unit_price,
                f"keep{line.position}": True,
            }
    form.put(values)
    actor = desk.actor

    def save(typed: dict[str, object]) -> Job:
        edits = [one for line in lines if not line.deducts and (one := _edit(line, typed)) is not None]
        words = str(typed["note"] or "")

        def work(_report: object) -> None:
            edit(desk.book, draft_id, edits, note=words if words != note else None, actor=actor)

        return Job(_("Saving the draft"), work, {"runs"}, lane=Lane.HAND, quiet=True)

    dialog = FormDialog(desk.shell, _("Edit the draft"), form, _("Save"), save, parent)
    dialog.keep_typing("draft", draft_id)
    dialog.open()


def _section(line: DraftLine, currency: str) -> Section:
    title = _("Line {position} · {amount}").format(position=line.position, amount=money_text(line.net, currency))
    if line.period_start:
        title += " · " + _("from {day}").format(day=date_text(date.fromisoformat(line.period_start)))
    at = line.position
    return Section(
        title,
        [
            Field(f"text{at}", _("Text"), required=True),
            Field(f"quantity{at}", _("Quantity"), "number", required=True, span=2),
            Field(
                f"price{at}", _("Unit price in {currency}").format(currency=currency), "number", required=True, span=2
            ),
            Field(f"keep{at}", _("Bill this line"), "check", span=2),
        ],
    )


def _edit(line: DraftLine, typed: dict[str, object]) -> LineEdit | None:
    at = line.position
    if not typed[f"keep{at}"]:
        return LineEdit(at, remove=True)
    text, quantity, price = str(typed[f"text{at}"]), typed[f"quantity{at}"], typed[f"price{at}"]
    assert isinstance(quantity, Decimal)
    assert isinstance(price, Decimal)
    if (text, quantity, price) == (line.description, line.quantity, line.unit_price):
        return None
    return LineEdit(
        at,
        description=text if text != line.description else None,
        quantity=quantity if quantity != line.quantity else None,
        unit_price=price if price != line.unit_price else None,
    )
