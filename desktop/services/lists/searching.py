"""What a person typed into a search box, as a condition of SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence


def ids_text(ids: Iterable[int]) -> str:
    """Ids as one JSON text, for `IN (SELECT value FROM json_each(?))`: the statement stays the same for any number."""
    return json.dumps(list(ids))


def like(search: str, columns: Sequence[str]) -> tuple[str, list[object]]:
    """A condition that every word of the search stands somewhere in one of the columns, and its values.

    SQLite's LIKE knows capitals of ASCII only, so other letters are tried in the cases that names have.
    """
    conditions: list[str] = []
    values: list[object] = []
    for word in search.split():
        spellings = {_ascii_lower(one) for one in (word, word.lower(), word.upper(), word.capitalize())}
        tests = []
        for spelling in sorted(spellings):
            escaped = spelling.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            tests += [f"{column} LIKE ? ESCAPE '\\'" for column in columns]
            values += [f"%{escaped}%"] * len(columns)
        conditions.append(f"({' OR '.join(tests)})")
    return " AND ".join(conditions) or "1", values


def rarest_first(search: str) -> list[str]:
    """The words of a search, the long ones first: few rows have them, so few are left to be asked for the others."""
    return sorted(search.split(), key=len, reverse=True)


def _ascii_lower(word: str) -> str:
    return "".join(sign.lower() if sign.isascii() else sign for sign in word)


def named(filters: Iterable[str], prefix: str) -> list[str]:
    """The values of filters such as `segment:3`."""
    return [word[len(prefix) + 1 :] for word in sorted(filters) if word.startswith(f"{prefix}:")]


def limited(limit: int | None) -> str:
    """A LIMIT, if there is to be one: the first rows are had before all are found."""
    return "" if limit is None else f" LIMIT {int(limit)}"


def ordered(sorts: dict[str, str], sort: str, descending: bool, own: str) -> str:
    """An ORDER BY: the asked one with the listing's own behind it, so that equal rows keep an order."""
    if sort not in sorts:
        return own
    return f"{sorts[sort]} {'DESC' if descending else 'ASC'}, {own}"
