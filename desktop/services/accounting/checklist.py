"""What is looked at before a period is closed: what is done, what is left, what to do about it and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.accounting.recognition import to_recognise
from desktop.services.bank.accounts import own_accounts
from desktop.services.bank.gaps import covered_until, gaps
from desktop.services.cash_book import counted_on
from desktop.services.check import check

DONE: Final = "done"
LEFT: Final = "left"
NOTHING: Final = "nothing"
LATER: Final = "later"

Report = Callable[[int, int, str], None]

# Two payments of one client and amount so close together may be one that was recorded twice.
_CLOSE_DAYS: Final = 3

_EXCEPTIONS: Final = """SELECT count(*) FROM draft d JOIN run r ON r.id = d.run_id
WHERE d.state IN ('held', 'failed') AND r.issue_date <= ?"""
_UNFINISHED: Final = """SELECT count(*) FROM run r WHERE r.issue_date <= ?1 AND (r.state IN ('planning', 'issuing')
  OR EXISTS (SELECT 1 FROM draft d WHERE d.run_id = r.id AND d.state IN ('ready', 'approved')))"""
_BANK_LINES: Final = "SELECT count(*) FROM bank_line WHERE state = 'open' AND booked_on <= ?"
_PAID_TWICE: Final = f"""SELECT count(*) FROM payment p JOIN payment o ON o.client_id = p.client_id AND o.id > p.id
  AND o.currency = p.currency AND o.amount = p.amount AND o.method = p.method
  AND abs(julianday(o.paid_on) - julianday(p.paid_on)) <= {_CLOSE_DAYS}
WHERE p.amount > 0 AND p.method NOT IN ('opening', 'withholding') AND max(o.paid_on, p.paid_on) <= ?1
  AND max(o.paid_on, p.paid_on) > ?2
  AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id IN (o.id, p.id))
  AND (SELECT count(DISTINCT m.line_id) FROM bank_match m JOIN reconciliation c ON c.id = m.reconciliation_id
    WHERE m.payment_id IN (o.id, p.id) AND m.undone_at IS NULL AND c.undone_at IS NULL) < 2"""
_BILLED_TWICE: Final = """SELECT count(*) FROM invoice i JOIN invoice o ON o.client_id = i.client_id AND o.id > i.id
  AND o.kind = i.kind AND o.agreement_id IS i.agreement_id AND o.gross = i.gross AND o.currency = i.currency
  AND o.period_start IS i.period_start AND o.period_end IS i.period_end
WHERE i.kind IN ('invoice', 'final') AND o.issue_date <= ?1 AND o.issue_date > ?2
  AND julianday(o.issue_date) - julianday(i.issue_date) <= 10
  AND NOT EXISTS (SELECT 1 FROM invoice k WHERE k.corrects_id IN (i.id, o.id))"""
_UNVALUED: Final = """SELECT count(DISTINCT e.id), group_concat(DISTINCT p.currency) FROM journal_entry e
JOIN posting p ON p.entry_id = e.id AND p.firm_amount IS NULL WHERE e.booked_on <= ? AND e.booked_on > ?"""
_OUTBOX: Final = """SELECT count(*) FROM delivery d WHERE d.current = 1
 AND (d.state IN ('waiting', 'failed', 'uncertain') OR d.fate = 'bounced') AND substr(d.made_at, 1, 10) <= ?"""
_TILLS: Final = """SELECT a.id, coalesce(nullif(a.bank, ''), a.holder) FROM bank_account a WHERE a.kind = 'cash' AND (
  EXISTS (SELECT 1 FROM payment p WHERE p.account_id = a.id AND p.paid_on <= ?1)
  OR EXISTS (SELECT 1 FROM cash_movement m WHERE m.account_id = a.id AND m.dated <= ?1)) ORDER BY a.position, a.id"""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to look at. `state` is done, left, later where the closing itself does it, or nothing where
    the book has none of it.

    `found` says how it stands, `remedy` what to do; `place` and `filters` are where, in the window.
    """

    key: str
    title: str
    state: str
    count: int
    found: str
    remedy: str = ""
    place: str = ""
    filters: tuple[str, ...] = ()


