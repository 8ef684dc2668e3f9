"""Opening items from a file: what clients owed when the book began."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from desktop.domain.money import exact_minor, exponent
from desktop.i18n import _, date_text, money_text
from desktop.importing.results import Report, Row
from desktop.services.change_sets import Change
from desktop.services.imports.intake import Intake, Lookup, State
from desktop.services.opening import OpeningItem, book_opening_items, opening_problem, standing_documents

_CHUNK = 100


class OpeningIntake(Intake):
    """Items by number. One that is in the book stays as it is: it is booked."""

    def __init__(self, session: Session, mapped: frozenset[str], today: date) -> None:
        super().__init__(session, mapped, today)
        self._items: list[OpeningItem] = []
        self._seen: set[str] = set()

    def take(self, row: Row) -> State:
        values = row.values
        number = values["number"]
        problems = Lookup()
        client = problems.id("client", values["client"], self.references.clients.find(values["client"]))
        problems.done()
        assert client is not None
        currency = values["currency"] or self.references.client_currencies[client]
        amounts = {}
        for field in ("gross", "open"):
            try:
                amounts[field] = exact_minor(values[field], currency)
            except ValueError:
                problems.reject(
                    field,
                    values[field],
                    _("{currency} has {count} decimals.").format(currency=currency, count=exponent(currency)),
                    _("Round the amount."),
                )
        if values["issue_date"] > self.today:
            problems.reject(
                "issue_date",
                values["issue_date"],
                _("{day} is yet to come.").format(day=date_text(values["issue_date"])),
                _("An opening item was issued before the book began: correct the date."),
            )
        problems.done()
        due = values["due_date"] or values["issue_date"]
        item = OpeningItem(number, client, values["issue_date"], due, currency, amounts["gross"], amounts["open"])
        standing = {
            key: known and replace(known, client_id=self.references.present("client_id", known.client_id))
            for key, known in standing_documents(self.connection, [number]).items()
        }
        if number in self._seen or standing.get(number) == item:
            return "same"
        known = standing.get(number)
        if known is not None:
            self._refuse_other(known, item, problems)
        problem = opening_problem(item, taken=number in standing)
        if problem is not None:
            problems.reject("number", number, problem.message, problem.remedy)
        problems.done()
        self._seen.add(number)
        self._items.append(item)
        return "new"

    def _refuse_other(self, known: OpeningItem, item: OpeningItem, problems: Lookup) -> None:
        """The number stands in the book and says something else."""
        fields = {
            "client": (known.client_id, item.client_id),
            "issue_date": (known.issue_date, item.issue_date),
            "due_date": (known.due_date, item.due_date),
            "currency": (known.currency, item.currency),
            "gross": (known.gross, item.gross),
            "open": (known.open, item.open),
        }
        field, (before, now) = next((name, pair) for name, pair in fields.items() if pair[0] != pair[1])
        shown = [self._shown(field, value, item.currency) for value in (before, now)]
        problems.reject(
            field,
            shown[1],
            _("{number} is booked with {before}, not {now}.").format(number=item.number, before=shown[0], now=shown[1]),
            _("Undo its import and import it anew, or correct the row."),
        )
        problems.done()

    def _shown(self, field: str, value: object, currency: str) -> str:
        if isinstance(value, date):
            return date_text(value)
        if field == "client" and isinstance(value, int):
            return self.references.clients.code(value)
        return money_text(value, currency) if isinstance(value, int) else str(value)

    def write(self, made: Change, batch_id: int, report: Report) -> None:
        for start in range(0, len(self._items), _CHUNK):
            report(start, len(self._items), _("Writing"))
            book_opening_items(made, self._items[start : start + _CHUNK])
        report(len(self._items), len(self._items), _("Writing"))
