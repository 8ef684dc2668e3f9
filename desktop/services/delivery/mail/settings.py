"""What a firm decides for all its e-mails at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.book_settings import book_settings, set_book_setting
from desktop.services.delivery.mail.enclosing import WITH_PDF
from desktop.services.delivery.mail.mails import TOGETHER
from desktop.services.delivery.mail.waiting_mails import SEND_AT_ONCE

SWITCHES: Final[Mapping[str, bool]] = {SEND_AT_ONCE: False, TOGETHER: False, WITH_PDF: True}
"""By their keys, as they stand where nobody turned them: whether the window sends by itself, whether a client's
documents go in one mail, and whether an e-invoice takes the PDF along."""


def mail_switches(book: Book) -> dict[str, bool]:
    kept = book_settings(book)
    return {key: bool(kept.get(key, usual)) for key, usual in SWITCHES.items()}


def turn_mail_switch(book: Book, key: str, on: bool, *, actor: str) -> None:
    """UserError for a switch that there is not."""
    if key not in SWITCHES:
        raise UserError(
            _("There is no setting {key}.").format(key=key),
            _("It is one of: {known}.").format(known=", ".join(SWITCHES)),
        )
    set_book_setting(book, key, on, actor=actor)
