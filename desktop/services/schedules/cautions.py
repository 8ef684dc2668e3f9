"""What stands in the way of a schedule before it is due for the first time."""

from __future__ import annotations

from db.engine import Book
from desktop.i18n import _
from desktop.secrets import has_keyring
from desktop.services.delivery.mail.accounts import accounts
from desktop.services.delivery.mail.signing_in import needs_secret
from desktop.services.schedules.tasks import TASKS


def cautions(book: Book, task: str) -> list[str]:
    """Sentences for a person who sets this task up; it may be kept all the same. May take a moment."""
    if task not in TASKS or not TASKS[task].needs_secrets:
        return []
    known = accounts(book)
    if not known:
        return [_("No e-mail account is set up yet: without one this cannot work.")]
    if task == "bounces" and not any(one["imap_host"] for one in known):
        return [_("No e-mail account says where its inbox is: without that this cannot work.")]
    asked = [one for one in known if one["auth"] != "none"]
    if asked and not has_keyring():
        return [
            _(
                "This system has no keyring that keeps passwords: where nobody sits to type them, e-mail accounts "
                "cannot be used, and this will fail each time and say so."
            )
        ]
    return [
        _("The password of “{account}” is not kept: until it is, nothing can be sent or read by it unattended.").format(
            account=one["name"]
        )
        for one in asked
        if needs_secret(one)
    ]
