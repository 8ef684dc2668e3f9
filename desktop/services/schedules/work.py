"""What a task of the clock is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from db.engine import Book
from desktop.domain.wording import Said
from desktop.services.runs.scope import Report


@dataclass(frozen=True, slots=True)
class Work:
    """One time of a schedule. `due` is when it was due, local, `today` the day on which it is done.

    `run_id` is the run that an earlier call began for it and did not end. `most_amount` is in the firm's minor units.
    `folder` is where files are taken from, empty for none.
    """

    book: Book
    result_id: int
    name: str
    segment: str
    through: str
    most_documents: int | None
    most_amount: int | None
    due: datetime
    today: date
    actor: str
    report: Report
    run_id: int | None = None
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it: done, failed with part of it done, or `waits` for a person.

    `quiet` is nothing that somebody has to hear of.
    """

    said: Said
    state: Literal["done", "waits", "failed"] = "done"
    quiet: bool = False
