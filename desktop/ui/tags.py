"""States as people read them: a word, and a tone that the theme paints. One vocabulary for every table."""

from collections.abc import Callable
from typing import NamedTuple

from desktop.i18n import _, pgettext
from desktop.ui.theme import Tone


class Tag(NamedTuple):
    word: str
    tone: Tone


# The words are looked up when they are shown, in the language that is then chosen.
_TAGS: dict[str, tuple[Callable[[], str], Tone]] = {
    "blocked": (lambda: _("Blocked"), "blocked"),
    "failed": (lambda: _("Failed"), "blocked"),
    "overdue": (lambda: _("Overdue"), "blocked"),
    "over": (lambda: _("Over"), "blocked"),
    "reversed": (lambda: _("Reversed"), "blocked"),
    "promise_broken": (lambda: _("Word broken"), "blocked"),
    "step_due": (lambda: _("Step due"), "held"),
    "promised": (lambda: _("Promised"), "note"),
    "held": (lambda: _("Held"), "held"),
    "one_of_two": (lambda: _("1 of 2"), "held"),
    "disputed": (lambda: _("Disputed"), "held"),
    "to_bill": (lambda: _("To bill"), "held"),
    "partly_paid": (lambda: _("Partly paid"), "held"),
    "on_hold": (lambda: _("On hold"), "held"),
    "paused": (lambda: _("Paused"), "held"),
    "no_agreement": (lambda: _("No agreement"), "held"),
    "no_price": (lambda: _("No price"), "held"),
    "unapplied": (lambda: _("Unapplied"), "held"),
    "note": (lambda: pgettext("severity", "Note"), "note"),
    "issued": (lambda: _("Issued"), "note"),
    "open": (lambda: _("Open"), "note"),
    "released": (lambda: _("Released"), "note"),
    "approved": (lambda: _("Approved"), "note"),
    "in_review": (lambda: _("In review"), "note"),
    "reserved": (lambda: _("Reserved"), "note"),
    "trial": (lambda: _("Trial"), "note"),
    "ready": (lambda: _("Ready"), "good"),
    "paid": (lambda: _("Paid"), "good"),
    "active": (lambda: _("Active"), "good"),
    "done": (lambda: _("Done"), "good"),
    "may_go": (lambda: _("May go"), "held"),
    "erased": (lambda: _("Erased"), "quiet"),
    "left": (lambda: _("To do"), "held"),
    "nothing": (lambda: pgettext("checklist", "Nothing"), "quiet"),
    "later": (lambda: pgettext("checklist", "At the end"), "quiet"),
    "closed_books": (lambda: pgettext("books", "Closed"), "good"),
    "reopened": (lambda: _("Reopened"), "held"),
    "missing": (lambda: _("Missing"), "blocked"),
    "unpriced": (lambda: _("No price"), "blocked"),
    "doubled": (lambda: _("Doubled"), "held"),
    "gap": (lambda: _("Gap"), "held"),
    "outlier": (lambda: _("Unusual"), "held"),
    "outside": (lambda: _("Not billed"), "held"),
    "decide": (lambda: _("Decide"), "held"),
    "renews": (lambda: _("Renews"), "good"),
    "renews_surely": (lambda: _("Renewed"), "quiet"),
    "ends": (lambda: _("Ends"), "quiet"),
    "planned": (lambda: _("Planned"), "quiet"),
    "late": (lambda: _("Late"), "held"),
    "proposed": (lambda: _("Proposed"), "held"),
    "rejected": (lambda: _("Rejected"), "quiet"),
    "billed": (lambda: _("Billed"), "good"),
    "settled": (lambda: _("Settled"), "good"),
    "in_use": (lambda: _("In use"), "good"),
    "on": (lambda: pgettext("switched", "On"), "good"),
    "block": (lambda: _("Blocks"), "blocked"),
    "hold": (lambda: _("Holds"), "held"),
    "draft": (lambda: _("Draft"), "quiet"),
    "skipped": (lambda: _("Skipped"), "quiet"),
    "credited": (lambda: _("Credited"), "quiet"),
    "written_off": (lambda: _("Written off"), "quiet"),
    "ended": (lambda: _("Ended"), "quiet"),
    "unbilled": (lambda: _("Unbilled"), "quiet"),
    "not_billable": (lambda: _("Not billable"), "quiet"),
    "inactive": (lambda: _("Inactive"), "quiet"),
    "merged": (lambda: _("Merged"), "quiet"),
    "off": (lambda: _("Off"), "quiet"),
    "applied": (lambda: _("Applied"), "quiet"),
    "reversal": (lambda: _("Reversal"), "quiet"),
    "refund": (lambda: _("Refund"), "quiet"),
    "bounced": (lambda: _("Bounced"), "blocked"),
    "uncertain": (lambda: _("Uncertain"), "held"),
    "sure": (lambda: _("Sure"), "good"),
    "suggested": (lambda: _("Likely"), "note"),
    "equal": (lambda: _("Choose"), "held"),
    "doubtful": (lambda: _("Doubtful"), "held"),
    "unmatched": (lambda: _("Unknown"), "blocked"),
    "matching": (lambda: _("Matching"), "quiet"),
    "booked": (lambda: _("Booked"), "quiet"),
    "aside": (lambda: _("Put aside"), "quiet"),
    "standing": (lambda: pgettext("state", "Stands"), "good"),
    "undone": (lambda: _("Taken back"), "quiet"),
    "waiting": (lambda: _("Waiting"), "note"),
    "sending": (lambda: _("On its way"), "note"),
    "sent": (lambda: _("Sent"), "good"),
    "printed": (lambda: _("Printed"), "good"),
    "filed": (lambda: _("Filed"), "good"),
    "handed_over": (lambda: _("Handed over"), "good"),
    "delivered": (lambda: _("Delivered"), "good"),
    "seen": (lambda: _("Seen"), "good"),
    "cancelled": (lambda: _("Cancelled"), "quiet"),
}


def tag(code: str) -> Tag:
    """How a state is shown. One that the vocabulary lacks is shown by its own name rather than hidden."""
    if found := _TAGS.get(code):
        return Tag(found[0](), found[1])
    return Tag(code.replace("_", " ").capitalize(), "quiet")
