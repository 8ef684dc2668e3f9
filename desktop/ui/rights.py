"""Which right an action takes, so that what a person may not do is greyed and says why.

The book itself refuses whatever is missing here; this only spares the person the attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from desktop.domain.access import Right, SignedIn
from desktop.i18n import _

# By the group of an action, the word before its point.
_GROUPS: Final[Mapping[str, Right]] = {
    "people": "people",
    **dict.fromkeys(
        (
            "bank",
            "bank_rules",
            "closing",
            "earned",
            "journal",
            "ledger",
            "orders",
            "passes",
            "payments",
            "recognition",
            "sheet",
            "statements",
            "tills",
        ),
        "money",
    ),
    **dict.fromkeys(
        (
            "accounts",
            "currencies",
            "designer",
            "gate",
            "items",
            "mail_accounts",
            "rates",
            "reminders",
            "schedules",
            "segments",
            "series",
            "tax_rules",
            "taxes",
            "templates",
            "texts",
            "uses",
        ),
        "configure",
    ),
    **dict.fromkeys(
        (
            "agreements",
            "billables",
            "claims",
            "clients",
            "collections",
            "disputes",
            "duplicates",
            "files",
            "holds",
            "hygiene",
            "imports",
            "invoices",
            "notes",
            "outbox",
            "project",
            "promises",
            "reach",
            "reminder",
            "reminder_runs",
            "renewals",
            "review",
            "rises",
            "runs",
            "story",
            "today",
        ),
        "change",
    ),
}
# Where an action takes another right than its group.
_OWN: Final[Mapping[str, Right]] = {
    "bank_rules.forget": "money",
    "backups.choose": "configure",
    "backups.file": "people",
    "backups.restore": "people",
    "billables.deposit": "change",
    "closing.go": "see",
    "closing.history": "see",
    "closing.reopen": "people",
    "configuration.accept": "configure",
    "configuration.back": "configure",
    "configuration.discard": "configure",
    "configuration.refuse": "configure",
    "configuration.sandbox": "configure",
    "configuration.withdraw": "change",
    "book.import": "change",
    "book.statements": "money",
    "client.invoice": "change",
    "client.note": "change",
    "client.pay": "money",
    "client.remind": "change",
    "client.edit": "change",
    "clients.account": "see",
    "collections.payment": "money",
    "collections.credit": "money",
    "collections.plan": "money",
    "document.save": "see",
    "edit.undo": "change",
    "edit.redo": "change",
    "impact.accept": "configure",
    "impact.refuse": "configure",
    "invoices.credit": "money",
    "invoices.pay": "money",
    "invoices.plan": "money",
    "invoices.plan_off": "money",
    "invoices.refund": "money",
    "invoices.use": "money",
    "invoices.write_off": "money",
    "ledger.chart": "see",
    "privacy.erase": "people",
    "privacy.periods": "configure",
    "project.approve": "approve",
    "recognition.months": "see",
    "recognition.policy": "configure",
    "review.approve": "approve",
    "review.approve_note": "approve",
    "review.hold": "change",
    "rises.approve": "approve",
    "schedules.due": "change",
    "schedules.now": "change",
    "statements.take_in": "money",
    "undo.one": "change",
}
# Words after the point of actions that only show, go somewhere, or write a file beside the book.
_SHOWS: Final = frozenset(
    {
        "agreement",
        "archive",
        "back",
        "client",
        "columns",
        "compare",
        "copy",
        "cover",
        "credit_note",
        "document",
        "einvoice",
        "export",
        "folder",
        "invoice",
        "invoices",
        "items",
        "next",
        "open",
        "outcomes",
        "page",
        "portal_file",
        "preview",
        "previous",
        "print",
        "project",
        "projects",
        "receipt",
        "refresh",
        "report",
        "run",
        "runs",
        "save",
        "show",
        "show_all",
        "sign_ins",
        "statement",
        "story",
        "system",
        "zip",
    }
)
# Of these groups the words above write all the same.
_WRITES: Final = frozenset(
    {
        "clients.invoice",
        "clients.archive",
        "client.invoice",
        "items.archive",
        "runs.next",
        "texts.save",
        "templates.copy",
        "designer.save",
        "billables.copy",
        "outbox.print",
        "invoices.print",
        "runs.print",
        "statements.show",
    }
)


def right_for(action_id: str) -> Right | None:
    """The right that an action takes; None where everyone who sees the book may."""
    if action_id in _OWN:
        return _OWN[action_id]
    group, _dot, act = action_id.partition(".")
    if act in _SHOWS and action_id not in _WRITES:
        return None
    return _GROUPS.get(group)


def refusal(who: SignedIn | None, action_id: str) -> str:
    """Why the person may not do this, in a sentence; empty where they may."""
    right = None if who is None else right_for(action_id)
    if who is None or right is None or who.may(right):
        return ""
    reasons: dict[Right, str] = {
        "see": "",
        "change": _("You may read this book, not change it."),
        "approve": _("Your role does not include approving."),
        "configure": _("Your role does not include prices, taxes, rules and settings."),
        "money": _("Your role does not include money."),
        "people": _("Only an owner of the book may do this."),
    }
    return reasons[right]
