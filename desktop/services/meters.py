"""Meters as a person looks at them: what the running period has so far and is worth, what was billed, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries import usage as queries
from db.queries.rows import ids_text
from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing import Billing, Work
from desktop.domain.billing.usage import UNMETERED, Rated, rate_meter
from desktop.domain.findings import RULES
from desktop.domain.findings.usage_rules import faults
from desktop.domain.money import unscaled
from desktop.i18n import _, ngettext, number_text, span_text
from desktop.saying import put
from desktop.services.runs.loading import Loaded, load_agreements
from desktop.services.runs.setting import Setting, read_setting
from desktop.services.runs.usage_loading import load_usage

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class MeterPeriod:
    """A period of a meter, half-open: units billed and not yet, net amounts in minor units, and the invoices.

    `worth` is what the waiting units come to; `late` tells that they came after the period was billed.
    """

    start: date
    end: date
    over: bool
    billed: Decimal
    waiting: Decimal
    records: int
    amount: int
    worth: int
    late: bool
    priced: bool
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meter:
    """What a usage line counts, its terms, and its periods, the latest first."""

    line_id: int
    item_id: int
    name: str
    unit: str
    currency: str
    included: Decimal
    minimum: int | None
    threshold: int | None
    periods: tuple[MeterPeriod, ...]

    @property
    def running(self) -> MeterPeriod | None:
        """The period that today lies in, where anything was counted in it."""
        return next((one for one in self.periods if not one.over), None)


@dataclass(frozen=True, slots=True)
class UsageProblem:
    """One thing that looks wrong before a run; kind missing, doubled, gap, outlier, late, unpriced or outside."""

    kind: str
    agreement_id: int
    agreement: str
    client: str
    item: str
    message: str
    remedy: str


def meters(book: Book, agreement_id: int, today: date) -> list[Meter]:
    """The meters of an agreement with their latest periods, in order of its lines."""
    with book.reading() as session:
        connection = session.connection()
        setting = read_setting(connection, today, today)
        loaded = _loaded(connection, [agreement_id], setting)
        agreement = loaded.agreements.get(agreement_id)
        if agreement is None:
            return []
        invoices = _invoices(connection, agreement_id)
        return [
            _meter(agreement, line, rated, loaded.work[agreement_id], setting, invoices)
            for line, rated in _rated(agreement, loaded, setting.billing)
        ]


def _loaded(connection: Connection, agreement_ids: Sequence[int], setting: Setting) -> Loaded:
    loaded = load_agreements(connection, agreement_ids)
    billing = setting.billing
    load_usage(connection, loaded.agreements.values(), loaded.work, billing.through, billing.taxes.values())
    return loaded


def _rated(agreement: Agreement, loaded: Loaded, billing: Billing) -> Iterator[tuple[AgreementLine, list[Rated]]]:
    work = loaded.work[agreement.id]
    for line in agreement.lines:
        if line.kind == "usage":
            # What is worth how much before tax does not depend on the tax.
            yield line, rate_meter(agreement, line, agreement.client_id, work, billing, None)


def _meter(
    agreement: Agreement,
    line: AgreementLine,
    rated: Sequence[Rated],
    work: Work,
    setting: Setting,
    invoices: dict[tuple[int, str, str], tuple[str, ...]],
) -> Meter:
    item = setting.billing.items.get(line.item_id) if line.item_id else None
    charged = {(one.start, one.end): one for one in work.usage_charged.get(line.id, ())}
    periods = []
    for one in reversed(rated):
        start, end = one.period.start, one.period.end
        before = charged.get((start, end))
        periods.append(
            MeterPeriod(
                start,
                end,
                one.over,
                unscaled(one.billed),
                unscaled(one.units),
                one.rows,
                before.amount if before else 0,
                one.net,
                bool(one.rows and before is not None and before.reached is None),
                one.priced,
                invoices.get((line.id, start.isoformat(), end.isoformat()), ()),
            )
        )
    return Meter(
        line.id,
        line.item_id or 0,
        line.description or (item.name if item else ""),
        item.unit if item else "",
        agreement.currency,
        unscaled(line.included),
        line.minimum,
        line.threshold,
        tuple(periods),
    )


def _invoices(connection: Connection, agreement_id: int) -> dict[tuple[int, str, str], tuple[str, ...]]:
    found: dict[tuple[int, str, str], tuple[str, ...]] = {}
    for line, start, end, number in connection.exec_driver_sql(
        """SELECT DISTINCT c.agreement_line_id, c.period_start, c.period_end, i.number FROM agreement_line g
        JOIN charge c ON c.agreement_line_id = g.id AND c.kind = 'usage' AND c.reversed_by IS NULL
        JOIN invoice i ON i.id = c.invoice_id WHERE g.agreement_id = ? ORDER BY i.id""",
        (agreement_id,),
    ):
        found[line, start, end] = (*found.get((line, start, end), ()), number)
    return found


def validate_usage(book: Book, through: date, *, agreement_ids: Sequence[int] | None = None) -> list[UsageProblem]:
    """What a run through a day would find wrong with the use recorded, for all agreements or these."""
    found: list[UsageProblem] = []
    with book.reading() as session:
        connection = session.connection()
        setting = read_setting(connection, through, through)
        ids = _metered(connection, agreement_ids)
        for at in range(0, len(ids), _CHUNK):
            loaded = _loaded(connection, ids[at : at + _CHUNK], setting)
            names = _client_names(connection, loaded)
            for agreement in loaded.agreements.values():
                for problem in _problems(agreement, loaded, setting):
                    found.append(_named(agreement, names[agreement.client_id], *problem))
            found += _outside(connection, loaded, names, setting)
    return found


def _metered(connection: Connection, agreement_ids: Sequence[int] | None) -> list[int]:
    chosen, values = (
        ("", ())
        if agreement_ids is None
        else (
            "AND a.id IN (SELECT value FROM json_each(?))",
            (ids_text(agreement_ids),),
        )
    )
    rows = connection.exec_driver_sql(
        f"""SELECT a.id FROM agreement a WHERE a.active = 1 {chosen}
        AND EXISTS (SELECT 1 FROM agreement_line l WHERE l.agreement_id = a.id AND l.kind = 'usage')
        ORDER BY a.code""",
        values,
    )
    return [row[0] for row in rows]


def _client_names(connection: Connection, loaded: Loaded) -> dict[int, str]:
    ids = ids_text({agreement.client_id for agreement in loaded.agreements.values()})
    rows = connection.exec_driver_sql(
        "SELECT id, name FROM client WHERE id IN (SELECT value FROM json_each(?))", (ids,)
    )
    return {row[0]: row[1] for row in rows}


def _named(agreement: Agreement, client: str, kind: str, item: str, message: str, remedy: str) -> UsageProblem:
    return UsageProblem(kind, agreement.id, agreement.code, client, item, message, remedy)


def _problems(agreement: Agreement, loaded: Loaded, setting: Setting) -> Iterator[tuple[str, str, str, str]]:
    """(kind, item, sentence, remedy) of each fault of an agreement's meters."""
    work = loaded.work[agreement.id]
    rules = setting.rules.of(agreement.segment_id, agreement.client_id, agreement.id)
    parameters: dict[str, Any] = next(
        (dict(one.parameters) for one in rules if one.rule.code == "usage_suspect"),
        dict(next(rule.parameters for rule in RULES if rule.code == "usage_suspect")),
    )
    for line, periods in _rated(agreement, loaded, setting.billing):
        item = setting.billing.items.get(line.item_id) if line.item_id else None
        name = line.description or (item.name if item else "")
        for rated in periods:
            start, end = rated.period.start, rated.period.end
            if any(entry.source == UNMETERED for entry in rated.entries):
                words = _("No use of “{item}” is recorded for {period}.")
                yield (
                    "missing",
                    name,
                    words.format(item=name, period=span_text(start, end)),
                    _("Enter what the meter counted, 0 where it was nothing, or import it."),
                )
            if not rated.priced:
                words = _("{units} of “{item}” for {period} have no price in {currency}.")
                yield (
                    "unpriced",
                    name,
                    words.format(
                        units=number_text(unscaled(rated.units)),
                        item=name,
                        period=span_text(start, end),
                        currency=agreement.currency,
                    ),
                    _("Set a price on the agreement's line, the rate card or the item."),
                )
            if rated.over:
                for kind, said, remedy in faults(work, line, name, start, end, rated.units, parameters):
                    yield kind, name, put(said), put(remedy)


