"""Why a line is read so, in sentences that a bookkeeper says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from desktop.domain.matching.amounts import DISCOUNT, EXACT, WITHHOLDING
from desktop.domain.matching.facts import Line, OpenInvoice, Share
from desktop.domain.matching.numbers import CONTINUED, ORDER, REFERENCE, WORDS, Mention
from desktop.domain.matching.scene import (
    ALL_OPEN,
    BANK_KEPT,
    OLDEST_DUE,
    ON_ACCOUNT,
    ONE_MONTH,
    OVER,
    PARTIAL,
    PREPAID,
    SHORT,
    SUBSET,
    WRITE_OFF,
    Reading,
)
from desktop.domain.wording import Said, day, money, percent, phrase, phrases, words

_SPELLED_OUT: Final = 6


def mention_reasons(mentions: Sequence[tuple[Mention, OpenInvoice]]) -> list[Said]:
    """What the line names, items of one kind together."""
    by_kind: dict[str, list[str]] = {}
    for mention, item in mentions:
        kind = {REFERENCE: "reference", WORDS: "reference", ORDER: "order", CONTINUED: "continued"}.get(
            mention.kind, ""
        )
        by_kind.setdefault(kind, []).append(item.name)
    found = []
    for kind, listed in by_kind.items():
        names = list(dict.fromkeys(listed))
        if len(names) > _SPELLED_OUT:
            found.append(phrases("Names {count} open invoice", "Names {count} open invoices", count=len(names)))
        elif kind == "reference":
            found.append(phrase("Carries the payment reference of {names}", names=words(*names)))
        elif kind == "order":
            found.append(phrase("Names the order that {names} bills", names=words(*names)))
        elif kind == "continued":
            found.append(phrase("Names {names} by its last digits", names=words(*names)))
        else:
            found.append(phrase("Names {names}", names=words(*names)))
    return found


def typed_reason(written: str, name: str, error: str) -> Said:
    """`written` may be `name` with one error."""
    if error == "swapped":
        return phrase("Names {written}, which may be {name} with two digits swapped", written=written, name=name)
    if error == "missing":
        return phrase("Names {written}, which may be {name} with a digit missing", written=written, name=name)
    if error == "added":
        return phrase("Names {written}, which may be {name} with a digit too many", written=written, name=name)
    return phrase("Names {written}, which may be {name} with one digit wrong", written=written, name=name)


def not_open_reason(numbers: Sequence[str]) -> Said:
    names = list(dict.fromkeys(numbers))[:_SPELLED_OUT]
    return phrases(
        "Names {numbers}, which is not open",
        "Names {numbers}, which are not open",
        count=len(names),
        numbers=words(*names),
    )


def amount_reasons(reading: Reading, items: Mapping[int, OpenInvoice], line: Line) -> list[Said]:
    """How the amount agrees, what settles the rest, and what was converted or kept back on the way."""
    found = [_fit(reading, items, line)]
    target = reading.target
    if target.converted:
        found.append(
            phrase(
                "The bank converted {paid} to {amount}",
                paid=money(target.amount, target.currency),
                amount=money(line.amount, line.currency),
            )
        )
    elif line.charges and reading.charges > -line.charges:
        found.append(phrase("The bank says that it kept {charges} of it", charges=money(line.charges, line.currency)))
    return found


def _fit(reading: Reading, items: Mapping[int, OpenInvoice], line: Line) -> Said:
    currency = reading.target.currency
    names = _names(reading.shares, items)
    if reading.fit == PREPAID:
        return phrase("Nothing is open in {currency}: it would be the client's credit", currency=currency)
    if reading.fit == ON_ACCOUNT:
        return phrase("Settles nothing to the cent: it would go to {names}, the oldest due first", names=names)
    if reading.fit in (PARTIAL, SHORT):
        left = sum(items[share.item_id].open - share.amount for share in reading.shares)
        return phrase("Pays {names} in part: {left} stays open", names=names, left=money(left, currency))
    if reading.fit == OVER:
        surplus = money(reading.surplus, currency)
        return phrase("Pays {names} and {surplus} more than is open", names=names, surplus=surplus)
    if reading.fit == WRITE_OFF:
        rest = money(sum(share.write_off for share in reading.shares), currency)
        return phrase("Pays {names} but for {rest}, which is written off", names=names, rest=rest)
    if reading.fit == BANK_KEPT:
        kept = sum(share.amount for share in reading.shares) - reading.surplus - line.amount - max(0, line.charges)
        return phrase("Pays {names} if banks kept back {kept}", names=names, kept=money(kept, currency))
    if reading.fit in (ALL_OPEN, OLDEST_DUE, ONE_MONTH, SUBSET):
        return _set(reading, names)
    return _single(reading, items, names)


def _set(reading: Reading, names: tuple[object, ...]) -> Said:
    count = len(reading.shares)
    if reading.fit == ALL_OPEN:
        return phrases(
            "Pays to the cent the {count} invoice that is open",
            "Pays to the cent all {count} invoices that are open",
            count=count,
        )
    if reading.fit == OLDEST_DUE:
        return phrases(
            "Pays to the cent the {count} invoice due first",
            "Pays to the cent the {count} invoices due first",
            count=count,
        )
    if reading.fit == ONE_MONTH:
        return phrases(
            "Pays to the cent the {count} invoice of one month",
            "Pays to the cent the {count} invoices of one month",
            count=count,
        )
    return phrase("Pays {names} together to the cent", names=names)


def _single(reading: Reading, items: Mapping[int, OpenInvoice], names: tuple[object, ...]) -> Said:
    currency = reading.target.currency
    discount = sum(share.discount for share in reading.shares)
    withheld = sum(share.withheld for share in reading.shares)
    if reading.fit == EXACT:
        return phrase("Pays {names} to the cent", names=names)
    if reading.fit == WITHHOLDING:
        return phrase(
            "Pays {names} to the cent less {withheld} that is withheld for the state",
            names=names,
            withheld=money(withheld, currency),
        )
    rate = _rate(reading.shares, items)
    if reading.fit == DISCOUNT:
        return phrase("Pays {names} to the cent less {percent} early-payment discount", names=names, percent=rate)
    until = max(items[share.item_id].discount_until or items[share.item_id].due for share in reading.shares)
    return phrase(
        "Pays {names} to the cent less the discount of {discount} that ended on {day}",
        names=names,
        discount=money(discount, currency),
        day=day(until),
    )


def _rate(shares: Sequence[Share], items: Mapping[int, OpenInvoice]) -> tuple[str, str]:
    """The discount as a share of what is open of those that take one, to a tenth of a percent."""
    taken = [share for share in shares if share.discount]
    whole = sum(items[share.item_id].open for share in taken)
    tenths = round(Decimal(1000 * sum(share.discount for share in taken)) / whole)
    return percent(tenths // 10 if tenths % 10 == 0 else Decimal(tenths) / 10)


def _names(shares: Sequence[Share], items: Mapping[int, OpenInvoice]) -> tuple[object, ...]:
    names = [items[share.item_id].name for share in shares]
    if len(names) > _SPELLED_OUT:
        return ("said", *phrases("{count} invoice", "{count} invoices", count=len(names)))
    return words(*names)
