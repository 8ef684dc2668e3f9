"""Lines that need no matching: money that moves between the firm's own accounts."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from desktop.domain.matching.facts import SURE, Explanation, Line
from desktop.domain.references import bare_iban
from desktop.domain.wording import phrase
from desktop.services.bank.parts import TRANSFER


def known_lines(connection: Connection, lines: Iterable[Line]) -> dict[int, Explanation]:
    """By the line's id, what is known of it without looking at any invoice."""
    own = {
        account
        for row in connection.exec_driver_sql("SELECT iban, account_number FROM bank_account WHERE kind = 'bank'")
        for account in map(bare_iban, row)
        if account
    }
    found: dict[int, Explanation] = {}
    for line in lines:
        account = bare_iban(line.party_account)
        if account in own and not line.returns:
            said = phrase("The other side is your own account {account}.", account=account)
            found[line.id] = Explanation(line.id, TRANSFER, SURE, None, reasons=(said,), sure=True)
    return found
