"""The chart of accounts of a book: chosen or imported as a whole, changed account by account, always undoable."""

from __future__ import annotations

from collections.abc import Mapping as Values
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import ledger as queries
from db.schema import Account, AccountRule
from desktop.domain.accounts.chart import COLUMNS, KINDS, LONGEST_NUMBER, ChartAccount, split_names
from desktop.domain.accounts.names import is_name
from desktop.domain.accounts.rules import AccountRules
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.accounting.closing import closed_through
from desktop.services.accounting.words import kind_word
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.problems import Problems
from desktop.services.table_files import write_table

# From here on an account takes what it takes unless a day is given: before any booking.
BEGINNING: Final = date(1900, 1, 1)
_DAY: Final = timedelta(days=1)
_TOLD: Final = 5

_USED: Final = """SELECT EXISTS (SELECT 1 FROM posting WHERE account_id = :id)
 OR EXISTS (SELECT 1 FROM bank_match WHERE account_id = :id)"""


@dataclass(frozen=True, slots=True)
class ChartPlan:
    """What taking a chart does: numbers of accounts that are new, changed and taken away; from when it counts."""

    valid_from: date
    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def take_chart(
    book: Book,
    accounts: Sequence[ChartAccount],
    *,
    actor: str,
    title: str,
    valid_from: date | None = None,
    preview: bool = False,
) -> ChartPlan:
    """Keep the ledger by a chart: from the beginning, or from a day on, while everything before stays where it is.

    From the beginning it takes the place of the chart before, but for accounts that a person booked on. UserError where
    the day lies in a closed period, or where from a day on a number would become another account than it was.
    """
    if preview:
        with book.reading() as session:
            return _plan(session.connection(), accounts, valid_from)
    with change(book, actor, _("Keep the ledger by the chart {title}").format(title=title)) as made:
        plan = _plan(made.connection, accounts, valid_from)
        if valid_from is None:
            _replace(made, accounts, plan)
        else:
            _go_on(made, accounts, valid_from)
    return plan


def save_account(
    book: Book, values: Values[str, Any], *, actor: str, account_id: int | None = None, valid_from: date | None = None
) -> int:
    """Make an account of number, name, kind, active and takes (names as one text), or change one; its id.

    What it takes from `valid_from` on, by default from the first open day, was another's until then. ValidationError
    for what cannot be; UserError for a day in a closed period.
    """
    with change(book, actor, "") as made:
        told = _checked(made.connection, values, account_id)
        start = _start(made.connection, valid_from)
        takes = told.pop("takes")
        if account_id is None:
            made.summary = _("Add the account {number} {name}").format(number=told["number"], name=told["name"])
            account_id = made.insert(Account, **told)
        else:
            made.summary = _("Change the account {number} {name}").format(number=told["number"], name=told["name"])
            made.update(Account, account_id, **told)
        if takes is not None:
            _take(made, account_id, takes, start)
    return account_id


def remove_account(book: Book, account_id: int, *, actor: str) -> None:
    """Take an account out of the chart. UserError where something is booked on it or it takes anything."""
    with change(book, actor, "") as made:
        connection = made.connection
        number, name = _number_and_name(connection, account_id)
        used = connection.exec_driver_sql(_USED, {"id": account_id}).scalar()
        ruled = connection.exec_driver_sql(
            "SELECT 1 FROM account_rule WHERE account_id = ? LIMIT 1", (account_id,)
        ).fetchone()
        if used or ruled:
            raise UserError(
                _("Account {number} {name} is in use.").format(number=number, name=name),
                _("Let other accounts take what it takes, or set it aside: it is offered no more then."),
            )
        made.summary = _("Remove the account {number} {name}").format(number=number, name=name)
        made.delete(Account, account_id)


def ledger_accounts(book: Book, today: date) -> list[dict[str, Any]]:
    """Every account of the chart: id, number, name, kind, active, and `takes`, its names on that day as one text."""
    with book.reading() as session:
        connection = session.connection()
        found = queries.accounts(connection)
        takes = _taken(connection, today)
    return [
        {
            "id": key,
            "number": number,
            "name": name,
            "kind": kind,
            "active": bool(active),
            "takes": " ".join(sorted(takes.get(key, ()))),
        }
        for key, number, name, kind, active in found
    ]


