"""The forms of a project: a milestone, the day it was done, a proposed change, and who decided it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, number_text
from desktop.jobs import Job
from desktop.services import change_orders
from desktop.services.milestones import Marked, create_milestone, mark_all_done, milestone, update_milestone
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.projects.known import Known, change_row_id, milestone_row_id
from desktop.ui.saving import MASTER_DATA, Written, tell, writing

BILLED = MASTER_DATA | {"invoices"}
"""What a milestone billed at once may touch."""

Then = Callable[[int], object]
_MILESTONE_FIELDS = ("name", "item_id", "amount", "fraction", "planned_on")
_CHANGE_FIELDS = (
    "effect",
    "dated",
    "amount",
    "quantity",
    "unit_price",
    "old_line_id",
    "item_id",
    "reason",
    "reference",
)


def edit_milestone(desk: Desk, parent: QWidget, found: Known, milestone_id: int | None, then: Then) -> None:
    """Ask for a milestone, new without an id; `then` gets the id of its row."""
    currency = found.where.currency
    share_note = "" if found.where.agreed is not None else _("Needs the agreed sum of the agreement.")
    fields = [
        Field("name", _("What is done"), required=True, hint=_("As it stands on the invoice")),
        Field("amount", _("Amount, net"), "money", currency=currency, span=3, note=_("Either an amount …")),
        Field("fraction", _("Share of the price"), "percent", span=3, note=share_note or _("… or a share in %.")),
        Field("planned_on", _("Planned for"), "date", span=3),
        Field("item_id", _("Item"), "choice", span=3, choices=[(None, _("None")), *found.items]),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"item_id": None})
    book, actor, agreement_id = desk.book, desk.actor, found.where.agreement_id

    def save(typed: dict[str, object]) -> Job:
        share = typed["fraction"]
        values = typed | {"fraction": share / 100 if isinstance(share, Decimal) else None}

        def work() -> int:
            if milestone_id is None:
                return milestone_row_id(create_milestone(book, agreement_id, values, actor=actor))
            update_milestone(book, milestone_id, values, actor=actor)
            return milestone_row_id(milestone_id)

        return writing(desk, _("Saving the milestone"), work)

    def show(record: object) -> None:
        if isinstance(record, Mapping):
            share = record["fraction"]
            percent = share * 100 if isinstance(share, Decimal) else None
            form.put({name: record[name] for name in _MILESTONE_FIELDS} | {"fraction": percent})
        title = _("New milestone") if milestone_id is None else _("Edit the milestone")
        _open(desk, parent, title, form, _("Save"), save, _("Milestone saved."), then)

    if milestone_id is None:
        show(None)
    else:
        desk.shell.jobs.ask(lambda: milestone(book, milestone_id), show)


def ask_done(desk: Desk, parent: QWidget, found: Known, milestone_ids: Sequence[int], then: Then) -> None:
    """Ask for the day on which milestones were done, and say what follows from it."""
    chosen = [found.milestones[one] for one in milestone_ids]
    one = chosen[0]
    follows = (
        _("Its segment bills at once: all that is due of the agreement goes on an invoice when you confirm.")
        if found.at_once
        else _("The next run bills it.")
    )
    fields = [Field("done_on", _("Done on"), "date", required=True, span=3, note=follows)]
    form = Form([Section(", ".join(one.name for one in chosen), fields)], desk.shell.theme)
    form.put({"done_on": one.done_on or desk.today()})
    book, actor, today, now = desk.book, desk.actor, desk.today(), desk.now

    def save(typed: dict[str, object]) -> Job:
        day = typed["done_on"]
        assert isinstance(day, date)

        def work() -> Marked:
            return mark_all_done(book, milestone_ids, day, actor=actor, today=today, now=now)

        title = _("Billing the milestone") if found.at_once else _("Marking the milestone")
        return writing(desk, title, work, BILLED)

    verb = _("Mark as done and bill") if found.at_once else _("Mark as done")
    dialog = FormDialog(desk.shell, _("Milestone done"), form, verb, save, parent)

    def saved(written: object) -> None:
        _tell_done(desk, [one.name for one in chosen], written)
        then(milestone_row_id(one.id))

    dialog.saved.connect(saved)
    dialog.open()


def _tell_done(desk: Desk, names: Sequence[str], written: object) -> None:
    assert isinstance(written, Written)
    marked = written.result
    assert isinstance(marked, Marked)
    done = _("“{name}” is done").format(name=names[0])
    if len(names) > 1:
        done = _("{count} milestones are done").format(count=number_text(len(names)))
    if marked.state == "billed":
        text = _("{done} and billed on {number}.").format(done=done, number=", ".join(marked.invoices))
        desk.shell.notices.say(text, offers=[(_("Show the invoices"), lambda: desk.shell.go("invoices"))])
    elif marked.state == "held":
        text = _("{done}; the invoice is held in run {run}.").format(done=done, run=marked.run)
        offers = [(_("Show the runs"), lambda: desk.shell.go("runs", marked.run_id))]
        desk.shell.notices.say(text, marked.reason, offers=offers, tone="held")
    elif marked.reason:
        text = _("{done}, but not billed yet.").format(done=done)
        desk.shell.notices.say(text, marked.reason, tone="held")
    else:
        tell(desk, _("{done}; the next run bills what is done.").format(done=done), written, BILLED)


def edit_change(desk: Desk, parent: QWidget, found: Known, order_id: int | None, then: Then) -> None:
    """Ask for a proposed change, new without an id."""
    currency = found.where.currency
    effects = [("scope", _("The price of the project")), ("line", _("A line of the agreement"))]
    if not found.lines:
        effects = effects[:1]
    fields = [
        Field("effect", _("What changes"), "choice", required=True, span=3, choices=effects),
        Field("dated", _("Holds from"), "date", required=True, span=3),
        Field("amount", _("Price grows by, net"), "money", currency=currency, span=2, note=_("Below 0 for less.")),
        Field("quantity", _("Or quantity"), "number", span=2),
        Field("unit_price", _("At a price of"), "number", span=2),
        Field("old_line_id", _("Line"), "choice", span=3, choices=[(None, _("None")), *found.lines]),
        Field("item_id", _("Item"), "choice", span=3, choices=[(None, _("As it is")), *found.items]),
        Field("reason", _("Why"), required=True),
        Field("reference", _("Reference"), required=True, hint=_("Number of the order, or date of the letter")),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    first = "scope" if found.where.agreed is not None or not found.lines else "line"
    form.put({"effect": first, "dated": desk.today(), "old_line_id": None, "item_id": None})

    def follow() -> None:
        of_line = form.editor("effect").value() == "line"
        form.editor("amount").setEnabled(not of_line)
        form.editor("old_line_id").setEnabled(of_line)

    form.editor("effect").changed.connect(follow)
    follow()
    book, actor, agreement_id = desk.book, desk.actor, found.where.agreement_id

    def save(typed: dict[str, object]) -> Job:
        values = dict(typed)
        values |= {"amount": None} if typed["effect"] == "line" else {"old_line_id": None}

        def work() -> int:
            if order_id is None:
                return change_row_id(change_orders.propose(book, agreement_id, values, actor=actor))
            change_orders.update_proposal(book, order_id, values, actor=actor)
            return change_row_id(order_id)

        return writing(desk, _("Saving the change"), work)

    def show(record: object) -> None:
        if isinstance(record, Mapping):
            form.put({name: record[name] for name in _CHANGE_FIELDS})
            follow()
        title = _("Propose a change") if order_id is None else _("Edit the proposed change")
        said = _("The change is proposed; approve it once the client agrees.")
        _open(desk, parent, title, form, _("Save"), save, said, then)

    if order_id is None:
        show(None)
    else:
        desk.shell.jobs.ask(lambda: change_orders.change_order(book, order_id), show)


def ask_decision(desk: Desk, parent: QWidget, found: Known, order_id: int, *, approved: bool, then: Then) -> None:
    """Ask who approved or rejected a change, and when."""
    one = found.changes[order_id]
    since = _("The change then holds from {day}.").format(day=date_text(one.dated)) if approved else ""
    fields = [
        Field("by", _("Decided by"), required=True, span=3, note=since),
        Field("on", _("On"), "date", required=True, span=3),
    ]
    form = Form([Section(f"{one.reference}: {one.reason}", fields)], desk.shell.theme)
    form.put({"by": desk.actor, "on": desk.today()})
    book, actor = desk.book, desk.actor

    def save(typed: dict[str, object]) -> Job:
        day = typed["on"]
        assert isinstance(day, date)

        def work() -> int:
            decide = change_orders.approve if approved else change_orders.reject
            decide(book, order_id, by=str(typed["by"]), on=day, actor=actor)
            return change_row_id(order_id)

        return writing(desk, _("Deciding the change"), work)

    title, verb = (_("Approve the change"), _("Approve")) if approved else (_("Reject the change"), _("Reject"))
    said = _("{reference} is approved.") if approved else _("{reference} is rejected.")
    _open(desk, parent, title, form, verb, save, said.format(reference=one.reference), then)


def _open(
    desk: Desk,
    parent: QWidget,
    title: str,
    form: Form,
    verb: str,
    save: Callable[[dict[str, object]], Job],
    said: str,
    then: Then,
) -> None:
    dialog = FormDialog(desk.shell, title, form, verb, save, parent)

    def saved(written: object) -> None:
        tell(desk, said, written)
        assert isinstance(written, Written)
        assert isinstance(written.result, int)
        then(written.result)

    dialog.saved.connect(saved)
    dialog.open()
