"""What counts as configuration, what a proposed change of it consists of, and from which day it counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Literal

Area = Literal["prices", "taxes", "terms", "templates", "rules", "segments", "currencies", "reminders", "ledger"]

AREA_OF: Final[Mapping[str, Area]] = {
    "item": "prices",
    "rate": "prices",
    "tax_code": "taxes",
    "tax_rate": "taxes",
    "tax_rule": "taxes",
    "firm": "terms",
    "bank_account": "terms",
    "series": "terms",
    "setting": "terms",
    "mail_text": "terms",
    "segment": "segments",
    "template": "templates",
    "template_version": "templates",
    "template_choice": "templates",
    "file": "templates",
    "rule_setting": "rules",
    "rule_template": "rules",
    "exchange_rate": "currencies",
    "dunning_policy": "reminders",
    "dunning_level": "reminders",
    "interest_rate": "reminders",
    "account": "ledger",
    "account_rule": "ledger",
}
"""The tables that say how billing is done, each with what people call it."""

# Each row says by itself from which day it counts, so that it can stand in the book before.
_DATED: Final = frozenset({"rate", "tax_rate", "exchange_rate", "interest_rate", "account_rule"})

# Notes that the program keeps among the settings, and what each person's own page remembers.
_NOT_CHOSEN: Final = ("backup.last", "duplicates.", "hygiene.", "today.", "sandbox")

OPEN_STATES: Final = frozenset({"proposed", "accepted"})


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row as it was and as it becomes, in plain JSON values; an update names the changed columns only.

    `id` is the key: a new row's own one holds within its change alone, where other rows may name it.
    """

    table: str
    id: int | str
    action: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def changes_text(changes: Sequence[RowChange]) -> str:
    """As the book keeps them; `changes_of` is the inverse."""
    return json.dumps([asdict(one) for one in changes], ensure_ascii=False, sort_keys=True)


def changes_of(text: str) -> tuple[RowChange, ...]:
    return tuple(RowChange(**one) for one in json.loads(text))


def is_configuration(table: str, key: int | str | None = None) -> bool:
    """Whether a row of the table is configuration; of settings, by their key."""
    if table == "setting":
        return not str(key).startswith(_NOT_CHOSEN)
    return table in AREA_OF


def area_of(tables: Iterable[str]) -> Area:
    """What a change is about: the area of most of its rows, of the first where several have as many."""
    counts: dict[Area, int] = {}
    for table in tables:
        # A file is a part of something else, such as a logo of the firm.
        counts[AREA_OF[table]] = counts.get(AREA_OF[table], 0) + (0 if table == "file" else 1)
    return max(counts, key=lambda area: counts[area])


def own_day(changes: Sequence[RowChange]) -> date | None:
    """The first day on which rows count that all carry their days; None where something has no day of its own.

    Such rows are entered as soon as they are accepted: a run that bills ahead must see a price of next month.
    """
    days = []
    for one in changes:
        told = (one.after or {}).get("valid_from") or (one.before or {}).get("valid_from")
        if one.table not in _DATED:
            return None
        if told is not None:
            days.append(date.fromisoformat(told))
        elif one.action != "update":
            return None
    return min(days) if days and len(days) == len(changes) else None
