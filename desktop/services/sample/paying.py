"""How the sample's clients pay: on time or late, whole, in parts or too much, several invoices at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from db.engine import Book
from desktop.domain.money import SCALE, round_half_away
from desktop.services.changes import change
from desktop.services.ledger import Ledger
from desktop.services.payments import book_payment
from desktop.services.sample.beginning import CLERK
from desktop.services.sample.members import Member
from desktop.services.sample.year import Clock, Year, add_months

# Days after the due date on which clients pay, by habit.
_DELAYS = {"prompt": (-6, 2), "slow": (2, 19), "late": (16, 44)}
# In a clean book nobody owes anything for so long that a rule would hold the next invoice.
_PATIENCE = 52
_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Expected:
    """Money on its way: the invoices named and the amount, minor units; `whole` where it is what they ask for."""

    day: date
    client_id: int
    numbers: tuple[str, ...]
    amount: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """An issued invoice: minor units, an early-payment discount as a fraction times 10**6; `seldom`: not monthly."""

    number: str
    due: date
    payable: int
    discount: int | None
    discount_until: str | None
    seldom: bool


@dataclass(slots=True)
class Payer:
    """Decides for each invoice when and how it is paid, and books what has come."""

    members: dict[int, Member]
    year: Year
    clean: bool
    waiting: list[Expected] = field(default_factory=list)

    def expect(self, book: Book, run_id: int) -> None:
        """Lay down how the invoices of a run will be paid."""
        with book.reading() as session:
            rows = session.connection().exec_driver_sql(
                """SELECT i.number, i.client_id, i.due_date, i.payable, i.discount, i.discount_until,
                  a.every_unit = 'year' OR a.every_count > 1 FROM invoice i
                LEFT JOIN agreement a ON a.id = i.agreement_id WHERE i.run_id = ? AND i.payable > 0
                AND i.kind <> 'credit_note' ORDER BY i.id""",
                (run_id,),
            )
            for number, client_id, due, payable, discount, until, seldom in rows:
                asked = Asked(number, date.fromisoformat(due), payable, discount, until, bool(seldom))
                self._decide(asked, self.members[client_id])

    def _decide(self, asked: Asked, member: Member) -> None:
        chance = Random(f"payment:{member.seed}:{asked.number}")
        due, payable, habit = asked.due, asked.payable, member.habit
        if habit == "silent":
            if due >= add_months(self.year.month, -4):
                return
            habit = "slow"
        recent = due >= self.year.today - timedelta(days=_PATIENCE)
        if recent and self._leave_open(asked, member, habit, chance):
            return
        if asked.discount and asked.discount_until and habit == "prompt":
            off = round_half_away(Decimal(payable) * asked.discount / SCALE)
            self._add(date.fromisoformat(asked.discount_until) - timedelta(days=1), member, asked.number, payable - off)
            return
        day = due + timedelta(days=chance.randrange(*_DELAYS[habit]))
        if self.clean and not recent:
            day = min(day, self.year.today)
        kind = chance.random()
        rest = day + timedelta(days=chance.randrange(12, 30))
        if kind < 0.05 and rest <= self.year.today:
            part = payable * chance.randrange(40, 70) // 100
            self._add(day, member, asked.number, part)
            self._add(rest, member, asked.number, payable - part)
        elif 0.05 <= kind < 0.065:
            # Somebody rounds up, or pays a digit wrong.
            self._add(day, member, asked.number, -(-payable // 1000) * 1000 + chance.randrange(1, 5) * 1000)
        else:
            self._add(day, member, asked.number, payable, whole=True)

    def _leave_open(self, asked: Asked, member: Member, habit: str, chance: Random) -> bool:
        """Of the latest invoices some are not paid yet and some in part.

        A part would hold the agreement's next invoice; in a clean book it stands only where none is due soon.
        """
        if chance.random() < {"prompt": 0.12, "slow": 0.35, "late": 0.75}[habit]:
            return True
        part = chance.random() < (0.3 if asked.seldom else 0.0 if self.clean else 0.04)
        if part:
            day = min(asked.due, self.year.today)
            self._add(day, member, asked.number, asked.payable * chance.randrange(30, 70) // 100)
        return part

    def _add(self, day: date, member: Member, number: str, amount: int, *, whole: bool = False) -> None:
        self.waiting.append(Expected(day, member.id, (number,), amount, whole))

    def expect_instead(self, number: str, paid: str, amount: int) -> None:
        """Of an invoice another amount will be paid, or another invoice in its place."""
        self.waiting = [
            replace(one, numbers=(paid,), amount=amount) if one.numbers == (number,) else one for one in self.waiting
        ]

    def pay(self, book: Book, first: date, last: date, clock: Clock) -> int:
        """Book what came in between two days, both included; how many payments."""
        come = sorted(
            (one for one in self.waiting if one.day <= last),
            key=lambda one: (max(one.day, first), one.client_id, one.numbers),
        )
        self.waiting = [one for one in self.waiting if one.day > last]
        together = _joined([replace(one, day=max(one.day, first)) for one in come])
        for at in range(0, len(together), _CHUNK):
            part = together[at : at + _CHUNK]
            clock.day = part[-1].day
            with change(book, CLERK, f"Enter {len(part)} payments", undoable=False) as made:
                ledger = Ledger(made)
                for one in part:
                    book_payment(
                        made,
                        ledger,
                        amount=one.amount,
                        paid_on=one.day,
                        today=one.day,
                        numbers=one.numbers,
                        reference=" ".join(one.numbers),
                        # Else a surplus would settle a part of another invoice, which holds the next one.
                        only_named=self.clean,
                    )
                ledger.flush()
        return len(together)


def _joined(payments: Sequence[Expected]) -> list[Expected]:
    """What a client pays whole on one day comes in one sum; parts say for themselves what they are for."""
    joined: list[Expected] = []
    for one in payments:
        before = joined[-1] if joined else None
        if before and before.whole and one.whole and (before.day, before.client_id) == (one.day, one.client_id):
            joined[-1] = replace(before, numbers=before.numbers + one.numbers, amount=before.amount + one.amount)
        else:
            joined.append(one)
    return joined
