"""Items and rates from a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from db.schema import Item, Rate
from desktop.domain.money import unscaled
from desktop.i18n import _, date_text, number_text
from desktop.importing.results import Report, Row
from desktop.services.change_sets import Change
from desktop.services.imports.intake import (
    Intake,
    Judged,
    Lookup,
    Problem,
    State,
    Writes,
    current_rows,
    differs,
    scaled_or_none,
)

# A price without a day has always held.
_ALWAYS = date(2000, 1, 1)


class ItemIntake(Intake):
    """Items by code. The same service never has two names, so a name that another item has is refused."""

    def __init__(self, session: Session, mapped: frozenset[str], today: date) -> None:
        super().__init__(session, mapped, today)
        rows = current_rows(self.connection, "item")
        self._standing = {row["code"].casefold(): row for row in rows}
        self._names = {row["name"].casefold(): row["code"] for row in rows if row["merged_into_id"] is None}
        self._writes = Writes(Item)
        standard = self.references.rows("SELECT id FROM tax_code WHERE code = 'standard'")
        self._standard = standard[0][0] if standard else None

    def take(self, row: Row) -> State:
        values = row.values
        key = values["code"].casefold()
        current = self._standing.get(key)
        if self.is_repeated(row, values["code"]) or (current is not None and current["digest"] == row.digest):
            return "same"
        problems = Lookup()
        tax_code = values["tax_code"]
        columns: dict[str, Any] = {
            "name": values["name"],
            "unit": values["unit"],
            "price": scaled_or_none(values["price"]),
            "currency": values["currency"],
            "tax_code_id": problems.id("tax_code", tax_code, self.references.tax_codes.find(tax_code))
            if tax_code
            else None,
            "hsn_sac": values["hsn_sac"],
        }
        if columns["price"] is not None and columns["currency"] is None:
            columns["currency"] = (current or {}).get("currency") or self.references.firm_currency
        taken = self._names.get(values["name"].casefold())
        if taken is not None and taken.casefold() != key:
            problems.reject(
                "name",
                values["name"],
                _("“{name}” is the name of item {code} already.").format(name=values["name"], code=taken),
                _("Use that item, or give this one a name of its own."),
            )
        problems.done()
        self._names[values["name"].casefold()] = values["code"]
        columns = {name: value for name, value in columns.items() if value is not None} | {"digest": row.digest}
        if current is None:
            self._writes.insert({"code": values["code"], "tax_code_id": self._standard} | columns)
            return "new"
        if not differs(current, columns):
            return "same"
        if current["merged_into_id"] is not None:
            problems.reject(
                "code",
                values["code"],
                _("{code} was merged into {other}.").format(
                    code=values["code"], other=self.references.items.code(current["merged_into_id"])
                ),
                _("Write that code, or leave the row out."),
            )
            problems.done()
        self._writes.update(current["id"], current, columns)
        return "changed"

    def write(self, made: Change, batch_id: int, report: Report) -> None:
        self._writes.write(made, batch_id, report)


_Card = tuple[int, int | None, str, str]


class RateIntake(Intake):
    """Rates by item, client, currency, day and tier. Tiers of one day are judged together, when all are read."""

    def __init__(self, session: Session, mapped: frozenset[str], today: date) -> None:
        super().__init__(session, mapped, today)
        self._standing: dict[_Card, dict[int | None, dict[str, Any]]] = {}
        for row in current_rows(self.connection, "rate"):
            card = (row["item_id"], row["client_id"], row["currency"], row["valid_from"])
            self._standing.setdefault(card, {})[row["up_to"]] = row
        self._cards: dict[_Card, dict[int | None, tuple[Row, dict[str, Any]]]] = {}
        self._repeated: list[Row] = []
        self._writes = Writes(Rate)

    def judge(self, rows: Iterable[Row]) -> Iterator[Judged]:
        for judged in super().judge(rows):
            # The rows of sound words wait for the rest of their card.
            if judged.problems:
                yield judged
        for card, tiers in self._cards.items():
            yield from self._judge_card(card, tiers)
        for row in self._repeated:
            yield Judged(row, "same", [])

    def take(self, row: Row) -> State:
        values = row.values
        problems = Lookup()
        item = problems.id("item", values["item"], self.references.items.find(values["item"]))
        client_name = values["client"]
        client = problems.id("client", client_name, self.references.clients.find(client_name)) if client_name else None
        problems.done()
        assert item is not None
        currency = values["currency"] or (
            self.references.client_currencies[client] if client else self.references.firm_currency
        )
        card = (item, client, currency, (values["from"] or _ALWAYS).isoformat())
        up_to = scaled_or_none(values["up_to"])
        columns = {"price": scaled_or_none(values["price"]), "mode": values["mode"], "digest": row.digest}
        tiers = self._cards.setdefault(card, {})
        if up_to in tiers and tiers[up_to][0].digest == row.digest:
            self._repeated.append(row)
            return "same"
        if up_to in tiers:
            problems.reject(
                "price",
                number_text(values["price"]),
                _("Row {row} prices the same item, client and day.").format(row=tiers[up_to][0].row),
                _("Keep the row that is right."),
            )
            problems.done()
        tiers[up_to] = (row, columns)
        return "new"

    def _judge_card(self, card: _Card, tiers: dict[int | None, tuple[Row, dict[str, Any]]]) -> Iterator[Judged]:
        standing = self._standing.get(card, {})
        after = {up_to: row["mode"] for up_to, row in standing.items()}
        after |= {up_to: columns["mode"] for up_to, (_row, columns) in tiers.items()}
        problem = self._wrong(card, after)
        for up_to, (row, columns) in tiers.items():
            current = standing.get(up_to)
            if current is not None and (current["digest"] == row.digest or not differs(current, columns)):
                yield Judged(row, "same", [])
            elif problem:
                yield Judged(row, None, [problem])
            elif current is None:
                names = ("item_id", "client_id", "currency", "valid_from")
                self._writes.insert(dict(zip(names, card, strict=True)) | columns | {"up_to": up_to})
                yield Judged(row, "new", [])
            else:
                self._writes.update(current["id"], current, columns)
                yield Judged(row, "changed", [])

    def _wrong(self, card: _Card, modes: dict[int | None, str]) -> Problem | None:
        what = _("{item} from {day}").format(
            item=self.references.items.code(card[0]), day=date_text(date.fromisoformat(card[3]))
        )
        if len(set(modes.values())) > 1:
            return Problem(
                "mode",
                ", ".join(sorted(set(modes.values()))),
                _("The tiers of {what} count in different ways.").format(what=what),
                _("Write volume in all of them, or graduated in all of them."),
            )
        if None not in modes:
            highest = max(up_to for up_to in modes if up_to is not None)
            return Problem(
                "up_to",
                number_text(unscaled(highest)),
                _("{quantity} and more of {what} would have no price.").format(
                    quantity=number_text(unscaled(highest)), what=what
                ),
                _("Leave the last tier open: a row with an empty cell here."),
            )
        return None

    def write(self, made: Change, batch_id: int, report: Report) -> None:
        self._writes.write(made, batch_id, report)
