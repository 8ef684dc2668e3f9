"""What an erasure would do, in sentences for a form or a pane."""

from __future__ import annotations

from desktop.i18n import _, date_text, number_text
from desktop.services.privacy.planning import ErasurePlan, Part


def part_words(part: Part) -> str:
    """How much of one kind goes, and how much stays until when."""
    now, later = number_text(part.now), number_text(part.later)
    if part.until is None:
        return _("goes now ({count})").format(count=now)
    until = date_text(part.until)
    if not part.now:
        return _("stays until {day} ({count})").format(day=until, count=later)
    return _("goes now ({now}); stays until {day} ({later})").format(now=now, day=until, later=later)


def plan_words(plan: ErasurePlan) -> str:
    """One line a kind of data, and the law that keeps the rest."""
    lines = [_("{what}: {fate}").format(what=part.group, fate=part_words(part)) for part in plan.parts]
    if plan.until and plan.statute:
        lines.append(_("What stays, stays by law: {statute}.").format(statute=plan.statute))
    lines.append(_("Amounts, taxes and numbers of documents stay. This cannot be undone."))
    return "\n".join(lines)
