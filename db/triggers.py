"""The rules that no program can break by mistake: what is issued stays, nothing is billed twice.

Triggers are not part of a migration: an upgrade drops them all and makes these anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

FROZEN_DOCUMENT: Final = "An issued document cannot be changed or deleted."
FROZEN_MONEY: Final = "Booked money cannot be changed or deleted."
FROZEN_POSTING: Final = "The journal cannot be changed or deleted."
FROZEN_LOG: Final = "The log of changes cannot be changed or deleted."
FROZEN_OPEN: Final = "Of an open amount only what is left of it can change."
FROZEN_CHARGE: Final = "What was charged can only be reversed, once, by a credit note."
OVERLAP: Final = "These days are charged already for this line of the agreement."
BILLED: Final = "What is billed cannot be changed or deleted."
STILL_CHARGED: Final = "What is billed stays so until a credit note reverses its charge."
CHARGED_LINE: Final = "A line of an agreement that was charged cannot be deleted."
BACKWARDS: Final = "The numbers and dates of a series never run backwards."
CLOSED: Final = "The books are closed for that day."
USED_TEMPLATE: Final = "A version of a template that printed a document cannot be changed or deleted."

# Each sentence that a trigger may say, with what the user can do about it.
RULES: Final = {
    FROZEN_DOCUMENT: "Correct it with a credit note and, if wanted, a new invoice.",
    FROZEN_MONEY: "Reverse it and book it anew.",
    FROZEN_POSTING: "Correct the document or payment behind it; that posts its own entries.",
    FROZEN_LOG: "Undo the change instead; the log keeps both.",
    FROZEN_OPEN: "Correct the document or payment behind it.",
    FROZEN_CHARGE: "Write a credit note that reverses it.",
    OVERLAP: "See which invoice charged them; a credit note that reverses the charge frees them.",
    BILLED: "Write a credit note for it and say that it may be billed again.",
    STILL_CHARGED: "Write a credit note for it and say that it may be billed again.",
    CHARGED_LINE: "Give it an end date instead.",
    BACKWARDS: "Take the date of the series' last document or a later one.",
    CLOSED: "Book it on a later day, or have the owner reopen the period.",
    USED_TEMPLATE: "Save the changes as a new version.",
}

# Frozen from the moment they are written.
FROZEN: Final = {
    "invoice": FROZEN_DOCUMENT,
    "invoice_line": FROZEN_DOCUMENT,
    "invoice_tax": FROZEN_DOCUMENT,
    "party": FROZEN_DOCUMENT,
    "payment": FROZEN_MONEY,
    "write_off": FROZEN_MONEY,
    "allocation": FROZEN_MONEY,
    "cash_movement": FROZEN_MONEY,
    "journal_entry": FROZEN_POSTING,
    "posting": FROZEN_POSTING,
    "recognition_schedule": FROZEN_POSTING,
    "audit_event": FROZEN_LOG,
    "audit_payload": FROZEN_LOG,
    "erasure": FROZEN_LOG,
    "erased_row": FROZEN_LOG,
}

# Frozen but for these columns.
MUTABLE: Final = {
    "open_item": frozenset({"open"}),
    "open_credit": frozenset({"open"}),
    "charge": frozenset({"reversed_by"}),
    "change_set": frozenset({"summary", "undone_by"}),
    "payment_plan": frozenset({"cancelled_on"}),
    "closing": frozenset({"reopened_at", "reopened_by", "reason"}),
}
# What an erasure may take out of rows that are frozen otherwise, and what then stands there: the one way past these
# guards, open only where an erased row names the row in the same book.
ERASABLE: Final[Mapping[str, Mapping[str, str]]] = {
    "invoice": {"texts": "'{}'", "po_number": "''", "buyer_reference": "''", "reason": "''"},
    "invoice_line": {"description": "''", "detail": "''", "heading": "''", "allowance_reason": "''"},
    "party": {"name": "''", "data": "'{}'", "erasure_id": "(SELECT max(id) FROM erasure)"},
    "payment": {"reference": "''", "note": "''"},
    "payment_plan": {"reason": "''"},
    "write_off": {"reason": "''"},
    "time_entry": {"person": "''", "note": "''"},
    "one_off": {"description": "''"},
    "milestone": {"name": "''"},
    "usage": {"note": "''"},
    "audit_payload": {
        "salt": "''",
        "before": "NULL",
        "after": "NULL",
        "erasure_id": "(SELECT max(id) FROM erasure)",
    },
}
# An opening item was issued by another program and is only noted here: undoing its import takes it out again, until
# something refers to it. The log keeps what it was.
_NOT_OPENING: Final = {
    "invoice": "OLD.kind <> 'opening'",
    "open_item": "(SELECT kind FROM invoice WHERE id = OLD.invoice_id) <> 'opening'",
    "journal_entry": "OLD.kind <> 'opening'",
    "posting": "(SELECT kind FROM journal_entry WHERE id = OLD.entry_id) <> 'opening'",
}
_MUTABLE_SAYS: Final = {
    "open_item": FROZEN_OPEN,
    "open_credit": FROZEN_OPEN,
    "charge": FROZEN_CHARGE,
    "change_set": FROZEN_LOG,
    "payment_plan": FROZEN_MONEY,
    "closing": FROZEN_LOG,
}

# Of these, all but the marks of drafts and invoices is what was billed.
_BILLABLE: Final = {
    "time_entry": "time_entry_id = OLD.id",
    "one_off": "one_off_id = OLD.id",
    "milestone": "milestone_id = OLD.id",
    "usage": "kind = 'usage' AND invoice_id = OLD.invoice_id AND agreement_id = OLD.agreement_id"
    " AND period_start < OLD.end_date AND period_end >= OLD.end_date AND agreement_line_id IN"
    " (SELECT id FROM agreement_line WHERE agreement_id = OLD.agreement_id AND item_id = OLD.item_id)",
}
_MARKS: Final = frozenset({"draft_id", "invoice_id"})


def _trigger(name: str, event: str, table: str, says: str, when: str = "") -> str:
    condition = f"WHEN {when} " if when else ""
    body = f"BEGIN SELECT RAISE(ABORT, '{_sql(says)}'); END"
    return f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} {condition}{body}"


def _not_erased(table: str, columns: Sequence[str]) -> str:
    """Unless an erasure empties what it may, and leaves the rest as it is."""
    blank = ERASABLE.get(table)
    if blank is None:
        return ""
    key = "event_id" if table == "audit_payload" else "id"
    same = [f"NEW.{name} IS OLD.{name}" for name in columns if name not in blank]
    # Either as it was, or empty.
    same += [f"(NEW.{name} IS OLD.{name} OR NEW.{name} IS {value})" for name, value in blank.items()]
    named = f"EXISTS (SELECT 1 FROM erased_row WHERE table_name = '{table}' AND row_id = OLD.{key})"
    return f"NOT ({named} AND {' AND '.join(same)})"


def _sql(text: str) -> str:
    return text.replace("'", "''")


# Several tiers of one line charge the same span, told apart by their sequence; any other meeting of spans is double.
# The unary plus keeps SQLite on the index of ends, of which hardly one lies after the start of a new span.
_OVERLAP = f"""CREATE TRIGGER charge_overlap BEFORE INSERT ON charge
WHEN NEW.kind = 'recurring' AND NEW.reversed_by IS NULL
BEGIN
  SELECT RAISE(ABORT, '{_sql(OVERLAP)}') FROM charge
  WHERE agreement_line_id = NEW.agreement_line_id AND period_end > NEW.period_start
    AND reversed_by IS NULL AND kind = 'recurring'
    AND +period_start < NEW.period_end
    AND (+period_start <> NEW.period_start OR period_end <> NEW.period_end OR +sequence = NEW.sequence);
