"""Clients whose ids, addresses, mailboxes and contacts want mending, and those that nothing was heard of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from dateutil.relativedelta import relativedelta

from desktop.domain.identifiers import check_iban, check_tax_id
from desktop.domain.tax_catalogue import EU_COUNTRIES
from desktop.i18n import _, date_text
from desktop.saying import put
from desktop.services.field_checks import is_email
from desktop.services.hygiene.finding import Finding, Look, Severity

# A client without agreement, invoice or payment for so long is hardly one any more.
SILENT_MONTHS: Final = 24

# Where a town needs no postcode.
_NO_POSTCODE: Final = frozenset(["AE", "AG", "AO", "AW", "BI", "BJ", "BO", "BS", "BW", "CI", "CM", "FJ", "GH"]) | {
    "HK", "IE", "JM", "KE", "ML", "MO", "MU", "NG", "PA", "QA", "RW", "TG", "TZ", "UG", "YE", "ZW",
}  # fmt: skip

_CLIENTS: Final = """SELECT c.id, c.code, c.name, c.country, c.street, c.postcode, c.city, c.tax_id, c.is_business,
  c.tax_treatment, c.iban, c.email, c.buyer_reference, c.buyer_reference_required, c.place_of_supply,
  coalesce(c.delivery, s.delivery, f.delivery) AS delivery,
  EXISTS (SELECT 1 FROM agreement a WHERE a.client_id = c.id AND a.active) AS running,
  EXISTS (SELECT 1 FROM agreement a WHERE a.client_id = c.id AND a.active AND a.buyer_reference = '') AS lacking,
  f.country AS own_country
FROM client c JOIN firm f LEFT JOIN segment s ON s.id = c.segment_id
WHERE c.active ORDER BY c.name COLLATE NOCASE, c.id"""

_MAILS: Final = """SELECT c.id, c.code, c.name, k.id AS contact, k.name AS person, k.email, k.gets_invoices, c.active
FROM contact k JOIN client c ON c.id = k.client_id WHERE c.merged_into_id IS NULL
ORDER BY c.name COLLATE NOCASE, k.id"""

# The last day on which anything was issued to a client or paid by it, or by those merged into it.
_SILENT: Final = """SELECT c.id, c.code, c.name, max(x.day) FROM client c
JOIN client m ON m.id = c.id OR m.merged_into_id = c.id
JOIN (SELECT client_id, max(issue_date) AS day FROM invoice GROUP BY client_id
  UNION ALL SELECT client_id, max(paid_on) FROM payment GROUP BY client_id) x ON x.client_id = m.id
