"""The story of a document: from its total to its lines, and from these to price, tax and source rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _, date_text, money_text, number_text, percent_text
from desktop.services.project_trail import milestone_words
from desktop.services.trail import Source, Trail, TrailLine, trail
from desktop.ui.desk import Desk
from desktop.ui.invoices.listing import kind_word
from desktop.ui.theme import Theme

_SIZE = (860, 620)
_WHAT_WIDTH, _AMOUNT_WIDTH = 280, 120


@dataclass
class Step:
    """One step of the way: what it is, how it comes about, and its amount; below it what it is made of."""

    what: str
    how: str = ""
    amount: str = ""
    below: list[Step] = field(default_factory=list)
    open: bool = True

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The step and all below it as text."""
        yield "  " * depth + "\t".join(part for part in (self.what, self.how, self.amount) if part)
        for one in self.below:
            yield from one.lines(depth + 1)


def show_story(desk: Desk, parent: QWidget, number: str) -> None:
    """Ask the book for the whole way and show it."""
    desk.shell.jobs.ask(lambda: trail(desk.book, number), lambda found: _show(desk, parent, found))


def _show(desk: Desk, parent: QWidget, found: object) -> None:
    assert isinstance(found, Trail)
    StoryDialog(desk.shell.theme, parent, found).open()


