"""What taking statements in came to, for the command and the window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from desktop.i18n import _, ngettext
from desktop.services.bank.gaps import Gap


@dataclass(frozen=True, slots=True)
class Refusal:
    """What of a file was not taken. `place` is where it stands in the file: a row, a line, or "" for the whole."""

    file: str
    place: str
    column: str
    value: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class TakenStatement:
    """`id` is None in a preview and where the same statement stands in the book already. Days inclusive, balances
    signed minor units. Of its `lines`, `new` came in by it and `known` were in the book; `left_out` move nothing."""

    id: int | None
    account_id: int
    account: str
    format: str
    number: str
    currency: str
    from_day: date | None
    to_day: date | None
    opening: int | None
    closing: int | None
    lines: int
    new: int
    known: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class TakenFile:
    """One file. `batch` is None where nothing of it was written; `change_set` takes it out again."""

    name: str
    format: str
    batch: int | None
    change_set: int | None
    statements: tuple[TakenStatement, ...]
    rejected: tuple[Refusal, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """All files of one call. `gaps` are those of the accounts that they speak of."""

    files: tuple[TakenFile, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def statements(self) -> tuple[TakenStatement, ...]:
        return tuple(one for file in self.files for one in file.statements)

    @property
    def lines(self) -> int:
        return sum(one.lines for one in self.statements)

    @property
    def new(self) -> int:
        return sum(one.new for one in self.statements)

    @property
    def known(self) -> int:
        return sum(one.known for one in self.statements)

    @property
    def rejected(self) -> tuple[Refusal, ...]:
        return tuple(one for file in self.files for one in file.rejected)

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for file in self.files for one in file.problems))

    @property
    def batches(self) -> tuple[int, ...]:
        return tuple(file.batch for file in self.files if file.batch is not None)


def summary(taken: TakenIn) -> str:
    """The result in a sentence."""
    return _said(
        (
            ngettext("{count} new line", "{count} new lines", taken.new).format(count=f"{taken.new:,}"),
            _("{count} known already").format(count=f"{taken.known:,}"),
            _("{count} rejected").format(count=f"{len(taken.rejected):,}"),
        )
    )


def _said(parts: Iterable[str]) -> str:
    return ", ".join(parts) + "."
