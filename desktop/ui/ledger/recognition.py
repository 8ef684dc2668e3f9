"""Revenue that waits to be earned: its schedules, and the month end that books what was earned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, money_text, ngettext, number_text, span_text
from desktop.jobs import Job
from desktop.services.accounting.recognition import Recognised, recognise
from desktop.services.accounting.schedules import (
    POLICIES,
    ScheduleRow,
    method_word,
    recognition_policy,
    schedule_rows,
    set_recognition_policy,
    sums_of,
)
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.dialog import FormDialog
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip, Figure
from desktop.ui.form import Field, Form, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.reports.page import ReportsPage
from desktop.ui.settings.asking import ask

EARNED = frozenset({"ledger"})
_DEPENDS = frozenset({"ledger", "invoices", "clients", "agreements"})


class RecognitionTab(Page):
    """Enter opens the document behind a schedule."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._found: dict[int, ScheduleRow] = {}
        self._rows = FewRows(self._load)
        super().__init__(
            desk.shell,
            Design(
                name="ledger_recognition",
                title=_("Recognition"),
                columns=[
                    Column("number", _("Document"), 126, sort_key="number", strong=True),
                    Column("client", _("Client"), 110, sort_key="client"),
                    Column("text", _("Service"), 96, sort_key="text", secondary=True, wide=True),
                    Column("start", _("From"), 96, "date", sort_key="start", hidden=True),
                    Column("last", _("Until"), 100, "date", sort_key="last"),
                    Column("amount", _("Amount"), 92, "money", sort_key="amount"),
                    Column("earned", _("Recognised"), 96, "money", sort_key="earned"),
                    Column("left", _("Waits"), 92, "money", sort_key="left", strong=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search document, client, service"),
                nothing_yet=_(
                    "Revenue is earned as it is billed. A firm that bills ahead can earn it over the days of its "
                    "service instead; what waits to be earned stands here then."
                ),
                depends=_DEPENDS,
                chips=[Chip("due", _("To recognise")), Chip("waits", _("Waits")), Chip("over", _("All earned"))],
                main_action="recognition.recognise",
                side_actions=["recognition.policy", "recognition.months"],
                menu=["recognition.open", GAP, "recognition.recognise"],
                empty_action="recognition.policy",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("recognition.recognise", _("Recognise…"), self.ask_day, "done", "Ctrl+N"),
            Action("recognition.open", _("Open the document"), self.open_current, "open", "", self._one),
            Action("recognition.policy", _("How revenue is earned…"), self.ask_policy, "settings"),
            Action("recognition.months", _("Month by month"), self.show_months, "calendar"),
        ]

    def _load(self) -> Sequence[Row]:
        found = schedule_rows(self.desk.book, self.desk.today())
        self._found = {row.id: row for row in found}
        return [_shown(row) for row in found]

    def _summary(self) -> Summary:
        rows = schedule_rows(self.desk.book, self.desk.today())
        sums = sums_of(rows)
        figures = []
        for currency, (left, due) in sorted(sums.items()):
            figures.append(Figure(money_text(left, currency), _("waits to be earned"), "waits"))
            if due:
                figures.append(Figure(money_text(due, currency), _("earned and not booked"), "due"))
        policy = method_word(recognition_policy(self.desk.book))
        return Summary(_("Revenue is earned: {how}").format(how=policy.lower()), figures[:4])

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["recognition.open"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._found.get(one) if one is not None else None
        self.acts.refresh()
        if row is None:
            self.pane.show_thing(_("No schedule chosen"))
            return
        facts = [
            (_("Client"), row.client),
            (_("How"), method_word(row.method)),
            (_("Service"), span_text(row.start, row.end) if row.end else _("until its milestone is done")),
            (_("Amount"), money_text(row.amount, row.currency)),
            (_("Recognised"), money_text(row.earned, row.currency)),
            (_("Waits"), money_text(row.left, row.currency)),
        ]
        if row.corrects:
            facts.append((_("Takes back of"), row.corrects))
        reason = ""
        if row.due:
            reason = _("{amount} of it was earned by today and is not booked.").format(
                amount=money_text(row.due, row.currency)
            )
        self.pane.show_thing(row.number, "", facts, reason)

    def open_row(self, one: int) -> None:
        row = self._found.get(one)
        if row is not None:
            self.shell.go("invoices", row.invoice_id)

    def open_current(self) -> None:
        self.open_row(self.selected_ids()[0])

    def show_months(self) -> None:
        page = self.shell.go("reports")
        if isinstance(page, ReportsPage):
            page.show_query(frozenset({"report:deferred"}))

    def ask_day(self) -> FormDialog:
        """Ask through which day, then show what would be booked."""
        today = self.desk.today()
        form = Form(
            [
                Section(
                    "",
                    [
                        Field(
                            "through",
                            _("Through"),
                            "date",
                            required=True,
                            note=_("What would be booked is shown first. What is booked already stays as it is."),
                        )
                    ],
                )
            ],
            self.shell.theme,
        )
        form.put({"through": today.replace(day=1) - timedelta(days=1)})
        book, actor, title = self.desk.book, self.desk.actor, _("Recognise revenue")

        def look(typed: dict[str, object]) -> Job:
            through = typed["through"]
            assert isinstance(through, date)
            return Job(
                title,
                lambda _report: recognise(book, through=through, actor=actor, today=today, preview=True),
                quiet=True,
            )

        dialog = FormDialog(self.shell, title, form, _("Show"), look, self)
        dialog.saved.connect(self._show_preview)
        dialog.open()
        return dialog

    def _show_preview(self, found: object) -> None:
        assert isinstance(found, Recognised)
        if found.entries:
            self.shell.push(EarnedPage(self.desk, found))
        else:
            self.shell.notices.say(_("All that was earned is booked."))

    def ask_policy(self) -> FormDialog:
        book, actor = self.desk.book, self.desk.actor
        fields = [
            Field(
                "method",
                _("Revenue is earned"),
                "choice",
                required=True,
                choices=[(one, method_word(one)) for one in POLICIES],
                note=_(
                    "Counts from the next document on. An item can say otherwise for itself, such as on completion."
                ),
            )
        ]
        return ask(
            self.desk,
            self,
            _("How revenue is earned"),
            [Section("", fields)],
            {"method": recognition_policy(book)},
            _("Save"),
            lambda typed: set_recognition_policy(book, str(typed["method"]), actor=actor),
            _("Saved; it counts from the next document on."),
        )

    def _one(self) -> bool:
        return len(self.selected_ids()) == 1


class EarnedPage(Page):
    """What would be booked, entry by entry; the main action books it."""

    def __init__(self, desk: Desk, found: Recognised) -> None:
        self.desk = desk
        self._preview = found
        super().__init__(
            desk.shell,
            Design(
                name="ledger_earned",
                title=_("To recognise"),
                columns=[
                    Column("booked_on", _("Date"), 100, "date", sort_key="booked_on"),
                    Column("number", _("Document"), 130, sort_key="number", strong=True),
                    Column("client", _("Client"), 160, sort_key="client"),
                    Column("text", _("Service"), 180, sort_key="text", secondary=True, wide=True),
                    Column("days", _("Days of"), 170, secondary=True),
                    Column("why", _("Remark"), 170, secondary=True),
                    Column("amount", _("Amount"), 112, "money", sort_key="amount", strong=True),
                ],
                listing=FewRows(self._load),
                summary=self._summary,
                search_hint=_("Search document, client, service"),
                nothing_yet=_("All that was earned is booked."),
                depends=EARNED,
                main_action="earned.book",
                side_actions=["earned.back"],
                sum_key="amount",
            ),
        )

    def offers(self) -> Iterable[Action]:
        count = len(self._preview.entries)
        verb = ngettext("Book {count} entry", "Book {count} entries", count).format(count=number_text(count))
        return [
            Action("earned.back", _("Back"), self.shell.back, "previous"),
            Action("earned.book", verb, self.book_it, "done", "Ctrl+Return"),
        ]

    def _load(self) -> Sequence[Row]:
        return [
            {
                "id": place,
                "booked_on": one.booked_on,
                "number": one.number,
                "client": one.client,
                "text": one.text,
                "days": span_text(one.start, one.until),
                "why": (
                    _("its month is closed")
                    if one.catches_up
                    else _("served before its document")
                    if one.before
                    else ""
                ),
                "amount": one.amount,
                "currency": one.currency,
            }
            for place, one in enumerate(self._preview.entries, 1)
        ]

    def _summary(self) -> Summary:
        return Summary(
            _("Nothing of this is booked yet."),
            [
                Figure(money_text(total, currency), _("to recognise"))
                for currency, total in self._preview.totals.items()
            ],
        )

    def open_row(self, one: int) -> None:
        self.shell.go("invoices", self._preview.entries[one - 1].invoice_id)

    def book_it(self) -> None:
        book, actor, today = self.desk.book, self.desk.actor, self.desk.today()
        through = self._preview.through
        job = Job(
            _("Recognising revenue"),
            lambda _report: recognise(book, through=through, actor=actor, today=today),
            EARNED,
        )
        self.shell.jobs.start(job, self._booked)

    def _booked(self, found: object) -> None:
        assert isinstance(found, Recognised)
        sums = ", ".join(money_text(total, currency) for currency, total in found.totals.items())
        count = len(found.entries)
        said = ngettext("{count} entry booked: {sums}.", "{count} entries booked: {sums}.", count)
        self.shell.notices.say(said.format(count=number_text(count), sums=sums or "0"))
        self.shell.back()


def _shown(row: ScheduleRow) -> Row:
    marks = ["waits" if row.left else "over"]
    if row.due:
        marks.append("due")
    return {
        "id": row.id,
        "number": row.number,
        "client": row.client,
        "text": row.text,
        "start": row.start,
        "last": row.end - timedelta(days=1) if row.end else None,
        "amount": row.amount,
        "earned": row.earned,
        "left": row.left,
        "currency": row.currency,
        "marks": tuple(marks),
    }
