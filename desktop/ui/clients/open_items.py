"""What a client owes, instalment by instalment: the rows behind its buckets of aging."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.aging import aging_at
from desktop.services.clients import client
from desktop.services.open_items import OpenItemRow, open_items
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip, Figure
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary


def bucket_words() -> tuple[str, ...]:
    """The buckets of aging in their order."""
    return (_("Current"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("Over 90 days"))


class OpenItemsPage(Page):
    """Shown above a client's account; Esc goes back to it."""

    def __init__(self, desk: Desk, client_id: int) -> None:
        self.desk = desk
        self._client_id = client_id
        self._rows = FewRows(lambda: item_rows(open_items(desk.book, desk.today(), client_id=client_id)))
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="open_items",
                title=_("Open items of {name}").format(name=client(desk.book, client_id)["name"]),
                columns=[
                    Column("due_date", _("Due"), 110, "date", sort_key="due_date"),
                    Column("name", _("Number"), 160, sort_key="name", strong=True),
                    Column("bucket_word", _("Age"), 120, sort_key="days"),
                    Column("late", _("Days late"), 90, "number", sort_key="days", secondary=True),
                    Column("issue_date", _("Issued"), 110, "date", sort_key="issue_date", secondary=True),
                    Column("note", "", 160, secondary=True, wide=True),
                    Column("open", _("Open"), 120, "money", sort_key="open"),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search number"),
                nothing_yet=_("This client owes nothing."),
                depends=frozenset({"invoices", "payments", "clients"}),
                chips=[Chip("late", _("Overdue"), "age"), Chip("current", _("Current"), "age")],
                side_actions=["open_items.back"],
                menu=["open_items.open", "open_items.back"],
                sum_key="open",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("open_items.back", _("Back to the account"), self.shell.back),
            Action("open_items.open", _("Open the invoice"), self.open_chosen, enabled=lambda: bool(self._chosen)),
        ]

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["open_items.open"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._chosen = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("Nothing chosen"), reason=_("Choose what is due to see its invoice."))
            return
        facts = [
            (_("Open"), money_text(int(str(row["open"])), str(row["currency"]))),
            (_("Age"), str(row["bucket_word"])),
            (_("Invoice"), str(row["number"])),
        ]
        self.pane.show_thing(str(row["name"]), reason=str(row["note"]), facts=facts)

    def open_row(self, one: int) -> None:
        self.open_chosen()

    def open_chosen(self) -> None:
        self.shell.go("invoices", int(str(self._chosen["invoice_id"])))

    def _summary(self) -> Summary:
        today = self.desk.today()
        items = open_items(self.desk.book, today, client_id=self._client_id)
        facts = ngettext("{count} open item", "{count} open items", len(items)).format(count=number_text(len(items)))
        figures: list[Figure] = []
        for row in aging_at(self.desk.book, today, client_id=self._client_id):
            amounts = (row.current, row.d1_30, row.d31_60, row.d61_90, row.over_90)
            words = zip(bucket_words(), amounts, strict=True)
            figures += [Figure(money_text(amount, row.currency), word) for word, amount in words if amount]
            if row.credit:
                figures.append(Figure(money_text(-row.credit, row.currency), _("unused credit")))
        return Summary(f"{facts} · {_('as of {day}').format(day=date_text(today))}", figures)


def item_rows(items: Sequence[OpenItemRow]) -> list[Row]:
    """Items as a table shows them."""
    words = bucket_words()
    return [
        {
            "due_date": item.due_date,
            "name": item.name,
            "number": item.number,
            "invoice_id": item.invoice_id,
            "bucket_word": words[item.bucket],
            "days": item.days,
            "late": item.days if item.days > 0 else None,
            "issue_date": item.issue_date,
            "note": " · ".join(_notes(item)),
            "open": item.open,
            "currency": item.currency,
            "marks": ("late" if item.days > 0 else "current",),
        }
        for item in items
    ]


def _notes(item: OpenItemRow) -> Iterable[str]:
    if item.plan:
        yield _("payment plan")
    if item.disputed:
        yield _("disputed")