def checklist(book: Book, through: date, *, report: Report | None = None, prove: bool = True) -> list[Step]:
    """How the book stands for closing it through a day.

    The proof of the whole book comes last and takes longest; without `prove` it is left for the closing itself.
    """
    with book.reading() as session:
        found = [step(session.connection(), through) for step in _STEPS]
    if prove:
        return [*found, _proved(book, report)]
    return [*found, Step("check", _("Book proved"), LATER, 0, _("The whole book is checked as it is closed."))]


def _step(
    key: str,
    title: str,
    count: int,
    good: str,
    bad: str,
    remedy: str,
    place: str,
    filters: Sequence[str] = (),
) -> Step:
    if count:
        return Step(key, title, LEFT, count, bad, remedy, place, tuple(filters))
    return Step(key, title, DONE, 0, good, "", place, tuple(filters))


def _count(connection: Connection, query: str, *values: str) -> int:
    return int(connection.exec_driver_sql(query, values).scalar_one())


def _month_before(through: date) -> str:
    """The last day of the month before that of a day: periods are looked at from there on."""
    return (through.replace(day=1) - timedelta(days=1)).isoformat()


def _statements(connection: Connection, through: date) -> Step:
    title = _("Statements taken in")
    reach = {one: covered_until(connection, one.id) for one in own_accounts(connection)}
    known = {one: day for one, day in reach.items() if day is not None}
    if not known:
        return Step("statements", title, NOTHING, 0, _("No statements are taken into this book."), "", "bank")
    short = [one.label for one, day in known.items() if day < through]
    broken = [gap for gap in gaps(connection) if gap.first <= through]
    bad = _("{accounts} do not reach {day}.").format(accounts=", ".join(short), day=date_text(through)) if short else ""
    if broken:
        count = len(broken)
        said = ngettext("{count} gap is in the statements.", "{count} gaps are in the statements.", count)
        bad = " ".join(filter(None, (bad, said.format(count=number_text(count)))))
    return _step(
        "statements",
        title,
        len(short) + len(broken),
        _("They reach {day} without a gap.").format(day=date_text(min(known.values()))),
        bad,
        _("Take in the missing statements."),
        "bank",
    )


def _exceptions(connection: Connection, through: date) -> Step:
    count = _count(connection, _EXCEPTIONS, through.isoformat())
    bad = ngettext("{count} draft is held or failed.", "{count} drafts are held or failed.", count)
    return _step(
        "exceptions",
        _("Exceptions cleared"),
        count,
        _("No draft is held."),
        bad.format(count=number_text(count)),
        _("Approve, mend or discard them."),
        "runs",
    )


def _runs(connection: Connection, through: date) -> Step:
    count = _count(connection, _UNFINISHED, through.isoformat())
    bad = ngettext("{count} run is not finished.", "{count} runs are not finished.", count)
    return _step(
        "runs",
        _("Runs finished"),
        count,
        _("Every run is finished."),
        bad.format(count=number_text(count)),
        _("Resume it, or discard what is left of it."),
        "runs",
    )


def _duplicates(connection: Connection, through: date) -> Step:
    paid = _count(connection, _PAID_TWICE, through.isoformat(), _month_before(through))
    billed = _count(connection, _BILLED_TWICE, through.isoformat(), _month_before(through))
    said = []
    if paid:
        words = ngettext("{count} payment may be recorded twice.", "{count} payments may be recorded twice.", paid)
        said.append(words.format(count=number_text(paid)))
    if billed:
        words = ngettext("{count} invoice may be issued twice.", "{count} invoices may be issued twice.", billed)
        said.append(words.format(count=number_text(billed)))
    return _step(
        "duplicates",
        _("Duplicates looked for"),
        paid + billed,
        _("No payment and no invoice of the month looks like another."),
        " ".join(said),
        _("Compare them; reverse a payment that came once, credit an invoice that went out twice."),
        "payments" if paid else "invoices",
    )


