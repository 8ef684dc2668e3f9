"""What is known of one billable, and the sentence that says what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from db.engine import Book
from desktop.i18n import _, date_text, money_text, number_text
from desktop.services.agreements import agreement
from desktop.services.lists.runs import run_id
from desktop.services.meters import Meter, MeterPeriod, meters
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
    meter: Meter | None = None
    period: MeterPeriod | None = None

    @property
    def threshold(self) -> int | None:
        return self.meter.threshold if self.meter else None


def known(book: Book, rows: BillableRows, one: int, today: date) -> Known | None:
    """None where it is gone."""
    row = rows.rows([one]).get(one)
    if row is None:
        return None
    owner: Mapping[str, object] = {}
    if isinstance(row["agreement_id"], int):
        owner = agreement(book, row["agreement_id"])
    run = str(row["run"])
    meter, period = _meter(book, row, today) if row["kind"] == "usage" else (None, None)
    return Known(
        one,
        row,
        str(owner.get("title", "")),
        bool(owner.get("active", True)),
        run_id(book, run) if run and row["state"] == "draft" else None,
        meter,
        period,
    )


def _meter(book: Book, row: Row, today: date) -> tuple[Meter | None, MeterPeriod | None]:
    """The meter that counted a record, and the period that it is in."""
    day, owner = day_of(row), row["agreement_id"]
    assert isinstance(owner, int)
    for meter in meters(book, owner, max(day, today)):
        if meter.item_id == row["item_id"]:
            for period in meter.periods:
                if period.start <= day < period.end:
                    return meter, period
    return None, None


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
                Fact(_day_label(str(row["kind"])), date_text(day_of(row))),
                Fact(_("Person"), str(row["person"])),
            ],
        ),
        Group(
            "",
            [
                Fact(_("Item"), str(row["item"])),
                Fact(_quantity_label(str(row["kind"])), hours_text(quantity) if time else number_text(quantity)),
                Fact(_("Rate") if time else _("Price"), price_text(row)),
                Fact(_("Priced by"), _priced_by(row)),
                Fact(_("Amount"), amount_text(row)),
            ],
        ),
        *_meter_groups(found),
        Group(_("Text"), [Fact("", str(row["text"]) if row["text"] != row["item"] else "")]),
        Group(_("Billed on") if row["invoice"] else _("In review"), bills),
    ]


def _day_label(kind: str) -> str:
    return {"time": _("Worked on"), "usage": _("Last day"), "milestone": _("Done on")}.get(kind, _("Billable from"))


def _quantity_label(kind: str) -> str:
    return {"time": _("Hours"), "usage": _("Units")}.get(kind, _("Quantity"))


def _meter_groups(found: Known) -> list[Group]:
    """The period of a record of use: what it counts so far, and what waits in it."""
    period, currency = found.period, str(found.row["currency"])
    if period is None:
        return []
    return [
        Group(
            _("Its period"),
            [
                Fact("", f"{date_text(period.start)} – {date_text(period.end - timedelta(days=1))}"),
                Fact(_("Billed"), number_text(period.billed) if period.billed else ""),
                Fact(_("Waits"), number_text(period.waiting)),
                Fact(_("Worth"), money_text(period.worth, currency) if period.priced else _("no price")),
            ],
        )
    ]


def _priced_by(row: Row) -> str:
    if row["unit_price"] is None or row["state"] == "billed" or row["kind"] in ("usage", "milestone"):
        return ""
    if row["own_price"]:
        return _("its own rate") if row["kind"] == "time" else _("its own price")
    return _("the agreement, else the rate card") if row["agreement_id"] is not None else _("the rate card")


def reason(found: Known, today: date) -> str:
    """What becomes of it, or why no run bills it and what to do about that."""
    row = found.row
    code = str(row["agreement"])
    if row["kind"] == "usage" and row["tag"] in ("unbilled", "late"):
        return _use_reason(found, today)
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


def _use_reason(found: Known, today: date) -> str:
    """When a run bills a record of use: with its period, which the meter's figures tell of."""
    row, period = found.row, found.period
    if not found.running:
        return _("No run bills it: agreement {code} is switched off.").format(code=row["agreement"])
    if period is None:
        return _(
            "No run bills it: agreement {code} does not bill this day. It lies before its start, after its end, in "
            "its trial or in a pause."
        ).format(code=row["agreement"])
    last = date_text(period.end - timedelta(days=1))
    if row["tag"] == "late":
        return _("It came after its period was billed: the next run bills it for that period, through {day}.").format(
            day=last
        )
    if period.over:
        return _("Its period is over: the next run bills it.")
    said = _("It is billed with its period, by a run through {day} or later.").format(day=last)
    if found.threshold is not None:
        said += " " + _("A run before bills it where what waits is worth {amount}; so far it is {worth}.").format(
            amount=money_text(found.threshold, str(row["currency"])),
            worth=money_text(period.worth, str(row["currency"])),
        )
    return said


def _no_price(row: Row) -> str:
    if row["kind"] == "milestone":
        return _("It is a share of the price, and {code} has no agreed sum: enter it at the agreement.").format(
            code=row["agreement"]
        )
    if row["kind"] != "time":
        return _("Nothing prices it: it names no price, and the rate card has none for the item. Enter one.")
    if row["item"]:
        return _(
            "Runs leave it unbilled: it has no rate of its own, the agreement has none, and the rate card "
            "has none for {item}. Enter a rate here or there."
        ).format(item=row["item"])
    return _("Runs leave it unbilled: it has no rate of its own, and without an item no card gives one. Enter either.")
