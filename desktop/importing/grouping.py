"""Agreements from several rows: one head that the rows agree on, and a line from each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from desktop.i18n import _
from desktop.importing.kinds import Verdict
from desktop.importing.kinds import agreements as described
from desktop.importing.kinds.fields import Values
from desktop.importing.mapping import Mapping
from desktop.importing.parts import Part, digest_of, missing
from desktop.importing.results import Rejection, Row

_NEEDED = [field for field in described.FIELDS if field.required and field.name != "code"]


@dataclass(slots=True)
class _Group:
    """What the rows of one code say. `told` remembers for each field of the head the row that said it first."""

    code: str
    head: dict[str, Any]
    told: dict[str, int] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    problems: dict[int, list[Rejection]] = field(default_factory=dict)

    def reject(self, rejection: Rejection) -> None:
        self.problems.setdefault(rejection.row, []).append(rejection)


def agreements(parts: Iterable[Part], mapping: Mapping) -> Iterator[Row | Rejection]:
    """One Row an agreement, in the order of their first rows.

    An agreement is taken whole or not at all: where one of its rows is rejected, so are the others.
    """
    groups: dict[str, _Group] = {}
    for part in parts:
        code = part.values["code"]
        if code is None:
            yield from part.problems
            continue
        group = groups.get(code)
        if group is None:
            group = groups[code] = _Group(code, dict.fromkeys(described.HEAD))
        group.parts.append(part)
        for problem in part.problems:
            group.reject(problem)
        _merge(group, part, mapping)
    for group in groups.values():
        yield from _finished(group, mapping)


def _merge(group: _Group, part: Part, mapping: Mapping) -> None:
    """Add what the row says of the head. An empty cell leaves the matter to the other rows."""
    for name in described.HEAD:
        value = part.values[name]
        if value is None:
            continue
        if name not in group.told:
            group.head[name], group.told[name] = value, part.row
        elif group.head[name] != value:
            group.reject(
                Rejection(
                    part.row,
                    mapping.heading(name),
                    _shown(value),
                    _("Row {first} says “{one}” for agreement {code}, this row says “{other}”.").format(
                        first=group.told[name], one=_shown(group.head[name]), code=group.code, other=_shown(value)
                    ),
                    _("Write the same in both rows, or give this one another code."),
                )
            )


def _finished(group: _Group, mapping: Mapping) -> Iterator[Row | Rejection]:
    # Of a row whose cells could not be told apart nothing is known, so nothing can be found missing either.
    lines = _checked(group, mapping) if all(part.tokens for part in group.parts) else []
    if group.problems:
        yield from _rejected(group, mapping)
        return
    yield Row(
        row=group.parts[0].row,
        values=group.head,
        digest=_digest(group),
        lines=tuple(lines),
        rows=tuple(part.row for part in group.parts),
        notes=tuple(note for part in group.parts for note in part.notes),
    )


def _checked(group: _Group, mapping: Mapping) -> list[Values]:
    """The lines; what is wrong with the agreement as a whole is put to the group's problems."""
    first = group.parts[0]
    told = {problem.column for problems in group.problems.values() for problem in problems}
    for needed in _NEEDED:
        if group.head[needed.name] is None and mapping.heading(needed.name) not in told:
            group.reject(missing(first.row, mapping.heading(needed.name), needed.remedy))
    verdict = Verdict()
    billings = {part.values["billing"] for part in group.parts} - {None} or {"recurring"}
    usual = min(billings) if len(billings) == 1 else "recurring"
    described.check_head(group.head, billings, verdict)
    lines = []
    for part in group.parts:
        part.values["billing"] = part.values["billing"] or usual
        line = described.line_of(part.values)
        if line is not None:
            lines.append(line)
    if not lines and group.head["billing"] not in ("time", "fixed") and not told:
        verdict.reject(
            "item",
            _("Agreement {code} has nothing to bill: no item, text or price.").format(code=group.code),
            _("Write the item or the text and the price of what is billed."),
        )
    for name, problem, remedy in verdict.problems:
        if mapping.heading(name) not in told:
            row = group.told.get(name, first.row)
            group.reject(Rejection(row, mapping.heading(name), _shown(group.head.get(name)), problem, remedy))
    return lines


def _rejected(group: _Group, mapping: Mapping) -> Iterator[Rejection]:
    bad = min(group.problems)
    for part in group.parts:
        own = group.problems.get(part.row)
        if own:
            yield from own
        else:
            yield Rejection(
                part.row,
                mapping.heading("code"),
                group.code,
                _("Row {row} of the same agreement is rejected.").format(row=bad),
                _("Mend that row: an agreement is taken whole or not at all."),
            )


def _digest(group: _Group) -> str:
    """Of the head once and of each line in its order, however often rows repeat the head."""
    head: dict[str, str] = {}
    tokens: list[str] = []
    for number, part in enumerate(group.parts):
        for token in part.tokens:
            name = token.partition("=")[0]
            if name in described.HEAD:
                head.setdefault(name, token)
            else:
                tokens.append(f"{number}.{token}")
    return digest_of("agreements", (*sorted(head.values()), *tokens))


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