def _bank(connection: Connection, through: date) -> Step:
    count = _count(connection, _BANK_LINES, through.isoformat())
    bad = ngettext("{count} bank line is not booked.", "{count} bank lines are not booked.", count)
    return _step(
        "bank",
        _("Bank reconciled"),
        count,
        _("Every bank line is booked."),
        bad.format(count=number_text(count)),
        _("Match them, or put them aside with a note."),
        "bank",
    )


def _cash(connection: Connection, through: date) -> Step:
    title = _("Cash counted")
    tills = connection.exec_driver_sql(_TILLS, (through.isoformat(),)).fetchall()
    if not tills:
        return Step("cash", title, NOTHING, 0, _("No till was used."))
    late = [name for key, name in tills if (counted_on(connection, key) or date.min) < through]
    return _step(
        "cash",
        title,
        len(late),
        _("Every till was counted."),
        _("{tills} were not counted at the end of {day} or later.").format(
            tills=", ".join(f"“{name}”" for name in late), day=date_text(through)
        ),
        _("Count the money and enter it in the cash book."),
        "payments",
    )


def _recognised(connection: Connection, through: date) -> Step:
    title = _("Revenue recognised")
    if connection.exec_driver_sql("SELECT 1 FROM recognition_schedule LIMIT 1").fetchone() is None:
        return Step("recognised", title, NOTHING, 0, _("All revenue is earned at issue."), "", "ledger")
    count = to_recognise(connection, through)
    bad = ngettext("{count} entry of earned revenue waits.", "{count} entries of earned revenue wait.", count)
    return _step(
        "recognised",
        title,
        count,
        _("All that was earned is booked."),
        bad.format(count=number_text(count)),
        _("Recognise the month."),
        "ledger",
        ("tab:recognition",),
    )


def _rates(connection: Connection, through: date) -> Step:
    count, currencies = connection.exec_driver_sql(_UNVALUED, (through.isoformat(), _month_before(through))).one()
    bad = ngettext(
        "{count} entry in {currencies} has no value in the firm's currency.",
        "{count} entries in {currencies} have no value in the firm's currency.",
        count,
    )
    return _step(
        "rates",
        _("Exchange rates known"),
        count,
        _("Every entry has its value in the firm's currency."),
        bad.format(count=number_text(count), currencies=", ".join(sorted((currencies or "").split(",")))),
        _("Take in the rates for what comes next; what is issued keeps the rate that was known then."),
        "settings",
        ("section:currencies",),
    )


def _outbox(connection: Connection, through: date) -> Step:
    count = _count(connection, _OUTBOX, through.isoformat())
    bad = ngettext("{count} document has not gone out.", "{count} documents have not gone out.", count)
    return _step(
        "outbox",
        _("Outbox clear"),
        count,
        _("Everything went out."),
        bad.format(count=number_text(count)),
        _("Send, print or settle what waits in the outbox."),
        "outbox",
    )


def _proved(book: Book, report: Report | None) -> Step:
    found = check(book, report=report)
    count = len(found.problems)
    bad = ngettext("The check found {count} problem.", "The check found {count} problems.", count)
    return _step(
        "check",
        _("Book proved"),
        count,
        _("The check found nothing."),
        bad.format(count=number_text(count)),
        _("See what it names: File, Check the book."),
        "",
    )


_STEPS: Final[tuple[Callable[[Connection, date], Step], ...]] = (
    _statements,
    _exceptions,
    _runs,
    _duplicates,
    _bank,
    _cash,
    _recognised,
    _rates,
    _outbox,
)
