"""`invoices`, `show`, `render`: issued documents."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands
from desktop.cli.call import Call
from desktop.cli.progress import Stopped
from desktop.cli.tables import pairs, table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text, money_text, ngettext, number_text, percent_text

if TYPE_CHECKING:
    from desktop.services.trail import Trail, TrailLine

_STATUSES = {
    "open": "open",
    "overdue": "overdue",
    "partly_paid": "partly",
    "paid": "paid",
    "disputed": "disputed",
    "written_off": "written_off",
    "credited": "credited",
    "unapplied": "unapplied",
    "applied": "applied",
}
# A line may have counted thousands; --json gives them all.
_MOST_RECORDS = 20
_FORMATS = ("pdf", "facturx", "xrechnung", "xrechnung-ubl", "ubl", "peppol")


def add(commands: Commands) -> None:
    invoices = commands.add("invoices", _invoices, _("list issued documents"))
    invoices.add_argument("--status", choices=_STATUSES, metavar="S", help=", ".join(_STATUSES))
    invoices.add_argument("--run", dest="run_number", metavar="RUN", help=_("only of this run"))
    invoices.add_argument("--client", metavar="CODE", help=_("only of this client"))

    show = commands.add("show", _show, _("one document whole, each line with its sources"))
    show.add_argument("number", metavar="NUMBER")

    render = commands.add("render", _render, _("write issued documents as PDF or e-invoice"))
    which = render.add_mutually_exclusive_group(required=True)
    which.add_argument("--run", dest="run_number", metavar="RUN", help=_("all documents of this run"))
    which.add_argument("--invoice", nargs="+", action="extend", default=[], metavar="NUMBER")
    render.add_argument("--to", required=True, metavar="DIR", help=_("the folder; it is made"))
    render.add_argument(
        "--format",
        choices=_FORMATS,
        default="pdf",
        help=_(
            "pdf: paper for archives (PDF/A-3); facturx: the same with its e-invoice inside; xrechnung, xrechnung-ubl: "
            "for German authorities; ubl or peppol: Peppol BIS Billing 3. What cannot be an e-invoice is named and "
            "left out, and the command ends with 1"
        ),
    )


def _invoices(call: Call) -> None:
    from desktop.services.clients import client_id
    from desktop.services.lists.invoices import InvoiceList
    from desktop.services.runs import result

    arguments = call.arguments
    with call.book() as book:
        filters = set()
        if arguments.status:
            filters.add(_STATUSES[arguments.status])
        if arguments.run_number:
            result(book, arguments.run_number)
            filters.add(f"run:{arguments.run_number}")
        if arguments.client:
            filters.add(f"client:{client_id(book, arguments.client)}")
        listed = InvoiceList(book, call.today)
        ids = listed.ids("", frozenset(filters), "issue_date", False)
        found = listed.rows(ids)
    # An overdue invoice may be disputed as well: what is asked for is the one word that each row shows.
    wanted = arguments.status
    rows: list[Any] = [found[number] for number in ids if wanted in (None, found[number]["status"])]

    def amount(row: Any, name: str) -> str:
        return major_text(row[name], row["currency"])

    data = [
        {
            "number": row["number"],
            "kind": row["kind"],
            "client": row["client_code"],
            "issue_date": row["issue_date"],
            "due_date": row["due_date"],
            "currency": row["currency"],
            "net": amount(row, "net"),
            "tax": amount(row, "tax"),
            "gross": amount(row, "gross"),
            "open": amount(row, "open"),
            "status": row["status"],
            "run": row["run"] or None,
        }
        for row in rows
    ]

    def text() -> str:
        return table(
            [
                _("Number"),
                _("Kind"),
                _("Client"),
                _("Date"),
                _("Due"),
                ">" + _("Gross"),
                ">" + _("Open"),
                "",
                _("Status"),
            ],
            [
                [
                    row["number"],
                    row["kind"],
                    row["client_code"],
                    date_text(row["issue_date"]),
                    date_text(row["due_date"]),
                    amount_text(row["gross"], row["currency"]),
                    amount_text(row["open"], row["currency"]),
                    row["currency"],
                    row["status"],
                ]
                for row in rows
            ],
            empty=_("There are no such documents."),
        )

    call.answer({"invoices": data}, text)


def _show(call: Call) -> None:
    from desktop.services.trail import trail

    with call.book() as book:
        found = trail(book, call.arguments.number)
    call.answer(_trail_data(found), lambda: _trail_text(found))


_MONEY = ("net", "tax", "gross", "prepaid", "rounding", "payable")
_FIRM = ("firm_net", "firm_tax", "firm_gross")


def _trail_data(found: Trail) -> dict[str, Any]:
    head = dict(found.head)
    currency = head["currency"]

    def money(minor: int) -> str:
        return major_text(minor, currency)

    for name in _MONEY:
        head[name] = money(head[name])
    for name in _FIRM:
        head[name] = None if head[name] is None else major_text(head[name], head["firm_currency"])
    taxed = head["tax_in_tax_currency"]
    head["tax_in_tax_currency"] = None if taxed is None else major_text(taxed, head["tax_currency"])
    data = head | {
        "seller": found.seller,
        "buyer": found.buyer,
        "lines": [_line_data(line, currency) for line in found.lines],
        "taxes": [asdict(tax) | {"basis": money(tax.basis), "tax": money(tax.tax)} for tax in found.taxes],
        "due": [
            {
                "number": one.name,
                "date": one.due,
                "amount": money(one.amount),
                "open": money(one.open),
                "in_plan": money(one.taken_over),
                "plan": one.plan,
                "plan_ended": one.ended,
            }
            for one in found.due
        ],
        "settled": [asdict(one) | {"amount": money(one.amount)} for one in found.settled],
        "findings": [asdict(one) for one in found.findings],
        "journal": [asdict(one) | {"amount": money(one.amount)} for one in found.journal],
    }
    return _with_texts(data)


def _line_data(line: TrailLine, currency: str) -> dict[str, Any]:
    data = asdict(line)
    for name in ("allowance", "charge", "net"):
        data[name] = major_text(data[name], currency)
    for source in data["sources"]:
        source["amount"] = major_text(source["amount"], currency)
    return data


def _with_texts(value: Any) -> Any:
    """Decimals as plain text, whatever they stand in."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {name: _with_texts(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_with_texts(one) for one in value]
    return value


