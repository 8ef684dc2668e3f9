"""Reminders by the clock: planned, weighed against what may go out without a person, and sent or left to one."""

from __future__ import annotations

from db.engine import Book
from desktop.domain.wording import Figure, Said, day, money, phrase, phrases, sentence, words
from desktop.services.dunning.planning import plan_run
from desktop.services.dunning.runs import PLANNED, RunRow, run_named, unsent_run
from desktop.services.dunning.sending import send_run
from desktop.services.exchange import ExchangeRates
from desktop.services.figures.converting import converted
from desktop.services.schedules.work import Came, Work
from desktop.services.segments import segment_id


def remind(work: Work) -> Came:
    """One reminder run over the schedule's segment, or over everyone; where nothing has reached a level, none.

    A run that an earlier call planned on the same day and did not send is gone on with. UserError where bank statements
    are missing, as for any run.
    """
    run = unsent_run(work.book)
    if run is not None and (run.actor, run.as_of) != (work.actor, work.today):
        return Came(
            phrase("Reminder run {run} of {day} is planned and not sent.", run=run.number, day=day(run.as_of)), "waits"
        )
    if run is None:
        segment = segment_id(work.book, work.segment) if work.segment else None
        number = plan_run(work.book, as_of=work.today, actor=work.actor, segment_id=segment).run
        if not number:
            return Came(phrase("Nobody was to be reminded."), quiet=True)
        run = run_named(work.book, number)
    too_much = _too_much(work, run)
    if too_much is not None:
        return Came(too_much, "waits")
    done = send_run(work.book, run.number, actor=work.actor, report=work.report)
    said = phrases(
        "Reminder run {run} put {count} letter into the outbox.",
        "Reminder run {run} put {count} letters into the outbox.",
        count=run_named(work.book, run.id).counts.get("sent", 0),
        run=run.number,
    )
    if not done.failed:
        return Came(said)
    code, why = done.failed[0]
    lost = phrases(
        "{count} letter could not go, to {client}: {why}",
        "{count} letters could not go, the first to {client}: {why}",
        count=len(done.failed),
        client=code,
        why=why,
    )
    return Came(phrase("{first} {second}", first=sentence(said), second=sentence(lost)), "failed")


def _too_much(work: Work, run: RunRow) -> Said | None:
    """Why the run is left to a person, if it is."""
    letters = run.counts.get(PLANNED, 0)
    total: Figure = words(*(money(minor, currency) for currency, minor in sorted(run.amounts.items())))
    if work.most_documents is not None and letters > work.most_documents:
        return phrases(
            "Reminder run {run} would send {count} letter over {total}; more than {most} wait for a person. Nothing of"
            " it has gone yet.",
            "Reminder run {run} would send {count} letters over {total}; more than {most} wait for a person. Nothing of"
            " it has gone yet.",
            count=letters,
            run=run.number,
            total=total,
            most=work.most_documents,
        )
    if work.most_amount is None or not letters:
        return None
    asked, known, home = _asked(work.book, run)
    if known and asked <= work.most_amount:
        return None
    return phrases(
        "Reminder run {run} would send {count} letter over {total}; a run above {most} waits for a person. Nothing of"
        " it has gone yet.",
        "Reminder run {run} would send {count} letters over {total}; a run above {most} waits for a person. Nothing of"
        " it has gone yet.",
        count=letters,
        run=run.number,
        total=total,
        most=money(work.most_amount, home),
    )


def _asked(book: Book, run: RunRow) -> tuple[int, bool, str]:
    """(what the letters ask for in the firm's minor units, whether every currency has a rate, the firm's currency)."""
    with book.reading() as session:
        rates = ExchangeRates(session.connection())
    parts = [converted(minor, currency, rates, run.as_of) for currency, minor in run.amounts.items()]
    return sum(part for part in parts if part is not None), None not in parts, rates.firm_currency
