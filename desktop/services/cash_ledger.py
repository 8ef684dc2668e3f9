"""Cash that moves without a client, booked as the ledger books payments."""

from __future__ import annotations

from datetime import date

from desktop.domain.journal import cash_postings, firm_factor, mirrored
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.ledger import Ledger


class CashLedger(Ledger):
    """The bookings of one transaction, movements of tills among them."""

    def cash(
        self,
        account_id: int,
        dated: date,
        kind: str,
        amount: int,
        text: str,
        *,
        reverses_id: int | None = None,
        file_id: int | None = None,
    ) -> tuple[int, str]:
        """Enter a movement, signed minor units of the till's currency; its id and number.

        With `reverses_id` it is the mirror of that movement. UserError where the account is no till, has reached a
        later day, or has less.
        """
        till = self._accounts.account(account_id)
        if not till.is_till or till.currency is None:
            raise UserError(_("“{name}” is no till.").format(name=till.name), _("Choose a till."))
        self._accounts.move(account_id, dated, amount, till.currency)
        number = self._rows.number("cash_movement", "K", dated.year)
        movement_id = self._rows.add(
            "cash_movement", number, account_id, dated.isoformat(), kind, till.currency, amount, text, reverses_id,
            file_id, *self._signature(),
        )  # fmt: skip
        if reverses_id is None:
            rate = self._rates.on(till.currency, dated)
            factor = firm_factor(rate, till.currency, self._rates.firm_currency)
            postings = cash_postings(kind, till.currency, amount, factor)
        else:
            _kind, stored = self._posted("cash_movement_id", reverses_id)
            postings = mirrored(stored)
        self._post("cash", dated, postings, cash_movement_id=movement_id)
        return movement_id, number
