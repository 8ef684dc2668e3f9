"""`change`, `renewals`, `rises`, `milestones`: what happens to agreements while they run."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, amount, count, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text, money_text, ngettext, number_text, percent_text

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.change_preview import ChangePreview


def add(commands: Commands) -> None:
    change = commands.add("change", _change, _("change what a line of an agreement bills from a day on"), writes=True)
    change.add_argument("agreement", metavar="AGREEMENT", help=_("its code"))
    change.add_argument("line", metavar="ITEM", help=_("the item of the line that changes"))
    change.add_argument("--from", dest="dated", type=day, required=True, metavar="DATE", help=_("the first day"))
    change.add_argument("--quantity", type=amount, metavar="N")
    change.add_argument("--price", type=amount, metavar="AMOUNT", help=_("per unit; by default as it is"))
    change.add_argument("--item", metavar="ITEM", help=_("another item instead"))
    change.add_argument("--reason", required=True, metavar="TEXT")
    change.add_argument("--reference", default="", metavar="TEXT")
    change.add_argument("--preview", action="store_true", help=_("say what it would credit and charge, change nothing"))

    renewals = commands.add("renewals", _renewals, _("terms that end soon, and until when notice can be given"))
    renewals.add_argument("--within", type=count, default=120, metavar="DAYS", help=_("by default 120"))

    rises = commands.add("rises", _rises, _("propose prices from a day on, list them, decide on them"), writes=True)
    what = rises.add_mutually_exclusive_group()
    what.add_argument("--percent", type=amount, metavar="P", help=_("propose so many percent more for agreed prices"))
    what.add_argument("--approve", nargs="+", metavar="ID", help=_("as the list shows them, or `all`"))
    what.add_argument("--reject", nargs="+", metavar="ID", help=_("as the list shows them, or `all`"))
    rises.add_argument("--from", dest="dated", type=day, metavar="DATE", help=_("the first day of the new prices"))
    rises.add_argument("--index", default="", metavar="NAME", help=_("only agreements that follow this index"))
    rises.add_argument("--segment", metavar="NAME", help=_("only agreements of this segment"))

    steps = commands.add("milestones", _milestones, _("the milestones of an agreement; mark one as done"), writes=True)
    steps.add_argument("agreement", metavar="AGREEMENT", help=_("its code"))
    steps.add_argument("--done", metavar="NAME", help=_("mark this one as done"))
    steps.add_argument("--date", type=day, metavar="DATE", help=_("when it was done; by default today"))


def _days(count: int) -> str:
    return ngettext("{count} day", "{count} days", count).format(count=number_text(count))


def _change(call: Call) -> None:
    from desktop.services.agreement_changes import change_line
    from desktop.services.agreements import agreement_id, line_of_item
    from desktop.services.catalogue import item_id
    from desktop.services.change_preview import preview_changed

    said = call.arguments
    if said.quantity is None and said.price is None and said.item is None:
        raise UserError(_("Nothing would change."), _("Give --quantity, --price or --item."))
    given: dict[str, Any] = {"quantity": said.quantity} if said.quantity is not None else {}
    if said.price is not None:
        given["unit_price"] = said.price
    with call.book() as book:
        agreed = agreement_id(book, said.agreement)
        line = line_of_item(book, agreed, said.line, said.dated)
        if said.item is not None:
            given["item_id"] = item_id(book, said.item)
        seen = preview_changed(book, agreed, line, said.dated, today=call.today, **given)
        if not said.preview:
            told = {"reason": said.reason, "reference": said.reference, "actor": call.actor}
            change_line(book, agreed, line, said.dated, **given, **told)
    data = {
        "changed": not said.preview,
        "currency": seen.currency,
        "net": major_text(seen.net, seen.currency),
        "billed_through": seen.through,
        "lines": [
            {
                "text": one.text,
                "start": one.start,
                "end": one.end,
                "days": one.days,
                "whole_days": one.whole_days,
                "net": major_text(one.net, seen.currency),
                "credit": one.credit,
            }
            for one in seen.figures
        ],
    }
    call.answer(data, lambda: _seen_text(seen, said.agreement, said.dated, said.preview))


def _seen_text(seen: ChangePreview, code: str, dated: date, preview: bool) -> str:
    if preview:
        head = _("{code} would change on {day}.").format(code=code, day=date_text(dated))
    else:
        head = _("{code} changes on {day}.").format(code=code, day=date_text(dated))
    if not seen.figures:
        return head + " " + _("Nothing of what is billed so far is credited or charged for it.")
    rows = [
        [
            one.text,
            _("{days} of {whole}").format(days=one.days, whole=_days(one.whole_days)),
            amount_text(one.net, seen.currency),
        ]
        for one in seen.figures
    ]
    total = _("Net of the change: {amount}.").format(amount=money_text(seen.net, seen.currency))
    return "\n".join([head, table([_("Line"), _("Days"), ">" + seen.currency], rows), total])


def _renewals(call: Call) -> None:
    from desktop.services.renewals import renewals

    with call.book() as book:
        rows = renewals(book, call.today, call.arguments.within)
    data = [
        {
            "agreement": row.code,
            "client": row.client,
            "state": row.state,
            "term_last": row.term_last,
            "notice_by": row.notice_by,
            "a_year": None if row.a_year is None else major_text(row.a_year, row.currency),
            "currency": row.currency,
            "index": row.index_name,
        }
        for row in rows
    ]

    def text() -> str:
        if not rows:
            return _("No term ends within {days}.").format(days=_days(call.arguments.within))
        words = {"decide": _("decide"), "renews": _("renews"), "fixed": _("renews"), "ends": _("ends")}
        shown = [
            [
                row.code,
                row.client,
                words[row.state],
                date_text(row.term_last),
                date_text(row.notice_by) if row.notice_by else "",
                "" if row.a_year is None else money_text(row.a_year, row.currency),
            ]
            for row in rows
        ]
        heads = [_("Agreement"), _("Client"), "", _("Term through"), _("Notice by"), ">" + _("A year")]
        return table(heads, shown)

    call.answer({"renewals": data}, text)


def _rises(call: Call) -> None:
    said = call.arguments
    with call.book() as book:
        if said.percent is not None:
            _propose(call, book)
        elif said.approve or said.reject:
            _decide(call, book)
        else:
            _list(call, book)


def _propose(call: Call, book: Book) -> None:
    from desktop.domain.price_rises import by_percent
    from desktop.services.price_proposals import indexed, propose
    from desktop.services.segments import segment_id

    said = call.arguments
    if said.dated is None:
        raise UserError(_("From which day on?"), _("Give --from DATE."))
    segment = segment_id(book, said.segment) if said.segment else None
    chosen = indexed(book, index_name=said.index, segment_id=segment)
    made = propose(book, chosen, by_percent(said.percent, said.index), said.dated, actor=call.actor)
    data = {"proposed": made.proposed, "by_card": made.by_card, "same": made.same}
    call.answer(
        data,
        lambda: ngettext("{count} price is proposed.", "{count} prices are proposed.", made.proposed).format(
            count=number_text(made.proposed)
        ),
    )


def _decide(call: Call, book: Book) -> None:
    from desktop.services.price_proposals import approve_proposals, proposals, reject_proposals

    said = call.arguments
    named = said.approve or said.reject
    if named == ["all"]:
        ids = [one.id for one in proposals(book)]
    else:
        wrong = next((one for one in named if not one.isdecimal()), None)
        if wrong is not None:
            raise UserError(_("“{text}” is no number of the list.").format(text=wrong), _("See `sheaf rises BOOK`."))
        ids = [int(one) for one in named]
    if said.approve:
        done = approve_proposals(book, ids, actor=call.actor)
        words = ngettext("{count} price is approved.", "{count} prices are approved.", done)
    else:
        done = reject_proposals(book, ids, actor=call.actor)
        words = ngettext("{count} price stays as it is.", "{count} prices stay as they are.", done)
    call.answer({"changed": done}, lambda: words.format(count=number_text(done)))


def _list(call: Call, book: Book) -> None:
    from desktop.services.price_proposals import proposals

    rows = proposals(book)
    data = [
        {
            "id": row.id,
            "agreement": row.code,
            "client": row.client,
            "line": row.text,
            "from": row.valid_from,
            "currency": row.currency,
            "old": str(row.old_price),
            "new": str(row.new_price),
            "percent": str(row.percent),
            "a_year": None if row.a_year is None else major_text(row.a_year, row.currency),
        }
        for row in rows
    ]

    def text() -> str:
        if not rows:
            return _("No price waits for a decision. Propose some: sheaf rises BOOK --percent 3 --from 2027-01-01")
        heads = ["ID", _("Agreement"), _("Line"), _("From"), ">" + _("Old"), ">" + _("New"), ">%"]
        shown = [
            [
                str(row.id),
                row.code,
                row.text,
                date_text(row.valid_from),
                number_text(row.old_price),
                number_text(row.new_price),
                percent_text(row.percent),
            ]
            for row in rows
        ]
        return table(heads, shown)

    call.answer({"proposals": data}, text)


def _milestones(call: Call) -> None:
    from desktop.services.agreements import agreement_id
    from desktop.services.milestones import mark_done, milestones

    said = call.arguments
    with call.book() as book:
        agreed = agreement_id(book, said.agreement)
        marked = None
        if said.done is not None:
            fitting = [one for one in milestones(book, agreed, call.today) if one.name == said.done]
            if not fitting:
                raise UserError(
                    _("{code} has no milestone “{name}”.").format(code=said.agreement, name=said.done),
                    _("See `sheaf milestones BOOK {code}`.").format(code=said.agreement),
                )
            done_on = said.date or call.today
            marked = mark_done(book, fitting[0].id, done_on, actor=call.actor, today=call.today, now=call.now)
        rows = milestones(book, agreed, call.today)
        currency = _currency(book, agreed)
    data = {
        "milestones": [
            {
                "name": row.name,
                "amount": None if row.amount is None else major_text(row.amount, currency),
                "currency": currency,
                "planned": row.planned_on,
                "done": row.done_on,
                "state": row.state,
                "invoice": row.invoice or None,
            }
            for row in rows
        ],
        "billed": list(marked.invoices) if marked else [],
        "reason": marked.reason if marked else "",
    }

    def text() -> str:
        if not rows:
            return _("{code} has no milestones.").format(code=said.agreement)
        states = {"planned": _("planned"), "late": _("late"), "done": _("done"), "draft": _("in review")}
        shown = [
            [
                row.name,
                "" if row.amount is None else amount_text(row.amount, currency),
                date_text(row.planned_on) if row.planned_on else "",
                date_text(row.done_on) if row.done_on else "",
                row.invoice or states[row.state],
            ]
            for row in rows
        ]
        listed = table([_("Milestone"), ">" + currency, _("Planned"), _("Done"), ""], shown)
        return listed + (f"\n{marked.reason}" if marked and marked.reason else "")

    call.answer(data, text)


def _currency(book: Book, agreement_id: int) -> str:
    from desktop.services.agreements import agreement

    return str(agreement(book, agreement_id)["currency"])
