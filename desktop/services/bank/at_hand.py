"""What booking a part of a bank line works with: the line, the ledger of the transaction, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from desktop.domain.wording import Said
from desktop.services.change_sets import Change
from desktop.services.ledger import Ledger


@dataclass(slots=True)
class OpenLine:
    """A line as it is booked. `left` is what is not booked yet of its `amount`, both signed minor units."""

    id: int
    account_id: int
    booked_on: date
    amount: int
    left: int
    currency: str
    party: str
    text: str
    reference: str
    end_to_end: str
    return_reason: str
    state: str


@dataclass(slots=True)
class Outcome:
    """What booking one part made: ids for its matches, and what a person is told."""

    client_id: int | None = None
    payment_id: int | None = None
    withheld_id: int | None = None
    # Each loss has a row of its own: (id of the write-off, how much of the part stands beside it).
    write_offs: list[tuple[int, int]] = field(default_factory=list)
    payments: list[str] = field(default_factory=list)
    settled: list[tuple[int, int]] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)


@dataclass(slots=True)
class AtHand:
    """One transaction's change and ledger. `heads` names the client that each merged one counts for; what is done
    `by_hand` is within the actor's own limits.

    `ordered` are items of payment orders under way, (id, amount) by the open item that they debit; `paid` those that
    the bank carried out, (id, id of the payment), which are noted once the payment is written. `named` are recorded
    payments that lines of this transaction name.
    """

    made: Change
    ledger: Ledger
    heads: Mapping[int, int]
    today: date
    by_hand: bool
    ordered: dict[int, tuple[int, int]] = field(default_factory=dict)
    paid: list[tuple[int, int]] = field(default_factory=list)
    named: set[int] = field(default_factory=set)

    def head(self, client_id: int) -> int:
        return self.heads.get(client_id, client_id)
