"""The user's own company: its data and defaults, its bank accounts and its logo."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import BankAccount, File, Firm, Invoice, SeriesYear, Template, TemplateVersion
from desktop.domain.billing.regimes import REGIMES
from desktop.domain.identifiers import check_bic, check_iban
from desktop.domain.payment_order import routing_is_sound
from desktop.errors import UserError
from desktop.i18n import _
from desktop.saying import put
from desktop.services.changes import Change, change
from desktop.services.einvoice_checks import check_addressing, check_einvoice, check_getting_paid
from desktop.services.field_checks import (
    check_country,
    check_currency,
    check_delivery,
    check_email,
    check_exists,
    check_language,
    check_needed,
    check_tax_id_of,
    check_terms,
)
from desktop.services.files import StoredFile, keep_file, media_type
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, record, rows_of

FIRM = 1
_OWN_FIELDS = frozenset({"logo_id"})


def firm(book: Book) -> Record:
    """The firm's row as plain values."""
    with book.reading() as session:
        return record(session.get_one(Firm, FIRM))


def lacking(book: Book) -> list[str]:
    """What every invoice should show of the firm and is not set: fields, the bank account as "iban"."""
    row = firm(book)
    missing = [name for name in ("street", "city") if not row[name]]
    if not row["tax_id"] and not row["tax_number"]:
        missing.append("tax_id")
    if not bank_accounts(book):
        missing.append("iban")
    return missing


def update_firm(book: Book, values: Mapping[str, object], *, actor: str) -> None:
    """Set fields of the firm. Raises ValidationError with every problem."""
    with change(book, actor, _("Change the firm")) as made:
        before = made.session.get_one(Firm, FIRM)
        problems = Problems()
        cleaned = column_values(Firm, values, problems)
        if _OWN_FIELDS & cleaned.keys():
            raise TypeError("the logo has a function of its own")
        check_needed(cleaned, problems, name=_("Your firm needs a name: it stands on every invoice."))
        check_country(cleaned, problems)
        check_currency(cleaned, problems)
        check_language(cleaned, problems)
        check_terms(cleaned, problems)
        check_delivery(cleaned, problems)
        check_email(cleaned, problems)
        if cleaned.get("tax_regime", "auto") not in ("auto", *REGIMES):
            problems.add("tax_regime", _("“{word}” is no tax regime.").format(word=cleaned["tax_regime"]))
        if cleaned.get("tax_currency"):
            told = {"currency": cleaned["tax_currency"]}
            own = Problems()
            check_currency(told, own)
            cleaned["tax_currency"] = told["currency"]
            if "currency" in own:
                problems.add("tax_currency", own.fields["currency"])
        country = cleaned.get("country", before.country)
        if "country" in cleaned and "tax_id" not in cleaned:
            cleaned["tax_id"] = before.tax_id
        check_tax_id_of(country, cleaned, problems)
        check_einvoice(cleaned, problems)
        check_addressing(country, cleaned, problems, before)
        check_getting_paid(cleaned, problems)
        check_exists(made.session, Template, "template_id", cleaned, problems, _("The template"))
        _check_what_is_settled(made.session, before, cleaned, problems)
        problems.raise_any()
        made.update(Firm, FIRM, **cleaned)


def _check_what_is_settled(session: Session, before: Firm, values: Record, problems: Problems) -> None:
    """Once documents are issued, what they were booked and numbered by stays."""
    month = values.get("fiscal_start_month", before.fiscal_start_month)
    if not 1 <= month <= 12:
        problems.add("fiscal_start_month", _("Month {month} does not exist: it is 1 to 12.").format(month=month))
    elif month != before.fiscal_start_month and session.scalar(select(func.count(SeriesYear.id))):
        problems.add(
            "fiscal_start_month", _("Numbers were given already; another fiscal year would give some of them twice.")
        )
    currency = values.get("currency", before.currency)
    if currency != before.currency and session.scalar(select(func.count(Invoice.id))):
        problems.add(
            "currency", _("The books are kept in {currency} since the first invoice.").format(currency=before.currency)
        )


def bank_accounts(book: Book) -> list[Record]:
    """In the order in which documents show them; tills are none of them."""
    with book.reading() as session:
        return rows_of(session, BankAccount, BankAccount.kind == "bank", order=BankAccount.position)


