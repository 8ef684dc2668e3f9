"""A part of a bank line that is a client's payment: what it settles, keeps back, withholds and leaves over."""

from __future__ import annotations

from typing import Final

from desktop.domain.matching.facts import Share
from desktop.domain.money import spread
from desktop.domain.wording import day, phrase
from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.bank.at_hand import AtHand, OpenLine, Outcome
from desktop.services.bank.parts import Part
from desktop.services.ledger import WITHHOLDING
from desktop.services.limits import check_limit
from desktop.services.open_amounts import Credit, Due
from desktop.services.payments import one_currency, reason_given

# So much of what the payer wrote stays with the payment.
_REFERENCE: Final = 140


def book_payment_part(at_hand: AtHand, line: OpenLine, part: Part) -> Outcome:
    """One payment, and with tax withheld another beside it; nothing of another client, and never above what is open."""
    if part.amount <= 0:
        raise UserError(
            _("A payment comes in, and {amount} went out.").format(amount=money_text(-part.amount, line.currency)),
            _("Book it as a return, a refund, bank charges or a transfer, or put it aside."),
        )
    dues = [(_due(at_hand, share), share) for share in part.shares]
    client_id = _client(at_hand, [due for due, _share in dues], part)
    amount, currency = _paid(line, part)
    one_currency(at_hand.made.connection, [due for due, _share in dues], client_id, currency)
    _check(dues, amount, currency)
    done = Outcome(client_id)
    credit = at_hand.ledger.payment(
        client_id=client_id,
        amount=amount,
        currency=currency,
        paid_on=line.booked_on,
        method="bank",
        reference=" ".join((line.reference or line.text).split())[:_REFERENCE],
        note=part.note.strip(),
        account_id=line.account_id,
        charges=part.charges or None,
        received=(part.amount, line.currency) if currency != line.currency else None,
    )
    done.payment_id = credit.source_id
    done.payments.append(credit.number)
    kept = _withheld(at_hand, line, credit, sum(share.withheld for share in part.shares), done)
    for due, share in dues:
        _settle(at_hand, line, due, share, credit, kept)
        ordered = at_hand.ordered.get(due.id)
        if ordered is not None and ordered[1] == share.amount:
            at_hand.paid.append((ordered[0], credit.source_id))
        whole = share.amount + share.discount + share.write_off + share.withheld
        done.settled.append((due.id, whole))
        if line.booked_on < due.since:
            done.notes.append(
                phrase(
                    "{number} counts as paid from {day} on; the money came before that.",
                    number=due.number,
                    day=day(due.since),
                )
            )
    _write_off(at_hand, line, part, dues, done)
    return done


def _due(at_hand: AtHand, share: Share) -> Due:
    found = at_hand.ledger.dues("o.id = ?", (share.item_id,))
    if not found:
        raise UserError(_("An invoice of this line is not in the book any more."), _("Reload the list."))
    return found[0]


def _client(at_hand: AtHand, dues: list[Due], part: Part) -> int:
    """The one client of the part. UserError for several, for none, and for one that is not there."""
    owners = {at_hand.head(due.client_id): due.number for due in dues}
    if part.client_id is not None:
        owners.setdefault(at_hand.head(part.client_id), "")
    if not owners:
        raise UserError(_("Whose money is it?"), _("Name a client or at least one invoice."))
    if len(owners) > 1:
        raise UserError(
            _("The invoices {list} belong to several clients.").format(
                list=", ".join(number for number in owners.values() if number)
            ),
            _("Split the line: one part for each client."),
        )
    client_id = next(iter(owners))
    known = at_hand.made.connection.exec_driver_sql("SELECT 1 FROM client WHERE id = ?", (client_id,)).fetchone()
    if known is None:
        raise UserError(_("The client is not there any more."), _("Reload the list."))
    return client_id


def _paid(line: OpenLine, part: Part) -> tuple[int, str]:
    """What the payment comes to, in its own currency."""
    if part.paid is None:
        if part.charges < 0:
            raise UserError(_("What a bank kept back is an amount above zero."), _("Leave it out where it kept none."))
        return part.amount + part.charges, line.currency
    if part.paid <= 0 or not part.currency:
        raise UserError(_("A payment needs an amount above zero."), _("Say how much was paid, and in which currency."))
    return part.paid, part.currency


def _check(dues: list[tuple[Due, Share]], amount: int, currency: str) -> None:
    for due, share in dues:
        parts = (share.amount, share.discount, share.write_off, share.withheld)
        if min(parts) < 0 or not any(parts):
            raise UserError(
                _("What settles {number} must be above zero.").format(number=due.number), _("Correct the amount.")
            )
        if share.discount and due.discount is None:
            raise UserError(
                _("{number} grants no early-payment discount.").format(number=due.number),
                _("Write the difference off, with a reason, or leave it open."),
            )
        if sum(parts) > due.open:
            raise UserError(
                _("Only {open} of {number} is open, not {amount}.").format(
                    open=money_text(due.open, currency), number=due.number, amount=money_text(sum(parts), currency)
                ),
                _("It may have been paid or credited meanwhile. What is above it becomes the client's credit."),
            )
    settled = sum(share.amount for _due, share in dues)
    if settled > amount:
        raise UserError(
            _("The payment is {amount}, and {settled} of it would go to invoices.").format(
                amount=money_text(amount, currency), settled=money_text(settled, currency)
            ),
            _("Lower what an invoice gets, or write the difference off."),
        )


def _withheld(at_hand: AtHand, line: OpenLine, credit: Credit, amount: int, done: Outcome) -> Credit | None:
    if not amount:
        return None
    kept = at_hand.ledger.payment(
        client_id=credit.client_id,
        amount=amount,
        currency=credit.currency,
        paid_on=line.booked_on,
        method=WITHHOLDING,
        reference=credit.number,
    )
    done.withheld_id = kept.source_id
    done.payments.append(kept.number)
    return kept


def _settle(at_hand: AtHand, line: OpenLine, due: Due, share: Share, credit: Credit, kept: Credit | None) -> None:
    paid_on = line.booked_on
    if share.withheld and kept is not None:
        at_hand.ledger.settle(due, kept, share.withheld, paid_on)
    if share.amount:
        at_hand.ledger.settle(due, credit, share.amount, paid_on)
    if share.discount:
        at_hand.ledger.discount(due, credit.source_id, share.discount, paid_on)


def _write_off(at_hand: AtHand, line: OpenLine, part: Part, dues: list[tuple[Due, Share]], done: Outcome) -> None:
    """Take the losses that the shares name, one an invoice. Each match beside one names it, and they share the part."""
    lost = [(due, share) for due, share in dues if share.write_off]
    if not lost:
        return
    reason = reason_given(part.reason)
    # Each match beside a loss has something of the part.
    beside = spread(part.amount - len(lost), [share.amount or 1 for _due, share in lost])
    for (due, share), amount in zip(lost, beside, strict=True):
        if at_hand.by_hand:
            check_limit(at_hand.made.connection, at_hand.made.actor, "write_off", share.write_off, due.factor)
        write_off_id = at_hand.ledger.write_off([(due, share.write_off, None)], line.booked_on, reason)
        done.write_offs.append((write_off_id, amount + 1))
