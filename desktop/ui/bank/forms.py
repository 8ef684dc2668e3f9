"""What a decision on bank lines asks for: a part, what becomes of the rest, what a line is instead, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, money_text, ngettext, number_text, pgettext
from desktop.jobs import Job
from desktop.services.accounting.chart import ledger_accounts
from desktop.services.bank.parts import CHARGES, OTHER, PAYMENT, REFUND, TRANSFER
from desktop.services.bank.refunding import Refundable
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.payments.payers import Payer

Save = Callable[[dict[str, Any]], Job]
_ITEMS = "items"


def _ask(
    desk: Desk,
    parent: QWidget,
    title: str,
    verb: str,
    fields: Sequence[Field],
    values: dict[str, object],
    save: Save,
    done: Callable[[object], object],
) -> FormDialog:
    form = Form([Section("", fields)], desk.shell.theme)
    form.put(values)
    dialog = FormDialog(desk.shell, title, form, verb, save, parent)
    dialog.saved.connect(done)
    dialog.open()
    return dialog


def ask_part(
    desk: Desk,
    parent: QWidget,
    clients: Sequence[Payer],
    *,
    left: int,
    currency: str,
    chosen: int,
    client_id: int | None,
    credits: Sequence[Refundable] | None,
    save: Save,
    done: Callable[[object], object],
) -> None:
    """Ask what a part of a line is. `left` is what is not booked of it, without its sign; `chosen` open items are
    selected. Of money that went out `credits` are those that it may pay back. The values are amount, kind (items,
    payment, refund, charges, transfer, other), client, credit, note.
    """
    goes_out = credits is not None
    credits = credits or ()
    kinds: list[tuple[object, str]] = []
    if credits:
        kinds.append((REFUND, _("Refund of a client’s credit")))
    if chosen and not goes_out:
        words = ngettext("For the {count} invoice chosen", "For the {count} invoices chosen", chosen)
        kinds.append((_ITEMS, words.format(count=number_text(chosen))))
    if not goes_out:
        kinds.append((PAYMENT, _("Credit of a client")))
    kinds += [
        (CHARGES, _("Bank charges")),
        (TRANSFER, _("Between own accounts")),
        (OTHER, _("Something else, put aside with a note")),
    ]
    note = _("{amount} of the line is not booked; what this leaves waits on.").format(amount=money_text(left, currency))
    fields = [
        Field("amount", _("Amount of the part"), "money", required=True, span=3, currency=currency, note=note),
        Field("kind", _("It is"), "choice", required=True, span=3, choices=kinds),
        Field(
            "client",
            _("Client"),
            "choice",
            choices=[(None, ""), *((one.id, one.name) for one in clients)],
            note=_("Whose credit it becomes."),
        ),
        Field(
            "credit",
            _("Credit"),
            "choice",
            choices=[(None, ""), *((one.id, _credit_text(one, currency)) for one in credits)],
            note=_("What is left of it goes down by the part."),
        ),
        Field("note", _("Note"), hint=_("What it is")),
    ]
    # Of credits of the same amount a person chooses.
    same = [one.id for one in credits if one.open == left]
    values: dict[str, object] = {
        "amount": left if goes_out else None,
        "kind": kinds[0][0],
        "client": client_id,
        "credit": same[0] if len(same) == 1 else None,
    }
    dialog = _ask(desk, parent, _("Split this line"), _("Book the part"), fields, values, save, done)
    form = dialog.form

    def follow() -> None:
        form.show_field("client", form.read("kind") == PAYMENT)
        form.show_field("credit", form.read("kind") == REFUND)

    form.changed.connect(follow)
    follow()


def _credit_text(one: Refundable, currency: str) -> str:
    return f"{one.client} · {one.number} · {money_text(one.open, currency)}"


def ask_rest(
    desk: Desk, parent: QWidget, rest: str, *, charges: bool, save: Save, done: Callable[[object], object]
) -> None:
    """Ask what becomes of what stays open: the values are what (loss, charges) and reason."""
    kinds: list[tuple[object, str]] = [("loss", _("Lost: it is written off"))]
    if charges:
        kinds.append(("charges", _("Paid, but banks kept it as charges")))
    fields = [
        Field("what", _("The rest is"), "choice", required=True, choices=kinds, note=rest),
        Field("reason", _("Reason"), hint=_("Small difference"), note=_("It stays in the books with the write-off.")),
    ]
    _ask(desk, parent, _("Write off the rest"), _("Book and write off"), fields, {"what": "loss"}, save, done)


def ask_aside(
    desk: Desk, parent: QWidget, count: int, *, kind: str, save: Save, done: Callable[[object], object]
) -> None:
    """Ask what lines are that nobody owes; the values are kind, account (an id of the ledger's or None) and note."""
    kinds = [
        (OTHER, _("Something else: say what")),
        (CHARGES, _("Bank charges")),
        (TRANSFER, _("Between own accounts")),
    ]
    fields = [
        Field("kind", _("It is"), "choice", required=True, choices=kinds),
        Field("note", _("Note"), hint=_("Rent, wages, a tax refund")),
    ]
    accounts = [
        (one["id"], f"{one['number']} {one['name']}")
        for one in ledger_accounts(desk.book, desk.today())
        if one["active"]
    ]
    if accounts:
        told = _("Empty: the one that takes such lines by the chart.")
        fields.append(
            Field("account", _("Account of the ledger"), "choice", choices=[(None, ""), *accounts], note=told)
        )
    title = ngettext("Put {count} line aside", "Put {count} lines aside", count).format(count=number_text(count))
    _ask(desk, parent, title, pgettext("verb", "Put aside"), fields, {"kind": kind}, save, done)


def ask_why(desk: Desk, parent: QWidget, title: str, *, save: Save, done: Callable[[object], object]) -> None:
    """Ask why what was booked is taken back; the value is reason."""
    note = _("Payments are reversed, never deleted; what they settled is open again, and the lines wait.")
    fields = [Field("reason", _("Reason"), required=True, hint=_("Booked to the wrong invoice"), note=note)]
    _ask(desk, parent, title, _("Take back"), fields, {}, save, done)
