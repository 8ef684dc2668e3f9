"""One thing of the book that wants to be put in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from sqlalchemy import Connection

# block: the next run would stop at it; hold: it costs money or a person's time; note: good to know.
Severity = Literal["block", "hold", "note"]
Subject = Literal["clients", "items", "agreements", "work", "book"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`matter` is a code and, behind a slash, which of several things of the same row it is about.

    `place` and `place_id` say where it is mended: a place of the window and the row there, 0 for the place itself.
    `field` is the field to mend, as in findings of the gate. A postponed one waits until `postponed` has come.
    """

    matter: str
    severity: Severity
    subject: Subject
    subject_id: int
    name: str
    message: str
    remedy: str
    place: str
    place_id: int
    field: str = ""
    postponed: date | None = None

    @property
    def code(self) -> str:
        """What was found, in one word."""
        return self.matter.partition("/")[0]

    @property
    def key(self) -> str:
        """The same as long as it is the same thing of the same row."""
        return f"{self.matter}:{self.subject_id}"

    def until(self, day: date | None) -> Finding:
        return replace(self, postponed=day)


@dataclass(frozen=True, slots=True)
class Look:
    """What every check is given: the transaction to read in, and the day."""

    connection: Connection
    today: date

    @property
    def day(self) -> str:
        return self.today.isoformat()
