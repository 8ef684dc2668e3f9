"""How the firm's accounts and their lines are named on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.errors import UserError
from desktop.i18n import _

if TYPE_CHECKING:
    from db.engine import Book


def account_id(book: Book, text: str) -> int:
    """The firm's account that an IBAN, a number or its end names. UserError where none or several do."""
    from desktop.services.bank.accounts import matching, own_accounts

    with book.reading() as session:
        accounts = own_accounts(session.connection())
    found = matching(text, accounts)
    if len(found) == 1:
        return found[0].id
    if not accounts:
        raise UserError(_("The firm has no bank account yet."), _("Enter it under Settings, Firm, first."))
    said = (
        _("“{account}” may be several of the firm's accounts.")
        if found
        else _("No account of the firm is “{account}”.")
    )
    raise UserError(
        said.format(account=text),
        _("The firm's accounts are: {accounts}.").format(accounts="; ".join(one.label for one in accounts)),
    )


def line_of(names: list[str]) -> int:
    if not names:
        raise UserError(_("Name the line by its number."), _("See: sheaf bank BOOK lines"))
    return line_ids(names[:1])[0]


def line_ids(names: list[str]) -> list[int]:
    for name in names:
        if not name.isdecimal():
            raise UserError(
                _("“{text}” is not the number of a line.").format(text=name), _("See: sheaf bank BOOK lines")
            )
    if not names:
        raise UserError(_("Name the lines by their numbers."), _("See: sheaf bank BOOK lines"))
    return [int(name) for name in names]
