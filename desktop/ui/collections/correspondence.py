"""The tab with all that went between the firm and a client: documents, letters, calls, promises, disputes, holds."""

from __future__ import annotations

from datetime import date

from desktop.i18n import _, date_text, money_text
from desktop.services import correspondence as words
from desktop.services.correspondence import Word
from desktop.ui.desk import Desk
from desktop.ui.outbox.words import way_word
from desktop.ui.story.entries import Entry, EntryList
from desktop.ui.story.tab import Question, StoryTab

_PROMISES = {"open": "promised", "kept": "paid", "broken": "promise_broken", "withdrawn": "cancelled"}


class CorrespondenceTab(StoryTab):
    """Enter goes to the delivery in the outbox, or to the invoice of a dispute."""

    def __init__(self, desk: Desk, subject: str) -> None:
        super().__init__(desk, subject)
        self._words: list[Word] = []
        self.list = EntryList(desk.shell.theme, _("Letters and words"))
        self.list.opened.connect(self.open_word)
        self.column.addWidget(self.list, 1)

    def focus_first(self) -> None:
        self.list.setFocus()

    def question(self, one: int) -> Question:
        book, today = self.desk.book, self.desk.today()
        return lambda: words.correspondence(book, one, today)

    def take(self, answer: object) -> None:
        self._words = list(answer) if isinstance(answer, tuple) else []
        entries = [_entry(place, one) for place, one in enumerate(self._words)]
        self.list.put(entries, _("What is sent to this client, said and promised will stand here."))

    def open_word(self, key: object) -> None:
        assert isinstance(key, int)
        one = self._words[key]
        if one.kind == words.DELIVERY:
            self.shell.go("outbox", one.id)
        elif one.kind in (words.DISPUTE, words.SETTLED):
            self.shell.go("invoices", one.id)


def _entry(key: int, one: Word) -> Entry:
    day = date_text(date.fromisoformat(one.at[:10]))
    match one.kind:
        case words.DELIVERY:
            way = way_word(one.way)
            below = f"{day} · {way}, {one.text}" if one.text else f"{day} · {way}"
            return Entry(key, one.title, below, tag=one.state)
        case words.NOTE:
            below = _("{day} · noted by {author}").format(day=day, author=one.title)
            if one.day is not None:
                below += " · " + _("look again on {day}").format(day=date_text(one.day))
            return Entry(key, one.text, below)
        case words.PROMISE:
            text = _("{amount} promised by {day}").format(
                amount=money_text(one.amount or 0, one.currency), day=date_text(one.day) if one.day else ""
            )
            said = " · ".join(part for part in (day, one.title, one.text) if part)
            return Entry(key, text, said, tag=_PROMISES[one.state])
        case words.DISPUTE:
            text = _("{number} is disputed: {reason}").format(number=one.title, reason=one.text)
            amount = money_text(one.amount, one.currency) if one.amount is not None else ""
            return Entry(key, text, day, aside=amount)
        case words.SETTLED:
            return Entry(
                key, _("Dispute of {number} settled: {outcome}").format(number=one.title, outcome=one.text), day
            )
        case _:
            what = one.title or _("all reminders")
            until = " · " + _("until {day}").format(day=date_text(one.day)) if one.day is not None else ""
            text = _("Reminders held ({what}): {reason}").format(what=what, reason=one.text)
            return Entry(key, text, f"{day}{until}", quiet=True)
