"""What a print order would come to: documents, clients, jobs, pages and sheets of paper."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from math import ceil

from db.engine import Book
from desktop.documents.merging import page_count
from desktop.services.delivery.paper.papers import Choice, Paper, papers
from desktop.services.delivery.paper.print_settings import PrintSettings
from desktop.services.delivery.paper.stacking import batches, sheets

Report = Callable[[int, int, str], None]
Pages = dict[tuple[int | None, int | None], int]
"""Pages of documents by their ids (of the invoice, of the letter's file)."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """`pages` are those of the documents once, without covers; `sheets` what all copies take. `covers` is how many
    cover sheets come before them. `copies_of` counts documents that go another way and have a copy on paper."""

    documents: int
    clients: int
    jobs: int
    covers: int
    pages: int
    sheets: int
    copies_of: int
    held_back: tuple[str, ...]


def chosen_count(book: Book, choice: Choice) -> int:
    """How many documents a choice has; none where it cannot be printed."""
    return len(papers(book, choice).found)


def outlook(book: Book, choice: Choice, settings: PrintSettings, known: Pages, report: Report) -> Outlook:
    """`known` are pages that were counted already; what is counted now is added to it.

    `report` may raise between documents. UserError as `papers`.
    """
    chosen = papers(book, choice, order=settings.order)
    found = chosen.found
    _count(book, [one for one in found if _key(one) not in known], known, report)
    counts = [known[_key(one)] for one in found]
    jobs = len(batches(found, per_client=settings.per_client))
    if not settings.duplex:
        needed = sum(counts)
    elif settings.fronts:
        needed = sum(ceil(count / 2) for count in counts)
    else:
        # Documents of one job share a sheet, jobs do not.
        needed = sum(
            ceil(sum(known[_key(one)] for one in batch.papers) / 2)
            for batch in batches(found, per_client=settings.per_client)
        )
    covers = jobs if settings.cover else 0
    return Outlook(
        len(found),
        len({one.client_id for one in found}),
        jobs,
        covers,
        sum(counts),
        (needed + covers) * settings.copies,
        sum(not one.goes_by_print for one in found),
        chosen.held_back,
    )


def _key(one: Paper) -> tuple[int | None, int | None]:
    return one.invoice_id, one.file_id


def _count(book: Book, uncounted: list[Paper], known: Pages, report: Report) -> None:
    with closing(sheets(book, uncounted)) as stack:
        for place, one in enumerate(stack):
            report(place, len(uncounted), "")
            known[_key(one.paper)] = page_count(one.pdf)
