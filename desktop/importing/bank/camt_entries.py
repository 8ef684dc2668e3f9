"""One entry of a camt message (Ntry) as movements: a batch is opened where what it holds comes to its amount."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final

from desktop.domain.bank_statement import Entry
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.importing.bank.amounts import day_of, minor_of_decimal
from desktop.importing.bank.camt_details import Detail, Money, Party, detail_of, kind_of, money_of
from desktop.importing.bank.markup import Node
from desktop.importing.bank.problems import Problems
from desktop.importing.bank.unsaid import given

# Which of a transaction's amounts is the one on the account, best first.
_BOOKED: Final = ("Amt", "TxAmt", "CntrValAmt", "InstdAmt")
# Which of them is what was asked for elsewhere, best first.
_ASKED: Final = ("InstdAmt", "TxAmt", "Amt", "CntrValAmt")
_BATCH_TEXT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Account:
    """Whose entries these are; `day` stands in for an entry that has none of its own."""

    number: str
    owner: str
    currency: str
    day: date | None


def entries_of(node: Node, details: Sequence[Detail], account: Account, problems: Problems) -> list[Entry]:
    """The movements of one entry, none where it cannot be read; what is wrong with it goes to `problems`."""
    line = number_text(node.line)
    amount = money_of(node.first("Amt"))
    direction = node.said("CdtDbtInd")
    currency = (amount.currency if amount else "") or account.currency
    if amount is None or direction not in ("CRDT", "DBIT"):
        said = _("The entry at line {line} has no amount with a direction: “{text}”.")
        written = " ".join(filter(None, (node.said("Amt"), direction)))
        column = "Amt" if amount is None else "CdtDbtInd"
        problems.reject(node.line, column, written, said.format(line=line, text=written))
        return []
    booked = _minor(amount.value, currency, node.line, problems)
    if booked is None:
        return []
    day, valued = _days(node, details, account, line, problems)
    if day is None:
        written = node.said("BookgDt", "Dt") or node.said("BookgDt", "DtTm")
        said = _("The entry at line {line} has no day on which it was booked.")
        problems.reject(node.line, "BookgDt", written, said.format(line=line))
        return []
    total = booked if direction == "CRDT" else -booked
    if currency != account.currency and account.currency:
        problems.add(
            _("The entry at line {line} is in {currency}, the account in {other}.").format(
                line=line, currency=currency, other=account.currency
            )
        )
    frame = _Frame(node, account, currency, direction, day, valued)
    if not details:
        return [frame.entry(detail_of(node), total, node.line, batch=frame.order)]
    if len(details) == 1:
        return [frame.entry(details[0], total, details[0].line, alone=True)]
    opened = _opened(details, total, currency, node)
    if opened is None:
        said = ngettext(
            "The batch of {count} transaction at line {line} is kept whole: it does not come to {amount}.",
            "The batch of {count} transactions at line {line} is kept whole: they do not come to {amount}.",
            len(details),
        )
        problems.add(said.format(count=number_text(len(details)), line=line, amount=money_text(total, currency)))
        return [frame.whole(details, total)]
    amounts, rest = opened
    batch = frame.reference or frame.order
    found = [frame.entry(detail, part, detail.line, batch=batch) for detail, part in zip(details, amounts, strict=True)]
    if rest:
        found.append(frame.entry(detail_of(node), rest, node.line, batch=batch))
    return found


class _Frame:
    """What all movements of one entry share."""

    def __init__(
        self, node: Node, account: Account, currency: str, direction: str, day: date, valued: date | None
    ) -> None:
        self.node, self.account, self.currency, self.direction = node, account, currency, direction
        self.day, self.valued = day, valued
        self.reference = given(node.said("AcctSvcrRef"))
        self.order = _order(node)
        reversal = node.said("RvslInd") in ("true", "1")
        self._code, by_code = kind_of(node)
        self._returns = reversal or by_code or node.first("RtrInf") is not None

    @cached_property
    def _whole(self) -> Detail:
        return detail_of(self.node)

    def entry(self, detail: Detail, amount: int, line: int, *, batch: str = "", alone: bool = False) -> Entry:
        returns = self._returns or detail.returns
        party = self._other_side(detail, returns, amount)
        text = detail.text
        if alone and not text and not detail.reference:
            text = self._whole.text
        charges = detail.charges or (self._whole.charges if alone and self.node.first("Chrgs") else ())
        own_reference = detail.bank_reference or (self.reference if alone or detail.line == self.node.line else "")
        return Entry(
            booked_on=self.day,
            amount=amount,
            currency=self.currency,
            valued_on=self.valued,
            party=party.name,
            party_account=party.account,
            party_bic=party.bic,
            text=text,
            reference=detail.reference,
            end_to_end=detail.end_to_end,
            mandate=detail.mandate,
            bank_reference=own_reference,
            code=detail.code or self._code,
            batch=batch,
            returns=returns,
            return_reason=detail.return_reason or (self._whole.return_reason if returns else ""),
            charges=_kept_back(charges, self.currency),
            original=_asked_for(
                detail, self._whole if alone and self.node.first("AmtDtls") else None, amount, self.currency
            ),
            place=str(line),
        )

    def whole(self, details: Sequence[Detail], amount: int) -> Entry:
        """A batch that cannot be opened, with what its transactions say so that it can be searched."""
        texts = dict.fromkeys(word for one in details[:100] for word in (one.text, one.reference, one.end_to_end))
        sides = {self._other_side(one, self._returns or one.returns, amount) for one in details}
        party = sides.pop() if len(sides) == 1 else Party()
        return Entry(
            booked_on=self.day,
            amount=amount,
            currency=self.currency,
            valued_on=self.valued,
            party=party.name,
            party_account=party.account,
            party_bic=party.bic,
            text=" ".join(filter(None, texts))[:_BATCH_TEXT] or self._whole.text,
            bank_reference=self.reference,
            code=self._code,
            batch=self.order,
            returns=self._returns,
            charges=_kept_back(self._whole.charges, self.currency),
            place=str(self.node.line),
        )

    def _other_side(self, detail: Detail, returns: bool, amount: int) -> Party:
        """The side that is not the account's own. A return names the parties of what it returns, so it is the other way
        round; and where banks mix them up, the account's own number tells."""
        incoming = amount > 0 if amount else self.direction == "CRDT"
        usual, other = (detail.debtor, detail.creditor) if incoming != returns else (detail.creditor, detail.debtor)
        if (usual.name or usual.account) and not self._is_own(usual):
            return usual
        if other.account and not self._is_own(other):
            return other
        if returns and other.name and not self._is_own(other):
            return other
        return Party()

    def _is_own(self, party: Party) -> bool:
        if party.account and self.account.number:
            return _bare(party.account) == _bare(self.account.number)
        return bool(party.name) and party.name.casefold() == self.account.owner.casefold()


