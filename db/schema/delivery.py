"""What leaves the house: the outbox, the mails and print jobs that carry it, and the texts and accounts of mails."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Base, Id, words
from desktop.domain.delivery import CHANNELS, FATES, STATES
from desktop.domain.letter import LETTER_KINDS


class MailAccount(Base):
    """An account that mails go out by, and the inbox where what comes back is looked for; its secrets lie elsewhere.

    `uid` names the secrets in the system's keyring. `per_minute` and `per_day` are the most messages; 0 is no limit.
    `copy_to` gets each mail unseen. An OAuth account has the user's own `client_id` and, with Microsoft, its `tenant`.
    `ca_file` is a certificate to trust beside the system's own.
    """

    __tablename__ = "mail_account"
    __table_args__ = (
        words("security", "starttls", "tls", "none"),
        words("auth", "password", "oauth", "none"),
        words("provider", "", "google", "microsoft"),
        words("imap_security", "tls", "starttls", "none"),
    )
    id: Mapped[Id]
    uid: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    name: Mapped[str]
    sender: Mapped[str]
    sender_name: Mapped[str] = mapped_column(default="")
    reply_to: Mapped[str] = mapped_column(default="")
    copy_to: Mapped[str] = mapped_column(default="")
    receipts: Mapped[bool] = mapped_column(default=False)
    host: Mapped[str]
    port: Mapped[int]
    security: Mapped[str] = mapped_column(default="starttls")
    verify: Mapped[bool] = mapped_column(default=True)
    ca_file: Mapped[str] = mapped_column(default="")
    auth: Mapped[str] = mapped_column(default="password")
    user: Mapped[str] = mapped_column(default="")
    provider: Mapped[str] = mapped_column(default="")
    client_id: Mapped[str] = mapped_column(default="")
    tenant: Mapped[str] = mapped_column(default="")
    per_minute: Mapped[int] = mapped_column(default=0)
    per_day: Mapped[int] = mapped_column(default=0)
    imap_host: Mapped[str] = mapped_column(default="")
    imap_port: Mapped[int] = mapped_column(default=993)
    imap_security: Mapped[str] = mapped_column(default="tls")
    imap_user: Mapped[str] = mapped_column(default="")
    imap_folder: Mapped[str] = mapped_column(default="INBOX")
    active: Mapped[bool] = mapped_column(default=True)


class MailText(Base):
    """What a mail says, where it is not what the program says of itself: for the firm, a segment or a client.

    `kind` is that of a document or letter, "several" where one mail has more than one; a text without a language is
    for all. `subject` and `body` hold {fields}.
    """

    __tablename__ = "mail_text"
    __table_args__ = (
        words("scope", "firm", "segment", "client"),
        Index("uq_mail_text_key", "scope", "scope_id", "kind", "language", unique=True),
    )
    id: Mapped[Id]
    scope: Mapped[str]
    scope_id: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str]
    language: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    body: Mapped[str]


class Mailing(Base):
    """One mail: what it says, to whom, and what the server answered. Times are UTC text.

    `recipients` is JSON {"to", "cc", "bcc"}: lists of addresses. `attachments` is JSON, a list of
    {"name", "media_type", "sha256", "size", "delivery_id", "form"}. `digest` is the SHA-256 of all that it says and
    carries; the same content to the same people is noticed by it. A draft was written as a file for the user's own
    program.
    """

    __tablename__ = "mailing"
    __table_args__ = (
        words("state", *STATES),
        Index("ix_mailing_digest", "digest"),
        Index("ix_mailing_sent_at", "account_id", "sent_at"),
    )
    id: Mapped[Id]
    message_id: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("mail_account.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    sender: Mapped[str]
    reply_to: Mapped[str] = mapped_column(default="")
    recipients: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str] = mapped_column(default="")
    attachments: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int] = mapped_column(default=0)
    receipt: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    code: Mapped[int | None]
    answer: Mapped[str] = mapped_column(default="")
    made_at: Mapped[str]
    sent_at: Mapped[str | None]


class PrintJob(Base):
    """One job that was given to a printer's queue; `job` is what the queue calls it, `options` JSON."""

    __tablename__ = "print_job"
    __table_args__ = (words("state", *STATES),)
    id: Mapped[Id]
    queue: Mapped[str]
    job: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    copies: Mapped[int] = mapped_column(default=1)
    pages: Mapped[int] = mapped_column(default=0)
    options: Mapped[str] = mapped_column(default="{}")
    state: Mapped[str]
    answer: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    made_at: Mapped[str]
    done_at: Mapped[str | None]


