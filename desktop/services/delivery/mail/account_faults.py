"""What keeps an account from sending, in words that say what to do about it."""

from __future__ import annotations

from db.engine import Book
from desktop.delivery.mail.server import Trouble
from desktop.delivery.mail.trouble import in_words
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.delivery.mail.accounts import account, server_of
from desktop.services.delivery.mail.sent import Problem


def problem_of(book: Book, account_id: int, error: UserError | Trouble | None) -> tuple[Problem, bool]:
    """What is wrong with an account, and whether it wants a person; None is that it left mails without an answer."""
    one = account(book, account_id)
    if error is None:
        said = _("“{account}” stopped: the line broke again before the server answered.").format(account=one["name"])
        return Problem(account_id, said, _("Say of what is uncertain whether it arrived; the rest waits.")), False
    told = error if isinstance(error, UserError) else in_words(error, server_of(one))
    return Problem(account_id, told.message, told.remedy), isinstance(error, UserError) or error.permanent