def _trail_text(found: Trail) -> str:
    head = found.head
    currency = head["currency"]
    facts = [
        (_("Number"), f"{head['number']} ({head['kind']})"),
        (_("Client"), f"{head['client']} {found.buyer.get('name', '')}"),
        (_("Date"), date_text(head["issue_date"])),
        (_("Due"), date_text(head["due_date"])),
        (_("Run"), head["run"]),
        (_("Corrects"), head["corrects"]),
        (_("PO number"), head["po_number"]),
        (_("Reason"), head["reason"]),
    ]
    parts = [pairs((name, value) for name, value in facts if value)]
    parts.append("\n".join(_line_text(line, currency) for line in found.lines))
    sums = [[_("Net"), "", amount_text(head["net"], currency)]]
    for tax in found.taxes:
        basis = _("on {basis}").format(basis=amount_text(tax.basis, currency))
        sums.append([f"{tax.name or tax.category} {percent_text(tax.rate)}", basis, amount_text(tax.tax, currency)])
    if head["rounding"]:
        sums.append([_("Rounding"), "", amount_text(head["rounding"], currency)])
    sums.append([_("Payable"), currency, amount_text(head["payable"], currency)])
    parts.append(table([_("Total"), "", ">"], sums))
    if len(found.due) > 1:
        parts.append(_due_text(found))
    parts.append(
        table(
            [_("Settled on"), _("By"), "", ">" + _("Amount")],
            [[date_text(one.dated), one.kind, one.number, amount_text(one.amount, currency)] for one in found.settled],
        )
    )
    parts.append(
        "\n".join(
            _("Approved by {person}: {finding} {note}").format(
                person=one.decided_by, finding=one.message, note=one.note
            )
            for one in found.findings
            if one.approved
        )
    )
    return "\n\n".join(part for part in parts if part)