def _bare(account: str) -> str:
    return "".join(account.split()).upper()


def _order(node: Node) -> str:
    """The payment order's name that this entry carries out, "" unless it is one of several transactions."""
    for box in (*node.all("NtryDtls", "Btch"), *node.all("Btch")):
        if named := given(box.said("PmtInfId")) or given(box.said("MsgId")):
            return named
    return ""


def _minor(value: Decimal, currency: str, at: int, problems: Problems) -> int | None:
    found = minor_of_decimal(value, currency)
    line = number_text(at)
    if found is None:
        said = _("The amount {amount} {currency} at line {line} is none that a book can hold.")
        problems.reject(at, "Amt", str(value), said.format(amount=value, currency=currency, line=line))
        return None
    if found.rounded:
        problems.add(
            _(
                "The amount {amount} at line {line} has more decimals than {currency} knows; {rounded} was taken."
            ).format(amount=value, line=line, currency=currency, rounded=money_text(found.minor, currency))
        )
    return found.minor


def _days(
    node: Node, details: Sequence[Detail], account: Account, line: str, problems: Problems
) -> tuple[date | None, date | None]:
    booked = day_of(node.said("BookgDt", "Dt") or node.said("BookgDt", "DtTm"))
    valued = day_of(node.said("ValDt", "Dt") or node.said("ValDt", "DtTm"))
    if booked is None:
        booked = valued or next((day for one in details if (day := day_of(one.day))), None)
    if booked is None and account.day is not None:
        booked = account.day
        problems.add(
            _("The entry at line {line} has no day; that of the statement, {day}, was taken.").format(
                line=line, day=account.day.isoformat()
            )
        )
    return booked, valued


def _opened(details: Sequence[Detail], total: int, currency: str, node: Node) -> tuple[list[int], int] | None:
    """Signed minor units of each transaction, and what remains of the entry for its charges; None where they do not
    come to its total."""
    amounts = [_booked_amount(one, currency) for one in details]
    known = [one for one in amounts if one is not None]
    if len(known) < len(details):
        return None
    sign = 1 if total >= 0 else -1
    own = [_signed(minor, detail.direction, sign) for minor, detail in zip(known, details, strict=True)]
    alike = [minor * sign for minor in known]
    charges = [_kept_back(detail.charges, currency) or 0 for detail in details]
    for parts in (own, alike):
        if sum(parts) == total:
            return parts, 0
        net = [part - charge for part, charge in zip(parts, charges, strict=True)]
        if sum(net) == total:
            return net, 0
    kept = sum(
        minor.minor
        for money in detail_of(node).charges
        if money.currency == currency and (minor := minor_of_decimal(money.value, currency))
    )
    for parts in (own, alike):
        if kept and sum(parts) - kept == total:
            return parts, -kept
    return None


def _booked_amount(detail: Detail, currency: str) -> int | None:
    for kind in _BOOKED:
        money = detail.amounts.get(kind)
        if money is not None and money.currency in (currency, ""):
            found = minor_of_decimal(money.value, currency)
            return found.minor if found else None
    return None


def _signed(minor: int, direction: str, sign: int) -> int:
    return {"CRDT": minor, "DBIT": -minor}.get(direction, minor * sign)


def _kept_back(charges: Sequence[Money], currency: str) -> int | None:
    """What banks kept, minor units; those in another currency are left to the texts."""
    found = list(_charged(charges, currency))
    return sum(found) or None


def _charged(charges: Sequence[Money], currency: str) -> Iterator[int]:
    for one in charges:
        if one.currency in (currency, "") and (minor := minor_of_decimal(one.value, currency)):
            yield -minor.minor if one.minus is False else minor.minor


def _asked_for(detail: Detail, whole: Detail | None, amount: int, currency: str) -> tuple[int, str] | None:
    """What was asked for where it is not what came: another currency, or another amount before charges."""
    for source in filter(None, (detail, whole)):
        for kind in _ASKED:
            money = source.amounts.get(kind)
            if money is None or not money.value or not money.currency:
                continue
            found = minor_of_decimal(money.value, money.currency)
            if found and (money.currency != currency or (kind == "InstdAmt" and abs(found.minor) != abs(amount))):
                return found.minor, money.currency
    return None
