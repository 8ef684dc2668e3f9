"""Money that went back: which payment a returned debit, a bounced cheque or a recalled transfer takes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from desktop.domain.matching.facts import Explanation, Line, PastPayment, Policy
from desktop.domain.matching.numbers import Named
from desktop.domain.matching.payers import PayerIndex, Payers, bare_account
from desktop.domain.matching.spelling import plain, runs, signs, spans
from desktop.domain.money import SCALE
from desktop.domain.wording import Said, money, phrase

_NAMED: Final = 10_000
_ACCOUNT: Final = 100_000
_NAME: Final = 200_000
_UNMARKED: Final = 4
_AMOUNT: Final = 200_000
_NEAR_AMOUNT: Final = 500_000
_AMOUNT_ONLY: Final = 500_000
# A debit comes back within eight weeks as a rule: money of long ago is hardly meant.
_USUAL_DAYS: Final = 70
_LONG_AGO: Final = 3
_LEAST: Final = 6
_LONGEST: Final = 35
_TRIED: Final = 200


class ReturnIndex:
    def __init__(self, past: Iterable[PastPayment], payers: PayerIndex) -> None:
        self._payers = payers
        self._by_amount: dict[tuple[str, int], list[PastPayment]] = {}
        self._by_reference: dict[str, list[PastPayment]] = {}
        self._gone: set[int] = set()
        for payment in past:
            self._by_amount.setdefault((payment.currency, payment.amount), []).append(payment)
            for reference in (payment.number, *payment.references):
                key = signs(reference)
                if len(key) >= _LEAST:
                    self._by_reference.setdefault(key, []).append(payment)

    def taken(self, payment_id: int) -> None:
        self._gone.add(payment_id)

    def explain(self, line: Line, policy: Policy) -> tuple[Explanation, ...]:
        """At most five payments that a line of money gone out may take back, best first."""
        named = self._named(line)
        amount = -line.amount
        found: dict[int, PastPayment] = {payment.id: payment for payment in named.values()}
        who = self._payers.who(line, Named())
        for sought in (amount, amount - abs(line.charges)):
            alike = self._by_amount.get((line.currency, sought), [])
            if len(alike) > _TRIED:
                # So many of one amount: the payer's alone, who has to be known then.
                alike = [payment for payment in alike if self._payer_doubt(line, payment, who, []) < SCALE]
            for payment in alike:
                found.setdefault(payment.id, payment)
        weighed = [
            one
            for payment in found.values()
            if payment.id not in self._gone and payment.paid_on <= line.booked_on and payment.currency == line.currency
            if (one := self._weigh(line, payment, who, named=payment.id in named)) is not None
        ]
        weighed.sort(key=lambda one: (one[0], -one[1].paid_on.toordinal(), one[1].id))
        answers = []
        for place, (doubt, payment, charges, reasons, firm) in enumerate(weighed[:5]):
            alone = place == 0 and (len(weighed) == 1 or weighed[1][0] > doubt * 5)
            score = SCALE - min(SCALE, doubt)
            sure = alone and firm and policy.threshold is not None and score >= policy.threshold
            answers.append(
                Explanation(
                    line.id,
                    "return",
                    score,
                    payment.client_id,
                    charges=charges,
                    returned=payment.id,
                    reasons=tuple(reasons),
                    sure=sure,
                )
            )
        return tuple(answers)

    def _named(self, line: Line) -> dict[int, PastPayment]:
        hits: dict[int, PastPayment] = {}
        for text in (line.end_to_end, line.reference, line.text, line.mandate):
            for span in spans(runs(plain(text)), _LONGEST) if text else ():
                for payment in self._by_reference.get(span.signs, ()):
                    hits[payment.id] = payment
        return hits

    def _weigh(
        self, line: Line, payment: PastPayment, payers: Payers, *, named: bool
    ) -> tuple[int, PastPayment, int, list[Said], bool] | None:
        reasons: list[Said] = []
        if named:
            reasons.append(phrase("Carries a reference of payment {number}", number=payment.number))
        doubt = _NAMED if named else SCALE
        charges = -line.amount - payment.amount
        paid = money(payment.amount, payment.currency)
        if charges == 0:
            doubt = doubt * _AMOUNT // SCALE
            reasons.append(phrase("Takes back the {amount} of payment {number}", amount=paid, number=payment.number))
        elif charges > 0 and (charges == abs(line.charges) or (named and charges * 4 <= payment.amount)):
            doubt = doubt * _NEAR_AMOUNT // SCALE
            reasons.append(
                phrase(
                    "Takes back the {amount} of payment {number}, and {charges} of charges",
                    amount=paid,
                    number=payment.number,
                    charges=money(charges, payment.currency),
                )
            )
        else:
            return None
        known = self._payer_doubt(line, payment, payers, reasons)
        doubt = doubt * known // SCALE
        if not named and known == SCALE:
            doubt = max(doubt, _AMOUNT_ONLY)
        if not line.returns:
            doubt *= _UNMARKED
        if (line.booked_on - payment.paid_on).days > _USUAL_DAYS:
            doubt *= _LONG_AGO
        return doubt, payment, charges, reasons, (named or known < SCALE) and line.returns

    def _payer_doubt(self, line: Line, payment: PastPayment, payers: Payers, reasons: list[Said]) -> int:
        if payment.party_account and bare_account(line.party_account) == bare_account(payment.party_account):
            reasons.append(phrase("Goes to the account that the payment came from"))
            return _ACCOUNT
        group = self._payers.group_of(payment.client_id)
        who = next(iter(payers.of(group)), None)
        if who is None:
            return SCALE
        reasons.append(who.reason)
        return max(_NAME, who.doubt)
