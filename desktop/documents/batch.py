"""Renders many documents to files in processes of their own, which stay warm from one batch to the next.

Processes are spawned: a fork beside Qt's threads hangs. They get documents in chunks, because a pipe is cheap by the
byte and dear by the message, and send back checksums, because the files are on the disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import pickle
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sized
from itertools import chain, islice
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, cast

from desktop.documents import fonts
from desktop.documents.forms import einvoice, ending, on_paper
from desktop.documents.glyphs import BASIC, Tier
from desktop.documents.pdffile import Frame
from desktop.documents.render import compose, setting_for, tiers_needed
from desktop.documents.setting import Setting
from desktop.documents.spawning import no_main_module
from desktop.documents.worker import PACKING, PART, Pieces, Task, packed, serve, write
from desktop.domain.document import Document, TemplateVersion
from desktop.domain.file_names import safe_name, same_name
from desktop.errors import UserError
from desktop.i18n import _

Report = Callable[[int, int, str], None]

_CHUNK = 50
_CHUNK_LINES = 2_000
_FEW = 2
# Chunks a process has in hand: one that it works on and one that it finds when it is done. Files fill the pipe, so that
# a process may wait there for its reader, who must not wait for it.
_IN_HAND = 2
_IN_HAND_BY_PIPE = 1
# Chunks a process may be ahead of the slowest, whose files come first: more would fill the memory for nothing.
_AHEAD = 4


class Written(NamedTuple):
    """One file: the document's number, where it is, its SHA-256 in hexadecimal and its size in bytes."""

    number: str
    path: Path
    sha256: str
    size: int


class Piece(NamedTuple):
    """One file in memory: what it shares with others at its beginning, the rest, the SHA-256 of the whole, and the rest
    packed as a book keeps it."""

    prefix: bytes
    rest: bytes
    sha256: str
    packed: bytes


# Documents with the names of their files and their forms; checksums and sizes of files, or the files themselves.
_Chunk = list[tuple[str, Document, TemplateVersion, str]]
Marks = list[tuple[str, int]]
_Answer = Marks | list[Piece]


