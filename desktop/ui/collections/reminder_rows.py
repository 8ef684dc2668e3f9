"""The letters of a reminder run as its review shows them: what needs somebody first, with the reason in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from db.engine import Book
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.dunning.runs import (
    CANCELLED,
    FAILED,
    HELD,
    PLANNED,
    SENT,
    SKIPPED,
    ReminderRow,
    RunRow,
    reminders,
    run_named,
)
from desktop.ui.filters import Figure, money_figure
from desktop.ui.listing import Row
from desktop.ui.outbox.words import way_word
from desktop.ui.page import Summary

NEEDS: Final = "needs"
NOTED: Final = "noted"
READY: Final = "ready"

_TAGS: Final = {
    PLANNED: READY,
    HELD: "held",
    SENT: "sent",
    SKIPPED: "skipped",
    CANCELLED: "cancelled",
    FAILED: "failed",
}
_ORDER: Final = (FAILED, HELD, PLANNED, SKIPPED, SENT, CANCELLED)


def needs(one: ReminderRow) -> bool:
    """Whether something speaks against a letter, and nobody has decided yet whether it goes."""
    return one.state in (HELD, FAILED) and not one.decided_by


def noted(one: ReminderRow) -> bool:
    """Whether a letter goes although something is to be known of it."""
    return one.state == PLANNED and bool(one.reason)


def review_rows(book: Book, run_id: int) -> list[Row]:
    """Exceptions first, then letters with a remark, then the highest level and the largest amount."""
    found = sorted(
        reminders(book, run_id),
        key=lambda one: (
            not needs(one),
            not noted(one),
            _ORDER.index(one.state),
            -one.level,
            -one.total,
            one.name,
            one.currency,
        ),
    )
    return [_row(one) for one in found]


def _row(one: ReminderRow) -> Row:
    marks = [_TAGS[one.state]]
    if needs(one):
        marks.append(NEEDS)
    if noted(one):
        marks.append(NOTED)
    return {
        "id": one.id,
        "tag": _TAGS[one.state],
        "marks": tuple(marks),
        "client": one.name,
        "client_id": one.client_id,
        "code": one.code,
        "level": one.level,
        "level_name": one.level_name,
        "amount": one.total,
        "currency": one.currency,
        "days": max((item.days for item in one.items), default=None),
        "found": found_words(one),
        "way": way_word(one.channel) if one.channel else _("As usual"),
        "pay_by": one.pay_by,
        "letter": one,
    }


def found_words(one: ReminderRow) -> str:
    """Why it does not go, what is to be known of it, and what a person noted."""
    said = [one.reason]
    if one.note:
        said.append(_("{author}: {text}").format(author=one.decided_by, text=one.note))
    return " ".join(part for part in said if part)


def letter_words(one: ReminderRow) -> str:
    """What a letter asks for, item by item, for whoever reads it beside the page."""
    parts = [found_words(one)] if found_words(one) else []
    parts.append(
        _("Level {number}: {name}").format(number=number_text(one.level), name=one.level_name)
        if one.level_name
        else _("Level {number}").format(number=number_text(one.level))
    )
    sums = [
        (_("fee"), one.fee),
        (_("interest"), one.interest),
        (_("disputed, not asked for"), one.disputed),
        (_("credit, taken off"), one.credit),
    ]
    said = [f"{money_text(amount, one.currency)} {word}" for word, amount in sums if amount]
    if said:
        parts.append(" · ".join(said))
    lines = []
    for item in one.items:
        words = _("{number}, due {day}: {amount}").format(
            number=item.name, day=date_text(item.due), amount=money_text(item.open, one.currency)
        )
        lines.append(f"{words} ({days_words(item.days)})")
    parts.append("\n".join(lines))
    parts.append(_("To be paid by {day}. Goes: {way}.").format(day=date_text(one.pay_by), way=_way(one)))
    return "\n\n".join(part for part in parts if part)


def _way(one: ReminderRow) -> str:
    return way_word(one.channel) if one.channel else _("as the client’s documents")


def days_words(days: int) -> str:
    """How many days past due something is, or how many are left."""
    if days < 0:
        return ngettext("due in {count} day", "due in {count} days", -days).format(count=number_text(-days))
    return ngettext("{count} day late", "{count} days late", days).format(count=number_text(days))


def review_summary(book: Book, run_id: int, home: str) -> tuple[RunRow, Mapping[str, int], Summary]:
    """The run, what its ready letters ask for by currency, and the facts and figures over its table.

    Amounts are minor units, with fee and interest.
    """
    run, found = run_named(book, run_id), reminders(book, run_id)
    words = [
        _("as of {day}").format(day=date_text(run.as_of)),
        ngettext("{count} letter", "{count} letters", len(found)).format(count=number_text(len(found))),
    ]
    if run.override:
        words.append(_("without bank statements: {reason}").format(reason=run.override))
    groups = {state: [one for one in found if one.state == state] for state in _ORDER}
    remarks = sum(noted(one) for one in found)
    asked = _sums(groups[PLANNED])
    figures = []
    if run.state == PLANNED:
        said = _("{count} ready to go").format(count=number_text(len(groups[PLANNED])))
        figures.append(money_figure(asked, home, said, READY))
    if groups[SENT]:
        said = _("{count} sent").format(count=number_text(len(groups[SENT])))
        figures.append(money_figure(_sums(groups[SENT]), home, said, "sent"))
    said = _("{count} held").format(count=number_text(len(groups[HELD])))
    figures += [
        money_figure(_sums(groups[HELD]), home, said, "held"),
        Figure(number_text(remarks), ngettext("with a remark", "with remarks", remarks), NOTED),
        Figure(number_text(len(groups[FAILED])), _("failed"), "failed"),
        Figure(number_text(len(groups[SKIPPED])), _("skipped, with reasons"), "skipped"),
    ]
    counts = {NEEDS: sum(needs(one) for one in found), READY: len(groups[PLANNED]), "sent": len(groups[SENT])}
    return run, asked, Summary(" · ".join(words), figures, counts)


def _sums(found: Sequence[ReminderRow]) -> Mapping[str, int]:
    sums: dict[str, int] = {}
    for one in found:
        sums[one.currency] = sums.get(one.currency, 0) + one.total
    return sums
