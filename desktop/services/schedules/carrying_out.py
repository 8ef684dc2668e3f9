"""Carries out what is due by the clock, one thing at a time, and keeps what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from db.engine import Book
from db.guard import NotAllowed
from db.refusals import BookUnusable
from desktop.domain.wording import Said, as_typed, phrase, sentence
from desktop.errors import UserError
from desktop.services.access.standing_in import by_the_clock, on_behalf
from desktop.services.configuration.applying import apply_due
from desktop.services.runs.planning import RunInterrupted
from desktop.services.runs.scope import Report, silent
from desktop.services.sandbox.refusing import refuse_in_sandbox
from desktop.services.schedules.due import Claimed, claim, claim_now, left
from desktop.services.schedules.keeping import Schedule, set_up_by
from desktop.services.schedules.results import Result, result
from desktop.services.schedules.tasks import TASKS
from desktop.services.schedules.turn import one_at_a_time
from desktop.services.schedules.work import Came, Work

_log = logging.getLogger(__name__)


def carry_out(
    book: Book,
    *,
    now: Callable[[], datetime],
    actor: str,
    report: Report = silent,
    only: Schedule | None = None,
) -> list[Result]:
    """Go on with what was interrupted, then do what is due by the local time of `now`; what came of each, in order.

    With `only` this one is done now, whether or not it is due. What fails keeps its reason, and the others go on; what
    an interrupted run stands in the way of is made up for once a person has seen to that.
    Where people sign in, each goes by the rights of who set it up last, and `only` by those of who asks for it.
    BookUnusable and a cancel by `report` end the work; what was under way then is gone on with by the next call.
    """
    asking, book = book, by_the_clock(book)
    refuse_in_sandbox(book)
    done: list[Result | None] = []
    with one_at_a_time(report):
        apply_due(book, today=now().date())
        for begun in left(book):
            done.append(_done(book, begun, now(), actor, report, again=True))
        moment = now()
        while (one := _next(book, moment, only)) is not None:
            done.append(_done(book, one, now(), actor, report, asked=None if only is None else asking))
            if only is not None:
                break
    return [one for one in done if one is not None]


def _next(book: Book, moment: datetime, only: Schedule | None) -> Claimed | None:
    return claim(book, moment) if only is None else claim_now(book, only, moment)


def _done(
    book: Book,
    claimed: Claimed,
    now: datetime,
    actor: str,
    report: Report,
    *,
    again: bool = False,
    asked: Book | None = None,
) -> Result | None:
    """What came of one; `asked` is the book in the hands of a person who wants it now."""
    try:
        state, said, quiet = _outcome(book, claimed, now, actor, report, again=again, asked=asked)
    except RunInterrupted as error:
        state, said, quiet = *_put_off(claimed, error, asked=asked is not None), False
    with book.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE schedule_result SET state = ?, said = ?, seen = ?, ended_at = ? WHERE id = ?",
            (state, said.stored(), quiet, book.now, claimed.result_id),
        )
    return result(book, claimed.result_id)


def _outcome(
    book: Book, claimed: Claimed, now: datetime, actor: str, report: Report, *, again: bool, asked: Book | None
) -> tuple[str, Said, bool]:
    """(state, what is said, whether nobody has to hear of it)."""
    schedule = claimed.schedule
    if schedule.task not in TASKS:
        return "failed", phrase("It was interrupted, and this version of the program does not know the task."), False
    if again and not schedule.active:
        return "failed", phrase("It was interrupted, and the schedule has been stopped since."), False
    try:
        acting = asked or on_behalf(book, set_up_by(book, schedule.id))
    except UserError as error:
        return "failed", as_typed(str(error)), False
    work = Work(
        book=acting,
        result_id=claimed.result_id,
        name=schedule.name,
        segment=schedule.segment,
        through=schedule.through,
        most_documents=schedule.most_documents,
        most_amount=schedule.most_amount,
        due=claimed.due,
        today=now.date(),
        actor=actor if acting.signed_in is None else acting.signed_in.name,
        report=report,
        run_id=claimed.run_id,
        folder=schedule.folder,
    )
    try:
        came = TASKS[schedule.task].carry_out(work)
    except NotAllowed as error:
        return "failed", as_typed(str(error)), False
    except (BookUnusable, RunInterrupted):
        raise
    except UserError as error:
        _log.warning("The schedule %s failed: %s", schedule.name, error)
        return "failed", as_typed(str(error)), False
    except Exception:
        _log.exception("The schedule %s failed", schedule.name)
        return "failed", phrase("Something went wrong that should not have; the log has the details."), False
    return came.state, _resumed(came) if again else came.said, came.quiet and not again


def _put_off(claimed: Claimed, error: RunInterrupted, *, asked: bool) -> tuple[str, Said]:
    """What a person `asked` for just now they ask for again; a time of a schedule is not lost."""
    _log.warning("The schedule %s has to wait: %s", claimed.schedule.name, error)
    why = as_typed(str(error))
    if asked or not claimed.schedule.catch_up:
        return "failed", why
    return "put_off", phrase(
        "{why} Then this is made up for with what is due next, or by “Do what is due”.", why=sentence(why)
    )


def _resumed(came: Came) -> Said:
    return phrase("It was interrupted and went on later. {said}", said=sentence(came.said))
