"""A person's own writes: a quiet job each, told in one sentence, and taken back by the Undo beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.changes import changes, undo
from desktop.ui.desk import Desk
from desktop.ui.notice import Offer

# What a person's write may touch beside its own subject: a draft that holds it is checked again by its run.
MASTER_DATA = frozenset({"clients", "agreements", "billables", "runs"})


@dataclass(frozen=True)
class Written:
    """What a write gave, and the change sets that it made, oldest first; none where nothing changed."""

    result: object
    changes: tuple[int, ...]


def writing(desk: Desk, title: str, work: Callable[[], object], changed: Collection[str] = MASTER_DATA) -> Job:
    """The job of a small write; it gives `Written`."""
    book, actor = desk.book, desk.actor

    def run(_report: object) -> Written:
        before = max((one.id for one in changes(book, 1)), default=0)
        result = work()
        # A run under way may have written meanwhile; what it wrote is not this person's to undo.
        own = [one.id for one in changes(book) if one.id > before and one.undoable and one.actor == actor]
        return Written(result, tuple(sorted(own)))

    return Job(title, run, changed, lane=Lane.HAND, quiet=True)


def write(
    desk: Desk,
    title: str,
    work: Callable[[], object],
    sentence: str | Callable[[object], str],
    then: Callable[[object], object] | None = None,
    changed: Collection[str] = MASTER_DATA,
) -> None:
    """Write, then say so with an Undo; `sentence` may be made from what the work gave, and `then` gets it too."""

    def said(written: object) -> None:
        tell(desk, sentence, written, changed)
        if then is not None:
            assert isinstance(written, Written)
            then(written.result)

    desk.shell.jobs.start(writing(desk, title, work, changed), said)


def tell(
    desk: Desk, sentence: str | Callable[[object], str], written: object, changed: Collection[str] = MASTER_DATA
) -> None:
    """Say what was written; where nothing changed, say nothing."""
    assert isinstance(written, Written)
    if written.changes:
        text = sentence if isinstance(sentence, str) else sentence(written.result)
        desk.shell.notices.say(text, offers=undo_offers(desk, written, changed))


def undo_offers(desk: Desk, written: Written, changed: Collection[str] = MASTER_DATA) -> list[Offer]:
    """The Undo beside a notice of one's own wording; none where nothing changed."""
    return [(_("Undo"), lambda: take_back(desk, written.changes, changed))] if written.changes else []


def take_back(desk: Desk, wanted: Sequence[int | None] = (None,), changed: Collection[str] = MASTER_DATA) -> None:
    """Undo change sets, the newest first; None is the last one that can be undone."""
    book, actor = desk.book, desk.actor

    def work(_report: object) -> str:
        return [undo(book, actor, one) for one in reversed(wanted)][-1]

    desk.shell.jobs.start(
        Job(_("Undoing"), work, changed, lane=Lane.HAND, quiet=True),
        lambda summary: desk.shell.notices.say(_("Undone: {what}").format(what=summary)),
    )
