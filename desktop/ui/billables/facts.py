"""What is known of one billable, and the sentence that says what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from db.engine import Book
from desktop.i18n import _, date_text, money_text, number_text
from desktop.services.agreements import agreement
from desktop.services.lists.runs import run_id
from desktop.ui.billables.listing import BillableRows, hours_text
from desktop.ui.facts import Fact, Group
from desktop.ui.listing import Row


@dataclass(frozen=True)
class Known:
    """A row with what stands behind it: its agreement's title and whether that still bills, its run's id."""

    id: int
    row: Row
    title: str
    running: bool
    run_id: int | None


def known(book: Book, rows: BillableRows, one: int) -> Known | None:
    """None where it is gone."""
    row = rows.rows([one]).get(one)
    if row is None:
        return None
    owner: Mapping[str, object] = {}
    if isinstance(row["agreement_id"], int):
        owner = agreement(book, row["agreement_id"])
    run = str(row["run"])
    return Known(
        one,
        row,
        str(owner.get("title", "")),
        bool(owner.get("active", True)),
        run_id(book, run) if run and row["state"] == "draft" else None,
    )


def price_text(row: Row) -> str:
    price = row["unit_price"]
    return "" if price is None else f"{row['currency']} {number_text(Decimal(str(price)))}"


def amount_text(row: Row) -> str:
    amount = row["amount"]
    return money_text(amount, str(row["currency"])) if isinstance(amount, int) else ""


def day_of(row: Row) -> date:
    return date.fromisoformat(str(row["day"]))


def groups(found: Known, go: Callable[..., object], show_run: Callable[[], object]) -> list[Group]:
    row = found.row
    time = row["kind"] == "time"
    agreed, client = row["agreement_id"], row["client_id"]
    quantity = Decimal(str(row["quantity"]))
    owner = f"{row['agreement']} · {found.title}" if found.title else str(row["agreement"] or "")
    bills = [Fact(_("Invoice"), str(row["invoice"]), lambda: go("invoices", row["invoice_id"]))]
    if found.run_id is not None:
        bills.append(Fact(_("Run"), str(row["run"]), show_run))
    return [
        Group(
            "",
            [
                Fact(_("Client"), str(row["client"]), lambda: go("clients", client)),
                Fact(_("Agreement"), owner, (lambda: go("agreements", agreed)) if agreed is not None else None),
                Fact(_("Worked on") if time else _("Billable from"), date_text(day_of(row))),
                Fact(_("Person"), str(row["person"])),
            ],
        ),
        Group(
            "",
            [
                Fact(_("Item"), str(row["item"])),
                Fact(_("Hours") if time else _("Quantity"), hours_text(quantity) if time else number_text(quantity)),
                Fact(_("Rate") if time else _("Price"), price_text(row)),
                Fact(_("Priced by"), _priced_by(row)),
                Fact(_("Amount"), amount_text(row)),
            ],
        ),
        Group(_("Text"), [Fact("", str(row["text"]) if row["text"] != row["item"] else "")]),
        Group(_("Billed on") if row["invoice"] else _("In review"), bills),
    ]


def _priced_by(row: Row) -> str:
    if row["unit_price"] is None or row["state"] == "billed":
        return ""
    if row["own_price"]:
        return _("its own rate") if row["kind"] == "time" else _("its own price")
    return _("the agreement, else the rate card") if row["agreement_id"] is not None else _("the rate card")


def reason(found: Known, today: date) -> str:
    """What becomes of it, or why no run bills it and what to do about that."""
    row = found.row
    code = str(row["agreement"])
    match row["tag"]:
        case "billed":
            return _("Billed on {invoice}, so it stays as it is. A credit note can free it.").format(
                invoice=row["invoice"]
            )
        case "reserved":
            return _("On a draft of run {run}. Once it is changed, the run checks that draft again.").format(
                run=row["run"]
            )
        case "not_billable":
            return _("Kept for your records: no run bills it.")
        case "no_agreement":
            return _("No run bills it: hours are billed by an agreement. Choose one of the client’s.")
        case "no_price":
            return _no_price(row)
    if not found.running:
        return _("No run bills it: agreement {code} is switched off.").format(code=code)
    if row["kind"] == "deposit":
        said = _("The next run asks for it on a deposit invoice of its own.")
    elif code and row["agreement_id"] is not None:
        said = _("The next run bills it with agreement {code}.").format(code=code)
    else:
        said = _("The next run bills it to the client, on an invoice outside any agreement.")
    if day_of(row) > today:
        said += " " + _("It has to reach {day} or later.").format(day=date_text(day_of(row)))
    return said


def _no_price(row: Row) -> str:
    if row["kind"] != "time":
        return _("Nothing prices it: it names no price, and the rate card has none for the item. Enter one.")
    if row["item"]:
        return _(
            "Runs leave it unbilled: it has no rate of its own, the agreement has none, and the rate card "
            "has none for {item}. Enter a rate here or there."
        ).format(item=row["item"])
    return _("Runs leave it unbilled: it has no rate of its own, and without an item no card gives one. Enter either.")
