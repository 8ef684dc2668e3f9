"""What the pane says of a client that is late: what is open, whom to reach, what was said and agreed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from db.engine import Book
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.clients import client
from desktop.services.late_payers import Late
from desktop.services.notes import NoteRow, notes
from desktop.services.open_items import OpenItemRow, open_items
from desktop.services.promises import PromiseRow, promises_of
from desktop.ui.facts import Fact, Group
from desktop.ui.listing import Row

_MOST_ITEMS = 12
_MOST_WORDS = 5


@dataclass(frozen=True)
class Known:
    """A row with what lies behind it; items are of its currency, the oldest due first."""

    late: Late
    row: Row
    record: Mapping[str, Any]
    items: tuple[OpenItemRow, ...]
    promises: tuple[PromiseRow, ...]
    notes: Sequence[NoteRow]


def known(book: Book, late: Late, row: Row, today: date) -> Known:
    items = open_items(book, today, client_id=late.client_id)
    return Known(
        late,
        row,
        client(book, late.client_id),
        tuple(one for one in items if one.currency == late.currency),
        tuple(one for one in promises_of(book, today, client_id=late.client_id) if one.currency == late.currency),
        notes(book, "client", late.client_id),
    )


def promise_word(one: PromiseRow) -> str:
    words = {
        "open": _("promised"),
        "kept": _("kept"),
        "broken": _("broken"),
        "withdrawn": _("withdrawn"),
    }
    return words[one.state]


def reason(found: Known, today: date) -> str:
    """What stands against the client and what is to be done next, in a sentence or two."""
    late, said = found.late, []
    promise = late.promise
    if promise is not None and promise.state == "broken":
        said.append(
            _("{amount} was promised for {day}; {came} came.").format(
                amount=money_text(promise.amount, promise.currency),
                day=date_text(promise.promised_on),
                came=money_text(promise.came, promise.currency) if promise.came else _("nothing"),
            )
        )
    if late.on_hold:
        why = str(found.record["hold_reason"]).rstrip(".")
        held = _("On hold: runs hold back what they would bill this client.")
        said.append(f"{held} {why}." if why else held)
    if late.step_on is not None and late.step_on <= today:
        said.append(_("To be done since {day}: {step}").format(day=date_text(late.step_on), step=_short(late.step)))
    if not said and late.credit:
        credit = money_text(late.credit, late.currency)
        said.append(_("{amount} of credit is not used yet: use it first.").format(amount=credit))
    return " ".join(said)


def groups(found: Known, go: Callable[..., object], copy: Callable[[str], object]) -> list[Group]:
    return [
        Group("", _owes(found)),
        Group(_("Reach"), _contacts(found.record, copy)),
        Group(_("Agreed"), [*_steps(found.notes), *_promises(found.promises)]),
        Group(_("Open"), _items(found, go)),
        Group(_("Said"), [Fact(_day_of(one.at), one.text) for one in found.notes if not one.waits][:_MOST_WORDS]),
    ]


def _owes(found: Known) -> list[Fact]:
    late, currency = found.late, found.late.currency
    habit = found.row.get("habit")
    buckets = (
        (_("1–30 days"), late.d1_30),
        (_("31–60 days"), late.d31_60),
        (_("61–90 days"), late.d61_90),
        (_("Over 90 days"), late.over_90),
    )
    return [
        *(Fact(word, money_text(amount, currency)) for word, amount in buckets if amount),
        Fact(_("Not due yet"), money_text(late.open - late.overdue, currency) if late.open > late.overdue else ""),
        Fact(_("Disputed"), money_text(late.disputed, currency) if late.disputed else ""),
        Fact(_("Credit"), money_text(late.credit, currency) if late.credit else ""),
        Fact(_("Pays"), habit_words(habit) if isinstance(habit, int) else ""),
    ]


def habit_words(days: int) -> str:
    """How many days after the due date somebody pays, in words."""
    if days == 0:
        return _("on the day it is due")
    if days > 0:
        return ngettext("{count} day late on average", "{count} days late on average", days).format(
            count=number_text(days)
        )
    return ngettext("{count} day early on average", "{count} days early on average", -days).format(
        count=number_text(-days)
    )


def _contacts(record: Mapping[str, Any], copy: Callable[[str], object]) -> list[Fact]:
    people = [
        (record["contact"], "", record["email"], record["phone"]),
        *((one["name"], one["role"], one["email"], one["phone"]) for one in record["contacts"]),
    ]
    facts = []
    # Who stands at the client often stands among its contacts, too.
    said: set[str] = {""}
    for name, role, email, phone in people:
        if name not in said:
            facts.append(Fact(_("Contact"), f"{name}, {role}" if role else name))
        ways = ((_("Mail"), email), (_("Phone"), phone))
        facts += [Fact(word, text, partial(copy, text)) for word, text in ways if text not in said]
        said |= {name, email, phone}
    return facts


def _steps(written: Sequence[NoteRow]) -> list[Fact]:
    facts = []
    for one in written:
        if one.waits and one.due_on is not None:
            owner = f" ({one.owner})" if one.owner else ""
            facts.append(Fact(date_text(one.due_on), f"{one.text}{owner}"))
    return facts


def _promises(promises: Sequence[PromiseRow]) -> list[Fact]:
    facts = []
    for one in promises[:_MOST_WORDS]:
        said = f"{money_text(one.amount, one.currency)}, {promise_word(one)}"
        if one.said_by:
            said += ", " + _("said by {name}").format(name=one.said_by)
        facts.append(Fact(date_text(one.promised_on), f"{said}. {one.note}" if one.note else said))
    return facts


def _items(found: Known, go: Callable[..., object]) -> list[Fact]:
    facts = []
    for one in found.items[:_MOST_ITEMS]:
        said = money_text(one.open, one.currency)
        if one.days > 0:
            said += " · " + ngettext("{count} day late", "{count} days late", one.days).format(
                count=number_text(one.days)
            )
        if one.disputed:
            said += " · " + _("disputed")
        facts.append(Fact(one.name, said, partial(go, "invoices", one.invoice_id)))
    more = len(found.items) - _MOST_ITEMS
    if more > 0:
        said = ngettext("and {count} more", "and {count} more", more).format(count=number_text(more))
        filters = frozenset({"open", f"client:{found.late.client_id}"})
        facts.append(Fact("", said, partial(go, "invoices", filters=filters)))
    return facts


def _day_of(at: str) -> str:
    return date_text(date.fromisoformat(at[:10]))


def _short(text: str) -> str:
    first = text.strip().splitlines()[0] if text.strip() else ""
    return first if len(first) <= 80 else f"{first[:79]}…"
