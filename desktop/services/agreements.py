"""Agreements: made and changed with their lines, ended, switched off, and their signed contracts kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import (
    Agreement,
    AgreementLine,
    ChangeOrder,
    Charge,
    Client,
    Invoice,
    Item,
    Milestone,
    OneOff,
    Outcome,
    Pause,
    PriceChange,
    RuleSetting,
    TimeEntry,
    Usage,
)
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.agreement_checks import check_agreement, check_line, check_meters
from desktop.services.beside import delete_beside
from desktop.services.changes import Change, change
from desktop.services.field_checks import next_code
from desktop.services.files import keep_file
from desktop.services.problems import Problems
from desktop.services.project_scopes import check_agreed
from desktop.services.records import Record, column_values, found, record, records

_OWN_FIELDS = frozenset({"contract_id", "signed_on"})
# What `agreement` gives with a line beside what a person enters.
_NO_LINE_FIELDS = frozenset({"id", "agreement_id", "position", "price_changes"})


def agreement(book: Book, agreement_id: int) -> Record:
    """The row with `client` (its name), `lines`, each with its `price_changes`, `pauses`, and `billed_through`:
    the first day that no recurring line has billed yet, None before the first invoice."""
    with book.reading() as session:
        row: Agreement = found(session, Agreement, agreement_id, _("The agreement"))
        lines = session.scalars(
            select(AgreementLine).where(AgreementLine.agreement_id == agreement_id).order_by(AgreementLine.position)
        ).all()
        changes: dict[int, list[Record]] = {line.id: [] for line in lines}
        rises = select(PriceChange).where(PriceChange.agreement_line_id.in_(list(changes)))
        for rise in session.scalars(rises.order_by(PriceChange.valid_from)):
            changes[rise.agreement_line_id].append(record(rise))
        pauses = select(Pause).where(Pause.agreement_id == agreement_id).order_by(Pause.start_date)
        return record(row) | {
            "client": session.get_one(Client, row.client_id).name,
            "lines": [record(line) | {"price_changes": changes[line.id]} for line in lines],
            "pauses": records(session.scalars(pauses)),
            "billed_through": billed_through(session, agreement_id),
        }


def agreement_id(book: Book, code: str) -> int:
    """The id of the agreement with this code, whatever its capitals. UserError if there is none."""
    with book.reading() as session:
        known = session.scalar(select(Agreement.id).where(func.lower(Agreement.code) == func.lower(code.strip())))
    if known is None:
        raise UserError(_("There is no agreement with the code “{code}”.").format(code=code))
    return known


def line_of_item(book: Book, agreement_id: int, item_code: str, day: date) -> int:
    """The id of the line that bills an item on a day. UserError where none does, or more than one."""
    with book.reading() as session:
        lines = session.execute(
            select(AgreementLine.id, AgreementLine.start_date, AgreementLine.end_date, Item.code)
            .join(Item, Item.id == AgreementLine.item_id)
            .where(AgreementLine.agreement_id == agreement_id)
            .order_by(AgreementLine.position)
        ).all()
    running = [one for one in lines if (one[1] is None or one[1] <= day) and (one[2] is None or day < one[2])]
    fitting = [one[0] for one in running if one[3].lower() == item_code.strip().lower()]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UserError(
            _("{count} lines bill {item} on {day}.").format(count=len(fitting), item=item_code, day=date_text(day)),
            _("Change the one you mean in the window."),
        )
    raise UserError(
        _("No line bills {item} on {day}.").format(item=item_code, day=date_text(day)),
        _("Its lines bill {items} then.").format(items=", ".join(one[3] for one in running) or _("nothing")),
    )


def billed_through(session: Session, agreement_id: int) -> date | None:
    """The first day after all that recurring lines have billed and no credit note has freed."""
    return session.scalar(
        select(func.max(Charge.period_end)).where(
            Charge.agreement_id == agreement_id, Charge.kind == "recurring", Charge.reversed_by.is_(None)
        )
    )


def create_agreement(
    book: Book,
    values: Mapping[str, object],
    lines: Sequence[Mapping[str, object]] = (),
    *,
    actor: str,
    allow_zero: bool = False,
) -> int:
    """Add an agreement with its lines.

    An empty code is made, an empty currency is the client's, an empty anchor the start, an empty title the first
    line's. A price of 0 needs `allow_zero`, which the form asks for. Raises ValidationError; problems of a line stand
    under `lines.0.quantity` and the like.
    """
    with change(book, actor, _("Add an agreement")) as made:
        problems = Problems()
        defaults = {"title": "", "billing": "recurring", "client_id": None, "start_date": None}
        given = defaults | {name: value for name, value in values.items() if value is not None}
        _refuse_own_fields(given)
        client = _client(made.session, given, problems)
        given["currency"] = given.get("currency") or (client.currency if client else "")
        given["anchor"] = given.get("anchor") or given["start_date"]
        if given["start_date"] is None:
            problems.add("start_date", _("An agreement needs the day on which it starts."))
            del given["start_date"], given["anchor"]
        cleaned = column_values(Agreement, given, problems)
        check_agreement(made.session, cleaned, problems, None)
        parts = [_line(made.session, line, problems, at, allow_zero) for at, line in enumerate(lines)]
        _check_enough(cleaned, parts, problems)
        check_meters(parts, problems)
        problems.raise_any()
        if not cleaned.get("code"):
            cleaned["code"] = next_code(made.session, Agreement.code, "A-")
        cleaned["title"] = cleaned["title"] or _title(made.session, parts) or cleaned["code"]
        made.summary = _("Add agreement {code}").format(code=cleaned["code"])
        new_id = made.insert(Agreement, **cleaned)
        for position, part in enumerate(parts, 1):
            made.insert(AgreementLine, **part | {"agreement_id": new_id, "position": position})
        return new_id


def update_agreement(
    book: Book,
    agreement_id: int,
    values: Mapping[str, object],
    lines: Sequence[Mapping[str, object]] | None = None,
    *,
    actor: str,
    allow_zero: bool = False,
) -> None:
    """Set fields of an agreement and, where `lines` is given, its lines in that order.

    A line with an `id` is that line changed, one without is new, one left out is deleted; UserError if it was billed.
    A line given with a price of 0 that it had before needs no new consent. Raises ValidationError.
    """
    with change(book, actor, _("Change an agreement")) as made:
        before: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        problems = Problems()
        _refuse_own_fields(values)
        cleaned = column_values(Agreement, values, problems)
        check_agreement(made.session, cleaned, problems, before)
        _check_what_is_billed(made.session, cleaned, problems, before)
        if "code" in cleaned and not cleaned["code"]:
            problems.add("code", _("An agreement needs a code."))
        standing = {
            line.id: line
            for line in made.session.scalars(select(AgreementLine).where(AgreementLine.agreement_id == agreement_id))
        }
        parts = None
        if lines is not None:
            parts = [
                _line(made.session, line, problems, at, allow_zero, standing.get(_line_id(line, standing)))
                for at, line in enumerate(lines)
            ]
            _check_enough({"billing": before.billing} | cleaned, parts, problems)
            check_meters([_whole(part, standing) for part in parts], problems)
        problems.raise_any()
        made.summary = _("Change agreement {code}").format(code=before.code)
        resized = "agreed" in cleaned and cleaned["agreed"] != before.agreed
        made.update(Agreement, agreement_id, **cleaned)
        if resized:
            check_agreed(made.connection, agreement_id)
        if parts is not None:
            _replace_lines(made, before, standing, parts)


def _refuse_own_fields(values: Mapping[str, object]) -> None:
    if _OWN_FIELDS & values.keys():
        raise TypeError("the contract has a function of its own")


def _client(session: Session, values: Mapping[str, object], problems: Problems) -> Client | None:
    client = session.get(Client, values["client_id"]) if values["client_id"] is not None else None
    if client is None:
        problems.add("client_id", _("An agreement needs a client."))
    elif not client.active:
        problems.add("client_id", _("{name} is archived.").format(name=client.name))
    return client


def _line_id(line: Mapping[str, object], standing: Mapping[int, AgreementLine]) -> int:
    given = line.get("id")
    if given is None:
        return 0
    if not isinstance(given, int) or given not in standing:
        raise UserError(_("A line of the agreement is not there any more."), _("Reload the agreement."))
    return given


def _line(
    session: Session,
    line: Mapping[str, object],
    problems: Problems,
    at: int,
    allow_zero: bool,
    before: AgreementLine | None = None,
) -> Record:
    """Column values of a line, with its id if it has one."""
    own = Problems()
    given = {name: value for name, value in line.items() if name not in _NO_LINE_FIELDS}
    cleaned = column_values(AgreementLine, given if before else {"kind": "recurring", "quantity": 1} | given, own)
    check_line(session, cleaned, own, allow_zero, before)
    problems.add_from(f"lines.{at}", own)
    return cleaned | ({"id": before.id} if before else {})


def _whole(part: Record, standing: Mapping[int, AgreementLine]) -> Record:
    """A line's values with those that were not given as they stand."""
    before = standing.get(part.get("id", 0))
    names = ("kind", "item_id", "start_date", "end_date")
    return ({name: getattr(before, name) for name in names} if before else {}) | part