class StoryDialog(QDialog):
    """A tree that opens at the total; Ctrl+C copies the step with the focus and all below it."""

    def __init__(self, theme: Theme, parent: QWidget, found: Trail) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        head = found.head
        self.setWindowTitle(_("The story of {number}").format(number=head["number"]))
        self.steps = story(found)
        title = QLabel(f"{kind_word(head['kind'])} {head['number']}", textFormat=Qt.TextFormat.PlainText)
        title.setProperty("role", "title")
        facts = QLabel(_facts(found), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        facts.setProperty("role", "secondary")
        self.tree = QTreeWidget()
        self.tree.setColumnCount(3)
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName(self.windowTitle())
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for section, width in ((0, _WHAT_WIDTH), (2, _AMOUNT_WIDTH)):
            header.resizeSection(section, theme.px(width))
        self._theme = theme
        self._of: dict[int, Step] = {}
        for step in self.steps:
            self._add(self.tree.invisibleRootItem(), step, 0)
        first = self.tree.topLevelItem(0)
        if first is not None:
            self.tree.setCurrentItem(first)
        QShortcut(
            QKeySequence.StandardKey.Copy, self.tree, context=Qt.ShortcutContext.WidgetShortcut
        ).activated.connect(self.copy)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(8, 8, 8, 8)
        inside.addWidget(self.tree)
        buttons = QDialogButtonBox()
        buttons.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(facts)
        layout.addWidget(card, 1)
        layout.addWidget(buttons)
        self.resize(theme.px(_SIZE[0]), theme.px(_SIZE[1]))

    def copy(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            QGuiApplication.clipboard().setText("\n".join(self._of[id(item)].lines()))

    def _add(self, parent: QTreeWidgetItem, step: Step, depth: int) -> None:
        item = QTreeWidgetItem(parent, [step.what, step.how, step.amount])
        self._of[id(item)] = step
        item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setFont(2, self._theme.font("body", figures=True))
        item.setForeground(1, self._theme.color("secondary"))
        if depth == 0:
            item.setFont(0, self._theme.font("body", strong=True))
            item.setFont(2, self._theme.font("body", strong=True, figures=True))
        for column in (0, 1):
            item.setToolTip(column, item.text(column))
        for one in step.below:
            self._add(item, one, depth + 1)
        item.setExpanded(step.open)


def _facts(found: Trail) -> str:
    head = found.head
    parts = [
        str(found.buyer.get("name", head["client"])),
        _("issued {day}").format(day=date_text(head["issue_date"])),
    ]
    if head["run"]:
        parts.append(_("run {number}").format(number=head["run"]))
    parts.append(_("by {person}").format(person=head["actor"]))
    return " · ".join(parts)


def story(found: Trail) -> list[Step]:
    """The way as steps: the total, what stood against it in review, what settled it, how it was booked."""
    head, currency = found.head, found.head["currency"]

    def money(minor: int) -> str:
        return money_text(minor, currency)

    total = Step(_("Payable"), "", money(head["payable"]), [_net(found), *_taxes(found)])
    if head["reason"]:
        total.below.append(Step(_("Reason"), head["reason"]))
    if head["prepaid"]:
        total.below.append(Step(_("Paid before"), "", money(-head["prepaid"])))
    if head["rounding"]:
        total.below.append(Step(_("Rounding"), "", money(head["rounding"])))
    if head["tax_currency"]:
        told = money_text(head["tax_in_tax_currency"], head["tax_currency"])
        total.below.append(Step(_("Tax told in {currency}").format(currency=head["tax_currency"]), "", told))
    if head["firm_rate"] is not None and head["firm_currency"] != currency:
        rate = _("at {rate} {own} for one {other}").format(
            rate=number_text(head["firm_rate"]), own=head["firm_currency"], other=currency
        )
        total.below.append(Step(_("In your books"), rate, money_text(head["firm_gross"], head["firm_currency"])))
    return [step for step in (total, _review(found), _settled(found), _journal(found)) if step is not None]


def _net(found: Trail) -> Step:
    head = found.head
    how = _("sum of {count} lines").format(count=number_text(len(found.lines)))
    lines = [_line(line, head["currency"]) for line in found.lines]
    return Step(_("Net"), how if len(lines) > 1 else "", money_text(head["net"], head["currency"]), lines)


def _taxes(found: Trail) -> Iterator[Step]:
    currency = found.head["currency"]
    for tax in found.taxes:
        how = _("{rate} of {basis}, rounded once").format(
            rate=percent_text(tax.rate), basis=money_text(tax.basis, currency)
        )
        yield Step(
            tax.name or _("Tax {category}").format(category=tax.category),
            tax.exemption or how,
            money_text(tax.tax, currency),
        )


def _line(line: TrailLine, currency: str) -> Step:
    unit = f" {line.unit}" if line.unit else ""
    how = f"{number_text(line.quantity)}{unit} × {number_text(line.unit_price)}"
    if line.base_quantity != 1:
        how += " / " + number_text(line.base_quantity)
    if line.allowance:
        reason = f" ({line.allowance_reason})" if line.allowance_reason else ""
        how += f" − {money_text(line.allowance, currency)}{reason}"
    if line.charge:
        how += f" + {money_text(line.charge, currency)}"
    made = Step(f"{line.position}. {line.description}", how, money_text(line.net, currency), open=False)
    if line.start:
        made.below.append(Step(_("Service period"), _span(line.start, line.end)))
    if line.item:
        made.below.append(Step(_("Item"), line.item))
    if words := _price(line):
        made.below.append(Step(_("Price"), words))
    made.below.append(Step(_("Tax"), " ".join((line.category, percent_text(line.rate), line.tax_code)).strip()))
    if line.deducts:
        made.below.append(Step(_("Deducts"), line.deducts))
    made.below += [_source(source, currency) for source in line.sources]
    return made


def _price(line: TrailLine) -> str:
    words = {
        "agreed": _("the agreement’s own"),
        "entry": _("the entry’s own rate"),
        "list": _("list price of the catalogue"),
        "hand": _("typed by hand"),
        "discount": _("a discount as entered"),
    }
    if line.price_source not in ("card", "client"):
        return words.get(line.price_source, "")
    if line.card is None:
        return _("of a line of the rate card that is gone since")
    card = line.card
    whose = _("the client’s rate card") if card.client else _("the rate card")
    said = _("{card}, from {day}").format(card=whose, day=date_text(card.valid_from))
    if card.up_to is not None:
        said += ", " + _("tier up to {quantity}").format(quantity=number_text(card.up_to))
    return said


def _source(source: Source, currency: str) -> Step:
    detail = [str(source.detail[name]) for name in ("person", "description", "note") if source.detail.get(name)]
    own_id = source.detail.get("entry") or source.detail.get("charge") or ""
    if source.kind == "time":
        what = _("Hours of {day}").format(day=date_text(source.start))
    elif source.kind == "one_off":
        what = _("Charge of {day}").format(day=date_text(source.start))
    elif source.kind == "milestone":
        what = _("Milestone done on {day}").format(day=date_text(source.start))
        detail = milestone_words(source.detail)
    else:
        what = _("Agreement {code}").format(code=source.agreement)
        detail.insert(0, _span(source.start, source.end))
    how = " · ".join(part for part in (number_text(source.quantity), str(own_id), *detail) if part)
    if source.reversed_by:
        how += " · " + _("freed by {number}").format(number=source.reversed_by)
    return Step(what, how, money_text(source.amount, currency))


def _review(found: Trail) -> Step | None:
    if not found.findings:
        return None
    below = []
    for one in found.findings:
        how = ""
        if one.approved:
            how = _("approved by {person}").format(person=one.decided_by) + (f": {one.note}" if one.note else "")
        below.append(Step(one.message, how))
    return Step(_("Review"), _("what was found before it was issued"), "", below)


def _settled(found: Trail) -> Step | None:
    currency = found.head["currency"]
    words = {
        "payment": _("Payment"),
        "credit": _("Credit note"),
        "discount": _("Early-payment discount"),
        "write_off": _("Write-off"),
    }
    below = [
        Step(
            f"{words.get(one.kind, one.kind)} {one.number}".strip(),
            date_text(one.dated),
            money_text(one.amount, currency),
        )
        for one in found.settled
    ]
    for part in found.due:
        how = _("due {day}").format(day=date_text(part.due))
        if len(found.due) > 1:
            how = f"{part.name} · {how}"
        if part.plan is not None:
            how += " · " + _("plan of {day}").format(day=date_text(part.plan))
        if part.plan is None and part.taken_over:
            below.append(Step(_("In a payment plan"), how, money_text(part.taken_over, currency)))
        if part.open:
            below.append(Step(_("Open"), how, money_text(part.open, currency)))
    return Step(_("Settled"), "", "", below) if below else None


def _journal(found: Trail) -> Step | None:
    if not found.journal:
        return None
    below = [
        Step(
            one.role.replace("_", " ").capitalize(),
            date_text(one.booked_on),
            money_text(one.amount, found.head["currency"]),
        )
        for one in found.journal
    ]
    return Step(_("Journal"), _("debit positive, credit negative"), "", below, open=False)


def _span(start: date, end: date | None) -> str:
    """A half-open span as people say it, first and last day."""
    last = end - timedelta(days=1) if end else None
    if last is None or last == start:
        return date_text(start)
    return f"{date_text(start)} – {date_text(last)}"
