"""What the detail of an invoice tells of its instalments: which are paid, open, late, or in a payment plan."""

from __future__ import annotations

from datetime import date

from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.instalments import ENDED, IN_PLAN, OVERDUE, PAID, Instalment
from desktop.services.payment_plans import Schedule
from desktop.ui.detail import Fact

# More rows than these push the page that went out from the pane.
_MOST = 6


def schedule_facts(found: Schedule, today: date) -> list[Fact]:
    """A rule, the plan that stands, and each part that counts now; many that are paid are one row."""
    parts = [part for part in found.parts if part.state(today) not in (IN_PLAN, ENDED)]
    facts: list[Fact] = [("", "")]
    plan = found.standing
    if plan is not None:
        facts.append(
            (_("Payment plan"), _("of {day}: {reason}").format(day=date_text(plan.agreed_on), reason=plan.reason))
        )
    if len(parts) > _MOST:
        paid = [part for part in parts if part.state(today) == PAID]
        parts = [part for part in parts if part.state(today) != PAID]
        if paid:
            words = ngettext("{count} paid", "{count} paid", len(paid)).format(count=number_text(len(paid)))
            facts.append((words, money_text(sum(part.amount for part in paid), found.currency)))
    more = parts[_MOST:]
    facts += [(date_text(part.due), _words(part, found.currency, today)) for part in parts[:_MOST]]
    if more:
        words = ngettext("{count} more", "{count} more", len(more)).format(count=number_text(len(more)))
        facts.append((words, money_text(sum(part.open for part in more), found.currency)))
    return facts


def broken(found: Schedule, today: date) -> str:
    """The sentence for a plan of which an instalment is late; empty where it is kept."""
    if found.standing is None:
        return ""
    late = [part.days_late(today) for part in found.parts if part.plan is not None and part.state(today) == OVERDUE]
    if not late:
        return ""
    days = ngettext("{count} day", "{count} days", max(late)).format(count=number_text(max(late)))
    return ngettext(
        "The payment plan is broken: {count} instalment is late, by {days}.",
        "The payment plan is broken: {count} instalments are late, the first by {days}.",
        len(late),
    ).format(count=number_text(len(late)), days=days)


def state_word(part: Instalment, today: date) -> str:
    words = {
        "paid": _("paid"),
        "open": _("open"),
        "partly_paid": _("paid in part"),
        "in_plan": _("in a payment plan"),
        "ended": _("ended with its plan"),
    }
    days = part.days_late(today)
    if days:
        return ngettext("{count} day late", "{count} days late", days).format(count=number_text(days))
    return words[part.state(today)]


def _words(part: Instalment, currency: str, today: date) -> str:
    amount = money_text(part.amount, currency)
    if 0 < part.open < part.amount:
        amount = _("{open} of {whole}").format(open=money_text(part.open, currency), whole=amount)
    return f"{amount} · {state_word(part, today)}"