def _outside(connection: Connection, loaded: Loaded, names: dict[int, str], setting: Setting) -> Iterator[UsageProblem]:
    """Records that no period of any line takes: before the start, in a trial or a pause, or of an item not counted."""
    counted: dict[tuple[int, int], int] = {}
    for agreement in loaded.agreements.values():
        for line in agreement.lines:
            if line.kind == "usage" and line.item_id is not None:
                rows = sum(one.rows for one in loaded.work[agreement.id].used.get(line.id, ()))
                key = (agreement.id, line.item_id)
                counted[key] = counted.get(key, 0) + rows
    through = setting.billing.through
    for agreement_id, item_id, rows in queries.unbilled_rows(
        connection, ids_text(loaded.agreements), date.fromordinal(through.toordinal() + 1).isoformat()
    ):
        left = rows - counted.get((agreement_id, item_id), 0)
        if left:
            agreement = loaded.agreements[agreement_id]
            item = setting.billing.items.get(item_id)
            words = ngettext(
                "{count} record lies outside what {code} bills: before its start, after its end, or in a pause.",
                "{count} records lie outside what {code} bills: before its start, after its end, or in a pause.",
                left,
            )
            yield UsageProblem(
                "outside",
                agreement.id,
                agreement.code,
                names[agreement.client_id],
                item.name if item else "",
                words.format(count=number_text(left), code=agreement.code),
                _("Correct their days or the agreement's, or delete them: no run bills them."),
            )


def waiting_use(connection: Connection, agreement_ids: Sequence[int], setting: Setting) -> Iterator[tuple[int, Rated]]:
    """(agreement id, period) of each period of these agreements' meters in which anything waits, with its worth."""
    for at in range(0, len(agreement_ids), _CHUNK):
        loaded = _loaded(connection, agreement_ids[at : at + _CHUNK], setting)
        for agreement in loaded.agreements.values():
            for _line, periods in _rated(agreement, loaded, setting.billing):
                for rated in periods:
                    if rated.rows:
                        yield agreement.id, rated
