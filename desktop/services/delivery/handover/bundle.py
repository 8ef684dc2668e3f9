"""The ZIP of a run for whoever is handed its documents: all of them, the run's report, and what proves them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from db.engine import Book
from desktop.documents.batch import RenderPool
from desktop.services.archive.making import Archived, Report, write_archive
from desktop.services.delivery.handover.handing import hand_over, waiting_in_run
from desktop.services.sandbox.refusing import refuse_in_sandbox


@dataclass(frozen=True, slots=True)
class Bundle:
    """The file, and the deliveries that waited for a person's hand and are handed over with it."""

    archive: Archived
    handed_over: tuple[int, ...]


def hand_over_run(
    book: Book,
    path: Path,
    run: str,
    *,
    actor: str,
    marked: bool = True,
    report: Report | None = None,
    pool: RenderPool | None = None,
) -> Bundle:
    """Write all documents of a run with their tables, the run's report and a manifest into a ZIP.

    Those that wait for a person's hand are handed over then, as one change that can be undone, unless not `marked`.
    Raises UserError as `write_archive` does.
    """
    refuse_in_sandbox(book)
    made = write_archive(book, path, run=run, report=report, pool=pool)
    marked_now = hand_over(book, waiting_in_run(book, run), actor=actor, pool=pool) if marked else ()
    return Bundle(made, marked_now)
