"""What is known of a document's money, as facts of its pane."""

from __future__ import annotations

from desktop.i18n import _, money_text, ngettext, number_text
from desktop.ui.detail import Fact
from desktop.ui.listing import Row


def money_facts(row: Row) -> list[Fact]:
    """Whose it is, and what is open, unused or credited of it."""
    currency = str(row["currency"])
    facts = [(_("Client"), str(row["client"]))]
    if row["corrects"]:
        facts.append((_("Corrects"), str(row["corrects"])))
    if row["unapplied"]:
        facts.append((_("Unused"), money_text(_int(row["unapplied"]), currency)))
    elif row["open"] and row["open"] != row["payable"]:
        of = _("{open} of {whole}").format(
            open=money_text(_int(row["open"]), currency), whole=money_text(_int(row["payable"]), currency)
        )
        facts.append((_("Open"), of))
    if row["credited"]:
        facts.append((_("Credited"), money_text(_int(row["credited"]), currency)))
    return facts


def late_words(row: Row) -> str:
    """Why it is late or stands still, in a sentence."""
    days = _int(row["days_overdue"])
    if row["disputed"]:
        return _("In dispute: it is flagged in aging and not reminded.")
    if days:
        return ngettext("{count} day past due.", "{count} days past due.", days).format(count=number_text(days))
    return ""


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