def _due_text(found: Trail) -> str:
    """Each instalment, and what became of those that a payment plan took over."""
    rows = []
    for one in found.due:
        currency = found.head["currency"]
        note = ""
        if one.plan is not None:
            note = _("by the plan of {day}").format(day=date_text(one.plan))
            if one.ended is not None:
                note = _("by the plan of {day}, called off").format(day=date_text(one.plan))
        elif one.taken_over:
            note = _("{amount} in a payment plan").format(amount=amount_text(one.taken_over, currency))
        rows.append(
            [one.name, date_text(one.due), amount_text(one.amount, currency), amount_text(one.open, currency), note]
        )
    return table([_("Instalment"), _("Due"), ">" + _("Amount"), ">" + _("Open"), ""], rows)


def _line_text(line: TrailLine, currency: str) -> str:
    from desktop.services.project_trail import milestone_words

    figures = f"{number_text(line.quantity)} {line.unit} × {number_text(line.unit_price)}"
    if line.base_quantity != 1:
        figures += f" / {number_text(line.base_quantity)}"
    if line.allowance:
        figures += f" − {amount_text(line.allowance, currency)} ({line.allowance_reason})"
    first = f"{line.position}. {line.description}: {figures} = {money_text(line.net, currency)}"
    price = _("price: {source}").format(source=line.price_source or "–")
    if line.card is not None:
        price += " " + _("of {day}").format(day=date_text(line.card.valid_from))
    lines = [first, f"   {price}, {_('tax')}: {line.category} {percent_text(line.rate)} ({line.tax_code})"]
    for source in line.sources:
        told = milestone_words(source.detail) if source.kind == "milestone" else source.detail.values()
        said = ", ".join(str(value) for value in told)
        freed = " " + _("(freed by {number})").format(number=source.reversed_by) if source.reversed_by else ""
        lines.append(
            f"   ← {source.kind} {source.agreement} {source.start.isoformat()} – {source.end.isoformat()}: "
            f"{number_text(source.quantity)}, {amount_text(source.amount, currency)} {said}{freed}".rstrip()
        )
        for record in source.records[:_MOST_RECORDS]:
            span = f"{record.start.isoformat()} – {record.end.isoformat()}"
            lines.append(f"      ← {record.id} {span}: {number_text(record.quantity)} {record.note}".rstrip())
        left = len(source.records) - _MOST_RECORDS
        if left > 0:
            words = ngettext("and {count} more record", "and {count} more records", left)
            lines.append(f"      {words.format(count=number_text(left))}")
    return "\n".join(lines)


def _render(call: Call) -> int:
    from desktop.services.document_files import render

    arguments = call.arguments
    refused: list[tuple[str, UserError]] = []
    folder = call.path(arguments.to)
    try:
        with call.book() as book:
            written = render(
                book,
                folder,
                numbers=arguments.invoice,
                run=arguments.run_number or "",
                report=call.progress,
                form=arguments.format,
                refused=lambda number, why: refused.append((number, why)),
            )
    except Stopped as stopped:
        raise Stopped(
            _("Stopped. The files written until then are whole; do it again to write the others.")
        ) from stopped
    data = [{"number": one.number, "file": str(one.path), "sha256": one.sha256} for one in written]

    answer: dict[str, object] = {"documents": data}
    if refused:
        answer["refused"] = [
            {"number": number, "message": why.message, "remedy": why.remedy} for number, why in refused
        ]

    def text() -> str:
        if refused and not written:
            return ""
        words = ngettext("{count} file written to {folder}.", "{count} files written to {folder}.", len(written))
        return words.format(count=number_text(len(written)), folder=folder)

    call.answer(answer, text)
    for _number, why in refused:
        call.say(str(why))
    return 1 if refused else 0
