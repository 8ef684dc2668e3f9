"""What files of statements would bring: their statements, what of them is rejected, and what a person should know."""

from __future__ import annotations

from desktop.i18n import _, ngettext, number_text, pgettext
from desktop.services.bank.gaps import said
from desktop.services.bank.taken import TakenIn
from desktop.ui.bank.statement_words import format_word
from desktop.ui.columns import Column
from desktop.ui.listing import Row


def statement_columns() -> list[Column]:
    return [
        Column("account", _("Account"), 200, sort_key="account", strong=True, wide=True),
        Column("from_day", _("From"), 96, "date", sort_key="from_day"),
        Column("to_day", pgettext("days", "To"), 96, "date", sort_key="to_day"),
        Column("opening", _("Opening balance"), 126, "money", secondary=True),
        Column("closing", _("Closing balance"), 122, "money"),
        Column("new", _("New"), 60, "number", sort_key="new", strong=True),
        Column("known", _("Known"), 64, "number", sort_key="known", secondary=True),
        Column("format", _("Format"), 74, secondary=True),
        Column("file", _("File"), 150, sort_key="file", secondary=True),
    ]


def statement_rows(taken: TakenIn | None) -> list[Row]:
    return [
        {
            "account": one.account,
            "from_day": one.from_day,
            "to_day": one.to_day,
            "currency": one.currency,
            "opening": one.opening,
            "closing": one.closing,
            "new": one.new,
            "known": one.known,
            "format": format_word(one.format),
            "file": file.name,
        }
        for file in (taken.files if taken else ())
        for one in file.statements
    ]


def refusal_columns() -> list[Column]:
    return [
        Column("file", _("File"), 120, sort_key="file", secondary=True),
        Column("place", _("Row"), 60, sort_key="place", secondary=True),
        Column("column", _("Column"), 100),
        Column("value", _("Value"), 110, strong=True),
        Column("problem", _("Problem"), 230, wide=True, lines=2),
        Column("remedy", _("What mends it"), 300, lines=2, secondary=True),
    ]


def refusal_rows(taken: TakenIn | None) -> list[Row]:
    return [
        {
            "file": one.file,
            "place": one.place,
            "column": one.column,
            "value": one.value,
            "problem": one.problem,
            "remedy": one.remedy,
        }
        for one in (taken.rejected if taken else ())
    ]


def remark_columns() -> list[Column]:
    return [
        Column("file", _("File"), 160, sort_key="file", secondary=True),
        Column("text", _("What was noticed"), 500, wide=True, lines=2),
    ]


def remark_rows(taken: TakenIn | None) -> list[Row]:
    """What the files say of themselves; gaps are those of the book as it stands."""
    if taken is None:
        return []
    of_files: list[Row] = [{"file": file.name, "text": text} for file in taken.files for text in file.problems]
    return of_files + [{"file": _("in the book"), "text": said(gap)} for gap in taken.gaps]


def would_say(taken: TakenIn | None, *, begun: bool, all_or_nothing: bool) -> str:
    """What taking the files in would do, or what holds it; `begun` tells whether files were chosen."""
    if taken is None:
        return "" if begun else _("Choose the statements of your bank: CAMT, MT940, OFX, QIF, CSV, or a ZIP of them.")
    rejected = len(taken.rejected)
    if all_or_nothing and rejected:
        held = ngettext(
            "Nothing would be taken in: {count} line is rejected.",
            "Nothing would be taken in: {count} lines are rejected.",
            rejected,
        )
        return held.format(count=number_text(rejected))
    new = ngettext("{count} line would come in", "{count} lines would come in", taken.new)
    parts = [new.format(count=number_text(taken.new))]
    if taken.known:
        known = ngettext("{count} is in the book already", "{count} are in the book already", taken.known)
        parts.append(known.format(count=number_text(taken.known)))
    if rejected:
        refused = ngettext("{count} is rejected", "{count} are rejected", rejected)
        parts.append(refused.format(count=number_text(rejected)))
    return ", ".join(parts) + "."
