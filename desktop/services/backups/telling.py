"""What restoring would bring and take, in the words that a person wants to hear before."""

from __future__ import annotations

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.backups.comparing import Difference, Kinship
from desktop.services.today.item import local_day


def sentences(found: Difference) -> str:
    """The difference as a person wants to hear it before the step."""
    held = found.backup
    words = [
        _("The backup holds {firm} as of {day}: {clients}, {invoices}, {payments}.").format(
            firm=held.firm,
            day=date_text(local_day(held.changed_at)),
            clients=_counted_clients(held.clients),
            invoices=_counted_documents(held.invoices),
            payments=_counted_payments(held.payments),
        )
    ]
    match found.kinship:
        case Kinship.SAME:
            words.append(_("The book holds the same: nothing would be lost, and nothing gained."))
        case Kinship.NEWER:
            words.append(
                ngettext(
                    "It is ahead of the book by {count} change: nothing would be lost.",
                    "It is ahead of the book by {count} changes: nothing would be lost.",
                    found.gained,
                ).format(count=number_text(found.gained))
            )
        case Kinship.STRANGER:
            words.append(_("It is not of this book. The book would be replaced by another one."))
        case Kinship.UNKNOWN:
            words.append(
                _("What would be lost cannot be told, since the book cannot be read: {reason}").format(
                    reason=found.unreadable
                )
            )
        case Kinship.APART:
            words.append(_("The two went on apart from each other; what was written in the book since would be lost."))
    if found.changes and found.kinship is not Kinship.STRANGER:
        words.append(
            ngettext(
                "{count} change that was made since would be lost, with {documents} and {payments}.",
                "{count} changes that were made since would be lost, with {documents} and {payments}.",
                found.changes,
            ).format(
                count=number_text(found.changes),
                documents=_counted_documents(found.document_count),
                payments=_counted_payments(found.payment_count),
            )
        )
    return " ".join(words)


def _counted_clients(count: int) -> str:
    return ngettext("{count} client", "{count} clients", count).format(count=number_text(count))


def _counted_documents(count: int) -> str:
    return ngettext("{count} document", "{count} documents", count).format(count=number_text(count))


def _counted_payments(count: int) -> str:
    return ngettext("{count} payment", "{count} payments", count).format(count=number_text(count))