WHERE c.active AND NOT EXISTS (SELECT 1 FROM agreement a WHERE a.client_id = c.id AND a.active)
GROUP BY c.id HAVING max(x.day) < ? ORDER BY c.name COLLATE NOCASE"""

_NEVER: Final = """SELECT c.id, c.code, c.name FROM client c WHERE c.active AND c.merged_into_id IS NULL
AND NOT EXISTS (SELECT 1 FROM agreement a WHERE a.client_id = c.id)
AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.client_id = c.id)
AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.client_id = c.id)
AND NOT EXISTS (SELECT 1 FROM one_off o WHERE o.client_id = c.id)
AND NOT EXISTS (SELECT 1 FROM time_entry t WHERE t.client_id = c.id)
AND NOT EXISTS (SELECT 1 FROM client m WHERE m.merged_into_id = c.id) ORDER BY c.name COLLATE NOCASE"""


def about_clients(look: Look) -> Iterator[Finding]:
    """Findings about clients, by name."""
    mails: dict[int, bool] = {}
    for row in look.connection.exec_driver_sql(_MAILS):
        # Invoices go to whoever gets them, so that one good address among the contacts is enough.
        mails[row.id] = mails.get(row.id, False) or bool(row.gets_invoices and is_email(row.email))
        yield from _contact(row)
    for row in look.connection.exec_driver_sql(_CLIENTS):
        severity: Severity = "block" if row.running else "note"
        yield from _ids(row, severity)
        yield from _address(row, severity)
        yield from _delivery(row, severity, mails.get(row.id, False))
    yield from _quiet(look)


def _client(row: Any, code: str, severity: Severity, message: str, remedy: str, field: str = "") -> Finding:
    where = f"client:{row[0]}:{field}" if field else ""
    return Finding(code, severity, "clients", row[0], f"{row[1]} {row[2]}", message, remedy, "clients", row[0], where)


def _ids(row: Any, severity: Severity) -> Iterable[Finding]:
    if not row.tax_id and _needs_tax_id(row):
        yield _client(
            row,
            "tax_id_missing",
            severity,
            _("{name} is taxed as a business abroad and has no VAT ID.").format(name=row.name),
            _("Enter the VAT ID, or mark the client as a consumer."),
            "tax_id",
        )
    checked = check_tax_id(row.country, row.tax_id)
    if not checked.ok:
        yield _client(row, "tax_id_invalid", severity, put(checked.problem), _("Correct it with the client."), "tax_id")
    account = check_iban(row.iban)
    if not account.ok:
        yield _client(row, "iban_invalid", "note", put(account.problem), _("Correct it with the client."), "iban")
    if row.buyer_reference_required and not row.buyer_reference and (row.lacking or not row.running):
        yield _client(
            row,
            "buyer_reference_missing",
            severity,
            _("{name} wants a buyer reference on its invoices, and none is known.").format(name=row.name),
            _("Ask the client for it; public buyers in Germany call it Leitweg-ID."),
            "buyer_reference",
        )


def _needs_tax_id(row: Any) -> bool:
    if row.tax_treatment in ("reverse_charge", "intra_goods"):
        return True
    abroad = row.country in EU_COUNTRIES and row.own_country in EU_COUNTRIES and row.country != row.own_country
    return bool(row.tax_treatment == "auto" and row.is_business and abroad)


def _address(row: Any, severity: Severity) -> Iterable[Finding]:
    parts = [(row.street, _("street")), (row.city, _("city"))]
    if row.country not in _NO_POSTCODE:
        parts.append((row.postcode, _("postcode")))
    missing = [word for value, word in parts if not value]
    if missing:
        # Without a postcode an invoice still goes out.
        softer: Severity = "note" if missing == [_("postcode")] else severity
        yield _client(
            row,
            "address_incomplete",
            softer,
            _("The address of {name} has no {parts}.").format(name=row.name, parts=_(", no ").join(missing)),
            _("Complete the address; an invoice must name it."),
            "street" if not row.street else "city" if not row.city else "postcode",
        )


def _delivery(row: Any, severity: Severity, has_contact: bool) -> Iterable[Finding]:
    if row.email and not is_email(row.email):
        yield _client(
            row,
            "mail_malformed",
            severity if row.delivery == "email" else "note",
            _("“{mail}” of {name} is not an e-mail address.").format(mail=row.email, name=row.name),
            _("Correct the address."),
            "email",
        )
    elif row.delivery == "email" and not row.email and not has_contact:
        yield _client(
            row,
            "mail_missing",
            severity,
            _("Invoices go to {name} by e-mail, and no address is known.").format(name=row.name),
            _("Enter the address, or choose another delivery."),
            "email",
        )


def _contact(row: Any) -> Iterable[Finding]:
    if row.active and row.email and not is_email(row.email):
        yield _client(
            row,
            f"contact_mail/{row.contact}",
            "hold" if row.gets_invoices else "note",
            _("“{mail}” of {person} at {name} is not an e-mail address.").format(
                mail=row.email, person=row.person, name=row.name
            ),
            _("Correct the address, or remove the contact."),
            "contacts",
        )
    if not row.active and row.gets_invoices:
        yield _client(
            row,
            f"contact_dead/{row.contact}",
            "note",
            _("{person} still gets invoices of {name}, which is archived.").format(person=row.person, name=row.name),
            _("Remove the contact, or bring the client back."),
            "contacts",
        )


def _quiet(look: Look) -> Iterable[Finding]:
    before = look.today - relativedelta(months=SILENT_MONTHS)
    for row in look.connection.exec_driver_sql(_SILENT, (before.isoformat(),)):
        last = date_text(date.fromisoformat(row[3]))
        yield _client(
            row,
            "client_silent",
            "note",
            _("Nothing was billed to {name} or paid by it since {day}, and no agreement runs.").format(
                name=row.name, day=last
            ),
            _("Archive the client; it can be brought back."),
        )
    for row in look.connection.exec_driver_sql(_NEVER):
        yield _client(
            row,
            "client_unused",
            "note",
            _("{name} has no agreement and was never billed.").format(name=row.name),
            _("Make an agreement, or delete the client."),
        )
