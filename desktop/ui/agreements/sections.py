"""The fields of an agreement's form, and the columns of its lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from desktop.i18n import _
from desktop.ui.agreements.words import (
    alignments,
    billings,
    deposit_rules,
    groupings,
    line_kinds,
    meterings,
    notice_units,
    renewals,
    term_units,
    timings,
    units,
    unused_rules,
)
from desktop.ui.choices import currencies, deliveries, inherited
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Section
from desktop.ui.lines_model import LineColumn

METER = ("included", "minimum", "threshold", "metering")
"""Columns of lines of use."""


def sections(
    clients: Sequence[Choice], segments: Sequence[Choice], home: str, *, new: bool, currency: str
) -> list[Section]:
    return [
        Section(
            "",
            [
                Field("client_id", _("Client"), "choice", required=True, span=2, choices=clients),
                Field("title", _("Title"), span=2, hint=_("The first line’s text")),
                Field("code", _("Code"), span=1, required=not new, hint=_("Made for you")),
                Field("currency", _("Currency"), "choice", required=True, span=1, choices=currencies(home, currency)),
            ],
        ),
        _when(),
        _terms(segments),
        _limits(),
        _renewal(),
        Section(_("Note"), [Field("note", _("For your eyes only"), "lines")]),
    ]


def _when() -> Section:
    return Section(
        _("When it bills"),
        [
            Field("billing", _("Kind"), "choice", required=True, span=2, choices=billings()),
            Field("every_count", _("Every"), "whole", required=True, span=1),
            Field("every_unit", "", "choice", required=True, span=1, choices=units()),
            Field("timing", _("Billed"), "choice", required=True, span=2, choices=timings()),
            Field("alignment", _("Periods"), "choice", required=True, span=2, choices=alignments()),
            Field("bill_day", _("Day of the month"), "whole", span=1, hint="1–31"),
            Field("anchor", _("Counted from"), "date", span=1, hint=_("Its start")),
            Field("fixed_30", _("Parts of a month by 30 days"), "check", span=2),
            Field("start_date", _("First day"), "date", required=True, span=1),
            Field("end_date", _("Last day"), "date", span=1, hint=_("Open")),
            Field("trial_until", _("Trial through"), "date", span=1, hint=_("None")),
            Field("charged_through", _("Billed elsewhere through"), "date", span=2, hint=_("Not at all")),
        ],
    )


def _terms(segments: Sequence[Choice]) -> Section:
    return Section(
        _("Terms and references"),
        [
            Field("terms", _("Payment terms"), span=2),
            Field("delivery", _("Delivery"), "choice", span=2, choices=inherited(deliveries(), _("As the client"))),
            Field("segment_id", _("Segment"), "choice", span=2, choices=inherited(segments, _("As the client"))),
            Field("po_number", _("PO number"), span=2),
            Field("po_limit", _("PO limit, net"), "money", span=1, currency_from="currency", hint=_("None")),
            Field("po_expires", _("PO valid to"), "date", span=1),
            Field("buyer_reference", _("Buyer reference"), span=2, hint=_("As the client")),
            Field("project_reference", _("Project"), span=2, hint=_("Stands on the invoice")),
        ],
    )


def _limits() -> Section:
    return Section(
        _("Discount, sums and deposits"),
        [
            Field("discount", _("Discount %"), "percent", span=1),
            Field("discount_reason", _("Its reason"), span=3, hint=_("Stands on the invoice")),
            Field("deposits", _("Deposits are deducted"), "choice", span=2, choices=deposit_rules()),
            Field("budget", _("The client’s budget, net"), "money", span=2, currency_from="currency", hint=_("None")),
            Field("agreed", _("Fixed price, net"), "money", span=2, currency_from="currency", hint=_("None")),
            Field("cap", _("Cap on hours"), "money", span=2, currency_from="currency", hint=_("None")),
            Field("grouping", _("Hours on the invoice"), "choice", span=2, choices=groupings()),
        ],
    )


def _renewal() -> Section:
    return Section(
        _("Term, notice and prices to come"),
        [
            Field("renewal", _("When its term ends"), "choice", required=True, span=2, choices=renewals()),
            Field("term_end", _("Current term through"), "date", span=2, hint=_("No term")),
            Field("term_count", _("A term lasts"), "whole", span=1),
            Field("term_unit", "", "choice", span=1, choices=term_units()),
            Field("notice_count", _("Notice"), "whole", span=1, hint=_("None")),
            Field("notice_unit", "", "choice", required=True, span=1, choices=notice_units()),
            Field("min_term_until", _("Minimum term through"), "date", span=2, hint=_("None")),
            Field("unused", _("Days billed, then not used"), "choice", required=True, span=2, choices=unused_rules()),
            Field("index_name", _("Prices follow the index"), span=2, hint=_("None")),
            Field("index_cap", _("Rise at most by %"), "percent", span=2, hint=_("No limit")),
        ],
        folds=True,
    )


def line_columns(items: Sequence[Choice]) -> list[LineColumn]:
    names = dict(items)

    def text_hint(line: Mapping[str, object]) -> str:
        return names.get(line.get("item_id"), _("What is billed"))

    def price_hint(line: Mapping[str, object]) -> str:
        return _("rate card") if line.get("item_id") or line.get("kind") == "time" else ""

    def metered(words: str) -> Callable[[Mapping[str, object]], str]:
        return lambda line: words if line.get("kind") == "usage" else ""

    return [
        LineColumn("kind", _("Kind"), "choice", width=98, choices=line_kinds(), start="recurring"),
        LineColumn("item_id", _("Item"), "choice", width=160, choices=items, hint=_("Free text")),
        LineColumn("description", _("Description"), wide=True, hint=text_hint),
        LineColumn("quantity", _("Quantity"), "number", width=80, start=Decimal(1)),
        LineColumn("unit_price", _("Unit price"), "number", width=96, hint=price_hint),
        LineColumn("discount", _("Discount %"), "percent", width=94),
        LineColumn("included", _("Included"), "number", width=80, hint=metered(_("none"))),
        LineColumn("minimum", _("Minimum"), "number", width=80, hint=metered(_("none"))),
        LineColumn("threshold", _("Bill from"), "number", width=84, hint=metered(_("the end"))),
        LineColumn("metering", _("Counts"), "choice", width=88, choices=meterings(), hint=metered(_("events"))),
        LineColumn("start_date", _("From"), "date", width=104, hint=_("the start")),
        LineColumn("end_date", _("Last day"), "date", width=104),
    ]