def account_numbered(book: Book, number: str) -> int:
    """The id of an account of the chart by its number. UserError where there is none."""
    with book.reading() as session:
        row = (
            session.connection()
            .exec_driver_sql("SELECT id FROM account WHERE number = ?", (number.strip(),))
            .fetchone()
        )
    if row is None:
        raise UserError(
            _("There is no account {number}.").format(number=number), _("See the chart: sheaf accounts BOOK")
        )
    return int(row[0])


def write_chart(book: Book, path: Path, today: date) -> int:
    """Write the chart as a table that can be imported again; the number of its accounts."""
    rows = ledger_accounts(book, today)
    return write_table(path, _("Chart of accounts"), COLUMNS, [[str(row[name]) for name in COLUMNS] for row in rows])


def _plan(connection: Connection, accounts: Sequence[ChartAccount], valid_from: date | None) -> ChartPlan:
    closed = closed_through(connection)
    if valid_from is None and closed is not None:
        raise UserError(
            _("The books are closed through {day}; a chart from the beginning would change what they say.").format(
                day=date_text(closed)
            ),
            _("Let the chart count from a later day."),
        )
    start = _start(connection, valid_from) if valid_from is not None else BEGINNING
    standing = {row[1]: row for row in queries.accounts(connection)}
    given = {one.number for one in accounts}
    new = tuple(one.number for one in accounts if one.number not in standing)
    changed = tuple(
        one.number for one in accounts if one.number in standing and standing[one.number][2:4] != (one.name, one.kind)
    )
    if valid_from is not None:
        _refuse_others(connection, [one for one in accounts if one.number in changed], standing)
        return ChartPlan(start, new, changed, ())
    removed = tuple(number for number, row in standing.items() if number not in given and not _used(connection, row[0]))
    return ChartPlan(start, new, changed, removed)


def _refuse_others(connection: Connection, changed: Sequence[ChartAccount], standing: dict[str, Any]) -> None:
    """From a day on a number stays the account that it was, as long as anything stands on it."""
    ruled = {row[3] for row in queries.rules(connection)}
    others = [
        _("{number} is “{old}” and would become “{new}”.").format(
            number=one.number, old=standing[one.number][2], new=one.name
        )
        for one in changed
        if (key := standing[one.number][0]) in ruled or _used(connection, key)
    ]
    if others:
        raise UserError(
            " ".join(others[:_TOLD]),
            _("Give these accounts other numbers first, or let the chart count from the beginning."),
        )


def _replace(made: Change, accounts: Sequence[ChartAccount], plan: ChartPlan) -> None:
    for key, *_rest in queries.rules(made.connection):
        made.delete(AccountRule, key)
    standing = {row[1]: row[0] for row in queries.accounts(made.connection)}
    for number in plan.removed:
        made.delete(Account, standing.pop(number))
    for one in accounts:
        key = _put(made, one, standing)
        for name in one.takes:
            made.insert(AccountRule, name=name, valid_from=BEGINNING, account_id=key)


def _go_on(made: Change, accounts: Sequence[ChartAccount], start: date) -> None:
    """From a day on the names that the chart before took go to the new one: what it takes more widely, too."""
    standing = {row[1]: row[0] for row in queries.accounts(made.connection)}
    takes: dict[str, int] = {}
    for one in accounts:
        key = _put(made, one, standing)
        takes.update(dict.fromkeys(one.takes, key))
    for name in {row[1] for row in queries.rules(made.connection)} - takes.keys():
        wider = name
        while "." in wider and wider not in takes:
            wider = wider.rpartition(".")[0]
        if wider in takes:
            takes[name] = takes[wider]
    for name, key in takes.items():
        _let(made, name, key, start)


def _put(made: Change, one: ChartAccount, standing: dict[str, int]) -> int:
    if one.number in standing:
        made.update(Account, standing[one.number], name=one.name, kind=one.kind, active=True)
        return standing[one.number]
    return made.insert(Account, number=one.number, name=one.name, kind=one.kind)


def _take(made: Change, account_id: int, takes: Sequence[str], start: date) -> None:
    """Let an account take exactly these names from a day on; what it gives up goes to nobody of that name."""
    now = _taken(made.connection, start)
    for name in now.get(account_id, set()) - set(takes):
        _give_up(made, name, account_id, start)
    for name in takes:
        _let(made, name, account_id, start)


