"""The journal: every posting, narrowed by days, account, kind and words, with its whole entry beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.i18n import _, date_text, money_text, pgettext
from desktop.services.accounting.chart import ledger_accounts
from desktop.services.accounting.journal import Asked, JournalRow, entry_rows, journal_ids, journal_rows
from desktop.services.accounting.words import ENTRY_KINDS, entry_word
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.filters import ChipMenu
from desktop.ui.latest import Latest
from desktop.ui.ledger.accounts import LEDGER
from desktop.ui.ledger.by_hand import ask_reversal, book_by_hand
from desktop.ui.ledger.exporting import export_journal
from desktop.ui.ledger.going import go_behind
from desktop.ui.ledger.periods import Periods, Span, told
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary

_ACCOUNT, _KIND = "account", "entry"


class JournalRows:
    """Postings of the days, account and kind of the filters; sorted by the book, the latest first."""

    def __init__(self, book: Book, today: Callable[[], date]) -> None:
        self._book = book
        self.periods = Periods(book, today)
        self.span: Span = (today(), today())

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        self.span = self.periods.of(filters)
        named = {one.partition(":")[0]: one.partition(":")[2] for one in filters}
        asked = Asked(
            *self.span,
            account_id=int(named[_ACCOUNT]) if _ACCOUNT in named else None,
            kinds=(named[_KIND],) if _KIND in named else (),
            search=search,
        )
        return journal_ids(self._book, asked, sort, descending)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        return {key: _shown(row) for key, row in journal_rows(self._book, ids).items()}

    def posting(self, one: int) -> JournalRow | None:
        return journal_rows(self._book, [one]).get(one)

    def summary(self) -> Summary:
        """Accounts and kinds to choose from."""
        accounts = ledger_accounts(self._book, self.span[1])
        return Summary(
            told(self.span),
            choices={
                "days": self.periods.choices(),
                _ACCOUNT: [(f"{_ACCOUNT}:{one['id']}", f"{one['number']} {one['name']}") for one in accounts],
                _KIND: [(f"{_KIND}:{kind}", entry_word(kind)) for kind in ENTRY_KINDS],
            },
        )


class JournalTab(Page):
    """Enter goes to the document, payment or bank line behind a posting."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = JournalRows(desk.book, desk.today)
        self._chosen: JournalRow | None = None
        super().__init__(
            desk.shell,
            Design(
                name="ledger_journal",
                title=_("Journal"),
                columns=[
                    Column("date", _("Date"), 100, "date", sort_key="date"),
                    Column("entry", _("Entry"), 72, "number", sort_key="entry", secondary=True),
                    Column("kind", _("Kind"), 104, secondary=True),
                    Column("document", _("Document"), 128, sort_key="document", strong=True),
                    Column("account", _("Account"), 220, wide=True),
                    Column("client", _("Client"), 88, sort_key="client", secondary=True),
                    Column("debit", pgettext("ledger", "Debit"), 112, "money", sort_key="debit"),
                    Column("credit", pgettext("ledger", "Credit"), 112, "money", sort_key="credit"),
                ],
                listing=self._rows,
                summary=self._rows.summary,
                search_hint=_("Search document, client, text, entry"),
                nothing_yet=_("Every document, payment and bank line is booked here by itself, with both its sides."),
                depends=LEDGER,
                chip_menus=[
                    ChipMenu("days", _("Days"), _("This fiscal year")),
                    ChipMenu(_ACCOUNT, _("Account"), _("All accounts")),
                    ChipMenu(_KIND, _("Kind"), _("All kinds")),
                ],
                main_action="journal.by_hand",
                side_actions=["journal.export"],
                menu=["journal.open", "journal.reverse", GAP, "journal.export"],
                sort="date",
                descending=True,
            ),
        )
        self.model.loaded.connect(lambda _query: self._head_facts.setText(told(self._rows.span)))

    def offers(self) -> Iterable[Action]:
        return [
            Action("journal.by_hand", _("Book by hand…"), lambda: book_by_hand(self.desk, self), "add", "Ctrl+N"),
            Action("journal.open", _("Open what is behind it"), self.open_current, "open", "", self._leads),
            Action("journal.reverse", _("Take the entry back…"), self.reverse, "undo", "", self._by_hand),
            Action(
                "journal.export",
                _("Export the journal…"),
                lambda: export_journal(self.desk, self, self._rows.span),
                "export",
                "Ctrl+Shift+E",
            ),
        ]

    # The pane at the right

    def detail(self) -> QWidget:
        self._latest = Latest(self.shell.jobs, self)
        self.pane = DetailPane(self.acts, ["journal.open", "journal.reverse"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = None
        self.acts.refresh()
        if one is None:
            self.pane.show_thing(_("No posting chosen"))
            return
        book, rows = self.desk.book, self._rows

        def whole() -> tuple[JournalRow, list[JournalRow]] | None:
            row = rows.posting(one)
            return None if row is None else (row, entry_rows(book, row.entry))

        self._latest.ask(whole, self._show_entry)

    def _show_entry(self, found: object) -> None:
        if found is None:
            return
        assert isinstance(found, tuple)
        row, sides = found
        self._chosen = row
        facts = [_side(side, self.shell.home_currency) for side in sides]
        told_more = [(_("Booked on"), date_text(row.booked_on)), (_("Kind"), row.called)]
        if row.client_name:
            told_more.append((_("Client"), row.client_name))
        reason = row.text
        if row.reversed_by is not None:
            reason = _("Taken back by entry {number}.").format(number=row.reversed_by)
        elif row.reverses is not None:
            reason = _("Takes back entry {number}.").format(number=row.reverses)
        title = _("Entry {number}").format(number=row.entry)
        self.pane.show_thing(title, row.document, [*told_more, *facts], reason)
        self.acts.refresh()

    # What can be done

    def _leads(self) -> bool:
        return self._chosen is not None and bool(self._chosen.place)

    def _by_hand(self) -> bool:
        row = self._chosen
        return row is not None and row.kind == "adjustment" and row.reverses is None and row.reversed_by is None

    def open_row(self, one: int) -> None:
        row = self._rows.posting(one)
        if row is not None:
            go_behind(self.shell, row)

    def open_current(self) -> None:
        assert self._chosen is not None
        go_behind(self.shell, self._chosen)

    def reverse(self) -> None:
        assert self._chosen is not None
        ask_reversal(self.desk, self, self._chosen)


def _shown(row: JournalRow) -> Row:
    return {
        "id": row.id,
        "date": row.booked_on,
        "entry": row.entry,
        "kind": row.called,
        "document": row.document,
        "account": row.account.called,
        "client": row.client,
        "debit": row.amount if row.amount > 0 else None,
        "credit": -row.amount if row.amount < 0 else None,
        "currency": row.currency,
    }


def _side(side: JournalRow, home: str) -> tuple[str, str]:
    """On which side it stands, and its account and amount."""
    own = money_text(abs(side.amount), side.currency)
    if side.currency != home and side.firm_amount is not None:
        base = money_text(abs(side.firm_amount), home)
        own = f"{own} · {base}" if side.amount else base
    word = pgettext("ledger", "Debit") if (side.amount or side.firm_amount or 0) > 0 else pgettext("ledger", "Credit")
    return word, f"{side.account.called}\n{own}"
