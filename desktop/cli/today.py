"""`today`: what needs a person, the most urgent first, and the firm at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands
from desktop.cli.call import Call
from desktop.cli.tables import pairs, table
from desktop.domain.money import major_text
from desktop.i18n import _, date_text, money_text, number_text

if TYPE_CHECKING:
    from desktop.services.figures import Figures, Month
    from desktop.services.today import Item, Today


def add(commands: Commands) -> None:
    commands.add("today", _today, _("what needs a person today, and the firm at a glance"))


def _today(call: Call) -> None:
    from desktop.services.figures import figures
    from desktop.services.today import today

    with call.book() as book:
        found = today(book, call.today, call.now)
        glance = figures(book, call.today)
    call.answer(_data(found, glance), lambda: _text(found, glance))


def _data(found: Today, glance: Figures) -> dict[str, Any]:
    coming, currency = found.coming, glance.currency

    def months(series: tuple[Month, ...]) -> list[dict[str, str]]:
        return [{"month": one.first.isoformat()[:7], "amount": major_text(one.amount, currency)} for one in series]

    return {
        "items": [_item(item) for item in found.items],
        "left_until_later": found.snoozed,
        "next_run": None
        if coming is None
        else {
            "due": coming.due,
            "agreements": coming.agreements,
            "amount": None if coming.amount is None else major_text(coming.amount, coming.currency),
            "currency": coming.currency,
        },
        "figures": {
            "currency": currency,
            "receivables": major_text(glance.receivables, currency),
            "overdue": major_text(glance.overdue, currency),
            "credit": major_text(glance.credit, currency),
            "billed": months(glance.billed),
            "received": months(glance.received),
            "dso": None if glance.dso is None else f"{glance.dso:f}",
            "dso_count_back": None if glance.dso_count_back is None else f"{glance.dso_count_back:f}",
            "without_rate": list(glance.without_rate),
        },
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "urgency": item.urgency.name.lower(),
        "sentence": item.sentence,
        "why": item.why,
        "action": item.verb,
        "amount": None if item.amount is None else major_text(item.amount, item.currency),
        "currency": item.currency if item.amount is not None else None,
        "estimated": item.about,
        "owner": item.owner or None,
        "due": item.due,
        "count": item.count,
    }


def _ended(sentence: str) -> str:
    """As a sentence before another one: a question has its mark, a firm's name may end with a dot."""
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def _text(found: Today, glance: Figures) -> str:
    rows = [
        (
            date_text(item.due) if item.due else "",
            " ".join((_ended(item.sentence), item.why)),
            ("≈ " if item.about else "") + money_text(item.amount, item.currency) if item.amount is not None else "",
            item.owner,
            item.verb,
        )
        for item in found.items
    ]
    titles = (_("Due"), _("What needs you"), ">" + _("Amount"), _("Owner"), _("What to do"))
    money = glance.currency
    lines = [
        (_("Owed by clients"), money_text(glance.receivables, money)),
        (_("Of it overdue"), money_text(glance.overdue, money)),
        (_("Billed this month"), money_text(glance.billed[-1].amount, money)),
        (_("Billed last month"), money_text(glance.billed[-2].amount, money)),
        (_("Received this month"), money_text(glance.received[-1].amount, money)),
        (_("Received last month"), money_text(glance.received[-2].amount, money)),
    ]
    if glance.dso is not None:
        lines.append((_("Days until paid"), number_text(glance.dso)))
    return table(titles, rows, empty=_("Nothing needs you.")) + "\n\n" + pairs(lines)