def _check_enough(values: Mapping[str, Any], parts: Sequence[Record], problems: Problems) -> None:
    billing = values.get("billing")
    if billing in ("recurring", "hybrid") and not any(part.get("kind", "recurring") == "recurring" for part in parts):
        problems.add("lines", _("A recurring agreement needs a line that recurs: what it bills, and for how much."))
    if billing == "usage" and not any(part.get("kind") == "usage" for part in parts):
        problems.add("lines", _("An agreement on usage needs a line of usage: the item whose units are counted."))


def _title(session: Session, parts: Sequence[Record]) -> str:
    for part in parts:
        if part.get("description"):
            return str(part["description"])
        if part.get("item_id"):
            return session.get_one(Item, part["item_id"]).name
    return ""


def _check_what_is_billed(session: Session, values: Record, problems: Problems, before: Agreement) -> None:
    """Client and currency of what is billed stay: the invoices would no longer be those of their agreement."""
    moved = [name for name in ("client_id", "currency") if name in values and values[name] != getattr(before, name)]
    if moved and session.scalar(select(Invoice.id).where(Invoice.agreement_id == before.id).limit(1)):
        for name in moved:
            problems.add(name, _("{code} is billed already; make a new agreement.").format(code=before.code))


def _replace_lines(
    made: Change, before: Agreement, standing: Mapping[int, AgreementLine], parts: Sequence[Record]
) -> None:
    kept = [part["id"] for part in parts if "id" in part]
    for line_id, line in standing.items():
        if line_id not in kept:
            if made.session.scalar(select(Charge.id).where(Charge.agreement_line_id == line_id).limit(1)):
                raise UserError(
                    _("Line {position} of {code} was billed and stays.").format(
                        position=line.position, code=before.code
                    ),
                    _("Give the line an end date instead."),
                )
            _refuse_changed(made.session, before, line)
            made.delete(AgreementLine, line_id)
    in_order = kept == sorted(kept, key=lambda line_id: standing[line_id].position)
    grows = all("id" not in part for part in parts[len(kept) :]) and all("id" in part for part in parts[: len(kept)])
    position = max((line.position for line in standing.values()), default=0)
    for part in parts:
        values = {name: value for name, value in part.items() if name != "id"}
        if "id" in part and in_order and grows:
            made.update(AgreementLine, part["id"], **values)
            continue
        # Positions are unique at every moment, so lines that change places all move behind the last one.
        position += 1
        if "id" in part:
            made.update(AgreementLine, part["id"], **values | {"position": position})
        else:
            made.insert(AgreementLine, **values | {"agreement_id": before.id, "position": position})


