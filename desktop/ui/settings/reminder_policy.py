"""How the firm or a segment reminds: from which amount, with which interest, after which bank statements."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.domain.money import percent_to_scaled, scaled_to_percent
from desktop.i18n import _, money_text, ngettext, number_text, percent_text
from desktop.services.dunning.policies import SEGMENT, PolicyPart, policy_parts, save_policy
from desktop.ui.choices import inherited
from desktop.ui.desk import Desk
from desktop.ui.editors import Choice
from desktop.ui.facts import Fact
from desktop.ui.form import Field, Form, Section
from desktop.ui.settings.asking import ask

Parts = Mapping[str, PolicyPart]


def interests() -> list[Choice]:
    return [
        ("none", _("None")),
        ("statutory", _("By the law of the firm’s country")),
        ("fixed", _("At a rate of ours")),
    ]


def day_counts() -> list[Choice]:
    return [
        ("act/365", _("True days, a year of 365 (act/365)")),
        ("act/360", _("True days, a year of 360 (act/360)")),
        ("act/act", _("True days, true year (act/act)")),
        ("30/360", _("Months of 30 days (30/360)")),
    ]


def policy_facts(parts: Parts, home: str) -> list[Fact]:
    """The policy as it counts, in words."""
    value = {name: part.value for name, part in parts.items()}
    interest = dict(interests())[value["interest"]]
    if value["interest"] == "fixed":
        rate = percent_text(scaled_to_percent(value["interest_rate"]))
        interest = _("{rate} a year").format(rate=rate)
    within = value["statements_within"]
    days = ngettext("{count} day after the last level", "{count} days after the last level", value["escalate_after"])
    return [
        Fact(_("Reminders"), _("are sent") if value["active"] else _("are switched off")),
        Fact(_("From"), money_text(value["minimum"], home) if value["minimum"] else _("any amount")),
        Fact(_("Interest"), interest),
        Fact(_("Days"), dict(day_counts())[value["day_count"]] if value["interest"] != "none" else ""),
        Fact(_("Bank statements"), _("not asked for") if within is None else _within(within)),
        Fact(_("To escalate"), days.format(count=number_text(value["escalate_after"]))),
    ]


def _within(days: int) -> str:
    if days == 0:
        return _("up to the day of the run")
    return ngettext("up to {count} day before the run", "up to {count} days before the run", days).format(
        count=number_text(days)
    )


def ask_policy(desk: Desk, parent: QWidget, segment_id: int | None, name: str) -> None:
    """Ask how the firm reminds, or a segment of this name; what is left empty counts as one level above says."""
    book = desk.book
    desk.shell.jobs.ask(
        lambda: policy_parts(book, segment_id), lambda parts: _ask(desk, parent, segment_id, name, parts)
    )


def _ask(desk: Desk, parent: QWidget, segment_id: int | None, name: str, found: object) -> None:
    assert isinstance(found, dict)
    own = SEGMENT
    # The firm's own form shows what counts; a segment's what it says itself.
    stands: dict[str, Any] = {
        key: part.value if segment_id is None or part.source == own else None for key, part in found.items()
    }
    if stands["interest_rate"] is not None:
        stands["interest_rate"] = scaled_to_percent(stands["interest_rate"])
    form = Form([Section("", _fields(desk.shell.home_currency, found, segment_id is None))], desk.shell.theme)
    form.put(stands)
    follow = form.editor("interest")

    def show() -> None:
        asked = follow.value() or (found["interest"].value if found["interest"].source != own else "none")
        form.show_field("interest_rate", asked == "fixed")
        form.show_field("day_count", asked != "none")

    follow.changed.connect(show)
    show()
    book, actor = desk.book, desk.actor

    def work(typed: dict[str, object]) -> None:
        values: dict[str, Any] = dict(typed)
        if isinstance(values["interest_rate"], Decimal):
            values["interest_rate"] = percent_to_scaled(values["interest_rate"])
        save_policy(book, values, actor=actor, segment_id=segment_id)

    title = _("How {segment} is reminded").format(segment=name) if segment_id else _("How reminders are sent")
    ask(desk, parent, title, form, {}, _("Save"), work, _("Saved: the next reminder run follows it."))


def _fields(home: str, parts: Parts, firm: bool) -> list[Field]:
    above = _("As the firm")

    def offered(choices: list[Choice]) -> list[Choice]:
        return choices if firm else inherited(choices, above)

    return [
        Field(
            "active",
            _("Reminders"),
            "choice",
            span=3,
            required=firm,
            choices=offered([(True, _("are sent")), (False, _("are switched off"))]),
        ),
        Field(
            "minimum",
            _("From which amount"),
            "money",
            span=3,
            currency=home,
            hint=_("Any amount") if firm else above,
            note=_("Below it nobody is asked."),
        ),
        Field("interest", _("Interest"), "choice", required=firm, choices=offered(interests())),
        Field("interest_rate", _("Rate a year"), "percent", span=3),
        Field("day_count", _("Days of a year"), "choice", span=3, choices=offered(day_counts())),
        Field(
            "statements_within",
            _("Bank statements up to so many days before the run"),
            "whole",
            hint=_("None") if firm else above,
            note=_("A run waits until they are taken in, so that nobody is reminded who has paid. Empty asks for none.")
            if firm
            else "",
        ),
        Field(
            "escalate_after",
            _("To be escalated so many days after the last level"),
            "whole",
            hint=number_text(parts["escalate_after"].value) if firm else above,
        ),
    ]
