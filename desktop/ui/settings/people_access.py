"""How people come in: giving a passphrase, when the window locks, who came, and where one person is not enough."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.i18n import _, local_moment_text
from desktop.services.access.idling import idle_minutes, set_idle_minutes
from desktop.services.access.passphrases import set_passphrase
from desktop.services.access.second_pair import KINDS, Kind, seconds_above, set_seconds_above
from desktop.services.access.signing_in import entries
from desktop.services.access.words import outcome_word
from desktop.services.limits import second_approval, set_second_approval
from desktop.ui.access.own_passphrase import passphrase_note, typed_twice
from desktop.ui.desk import Desk
from desktop.ui.form import Field, Section
from desktop.ui.settings.asking import ask

_ENTRIES = 8


def give_passphrase(desk: Desk, parent: QWidget, person_id: int, name: str) -> None:
    """Ask for a passphrase of a person; one that another person is given serves only once."""
    book, actor = desk.book, desk.actor
    first, own = not book.guarded, desk.book.signed_in is not None and desk.book.signed_in.person_id == person_id
    if first:
        note = _(
            "From then on nobody opens this book without signing in. Forgotten by every owner, nothing opens it "
            "again but a backup from before: keep it in a safe place too."
        )
    elif own:
        note = passphrase_note()
    else:
        note = _("It serves once: {name} chooses another when signing in.").format(name=name)
    fields = [
        Field("new", _("Passphrase"), "password", required=True, note=note),
        Field("again", _("Once more"), "password", required=True),
    ]

    def work(typed: dict[str, object]) -> None:
        set_passphrase(book, person_id, typed_twice(typed), actor=actor, must_change=not (first or own))

    title = _("Passphrase of {name}").format(name=name)
    ask(desk, parent, title, [Section("", fields)], {}, _("Save"), work, _("Passphrase saved."))


def ask_signing_in(desk: Desk, parent: QWidget) -> None:
    """Ask after how many idle minutes the window locks, and show who came last."""
    book, actor = desk.book, desk.actor
    note = _("Without a key or a move of the mouse; 0 never locks. Only where people have passphrases.")
    fields = [Field("minutes", _("Lock the window after so many minutes"), "whole", note=note)]

    def work(typed: dict[str, object]) -> None:
        minutes = typed["minutes"]
        assert minutes is None or isinstance(minutes, int)
        set_idle_minutes(book, minutes, actor=actor)

    values = {"minutes": idle_minutes(book)}
    dialog = ask(desk, parent, _("Signing in"), [Section("", fields)], values, _("Save"), work, _("Saved."))
    lines = [
        _("{when} · {name} · {what} · {place}").format(
            when=local_moment_text(one.moment), name=one.name or "?", what=outcome_word(one.outcome), place=one.place
        )
        for one in entries(book)[:_ENTRIES]
    ]
    came = QLabel("\n".join(lines) or _("Nobody has signed in yet."), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    came.setTextFormat(Qt.TextFormat.PlainText)
    came.setProperty("role", "secondary")
    layout = dialog.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.insertWidget(1, came)
    dialog.resize(dialog.width(), dialog.height() + came.sizeHint().height())


def ask_second(desk: Desk, parent: QWidget) -> None:
    """Ask above which amounts, and whether for changes of the configuration, a second person decides."""
    home, book, actor = desk.shell.home_currency, desk.book, desk.actor
    labels: dict[Kind, str] = {
        "write_off": _("Write-offs above"),
        "refund": _("Refunds above"),
        "credit_note": _("Credit notes above"),
        "payment_order": _("Payment orders above"),
    }
    fields = [
        Field(
            "above",
            _("Drafts that the gate holds, above"),
            "money",
            currency=home,
            hint=_("One is always enough"),
            note=_("Whoever changed a draft by hand counts as one of the two."),
        ),
        *(
            Field(kind, label, "money", span=3, currency=home, hint=_("One is always enough"))
            for kind, label in labels.items()
        ),
        Field("configuration", _("Changes of prices, taxes, terms, templates and rules"), "check"),
    ]

    def work(typed: dict[str, object]) -> None:
        above = typed.pop("above")
        assert above is None or isinstance(above, int)
        if above != second_approval(book):
            set_second_approval(book, above, actor=actor)
        limits: dict[Kind, int | None] = {}
        for kind in KINDS:
            value = typed[kind]
            if kind == "configuration":
                limits[kind] = 0 if value else None
            else:
                assert value is None or isinstance(value, int)
                limits[kind] = value
        set_seconds_above(book, limits, actor=actor)

    stands = seconds_above(book)
    values: dict[str, object] = {"above": second_approval(book), **{str(kind): limit for kind, limit in stands.items()}}
    values["configuration"] = stands["configuration"] is not None
    ask(desk, parent, _("Second pair of eyes"), [Section("", fields)], values, _("Save"), work, _("Saved."))
