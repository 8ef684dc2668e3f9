"""What the person who is signed in may write: told to SQLite itself, so that no way into the book leads around it.

An authorizer on the connection that writes knows tables; where rows of one table differ, triggers of that connection
alone tell them apart. An owner's connection has neither.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from db.refusals import BookUnusable
from desktop.domain.access import RIGHTS, Right, SignedIn
from desktop.i18n import N_, _

ALWAYS: Final = "always"
"""The log, who came in, and what a page remembers: whoever works with the book writes it."""

AREAS: Final[Mapping[str, Right | str]] = {
    **dict.fromkeys(
        ("audit_event", "audit_payload", "change_set", "passphrase", "saved_view", "setting", "sign_in", "unfinished"),
        ALWAYS,
    ),
    **dict.fromkeys(("erased_row", "erasure", "person"), "people"),
    **dict.fromkeys(
        (
            "account",
            "account_rule",
            "bank_account",
            "book",
            "dunning_level",
            "dunning_policy",
            "exchange_rate",
            "firm",
            "interest_rate",
            "item",
            "mail_account",
            "mail_text",
            "rate",
            "rule_setting",
            "rule_template",
            "schedule",
            "segment",
            "series",
            "tax_code",
            "tax_rate",
            "tax_rule",
            "template",
            "template_choice",
            "template_version",
        ),
        "configure",
    ),
    **dict.fromkeys(
        (
            "bank_line",
            "bank_match",
            "bank_statement",
            "cash_movement",
            "closing",
            "learned_payer",
            "payment",
            "payment_order",
            "payment_order_item",
            "payment_plan",
            "reconciliation",
            "write_off",
        ),
        "money",
    ),
    **dict.fromkeys(
        (
            "address",
            "agreement",
            "agreement_line",
            # An invoice takes what the client has left, and what a till or the bank brings was booked by somebody.
            "allocation",
            "attachment",
            "change_order",
            "charge",
            "client",
            "commitment",
            "configuration_change",
            "contact",
            "delivery",
            "delivery_event",
            "dispute",
            "draft",
            "dunning_hold",
            "file",
            "finding",
            "import_batch",
            "invoice",
            "invoice_line",
            "invoice_tax",
            "journal_entry",
            "mailing",
            "milestone",
            "note",
            "one_off",
            "open_credit",
            "open_item",
            "outcome",
            "party",
            "pause",
            "posting",
            "prepayment",
            "price_change",
            "price_proposal",
            "print_job",
            "promise",
            "recognition_schedule",
            "registration",
            "reminder",
            "reminder_item",
            "reminder_run",
            "rendering",
            "rendering_prefix",
            "run",
            "saved_mapping",
            "schedule_result",
            "series_year",
            "time_entry",
            "usage",
        ),
        "change",
    ),
}

# Notes that the program keeps among the choices of people while it works.
_DAILY: Final = (
    "{row}.key NOT IN ('backup.last', 'duplicates.clients', 'duplicates.items', 'hygiene.postponed', 'today.snoozed')"
)
_OWNERS: Final = "({row}.key LIKE 'access.%' OR {row}.key LIKE 'limit.%' OR {row}.key = 'second_approval_above')"


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a table whose writing takes a right of their own; {person} in `when` is who is signed in."""

    table: str
    event: str
    when: str
    right: Right


def _setting(when: str, right: Right) -> tuple[_Rows, ...]:
    old, new = when.format(row="OLD"), when.format(row="NEW")
    return (
        _Rows("setting", "INSERT", new, right),
        _Rows("setting", "UPDATE", f"{old} OR {new}", right),
        _Rows("setting", "DELETE", old, right),
    )


ROWS: Final = (
    *_setting("{row}.key <> 'backup.last'", "change"),
    *_setting(_DAILY, "configure"),
    *_setting(_OWNERS, "people"),
    _Rows("finding", "UPDATE OF approved", "NEW.approved = 1 AND OLD.approved = 0", "approve"),
    _Rows("price_proposal", "UPDATE OF state", "NEW.state = 'approved' AND OLD.state <> 'approved'", "approve"),
    _Rows("invoice", "INSERT", "NEW.kind = 'credit_note'", "money"),
    # Entries of documents belong to the daily work; those by hand and of the month's end change the books alone.
    _Rows("journal_entry", "INSERT", "NEW.kind IN ('adjustment', 'bank', 'recognition')", "money"),
    # Anybody proposes, and takes the own proposal back; what was decided is not theirs to turn.
    _Rows("configuration_change", "INSERT", "NEW.state <> 'proposed'", "configure"),
    _Rows(
        "configuration_change",
        "UPDATE",
        "OLD.state <> 'proposed' OR NEW.state NOT IN ('proposed', 'withdrawn')"
        " OR OLD.proposed_by <> (SELECT name FROM person WHERE id = {person})",
        "configure",
    ),
    _Rows("configuration_change", "DELETE", "OLD.state <> 'proposed'", "configure"),
    _Rows("closing", "UPDATE", "1", "people"),
    _Rows("passphrase", "INSERT", "NEW.person_id <> {person}", "people"),
    _Rows("passphrase", "UPDATE", "NEW.person_id <> {person} OR OLD.person_id <> {person}", "people"),
    _Rows("passphrase", "DELETE", "1", "people"),
)