class Delivery(Base):
    """A row of the outbox: one document to bring to its client by one way. Written where the document is issued.

    An issued document has `invoice_id`; a letter has `letter`, its kind, and `file_id`, its PDF. `title` is how people
    call it. `current` is the one that says where the document stands: the last. `address` are the people who get the
    mail, `by_hand` where somebody typed them for this one; otherwise they are looked up once more when it goes.
    `subject` and `body` are what somebody wrote for this one mail; null is what the texts say. `facts` is what a mail
    tells of a letter, as JSON. Before `not_before` (UTC text) it is not tried. `answer` is a stored sentence
    (`Said.stored`), `code` the server's.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        words("channel", *CHANNELS),
        words("form", "pdf", "facturx", "xrechnung", "xrechnung_ubl", "ubl"),
        words("state", *STATES),
        words("fate", *FATES),
        words("letter", "", *LETTER_KINDS),
        CheckConstraint("(invoice_id IS NULL) = (file_id IS NOT NULL)", name="one_document"),
        Index(
            "uq_delivery_current",
            "invoice_id",
            unique=True,
            sqlite_where=text("current = 1 AND invoice_id IS NOT NULL"),
        ),
        # Nothing goes twice by itself: whoever wants it again says so, and that row names the one before.
        Index(
            "uq_delivery_once",
            "invoice_id",
            "channel",
            unique=True,
            sqlite_where=text("again_of_id IS NULL AND state <> 'cancelled' AND invoice_id IS NOT NULL"),
        ),
        Index("ix_delivery_state", "state", "channel", "not_before", sqlite_where=text("state <> 'sent'")),
        Index("ix_delivery_run", "run_id", sqlite_where=text("run_id IS NOT NULL")),
        Index("ix_delivery_client", "client_id"),
        Index("ix_delivery_mailing", "mailing_id", sqlite_where=text("mailing_id IS NOT NULL")),
        Index("ix_delivery_print_job", "print_job_id", sqlite_where=text("print_job_id IS NOT NULL")),
        Index("ix_delivery_fate", "fate", sqlite_where=text("fate <> ''")),
    )
    id: Mapped[Id]
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    letter: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    title: Mapped[str]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    channel: Mapped[str]
    form: Mapped[str]
    state: Mapped[str]
    current: Mapped[bool] = mapped_column(default=True)
    fate: Mapped[str] = mapped_column(default="")
    fate_at: Mapped[str | None]
    address: Mapped[str] = mapped_column(default="")
    by_hand: Mapped[bool] = mapped_column(default=False)
    subject: Mapped[str | None]
    body: Mapped[str | None]
    facts: Mapped[str | None]
    not_before: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    code: Mapped[int | None]
    answer: Mapped[str] = mapped_column(default="")
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"))
    print_job_id: Mapped[int | None] = mapped_column(ForeignKey("print_job.id"))
    path: Mapped[str] = mapped_column(default="")
    made_at: Mapped[str]
    actor: Mapped[str]
    done_at: Mapped[str | None]
    again_of_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))


class DeliveryEvent(Base):
    """What happened to a delivery, and when (UTC text); `kind` is a state, a fate or what a person did."""

    __tablename__ = "delivery_event"
    id: Mapped[Id]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    at: Mapped[str]
    kind: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    actor: Mapped[str] = mapped_column(default="")


class RenderingPrefix(Base):
    """What many files have in common at their beginning: fonts, logo, letterhead."""

    __tablename__ = "rendering_prefix"
    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(unique=True)
    content: Mapped[bytes]


class Rendering(Base):
    """The file as it first went out: its prefix, if it has one, and what follows; `sha256` is that of the whole."""

    __tablename__ = "rendering"
    __table_args__ = (UniqueConstraint("invoice_id", "form"),)
    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    form: Mapped[str]
    prefix_id: Mapped[int | None] = mapped_column(ForeignKey("rendering_prefix.id"))
    content: Mapped[bytes]
    sha256: Mapped[str]
    made_at: Mapped[str]
