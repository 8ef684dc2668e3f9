"""Price rises thought of in bulk: proposed by an index or a percentage, looked over, then approved or rejected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Agreement, AgreementLine, Client, Item, PriceChange, PriceProposal
from desktop.domain.billing.lines import line_amount
from desktop.domain.money import SCALE, exponent, scaled, unscaled
from desktop.domain.price_rises import Rise, risen
from desktop.domain.yearly import per_year
from desktop.errors import UserError
from desktop.i18n import _, date_text, number_text, percent_text
from desktop.services.agreement_changes import apply_line_change, line_billed_through
from desktop.services.agreement_checks import check_price
from desktop.services.changes import Change, change
from desktop.services.problems import Problems
from desktop.services.records import found


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a proposal came to: prices that would change, lines that the rate card prices, prices that stay."""

    proposed: int
    by_card: int
    same: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A price to decide on. `percent` is the change; `a_year` the net that it brings, minor units, None where nothing
    recurs. `billed` says that days from `valid_from` on were billed at the old price: these are credited and charged
    anew once it is approved."""

    id: int
    agreement_id: int
    code: str
    client: str
    text: str
    valid_from: date
    currency: str
    old_price: Decimal
    new_price: Decimal
    percent: Decimal
    a_year: int | None
    basis: str
    billed: bool


def index_names(book: Book) -> list[str]:
    """Indexes that agreements name."""
    with book.reading() as session:
        return list(
            session.scalars(
                select(Agreement.index_name).where(Agreement.index_name != "").distinct().order_by(Agreement.index_name)
            )
        )


def indexed(book: Book, *, index_name: str = "", segment_id: int | None = None) -> list[int]:
    """The agreements that run and follow an index, or are in a segment (their own, or else their client's)."""
    query = select(Agreement.id).join(Client, Client.id == Agreement.client_id).where(Agreement.active.is_(True))
    if index_name:
        query = query.where(Agreement.index_name == index_name)
    if segment_id is not None:
        own = Agreement.segment_id
        query = query.where((own == segment_id) | (own.is_(None) & (Client.segment_id == segment_id)))
    with book.reading() as session:
        return list(session.scalars(query.order_by(Agreement.code)))


def propose(
    book: Book,
    agreement_ids: Sequence[int],
    rise: Rise,
    valid_from: date,
    *,
    actor: str,
    step: Decimal | None = None,
) -> Proposed:
    """Propose new prices from a day on for all agreed prices of agreements, none above their own cap.

    Prices are rounded to multiples of `step`, by default the currency's minor unit. A proposal for the same line and
    day that waits is replaced. Raises ValidationError for a rise that is none.
    """
    problems = Problems()
    if rise.factor <= 0 or rise.factor == 1:
        problems.add("percent", _("{percent} % is no rise of prices.").format(percent=number_text(rise.percent)))
    if step is not None and step <= 0:
        problems.add("step", _("Prices are rounded to a step above 0, such as 0.05 or 1."))
    problems.raise_any()
    counts = {"proposed": 0, "by_card": 0, "same": 0}
    with change(book, actor, _("Propose prices")) as made:
        rows = made.session.scalars(select(Agreement).where(Agreement.id.in_(agreement_ids)).order_by(Agreement.code))
        for row in rows.all():
            if row.end_date is not None and row.end_date <= valid_from:
                continue
            cent = step or Decimal(1).scaleb(-exponent(row.currency))
            for line in _lines_on(made.session, row, valid_from):
                counts[_propose(made, row, line, rise, valid_from, cent)] += 1
        made.summary = _("Propose {count} prices from {day}").format(
            count=number_text(counts["proposed"]), day=date_text(valid_from)
        )
    return Proposed(**counts)


def _lines_on(session: Session, row: Agreement, day: date) -> Sequence[AgreementLine]:
    lines = select(AgreementLine).where(AgreementLine.agreement_id == row.id).order_by(AgreementLine.position)
    return [
        line
        for line in session.scalars(lines).all()
        if (line.end_date is None or line.end_date > day) and (line.start_date is None or line.start_date <= day)
    ]


def _propose(made: Change, row: Agreement, line: AgreementLine, rise: Rise, valid_from: date, step: Decimal) -> str:
    waiting = made.session.scalars(
        select(PriceProposal.id).where(
            PriceProposal.agreement_line_id == line.id,
            PriceProposal.valid_from == valid_from,
            PriceProposal.state == "proposed",
        )
    ).all()
    old = _price_before(made.session, line, valid_from)
    if old is None:
        return "by_card"
    cap = unscaled(row.index_cap) if row.index_cap is not None else None
    new, capped = risen(unscaled(old), rise, cap, step)
    for one in waiting:
        made.delete(PriceProposal, one)
    if scaled(new) == old:
        return "same"
    percent = percent_text(rise.percent)
    basis = f"{rise.name} {percent}".strip()
    if capped and cap is not None:
        basis = _("{basis}, at most {cap}").format(basis=basis, cap=percent_text(cap * 100))
    made.insert(
        PriceProposal,
        agreement_line_id=line.id,
        valid_from=valid_from,
        old_price=old,
        new_price=scaled(new),
        basis=basis,
    )
    return "proposed"


def _price_before(session: Session, line: AgreementLine, day: date) -> int | None:
    """The agreed price that a new one from a day on takes the place of; None where the card prices the line."""
    latest = session.scalar(
        select(PriceChange.unit_price)
        .where(PriceChange.agreement_line_id == line.id, PriceChange.valid_from < day)
        .order_by(PriceChange.valid_from.desc())
        .limit(1)
    )
    return latest if latest is not None else line.unit_price


def proposals(book: Book) -> list[Proposal]:
    """Those that wait for a decision, by agreement and line."""
    rows = (
        select(PriceProposal, AgreementLine, Agreement, Client.name, Item.name)
        .join(AgreementLine, AgreementLine.id == PriceProposal.agreement_line_id)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .join(Client, Client.id == Agreement.client_id)
        .outerjoin(Item, Item.id == AgreementLine.item_id)
        .where(PriceProposal.state == "proposed")
        .order_by(Agreement.code, AgreementLine.position, PriceProposal.valid_from)
    )
    with book.reading() as session:
        return [
            Proposal(
                one.id,
                row.id,
                row.code,
                client,
                line.description or item or _("Hours"),
                one.valid_from,
                row.currency,
                unscaled(one.old_price),
                unscaled(one.new_price),
                _percent(one),
                _a_year(row, line, one),
                one.basis,
                (line_billed_through(session, line.id) or date.min) > one.valid_from,
            )
            for one, line, row, client, item in session.execute(rows)
        ]


def _percent(one: PriceProposal) -> Decimal:
    return (Decimal(one.new_price - one.old_price) / (one.old_price or 1) * 100).quantize(Decimal("0.01"))


def _a_year(row: Agreement, line: AgreementLine, one: PriceProposal) -> int | None:
    if line.kind != "recurring":
        return None
    amounts = [line_amount(line.quantity, price, SCALE, row.currency) for price in (one.new_price, one.old_price)]
    return per_year(amounts[0] - amounts[1], row.every_count, row.every_unit)


def edit_proposal(book: Book, proposal_id: int, new_price: Decimal, *, actor: str) -> None:
    """Propose another price. ValidationError where it cannot be, UserError where it was decided on."""
    with change(book, actor, _("Change a proposed price")) as made:
        one = _waiting(made.session, proposal_id)
        problems = Problems()
        try:
            price: int | None = scaled(new_price)
        except ValueError:
            problems.add("new_price", _("{figure} has more than six decimals.").format(figure=number_text(new_price)))
            price = None
        check_price(price, problems, False, "new_price")
        problems.raise_any()
        made.update(PriceProposal, proposal_id, new_price=price, basis=one.basis)


def approve_proposals(book: Book, proposal_ids: Sequence[int], *, actor: str) -> int:
    """Agree on proposed prices, all or none; the count of them. Undone as one.

    A price for days that were billed changes the line on its day, so that they are credited and charged anew; any other
    is agreed ahead. UserError where one was decided on, or its line's price is not the old one any more.
    """
    with change(book, actor, _("Approve prices")) as made:
        for proposal_id in proposal_ids:
            _approve(made, _waiting(made.session, proposal_id))
            made.update(PriceProposal, proposal_id, state="approved", decided_by=made.actor, decided_at=made.at)
        made.summary = _("Approve {count} prices").format(count=number_text(len(proposal_ids)))
        return len(proposal_ids)


def reject_proposals(book: Book, proposal_ids: Sequence[int], *, actor: str) -> int:
    """Let prices stay as they are; the count of proposals."""
    with change(book, actor, _("Reject prices")) as made:
        for proposal_id in proposal_ids:
            _waiting(made.session, proposal_id)
            made.update(PriceProposal, proposal_id, state="rejected", decided_by=made.actor, decided_at=made.at)
        made.summary = _("Reject {count} prices").format(count=number_text(len(proposal_ids)))
        return len(proposal_ids)


def _waiting(session: Session, proposal_id: int) -> PriceProposal:
    one: PriceProposal = found(session, PriceProposal, proposal_id, _("The proposed price"))
    if one.state != "proposed":
        raise UserError(_("This price was decided on already."), _("Reload the list."))
    return one


def _approve(made: Change, one: PriceProposal) -> None:
    line: AgreementLine = found(made.session, AgreementLine, one.agreement_line_id, _("The line"))
    row = made.session.get_one(Agreement, line.agreement_id)
    now = _price_before(made.session, line, one.valid_from)
    ended = line.end_date is not None and line.end_date <= one.valid_from
    if now != one.old_price or ended:
        price = number_text(unscaled(now)) if now is not None else _("the rate card's")
        raise UserError(
            _("A line of {code} has ended before {day}.").format(code=row.code, day=date_text(one.valid_from))
            if ended
            else _("A price of {code} is {now} now, not {old} as it was when the rise was proposed.").format(
                code=row.code, now=price, old=number_text(unscaled(one.old_price))
            ),
            _("Reject this one, and propose it again."),
        )
    if (line_billed_through(made.session, line.id) or date.min) > one.valid_from:
        apply_line_change(
            made, row.id, line.id, one.valid_from, unit_price=one.new_price, reason=one.basis, order_id=None
        )
        return
    standing = made.session.scalar(
        select(PriceChange.id).where(PriceChange.agreement_line_id == line.id, PriceChange.valid_from == one.valid_from)
    )
    if standing is None:
        made.insert(
            PriceChange,
            agreement_line_id=line.id,
            valid_from=one.valid_from,
            unit_price=one.new_price,
            reason=one.basis,
        )
    else:
        made.update(PriceChange, standing, unit_price=one.new_price, reason=one.basis)