def _let(made: Change, name: str, account_id: int, start: date) -> None:
    """Let an account take a name from a day on; later changes of it are gone."""
    rows = [row for row in queries.rules(made.connection) if row[1] == name]
    for key, _name, day, _account in rows:
        if day >= start.isoformat():
            made.delete(AccountRule, key)
    before = AccountRules((row[1], date.fromisoformat(row[2]), row[3]) for row in rows).named(name, start - _DAY)
    if before != account_id:
        made.insert(AccountRule, name=name, valid_from=start, account_id=account_id)


def _give_up(made: Change, name: str, account_id: int, start: date) -> None:
    rows = [row for row in queries.rules(made.connection) if row[1] == name and row[3] == account_id]
    wider = name.rpartition(".")[0]
    for key, _name, day, _account in rows:
        if day >= start.isoformat():
            made.delete(AccountRule, key)
            return
    rules = AccountRules((row[1], date.fromisoformat(row[2]), row[3]) for row in queries.rules(made.connection))
    while wider and rules.named(wider, start) is None:
        wider = wider.rpartition(".")[0]
    other = rules.named(wider, start) if wider else None
    if other is None:
        number, title = _number_and_name(made.connection, account_id)
        raise UserError(
            _("Nothing else takes {name} from {day} on; {number} {title} took it until then.").format(
                name=name, day=date_text(start), number=number, title=title
            ),
            _("Let another account take it: that ends it here."),
        )
    made.insert(AccountRule, name=name, valid_from=start, account_id=other)


def _taken(connection: Connection, day: date) -> dict[int, set[str]]:
    found = queries.rules(connection)
    rules = AccountRules((row[1], date.fromisoformat(row[2]), row[3]) for row in found)
    takes: dict[int, set[str]] = {}
    for name in {row[1] for row in found}:
        account = rules.named(name, day)
        if account is not None:
            takes.setdefault(account, set()).add(name)
    return takes


def _start(connection: Connection, valid_from: date | None) -> date:
    """The day from which a rule counts. UserError where it lies in a closed period."""
    closed = closed_through(connection)
    if valid_from is None:
        return BEGINNING if closed is None else closed + _DAY
    if closed is not None and valid_from <= closed:
        raise UserError(
            _("The books are closed through {day}; no account changes before that.").format(day=date_text(closed)),
            _("Take {day} or a later day.").format(day=date_text(closed + _DAY)),
        )
    return valid_from


def _checked(connection: Connection, values: Values[str, Any], account_id: int | None) -> dict[str, Any]:
    problems = Problems()
    number, name = str(values.get("number") or "").strip(), str(values.get("name") or "").strip()
    kind = str(values.get("kind") or "")
    if not number:
        problems.add("number", _("An account has a number."))
    elif len(number) > LONGEST_NUMBER or any(sign.isspace() for sign in number):
        problems.add("number", _("A number has at most 20 signs and no spaces."))
    other = connection.exec_driver_sql("SELECT id, name FROM account WHERE number = ?", (number,)).fetchone()
    if other is not None and other[0] != account_id:
        problems.add("number", _("{number} is “{name}” already.").format(number=number, name=other[1]))
    if not name:
        problems.add("name", _("An account has a name."))
    if kind not in KINDS:
        kinds = ", ".join(kind_word(one) for one in KINDS)
        problems.add("kind", _("An account is one of: {kinds}.").format(kinds=kinds))
    takes = split_names(str(values["takes"])) if values.get("takes") is not None else None
    wrong = [one for one in takes or () if not is_name(one)]
    if wrong:
        problems.add("takes", _("Nothing that is booked goes by the name “{name}”.").format(name=wrong[0]))
    problems.raise_any()
    return {"number": number, "name": name, "kind": kind, "active": bool(values.get("active", True)), "takes": takes}


def _number_and_name(connection: Connection, account_id: int) -> tuple[str, str]:
    row = connection.exec_driver_sql("SELECT number, name FROM account WHERE id = ?", (account_id,)).fetchone()
    if row is None:
        raise UserError(_("The account is not in the book any more."), _("Choose another one."))
    return row[0], row[1]


def _used(connection: Connection, account_id: int) -> bool:
    return bool(connection.exec_driver_sql(_USED, {"id": account_id}).scalar())
