"""What the review of a run says in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from desktop.i18n import MINUS, _, date_text, moment_text, money_text, ngettext, number_text
from desktop.services.runs import Approval, Comparison
from desktop.services.runs.reviewing import DraftStory
from desktop.ui.filters import Figure


def sums_text(amounts: Mapping[str, int]) -> str:
    """Sums of several currencies, the one beside the other."""
    return " + ".join(money_text(amount, currency) for currency, amount in sorted(amounts.items()))


def issue_words(count: int, payable: Mapping[str, int], day: date, waiting: int) -> tuple[str, str]:
    """What is asked before issuing: the question with count, sum and date, and what it means."""
    asked = ngettext(
        "Issue {count} invoice over {sum}, dated {day}?", "Issue {count} invoices over {sum}, dated {day}?", count
    ).format(count=number_text(count), sum=sums_text(payable), day=date_text(day))
    more = _("What is issued is not taken back but credited.")
    if waiting:
        left = ngettext("{count} that waits for you stays here.", "{count} that wait for you stay here.", waiting)
        more = f"{left.format(count=number_text(waiting))} {more}"
    return asked, more


def difference(compared: Comparison, home: str) -> Figure:
    """How this run stands to the last one, in the firm's currency if it differs in that; the figure narrows the table
    to what differs."""
    if not compared.last:
        return Figure(_("first"), _("no earlier run to compare with"))
    words = _("than last run: {gone} gone, {new} new").format(gone=compared.gone, new=compared.new)
    changes = [(currency, amount) for currency, amount in compared.totals.items() if amount]
    if not changes:
        return Figure(_("the same"), words, "differs")
    currency, amount = max(changes, key=lambda one: (one[0] == home, abs(one[1])))
    word = _("{amount} more") if amount > 0 else _("{amount} less")
    return Figure(word.format(amount=money_text(abs(amount), currency).replace(MINUS, "")), words, "differs")


def reasons(findings: Sequence[tuple[str, str, str, str, str]]) -> str:
    """What was found about a draft, each with what mends it."""
    return "\n".join(f"{message} {remedy}".strip() for _code, _severity, message, remedy, _field in findings)


def story_words(story: DraftStory) -> str:
    """Why the amount differs, line by line, and what was noted."""
    parts = []
    if story.why.headline:
        parts.append("\n".join([story.why.headline, *(f"• {one}" for one in story.why.sentences)]))
    parts += [
        _("{author}, {moment}: {text}").format(author=note.author, moment=moment_text(note.at), text=note.text)
        for note in story.notes
    ]
    return "\n\n".join(parts)


def decision_words(done: object) -> tuple[str, str]:
    """What became of a decision: of an approval, or of holding so many."""
    if isinstance(done, Approval):
        return approval_words(done)
    assert isinstance(done, int)
    return ngettext("{count} draft held.", "{count} drafts held.", done).format(count=number_text(done)), ""


def approval_words(done: Approval) -> tuple[str, str]:
    """What became of an approval: the sentence, and what is left to do, empty where nothing is."""
    released = len(done.released)
    words = ngettext("{count} draft approved.", "{count} drafts approved.", released).format(count=released)
    more = []
    if waiting := len(done.waiting):
        said = ngettext(
            "{count} needs a second person to approve it too.",
            "{count} need a second person to approve them too.",
            waiting,
        )
        more.append(said.format(count=waiting))
    if blocked := len(done.blocked):
        said = ngettext("{count} is blocked and must be mended.", "{count} are blocked and must be mended.", blocked)
        more.append(said.format(count=blocked))
    if refused := len(done.refused):
        said = ngettext(
            "{count} is not yours to approve: {reason}", "{count} are not yours to approve: {reason}", refused
        )
        more.append(f"{said.format(count=refused, reason=done.reason)} {done.remedy}")
    return words, " ".join(more)
