"""What people decide about deliveries, asked and told in figures, and taken back by the Undo beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.services.delivery import deciding
from desktop.services.delivery.deciding import Decided
from desktop.services.delivery.readdressing import readdress
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog, Question
from desktop.ui.form import Field, Form, Section
from desktop.ui.outbox.words import way_word
from desktop.ui.saving import Written, tell, undo_offers, writing

OUTBOX = frozenset({"outbox", "invoices"})

Work = Callable[[], object]


def cancel(desk: Desk, parent: QWidget, ids: Sequence[int]) -> None:
    """Take deliveries out of the outbox; several only after a question."""
    work = partial(deciding.cancel, desk.book, ids, actor=desk.actor)
    count = len(ids)
    words = ngettext("Take {count} document out of the outbox?", "Take {count} documents out of the outbox?", count)
    _asked(
        parent,
        count,
        words,
        _("They stay issued and owed; they just do not go out. It can be undone."),
        _("Do not send"),
        lambda: _decide(desk, _("Cancelling"), work, _cancelled),
    )


def _cancelled(count: int) -> str:
    return ngettext("{count} document will not go out.", "{count} documents will not go out.", count)


def retry(desk: Desk, ids: Sequence[int], then: Callable[[Sequence[int]], object]) -> None:
    """Let what failed go again; `then` sends it."""
    work = partial(deciding.retry, desk.book, ids, actor=desk.actor)
    _decide(
        desk,
        _("Trying again"),
        work,
        lambda count: ngettext("{count} document goes again.", "{count} documents go again.", count),
        then,
    )


def settle(desk: Desk, parent: QWidget, ids: Sequence[int], *, arrived: bool) -> None:
    """Say whether what was under way arrived; several only after a question."""
    work = partial(deciding.settle_uncertain, desk.book, ids, arrived, actor=desk.actor)
    count = len(ids)
    if arrived:
        words = ngettext("{count} document has arrived?", "{count} documents have arrived?", count)
        follows, verb = _("They count as sent and do not go again."), _("They arrived")
    else:
        words = ngettext("{count} document has not arrived?", "{count} documents have not arrived?", count)
        follows, verb = _("They wait and go with the next sending."), _("They did not arrive")

    def said(changed: int) -> str:
        if arrived:
            return ngettext("{count} document counts as sent.", "{count} documents count as sent.", changed)
        return ngettext("{count} document goes once more.", "{count} documents go once more.", changed)

    _asked(parent, count, words, follows, verb, lambda: _decide(desk, _("Deciding"), work, said))


def mark(desk: Desk, parent: QWidget, ids: Sequence[int], what: str) -> None:
    """Say what became of documents; many only after a question."""
    work = partial(deciding.mark, desk.book, ids, what, actor=desk.actor)
    questions = {
        "handed_over": _("Mark {count} documents as handed over?"),
        "printed": _("Mark {count} documents as printed?"),
        "filed": _("Mark {count} documents as filed?"),
        "delivered": _("Mark {count} documents as delivered?"),
        "bounced": _("Mark {count} documents as bounced?"),
        "seen": _("Mark {count} documents as seen?"),
    }

    def said(count: int) -> str:
        return ngettext("{count} document is marked.", "{count} documents are marked.", count)

    _asked(
        parent,
        len(ids),
        questions[what],
        _("Nothing is sent by this. It can be undone."),
        _("Mark"),
        lambda: _decide(desk, _("Marking"), work, said),
    )


def ask_again(
    desk: Desk, parent: QWidget, ids: Sequence[int], channel: str, then: Callable[[Sequence[int]], object]
) -> None:
    """Ask by which way what went is to go once more; `then` gets the rows that wait for it."""
    count = len(ids)
    note = ngettext("{count} document goes once more.", "{count} documents go once more.", count)
    fields = [
        Field(
            "channel",
            _("How"),
            "choice",
            choices=[(one, way_word(one)) for one in ("email", "print", "folder", "hand")],
            note=note.format(count=number_text(count)),
        ),
        Field("address", _("To"), hint=_("As the client has it"), note=_("Only for this time; empty is as usual.")),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"channel": channel, "address": ""})

    def save(values: dict[str, object]) -> Work:
        way, address = str(values["channel"]), str(values["address"] or "")
        return partial(
            deciding.send_again,
            desk.book,
            ids,
            actor=desk.actor,
            address=address if way == "email" else "",
            channel=way,
        )

    dialog = FormDialog(
        desk.shell,
        _("Send again"),
        form,
        _("Send again"),
        lambda values: writing(desk, _("Sending again"), save(values), OUTBOX),
        parent,
    )

    def saved(written: object) -> None:
        assert isinstance(written, Written)
        assert isinstance(written.result, Decided)
        said = ngettext("{count} document goes again.", "{count} documents go again.", len(written.result.changed))
        tell(desk, said.format(count=number_text(len(written.result.changed))), written, OUTBOX)
        then(written.result.changed)

    dialog.saved.connect(saved)
    dialog.open()


def ask_address(
    desk: Desk, parent: QWidget, ids: Sequence[int], client: str, address: str, then: Callable[[Sequence[int]], object]
) -> None:
    """Ask where documents of one client go; they wait for it then, and `then` gets their rows."""
    fields = [
        Field(
            "address",
            _("E-mail address of {client}").format(client=client),
            required=True,
            note=_("Several are parted by commas."),
        ),
        Field("keep", _("Keep it at the client for the next ones"), "check"),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"address": address, "keep": True})

    def save(values: dict[str, object]) -> Work:
        typed, keep = str(values["address"]), bool(values["keep"])
        return partial(readdress, desk.book, ids, typed, actor=desk.actor, keep=keep)

    dialog = FormDialog(
        desk.shell,
        _("Where it goes"),
        form,
        _("Save and send"),
        lambda values: writing(desk, _("Changing the address"), save(values), OUTBOX | {"clients"}),
        parent,
    )

    def saved(written: object) -> None:
        assert isinstance(written, Written)
        assert isinstance(written.result, tuple)
        tell(desk, _("The address is changed."), written, OUTBOX | {"clients"})
        then(written.result)

    dialog.saved.connect(saved)
    dialog.open()


def _asked(parent: QWidget, count: int, words: str, follows: str, verb: str, act: Callable[[], object]) -> None:
    """One is decided at once and undone if it was a slip; of several the figure is confirmed first."""
    if count == 1:
        act()
        return
    Question(parent, words.format(count=number_text(count)), follows, verb, act, expected=True).open()


def _decide(
    desk: Desk,
    title: str,
    work: Work,
    said: Callable[[int], str],
    then: Callable[[Sequence[int]], object] | None = None,
) -> None:
    def done(written: object) -> None:
        assert isinstance(written, Written)
        assert isinstance(written.result, Decided)
        decided = written.result
        words = said(len(decided.changed)).format(count=number_text(len(decided.changed)))
        desk.shell.notices.say(words, _passed_over(decided), undo_offers(desk, written, OUTBOX))
        if then is not None:
            then(decided.changed)

    desk.shell.jobs.start(writing(desk, title, work, OUTBOX), done)


def _passed_over(decided: Decided) -> str:
    if not decided.refused:
        return ""
    first, more = decided.refused[0], len(decided.refused) - 1
    said = _("{title} stays as it is: {why}").format(title=first.title, why=first.why)
    if more:
        others = ngettext("{count} more too.", "{count} more too.", more).format(count=number_text(more))
        said = f"{said} {others}"
    return said