class RenderPool:
    """Rendering processes, started at the first batch that needs them and kept until `close`. One batch at a time."""

    def __init__(self, processes: int | None = None) -> None:
        self._wanted = processes or min(os.cpu_count() or 1, 8)
        self._workers: list[_Worker] = []
        self._settings: dict[Setting, int] = {}
        self._prefixes: dict[str, bytes] = {}
        self._rendering = False

    def __enter__(self) -> RenderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the processes that are not there: a window may do so while the user still looks at the run."""
        # One that died with work in hand stays until that is noticed and done elsewhere.
        self._workers = [worker for worker in self._workers if worker.alive() or worker.in_hand]
        started = [_Worker(self._prefixes) for _ in range(self._wanted - len(self._workers))]
        self._workers += started
        if started:
            # The fonts are encoded while the processes come up.
            basic = fonts.tier(BASIC)
            for worker in started:
                worker.begin(basic)

    def process_ids(self) -> list[int]:
        return [worker.process_id for worker in self._workers]

    def close(self) -> None:
        for worker in self._workers:
            worker.stop()
        self._workers = []

    def write(self, chunks: Iterator[_Chunk], folder: Path) -> Iterator[tuple[_Chunk, Marks]]:
        """Chunks with the marks of their files, in their order."""
        return cast("Iterator[tuple[_Chunk, Marks]]", self._render(chunks, folder))

    def make(self, chunks: Iterator[_Chunk]) -> Iterator[tuple[_Chunk, list[Piece]]]:
        """Chunks with their files, in their order. Chunks ahead of the one that is asked for are under way."""
        return cast("Iterator[tuple[_Chunk, list[Piece]]]", self._render(chunks, None))

    def _render(self, chunks: Iterator[_Chunk], folder: Path | None) -> Iterator[tuple[_Chunk, _Answer]]:
        if self._rendering:
            raise RuntimeError("a pool renders one batch at a time")
        self._rendering = True
        waiting: deque[tuple[int, _Chunk]] = deque()
        found: dict[int, _Answer] = {}
        numbered = enumerate(chunks)
        most = _IN_HAND_BY_PIPE if folder is None else _IN_HAND
        try:
            self.start()
            while True:
                for worker in self._workers:
                    while (
                        len(worker.in_hand) < most
                        and len(waiting) < _AHEAD * len(self._workers)
                        and (following := next(numbered, None))
                    ):
                        waiting.append(following)
                        worker.send(following, self._task_for(worker, following[1], folder))
                while waiting and waiting[0][0] in found:
                    number, chunk = waiting.popleft()
                    yield chunk, found.pop(number)
                if not waiting:
                    return
                ready = wait([worker.pipe for worker in self._workers if worker.in_hand])
                for worker in [worker for worker in self._workers if worker.pipe in ready]:
                    found.update(self._answers(worker, folder))
        finally:
            # After a cancel the processes finish what they have in hand, so that the pool serves the next batch.
            for worker in self._workers:
                worker.drain()
            self._rendering = False

    def _answers(self, worker: _Worker, folder: Path | None) -> list[tuple[int, _Answer]]:
        try:
            return [worker.answer()]
        except (EOFError, ConnectionError):
            # What ended the process, want of memory or a person, must not end the batch: this process does its work.
            self._workers.remove(worker)
            worker.stop()
            self.start()
            return [(number, _render_here(chunk, folder)) for number, chunk in worker.in_hand]

    def _task_for(self, worker: _Worker, chunk: _Chunk, folder: Path | None) -> Task:
        settings: dict[int, Setting] = {}
        documents: list[tuple[int | None, str, Document, str]] = []
        needed: set[str] = set()
        for name, document, template, form in chunk:
            if not on_paper(form):
                documents.append((None, name, document, form))
                continue
            setting = setting_for(document, template)
            number = self._settings.setdefault(setting, len(self._settings))
            if number not in worker.settings:
                worker.settings.add(number)
                settings[number] = setting
            needed |= tiers_needed(document, setting)
            documents.append((number, name, document, form))
        new = sorted(needed - worker.tiers)
        worker.tiers.update(new)
        return Task(settings, [fonts.tier(name) for name in new], None if folder is None else str(folder), documents)


class _Worker:
    """The asking side of one process. Answers come in the order of what was sent; prefixes that come along are put to
    those that are known."""

    def __init__(self, prefixes: dict[str, bytes]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, far = context.Pipe()
        self._process = context.Process(target=serve, args=(far,), name="sheaf-render", daemon=True)
        with no_main_module():
            self._process.start()
        far.close()
        self._prefixes = prefixes
        self.settings: set[int] = set()
        self.tiers: set[str] = set()
        self.in_hand: deque[tuple[int, _Chunk]] = deque()

    @property
    def process_id(self) -> int:
        return self._process.pid or 0

    def alive(self) -> bool:
        return self._process.is_alive()

    def begin(self, basic: Tier) -> None:
        self._send(pickle.dumps(basic, pickle.HIGHEST_PROTOCOL))

    def send(self, numbered: tuple[int, _Chunk], task: Task) -> None:
        self.in_hand.append(numbered)
        self._send(packed(task))

    def _send(self, message: bytes) -> None:
        # A process that is gone is noticed where its answer is missed.
        with contextlib.suppress(ConnectionError):
            self.pipe.send_bytes(message)

    def answer(self) -> tuple[int, _Answer]:
        """What the oldest chunk in hand came to. EOFError or ConnectionError if the process is gone."""
        answer = self.pipe.recv()
        number, _chunk = self.in_hand.popleft()
        if isinstance(answer, OSError):
            raise _cannot_write(answer) from answer
        if isinstance(answer, str):
            raise RuntimeError(answer)
        if isinstance(answer, Pieces):
            for digest, data in answer.prefixes.items():
                self._prefixes.setdefault(digest, data)
            known = self._prefixes
            return number, [
                Piece(known[shared] if shared else b"", rest, sum_, pack) for shared, rest, sum_, pack in answer.files
            ]
        return number, answer

    def drain(self) -> None:
        while self.in_hand:
            try:
                self.answer()
            except (EOFError, ConnectionError):
                self.in_hand.clear()
            except Exception:  # the batch has ended, and with it the interest in this chunk
                continue

    def stop(self) -> None:
        self.pipe.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def render_batch(
    jobs: Iterable[tuple[Document, TemplateVersion]],
    out_dir: Path,
    processes: int | None = None,
    report: Report | None = None,
    pool: RenderPool | None = None,
    total: int | None = None,
    form: str = "pdf",
) -> Generator[Written, None, None]:
    """Write each document in a form (of FORMS) into a folder, which is made; gives the files in the order of the jobs.

    A file is named after its document's number and is there whole or not at all. `report(done, total, text)` is
    called between chunks; what it raises ends the batch, and what was given until then stays. `total` is for jobs
    that do not know their number. Without a pool, more than two documents start one for this batch. UserError if a
    template's logo cannot be read or the folder cannot be written.
    """
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise _cannot_write(problem) from problem
    if total is None and isinstance(jobs, Sized):
        total = len(jobs)
    source = iter(jobs)
    first = list(islice(source, _FEW + 1))
    chunks = _chunks((*job, form) for job in chain(first, source))
    done = 0
    with contextlib.ExitStack() as stack:
        rendered: Iterator[tuple[_Chunk, Marks]]
        if len(first) <= _FEW:
            rendered = ((chunk, _written_here(chunk, out_dir)) for chunk in chunks)
        else:
            rendered = (pool or stack.enter_context(RenderPool(processes))).write(chunks, out_dir)
        for chunk, marks in rendered:
            for (name, document, _template, _form), (sha256, size) in zip(chunk, marks, strict=True):
                yield Written(document.number, out_dir / name, sha256, size)
            done += len(chunk)
            if report:
                tell(report, done, max(total or 0, done))


def tell(report: Report, done: int, total: int) -> None:
    report(done, total, _("{done} of {total} documents written").format(done=done, total=total))


def make_batch(
    jobs: Iterable[tuple[Document, TemplateVersion, str]], pool: RenderPool | None = None
) -> Generator[Piece, None, None]:
    """Each document in its form (of FORMS) as a file in memory, in the order of the jobs.

    Jobs are taken, and files made, some chunks ahead of the one that is asked for. Without a pool, more than two
    documents start one for this batch. UserError if a template's logo cannot be read.
    """
    source = iter(jobs)
    first = list(islice(source, _FEW + 1))
    chunks = _chunks(chain(first, source))
    with contextlib.ExitStack() as stack:
        made: Iterator[tuple[_Chunk, list[Piece]]]
        if len(first) <= _FEW:
            made = ((chunk, _made_here(chunk)) for chunk in chunks)
        else:
            made = (pool or stack.enter_context(RenderPool())).make(chunks)
        for _chunk, pieces in made:
            yield from pieces


def put_file(path: Path, content: bytes, *, lasting: bool = False) -> None:
    """Write one file that is there whole or not at all, its folder with it. UserError where the disk refuses.

    What is `lasting` survives a power cut from then on, which takes a disk some milliseconds.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(str(path), None, content, lasting=lasting)
    except OSError as problem:
        raise _cannot_write(problem) from problem


