"""What waits to be billed, from a file: a hundred thousand rows in a few seconds, and none of them twice.

A row with an id is that entry, whatever else changes. A row without one is known by its content: as many equal rows
as the book has already change nothing, the others are new.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from db.schema import OneOff
from db.schema.base import Base
from desktop.domain.money import unscaled
from desktop.i18n import _
from desktop.importing.results import Report, Row
from desktop.importing.values.text import clean_text
from desktop.services.change_sets import Change
from desktop.services.imports.intake import (
    Intake,
    Lookup,
    State,
    Writes,
    current_rows,
    differs,
    scaled_or_none,
)


def _as_read(value: Any) -> Any:
    """A text as a file would give it back: what was typed may hold blanks that no import keeps."""
    return clean_text(value, lines=True)[0] if isinstance(value, str) else value


class BillableIntake(Intake):
    """What time entries and charges have in common. `table` has external_id, digest, draft_id and invoice_id."""

    model: type[Base]
    table: str
    # What makes the content of a row that has no id.
    content: tuple[str, ...]
    # Where each column comes from, to name it when a billed row differs.
    fields: dict[str, str]

    def __init__(self, session: Session, mapped: frozenset[str], today: date) -> None:
        super().__init__(session, mapped, today)
        self._writes = Writes(self.model)
        self._by_id: dict[str, tuple[int, str]] = {}
        # How many rows without an id say the same, by digest.
        self._digests: Counter[str] = Counter()
        # How many rows have each content, and each content with its digest, by hash: an export with other columns
        # has another digest, and is the same work.
        self._contents: Counter[int] = Counter()
        self._learned: set[int | None] = set()
        self._taken: Counter[int] = Counter()

    @abstractmethod
    def columns(self, row: Row, problems: Lookup) -> dict[str, Any]:
        """The row's columns in SQLite's values; what is wrong is noted."""

    def look_up(self, rows: Sequence[Row]) -> None:
        ids = [row.values["id"] for row in rows if row.values["id"] is not None]
        marks = ", ".join("?" * len(ids))
        found = self.references.rows(
            f"SELECT external_id, id, digest FROM {self.table} WHERE external_id IN ({marks})", *ids
        )
        self._by_id = {row[0]: (row[1], row[2]) for row in found}

    def bound(self, _row: Row) -> tuple[str, int | None]:
        """A column, and its value in all rows of the book that this one may repeat; None where any may be."""
        return "", None

    def alike(self, _row: Row, columns: dict[str, Any]) -> Sequence[dict[str, Any]]:
        """As which the row may stand in the book already."""
        return (columns,)

    def _learn(self, row: Row) -> None:
        """Read what the row may repeat, unless an earlier one asked for the same."""
        column, value = self.bound(row)
        if value in self._learned:
            return
        self._learned.add(value)
        rows = self.connection.exec_driver_sql(
            f"SELECT external_id IS NULL, digest, {', '.join(self.content)} FROM {self.table}"
            + ("" if value is None else f" WHERE {column} = {value}")
        )
        for is_bare, digest, *content in rows:
            if is_bare and digest:
                self._digests[digest] += 1
            now = zip(self.content, content, strict=True)
            whole = hash(tuple(_as_read(self.references.present(name, told)) for name, told in now))
            self._contents[whole] += 1
            self._contents[hash((whole, digest))] += 1

    def take(self, row: Row) -> State:
        external_id = row.values["id"]
        if external_id is not None:
            return self._take_known(row, external_id)
        self._learn(row)
        if row.occurrence < self._digests[row.digest]:
            return "same"
        columns = self._checked(row)
        for alike in self.alike(row, columns):
            content = hash(tuple(alike[name] for name in self.content))
            standing = self._contents[content]
            if standing:
                others = standing - self._contents[hash((content, row.digest))]
                if self._taken[content] < others:
                    self._taken[content] += 1
                    return "same"
        self._writes.insert(columns)
        return "new"

    def _take_known(self, row: Row, external_id: str) -> State:
        standing = self._by_id.get(external_id)
        if row.occurrence or (standing is not None and standing[1] == row.digest):
            return "same"
        columns = self._checked(row)
        if standing is None:
            self._writes.insert(columns)
            return "new"
        (current,) = current_rows(self.connection, self.table, "WHERE id = ?", (standing[0],))
        current = {name: self.references.present(name, value) for name, value in current.items()}
        said = {name: value for name, value in columns.items() if self._is_said(name)}
        if not differs(current, said):
            return "same"
        self._refuse_if_billed(current, said)
        self._writes.update(current["id"], current, said)
        return "changed"

    def _is_said(self, column: str) -> bool:
        """Whether the file has a column for it: what a file does not know it does not change."""
        field = self.fields.get(column)
        return field is None or field in self.mapped

    def _checked(self, row: Row) -> dict[str, Any]:
        problems = Lookup()
        columns = self.columns(row, problems)
        problems.done()
        return columns | {"external_id": row.values["id"], "digest": row.digest}

    def _refuse_if_billed(self, current: dict[str, Any], said: dict[str, Any]) -> None:
        """What waits in a draft may still change: its run looks at it again before it issues."""
        if current["invoice_id"] is None:
            return
        problems = Lookup()
        ((number,),) = self.references.rows("SELECT number FROM invoice WHERE id = ?", current["invoice_id"])
        changed = next(name for name, value in said.items() if name != "digest" and current[name] != value)
        problems.reject(
            self.fields.get(changed, "id"),
            self._shown(changed, said[changed]),
            _("“{id}” is billed on {invoice}.").format(id=current["external_id"], invoice=number),
            _("Credit that invoice so that it may be billed again, or give the change an id of its own."),
        )
        problems.done()

    def _shown(self, column: str, value: Any) -> str:
        known = {"client_id": "clients", "agreement_id": "agreements", "item_id": "items"}.get(column)
        if known and value is not None:
            return str(getattr(self.references, known).code(value))
        if column in ("hours", "rate", "quantity", "unit_price") and value is not None:
            return f"{unscaled(value):f}"
        return "" if value is None else str(value)

    def _parties(self, row: Row, problems: Lookup) -> tuple[int | None, int | None, str | None]:
        """(client, agreement, currency) that the row is for."""
        values = row.values
        agreement = client = None
        if values["agreement"]:
            agreement = problems.id(
                "agreement", values["agreement"], self.references.agreements.find(values["agreement"])
            )
        if values["client"]:
            client = problems.id("client", values["client"], self.references.clients.find(values["client"]))
        if problems.problems:
            return None, None, None
        if agreement is not None:
            facts = self.references.agreement_facts[agreement]
            if client is not None and client != facts.client_id:
                problems.reject(
                    "client",
                    values["client"],
                    _("Agreement {agreement} is with {client}.").format(
                        agreement=self.references.agreements.code(agreement),
                        client=self.references.clients.code(facts.client_id),
                    ),
                    _("Correct the client or the agreement."),
                )
            return facts.client_id, agreement, facts.currency
        return client, None, self.references.client_currencies[client] if client else None

    def _refuse_other_currency(self, row: Row, currency: str | None, problems: Lookup) -> None:
        said = row.values["currency"]
        if said and currency and said != currency:
            problems.reject(
                "currency",
                said,
                _("The price is in {said}; it is billed in {currency}.").format(said=said, currency=currency),
                _("Convert the price, or leave its column out."),
            )

    def write(self, made: Change, batch_id: int, report: Report) -> None:
        self._writes.write(made, batch_id, report)


class ChargeIntake(BillableIntake):
    """What is taken off, by a price or a quantity below 0, is kept as a discount."""

    model = OneOff
    table = "one_off"
    content = (
        "client_id", "agreement_id", "item_id", "kind", "due_date", "description", "quantity", "unit_price", "currency",
    )  # fmt: skip
    fields = {  # noqa: RUF012
        "client_id": "client",
        "agreement_id": "agreement",
        "item_id": "item",
        "kind": "kind",
        "due_date": "date",
        "description": "description",
        "quantity": "quantity",
        "unit_price": "unit_price",
        "currency": "currency",
    }

    def columns(self, row: Row, problems: Lookup) -> dict[str, Any]:
        values = row.values
        client, agreement, currency = self._parties(row, problems)
        if agreement is not None:
            self._refuse_other_currency(row, currency, problems)
        item = values["item"]
        quantity, price = values["quantity"], values["unit_price"]
        takes_off = (quantity < 0) != (price is not None and price < 0)
        return {
            "client_id": client,
            "agreement_id": agreement,
            "item_id": problems.id("item", item, self.references.items.find(item)) if item else None,
            "kind": "discount" if takes_off else values["kind"] or "charge",
            "due_date": values["date"].isoformat(),
            "description": values["description"] or "",
            "quantity": scaled_or_none(abs(quantity)),
            "unit_price": None if price is None else scaled_or_none(-abs(price) if takes_off else abs(price)),
            "currency": currency if agreement is not None else values["currency"] or currency,
        }