END"""


def statements(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """CREATE TRIGGER statements for a book whose tables have these columns."""
    made = []
    for table, says in FROZEN.items():
        made.append(_trigger("no_update", "UPDATE", table, says, _not_erased(table, columns[table])))
        made.append(_trigger("no_delete", "DELETE", table, says, _NOT_OPENING.get(table, "")))
    for table, mutable in MUTABLE.items():
        fixed = ", ".join(column for column in columns[table] if column not in mutable)
        closed_door = _not_erased(table, columns[table])
        made.append(_trigger("fixed", f"UPDATE OF {fixed}", table, _MUTABLE_SAYS[table], closed_door))
        made.append(_trigger("no_delete", "DELETE", table, _MUTABLE_SAYS[table], _NOT_OPENING.get(table, "")))
    made.append(
        _trigger("reversed_once", "UPDATE OF reversed_by", "charge", FROZEN_CHARGE, "OLD.reversed_by IS NOT NULL")
    )
    made.append(_OVERLAP)
    for table, source in _BILLABLE.items():
        billed = ", ".join(column for column in columns[table] if column not in _MARKS)
        charged = f"EXISTS (SELECT 1 FROM charge WHERE {source} AND reversed_by IS NULL)"
        is_billed = f"OLD.invoice_id IS NOT NULL AND {_not_erased(table, columns[table])}"
        made.append(_trigger("billed", f"UPDATE OF {billed}", table, BILLED, is_billed))
        made.append(_trigger("no_delete", "DELETE", table, BILLED, "OLD.invoice_id IS NOT NULL"))
        made.append(
            _trigger(
                "still_charged",
                "UPDATE OF invoice_id",
                table,
                STILL_CHARGED,
                f"OLD.invoice_id IS NOT NULL AND NEW.invoice_id IS NOT OLD.invoice_id AND {charged}",
            )
        )
    made.append(
        _trigger(
            "charged",
            "DELETE",
            "agreement_line",
            CHARGED_LINE,
            "EXISTS (SELECT 1 FROM charge WHERE agreement_line_id = OLD.id)",
        )
    )
    made.append(
        _trigger(
            "forward",
            "UPDATE",
            "series_year",
            BACKWARDS,
            "NEW.next < OLD.next OR NEW.last_date < OLD.last_date"
            " OR (NEW.last_date IS NULL AND OLD.last_date IS NOT NULL)"
            " OR NEW.series_id <> OLD.series_id OR NEW.year <> OLD.year",
        )
    )
    made.append(_trigger("no_delete", "DELETE", "series_year", BACKWARDS, "OLD.last_date IS NOT NULL"))
    closed = "EXISTS (SELECT 1 FROM closing WHERE through >= NEW.booked_on AND reopened_at IS NULL)"
    made.append(_trigger("open_period", "INSERT", "journal_entry", CLOSED, closed))
    # An opening item that is taken out again would change what was closed.
    made.append(_trigger("closed_period", "DELETE", "journal_entry", CLOSED, closed.replace("NEW.", "OLD.")))
    used = "EXISTS (SELECT 1 FROM invoice WHERE template_version_id = OLD.id)"
    made.append(_trigger("used", "UPDATE", "template_version", USED_TEMPLATE, used))
    made.append(_trigger("no_delete", "DELETE", "template_version", USED_TEMPLATE, used))
    return made
