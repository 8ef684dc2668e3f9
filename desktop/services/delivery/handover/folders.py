"""Puts what waits in the outbox for its client's folder into it: each document once, whole, under its own name.

A file is written first and the book told after: what was written when the program died is found there with the same
content, and not written again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from db.engine import Book
from db.queries import delivery as outbox
from db.queries import filing as queries
from db.queries.rows import ids_text
from desktop.delivery.folder import Folder, NotFiled, PlaceTaken
from desktop.delivery.naming import check_pattern, place_of
from desktop.documents.batch import RenderPool
from desktop.documents.forms import ending, on_paper
from desktop.domain.delivery import FAILED, FOLDER, SENT, WAITING
from desktop.domain.wording import Said, as_typed, phrase
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.saying import put
from desktop.services.change_sets import raw
from desktop.services.delivery.handover.folder_settings import (
    FolderSettings,
    codes_as_names,
    firm_language,
    folder_settings,
    values_of,
)
from desktop.services.delivery.kept import files_of, keep_sealed
from desktop.services.delivery.mail.enclosing import WITH_PDF
from desktop.services.delivery.mail.readying import UNREGISTERED
from desktop.services.delivery.renderings import File, Key
from desktop.services.registrations import deliverable
from desktop.services.sandbox.refusing import refuse_in_sandbox

Report = Callable[[int, int, str], None]

_CHUNK: Final = 50
_NO_FOLDER: Final = phrase("No folder is set up for documents that are filed.")
# One at a time: two that write the same file would each spoil the other's half.
_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class Filed:
    """Counts of documents: `filed` by this call; failed and waiting as they stand after it. `problem` is what keeps
    the others waiting, `folder` where they go."""

    filed: int
    failed: int
    waiting: int
    problem: UserError | None
    folder: str


class _Row(NamedTuple):
    """A delivery with its files, or the one of a letter, and the values that name its place."""

    id: int
    file_id: int | None
    files: tuple[Key, ...]
    values: dict[str, str]


@dataclass(slots=True)
class _Done:
    """What is to be told to the book: files kept, places found, rows that cannot be, rows that wait for a place."""

    files: list[File] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)
    refused: list[tuple[int, UserError]] = field(default_factory=list)
    waiting: list[tuple[int, Said]] = field(default_factory=list)


def deliver_to_folders(
    book: Book,
    *,
    actor: str,
    report: Report | None = None,
    run: str = "",
    delivery_ids: Collection[int] = (),
    pool: RenderPool | None = None,
) -> Filed:
    """Put what waits into the folders of its clients: all, that of a run, or these deliveries alone.

    What cannot be put anywhere stays waiting and says why; `report` may raise between documents, and what is in place
    by then stays told. UserError for a run that does not exist.
    """
    refuse_in_sandbox(book)
    with _turn:
        return _deliver(book, actor, report or (lambda _done, _total, _text: None), run, delivery_ids, pool)


def waiting_for_folders(book: Book) -> int:
    """How many documents could be put into folders now; none where no folder is set up."""
    with book.reading() as session:
        connection = session.connection()
        if not folder_settings(connection).folder:
            return 0
        rows, _unregistered = _ready(connection, queries.waiting(connection))
    return len(rows)


def _deliver(
    book: Book, actor: str, report: Report, run: str, delivery_ids: Collection[int], pool: RenderPool | None
) -> Filed:
    with book.reading() as session:
        connection = session.connection()
        run_id = outbox.run_id(connection, run) if run else None
        if run and run_id is None:
            raise UserError(_("There is no run {run} in this book.").format(run=run), _("See the list of runs."))
        settings = folder_settings(connection)
        found = queries.waiting(connection, run_id=run_id, ids=delivery_ids)
        rows, unregistered = _ready(connection, found)
    filed = 0
    why: Said | None = None
    own = dict[int, Said]()
    try:
        if rows:
            folder = _opened(settings)
            for done in _put(book, folder, settings.pattern, rows, pool):
                filed += _tell(book, done, actor)
                own.update(done.waiting)
                report(filed, len(rows), _said(filed, len(rows)))
    except NotFiled as refusal:
        why = refusal.said
    with book.reading() as session:
        connection = session.connection()
        counts = outbox.counts(connection, run_id, delivery_ids)
        stuck = {row[0] for row in queries.waiting(connection, run_id=run_id, ids=delivery_ids)} - unregistered
    answers = dict.fromkeys(unregistered, UNREGISTERED) | dict.fromkeys(stuck, why.stored() if why else "")
    _tell_waiting(book, answers | {key: said.stored() for key, said in own.items()})
    problem = _problem(why, [*own.values()])
    failed, waiting = counts.get((FOLDER, FAILED), 0), counts.get((FOLDER, WAITING), 0)
    return Filed(filed, failed, waiting, problem, settings.folder)


def _problem(why: Said | None, places: Sequence[Said]) -> UserError | None:
    """What keeps documents waiting: the folder of all, else the places of some."""
    if why is not None:
        remedy = _("Choose the folder in the outbox, or by: sheaf settings BOOK delivery.folder PATH. Nothing is lost.")
        return UserError(put(why), remedy)
    if not places:
        return None
    return UserError(put(places[0]), _("Make room at that place, then try again. All the others are in their folders."))


def _said(done: int, total: int) -> str:
    words = ngettext("{done} of {total} document filed", "{done} of {total} documents filed", total)
    return words.format(done=number_text(done), total=number_text(total))


def _opened(settings: FolderSettings) -> Folder:
    if not settings.folder:
        raise NotFiled(_NO_FOLDER)
    try:
        check_pattern(settings.pattern)
    except UserError as problem:
        # It was set by another program, or by hand.
        raise NotFiled(as_typed(problem.message)) from problem
    return Folder(Path(settings.folder))


def _ready(connection: Connection, found: Sequence[tuple[Any, ...]]) -> tuple[list[_Row], set[int]]:
    """What may leave the house now, and what waits for its registration."""
    may = deliverable(connection, {row[1] for row in found if row[1] is not None})
    language, codes = firm_language(connection), codes_as_names(connection)
    with_pdf = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (WITH_PDF,)).scalar() != "false"
    rows, unregistered = [], set[int]()
    for row in found:
        key, invoice, file_id, _title, form, *_rest = row
        if invoice is not None and invoice not in may:
            unregistered.add(key)
            continue
        files: tuple[Key, ...] = () if invoice is None else ((invoice, form),)
        if files and with_pdf and not on_paper(form):
            files += ((invoice, "pdf"),)
        rows.append(_Row(key, file_id, files, values_of(row, language, codes)))
    return rows, unregistered


def _put(book: Book, folder: Folder, pattern: str, rows: Sequence[_Row], pool: RenderPool | None) -> Iterator[_Done]:
    """Write the files of some rows after the other; what was put before a NotFiled is given before it is raised."""
    refused: dict[Key, UserError] = {}
    made = files_of(book, [key for row in rows for key in row.files], pool=pool, refused=refused.__setitem__)
    coming = next(made, None)
    done = _Done()
    with closing(made):
        try:
            for row in rows:
                own = []
                for key in row.files:
                    if coming is not None and (coming.invoice_id, coming.form) == key:
                        own.append(coming)
                        coming = next(made, None)
                if len(own) < len(row.files):
                    done.refused.append((row.id, next(refused[key] for key in row.files if key in refused)))
                else:
                    try:
                        done.places.append((row.id, str(_filed(book, folder, pattern, row, own))))
                    except PlaceTaken as taken:
                        done.waiting.append((row.id, taken.said))
                    else:
                        done.files += own
                if len(done.places) + len(done.refused) >= _CHUNK:
                    yield done
                    done = _Done()
        except NotFiled:
            yield done
            raise
    yield done


def _filed(book: Book, folder: Folder, pattern: str, row: _Row, files: Sequence[File]) -> Path:
    """Where the document lies; of several files the first."""
    if row.file_id is not None:
        with book.reading() as session:
            _media_type, content, _sha256 = outbox.files(session.connection(), [row.file_id])[row.file_id]
        return folder.put(place_of(pattern, row.values, ".pdf"), content)
    paths = [folder.put(place_of(pattern, row.values, ending(file.form)), file.content) for file in files]
    return paths[0]


def _tell(book: Book, done: _Done, actor: str) -> int:
    """How many were filed; who cancelled one meanwhile has it cancelled."""
    filed = 0
    with book.writing() as session:
        connection = session.connection()
        driver, now = raw(connection), book.now
        keep_sealed(connection, done.files, actor=actor, now=now)
        for key, path in done.places:
            moved = driver.execute(
                "UPDATE delivery SET state = 'sent', path = ?, done_at = ?, answer = '', not_before = '', code = NULL,"
                " tries = tries + 1 WHERE id = ? AND state = 'waiting' AND channel = 'folder'",
                (path, now, key),
            )
            if moved.rowcount:
                filed += 1
                _note(driver, key, SENT, as_typed(path).stored(), now, actor)
        for key, why in done.refused:
            answer = as_typed(why.message).stored()
            moved = driver.execute(
                "UPDATE delivery SET state = 'failed', answer = ?, tries = tries + 1"
                " WHERE id = ? AND state = 'waiting' AND channel = 'folder'",
                (answer, key),
            )
            if moved.rowcount:
                _note(driver, key, FAILED, answer, now, actor)
    return filed


def _note(driver: Any, delivery: int, kind: str, detail: str, now: str, actor: str) -> None:
    driver.execute(
        "INSERT INTO delivery_event (delivery_id, at, kind, detail, actor) VALUES (?, ?, ?, ?, ?)",
        (delivery, now, kind, detail, actor),
    )


def _tell_waiting(book: Book, answers: dict[int, str]) -> None:
    """Let what still waits say why; nothing is written where it does already."""
    with book.reading() as session:
        known = dict(
            raw(session.connection()).execute(
                "SELECT id, answer FROM delivery WHERE id IN (SELECT value FROM json_each(?))", (ids_text(answers),)
            )
        )
    new = [(answer, key) for key, answer in answers.items() if known.get(key) != answer]
    if new:
        with book.writing() as session:
            raw(session.connection()).executemany(
                "UPDATE delivery SET answer = ? WHERE id = ? AND state = 'waiting' AND channel = 'folder'", new
            )
