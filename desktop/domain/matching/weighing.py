"""How sure a reading is, and why, in words: each agreement leaves a doubt, and what agrees independently multiplies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop.domain.likeness import plain_words
from desktop.domain.matching.amounts import EXACT
from desktop.domain.matching.facts import Explanation, OpenInvoice, Share
from desktop.domain.matching.numbers import WORDS, Mention, NumberIndex, Shape
from desktop.domain.matching.payers import SETTLED, Who
from desktop.domain.matching.reasons import (
    amount_reasons,
    mention_reasons,
    not_open_reason,
    typed_reason,
)
from desktop.domain.matching.scene import BANK_KEPT, ON_ACCOUNT, OVER, PARTIAL, PREPAID, Reading, Scene
from desktop.domain.matching.spelling import digits, error_between, signs
from desktop.domain.money import SCALE
from desktop.domain.wording import Said, day, phrase, words

_TYPED: Final = 250_000
_LAST: Final = {1: 600_000, 2: 500_000, 3: 250_000}
_LAST_LONG: Final = 120_000
_TYPED_MOST: Final = 6
# Four digits may stand in a text by chance.
_HARDLY: Final = 400_000
# What the amount does not confirm has to be named as clearly as this.
_NAMES_CLEARLY: Final = 60_000
# What speaks against a reading multiplies its doubt by so much.
_LEFT_OUT: Final = 10
_STRANGER: Final = 10
_OTHER_PAYER: Final = 20
_TOO_EARLY: Final = 3
_OTHER_PURPOSE: Final = 4
# In the plain words of `likeness`, which has one vowel for ü and ue.
_OTHER_PURPOSES: Final = frozenset(
    """anzahlung vorauszahlung vorkasse kaution erstattung ruckerstattung ruckzahlung umbuchung ubertrag darlehen zinsen
    gehalt lohn spende einlage advance prepayment deposit refund reimbursement loan interest salary donation
    acompte avance remboursement caution salaire pret anticipo devolucion reembolso fianza prestamo
    nomina intereses acconto caparra rimborso cauzione stipendio voorschot terugbetaling borg storting""".split()  # noqa: SIM905
)
# Without a name or a number a score never gets above this.
_AMOUNT_ONLY: Final = 600_000
_BEST: Final = 999_000
_LEAST: Final = 20_000


@dataclass(slots=True)
class Weighed:
    """A reading with its doubt (times 10**6, at most one) and whether it may book itself beside no rival."""

    reading: Reading
    doubt: int
    firm: bool
    client_id: int
    reasons: list[Said]
    due: tuple[int, ...]
    unnamed: bool


class Weighing:
    """Weighs the readings of one line."""

    def __init__(self, scene: Scene, numbers: NumberIndex) -> None:
        self._scene = scene
        self._numbers = numbers
        self._best: dict[int, Mention] = {}
        for mention in scene.named.mentions:
            for item in mention.items:
                known = self._best.get(item)
                if known is None or mention.doubt < known.doubt:
                    self._best[item] = mention

    def weigh(self, reading: Reading) -> Weighed:
        scene = self._scene
        items = [scene.items.any(share.item_id) for share in reading.shares]
        reasons: list[Said] = []
        number = self._number_doubt(items, reasons)
        amount = self._amount_doubt(reading, items, number)
        reasons += amount_reasons(reading, {item.id: item for item in items}, scene.line)
        best = next(iter(scene.payers.of(reading.group)), None)
        payer, who = SCALE, best
        if best is not None:
            payer = best.doubt
            kinds = {known.kind for known in scene.payers.of(reading.group)}
            if len(kinds) > 1:
                payer //= 2
            reasons.append(best.reason)
        firm = reading.firm
        # What is neither named nor from whom it is known is a guess at an amount.
        bare = number == SCALE and payer == SCALE
        others = best is not None and any(item.client_id != best.client_id for item in items)
        if others and number == SCALE:
            amount, firm = amount * 2, False
        if bare or (reading.fit == BANK_KEPT and SCALE in (number, payer)):
            firm = False
        doubt = _times(_times(number, payer), amount)
        doubt, firm = self._against(reading, items, number, who, doubt, firm, reasons)
        client = self._client(items, who, reading, reasons)
        if bare:
            doubt = max(doubt, SCALE - _AMOUNT_ONLY)
        return Weighed(
            reading,
            min(doubt, SCALE - _LEAST),
            firm,
            client,
            reasons,
            tuple(item.due.toordinal() for item in items),
            number == SCALE,
        )

    def _number_doubt(self, items: list[OpenInvoice], reasons: list[Said]) -> int:
        """The worst of the items' doubts; half a doubt where only some are named."""
        if not items:
            return SCALE
        worst, unnamed = 0, []
        mentions = []
        for item in items:
            mention = self._best.get(item.id)
            if mention is None:
                unnamed.append(item)
            else:
                worst = max(worst, mention.doubt)
                mentions.append((mention, item))
        reasons += mention_reasons(mentions)
        if not unnamed:
            return worst
        if len(unnamed) > _TYPED_MOST:
            return SCALE // 2 if mentions else SCALE
        meant = {signs(mention.written) for mention, _item in mentions}
        guessed = [self._guessed(item, meant, reasons) for item in unnamed]
        if mentions:
            return max(worst, min(max(guessed), SCALE // 2))
        return max(guessed)

    def _guessed(self, item: OpenInvoice, meant_already: set[str], reasons: list[Said]) -> int:
        """An item whose number is written with an error, or by its last digits alone."""
        shape = self._numbers.shape(item)
        written = self._numbers.typed(shape, self._scene.named)
        if written and written not in meant_already and not self._is_settled_of(written, item):
            meant = shape.digits if written.isdigit() and not shape.signs.isdigit() else shape.signs
            as_written = self._scene.named.written[written]
            reasons.append(typed_reason(as_written, item.number, error_between(written, meant)))
            return _TYPED
        if shape.tail and shape.tail in self._scene.named.short and self._scene.payers.of(item.group):
            reasons.append(phrase("Names {number}, the end of {name}", number=str(shape.tail), name=item.name))
            return _LAST.get(len(str(shape.tail)), _LAST_LONG)
        return SCALE

    def _is_settled_of(self, written: str, item: OpenInvoice) -> bool:
        """Whether what looks like an error is the number of another invoice, which is settled: paid twice, it seems.

        Of another client's it may be an error all the same, where the payer is known.
        """
        return any(
            digits(number) == digits(written) and (client == item.client_id or not self._scene.payers.of(item.group))
            for number, client in self._scene.named.settled.items()
        )

    def _amount_doubt(self, reading: Reading, items: list[OpenInvoice], number: int) -> int:
        doubt = reading.doubt
        if len(items) != 1 or reading.fit != EXACT or number <= 100_000:
            return doubt
        alike = self._scene.items.alike(reading.target.amount, reading.target.currency)
        return doubt if alike <= 1 else max(doubt, 200_000 if alike <= 3 else 350_000)

    def _against(
        self,
        reading: Reading,
        items: list[OpenInvoice],
        number: int,
        who: Who | None,
        doubt: int,
        firm: bool,
        reasons: list[Said],
    ) -> tuple[int, bool]:
        scene = self._scene
        taken = {item.id for item in items}
        if reading.fit in (PARTIAL, OVER) and number > _NAMES_CLEARLY:
            firm = False
        left = self._left_out(reading, taken)
        if left:
            doubt, firm = doubt * _LEFT_OUT, False
            reasons.append(phrase("Leaves out {names}, which the text names", names=words(*left)))
        named_all = bool(items) and all(item.id in self._best for item in items)
        strange = self._strangers(items)
        if strange:
            doubt *= 2 if named_all else _STRANGER
            firm = firm and named_all and reading.fit not in (PARTIAL, OVER)
            # That one is settled, the reason for its client says already.
            known = scene.named.settled if who is not None and who.kind == SETTLED else {}
            unsaid = [scene.named.written.get(number, number) for number in strange if number not in known]
            if unsaid:
                reasons.append(not_open_reason(unsaid))
        purpose = self._other_purpose() if number == SCALE else ""
        if purpose:
            doubt, firm = doubt * _OTHER_PURPOSE, False
            reasons.append(phrase("Says “{word}”, which is hardly the payment of an invoice", word=purpose))
        if who is None and scene.payers.firm:
            doubt, firm = doubt * _OTHER_PAYER, False
            reasons.append(phrase("The money seems to be from {client}", client=self._name_of_payer()))
        if items and self._early(items):
            latest = max(items, key=lambda item: item.issued)
            reasons.append(
                phrase("Was booked before {name} was issued on {day}", name=latest.name, day=day(latest.issued))
            )
            doubt, firm = doubt * _TOO_EARLY, firm and number <= _NAMES_CLEARLY
        if firm and who is None and self._may_be_mistyped(reading, items):
            doubt, firm = doubt * _LEFT_OUT, False
            reasons.append(phrase("Another invoice of the same amount has nearly the same number"))
        return doubt, firm

    def _left_out(self, reading: Reading, taken: set[int]) -> list[str]:
        left = []
        for mention in self._scene.named.mentions:
            if not mention.needed or mention.doubt >= _HARDLY or taken & set(mention.items) or mention.kind == WORDS:
                continue
            still = [item for row in mention.items if (item := self._scene.items.get(row)) is not None]
            if still:
                left.append(still[0].number)
        return list(dict.fromkeys(left))

    def _strangers(self, items: list[OpenInvoice]) -> list[str]:
        """Numbers in the text that look like ours and are none of these, not even with an error."""
        named = self._scene.named
        if not named.strangers and not named.settled:
            return []
        shapes = [self._numbers.shape(item) for item in items[:_TYPED_MOST]]
        strange = [written for written in named.strangers if not any(_is_or_may_be(written, shape) for shape in shapes)]
        groups = {item.group for item in items}
        of_settled = {who.group for who in self._scene.payers.known if who.kind == SETTLED}
        if not groups or groups & of_settled:
            strange += named.settled
        return strange

    def _other_purpose(self) -> str:
        """A word for money that pays no invoice."""
        said = plain_words(f"{self._scene.line.text} {self._scene.line.reference}")
        return next((word for word in said if word in _OTHER_PURPOSES), "")

    def _early(self, items: list[OpenInvoice]) -> bool:
        return any(self._scene.line.booked_on < item.issued for item in items)

    def _may_be_mistyped(self, reading: Reading, items: list[OpenInvoice]) -> bool:
        """Whether an error in the number would lead to this invoice from another one of the same amount."""
        if len(items) != 1:
            return False
        mention = self._best.get(items[0].id)
        if mention is None or mention.doubt < 10_000:
            return False
        alike = self._scene.items.alike(reading.target.amount, reading.target.currency)
        if alike <= 1:
            return False
        near = self._numbers.near(self._numbers.shape(items[0]).signs) | self._numbers.near(signs(mention.written))
        return any(
            (other := self._scene.items.get(row)) is not None and other.open == items[0].open
            for row in near - {items[0].id}
        )

    def _client(self, items: list[OpenInvoice], who: Who | None, reading: Reading, reasons: list[Said]) -> int:
        clients = {item.client_id for item in items}
        if who is None:
            return clients.pop() if len(clients) == 1 else reading.group
        known = [one for one in self._scene.payers.of(reading.group) if one.doubt <= who.doubt]
        own = next((one for one in known if one.client_id in clients), None)
        if own is None and clients:
            reasons.append(phrase("Clients of one group pay for each other"))
        return own.client_id if own else who.client_id

    def _name_of_payer(self) -> str:
        figures = self._scene.payers.known[0].reason.figures
        return str(figures["client"])


def explanations(
    line_id: int, weighed: list[Weighed], threshold: int | None, *, oldest_first: bool
) -> tuple[Explanation, ...]:
    """The best five, best first; sure from the threshold on, where nothing else explains the line about as well."""
    weighed.sort(key=lambda one: (one.doubt, one.due, [share.item_id for share in one.reading.shares]))
    unique: dict[tuple[tuple[Share, ...], int, int], Weighed] = {}
    for one in weighed:
        unique.setdefault(
            (
                tuple(sorted(one.reading.shares, key=lambda share: share.item_id)),
                one.reading.surplus,
                one.reading.charges,
            ),
            one,
        )
    ranked = list(unique.values())
    found = []
    for place, one in enumerate(ranked[:5]):
        score = min(_BEST, SCALE - one.doubt)
        rivals = [other for other in ranked[1:] if _is_rival(other, one)] if place == 0 else []
        if oldest_first:
            rivals = [other for other in rivals if not _alike(one, other)]
        sure = place == 0 and one.firm and threshold is not None and score >= threshold and not rivals
        reasons = list(one.reasons)
        if rivals:
            reasons.append(phrase("Something else explains it as well"))
        found.append(
            Explanation(
                line_id,
                "payment",
                score,
                one.client_id,
                one.reading.shares,
                one.reading.surplus,
                one.reading.charges,
                reasons=tuple(reasons),
                sure=sure,
            )
        )
    return tuple(found)


def _is_or_may_be(written: str, shape: Shape) -> bool:
    own = shape.digits if written.isdigit() else shape.signs
    return written == own or bool(error_between(written, own))


def _is_rival(other: Weighed, best: Weighed) -> bool:
    """Whether another reading is about as likely; of sets that nothing names there are many, so far less will do."""
    if other.reading.fit in (ON_ACCOUNT, PREPAID):
        return False
    return other.doubt <= best.doubt * (20 if best.unnamed and len(best.reading.shares) > 1 else 5)


def _alike(one: Weighed, other: Weighed) -> bool:
    return one.doubt == other.doubt and one.reading.fit == other.reading.fit and one.client_id == other.client_id


def _times(one: int, other: int) -> int:
    return one * other // SCALE
