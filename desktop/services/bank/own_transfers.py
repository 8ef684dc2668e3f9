"""Lines that need no matching, since the other side is an account of the firm's own."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from desktop.domain.matching.facts import SURE, Explanation, Line
from desktop.domain.references import bare_iban
from desktop.domain.wording import phrase
from desktop.services.bank.parts import TRANSFER


def own_transfers(connection: Connection, lines: Iterable[Line]) -> dict[int, Explanation]:
    """By the line's id, money between the firm's own accounts. What came back is none."""
    own = _own_accounts(connection)
    found: dict[int, Explanation] = {}
    for line in lines:
        account = bare_iban(line.party_account)
        if account in own and not line.returns:
            said = phrase("The other side is your own account {account}.", account=account)
            found[line.id] = Explanation(line.id, TRANSFER, SURE, None, reasons=(said,), sure=True)
    return found


def _own_accounts(connection: Connection) -> set[str]:
    rows = connection.exec_driver_sql("SELECT iban, account_number FROM bank_account WHERE kind = 'bank'")
    return {account for row in rows for account in map(bare_iban, row) if account}
