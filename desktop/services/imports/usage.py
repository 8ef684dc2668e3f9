"""Usage from a file: a million records of meters, each known by its id or its content and none of them twice."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from db.schema import Usage
from desktop.domain.money import scaled
from desktop.i18n import _, date_text
from desktop.importing.results import Row
from desktop.services.imports.billables import BillableIntake
from desktop.services.imports.intake import Lookup, Problem

_DAY = timedelta(days=1)
_Meter = tuple[int, int]


class UsageIntake(BillableIntake):
    """A record without an item is of its agreement's one meter, if there is just one."""

    model = Usage
    table = "usage"
    content = ("agreement_id", "item_id", "start_date", "end_date", "quantity")
    fields = {  # noqa: RUF012
        "agreement_id": "agreement",
        "item_id": "item",
        "start_date": "from",
        "end_date": "to",
        "days": "to",
        "quantity": "quantity",
        "note": "note",
    }

    def __init__(self, session: Session, mapped: frozenset[str], today: date) -> None:
        # The last day may stand in either of two columns, and may be left out.
        super().__init__(session, mapped | {"to"}, today)
        self._meters: dict[tuple[str, str | None], _Meter | list[Problem]] = {}

    def bound(self, row: Row) -> tuple[str, int | None]:
        """Only the agreement's own records: those of all others may be millions."""
        found = self.references.agreements.find(row.values["agreement"])
        # What is of no agreement is refused, and repeats nothing.
        return "agreement_id", found if isinstance(found, int) else -1

    def columns(self, row: Row, problems: Lookup) -> dict[str, Any]:
        values = row.values
        named = values["agreement"], values["item"]
        meter = self._meters.get(named)
        if meter is None:
            meter = self._meters[named] = self._meter(*named)
        first, last = values["from"], values["to"]
        if isinstance(meter, list):
            problems.problems += meter
            return {}
        start, end = first.isoformat(), (last + _DAY).isoformat()
        self._check_life(meter[0], row, start, end, problems)
        return {
            "agreement_id": meter[0],
            "item_id": meter[1],
            "start_date": start,
            "end_date": end,
            "days": (last - first).days + 1,
            "quantity": scaled(values["quantity"]),
            "note": values["note"] or "",
        }

    def _meter(self, agreement: str, item: str | None) -> _Meter | list[Problem]:
        found = Lookup()
        one = found.id("agreement", agreement, self.references.agreements.find(agreement))
        metered = found.id("item", item, self.references.items.find(item)) if item else None
        if found.problems or one is None:
            return found.problems
        meters = self._standing.get(one, [])
        if metered is not None and metered in meters:
            return one, metered
        if item is None and len(meters) == 1:
            return one, meters[0]
        code = self.references.agreements.code(one)
        names = ", ".join(f"“{self.references.items.code(meter)}”" for meter in meters)
        if not meters:
            found.reject(
                "agreement",
                agreement,
                _("Agreement {code} has no meter.").format(code=code),
                _("Give it a line that bills usage of the item first."),
            )
        elif item is None:
            found.reject(
                "item",
                "",
                _("Agreement {code} has {count} meters.").format(code=code, count=len(meters)),
                _("Write which one: {items}.").format(items=names),
            )
        else:
            found.reject(
                "item",
                item,
                _("“{item}” is no meter of agreement {code}.").format(item=item, code=code),
                _("Its meters are {items}; correct the cell, or give the agreement a usage line of this item.").format(
                    items=names
                ),
            )
        return found.problems

    def _check_life(self, agreement: int, row: Row, start: str, end: str, problems: Lookup) -> None:
        facts = self.references.agreement_facts[agreement]
        if start < facts.start:
            problems.reject(
                "from",
                row.values["from"],
                _("Agreement {code} starts on {day}.").format(
                    code=self.references.agreements.code(agreement), day=date_text(date.fromisoformat(facts.start))
                ),
                _("Correct the day, or the start of the agreement."),
            )
        if facts.end is not None and end > facts.end:
            problems.reject(
                "to",
                row.values["to"],
                _("Agreement {code} ends on {day}.").format(
                    code=self.references.agreements.code(agreement),
                    day=date_text(date.fromisoformat(facts.end) - _DAY),
                ),
                _("Correct the day, or the end of the agreement."),
            )

    @cached_property
    def _standing(self) -> dict[int, list[int]]:
        """The items that each agreement meters."""
        found: dict[int, list[int]] = {}
        for agreement, item in self.references.rows(
            "SELECT DISTINCT agreement_id, item_id FROM agreement_line WHERE kind = 'usage' ORDER BY 1, 2"
        ):
            found.setdefault(agreement, []).append(item)
        return found
