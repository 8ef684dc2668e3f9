"""What is known of one agreement, read by a worker and set in groups for the pane at the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from db.engine import Book
from desktop.domain.billing.outlook import Upcoming
from desktop.i18n import _, date_text, money_text, number_text, percent_text
from desktop.services.agreement_history import LineChange, line_changes
from desktop.services.agreement_outlook import outlook
from desktop.services.agreements import agreement
from desktop.services.catalogue import items
from desktop.services.commitments import CommitmentState, commitments, prepayments
from desktop.services.files import stored_file
from desktop.services.lists.agreements import AgreementList
from desktop.services.meters import Meter, meters
from desktop.services.projects import Position, position
from desktop.services.segments import Inherited, inherited
from desktop.ui.agreements.meters import meter_groups
from desktop.ui.agreements.words import (
    alignments,
    billings,
    cadence_text,
    deposit_rules,
    groupings,
    notice_text,
    span_text,
    term_text,
)
from desktop.ui.choices import deliveries, terms_text, word_of
from desktop.ui.facts import Fact, Group
from desktop.ui.last_days import last_day
from desktop.ui.projects.words import groups as project_groups
from desktop.ui.projects.words import is_project


@dataclass(frozen=True)
class Known:
    """An agreement as its pane shows it; `contract` is the name of its file, empty without one."""

    id: int
    record: Mapping[str, Any]
    row: Mapping[str, Any]
    items: Mapping[int, str]
    settings: Mapping[str, Inherited]
    next: Sequence[Upcoming]
    changes: Sequence[LineChange]
    ahead: Sequence[Mapping[str, Any]]
    commitments: Sequence[CommitmentState]
    contract: str
    where: Position
    meters: Sequence[Meter]


def known(book: Book, agreement_id: int, today: date) -> Known:
    record = agreement(book, agreement_id)
    contract = stored_file(book, record["contract_id"]).name if record["contract_id"] is not None else ""
    return Known(
        agreement_id,
        record,
        AgreementList(book, today).rows([agreement_id])[agreement_id],
        {one["id"]: str(one["name"]) for one in items(book, archived=True)},
        inherited(book, agreement_id=agreement_id),
        outlook(book, agreement_id, today),
        line_changes(book, agreement_id),
        prepayments(book, agreement_id),
        commitments(book, agreement_id),
        contract,
        position(book, agreement_id, today),
        meters(book, agreement_id, today) if any(one["kind"] == "usage" for one in record["lines"]) else (),
    )


def reason(found: Known, today: date) -> str:
    """Why the agreement wears its tag, and what follows from it."""
    record = found.record
    match found.row["state"]:
        case "inactive":
            return _("Switched off: no run bills it, not even what is due.")
        case "paused":
            return _("Paused: the days of the pause are not billed.")
        case "trial":
            until = last_day(record["trial_until"])
            return _("On trial through {day}: those days are not billed.").format(day=date_text(until or today))
        case "ended":
            return _("Ended; what was due until then can still be billed.")
        case "not_started":
            return _("It starts on {day}.").format(day=date_text(record["start_date"]))
    return ""


def groups(
    found: Known, go: Callable[..., object], open_contract: Callable[[], object], open_project: Callable[[], object]
) -> list[Group]:
    record = found.record
    client = Fact(_("Client"), str(record["client"]), lambda: go("clients", record["client_id"]))
    return [
        *_project(found, open_project),
        Group("", [client, *_billing(found)]),
        Group(_("Next"), [Fact(date_text(one.due), span_text(one.start, one.end)) for one in found.next]),
        *meter_groups(found.meters),
        Group(_("Lines"), _lines(found)),
        Group(_("Prices agreed ahead"), _rises(found)),
        Group(_("Changes of lines"), _changes(found)),
        Group(_("Dates"), _dates(record)),
        Group(_("Term"), _term(record)),
        Group(_("Agreed beside"), _beside(found)),
        Group(_("Purchase order"), _order(found)),
        Group(_("Limits"), _limits(record)),
        Group(_("Contract"), _contract(found, open_contract)),
        Group(_("Note"), [Fact("", str(record["note"]))]),
    ]


def _project(found: Known, open_project: Callable[[], object]) -> list[Group]:
    if not is_project(found.where):
        return []
    (group,) = project_groups(found.where)
    return [Group(group.title, [*group.facts, Fact("", _("Milestones and changes"), open_project)])]


def _billing(found: Known) -> list[Fact]:
    record, row = found.record, found.row
    amount = row["amount"]
    terms, delivery = found.settings["terms"], found.settings["delivery"]
    recurs = record["billing"] in ("recurring", "hybrid")
    return [
        Fact(_("Kind"), word_of(billings(), record["billing"])),
        Fact(_("Billed"), cadence_text(row)),
        Fact(_("Days"), word_of(alignments(), record["alignment"]) if recurs else ""),
        Fact(_("A period"), money_text(amount, str(row["currency"])) if amount is not None else ""),
        Fact(_("Terms"), _sourced(terms_text(terms.value), terms.source)),
        Fact(_("Delivery"), _sourced(word_of(deliveries(), delivery.value), delivery.source)),
    ]


def _sourced(text: str, source: str) -> str:
    words = {"client": _("as the client"), "segment": _("as the segment"), "firm": _("as the firm")}
    return f"{text} ({words[source]})" if text and source in words else text


def _line_name(found: Known, line: Mapping[str, Any]) -> str:
    return str(line["description"] or found.items.get(line["item_id"], "") or _("Hours"))


def _lines(found: Known) -> list[Fact]:
    facts = []
    for line in found.record["lines"]:
        price = number_text(line["unit_price"]) if line["unit_price"] is not None else _("rate card")
        words = f"{number_text(line['quantity'])} × {price}"
        if line["kind"] == "time":
            words = (
                _("hours at {price}").format(price=price) if line["unit_price"] is not None else _("hours by the card")
            )
        if line["discount"]:
            words += f", {percent_text(-line['discount'] * 100)}"
        if line["start_date"] or line["end_date"]:
            words += "\n" + span_text(line["start_date"] or found.record["start_date"], line["end_date"])
        facts.append(Fact("", f"{_line_name(found, line)}\n{words}"))
    return facts


def _rises(found: Known) -> list[Fact]:
    return [
        Fact(
            date_text(rise["valid_from"]),
            "\n".join(
                filter(None, [f"{_line_name(found, line)}: {number_text(rise['unit_price'])}", str(rise["reason"])])
            ),
        )
        for line in found.record["lines"]
        for rise in line["price_changes"]
    ]


def _changes(found: Known) -> list[Fact]:
    facts = []
    for one in found.changes:
        old = _figures(one.old_quantity, one.old_price) if one.kind != "added" else ""
        new = _figures(one.new_quantity, one.new_price) if one.kind != "ended" else _("ended")
        words = f"{old} → {new}" if old else new
        why = ", ".join(filter(None, [one.reason, one.reference]))
        facts.append(Fact(date_text(one.dated), "\n".join(filter(None, [f"{one.text}: {words}", why, one.actor]))))
    return facts


def _figures(quantity: Decimal | None, price: Decimal | None) -> str:
    figure = number_text(quantity) if quantity is not None else ""
    return f"{figure} × {number_text(price) if price is not None else _('rate card')}"


def _term(record: Mapping[str, Any]) -> list[Fact]:
    def last(name: str) -> str:
        day = last_day(record[name])
        return date_text(day) if day is not None else ""

    cap = record["index_cap"]
    index = str(record["index_name"])
    if cap is not None:
        index = _("{index}, at most {cap}").format(index=index or _("Rises"), cap=percent_text(cap * 100))
    given = record["notice_given_on"]
    return [
        Fact(_("Through"), last("term_end") if record["renewal"] != "open" else ""),
        Fact(_("Then"), term_text(record)),
        Fact(_("Notice"), notice_text(record)),
        Fact(_("Given on"), date_text(given) if given else ""),
        Fact(_("At least to"), last("min_term_until")),
        Fact(_("Prices"), index),
        Fact(_("Unused"), _("days billed stay billed") if record["unused"] == "keep" else ""),
    ]


def _beside(found: Known) -> list[Fact]:
    currency = str(found.record["currency"])
    facts = []
    for one in found.ahead:
        words = [span_text(one["start_date"], one["end_date"])]
        words.append(_("billed on {day}").format(day=date_text(one["due_date"])))
        if one["discount"]:
            words.append(percent_text(-one["discount"] * 100))
        facts.append(Fact(_("Ahead"), "\n".join(words)))
    for least in found.commitments:
        spent = _("{spent} of {amount}").format(
            spent=money_text(least.spent, currency), amount=money_text(least.amount, currency)
        )
        words = [span_text(least.start, least.end), spent]
        if least.billed_by:
            words.append(_("the rest on {number}").format(number=least.billed_by))
        facts.append(Fact(_("At least"), "\n".join(words)))
    return facts


def _dates(record: Mapping[str, Any]) -> list[Fact]:
    def day(value: date | None) -> str:
        return date_text(value) if value is not None else ""

    pauses = [
        Fact(_("Pause"), "\n".join(filter(None, [span_text(one["start_date"], one["end_date"]), str(one["reason"])])))
        for one in record["pauses"]
    ]
    return [
        Fact(_("Starts"), day(record["start_date"])),
        Fact(_("Last day"), day(last_day(record["end_date"]))),
        Fact(_("Trial to"), day(last_day(record["trial_until"]))),
        Fact(_("Billed to"), day(last_day(record["billed_through"] or record["charged_through"]))),
        *pauses,
    ]


def _order(found: Known) -> list[Fact]:
    record, left = found.record, found.row["po_left"]
    return [
        Fact(_("Number"), str(record["po_number"])),
        Fact(_("Left"), money_text(left, str(record["currency"])) if left is not None else ""),
        Fact(_("Valid to"), date_text(record["po_expires"]) if record["po_expires"] else ""),
        Fact(_("Reference"), str(record["buyer_reference"])),
    ]


def _limits(record: Mapping[str, Any]) -> list[Fact]:
    hours = any(line["kind"] == "time" for line in record["lines"]) or record["billing"] in ("time", "hybrid")
    discount = percent_text(record["discount"] * 100) if record["discount"] else ""
    return [
        Fact(_("Discount"), f"{discount} {record['discount_reason']}".strip() if discount else ""),
        Fact(_("Cap"), money_text(record["cap"], str(record["currency"])) if record["cap"] is not None else ""),
        Fact(_("Hours"), word_of(groupings(), record["grouping"]) if hours else ""),
        Fact(_("Deposits"), word_of(deposit_rules(), record["deposits"]) if record["deposits"] != "next" else ""),
        Fact(_("Final"), _("its next invoice is the final one") if record["is_final"] else ""),
    ]


def _contract(found: Known, open_contract: Callable[[], object]) -> list[Fact]:
    if not found.contract:
        return [Fact("", _("None attached."))]
    signed = found.record["signed_on"]
    return [
        Fact(_("File"), found.contract, open_contract),
        Fact(_("Signed"), date_text(signed) if signed else _("no date noted")),
    ]
