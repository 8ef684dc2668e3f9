"""What a person decides on bank lines: book, choose, split, write off, learn, put aside, take back, and the pass."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from desktop.errors import UserError
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.jobs import Job, Lane, Report
from desktop.saying import put
from desktop.services.bank.booking import book_line, put_aside
from desktop.services.bank.choice import difference, part_of, preferred
from desktop.services.bank.choosing import chosen, chosen_return
from desktop.services.bank.learning import learn, signs
from desktop.services.bank.parts import OTHER, PAYMENT, REFUND, Booked, Part
from desktop.services.bank.passes import PassResult
from desktop.services.bank.reconciling import run_pass
from desktop.services.bank.refunding import Refundable, refundable
from desktop.services.bank.several import BookedTogether, book_lines
from desktop.services.bank.undoing import TakenBack, take_back
from desktop.services.payments import reason_given
from desktop.ui.bank.forms import ask_aside, ask_part, ask_rest, ask_why
from desktop.ui.bank.matching import BANKED, Matching
from desktop.ui.bank.pane import LinePane
from desktop.ui.desk import Desk
from desktop.ui.page import Page
from desktop.ui.payments.payers import Payer, ask_client, payers
from desktop.ui.saving import write

if TYPE_CHECKING:
    from desktop.services.bank.proposing import Proposals


class LinesPage(Page):
    """What deciding needs of the page that shows the lines."""

    desk: Desk
    matching: Matching
    pane: LinePane

    @property
    def client_id(self) -> int | None:
        """Whose money the selected line is, as far as that is chosen or booked."""
        raise NotImplementedError

    def show_chosen(self) -> None:
        """Show what is selected once more."""
        raise NotImplementedError

    def go_on(self, ids: Collection[int]) -> None:
        """Select the next line that waits, below these or else above them."""
        raise NotImplementedError


class Deciding:
    """Acts on what is selected in the page. `under_way` are lines that are being booked at this moment."""

    def __init__(self, page: LinesPage) -> None:
        self._page = page
        self._desk = page.desk
        self._aside_kind = OTHER
        self.under_way: set[int] = set()

    # Booking

    def book(self) -> None:
        """Book the line for the invoices that are chosen, or by the chosen reading; of several lines those that have
        one best reading.
        """
        page, found = self._page, self._found
        ids = [one for one in page.selected_ids() if found is not None and one in found.lines]
        if found is None or not ids:
            return
        if len(ids) > 1:
            self._book_several(found, ids)
            return
        if page.pane.items.item_ids:
            self.book_items()
            return
        reading = page.pane.reading
        if page.pane.line_id != ids[0] or reading is None:
            page.shell.notices.say(
                _("Nothing is chosen for this line."),
                _("Choose a reading by its digit, or with F what it pays."),
                tone="note",
            )
            return
        self.book_parts(ids[0], found.parts(reading))

    def book_items(self) -> None:
        """Book the line for what is selected of the open items."""
        page, found = self._page, self._found
        line_id, items = page.pane.line_id, page.pane.items.item_ids
        if found is None or line_id is None or not items:
            return
        page.table.setFocus()
        self.book_parts(line_id, self._parts(found, line_id, items))

    def book_parts(self, line_id: int, parts: Sequence[Part]) -> None:
        """Book a line and go on to the next one; if the book refuses, the line comes back."""
        if line_id in self.under_way:
            return
        book, actor, today = self._desk.book, self._desk.actor, self._desk.today()
        job = Job(
            _("Booking"),
            lambda _report: book_line(book, line_id, parts, actor=actor, today=today),
            BANKED,
            lane=Lane.HAND,
            quiet=True,
        )
        self._begin(job, [line_id], self._told_booked)

    def _book_several(self, found: Proposals, ids: Sequence[int]) -> None:
        free = [one for one in ids if one not in self.under_way]
        best = {one: reading for one in free if (reading := preferred(found, one)) is not None}
        lines = {one: found.parts(reading) for one, reading in best.items()}
        book, actor, today = self._desk.book, self._desk.actor, self._desk.today()
        job = Job(
            _("Booking"),
            lambda _report: book_lines(book, lines, actor=actor, today=today),
            BANKED,
            lane=Lane.HAND,
            quiet=True,
        )
        self._begin(job, list(lines), self._told_together)

    def _begin(self, job: Job, ids: Collection[int], then: Callable[[object], object]) -> None:
        """Whoever presses Enter goes on to the next line at once; the booking follows."""
        page = self._page
        self.under_way |= {*ids}

        def done(result: object) -> None:
            self.under_way -= {*ids}
            then(result)

        def failed(error: object) -> None:
            self.under_way -= {*ids}
            page.show_chosen()
            if not isinstance(error, UserError):
                page.shell.notices.show_error(error)
                return
            offers = [(_("Go to the line"), lambda: page.reveal(next(iter(ids))))]
            page.shell.notices.say(error.message, error.remedy, offers, tone="held")

        page.shell.jobs.start(job, done, failed)
        page.go_on(ids)

    def _told_booked(self, result: object) -> None:
        assert isinstance(result, Booked)
        self._page.matching.follow([result])
        said = _("Booked: {what}.").format(what=", ".join(result.payments)) if result.payments else _("Booked.")
        if result.left:
            said += " " + _("The rest of the line waits.")
        self._tell(said, [put(note) for note in result.notes], line_ids=[result.line_id])

    def _told_together(self, result: object) -> None:
        assert isinstance(result, BookedTogether)
        self._page.matching.follow(result.booked)
        count = len(result.booked)
        said = ngettext("{count} line is booked ({number}).", "{count} lines are booked ({number}).", count)
        notes = [put(note) for one in result.booked for note in one.notes]
        self._tell(said.format(count=number_text(count), number=result.number), notes, key=result.reconciliation_id)

    def _tell(self, said: str, notes: Sequence[str], *, line_ids: Sequence[int] = (), key: int | None = None) -> None:
        offers = [(_("Undo"), lambda: self._undo(line_ids, key))]
        self._page.shell.notices.say(said, " ".join(notes), offers, tone="held" if notes else "good")

    # The pass

    def run(self) -> None:
        """Book all that are sure, by the firm's rule."""
        book, actor, today, found = self._desk.book, self._desk.actor, self._desk.today(), self._found
        if found is None:
            return

        def work(report: Report) -> PassResult:
            return run_pass(book, actor=actor, today=today, found=found, report=report)

        self._page.shell.jobs.start(Job(_("Booking what is sure"), work, BANKED), self._told_pass)

    def _told_pass(self, result: object) -> None:
        assert isinstance(result, PassResult)
        self._page.table.setFocus()
        waiting = result.lines - result.matched
        rest = ngettext("{count} line waits.", "{count} lines wait.", waiting).format(count=number_text(waiting))
        notes = [rest] if waiting else []
        if result.parked:
            said = ngettext(
                "{count} sure line could not be booked: {why}",
                "{count} sure lines could not be booked: {why}",
                len(result.parked),
            )
            notes.insert(0, said.format(count=number_text(len(result.parked)), why=result.parked[0].message))
        if result.reconciliation_id is None:
            self._page.shell.notices.say(_("Nothing was booked."), " ".join(notes), tone="note")
            return
        said = ngettext("{count} line is booked ({number}).", "{count} lines are booked ({number}).", result.matched)
        key = result.reconciliation_id
        self._page.shell.notices.say(
            said.format(count=number_text(result.matched), number=result.number),
            " ".join(notes),
            [(_("Undo"), lambda: self._undo((), key))],
            tone="held" if result.parked else "good",
        )

    # Split and write off

    def split(self) -> None:
        """Ask for a part of the line, which is booked; the rest waits on."""
        desk, found, line_id = self._desk, self._found, self._page.pane.line_id
        if found is None or line_id is None:
            return
        line = found.lines[line_id]

        def known() -> tuple[list[Payer], tuple[Refundable, ...] | None]:
            return payers(desk), refundable(desk.book, line.currency) if line.amount < 0 else None

        self._page.shell.jobs.ask(known, self._ask_part)

    def _ask_part(self, known: object) -> None:
        page, found = self._page, self._found
        line_id, items = page.pane.line_id, page.pane.items.item_ids
        if found is None or line_id is None:
            return
        assert isinstance(known, tuple)
        clients, credits = known
        line, reading = found.lines[line_id], page.pane.reading
        book, actor, today = self._desk.book, self._desk.actor, self._desk.today()

        def save(values: dict[str, Any]) -> Job:
            def work(_report: object) -> Booked:
                kind = values["kind"]
                parts = part_of(
                    found,
                    line_id,
                    values["amount"],
                    PAYMENT if kind == "items" else kind,
                    item_ids=items if kind == "items" else (),
                    client_id=values["client"] if kind == PAYMENT else None,
                    credit_id=values["credit"] if kind == REFUND else None,
                    note=values["note"] or "",
                )
                return book_line(book, line_id, parts, actor=actor, today=today)

            return Job(_("Booking"), work, BANKED, lane=Lane.HAND, quiet=True)

        ask_part(
            self._desk,
            page,
            clients,
            left=abs(line.amount),
            currency=line.currency,
            chosen=len(items),
            client_id=reading.client_id if reading is not None else None,
            credits=credits,
            save=save,
            done=self._told_booked,
        )

    def write_off(self) -> None:
        """Book the line and ask what becomes of the rest of what it pays."""
        page, found = self._page, self._found
        line_id, reading = page.pane.line_id, page.pane.reading
        if found is None or line_id is None:
            return
        items = page.pane.items.item_ids or ([share.item_id for share in reading.shares] if reading else [])
        beside = difference(found, line_id, items)
        if not items or (beside is not None and beside.left >= 0):
            page.shell.notices.say(
                _("Nothing would stay open."), _("Choose what the line pays, then write off the rest."), tone="note"
            )
            return
        names = ", ".join(found.items[one].name for one in items)
        rest = names
        if beside is not None:
            amount = money_text(-beside.left, beside.currency)
            rest = _("{amount} of {names} would stay open.").format(amount=amount, names=names)
        book, actor, today = self._desk.book, self._desk.actor, self._desk.today()

        def save(values: dict[str, Any]) -> Job:
            def work(_report: object) -> Booked:
                if beside is not None and values["what"] == "charges":
                    parts = chosen(found, line_id, items, charges=-beside.left)
                else:
                    parts = chosen(found, line_id, items, write_off=reason_given(values["reason"] or ""))
                return book_line(book, line_id, parts, actor=actor, today=today)

            return Job(_("Booking"), work, BANKED, lane=Lane.HAND, quiet=True)

        ask_rest(self._desk, page, rest, charges=beside is not None, save=save, done=self._told_booked)

    # Learn, put aside, take back

    def learn(self) -> None:
        """Know the payer of this line by its account and name from now on."""
        page, ids = self._page, self._page.selected_ids()
        if len(ids) != 1:
            return
        client = page.client_id
        if client is None:
            ask_client(self._desk, page, _("Learn this payer"), _("Learn"), partial(self._learn, ids[0]))
        else:
            self._learn(ids[0], client)

    def _learn(self, line_id: int, client_id: int) -> None:
        book, actor = self._desk.book, self._desk.actor

        def work() -> int:
            found = signs(book, line_id, client_id)
            return learn(book, found, actor=actor) if found else 0

        def told(count: object) -> None:
            if not count:
                self._page.shell.notices.say(
                    _("Nothing new to learn."), _("The client is known by this account and name already."), tone="note"
                )

        said = _("Learned: by this account and name the payer is known from now on.")
        write(self._desk, _("Learning"), work, said, told, BANKED)

    def aside(self) -> None:
        """Ask what the selected lines are, and put them aside."""
        page, found = self._page, self._found
        ids = [one for one in page.selected_ids() if found is not None and one in found.lines]
        if not ids:
            return
        book, actor, today = self._desk.book, self._desk.actor, self._desk.today()

        def save(values: dict[str, Any]) -> Job:
            self._aside_kind = values["kind"]

            def work(_report: object) -> None:
                put_aside(
                    book,
                    ids,
                    note=values["note"] or "",
                    actor=actor,
                    today=today,
                    kind=values["kind"],
                    account_id=values.get("account"),
                )

            return Job(_("Putting aside"), work, BANKED, lane=Lane.HAND, quiet=True)

        def done(_result: object) -> None:
            page.matching.follow([Booked(one, 0, 0) for one in ids])
            said = ngettext("{count} line is put aside.", "{count} lines are put aside.", len(ids))
            self._tell(said.format(count=number_text(len(ids))), [], line_ids=ids)

        ask_aside(self._desk, page, len(ids), kind=self._aside_kind, save=save, done=done)

    def take_back(self) -> None:
        """Ask why, and take back what stands of the selected lines."""
        page, ids = self._page, self._page.selected_ids()
        said = ngettext("Take {count} line back", "Take {count} lines back", len(ids))

        def save(values: dict[str, Any]) -> Job:
            return self._taking_back(ids, None, values["reason"])

        ask_why(self._desk, page, said.format(count=number_text(len(ids))), save=save, done=self._told_taken_back)

    def _undo(self, line_ids: Sequence[int], key: int | None) -> None:
        job = self._taking_back(line_ids, key, _("Undone at once"))
        self._page.shell.jobs.start(job, self._told_taken_back)

    def _taking_back(self, line_ids: Sequence[int], key: int | None, reason: str) -> Job:
        book, actor, today = self._desk.book, self._desk.actor, self._desk.today()

        def work(report: Report) -> TakenBack:
            return take_back(
                book,
                reconciliation_id=key,
                line_ids=line_ids,
                actor=actor,
                today=today,
                reason=reason,
                report=report,
            )

        return Job(_("Taking back"), work, BANKED)

    def _told_taken_back(self, result: object) -> None:
        assert isinstance(result, TakenBack)
        said = ngettext("{count} line waits again.", "{count} lines wait again.", result.lines)
        self._page.shell.notices.say(said.format(count=number_text(result.lines)))

    # What is known

    @property
    def _found(self) -> Proposals | None:
        return self._page.matching.found

    def _parts(self, found: Proposals, line_id: int, items: Sequence[int]) -> tuple[Part, ...]:
        if found.lines[line_id].amount < 0:
            return chosen_return(found, line_id, items[0])
        return chosen(found, line_id, items)
