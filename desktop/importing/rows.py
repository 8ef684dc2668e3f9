"""A table's records as typed rows, and what keeps the others out, in words that say how to mend them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from desktop.i18n import _
from desktop.importing.cells import Cell, cell_reader
from desktop.importing.conventions import REPORT_EVERY, Conventions, find_conventions
from desktop.importing.grouping import agreements
from desktop.importing.kinds import Field, Kind, Verdict, kind_named
from desktop.importing.kinds.fields import Values
from desktop.importing.mapping import Mapping, column_name, heading_key, require
from desktop.importing.options import TableOptions
from desktop.importing.parts import Part, digest_of, missing
from desktop.importing.records import Record
from desktop.importing.results import Note, Rejection, Report, Row
from desktop.importing.tables import Table
from desktop.importing.values.numbers import currency_of
from desktop.importing.values.text import clean_text

_REMEMBERED = 20_000
_SHOWN = 200
_IN_BRACKETS = re.compile(r"[(\[{]\s*([^)\]}]{1,20}?)\s*[)\]}]\s*$")
_TOTAL = re.compile(
    r"(?:grand |sub-?)?totals?|sum|summe|gesamt(?:summe|betrag)?|zwischensumme|total général|sous-total|somme",
    re.IGNORECASE,
)


def read_rows(
    table: Table,
    kind: str,
    mapping: Mapping,
    options: TableOptions | None = None,
    conventions: Conventions | None = None,
    report: Report | None = None,
) -> Iterator[Row | Rejection]:
    """Every record of the table as a row or as one rejection for each of its problems, in the file's order.

    Agreements come last, after the whole file, since their rows may be scattered. `report(line, lines, text)` is
    called now and then and may raise to stop. UserError where a needed field has no column.
    """
    description = kind_named(kind)
    require(mapping)
    if conventions is None:
        conventions = find_conventions(table, mapping, options or TableOptions(), report)
    parts = _Reader(table, description, mapping, conventions).parts(report)
    yield from agreements(parts, mapping) if description.grouped else _rows(parts, description, mapping)


class _Column(NamedTuple):
    """Where a field stands: at `place`, or joined from `places`. `known` are cells that were read before."""

    name: str
    start: str
    place: int
    places: tuple[int, ...] | None
    read: Callable[[str], Cell]
    known: dict[str, Cell]


class _Reader:
    def __init__(self, table: Table, kind: Kind, mapping: Mapping, conventions: Conventions) -> None:
        self.table, self.kind, self.mapping = table, kind, mapping
        self.columns = []
        for field in kind.fields:
            if field.name in mapping.columns:
                decimal = conventions.decimals.get(field.name)
                order = conventions.orders.get(field.name)
                read = cell_reader(field, decimal.value if decimal else ".", order.value if order else "dmy")
                places = mapping.columns[field.name]
                joined = places if len(places) > 1 else None
                self.columns.append(_Column(field.name, f"{field.name}=", places[0], joined, read, {}))
        # So that the tokens of a row come in order.
        self.columns.sort(key=lambda column: column.name)
        self.blank: dict[str, Any] = {field.name: None for field in kind.fields}
        self.needed = [field for field in kind.fields if field.required]
        self.one_of = kind.one_of
        if kind.grouped:
            # The other rows of the group may hold the rest.
            self.needed = [field for field in self.needed if field.name in kind.key]
        self.header = [heading_key(cell) for cell in table.header]
        self.headed = _headed_currencies(table, kind, mapping)
        self.headings = {mapping.heading(name): places[0] for name, places in mapping.columns.items()}

    def parts(self, report: Report | None) -> Iterator[Part]:
        """Each record as read on its own, before it is held against the others."""
        text = _("Reading {name}").format(name=self.table.name)
        width = len(self.table.header)
        for number, record in enumerate(self.table.records()):
            if report and number % REPORT_EVERY == 0:
                report(record.row, self.table.lines, text)
            if record.flaw or (len(record.cells) > width and any(map(str.strip, record.cells[width:]))):
                yield self._malformed(record)
            else:
                part = self._part(record.row, record.cells, width)
                if part is not None:
                    yield part
        if report:
            report(self.table.lines, self.table.lines, text)

    def _part(self, row: int, cells: list[str], width: int) -> Part | None:
        """None for a row without anything in it and for the header repeated."""
        short = len(cells) < width
        if short:
            cells = cells + [""] * (width - len(cells))
        values = self.blank.copy()
        tokens: list[str] = []
        problems: list[Rejection] = []
        verdict = Verdict()
        currencies: list[tuple[str, str]] = []
        for name, start, place, places, read, known in self.columns:
            raw = cells[place] if places is None else " ".join([cells[part] for part in places])
            cell = known.get(raw)
            if cell is None:
                cell = read(raw)
                if len(known) < _REMEMBERED:
                    known[raw] = cell
            value, token, extra = cell
            if token:
                values[name] = value
                tokens.append(start + token)
            if extra is not None:
                if extra.problem:
                    problems.append(self._rejection(row, name, raw, extra.problem, extra.remedy))
                if extra.currency:
                    currencies.append((name, extra.currency))
                verdict.notes.extend((name, note) for note in extra.notes)
        if not tokens and not any(map(str.strip, cells)):
            return None
        if problems and [heading_key(cell) for cell in cells] == self.header:
            return None
        if self.kind.made_from:
            self._make_code(values, tokens, verdict)
        for name, code in self.headed:
            if values[name]:
                currencies.append((name, code))
        if currencies:
            _take_currency(values, tokens, currencies, verdict)
        for field in self.needed:
            if values[field.name] is None:
                self._tell_missing(row, field, problems)
        for group in self.one_of:
            for name in group:
                if values[name] is not None:
                    break
            else:
                self._tell_neither(row, group, problems)
        if problems and any(_TOTAL.fullmatch(cell.strip()) for cell in cells if cell):
            return Part(row, values, tokens, (), (self._total(row, cells),))
        self.kind.check(values, verdict)
        if verdict.problems:
            # What could not be read is told already, and not held against the rest again.
            told = {problem.column for problem in problems}
            for name, problem, remedy in verdict.problems:
                if self.mapping.heading(name) not in told:
                    problems.append(self._rejection(row, name, self._raw(name, cells), problem, remedy))
        if len(problems) > 1:
            problems.sort(key=self._place)
        if short:
            text = _("The row has fewer cells than the header has columns; the others are taken as empty.")
            verdict.note("", text)
        notes: tuple[Note, ...] = ()
        if verdict.notes:
            notes = tuple(Note(row, self.mapping.heading(name) if name else "", text) for name, text in verdict.notes)
        return Part(row, values, tokens, notes, tuple(problems))

    def _total(self, row: int, cells: list[str]) -> Rejection:
        """A sum below the table, which lacks what an entry needs."""
        place = next(place for place, cell in enumerate(cells) if _TOTAL.fullmatch(cell.strip()))
        return Rejection(
            row,
            self.mapping.column(place),
            clean_text(cells[place])[0],
            _("The row is a total, not an entry."),
            _("Nothing: it is left out. Take it from the file to import without rejections."),
        )

    def _malformed(self, record: Record) -> Part:
        """A record whose cells cannot be told apart; what it says of its group is still read."""
        cells = [clean_text(cell)[0] for cell in record.cells]
        width = len(self.header)
        if record.flaw == "quote":
            opens = next((cell for cell in cells if cell.startswith(self.table.dialect.quote)), cells[-1])
            heading = column_name(self.table.header, min(cells.index(opens), width - 1))
            problem = _("A quotation mark opens here and never closes.")
            remedy = _("Close it, or write it twice if it belongs to the text.")
        elif record.flaw == "long":
            opens = max(cells, key=len)
            heading = column_name(self.table.header, min(cells.index(opens), width - 1))
            problem = _("The cell is longer than any text that can be billed.")
            remedy = _("Shorten it, or check whether the lines of the file are separated.")
        else:
            # A cell of signs that nobody sees is empty once it is clean.
            opens, heading = next((cell for cell in cells[width:] if cell), ""), ""
            problem = _("The row has {found} cells, the header names {width} columns.").format(
                found=len(cells), width=width
            )
            remedy = _("Enclose a text that contains “{sign}” in quotation marks.").format(
                sign=_("tab") if self.table.dialect.delimiter == "\t" else self.table.dialect.delimiter
            )
        values = self.blank.copy()
        for column in self.columns:
            if column.name in self.kind.key and column.place < len(cells):
                values[column.name] = column.read(cells[column.place]).value
        problems = (Rejection(record.row, heading, opens[:_SHOWN], problem, remedy),)
        return Part(record.row, values, [], (), problems)

    def _make_code(self, values: Values, tokens: list[str], verdict: Verdict) -> None:
        assert self.kind.made_from
        target, source = self.kind.made_from
        if values[target] is None and values[source] is not None:
            values[target] = code_from(values[source])
            tokens.append(f"{target}={values[target]}")
            tokens.sort()
            verdict.note(target, _("The code is made from the name."))

    def _tell_missing(self, row: int, field: Field, problems: list[Rejection]) -> None:
        if self.kind.made_from and field.name == self.kind.made_from[0]:
            return  # the name from which it would be made is missing, and asked for
        heading = self.mapping.heading(field.name)
        if not any(problem.column == heading for problem in problems):
            problems.append(missing(row, heading, field.remedy))

    def _tell_neither(self, row: int, group: tuple[str, ...], problems: list[Rejection]) -> None:
        headings = [self.mapping.heading(name) for name in group]
        if not any(problem.column in headings for problem in problems):
            problem = _("The row names neither {fields}.").format(fields=_(" nor ").join(headings))
            problems.append(Rejection(row, headings[0], "", problem, _("Fill in one of them.")))

    def _place(self, problem: Rejection) -> int:
        """Where the problem stands in the row; what no column holds comes last."""
        return self.headings.get(problem.column, len(self.header))

    def _raw(self, name: str, cells: list[str]) -> str:
        return " ".join(cells[place] for place in self.mapping.columns.get(name, ()))

    def _rejection(self, row: int, name: str, raw: str, problem: str, remedy: str) -> Rejection:
        return Rejection(row, self.mapping.heading(name), clean_text(raw)[0][:_SHOWN], problem, remedy)


def _rows(parts: Iterator[Part], kind: Kind, mapping: Mapping) -> Iterator[Row | Rejection]:
    """Rows told apart by their key, or else by how often the same one came before."""
    key = kind.key
    column = mapping.heading(key[0])
    identify = itemgetter(*key)
    # So that a million ids fit: each by its hash, with its first row and the beginning of that row's digest.
    first: dict[int, int] = {}
    times: dict[int, int] = {}
    for row, values, tokens, notes, problems in parts:
        if problems:
            yield from problems
            continue
        digest = digest_of(kind.name, tokens)
        identity = identify(values)
        short = int(digest[:16], 16)
        if identity is None:
            occurrence = times.get(short, 0)
            times[short] = occurrence + 1
            yield Row(row, values, digest, occurrence, (), (), notes)
            continue
        earlier_row, earlier = divmod(first.setdefault(hash(identity), (row << 64) | short), 1 << 64)
        if earlier_row == row:
            yield Row(row, values, digest, 0, (), (), notes)
        elif earlier == short:
            note = Note(row, column, _("The row repeats an earlier one."))
            yield Row(row, values, digest, 1, (), (), (*notes, note))
        else:
            yield Rejection(
                row,
                column,
                str(values[key[0]]),
                _("Row {row} has the same “{column}” and says something else.").format(row=earlier_row, column=column),
                _("Keep the row that is right, or give one of them another “{column}”.").format(column=column),
            )


def _headed_currencies(table: Table, kind: Kind, mapping: Mapping) -> list[tuple[str, str]]:
    """The currency that stands in brackets in the heading of an amount, as in “Billable Rate (USD)”."""
    found = []
    for field in kind.fields:
        places = mapping.columns.get(field.name, ())
        if field.type in ("price", "amount") and len(places) == 1:
            inside = _IN_BRACKETS.search(table.header[places[0]])
            # “(all)” is a word, and ALL a currency.
            code = currency_of(inside[1]) if inside and not inside[1].islower() else None
            if code:
                found.append((field.name, code))
    return found


def _take_currency(values: Values, tokens: list[str], currencies: list[tuple[str, str]], verdict: Verdict) -> None:
    """A currency beside an amount counts where the row names none, and must not contradict the one it names."""
    for name, currency in currencies:
        if values["currency"] is None:
            values["currency"] = currency
            tokens.append(f"currency={currency}")
            tokens.sort()
            verdict.note(name, _("The currency {currency} is read from the amount.").format(currency=currency))
        elif values["currency"] != currency:
            verdict.reject(
                name,
                _("The amount is in {found}, the row says {currency}.").format(
                    found=currency, currency=values["currency"]
                ),
                _("Correct one of the two currencies."),
            )


def code_from(name: str) -> str:
    """A code for a record that has only a name: the same name always gives the same code."""
    split = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("&", " "))
    words = re.findall(r"[A-Za-z0-9]+", split.encode("ascii", "ignore").decode())
    code = "-".join(words).upper()[:24].strip("-")
    # A name in another script gives no letters.
    return code or "C-" + hashlib.blake2b(name.encode(), digest_size=4).hexdigest().upper()