_MARK: Final = "sheaf may not: "
_WRITES: Final = frozenset({sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE})
_HARMLESS: Final = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
        sqlite3.SQLITE_RECURSIVE,
    }
)
# Those that change nothing of what is written or of how it is kept.
_PRAGMAS: Final = frozenset(
    {"data_version", "foreign_key_check", "integrity_check", "quick_check", "table_info", "wal_checkpoint"}
)
_GUARD: Final = "guard"

_MAY_NOT: Final[Mapping[str, str]] = {
    "change": N_("{name} may read this book, not change it."),
    "approve": N_("{name} may not approve."),
    "configure": N_("{name} may not change prices, taxes, terms, rules or other settings of the book."),
    "money": N_("{name} may not book money, take it off or order it."),
    "people": N_("{name} may not do this: only an owner of the book may."),
}


class SignInNeeded(BookUnusable):
    """The book has people with passphrases, and nobody has signed in."""


class NotAllowed(BookUnusable):
    """The person lacks the `right`; doing the rest one by one is no help."""

    def __init__(self, who: SignedIn, right: str) -> None:
        super().__init__(
            _(_MAY_NOT[right]).format(name=who.name),
            _("Ask somebody who may. An owner changes what each person may do under Settings, People."),
        )
        self.right = right


def refuse_without_right(who: SignedIn | None, right: Right) -> None:
    """NotAllowed for a person without the right, where what they do writes no row that would ask for it."""
    if who is not None and not who.may(right):
        raise NotAllowed(who, right)


class Guard:
    """Keeps the one connection that writes to the rights of whoever writes through it."""

    def __init__(self) -> None:
        self._who: SignedIn | None = None
        self._lacked = ""

    def stand(self, connection: Any, who: SignedIn | None, info: dict[Any, Any]) -> None:
        """See that the connection, outside a transaction, is held to the rights of `who`; None has all of them.

        `info` goes with the connection and remembers to whose it was held before.
        """
        self._who, self._lacked = who, ""
        held = None if who is None or all(who.may(right) for right in RIGHTS) else (who.person_id, who.role)
        if info.get(_GUARD) == held:
            return
        connection.set_authorizer(None)
        for number, _rows in enumerate(ROWS):
            connection.execute(f"DROP TRIGGER IF EXISTS temp.{_GUARD}_{number}")
        info[_GUARD] = None
        if held is None or who is None:
            return
        for number, rows in enumerate(ROWS):
            if not who.may(rows.right):
                connection.execute(
                    f"CREATE TEMP TRIGGER {_GUARD}_{number} BEFORE {rows.event} ON main.{rows.table} "
                    f"WHEN {rows.when.format(person=int(who.person_id))} "
                    f"BEGIN SELECT RAISE(ABORT, '{_MARK}{rows.right}'); END"
                )
        connection.set_authorizer(self._allow)
        info[_GUARD] = held

    def refusal(self, error: BaseException | None) -> NotAllowed | None:
        """The person's side of what SQLite refused in this transaction for want of a right."""
        if self._who is None:
            return None
        _before, mark, right = str(error).partition(_MARK)
        if mark and right in RIGHTS:
            return NotAllowed(self._who, right)
        # A function that is refused has no code of its own.
        if self._lacked and "not authorized" in str(error):
            return NotAllowed(self._who, self._lacked)
        return None

    def _allow(self, act: int, first: str | None, second: str | None, _base: str | None, _inner: str | None) -> int:
        if act in _HARMLESS:
            return sqlite3.SQLITE_OK
        if act == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
            # Asked for where json_each is read; SQLite itself lets nobody write it but by a pragma that is refused.
            return sqlite3.SQLITE_OK
        if act in _WRITES:
            needed = AREAS.get(str(first), "people")
            if needed == ALWAYS or (self._who is not None and self._who.may(needed)):  # type: ignore[arg-type]
                return sqlite3.SQLITE_OK
            self._lacked = needed
            return sqlite3.SQLITE_DENY
        if act == sqlite3.SQLITE_FUNCTION and str(second).lower() != "load_extension":
            return sqlite3.SQLITE_OK
        if act == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS:
            return sqlite3.SQLITE_OK
        # Tables, triggers, other files: no use case makes or drops any.
        self._lacked = "people"
        return sqlite3.SQLITE_DENY