class FileNames:
    """Names of files in one folder, each once: many systems hold two for one that differ in case alone."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._count = 0

    def of(self, number: str, form: str) -> str:
        """The name of the next document's file, after its number; a draft has none."""
        self._count += 1
        base = safe_name(number) or f"draft-{self._count}"
        name, again = base, 1
        while (found := same_name(name + ending(form))) in self._taken:
            again += 1
            name = f"{base}-{again}"
        self._taken.add(found)
        return name + ending(form)


def _chunks(jobs: Iterable[tuple[Document, TemplateVersion, str]]) -> Iterator[_Chunk]:
    names = FileNames()
    chunk: _Chunk = []
    lines = 0
    for document, template, form in jobs:
        chunk.append((names.of(document.number, form), document, template, form))
        lines += len(document.lines)
        if len(chunk) == _CHUNK or lines >= _CHUNK_LINES:
            yield chunk
            chunk, lines = [], 0
    if chunk:
        yield chunk


def _render_here(chunk: _Chunk, folder: Path | None) -> _Answer:
    return _made_here(chunk) if folder is None else _written_here(chunk, folder)


def _written_here(chunk: _Chunk, folder: Path) -> Marks:
    try:
        return [write(str(folder / name), *_composed(paper, by, form)) for name, paper, by, form in chunk]
    except OSError as problem:
        raise _cannot_write(problem) from problem


def _made_here(chunk: _Chunk) -> list[Piece]:
    pieces = []
    for _name, document, template, form in chunk:
        frame, own = _composed(document, template, form)
        if frame is None:
            prefix, rest, sha256 = b"", own, hashlib.sha256(own).hexdigest()
        else:
            prefix, rest, sha256 = frame.prefix.data, frame.data + own, frame.checksum(own)
        pieces.append(Piece(prefix, rest, sha256, zlib.compress(rest, PACKING)))
    return pieces


def _composed(document: Document, template: TemplateVersion, form: str) -> tuple[Frame | None, bytes]:
    return compose(document, template, form) if on_paper(form) else (None, einvoice(document, form))


def _cannot_write(problem: OSError) -> UserError:
    file = str(problem.filename or "").removesuffix(PART)
    return UserError(
        _("“{file}” cannot be written: {reason}.").format(file=file, reason=problem.strerror or problem),
        _("Choose another folder, or make room on the disk. What is written already stays."),
    )