def save_bank_account(book: Book, values: Mapping[str, object], *, actor: str, account_id: int | None = None) -> int:
    """Add an account, or change one. Raises ValidationError."""
    with change(book, actor, _("Change the bank accounts")) as made:
        problems = Problems()
        cleaned = column_values(BankAccount, values, problems)
        check_needed(cleaned, problems, iban=_("An account needs its IBAN or account number."))
        check_currency(cleaned, problems)
        iban, bic = cleaned.get("iban", ""), cleaned.get("bic", "")
        # Countries without IBANs write plain digits; two letters in front mean one.
        if iban[:2].isalpha():
            checked = check_iban(iban)
            cleaned["iban"] = checked.normal
            if not checked.ok:
                problems.add("iban", put(checked.problem))
        if bic:
            checked = check_bic(bic)
            cleaned["bic"] = checked.normal
            if not checked.ok:
                problems.add("bic", put(checked.problem))
        if (routing := cleaned.get("routing")) and not routing_is_sound(routing):
            problems.add("routing", _("A routing number has nine digits, and its last one checks the others."))
        if account_id is not None:
            found(made.session, BankAccount, account_id, _("The bank account"))
            problems.raise_any()
            made.update(BankAccount, account_id, **cleaned)
            return account_id
        if not cleaned.get("iban"):
            problems.add("iban", _("An account needs its IBAN or account number."))
        problems.raise_any()
        last = made.session.scalar(select(func.max(BankAccount.position))) or 0
        cleaned = {"position": last + 1, "holder": made.session.get_one(Firm, FIRM).name} | {
            name: value for name, value in cleaned.items() if value not in ("", None)
        }
        return made.insert(BankAccount, **cleaned)


def remove_bank_account(book: Book, account_id: int, *, actor: str) -> None:
    with change(book, actor, _("Remove a bank account")) as made:
        found(made.session, BankAccount, account_id, _("The bank account"))
        made.delete(BankAccount, account_id)


def logo(book: Book) -> StoredFile | None:
    with book.reading() as session:
        file_id = session.get_one(Firm, FIRM).logo_id
        row = session.get(File, file_id) if file_id else None
        return StoredFile(row.id, row.name, row.media_type, row.content) if row else None


def set_logo(book: Book, name: str, content: bytes, *, actor: str) -> None:
    """Put a picture on all documents to come; issued ones keep theirs. UserError when it is no PNG or JPEG."""
    kind = media_type(name, content)
    if kind not in ("image/png", "image/jpeg"):
        raise UserError(
            _("{name} is not a picture that a PDF can hold.").format(name=name), _("Save it as PNG or JPEG.")
        )
    width, height = picture_size(content)
    if not (16 <= width <= 8000 and 16 <= height <= 8000):
        raise UserError(
            _("{name} has {width} x {height} pixels.").format(name=name, width=width, height=height),
            _("Take a picture of at least 16 and at most 8,000 pixels a side; about 600 wide prints well."),
        )
    with change(book, actor, _("Change the logo")) as made:
        _use_logo(made, keep_file(made, name, content))


def document_templates(book: Book) -> list[tuple[int, str]]:
    """Ids and names of how documents may look, by name."""
    with book.reading() as session:
        rows = session.execute(select(Template.id, Template.name).order_by(Template.name))
        return [(one, name) for one, name in rows]


def remove_logo(book: Book, *, actor: str) -> None:
    with change(book, actor, _("Remove the logo")) as made:
        _use_logo(made, None)


def _use_logo(made: Change, logo_id: int | None) -> None:
    """Each template that shows the firm's logo gets a version with it, because printed versions never change."""
    before = made.session.get_one(Firm, FIRM).logo_id
    made.update(Firm, FIRM, logo_id=logo_id)
    for template_id in made.session.scalars(select(Template.id)).all():
        last = made.session.scalars(
            select(TemplateVersion)
            .where(TemplateVersion.template_id == template_id)
            .order_by(TemplateVersion.version.desc())
            .limit(1)
        ).one()
        if last.logo_id == before != logo_id:
            made.insert(
                TemplateVersion,
                template_id=template_id,
                version=last.version + 1,
                specification=last.specification,
                logo_id=logo_id,
                created_at=made.at,
                made_by=made.actor,
                note=made.summary,
            )


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG or JPEG by its header; UserError when the header is broken."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    at = 2
    while content.startswith(b"\xff\xd8") and at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        # The frame headers, which hold the size; C4, C8 and CC among them are tables.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        at += 2 if marker == 0xFF or 0xD0 <= marker <= 0xD8 else 2 + int.from_bytes(content[at + 2 : at + 4])
    raise UserError(_("The picture is damaged: its size cannot be read."), _("Save it anew as PNG or JPEG."))
