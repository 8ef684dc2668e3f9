"""What is agreed ahead with a client: a rise of prices, a pause, its end, the day of the last bill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.jobs import Job
from desktop.services.agreement_dates import pause_agreement, raise_prices, remove_price, resume_agreement, set_price
from desktop.services.agreements import agreement
from desktop.services.catalogue import items
from desktop.services.problems import ValidationError
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import tell, writing

# Stands for every agreed price of the agreements.
_ALL = 0


@dataclass(frozen=True)
class _Prices:
    """An agreement's lines and the prices agreed ahead for them, by id, in words."""

    lines: Sequence[Choice]
    ahead: Sequence[Choice]
    billed_through: date | None


def ask_rise(desk: Desk, parent: QWidget, ids: Sequence[int]) -> None:
    """A percentage for all agreed prices of the agreements, or, of a single one, a new price for a line."""
    book = desk.book
    desk.shell.jobs.ask(lambda: _prices(book, ids), lambda found: _show_rise(desk, parent, ids, found))


def _prices(book: Book, ids: Sequence[int]) -> _Prices:
    if len(ids) != 1:
        return _Prices((), (), None)
    record = agreement(book, ids[0])
    names = {one["id"]: str(one["name"]) for one in items(book, archived=True)}
    lines: list[Choice] = []
    ahead: list[Choice] = []
    for line in record["lines"]:
        name = str(line["description"] or names.get(line["item_id"], "") or _("Hours"))
        now = number_text(line["unit_price"]) if line["unit_price"] is not None else _("rate card")
        lines.append((line["id"], f"{name} ({now})"))
        for rise in line["price_changes"]:
            day, price = date_text(rise["valid_from"]), number_text(rise["unit_price"])
            ahead.append((rise["id"], _("{name}: {price} from {day}").format(name=name, price=price, day=day)))
    return _Prices(lines, ahead, record["billed_through"])


def _show_rise(desk: Desk, parent: QWidget, ids: Sequence[int], found: object) -> None:
    assert isinstance(found, _Prices)
    every: Choice = (_ALL, _("All agreed prices, by a percentage"))
    fields = [
        Field("what", _("What rises"), "choice", required=True, choices=[every, *found.lines]),
        Field("percent", _("By %"), "percent", span=2),
        Field("price", _("New unit price"), "number", span=2),
        Field("valid_from", _("From"), "date", required=True, span=2),
        Field("reason", _("Why"), hint=_("Such as an index or a letter’s date")),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"what": _ALL, "valid_from": found.billed_through})

    def follow() -> None:
        every_price = form.editor("what").value() == _ALL
        form.editor("percent").setEnabled(every_price)
        form.editor("price").setEnabled(not every_price)

    form.editor("what").changed.connect(follow)
    follow()
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        return writing(desk, _("Setting the prices"), lambda: _rise(book, ids, values, actor))

    def said(count: object) -> str:
        assert isinstance(count, int)
        words = ngettext("{count} price rises on {day}.", "{count} prices rise on {day}.", count)
        day = form.editor("valid_from").value()
        assert isinstance(day, date)
        return words.format(count=number_text(count), day=date_text(day))

    several = ngettext("Price rise", "Price rise of {count} agreements", len(ids)).format(count=number_text(len(ids)))
    dialog = FormDialog(desk.shell, several, form, _("Set the prices"), save, parent)
    dialog.saved.connect(lambda written: tell(desk, said, written))
    dialog.open()


def _rise(book: Book, ids: Sequence[int], values: Mapping[str, object], actor: str) -> int:
    day, reason, percent, price = values["valid_from"], str(values["reason"] or ""), values["percent"], values["price"]
    assert isinstance(day, date)
    if values["what"] == _ALL:
        if not isinstance(percent, Decimal):
            raise ValidationError({"percent": _("By how much do they rise?")})
        raised = raise_prices(book, ids, percent, day, actor=actor, reason=reason)
        if not raised:
            raise ValidationError({"what": _("No line has an agreed price; the rate card prices them.")})
        return raised
    if not isinstance(price, Decimal):
        raise ValidationError({"price": _("What does it cost then?")})
    line = values["what"]
    assert isinstance(line, int)
    try:
        set_price(book, line, day, price, actor=actor, reason=reason)
    except ValidationError as error:
        raise ValidationError({{"unit_price": "price"}.get(k, k): v for k, v in error.fields.items()}) from None
    return 1


def ask_price_back(desk: Desk, parent: QWidget, agreement_id: int) -> None:
    """Take back a price that was agreed ahead."""
    book = desk.book
    desk.shell.jobs.ask(lambda: _prices(book, [agreement_id]), lambda found: _show_price_back(desk, parent, found))


def _show_price_back(desk: Desk, parent: QWidget, found: object) -> None:
    assert isinstance(found, _Prices)
    if not found.ahead:
        desk.shell.notices.say(_("No price is agreed ahead."), tone="note")
        return
    fields = [Field("price", _("Price agreed ahead"), "choice", required=True, choices=found.ahead)]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"price": found.ahead[0][0]})
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        change = values["price"]
        assert isinstance(change, int)
        return writing(desk, _("Taking the price back"), lambda: remove_price(book, change, actor=actor))

    _open(desk, parent, _("Take back a price"), form, _("Take it back"), save, _("The price is taken back."))


def ask_pause(desk: Desk, parent: QWidget, agreement_id: int, name: str) -> None:
    fields = [
        Field("start_date", _("First day not billed"), "date", required=True, span=3),
        Field("end_date", _("Last day not billed"), "date", span=3, hint=_("Until it is resumed")),
        Field("reason", _("Why")),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"start_date": desk.today()})
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        first, last, reason = values["start_date"], values["end_date"], str(values["reason"] or "")
        assert isinstance(first, date)
        assert last is None or isinstance(last, date)

        def work() -> int:
            return pause_agreement(book, agreement_id, first, last, actor=actor, reason=reason)

        return writing(desk, _("Pausing"), work)

    _open(desk, parent, _("Pause"), form, _("Pause"), save, _("{name} is paused.").format(name=name))


def ask_resume(desk: Desk, parent: QWidget, agreement_id: int, name: str) -> None:
    def act(day: date) -> None:
        resume_agreement(desk.book, agreement_id, day, actor=desk.actor)

    label, said = _("First day billed again"), _("{name} is billed again.").format(name=name)
    _ask_day(desk, parent, _("Resume"), label, desk.today(), act, said)


def _ask_day(
    desk: Desk, parent: QWidget, title: str, label: str, day: date | None, act: Callable[[date], None], said: str
) -> None:
    form = Form([Section("", [Field("day", label, "date", required=True, span=3)])], desk.shell.theme)
    form.put({"day": day})

    def save(values: dict[str, object]) -> Job:
        chosen = values["day"]
        assert isinstance(chosen, date)
        return writing(desk, title, lambda: act(chosen))

    _open(desk, parent, title, form, title, save, said)


def _open(
    desk: Desk,
    parent: QWidget,
    title: str,
    form: Form,
    verb: str,
    save: Callable[[dict[str, object]], Job],
    said: str,
) -> None:
    dialog = FormDialog(desk.shell, title, form, verb, save, parent)
    dialog.saved.connect(lambda written: tell(desk, said, written))
    dialog.open()
