"""An invoice outside any agreement: a draft made by hand that takes the same road through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from db.engine import Book
from desktop.domain.billing import Draft, Line, complete, line_amount, part_of
from desktop.domain.billing.recurring import discount_words
from desktop.domain.billing.taxing import Taxing, rate_on
from desktop.domain.money import SCALE, percent_to_scaled, scaled
from desktop.domain.terms import parse_terms
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.problems import Problems
from desktop.services.runs.drafting import Drafted, check_draft
from desktop.services.runs.loading import load
from desktop.services.runs.owners import give_owners
from desktop.services.runs.planning import begin_within, store
from desktop.services.runs.proving import prove
from desktop.services.runs.scope import Scope
from desktop.services.runs.setting import read_setting


@dataclass(frozen=True, slots=True)
class ManualLine:
    """A line as typed: price in major units a unit, discount in percent, the period half-open."""

    description: str = ""
    item: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    discount: Decimal = Decimal(0)
    unit: str = ""
    period_start: date | None = None
    period_end: date | None = None


def draft_invoice(
    book: Book,
    client_code: str,
    lines: Sequence[ManualLine],
    *,
    currency: str = "",
    po_number: str = "",
    buyer_reference: str = "",
    terms: str = "",
    note: str = "",
    actor: str,
    now: str,
    today: date,
) -> tuple[str, int]:
    """(number of its run, id of the draft). UserError where the client is missing.

    Raises ValidationError with every problem; those of a line stand under `lines.0.quantity` and the like.
    """
    problems = _problems(lines)
    if terms:
        try:
            terms = str(parse_terms(terms))
        except ValueError as error:
            problems.add("terms", str(error))
    problems.raise_any()
    with book.reading() as session:
        wanted = "SELECT coalesce(merged_into_id, id) FROM client WHERE code = ?"
        row = session.connection().exec_driver_sql(wanted, (client_code,)).fetchone()
    if row is None:
        raise UserError(
            _("There is no client “{client}”.").format(client=client_code),
            _("Choose one of the clients, or add this one first."),
        )
    client_id = int(row[0])
    with change(book, actor, _("Draft an invoice to {client}").format(client=client_code), undoable=False) as made:
        connection = made.connection
        scope = Scope(clients=[client_code])
        run = begin_within(made, through=today, issue_date=today, scope=scope, now=now, kind="manual")
        setting = read_setting(connection, today, today)
        loaded = load(connection, setting, [(client_id, None)])
        client = loaded.clients[client_id]
        draft = Draft(
            kind="invoice",
            client_id=client_id,
            currency=currency or client.currency,
            terms=terms or client.terms,
            language=client.language,
            delivery=client.delivery,
            template_id=client.template_id,
            po_number=po_number,
            buyer_reference=buyer_reference or client.buyer_reference,
            note=note,
            einvoice=client.einvoice_for(client.delivery),
        )
        taxing = Taxing(setting.billing, client)
        by_code = {item.code: item for item in setting.billing.items.values()}
        for position, typed in enumerate(lines, 1):
            item = by_code.get(typed.item) if typed.item else None
            if typed.item and item is None:
                problems.add(
                    f"lines.{position - 1}.item",
                    _("There is no item “{item}” in the catalogue.").format(item=typed.item),
                )
                continue
            price, rate_id, source = typed.unit_price, None, "agreed"
            if price is None and item is not None:
                found = setting.billing.prices.price(item.id, client_id, draft.currency, today, typed.quantity)
                if found is not None and found.mode != "graduated":
                    price, rate_id, source = found.unit_price, found.rate_id, found.source
            if price is None:
                problems.add(
                    f"lines.{position - 1}.unit_price",
                    _("The rate card has no price in {currency} for it: type one, or set one at the item.").format(
                        currency=draft.currency
                    ),
                )
                continue
            quantity = typed.quantity
            if price < 0:
                price, quantity = -price, -quantity
            entry = taxing.entry(item)
            amount = line_amount(scaled(quantity), scaled(price), SCALE, draft.currency)
            discount = percent_to_scaled(typed.discount)
            allowance = part_of(amount, discount) if discount else 0
            draft.lines.append(
                Line(
                    position,
                    None,
                    item.id if item else None,
                    rate_id,
                    source,
                    typed.description.strip() or (item.name if item else ""),
                    "",
                    "",
                    typed.period_start.isoformat() if typed.period_start else None,
                    typed.period_end.isoformat() if typed.period_end else None,
                    scaled(quantity),
                    typed.unit or (item.unit if item else ""),
                    scaled(price),
                    SCALE,
                    allowance,
                    discount_words(discount) if discount else "",
                    0,
                    amount - allowance,
                    entry.id if entry else None,
                    entry.category if entry else "",
                    rate_on(entry, typed.period_start or today) if entry else 0,
                )
            )
        complete(draft, setting.billing)
        checked = check_draft(draft, loaded, setting)
        prove(connection, [checked], setting)
        store(connection, run.id, [Drafted(client_id, [checked])])
        connection.exec_driver_sql("UPDATE run SET state = 'review' WHERE id = ?", (run.id,))
        draft_id = checked.id
        give_owners(connection, [draft_id], now, setting.rules)
        made.record("draft", draft_id, "draft by hand")
    return run.number, draft_id


def _problems(lines: Sequence[ManualLine]) -> Problems:
    problems = Problems()
    if not lines:
        problems.add("lines", _("The invoice has no lines: add at least one."))
    for at, line in enumerate(lines):
        if not line.item and not line.description.strip():
            problems.add(f"lines.{at}.description", _("Choose an item, or say what is billed."))
        if not line.item and line.unit_price is None:
            problems.add(f"lines.{at}.unit_price", _("Without an item there is no rate card: the line needs a price."))
        if line.quantity == 0:
            problems.add(f"lines.{at}.quantity", _("A quantity of 0 bills nothing."))
        if not 0 <= line.discount < 100:
            problems.add(f"lines.{at}.discount", _("A discount is at least 0 and below 100 %."))
        if line.period_end and not line.period_start:
            problems.add(f"lines.{at}.period_start", _("A period needs its first day."))
        elif line.period_start and line.period_end and line.period_end <= line.period_start:
            problems.add(f"lines.{at}.period_end", _("It ends before it starts."))
    return problems