def _refuse_changed(session: Session, agreement: Agreement, line: AgreementLine) -> None:
    """A line that a change ended or began stays with its change: the record of it names both."""
    changed = select(ChangeOrder.dated).where(
        (ChangeOrder.old_line_id == line.id) | (ChangeOrder.new_line_id == line.id)
    )
    day = session.scalar(changed.order_by(ChangeOrder.dated).limit(1))
    if day is not None:
        raise UserError(
            _("Line {position} of {code} belongs to a change from {day} and stays.").format(
                position=line.position, code=agreement.code, day=date_text(day)
            ),
            _("Give the line an end date, or undo the change."),
        )


def end_agreement(book: Book, agreement_id: int, last_day: date, *, actor: str, credit: bool = True) -> date:
    """End an agreement; it bills its last day, which is given back, and no more.

    What was billed beyond is credited by the next run where the agreement credits unused days; without `credit` it ends
    no earlier than what was billed. UserError within its minimum term.
    """
    with change(book, actor, _("End an agreement")) as made:
        return end_within(made, agreement_id, last_day, credit=credit)


def end_within(made: Change, agreement_id: int, last_day: date, *, credit: bool = True) -> date:
    """As `end_agreement`, within the caller's change."""
    row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
    if last_day < row.start_date:
        raise UserError(
            _("{code} starts on {start}, after {last}.").format(
                code=row.code, start=date_text(row.start_date), last=date_text(last_day)
            ),
            _("Choose a later day, or delete the agreement."),
        )
    end = date.fromordinal(last_day.toordinal() + 1)
    if row.min_term_until is not None and end < row.min_term_until:
        raise UserError(
            _("The minimum term of {code} runs through {day}.").format(
                code=row.code, day=date_text(date.fromordinal(row.min_term_until.toordinal() - 1))
            ),
            _("Choose that day or a later one, or shorten its minimum term first."),
        )
    if not credit:
        end = max(end, billed_through(made.session, agreement_id) or end)
    last = date.fromordinal(end.toordinal() - 1)
    made.summary = _("End agreement {code} on {day}").format(code=row.code, day=date_text(last))
    made.update(Agreement, agreement_id, end_date=end)
    return last


