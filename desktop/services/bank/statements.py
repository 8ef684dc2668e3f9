"""Bank statements come into the book: each movement once, whatever files and formats tell it; a file undone as one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, insert

from db.engine import Book
from db.schema import BankLine, BankStatement, ImportBatch
from desktop.domain.bank_statement import Entry, Statement
from desktop.domain.money import exponent
from desktop.errors import UserError
from desktop.i18n import _, ngettext
from desktop.importing.bank import BankFile, read_bank_file
from desktop.importing.bank.csv_profiles import CsvProfile
from desktop.importing.results import Report
from desktop.services.bank.accounts import OwnAccount, account_named, account_of, own_accounts
from desktop.services.bank.gaps import gaps
from desktop.services.bank.profiles import profile_of
from desktop.services.bank.sifting import Planned, Sieve
from desktop.services.bank.taken import Refusal, TakenFile, TakenIn, TakenStatement, summary
from desktop.services.change_sets import Change, table_of
from desktop.services.changes import change

__all__ = ["Refusal", "TakenFile", "TakenIn", "TakenStatement", "preview", "summary", "take_in"]

BANK: Final = "bank"
"""The kind of the batches of statements, and of the profiles of their tables."""
_CHUNK: Final = 2_000


@dataclass(slots=True)
class _Read:
    """A file as it was read, or what kept it from being read."""

    path: Path
    file: BankFile | None = None
    digest: str = ""
    failure: UserError | None = None


@dataclass(slots=True)
class _Held:
    """A file held against the book."""

    read: _Read
    planned: list[Planned] = field(default_factory=list)
    rejected: list[Refusal] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        return any(one.kept for one in self.planned)

    @property
    def all_rejected(self) -> list[Refusal]:
        return [*self.rejected, *(refusal for one in self.planned for refusal in one.rejected)]


def take_in(
    book: Book,
    paths: Sequence[Path],
    *,
    actor: str,
    today: date,
    account_id: int | None = None,
    profile: CsvProfile | None = None,
    all_or_nothing: bool = False,
    report: Report | None = None,
) -> TakenIn:
    """Take in the statements of files, in the order given. Each file is one change set, undone as one.

    A movement that another file told already is known and not taken again; a file that tells nothing new writes
    nothing. What of a file cannot be taken is in `rejected`; with `all_or_nothing` nothing is written then, of any
    file. `account_id` says whose the statements are where the files do not; `profile` is for tables. `report` may
    raise to stop between files, and within one, which leaves nothing of it. UserError where not one file can be read.
    """
    reads = _read(book, paths, account_id, profile, report)
    if all_or_nothing:
        with book.reading() as session:
            held = _hold(session.connection(), reads, account_id, today)
            if any(one.all_rejected for one in held):
                return _result(session.connection(), [_taken(one) for one in held])
    files = []
    for at, read in enumerate(reads):
        if report is not None:
            report(at, len(reads), read.path.name)
        files.append(_write(book, read, actor, today, account_id, report))
    with book.reading() as session:
        return _result(session.connection(), files)


def preview(
    book: Book,
    paths: Sequence[Path],
    *,
    today: date,
    account_id: int | None = None,
    profile: CsvProfile | None = None,
    report: Report | None = None,
) -> TakenIn:
    """What taking these files in would do; nothing is written. UserError as for take_in."""
    reads = _read(book, paths, account_id, profile, report)
    with book.reading() as session:
        held = _hold(session.connection(), reads, account_id, today)
        return _result(session.connection(), [_taken(one) for one in held])


def _read(
    book: Book, paths: Sequence[Path], account_id: int | None, profile: CsvProfile | None, report: Report | None
) -> list[_Read]:
    with book.reading() as session:
        accounts = own_accounts(session.connection())
        given = account_named(accounts, account_id) if account_id is not None else None
        reads = [_read_one(session.connection(), path, accounts, given, profile, report) for path in paths]
    failures = [one.failure for one in reads if one.failure is not None]
    if failures and len(failures) == len(reads):
        if len(failures) == 1:
            raise failures[0]
        raise UserError(
            ngettext(
                "None of the {count} files is taken in. The first: {reason}",
                "None of the {count} files is taken in. The first: {reason}",
                len(reads),
            ).format(count=len(reads), reason=failures[0].message),
            failures[0].remedy,
        )
    return reads


def _read_one(
    connection: Connection,
    path: Path,
    accounts: Sequence[OwnAccount],
    given: OwnAccount | None,
    profile: CsvProfile | None,
    report: Report | None,
) -> _Read:
    try:
        known = profile or profile_of(connection, path)
        currency = (given.currency or given.assumed) if given else ""
        file = read_bank_file(path, profile=known, currency=currency, report=report)
        if not currency:
            file = _in_its_currency(file, path, accounts, known, report)
        # A file of which no statement has an account is as good as unread.
        failures = []
        for statement in file.statements:
            try:
                account_of(statement.account, statement.currency, accounts, given)
            except UserError as error:
                failures.append(error)
        if failures and len(failures) == len(file.statements):
            raise failures[0]
        return _Read(path, file, _digest(path))
    except UserError as error:
        return _Read(path, failure=error)


def _in_its_currency(
    file: BankFile, path: Path, accounts: Sequence[OwnAccount], profile: CsvProfile | None, report: Report | None
) -> BankFile:
    """Read again where the file states no currency and its account has one without hundredths."""
    for statement in file.statements:
        if not statement.currency:
            with suppress(UserError):
                account = account_of(statement.account, "", accounts)
                currency = account.currency or account.assumed
                if currency and exponent(currency) != exponent("EUR"):
                    return read_bank_file(path, profile=profile, currency=currency, report=report)
    return file


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _hold(connection: Connection, reads: Sequence[_Read], account_id: int | None, today: date) -> list[_Held]:
    accounts = own_accounts(connection)
    given = account_named(accounts, account_id) if account_id is not None else None
    sieve = Sieve(connection)
    return [_hold_one(sieve, read, accounts, given, today) for read in reads]


def _hold_one(
    sieve: Sieve, read: _Read, accounts: Sequence[OwnAccount], given: OwnAccount | None, today: date
) -> _Held:
    held = _Held(read)
    name = read.path.name
    if read.failure is not None:
        held.rejected.append(Refusal(name, "", "", "", read.failure.message, read.failure.remedy))
        return held
    assert read.file is not None
    held.rejected += [
        Refusal(name, str(one.row), one.column, one.value, one.problem, one.remedy) for one in read.file.rejected
    ]
    for statement in read.file.statements:
        try:
            account = account_of(statement.account, statement.currency, accounts, given)
        except UserError as error:
            held.rejected.append(Refusal(name, statement.number, "", statement.account, error.message, error.remedy))
            continue
        planned = sieve.hold(statement, account, name, today=today)
        held.planned.append(planned)
    return held


def _write(
    book: Book, read: _Read, actor: str, today: date, account_id: int | None, report: Report | None
) -> TakenFile:
    if read.failure is not None:
        return _taken(_Held(read, rejected=[_failed(read)]))
    summary_text = _("Take in the statements of {file}").format(file=read.path.name)
    with change(book, actor, summary_text) as made:
        (held,) = _hold(made.connection, [read], account_id, today)
        if not held.writes:
            return _taken(held)
        new = sum(len(one.new) for one in held.planned)
        made.summary = ngettext(
            "Take in {count} bank line from {file}", "Take in {count} bank lines from {file}", new
        ).format(count=f"{new:,}", file=read.path.name)
        change_set = made.id
        known = sum(one.known for one in held.planned)
        batch = made.insert(
            ImportBatch,
            kind=BANK,
            file_name=read.path.name,
            file_digest=read.digest,
            at=made.at,
            actor=actor,
            rows=new + known + len(held.all_rejected),
            imported=new,
            unchanged=known,
            rejected=len(held.all_rejected),
            change_set_id=change_set,
        )
        ids: dict[int, int] = {}
        done = 0
        for at, planned in enumerate(held.planned):
            if planned.kept:
                ids[at] = _write_statement(made, planned, batch, read.path.name)
                _write_lines(made, planned, ids[at], done, new, report)
                done += len(planned.new)
    return _taken(held, ids, batch, change_set)


def _failed(read: _Read) -> Refusal:
    assert read.failure is not None
    return Refusal(read.path.name, "", "", "", read.failure.message, read.failure.remedy)


def _write_statement(made: Change, planned: Planned, batch: int, file: str) -> int:
    statement, stretch = planned.statement, planned.stretch
    assert stretch is not None
    opening, closing = statement.opening, statement.closing
    return made.insert(
        BankStatement,
        account_id=planned.account.id,
        batch_id=batch,
        format=statement.format,
        number=statement.number,
        currency=planned.currency,
        from_day=stretch.first,
        to_day=stretch.last,
        opening=opening.amount if opening else None,
        opening_on=opening.on if opening else None,
        closing=closing.amount if closing else None,
        closing_on=closing.on if closing else None,
        file_name=file,
        taken_at=made.at,
        actor=made.actor,
    )


def _write_lines(
    made: Change, planned: Planned, statement_id: int, done: int, total: int, report: Report | None
) -> None:
    seal = hashlib.sha256()
    for start in range(0, len(planned.new), _CHUNK):
        if report is not None:
            report(done + start, total, _("Writing"))
        rows = [
            _row(planned, statement_id, position, entry, identity)
            for position, (entry, identity) in enumerate(planned.new[start : start + _CHUNK], start + 1)
        ]
        made.connection.execute(insert(table_of(BankLine)), rows)
        seal.update("\n".join(row["identity"] for row in rows).encode())
    if planned.new:
        made.record_bulk("bank_line", "import", len(planned.new), seal.hexdigest(), {"statement_id": statement_id})


def _row(planned: Planned, statement_id: int, position: int, entry: Entry, identity: str) -> dict[str, Any]:
    return {
        "statement_id": statement_id,
        "account_id": planned.account.id,
        "position": position,
        "identity": identity,
        "booked_on": entry.booked_on,
        "valued_on": entry.valued_on,
        "amount": entry.amount,
        "currency": planned.currency,
        "party": entry.party,
        "party_account": entry.party_account,
        "party_bic": entry.party_bic,
        "text": entry.text,
        "reference": entry.reference,
        "end_to_end": entry.end_to_end,
        "mandate": entry.mandate,
        "bank_reference": entry.bank_reference,
        "code": entry.code,
        "batch": entry.batch,
        "returns": entry.returns,
        "return_reason": entry.return_reason,
        "charges": entry.charges,
        "original_amount": entry.original[0] if entry.original else None,
        "original_currency": entry.original[1] if entry.original else None,
        "state": "open",
    }


def _taken(
    held: _Held, ids: dict[int, int] | None = None, batch: int | None = None, change_set: int | None = None
) -> TakenFile:
    file = held.read.file
    problems = [*(file.problems if file else ())]
    statements = []
    for at, planned in enumerate(held.planned):
        statements.append(_told(planned, (ids or {}).get(at)))
        problems += [*planned.statement.problems, *planned.problems]
    return TakenFile(
        held.read.path.name,
        file.format if file else "",
        batch,
        change_set,
        tuple(statements),
        tuple(held.all_rejected),
        tuple(dict.fromkeys(problems)),
    )


def _told(planned: Planned, number: int | None) -> TakenStatement:
    statement: Statement = planned.statement
    stretch = planned.stretch
    return TakenStatement(
        number,
        planned.account.id,
        planned.account.label,
        statement.format,
        statement.number,
        planned.currency,
        stretch.first if stretch else None,
        stretch.last if stretch else None,
        statement.opening.amount if statement.opening else None,
        statement.closing.amount if statement.closing else None,
        len(statement.entries),
        len(planned.new),
        planned.known,
        planned.left_out,
    )


def _result(connection: Connection, files: Sequence[TakenFile]) -> TakenIn:
    accounts = sorted({one.account_id for file in files for one in file.statements})
    return TakenIn(tuple(files), tuple(gap for one in accounts for gap in gaps(connection, one)))
