"""Files of issued documents as they went out, byte for byte; those that never went are rendered now."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing

from db.engine import Book
from desktop.documents.batch import RenderPool, make_batch
from desktop.domain.document import Document, TemplateVersion
from desktop.errors import UserError
from desktop.services.delivery.renderings import File, Key, keep, keep_sealed, kept_files, kept_keys
from desktop.services.documents import documents
from desktop.services.einvoice_fit import unfit

__all__ = ["File", "Key", "file_of", "files_of", "keep", "keep_sealed"]

# Kept files that are read at once.
_CHUNK = 100

Refused = Callable[[Key, UserError], None]


def files_of(
    book: Book, wanted: Iterable[Key], *, pool: RenderPool | None = None, refused: Refused | None = None
) -> Generator[File, None, None]:
    """The files of issued documents in their forms, in the order of `wanted`: each as it went out, else rendered now.

    What is rendered is made some chunks ahead of the file that is asked for, in the processes of `pool`, which serves
    nobody else until the last file is given or the iterator is closed. A document that cannot take its form is told to
    `refused` and left out; without it the first one raises its UserError. `keep` keeps what goes out for the first
    time, in the transaction in which it does; `keep_sealed` does where no change set is being written.
    """
    keys = list(wanted)
    with book.reading() as session:
        known = kept_keys(session.connection(), {invoice for invoice, _form in keys})
    kept = _read(book, [key for key in keys if key in known])
    taken: deque[Key] = deque()
    rendered = make_batch(_jobs(book, [key for key in keys if key not in known], taken, refused), pool)
    with closing(rendered):
        # What comes next of the rendered ones; a document that was refused has none.
        coming = next(rendered, None)
        for key in keys:
            if key in known:
                yield next(kept)
            elif coming is not None and taken[0] == key:
                taken.popleft()
                yield File(*key, coming.prefix, coming.rest, coming.sha256, coming.packed)
                coming = next(rendered, None)


def file_of(book: Book, invoice_id: int, form: str = "pdf") -> File:
    """One file, as `files_of` gives it. UserError where the document cannot take the form."""
    return next(files_of(book, [(invoice_id, form)]))


def _read(book: Book, keys: Sequence[Key]) -> Iterator[File]:
    prefixes: dict[int, bytes] = {}
    for start in range(0, len(keys), _CHUNK):
        with book.reading() as session:
            found = kept_files(session.connection(), keys[start : start + _CHUNK], prefixes)
        yield from found


def _jobs(
    book: Book, keys: Sequence[Key], taken: deque[Key], refused: Refused | None
) -> Iterator[tuple[Document, TemplateVersion, str]]:
    jobs = documents(book, [invoice for invoice, _form in keys])
    for key, (document, template) in zip(keys, jobs, strict=True):
        why = unfit(document, key[1]) if key[1] != "pdf" else None
        if why is None:
            taken.append(key)
            yield document, template, key[1]
        elif refused is None:
            raise why
        else:
            refused(key, why)
