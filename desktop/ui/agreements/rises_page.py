"""Price rises: proposed in bulk by an index or a percentage, looked over as a table, approved or rejected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.domain.money import exact_minor, exponent
from desktop.domain.price_rises import Rise, by_index, by_percent
from desktop.i18n import _, amount_text, money_text, ngettext, number_text
from desktop.jobs import Job
from desktop.services.price_proposals import (
    Proposal,
    Proposed,
    approve_proposals,
    edit_proposal,
    index_names,
    indexed,
    proposals,
    propose,
    reject_proposals,
)
from desktop.services.problems import ValidationError
from desktop.services.segments import segments
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import tell, write, writing


class RisesPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(lambda: _listed(desk.book))
        super().__init__(
            desk.shell,
            Design(
                name="rises",
                title=_("Proposed prices"),
                columns=[
                    Column("code", _("Code"), 74, sort_key="code", secondary=True),
                    Column("client", _("Client"), 140, sort_key="client", wide=True),
                    Column("text", _("Line"), 150, sort_key="text", wide=True, strong=True),
                    Column("valid_from", _("From"), 100, "date", sort_key="valid_from"),
                    Column("now", _("Now"), 88, "number", sort_key="old"),
                    Column("then", _("Then"), 88, "number", sort_key="new", strong=True),
                    Column("percent", _("Change"), 76, "percent", sort_key="percent", signed=True),
                    Column("a_year", _("More a year"), 100, "money", sort_key="a_year"),
                    Column("basis", _("Because of"), 190, sort_key="basis", secondary=True, lines=2),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search client, line, index"),
                nothing_yet=_(
                    "No price rise waits. Propose one for all agreements of an index or a segment; nothing changes "
                    "before you approve it here."
                ),
                nothing_found=_("Nothing fits the search."),
                depends=frozenset({"agreements", "clients", "invoices"}),
                main_action="rises.approve",
                side_actions=["rises.propose", "rises.reject"],
                many=["rises.approve", "rises.reject"],
                menu=["rises.approve", "rises.edit", "rises.reject", "rises.show"],
                empty_action="rises.propose",
                sum_key="a_year",
            ),
        )

    def offers(self) -> Iterable[Action]:
        some = self._some
        return [
            Action("rises.propose", _("Propose prices…"), self.propose, shortcut="Ctrl+N"),
            Action("rises.approve", self._approve_text, self.approve, "approve", "A", some, _("approve")),
            Action("rises.edit", _("Another price…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("rises.reject", _("Reject"), self.reject, "", "X", some, _("reject")),
            Action("rises.show", _("Show the agreement"), self.show_agreement, "open", "S", self._one),
        ]

    def open_row(self, one: int) -> None:
        self._edit(one)

    def _some(self) -> bool:
        return self.table.selected_count() > 0

    def _one(self) -> bool:
        return self.table.selected_count() == 1

    def _approve_text(self) -> str:
        count = self.table.selected_count()
        words = ngettext("Approve {count} price", "Approve {count} prices", count)
        return words.format(count=number_text(count)) if count else _("Approve")

    def propose(self) -> None:
        ask_proposal(self.desk, self)

    def approve(self) -> None:
        book, actor, ids = self.desk.book, self.desk.actor, self.selected_ids()
        write(self.desk, _("Approving"), lambda: approve_proposals(book, ids, actor=actor), _agreed)

    def reject(self) -> None:
        book, actor, ids = self.desk.book, self.desk.actor, self.selected_ids()
        write(self.desk, _("Rejecting"), lambda: reject_proposals(book, ids, actor=actor), _rejected)

    def edit(self) -> None:
        self._edit(self.selected_ids()[0])

    def _edit(self, one: int) -> None:
        row = self._rows.rows([one])[one]
        form = Form(
            [Section("", [Field("new_price", _("Price from then on"), "number", required=True, span=3)])],
            self.shell.theme,
        )
        form.put({"new_price": row["new"]})
        book, actor = self.desk.book, self.desk.actor

        def save(values: dict[str, object]) -> Job:
            price = values["new_price"]
            assert isinstance(price, Decimal)
            work: Callable[[], None] = lambda: edit_proposal(book, one, price, actor=actor)  # noqa: E731
            return writing(self.desk, _("Changing the price"), work)

        dialog = FormDialog(self.shell, str(row["text"]), form, _("Propose it"), save, self)
        dialog.saved.connect(lambda written: tell(self.desk, _("Another price is proposed."), written))
        dialog.open()

    def show_agreement(self) -> None:
        row = self._rows.rows(self.selected_ids()[:1])
        self.shell.go("agreements", next(iter(row.values()))["agreement_id"])

    def _summary(self) -> Summary:
        rows = proposals(self.desk.book)
        if not rows:
            return Summary()
        words = ngettext("{count} price waits for you", "{count} prices wait for you", len(rows))
        facts = words.format(count=number_text(len(rows)))
        more: dict[str, int] = {}
        for one in rows:
            if one.a_year is not None:
                more[one.currency] = more.get(one.currency, 0) + one.a_year
        sums = ", ".join(money_text(amount, currency) for currency, amount in sorted(more.items()))
        if sums:
            facts = _("{facts}; {sums} more a year").format(facts=facts, sums=sums)
        return Summary(facts)


def _agreed(count: object) -> str:
    assert isinstance(count, int)
    return ngettext("{count} price is agreed.", "{count} prices are agreed.", count).format(count=number_text(count))


def _rejected(count: object) -> str:
    assert isinstance(count, int)
    words = ngettext("{count} price stays as it is.", "{count} prices stay as they are.", count)
    return words.format(count=number_text(count))


def _listed(book: Book) -> list[Row]:
    return [_row(one) for one in proposals(book)]


def _price(price: Decimal, currency: str) -> str:
    """With the decimals of its currency at least, so that prices stand below each other."""
    if price == price.quantize(Decimal(1).scaleb(-exponent(currency))):
        return amount_text(exact_minor(price, currency), currency)
    return number_text(price)


def _row(one: Proposal) -> Row:
    basis = _("{basis}; days billed already are credited").format(basis=one.basis) if one.billed else one.basis
    return {
        "id": one.id,
        "agreement_id": one.agreement_id,
        "code": one.code,
        "client": one.client,
        "text": one.text,
        "valid_from": one.valid_from,
        "currency": one.currency,
        "now": _price(one.old_price, one.currency),
        "then": _price(one.new_price, one.currency),
        "old": one.old_price,
        "new": one.new_price,
        "percent": one.percent,
        "a_year": one.a_year,
        "basis": basis,
    }


def ask_proposal(desk: Desk, parent: QWidget, chosen: Sequence[int] = ()) -> None:
    """Ask for a rise: of the agreements chosen, or of all that follow an index or are in a segment."""
    book = desk.book
    desk.shell.jobs.ask(lambda: _scopes(book, len(chosen)), lambda found: _show_proposal(desk, parent, chosen, found))


def _scopes(book: Book, chosen: int) -> list[Choice]:
    found: list[Choice] = []
    if chosen:
        words = ngettext("The agreement chosen", "The {count} agreements chosen", chosen)
        found.append((("chosen", ""), words.format(count=number_text(chosen))))
    found += [(("index", name), _("All that follow {index}").format(index=name)) for name in index_names(book)]
    found += [(("segment", str(one["id"])), _("The segment {name}").format(name=one["name"])) for one in segments(book)]
    return [*found, (("all", ""), _("All agreements"))]


def _show_proposal(desk: Desk, parent: QWidget, chosen: Sequence[int], found: object) -> None:
    assert isinstance(found, list)
    today = desk.today()
    form = Form(
        [
            Section(
                "",
                [
                    Field("scope", _("Whose prices"), "choice", required=True, span=4, choices=found),
                    Field("valid_from", _("From"), "date", required=True, span=2),
                    Field("percent", _("By %"), "percent", span=2),
                    Field("old_index", _("or the index from"), "number", span=2),
                    Field("new_index", _("to"), "number", span=2),
                    Field("name", _("Because of"), span=4, hint=_("Such as “CPI 2026”")),
                    Field("step", _("Rounded to"), "number", span=2, hint=_("cents")),
                ],
            )
        ],
        desk.shell.theme,
    )
    form.put({"scope": found[0][0], "valid_from": date(today.year + 1, 1, 1), "name": _index_of(found[0][0])})
    form.editor("scope").changed.connect(
        lambda: form.editor("name").put(_index_of(form.editor("scope").value()) or form.editor("name").value())
    )
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        def work() -> Proposed:
            day, step = values["valid_from"], values["step"]
            assert isinstance(day, date)
            assert step is None or isinstance(step, Decimal)
            return propose(book, _ids(book, values["scope"], chosen), _rise(values), day, actor=actor, step=step)

        return writing(desk, _("Proposing prices"), work)

    def said(made: object) -> str:
        assert isinstance(made, Proposed)
        words = ngettext("{count} price is proposed.", "{count} prices are proposed.", made.proposed)
        text = words.format(count=number_text(made.proposed))
        if made.by_card:
            more = ngettext(
                "{count} line stays with the rate card.", "{count} lines stay with the rate card.", made.by_card
            )
            text = f"{text} {more.format(count=number_text(made.by_card))}"
        return text

    dialog = FormDialog(desk.shell, _("Propose prices"), form, _("Propose"), save, parent)

    def done(written: object) -> None:
        tell(desk, said, written)
        if not isinstance(parent, RisesPage):
            desk.shell.push(RisesPage(desk))

    dialog.saved.connect(done)
    dialog.open()


def _index_of(scope: object) -> str:
    return scope[1] if isinstance(scope, tuple) and scope[0] == "index" else ""


def _ids(book: Book, scope: object, chosen: Sequence[int]) -> Sequence[int]:
    kind, key = scope if isinstance(scope, tuple) else ("all", "")
    match kind:
        case "chosen":
            return chosen
        case "index":
            return indexed(book, index_name=key)
        case "segment":
            return indexed(book, segment_id=int(key))
    return indexed(book)


def _rise(values: dict[str, object]) -> Rise:
    percent, old, new, name = values["percent"], values["old_index"], values["new_index"], str(values["name"] or "")
    if isinstance(percent, Decimal):
        return by_percent(percent, name)
    if not isinstance(old, Decimal) or not isinstance(new, Decimal):
        raise ValidationError({"percent": _("By how much do they rise? Give a percentage, or two index figures.")})
    try:
        return by_index(old, new, name)
    except ValueError:
        raise ValidationError({"old_index": _("An index figure is above 0.")}) from None
