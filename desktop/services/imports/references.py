"""What the rows of a file refer to: clients, items, agreements, segments and tax codes, by what people call them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection

from desktop.domain.money import SCALE
from desktop.domain.tax_catalogue import EXEMPT, STANDARD
from desktop.i18n import _

# Looking for what a wrong word may mean costs milliseconds; a file of only wrong words must not cost minutes.
_SUGGESTIONS = 200


class Unknown(NamedTuple):
    """A word that names nothing, or several things: the problem and the remedy, each a sentence."""

    problem: str
    remedy: str


class Known:
    """Things by code or name, whatever their capitals; a code counts before a name."""

    def __init__(self, things: Iterable[tuple[int, str, str]], word: str, where: str) -> None:
        """`word` is as in "There is no client “X”"; `where` is the remedy, as it stands after a colon."""
        self._word = word
        self._where = where
        self._codes: dict[str, int] = {}
        self._names: dict[str, list[int]] = {}
        self._shown: dict[int, tuple[str, str]] = {}
        self._answers: dict[str, int | Unknown] = {}
        self._left = _SUGGESTIONS
        for number, code, name in things:
            self.add(number, code, name)

    def add(self, number: int, code: str, name: str) -> None:
        self._codes.setdefault(code.casefold(), number)
        if name:
            self._names.setdefault(name.casefold(), []).append(number)
        self._shown[number] = (code, name)
        self._answers.clear()

    def also(self, number: int, code: str, name: str) -> None:
        """What a thing was once called beside its own code and name."""
        self._codes.setdefault(code.casefold(), number)
        named = self._names.setdefault(name.casefold(), [])
        if number not in named:
            named.append(number)
        self._answers.clear()

    def alias(self, number: int, text: str) -> None:
        """Another word for a thing that is known."""
        self._codes.setdefault(text.casefold(), number)
        self._answers.clear()

    def code(self, number: int) -> str:
        return self._shown[number][0]

    def name(self, number: int) -> str:
        return self._shown[number][1]

    def find(self, text: str) -> int | Unknown:
        """The id of what the text names."""
        found = self._answers.get(text)
        if found is None:
            found = self._answers[text] = self._find(text)
        return found

    def _find(self, text: str) -> int | Unknown:
        key = " ".join(text.split()).casefold()
        number = self._codes.get(key)
        if number is not None:
            return number
        named = self._names.get(key, [])
        if len(named) == 1:
            return named[0]
        if named:
            return Unknown(
                _("{count} are called “{name}”.").format(count=len(named), name=text),
                _("Write the code instead: {codes}.").format(codes=", ".join(self._shown[one][0] for one in named)),
            )
        return Unknown(_("There is no {thing} “{text}”.").format(thing=self._word, text=text), self._remedy(key))

    def _remedy(self, key: str) -> str:
        alone = self._where[:1].upper() + self._where[1:]
        if self._left <= 0:
            return alone
        self._left -= 1
        alike = get_close_matches(key, [*self._codes, *self._names], n=3, cutoff=0.6)
        numbers = dict.fromkeys(self._codes.get(one) or self._names[one][0] for one in alike)
        if not numbers:
            return alone
        shown = [f"“{code}” ({name})" if name else f"“{code}”" for code, name in map(self._shown.__getitem__, numbers)]
        return _("Did you mean {alike}? Otherwise: {remedy}").format(alike=_(" or ").join(shown), remedy=self._where)


class AgreementFacts(NamedTuple):
    """Dates are ISO texts, half-open."""

    client_id: int
    currency: str
    active: bool
    bills_time: bool
    start: str
    end: str | None


class References:
    """What one transaction finds in the book, each table read once and only when a file names it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, *parameters: Any) -> Sequence[Any]:
        return self.connection.exec_driver_sql(sql, parameters).fetchall()

    @cached_property
    def firm_currency(self) -> str:
        return str(self.rows("SELECT currency FROM firm")[0][0])

    @cached_property
    def clients(self) -> Known:
        things = self.rows("SELECT id, code, name FROM client WHERE merged_into_id IS NULL ORDER BY active DESC, id")
        known = Known(things, _("client"), _("add the client first, or correct the cell."))
        for row in self.rows("SELECT merged_into_id, code, name FROM client WHERE merged_into_id IS NOT NULL"):
            known.also(*row)
        return known

    @cached_property
    def client_currencies(self) -> Mapping[int, str]:
        return dict(self.rows("SELECT id, currency FROM client"))

    @cached_property
    def archived_clients(self) -> frozenset[int]:
        return frozenset(row[0] for row in self.rows("SELECT id FROM client WHERE NOT active"))

    @cached_property
    def items(self) -> Known:
        things = self.rows("SELECT id, code, name FROM item WHERE merged_into_id IS NULL ORDER BY active DESC, id")
        known = Known(things, _("item"), _("add the item to the catalogue first, or correct the cell."))
        for row in self.rows("SELECT merged_into_id, code, name FROM item WHERE merged_into_id IS NOT NULL"):
            known.also(*row)
        return known

    @cached_property
    def merged(self) -> Mapping[str, Mapping[int, int]]:
        """By column, the client or item that each merged one is now: what is billed still names the old one."""
        return {
            column: dict(self.rows(f"SELECT id, merged_into_id FROM {table} WHERE merged_into_id IS NOT NULL"))
            for column, table in (("client_id", "client"), ("item_id", "item"))
        }

    def present(self, column: str, value: Any) -> Any:
        """The value of a column with a merged client or item replaced by what it is now."""
        return self.merged[column].get(value, value) if column in self.merged else value

    @cached_property
    def segments(self) -> Known:
        return Known(self.rows("SELECT id, name, '' FROM segment ORDER BY id"), _("segment"), _("correct the cell."))

    @cached_property
    def people(self) -> Known:
        return Known(self.rows("SELECT id, name, '' FROM person ORDER BY id"), _("person"), _("correct the cell."))

    @cached_property
    def agreements(self) -> Known:
        things = self.rows("SELECT id, code, title FROM agreement ORDER BY active DESC, id")
        return Known(things, _("agreement"), _("add the agreement first, or correct the cell."))

    @cached_property
    def agreement_facts(self) -> Mapping[int, AgreementFacts]:
        rows = self.rows(
            "SELECT id, client_id, currency, active, billing IN ('time', 'hybrid')"
            " OR EXISTS (SELECT 1 FROM agreement_line l WHERE l.agreement_id = a.id AND l.kind = 'time'),"
            " start_date, end_date FROM agreement a"
        )
        return {row[0]: AgreementFacts(row[1], row[2], bool(row[3]), bool(row[4]), row[5], row[6]) for row in rows}

    @cached_property
    def time_agreements(self) -> Mapping[int, Sequence[int]]:
        """Active agreements that bill hours, by client."""
        found: dict[int, list[int]] = {}
        for number, facts in self.agreement_facts.items():
            if facts.active and facts.bills_time:
                found.setdefault(facts.client_id, []).append(number)
        return found

    @cached_property
    def tax_codes(self) -> Known:
        """Also by their present percentage, as files write it: "19", "19 %"; and by their category, as "AE".

        A percentage means the code that items name, not those to which rules of places lead from it.
        """
        rows = self.rows(
            "SELECT t.id, t.code, t.name, t.category, (SELECT sum(r.rate) FROM tax_rate r WHERE r.tax_code_id = t.id"
            " AND r.valid_from = (SELECT max(n.valid_from) FROM tax_rate n WHERE n.tax_code_id = r.tax_code_id"
            " AND n.name = r.name)) FROM tax_code t WHERE t.active ORDER BY t.id"
        )
        classes = {row[0] for row in self.rows("SELECT DISTINCT item_code FROM tax_rule WHERE item_code <> ''")}
        led_to = {row[0] for row in self.rows("SELECT DISTINCT tax_code_id FROM tax_rule")}
        named = {row[0] for row in rows if row[1] in classes}
        codes = ", ".join(row[1] for row in rows)
        remedy = _("write one of {codes}, or leave the cell empty.").format(codes=codes)
        known = Known([row[:3] for row in rows], _("tax code"), remedy)
        by_category: dict[str, list[int]] = {}
        by_percent: dict[str, list[int]] = {}
        for number, code, _name, category, rate in rows:
            # The letter means the usual one of several.
            if code in (STANDARD, EXEMPT) or category not in ("S", "E"):
                by_category.setdefault(category, []).append(number)
            if rate is not None and (number in named or number not in led_to):
                by_percent.setdefault(f"{rate * 100 / SCALE:g}", []).append(number)
        for category, numbers in by_category.items():
            if len(numbers) == 1:
                known.alias(numbers[0], category)
        for percent, numbers in by_percent.items():
            # Reverse charge, export and exemption are all 0 %: that tells none of them.
            # Classes of places at one percentage are written alike: the standard one comes first.
            if len(numbers) == 1 or named.issuperset(numbers):
                for text in (percent, f"{percent}%", f"{percent} %"):
                    known.alias(numbers[0], text)
        return known
