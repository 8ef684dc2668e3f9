"""`bill`, `resume`, `explain`, `discard`: one run from end to end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, Parser, day
from desktop.cli.call import Call
from desktop.cli.progress import Stopped
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, money_text, ngettext

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.runs import BillResult, Scope


def add(commands: Commands) -> None:
    bill = commands.add("bill", _bill, _("one run: bill everything that is due"), writes=True)
    bill.add_argument(
        "--through", type=day, metavar="DATE", help=_("bill what is due up to this day; by default today")
    )
    bill.add_argument("--issue-date", type=day, metavar="DATE", help=_("the invoices' date; by default today"))
    for name, metavar, text in (
        ("segment", "NAME", _("only agreements of this segment")),
        ("client", "CODE", _("only this client")),
        ("billing", "TYPE", _("only agreements of this type: recurring, time, fixed or hybrid")),
        ("agreement", "CODE", _("only this agreement")),
    ):
        bill.add_argument(f"--{name}", action="append", default=[], metavar=metavar, help=text)
    bill.add_argument("--preview", action="store_true", help=_("tell what the run would do and write nothing"))
    _add_render(bill)

    resume = commands.add("resume", _resume, _("issue what a run left or what was released since"), writes=True)
    resume.add_argument("run_number", metavar="RUN")
    _add_render(resume)

    explain = commands.add("explain", _explain, _("what a run did with everyone, and why"))
    explain.add_argument("run_number", metavar="RUN")
    explain.add_argument("--client", metavar="CODE", help=_("only this client"))

    discard = commands.add("discard", _discard, _("give up what a run has not issued; it is due again"), writes=True)
    discard.add_argument("run_number", metavar="RUN")


def _add_render(parser: Parser) -> None:
    parser.add_argument("--render", metavar="DIR", help=_("also write the PDFs into this folder"))


def _bill(call: Call) -> int:
    from desktop.services import runs

    arguments = call.arguments
    through = arguments.through or call.today
    issue_date = arguments.issue_date or call.today
    with call.book() as book:
        if arguments.preview:
            result = runs.preview(
                book, through=through, issue_date=issue_date, scope=_scope(arguments), report=call.progress
            )
            return _tell(call, book, result, preview=True)
        with _resumable(call, book):
            result = runs.bill(
                book,
                through=through,
                issue_date=issue_date,
                scope=_scope(arguments),
                actor=call.actor,
                now=call.now,
                report=call.progress,
            )
        return _tell(call, book, result)


def _resume(call: Call) -> int:
    from desktop.services import runs

    with call.book() as book:
        with _resumable(call, book):
            _look_again(call, book)
            result = runs.resume(book, call.arguments.run_number, actor=call.actor, now=call.now, report=call.progress)
        return _tell(call, book, result)


def _look_again(call: Call, book: Book) -> None:
    """What was blocked and is mended by now is free: nobody could have approved it."""
    from desktop.services import runs

    rows = runs.exceptions(book, call.arguments.run_number)
    blocked = list(dict.fromkeys(row.draft_id for row in rows if row.severity == "block"))
    if blocked:
        runs.look_again(book, blocked, actor=call.actor)


def _scope(arguments: Any) -> Scope:
    from desktop.services.runs import Scope

    return Scope(arguments.segment, arguments.client, arguments.billing, arguments.agreement)


@contextmanager
def _resumable(call: Call, book: Book) -> Iterator[None]:
    """Says after a stop what is safe and how to go on."""
    try:
        yield
    except Stopped as stopped:
        from desktop.services import runs

        waiting = runs.interrupted(book)
        if waiting:
            issued = len(runs.result(book, waiting[-1]).invoices)
            text = ngettext(
                "Stopped. {count} invoice of run {run} is issued and safe; the rest is still to do: {command}",
                "Stopped. {count} invoices of run {run} are issued and safe; the rest is still to do: {command}",
                issued,
            )
            command = f"sheaf resume {call.arguments.book} {waiting[-1]}"
            raise Stopped(text.format(count=issued, run=waiting[-1], command=command)) from stopped
        raise


def _tell(call: Call, book: Book, result: BillResult, *, preview: bool = False) -> int:
    seconds = asdict(result.seconds)
    written = 0
    refused = ""
    if call.arguments.render and not preview:
        began = time.perf_counter()
        try:
            written = _render(call, book, result.run)
        except UserError as error:
            # The run is done all the same, and its figures must not be lost with its papers.
            safe = _("All invoices of run {run} are issued and safe; write their PDFs with: {command}")
            refused = f"{error} " + safe.format(run=result.run, command=_render_command(call, result.run))
        seconds["render"] = time.perf_counter() - began
    data = {
        "run": result.run or None,
        "outcomes": result.outcomes,
        # Clients with charges outside any agreement have an outcome as well: the figures must add up.
        "agreements": sum(result.outcomes.values()),
        "invoices": len(result.invoices),
        "totals": {currency: major_text(minor, currency) for currency, minor in result.totals.items()},
        "documents": written,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
    }
    call.answer(data, lambda: _text(result, written, preview=preview) + _lacking(call, book, result))
    if refused:
        call.say(refused)
    return 1 if refused else 0


def _lacking(call: Call, book: Book, result: BillResult) -> str:
    """Papers that the law or the payer will send back are better told of before the post does."""
    from desktop.services.firm import lacking

    missing = lacking(book) if any(result.outcomes[name] for name in ("issued", "held")) else []
    if not missing:
        return ""
    keys = ", ".join("bank.iban" if name == "iban" else f"firm.{name}" for name in missing)
    return "\n" + _("Your invoices lack {keys}. Set each with: sheaf settings {book} KEY VALUE").format(
        keys=keys, book=call.arguments.book
    )


def _render_command(call: Call, run: str) -> str:
    return f"sheaf render {call.arguments.book} --run {run} --to {call.arguments.render}"


def _render(call: Call, book: Book, run: str) -> int:
    from desktop.services.document_files import render

    folder = call.path(call.arguments.render)
    try:
        return len(render(book, folder, run=run, report=call.progress))
    except Stopped as stopped:
        text = _(
            "Stopped while the PDFs were written; all invoices of run {run} are issued and safe. Write the PDFs with: "
            "{command}"
        )
        raise Stopped(text.format(run=run, command=_render_command(call, run))) from stopped


def _text(result: BillResult, written: int, *, preview: bool) -> str:
    words = {
        "issued": _("would be issued") if preview else _("issued"),
        "held": _("would be held") if preview else _("held"),
        "skipped": _("would be skipped") if preview else _("skipped"),
        "failed": _("failed"),
    }
    counts = ", ".join(f"{result.outcomes[name]:,} {word}" for name, word in words.items() if result.outcomes[name])
    head = _("Nothing was written.") if preview else _("Run {run}.").format(run=result.run)
    who = ngettext("{count} agreement", "{count} agreements", result.agreements).format(count=f"{result.agreements:,}")
    if alone := sum(result.outcomes.values()) - result.agreements:
        who += ngettext(
            " and {count} invoice outside any agreement", " and {count} invoices outside any agreement", alone
        ).format(count=f"{alone:,}")
    lines = [f"{head} {who}: {counts or _('nothing was due')}."]
    for currency, minor in result.totals.items():
        lines.append(f"  {money_text(minor, currency)}")
    if written:
        lines.append(ngettext("{count} PDF written.", "{count} PDFs written.", written).format(count=f"{written:,}"))
    if result.outcomes["issued"] and not preview:
        lines.append(
            _("What is issued waits in the outbox; e-mails go with: sheaf send BOOK --run {run}").format(run=result.run)
        )
    if result.outcomes["held"] and not preview:
        lines.append(_("What is held: sheaf exceptions BOOK --run {run}").format(run=result.run))
    return "\n".join(lines)


def _explain(call: Call) -> None:
    from desktop.services import runs

    with call.book() as book:
        rows = runs.explain(book, call.arguments.run_number, call.arguments.client)
    data = [
        {
            "agreement": row.agreement or None,
            "client": row.client,
            "outcome": row.outcome,
            "reason": row.reason,
            "findings": [asdict(finding) for finding in row.findings],
            "invoice": row.invoice or None,
        }
        for row in rows
    ]

    def text() -> str:
        return table(
            [_("Client"), _("Agreement"), _("Outcome"), _("Invoice"), ">" + _("Net"), "", _("Reason")],
            [
                [
                    row.client,
                    row.agreement,
                    row.outcome,
                    row.invoice,
                    amount_text(row.amount, row.currency) if row.amount is not None else "",
                    row.currency,
                    row.reason,
                ]
                for row in rows
            ],
            empty=_("The run took in nobody."),
        )

    call.answer({"outcomes": data}, text)


def _discard(call: Call) -> None:
    from desktop.services import runs

    with call.book() as book:
        count = runs.discard_run(book, call.arguments.run_number, actor=call.actor, now=call.now)
    call.answer(
        {"changed": count},
        lambda: ngettext("{count} draft given up.", "{count} drafts given up.", count).format(count=count),
    )
