"""How the position of a project, its milestones and its changes are put into words, bars and figures."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.domain.money import unscaled
from desktop.i18n import _, date_text, money_text, ngettext, number_text, percent_text
from desktop.services.change_orders import ChangeOrderRow
from desktop.services.milestones import MilestoneRow
from desktop.services.projects import Position
from desktop.ui.facts import Fact, Group
from desktop.ui.projects.bars import Bar, Part


def is_project(where: Position) -> bool:
    """Whether there is anything to tell: a price, a budget, a purchase order with a limit, or milestones."""
    return bool(
        where.agreed is not None or where.budget is not None or where.po_limit is not None or where.has_milestones
    )


def over(where: Position) -> str:
    """What of the project is beyond what was agreed, in a sentence; empty where nothing is."""
    said = []
    worth = where.worked + where.waiting
    if where.scope is not None and worth > where.scope + where.ahead:
        said.append(
            (_("Billed and done come to {amount} more than the agreed sum."), worth - where.scope - where.ahead)
        )
    if where.budget is not None and where.used > where.budget:
        said.append((_("The budget is exceeded by {amount}."), where.used - where.budget))
    if where.po_limit is not None and where.po_used > where.po_limit:
        said.append((_("The purchase order is exceeded by {amount}."), where.po_used - where.po_limit))
    return " ".join(words.format(amount=money_text(amount, where.currency)) for words, amount in said)


def share_text(fraction: int | None) -> str:
    return "" if fraction is None else percent_text(unscaled(fraction) * 100)


def bars(where: Position) -> list[Bar]:
    """What is reached of the price, of what was invoiced, of the budget and of the purchase order."""

    def money(amount: int) -> str:
        return money_text(amount, where.currency)

    def part(size: int, token: str, word: str) -> Part:
        return Part(size, token, f"{word}\t{money(size)}")

    found = []
    if where.scope is not None or where.has_milestones:
        # Work that a deposit paid ahead is part of what is billed already, and shown as such.
        ahead = where.deposits_ahead
        parts = [part(where.billed, "accent", _("billed"))]
        for size, token, word in (
            (where.waiting, "held", _("done, not billed")),
            (where.planned, "quiet", _("planned")),
        ):
            if size:
                parts.append(Part(max(size - ahead, 0), token, f"{word}\t{money(size)}"))
            ahead = max(ahead - size, 0)
        whole = max((where.scope or 0) + where.ahead, sum(max(one.size, 0) for one in parts))
        aside = money(where.scope) if where.scope is not None else ""
        found.append(Bar(_("Price, net"), aside, whole, parts))
    if where.invoiced:
        parts = [
            part(where.paid, "good", _("paid")),
            part(where.credited, "quiet", _("credited")),
            part(where.let_go, "note", _("discount, written off")),
            part(where.open, "held", _("open")),
        ]
        shown = [one for one in parts if one.size]
        found.append(Bar(_("Invoiced, gross"), money(where.invoiced), where.invoiced, shown))
    if where.budget is not None:
        token = "blocked" if where.used > where.budget else "accent"
        text = _("used, {share}").format(share=percent_text(where.budget_share or 0))
        parts = [Part(where.used, token, f"{text}\t{money(where.used)}")]
        found.append(Bar(_("Budget, net"), money(where.budget), max(where.budget, where.used), parts))
    if where.po_limit is not None and where.po_number:
        token = "blocked" if where.po_used > where.po_limit else "accent"
        text = _("used, {share}").format(share=percent_text(where.po_share or 0))
        parts = [Part(where.po_used, token, f"{text}\t{money(where.po_used)}")]
        title = _("PO {number}, net").format(number=where.po_number)
        found.append(Bar(title, money(where.po_limit), max(where.po_limit, where.po_used), parts))
    return found


def groups(where: Position) -> list[Group]:
    """The figures behind the bars that these do not say; nothing where all is said."""

    def money(amount: int | None) -> str:
        return "" if amount is None else money_text(amount, where.currency)

    def some(amount: int) -> str:
        return money(amount) if amount else ""

    agreed = [
        Fact(_("Agreed"), money(where.agreed)),
        Fact(_("Changes"), some(where.changed)),
        Fact(_("Changes ahead"), some(where.ahead)),
        Fact(_("Proposed"), some(where.proposed)),
        Fact(_("Left to bill") if where.scope is not None else _("Budget left"), money(where.left)),
        Fact(_("Not planned"), some(where.unplanned) if where.scope is not None and where.unplanned > 0 else ""),
        Fact(_("Too much planned"), some(-where.unplanned) if where.scope is not None and where.unplanned < 0 else ""),
        Fact(_("Deposits"), some(where.deposits)),
        Fact(_("Not deducted"), some(where.deposits_ahead)),
        Fact(_("Without a price"), _entries(where.unpriced)),
    ]
    return [Group(_("Project"), agreed)]


def _entries(count: int) -> str:
    words = ngettext("{count} entry", "{count} entries", count).format(count=number_text(count))
    return words if count else ""


def milestone_reason(one: MilestoneRow, at_once: bool) -> str:
    """What becomes of a milestone."""
    if one.state == "billed":
        return _("Billed on {number}; a credit note that frees it lets it be billed again.").format(number=one.invoice)
    if one.state == "draft":
        return _("On a draft of run {run}.").format(run=one.run)
    if one.state == "done":
        return _("Done on {day}: the next run bills it.").format(day=date_text(one.done_on) if one.done_on else "")
    late = _("It was planned for an earlier day. ") if one.state == "late" else ""
    then = _("Once it is done, it is billed at once.") if at_once else _("Once it is done, the next run bills it.")
    return late + then


def change_reason(one: ChangeOrderRow) -> str:
    """What became of a change, and who said so."""
    if one.state == "proposed":
        return _("Proposed; it alters nothing until it is approved.")
    words = _("Approved by {person} on {day}; it holds from {since}.")
    if one.state == "rejected":
        words = _("Rejected by {person} on {day}.")
    day = date_text(one.decided_on) if one.decided_on else "–"
    return words.format(person=one.decided_by or "–", day=day, since=date_text(one.dated))


def change_facts(one: ChangeOrderRow, currency: str) -> Sequence[Fact]:
    facts = [Fact(_("Reference"), one.reference), Fact(_("Reason"), one.reason), Fact(_("From"), date_text(one.dated))]
    if one.effect == "scope":
        facts.append(Fact(_("Price"), money_text(one.amount or 0, currency)))
    else:
        facts.append(Fact(_("Line"), one.line))
    facts.append(Fact(_("Item"), one.item))
    facts.append(Fact(_("Quantity"), number_text(one.quantity) if one.quantity is not None else ""))
    facts.append(Fact(_("Unit price"), number_text(one.unit_price) if one.unit_price is not None else ""))
    return facts
