"""What the bank says: statements and their lines, what each line was booked as, and whose money a sign was once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Amount, Base, Id, Quantity, words
from desktop.domain.bank_statement import FORMATS

LINE_STATES = ("open", "booked")
MATCH_KINDS = ("payment", "return", "refund", "charges", "transfer", "other")


class BankStatement(Base):
    """A statement of one account, as a file gave it. Balances are signed, null where the file states none.

    Each balance has its day. `from_day` and `to_day` are the first and last day that it speaks of, both inclusive.
    """

    __tablename__ = "bank_statement"
    __table_args__ = (
        words("format", *FORMATS),
        Index("ix_bank_statement_account", "account_id", "to_day"),
    )
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    format: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    currency: Mapped[str]
    from_day: Mapped[date | None]
    to_day: Mapped[date | None]
    opening: Mapped[Amount | None]
    opening_on: Mapped[date | None]
    closing: Mapped[Amount | None]
    closing_on: Mapped[date | None]
    file_name: Mapped[str]
    taken_at: Mapped[str]
    actor: Mapped[str]


class BankLine(Base):
    """One movement, as small as the bank tells it: what a batch entry is made of stands here, not the batch.

    `amount` is signed, minor units of `currency`, above zero for what came in. `identity` tells the same line again in
    another file or format; it is unique within the account. `original_amount` is what the payer was asked for in
    `original_currency`, `charges` what banks kept back of it. `returns` marks the reversal or return of an earlier one.
    It is booked once its standing matches come to its amount; `state` moves with them.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        words("state", *LINE_STATES),
        UniqueConstraint("account_id", "identity"),
        Index("ix_bank_line_booked_on", "booked_on"),
        Index("ix_bank_line_open", "booked_on", "id", sqlite_where=text("state = 'open'")),
        Index("ix_bank_line_amount", "amount"),
        Index("ix_bank_line_end_to_end", "end_to_end", sqlite_where=text("end_to_end <> ''")),
    )
    id: Mapped[Id]
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    position: Mapped[int]
    identity: Mapped[str]
    booked_on: Mapped[date]
    valued_on: Mapped[date | None]
    amount: Mapped[Amount]
    currency: Mapped[str]
    party: Mapped[str] = mapped_column(default="")
    party_account: Mapped[str] = mapped_column(default="")
    party_bic: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    end_to_end: Mapped[str] = mapped_column(default="")
    mandate: Mapped[str] = mapped_column(default="")
    bank_reference: Mapped[str] = mapped_column(default="")
    code: Mapped[str] = mapped_column(default="")
    batch: Mapped[str] = mapped_column(default="")
    returns: Mapped[bool] = mapped_column(default=False)
    return_reason: Mapped[str] = mapped_column(default="")
    charges: Mapped[Amount | None]
    original_amount: Mapped[Amount | None]
    original_currency: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="open")


class Reconciliation(Base):
    """One pass over bank lines, or a decision by hand; what it booked can be taken back as one. Times are UTC text."""

    __tablename__ = "reconciliation"
    __table_args__ = (words("origin", "pass", "hand", "schedule"),)
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    origin: Mapped[str]
    at: Mapped[str]
    actor: Mapped[str]
    lines: Mapped[int] = mapped_column(default=0)
    booked: Mapped[int] = mapped_column(default=0)
    undone_at: Mapped[str | None]
    undone_by: Mapped[str | None]


class BankMatch(Base):
    """What a line, or a part of it, was booked as; signed minor units of the line's currency. It stands until it was
    taken back, alone (`undone_at`) or with its whole reconciliation. What was put aside is `other`, with a note.

    `score` is a fraction times 10**6, null where a person decided. `reasons` is JSON, a list of stored sentences.
    `withheld_id` is the payment of the tax that the payer kept back beside this one. A payment that was `recorded` by
    hand before its line came is not the line's: taking the line back leaves it. `account_id` is the account of the
    ledger that a person chose for what was put aside.
    """

    __tablename__ = "bank_match"
    __table_args__ = (
        words("kind", *MATCH_KINDS),
        CheckConstraint("amount <> 0", name="not_zero"),
        Index("ix_bank_match_payment", "payment_id", sqlite_where=text("payment_id IS NOT NULL")),
    )
    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(ForeignKey("bank_line.id"), index=True)
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("reconciliation.id"), index=True)
    kind: Mapped[str]
    amount: Mapped[Amount]
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    withheld_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    write_off_id: Mapped[int | None] = mapped_column(ForeignKey("write_off.id"))
    score: Mapped[Quantity | None]
    reasons: Mapped[str] = mapped_column(default="[]")
    note: Mapped[str] = mapped_column(default="")
    recorded: Mapped[bool] = mapped_column(default=False)
    undone_at: Mapped[str | None]


class LearnedPayer(Base):
    """A sign by which a payer was known once: an account, a name or words of the text, in the form that is compared."""

    __tablename__ = "learned_payer"
    __table_args__ = (words("kind", "account", "name", "text"), UniqueConstraint("kind", "value", "client_id"))
    id: Mapped[Id]
    kind: Mapped[str]
    value: Mapped[str]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    at: Mapped[str]
    actor: Mapped[str]
