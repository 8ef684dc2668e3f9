"""A chart of accounts as it is read from a file: accounts, the names that each takes, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from desktop.domain.accounts.names import is_name

KINDS: Final = ("asset", "liability", "equity", "income", "expense")
COLUMNS: Final = ("number", "name", "kind", "takes")
LONGEST_NUMBER: Final = 20


class ChartAccount(NamedTuple):
    """One account; `takes` are names of postings."""

    number: str
    name: str
    kind: str
    takes: tuple[str, ...] = ()


class Fault(NamedTuple):
    """What of a row cannot be: `problem` is one of missing, kind, name, twice, taken, long; `value` what stood there.

    `other` is the number of the account that has it already.
    """

    row: int
    column: str
    problem: str
    value: str
    other: str = ""


def chart_of(rows: Iterable[tuple[int, Mapping[str, str]]]) -> tuple[list[ChartAccount], list[Fault]]:
    """The accounts of (number of the row, its number, name, kind and takes), and all that is wrong with them.

    `takes` holds names apart by spaces, commas or semicolons. Empty rows are passed over.
    """
    accounts: list[ChartAccount] = []
    faults: list[Fault] = []
    numbers: set[str] = set()
    taken: dict[str, str] = {}
    for place, row in rows:
        told = {column: (row.get(column) or "").strip() for column in COLUMNS}
        if not any(told.values()):
            continue
        number, kind = told["number"], told["kind"].casefold()
        faults += [Fault(place, column, "missing", "") for column in ("number", "name", "kind") if not told[column]]
        if kind and kind not in KINDS:
            faults.append(Fault(place, "kind", "kind", told["kind"]))
        if len(number) > LONGEST_NUMBER or any(sign.isspace() for sign in number):
            faults.append(Fault(place, "number", "long", number))
        if number in numbers:
            faults.append(Fault(place, "number", "twice", number))
        numbers.add(number)
        takes = split_names(told["takes"])
        for name in takes:
            if not is_name(name):
                faults.append(Fault(place, "takes", "name", name))
            elif name in taken:
                faults.append(Fault(place, "takes", "taken", name, taken[name]))
            taken.setdefault(name, number)
        accounts.append(ChartAccount(number, told["name"], kind, takes))
    return accounts, faults


def split_names(text: str) -> tuple[str, ...]:
    """The names of a text, each once, in their order."""
    return tuple(dict.fromkeys(text.replace(",", " ").replace(";", " ").split()))
