"""What a bank says that it converted, held against the rates that the book knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from db.queries.billing import exchange_rates
from desktop.domain.matching.facts import Line
from desktop.domain.money import SCALE, exponent

# Rates move, and banks take a margin; farther apart than this the two amounts are not of one payment.
_APART: Final = (3, 2)


def believable(connection: Connection, lines: Sequence[Line]) -> list[Line]:
    """The lines, without the amount before conversion where it is more than half as much again as the rate says, or
    the other way round. Without a rate in the book the bank is believed.
    """
    converted = [line for line in lines if line.original is not None and line.original[1] != line.currency]
    if not converted:
        return list(lines)
    last = max(line.booked_on for line in converted)
    rates = {row[0]: int(row[1]) for row in exchange_rates(connection, last.isoformat())}
    rates[connection.exec_driver_sql("SELECT currency FROM firm").scalar_one()] = SCALE
    doubted = {line.id for line in converted if not _near(line, rates)}
    return [replace(line, original=None) if line.id in doubted else line for line in lines]


def _near(line: Line, rates: dict[str, int]) -> bool:
    assert line.original is not None
    amount, currency = line.original
    if line.currency not in rates or currency not in rates:
        return True
    came = abs(line.amount) * rates[line.currency] * int(10 ** exponent(currency))
    asked = abs(amount) * rates[currency] * int(10 ** exponent(line.currency))
    most, least = max(came, asked), min(came, asked)
    return most * _APART[1] <= least * _APART[0]
