"""What a bank's file comes out as, whichever format it has."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.bank_statement import Statement
from desktop.importing.results import Rejection


@dataclass(frozen=True, slots=True)
class BankFile:
    """`format` is that of its statements. `problems` are sentences on the file as a whole; each statement has its own
    besides. What could be read is given all the same. `rejected` are entries that could not be."""

    format: str
    statements: tuple[Statement, ...]
    problems: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()