def switch_agreement(book: Book, agreement_id: int, *, active: bool, actor: str) -> None:
    """Off, no run bills it, not even what is due; on again, it bills all of that."""
    with change(book, actor, _("Switch an agreement")) as made:
        row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        words = _("Switch on agreement {code}") if active else _("Switch off agreement {code}")
        made.summary = words.format(code=row.code)
        made.update(Agreement, agreement_id, active=active)


def delete_agreement(book: Book, agreement_id: int, *, actor: str) -> None:
    """Delete an agreement that no run has seen and no entry names; UserError otherwise."""
    with change(book, actor, _("Delete an agreement")) as made:
        row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        uses: tuple[Any, ...] = (Invoice, Charge, Outcome, TimeEntry, OneOff, Milestone, ChangeOrder, Usage)
        for model in uses:
            if made.session.scalar(select(model.id).where(model.agreement_id == agreement_id).limit(1)):
                raise UserError(
                    _("{code} stays in the book: runs, invoices, entries or charges refer to it.").format(
                        code=row.code
                    ),
                    _("End it or switch it off instead."),
                )
        made.summary = _("Delete agreement {code}").format(code=row.code)
        own_rules = select(RuleSetting.id).where(RuleSetting.scope == "agreement", RuleSetting.scope_id == agreement_id)
        for rule_id in made.session.scalars(own_rules).all():
            made.delete(RuleSetting, rule_id)
        delete_beside(made, "agreement", agreement_id)
        made.delete(Agreement, agreement_id)


def attach_contract(
    book: Book, agreement_id: int, name: str, content: bytes, signed_on: date | None, *, actor: str, today: date
) -> None:
    """Keep the signed contract with the day of its signature. UserError when the file is empty or too large."""
    if signed_on is not None and signed_on > today:
        raise UserError(
            _("A contract signed on {day} is not signed yet.").format(day=date_text(signed_on)),
            _("Enter the day that stands beside the signature."),
        )
    with change(book, actor, _("Attach a contract")) as made:
        row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        made.summary = _("Attach the contract of {code}").format(code=row.code)
        made.update(Agreement, agreement_id, contract_id=keep_file(made, name, content), signed_on=signed_on)


def detach_contract(book: Book, agreement_id: int, *, actor: str) -> None:
    """The agreement names its contract no longer; the bytes stay in the book for undo."""
    with change(book, actor, _("Remove a contract")) as made:
        found(made.session, Agreement, agreement_id, _("The agreement"))
        made.update(Agreement, agreement_id, contract_id=None, signed_on=None)
