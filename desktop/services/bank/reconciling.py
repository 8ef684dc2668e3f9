"""One pass over the open lines: what is sure books itself by the firm's rule, the rest waits with its suggestions."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from sqlalchemy.exc import IntegrityError

from db.engine import Book
from db.refusals import BookUnusable
from db.schema import Reconciliation
from desktop.domain.matching.facts import Explanation
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.bank.booking import Booking
from desktop.services.bank.parts import NOTHING, Booked
from desktop.services.bank.passes import Matched, Parked, PassResult, begin
from desktop.services.bank.proposing import Proposals, proposals
from desktop.services.changes import change
from desktop.services.runs.scope import Report, silent

Origin = Literal["pass", "schedule"]

# So many lines are booked within one transaction: killed between two, what is booked is booked whole.
CHUNK: Final = 200

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Under:
    """The reconciliation of this pass, from its first booking on."""

    actor: str
    today: date
    origin: Origin
    lines: int
    key: int | None = None
    number: str = ""
    booked: list[Booked] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)


def run_pass(
    book: Book,
    *,
    actor: str,
    today: date,
    origin: Origin = "pass",
    line_ids: Collection[int] | None = None,
    preview: bool = False,
    report: Report = silent,
    found: Proposals | None = None,
) -> PassResult:
    """Book what is sure of the open lines, or of these; `take_back` undoes it as one. `preview` writes nothing.

    `found` are proposals that a page has already; what was booked since is noticed. Lines are booked in chunks, each
    whole with its lines: stopped or killed in between, what is booked stands, and the next pass goes on. A line that
    cannot be booked is parked with the reason, and the others go on. What came and went back within the same days is
    booked in this order: the return finds the payment that this pass booked.
    """
    if found is None:
        found = proposals(book, today=today, line_ids=line_ids, report=report)
    looked_at = [line_id for line_id in found.lines if line_ids is None or line_id in set(line_ids)]
    under = _Under(actor, today, origin, len(looked_at))
    if not preview:
        _book_sure(book, under, found, looked_at, report)
        went = [line_id for line_id in looked_at if _went_unexplained(found, line_id)]
        if under.booked and went:
            back = proposals(book, today=today, line_ids=went)
            _book_sure(book, under, back, went, report)
            found = found.with_later(back)
    return _result(under, found, looked_at, preview)


def _book_sure(book: Book, under: _Under, found: Proposals, line_ids: Sequence[int], report: Report) -> None:
    sure = [one for line_id in line_ids if (one := found.best(line_id)) is not None and one.sure]
    for at in range(0, len(sure), CHUNK):
        report(at, len(sure), _("Booking"))
        _book(book, under, found, sure[at : at + CHUNK])
    report(len(sure), len(sure), _("Booking"))


def _went_unexplained(found: Proposals, line_id: int) -> bool:
    """Money that went back or out, and that nothing known before the pass is sure to explain."""
    line, best = found.lines[line_id], found.best(line_id)
    return (line.returns or line.amount < 0) and (best is None or not best.sure)


def _book(book: Book, under: _Under, found: Proposals, chunk: Sequence[Explanation]) -> None:
    try:
        _within_one(book, under, found, chunk)
    except BookUnusable:
        raise
    except (UserError, IntegrityError) as error:
        if len(chunk) > 1:
            for one in chunk:
                _book(book, under, found, [one])
            return
        under.parked.append(_parked(chunk[0].line_id, error))


def _parked(line_id: int, error: UserError | IntegrityError) -> Parked:
    if isinstance(error, UserError):
        return Parked(line_id, error.message, error.remedy)
    _log.warning("Bank line %s was parked", line_id, exc_info=error)
    return Parked(line_id, _("A rule of the book refuses what this line would book."), _("Book it by hand."))


def _within_one(book: Book, under: _Under, found: Proposals, chunk: Sequence[Explanation]) -> None:
    with change(book, under.actor, "", undoable=False) as made:
        key, number = under.key, under.number
        if key is None:
            key, number = begin(made, under.origin, under.today)
        booking = Booking(made, key, under.today, by_hand=False)
        booking.load([one.line_id for one in chunk], [share.item_id for one in chunk for share in one.shares])
        booked = [booking.book(one.line_id, found.parts(one)) for one in chunk]
        booking.flush()
        made.update(Reconciliation, key, lines=under.lines, booked=len(under.booked) + len(booked))
        made.summary = _("Reconcile bank lines: pass {number}").format(number=number)
    under.key, under.number = key, number
    under.booked += booked


def _result(under: _Under, found: Proposals, looked_at: Sequence[int], preview: bool) -> PassResult:
    booked = {one.line_id for one in under.booked}
    parked = {one.line_id for one in under.parked}
    matches: list[Matched] = []
    unmatched = 0
    for line_id in looked_at:
        best = found.best(line_id)
        if best is None or best.kind == NOTHING:
            unmatched += 1
        elif line_id not in parked:
            state = "booked" if line_id in booked else "sure" if preview and best.sure else "suggested"
            matches.append(_matched(found, best, state))
    matched = sum(one.state != "suggested" for one in matches)
    return PassResult(
        under.key,
        under.number,
        len(looked_at),
        matched,
        len(matches) - matched,
        unmatched,
        tuple(matches),
        tuple(under.parked),
    )


def _matched(found: Proposals, best: Explanation, state: str) -> Matched:
    line = found.lines[best.line_id]
    return Matched(
        line.id,
        line.booked_on,
        line.party,
        line.text,
        line.amount,
        line.currency,
        state,
        best.kind,
        found.names(best),
        found.items[best.shares[0].item_id].currency if best.shares else line.currency,
        best.client_id,
        best.score,
        best.reasons,
        best,
    )
