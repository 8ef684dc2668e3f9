"""The differences of two plans as a table: one row a line, or a word, that differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from desktop.domain.money import to_major, unscaled
from desktop.domain.plan_differences import PlanDifference
from desktop.i18n import _
from desktop.services.configuration.words import word_words
from desktop.services.table_files import Value, write_table


def write_differences(differences: Sequence[PlanDifference], path: Path) -> int:
    """Write them as CSV or as a workbook, by the file's ending; the number of rows. UserError as write_table."""
    names = (
        _("Client"),
        _("Name"),
        _("Agreement"),
        _("What"),
        _("Currency"),
        _("Net before"),
        _("Net after"),
        _("Price before"),
        _("Price after"),
        _("Quantity before"),
        _("Quantity after"),
        _("Before"),
        _("After"),
    )
    return write_table(path, _("Comparison"), names, _rows(differences))


def _rows(differences: Sequence[PlanDifference]) -> Iterator[Sequence[Value]]:
    for one in differences:
        head = (one.client, one.name, ", ".join(one.agreements))
        for line in one.lines:
            nets = [None if net is None else to_major(net, one.currency) for net in (line.net_before, line.net_after)]
            old, new = line.net_before is not None, line.net_after is not None
            yield (
                *head,
                line.text,
                one.currency,
                *nets,
                unscaled(line.price_before) if old else None,
                unscaled(line.price_after) if new else None,
                unscaled(line.quantity_before) if old else None,
                unscaled(line.quantity_after) if new else None,
                line.tax_before,
                line.tax_after,
            )
        for word in one.words:
            what, before, after = word_words(word)
            yield (*head, what, one.currency, *(None,) * 6, before, after)
