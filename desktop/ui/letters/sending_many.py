"""Statements for many clients into the outbox: written first, counted in a question, then put there in one change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, money_text, ngettext, number_text
from desktop.jobs import Job, Lane, Report
from desktop.services.delivery.mail.letters import Put, enqueue_letters, usual_ways
from desktop.services.letters.correspondence import Made
from desktop.services.letters.files import statements_for
from desktop.ui.desk import Desk
from desktop.ui.dialog import Question
from desktop.ui.letters.sending import OUTBOX_ALONE
from desktop.ui.outbox.preview import show_preview
from desktop.ui.saving import Written, undo_offers, writing


@dataclass(frozen=True)
class _Letters:
    """What would go, how many by which way, and what they ask for by currency, in minor units."""

    made: Sequence[Made]
    ways: Mapping[str, int]
    asked: Mapping[str, int]


def send_statements(desk: Desk, parent: QWidget, client_ids: Sequence[int]) -> None:
    """Ask in figures, then put a statement as of today into the outbox for each client and currency with something to
    tell of."""
    book, today, chosen = desk.book, desk.today(), list(dict.fromkeys(client_ids))

    def work(report: Report) -> _Letters:
        made: list[Made] = []
        for done, client_id in enumerate(chosen):
            report(done, len(chosen), _("Writing statements"))
            made += statements_for(book, [client_id], as_of=today)
        asked: Counter[str] = Counter()
        for letter, _template in made:
            asked[letter.currency] += letter.payable
        return _Letters(made, usual_ways(book, [letter for letter, _template in made]), asked)

    many = ngettext("Statements for {count} client", "Statements for {count} clients", len(chosen))
    title = many.format(count=number_text(len(chosen)))
    desk.shell.jobs.start(Job(title, work, lane=Lane.SIDE), lambda found: _ask(desk, parent, found))


def _ask(desk: Desk, parent: QWidget, found: object) -> None:
    assert isinstance(found, _Letters)
    count = len(found.made)
    if not count:
        desk.shell.notices.say(_("There is nothing to tell these clients of: nothing is open."))
        return
    words = ngettext("Put {count} statement into the outbox?", "Put {count} statements into the outbox?", count)
    sums = " + ".join(money_text(amount, currency) for currency, amount in sorted(found.asked.items()) if amount)
    lines = [_way_words(way, number) for way, number in found.ways.items()]
    if sums:
        lines.append(_("They ask for {amounts}.").format(amounts=sums))
    lines.append(_("They go with the next sending, and can be looked at before it."))
    Question(
        parent,
        words.format(count=number_text(count)),
        "\n".join(lines),
        _("Put into the outbox"),
        lambda: _put(desk, found.made),
        expected=True,
    ).open()


def _way_words(way: str, count: int) -> str:
    match way:
        case "email":
            words = ngettext("{count} goes by e-mail.", "{count} go by e-mail.", count)
        case "print":
            words = ngettext("{count} goes on paper.", "{count} go on paper.", count)
        case "folder":
            words = ngettext("{count} goes into its client’s folder.", "{count} go into their clients’ folders.", count)
        case _:
            words = ngettext("{count} is handed over by hand.", "{count} are handed over by hand.", count)
    return words.format(count=number_text(count))


def _put(desk: Desk, made: Sequence[Made]) -> None:
    book, actor = desk.book, desk.actor
    job = writing(
        desk,
        _("Putting letters into the outbox"),
        lambda: enqueue_letters(book, made, actor=actor),
        OUTBOX_ALONE,
    )
    desk.shell.jobs.start(job, lambda written: _tell(desk, written))


def _tell(desk: Desk, written: object) -> None:
    assert isinstance(written, Written)
    put = written.result
    assert isinstance(put, Put)
    count = len(put.letters)
    words = ngettext("{count} statement is in the outbox.", "{count} statements are in the outbox.", count)
    why = ""
    if put.refused:
        title, first = put.refused[0]
        more = ngettext(
            "{count} letter is not: {title}. {why}",
            "{count} letters are not, the first: {title}. {why}",
            len(put.refused),
        )
        why = more.format(count=number_text(len(put.refused)), title=title, why=first)
    offers = [
        *undo_offers(desk, written, OUTBOX_ALONE),
        (_("Preview the e-mails"), lambda: show_preview(desk, put.ids)),
        (_("Go to the outbox"), lambda: desk.shell.go("outbox")),
    ]
    desk.shell.notices.say(words.format(count=number_text(count)), why, offers)
