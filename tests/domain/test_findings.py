"""The gate: each rule fires on one side of its edge and not on the other, with the figures and the field in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from desktop.domain.agreement import Agreement
from desktop.domain.billing import Billing, ChargedSpan, ClientFacts, Deposit, Draft, Work, build
from desktop.domain.billing.einvoicing import SellerFacts
from desktop.domain.billing.facts import Milestone, Scope, UsageCharged, Used
from desktop.domain.findings import (
    EVERY_RULE,
    RULES,
    Case,
    Effective,
    Finding,
    LastInvoice,
    Sibling,
    Similar,
    Standing,
    check,
    effective,
)
from desktop.domain.findings.rule import Override, in_firm
from desktop.domain.money import SCALE
from desktop.domain.wording import phrase
from desktop.saying import put
from tests.billing_facts import (
    ADVICE,
    BOOK,
    RETAINER,
    STANDARD,
    TAXES,
    agreement,
    client,
    day,
    hours,
    line,
    money,
    one_off,
    rate,
    setting,
)

# Those of e-invoices are tried over a book, down to the XML.
NAMES = [rule.code for rule in RULES if not rule.electronic]
TODAY = date(2026, 1, 31)
NEEDS_NET = "The table needs its column “{column}”."


@dataclass
class Given:
    """One draft with its surroundings; what is not given is harmless."""

    agreed: Agreement = field(default_factory=agreement)
    buyer: ClientFacts = field(default_factory=client)
    work: Work = field(default_factory=Work)
    billing: Billing = field(default_factory=lambda: setting("2026-01-31"))
    standing: Standing = field(default_factory=Standing)
    change: Callable[[Draft], None] | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    unpriced_time: int = 0
    planning: bool = True
    kind: str = ""
    charged_since: Work | None = None

    def found(self, code: str) -> list[Finding]:
        drafts = build(self.agreed, self.buyer, self.work, self.billing).drafts
        draft = next(draft for draft in drafts if not self.kind or draft.kind == self.kind)
        if self.change:
            self.change(draft)
        case = Case(
            draft,
            self.buyer,
            [self.agreed],
            {self.agreed.id: self.charged_since or self.work},
            self.standing,
            self.billing,
            self.unpriced_time,
            self.planning,
        )
        rule = next(rule for rule in RULES if rule.code == code)
        return check(case, [Effective(rule, True, rule.severity, {**rule.parameters, **self.parameters})])


def torn() -> Billing:
    """A setting in which one template cannot be read."""
    why = phrase("At {where}: {what}", where="columns", what=("said", NEEDS_NET, {"column": "net"}))
    return replace(setting("2026-01-31"), unreadable={7: ("Quay", why.stored())})


def printed_by(template_id: int) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.template_id = template_id

    return change


def edited(**changes: Any) -> Callable[[Draft], None]:
    """Changes the first line of a draft."""

    def change(draft: Draft) -> None:
        draft.lines[0] = draft.lines[0]._replace(**changes)

    return change


def worth(gross: int, currency: str = "EUR") -> Callable[[Draft], None]:
    """Gives a draft another total."""

    def change(draft: Draft) -> None:
        draft.gross, draft.currency = gross, currency

    return change


def paid_to(*accounts: tuple[str, str], currency: str = "EUR", bic: str = "", **facts: Any) -> Given:
    """A firm with these accounts, by number and currency, that bills in a currency."""
    seller = SellerFacts(accounts=accounts, bics=(bic,) * len(accounts), **facts)
    return Given(billing=setting("2026-01-31", seller=seller), change=worth(11900, currency))


def last(**changes: Any) -> LastInvoice:
    given: dict[str, Any] = {
        "number": "INV-7",
        "issue_date": day("2025-12-31"),
        "due_date": day("2026-01-30"),
        "net": 10000,
        "payable": 11900,
        "open": 0,
    }
    return LastInvoice(**given | changes)


def similar(days: int, gross: int = 11900, currency: str = "EUR") -> Standing:
    return Standing(similar=(Similar("INV-9", TODAY - timedelta(days=days), gross, currency),))


def sibling(gross: int, *, clear: bool = True, po_number: str = "", currency: str = "EUR") -> Sibling:
    return Sibling(gross, gross, currency, po_number, gross, clear)


def charged(first: str, end: str) -> Work:
    return Work(charged={1: ChargedSpan(day(first), day(end))})


def worked(*entries: Any) -> Given:
    return Given(agreed=agreement(line(kind="time", item_id=ADVICE)), work=Work(time=list(entries)))


def priced(price: str, **changes: Any) -> Given:
    """A retainer at a price while everyone's card says 100."""
    card = setting("2026-01-31", rates=[rate(RETAINER, "100")])
    return Given(agreed=agreement(line(unit_price=price)), billing=card, **changes)


def billed_once(kind: str = "charge", price: str = "100", **changes: Any) -> Given:
    return Given(
        agreed=agreement(billing="fixed", start="2026-03-01"),
        work=Work(one_offs=[one_off(4, "2026-01-20", price, kind=kind, **changes)]),
    )


def metered(units: int, usual: Sequence[int] = (), metering: str = "events", **changes: Any) -> Given:
    """A meter through January 2026, with the months before it as they were billed."""
    start, end = day("2026-01-01"), day("2026-02-01")
    used = Used(start, end, money(units), 2, 31, start, end, 9)._replace(**changes)
    months = [date(2025, month, 1) for month in range(7, 13)] + [date(2026, 1, 1)]
    spans = list(pairwise(months))
    before = [
        UsageCharged(start, end, money(one), 100, 0)
        for (start, end), one in zip(spans[len(spans) - len(usual) :], usual, strict=True)
    ]
    return Given(
        agreed=agreement(line(kind="usage", metering=metering), start=months[-len(usual) - 1]),
        work=Work(usage_lines=True, used={1: [used]} if units else {}, usage_charged={1: before}),
    )


def late(reached: str | None) -> Given:
    """Two records of January after a first part of it was billed, up to a day where it was not over then."""
    given = metered(5)
    before = UsageCharged(
        day("2026-01-01"), day("2026-02-01"), money(20), 200_000, 0, reached=day(reached) if reached else None
    )
    given.work.usage_charged[1] = [before]
    given.billing = setting("2026-02-28")
    given.agreed = agreement(line(kind="usage"), line(2), charged_through="2026-01-01")
    return given


def milestones(scope: Scope, amount: int) -> Given:
    done = Milestone(1, ADVICE, "Design approved", amount, None, day("2026-01-20"))
    return Given(agreed=agreement(billing="fixed", start="2026-03-01"), work=Work(milestones=[done], scope=scope))


def history(*nets: int) -> Standing:
    return Standing(history=nets)


# rule, what makes it fire, what the sentence must say, the field that mends it
GSTIN = "29AAGCB7383J1Z4"
GERMAN_IBAN = "DE02120300000000202051"
SWISS_IBAN = "CH5800791123000889012"
INDIAN = setting("2026-01-31", country="IN", tax_id=GSTIN)
PORTAL = setting("2026-01-31", country="IN", tax_id=GSTIN, seller=SellerFacts(postcode="560001"))
PORTAL_BUYER = client(country="IN", tax_id=GSTIN, postcode="560001")


def in_rupees(**changes: Any) -> Callable[[Draft], None]:
    """A draft in rupees whose line has a SAC, with more of the line changed."""

    def change(draft: Draft) -> None:
        draft.currency = "INR"
        edited(**({"classification": "998311"} | changes))(draft)

    return change


FIRES: list[tuple[str, Given, list[str], str]] = [
    ("address_incomplete", Given(buyer=client(country="")), ["Acme GmbH", "no country"], "client:1:country"),
    ("address_incomplete", Given(buyer=client(city="")), ["no city"], "client:1:city"),
    (
        "address_incomplete",
        Given(buyer=client(street="", postcode="", city="")),
        ["city and street or postcode"],
        "client:1:city",
    ),
    (
        "tax_id_missing",
        Given(buyer=client(country="FR")),
        ["Reverse charge needs the VAT id of Acme GmbH"],
        "client:1:tax_id",
    ),
    (
        "tax_id_missing",
        Given(
            agreed=agreement(line(item_id=BOOK)),
            buyer=client(country="FR"),
            billing=setting(
                "2026-01-31",
                taxes=(*TAXES, replace(TAXES[4], id=9, code="intra-eu-goods", category="K")),
            ),
        ),
        ["tax-free supply within the EU"],
        "client:1:tax_id",
    ),
    (
        "tax_id_invalid",
        Given(buyer=client(tax_id="DE123456780")),
        ["VAT id DE123456780 fails its check digits"],
        "client:1:tax_id",
    ),
    (
        "buyer_reference_missing",
        Given(buyer=client(buyer_reference_required=True)),
        ["buyer reference"],
        "client:1:buyer_reference",
    ),
    (
        "currency_mismatch",
        Given(agreed=agreement(currency="USD")),
        ["A1 is in USD", "pays in EUR"],
        "agreement:1:currency",
    ),
    (
        "currency_mismatch",
        billed_once(currency="USD", description="Setup"),
        ["“Setup” is in USD, but A1 is in EUR"],
        "one_off:4:currency",
    ),
    (
        "tax_code_mismatch",
        Given(buyer=client(tax_treatment="reverse_charge", tax_id="DE136695976")),
        ["another EU state", "in DE"],
        "client:1:tax_treatment",
    ),
    (
        "tax_code_mismatch",
        Given(change=edited(category="G"), buyer=client(country="FR")),
        ["An export leaves the EU", "is in FR"],
        f"item:{RETAINER}:tax_code_id",
    ),
    (
        "tax_code_mismatch",
        Given(change=edited(category="G"), buyer=client(country="GB", tax_id="XI980780684")),
        ["An export leaves the EU", "is in GB"],
        f"item:{RETAINER}:tax_code_id",
    ),
    (
        "tax_code_mismatch",
        Given(change=edited(category="AE"), buyer=client(country="GB", tax_id="XI980780684")),
        ["another EU state", "in GB"],
        f"item:{RETAINER}:tax_code_id",
    ),
    (
        "tax_code_mismatch",
        Given(change=edited(category="G"), buyer=client(country="FR", tax_treatment="export")),
        ["An export leaves the EU", "is in FR"],
        "client:1:tax_treatment",
    ),
    (
        "tax_code_mismatch",
        Given(billing=setting("2026-01-31", taxes=())),
        ["No tax code covers “Monthly retainer” for a client in DE"],
        f"item:{RETAINER}:tax_code_id",
    ),
    (
        "tax_mix",
        Given(agreed=agreement(line(), line(2, position=2)), change=edited(category="O")),
        ["mixed with S"],
        "",
    ),
    (
        "place_missing",
        Given(buyer=client(country="IN"), billing=setting("2026-01-31", country="IN")),
        ["The state of your firm is not known"],
        "firm:1:region",
    ),
    (
        "place_missing",
        Given(buyer=client(country="US"), billing=setting("2026-01-31", country="US")),
        ["The state of Acme GmbH is not known"],
        "client:1:region",
    ),
    (
        "state_mismatch",
        Given(buyer=client(country="IN", tax_id=GSTIN, region="Kerala"), billing=INDIAN),
        ["is of Karnataka (29)", "its address in Kerala (32)"],
        "client:1:place_of_supply",
    ),
    (
        "hsn_missing",
        Given(buyer=client(country="IN"), billing=INDIAN),
        ["“Monthly retainer” has no HSN or SAC"],
        f"item:{RETAINER}:hsn_sac",
    ),
    (
        "portal_refuses",
        Given(buyer=PORTAL_BUYER, billing=PORTAL, change=in_rupees(classification="99831")),
        ["The HSN or SAC of “Monthly retainer” has 4, 6 or 8 digits; “99831” is none."],
        f"item:{RETAINER}:hsn_sac",
    ),
    (
        "portal_refuses",
        Given(buyer=replace(PORTAL_BUYER, postcode="4110"), billing=PORTAL, change=in_rupees()),
        ["The PIN code of Acme GmbH has 6 digits; “4110” is none."],
        "client:1:postcode",
    ),
    (
        "portal_refuses",
        Given(
            buyer=PORTAL_BUYER,
            billing=replace(PORTAL, firm=replace(PORTAL.firm, seller=SellerFacts(postcode="056001"))),
            change=in_rupees(),
        ),
        ["The PIN code of your firm has 6 digits; “056001” is none."],
        "firm:1:postcode",
    ),
    (
        "portal_refuses",
        Given(buyer=PORTAL_BUYER, billing=PORTAL, change=edited(classification="998311")),
        ["takes amounts in rupees", "from EUR"],
        "firm:1:rate:EUR",
    ),
    (
        "portal_refuses",
        Given(buyer=PORTAL_BUYER, billing=PORTAL, change=in_rupees(net=-1)),
        ["“Monthly retainer” takes off more than the other lines"],
        "",
    ),
    (
        "tax_rate_missing",
        Given(billing=setting("2026-01-31", tax_currency="GBP")),
        ["told in GBP", "no exchange rate of GBP"],
        "exchange:GBP:rate",
    ),
    (
        "price_missing",
        Given(agreed=agreement(line(unit_price=None))),
        ["“Monthly retainer” has no price in EUR"],
        "agreement:1:lines",
    ),
    (
        "overlap",
        Given(charged_since=charged("2026-01-31", "2026-02-01")),
        ["A1 is billed already from 31 January 2026 to before 1 February 2026"],
        "agreement:1:charged_through",
    ),
    (
        "date_backwards",
        Given(standing=Standing(series_last=day("2026-02-01"))),
        ["dated 31 January 2026", "of 1 February 2026"],
        "run::issue_date",
    ),
    ("negative_total", Given(agreed=agreement(line(unit_price="-0.01"))), ["−0.01 EUR"], ""),
    (
        "amount_above",
        Given(agreed=agreement(line(unit_price="10000.01"))),
        ["10,000.01 EUR", "10,000.00 EUR"],
        "rule:amount_above:client:1",
    ),
    ("amount_above", Given(parameters={"limit": 99}), ["100.00 EUR", "99.00 EUR"], "rule:amount_above:client:1"),
    (
        "amount_above",
        Given(
            agreed=agreement(line(unit_price="9000"), currency="USD"),
            standing=Standing(rate=money("1.2")),
        ),
        ["9,000.00 USD", "10,000.00 EUR"],
        "rule:amount_above:client:1",
    ),
    (
        "differs_from_usual",
        Given(standing=history(7999, 7999, 7999)),
        ["25% over", "last 3 invoices, 79.99 EUR", "limit 25%"],
        "",
    ),
    ("differs_from_usual", Given(standing=history(20000, 20000, 20000, 20000)), ["50% under", "200.00 EUR"], ""),
    ("off_rate_card", priced("90"), ["priced 90 EUR", "says 100 EUR"], "agreement:1:lines"),
    ("off_rate_card", priced("90", standing=Standing(last=last(lines={1: [(SCALE, money(80), SCALE)]}))), ["90"], ""),
    ("off_rate_card", Given(change=edited(price_source="hand")), ["changed by hand to 100 EUR"], ""),
    ("disputed", Given(standing=Standing(disputed=("INV-3", "INV-4"))), ["disputes INV-3, INV-4"], "client:1:disputed"),
    ("disputed", Given(buyer=client(disputed=True)), ["marked as disputed"], "client:1:disputed"),
    (
        "client_on_hold",
        Given(buyer=client(on_hold=True, hold_reason="insolvent")),
        ["on hold: insolvent"],
        "client:1:on_hold",
    ),
    (
        "credit_limit",
        Given(buyer=client(credit_limit=20000), standing=Standing(open_firm=8101)),
        ["owes 200.01 EUR", "200.00 EUR"],
        "client:1:credit_limit",
    ),
    (
        "credit_limit",
        Given(buyer=client(credit_limit=20000), standing=Standing(siblings=(sibling(8101),))),
        ["owes 200.01 EUR"],
        "client:1:credit_limit",
    ),
    (
        "client_overdue",
        Given(standing=Standing(overdue_days=61, overdue_number="INV-2")),
        ["INV-2", "61 days", "limit 60"],
        "client:1:account",
    ),
    (
        "partly_paid",
        Given(standing=Standing(last=last(open=1, due_date=TODAY))),
        ["INV-7", "0.01 EUR of 119.00 EUR"],
        "client:1:account",
    ),
    (
        "deposit_open",
        Given(
            agreed=agreement(is_final=True),
            work=Work(deposits=[Deposit(77, "DP-1", day("2025-12-01"), "EUR", (), 500)]),
        ),
        ["DP-1", "5.00 EUR open"],
        "client:1:account",
    ),
    ("po_missing", Given(buyer=client(po_required=True)), ["purchase order"], "agreement:1:po_number"),
    (
        "budget_exceeded",
        Given(agreed=agreement(budget=50_000), work=Work(worked=40_001)),
        ["budget of 500.00 EUR", "99.99 EUR left", "bills 100.00 EUR"],
        "agreement:1:budget",
    ),
    ("budget_exceeded", Given(agreed=agreement(budget=50_000), work=Work(worked=60_000)), ["has 0.00 EUR"], ""),
    (
        "scope_exceeded",
        milestones(Scope(100_000, others=60_000), 40_001),
        ["1,000.01 EUR", "1,000.00 EUR is agreed"],
        "agreement:1:agreed",
    ),
    (
        "scope_exceeded",
        milestones(Scope(100_000, ((date(2026, 2, 1), 50_000),), 400_000, 40_000), 60_001),
        ["1,000.01 EUR"],
        "",
    ),
    (
        "po_expired",
        Given(agreed=agreement(po_number="PO-1", po_expires="2026-01-30")),
        ["PO-1", "30 January 2026"],
        "agreement:1:po_expires",
    ),
    (
        "po_exceeded",
        Given(
            agreed=agreement(po_number="PO-1", po_limit=50000),
            standing=Standing(po_used={"PO-1": 40001, "PO-2": 1}),
        ),
        ["99.99 EUR left", "bills 100.00 EUR"],
        "agreement:1:po_limit",
    ),
    (
        "po_exceeded",
        Given(
            agreed=agreement(po_number="PO-1", po_limit=50000),
            standing=Standing(siblings=(sibling(40001, po_number="PO-1"),)),
        ),
        ["99.99 EUR left"],
        "agreement:1:po_limit",
    ),
    (
        "discount_above",
        Given(agreed=agreement(line(discount="0.16"))),
        ["“Monthly retainer”", "16%", "limit 15%"],
        "agreement:1:discount",
    ),
    (
        "discount_above",
        Given(work=Work(one_offs=[one_off(4, "2026-01-20", "15.01", kind="discount")])),
        ["15.01 EUR", "15% of 100.00 EUR"],
        "agreement:1:discount",
    ),
    ("look_alike", replace(billed_once(), standing=similar(10)), ["INV-9 of 21 January 2026", "119.00 EUR"], ""),
    ("look_alike", replace(billed_once(), standing=similar(-10)), ["INV-9 of 10 February 2026"], ""),
    ("look_alike", replace(billed_once(), standing=Standing(siblings=(sibling(11900),))), ["Another draft"], ""),
    ("look_alike", replace(billed_once(), standing=similar(30), parameters={"days": 30}), ["INV-9"], ""),
    ("vague_text", Given(change=edited(description="Consulting Services.")), ["too vague"], "agreement:1:lines"),
    ("vague_text", Given(change=edited(description="misc")), ["“misc”"], "agreement:1:lines"),
    ("vague_text", Given(change=edited(description="  ")), ["A line without a text"], "agreement:1:lines"),
    (
        "vague_text",
        Given(change=edited(item_id=None, period_start=None, agreement_line_id=None)),
        ["neither an item nor a period"],
        "",
    ),
    (
        "glyph_missing",
        Given(buyer=client(name="東京 GmbH")),
        ["The name of 東京 GmbH", "京 (U+4EAC), 東 (U+6771)"],
        "client:1:name",
    ),
    ("glyph_missing", Given(buyer=client(contact="山 Yama")), ["The contact 山 Yama of Acme GmbH"], "client:1:contact"),
    ("glyph_missing", Given(buyer=client(street2="一")), ["The address of Acme GmbH", "U+4E00"], "client:1:street2"),
    ("glyph_missing", Given(buyer=client(city="서울")), ["The address of Acme GmbH", "서 (U+C11C)"], "client:1:city"),
    ("glyph_missing", Given(change=edited(detail="ไทย")), ["“Monthly retainer”", "ท (U+0E17)"], "agreement:1:lines"),
    (
        "template_unreadable",
        Given(billing=torn(), change=printed_by(7)),
        ["The template Quay cannot be read. At columns: The table needs its column “net”."],
        "template:7:layout",
    ),
    (
        "template_unreadable",
        Given(billing=replace(torn(), chosen_templates=frozenset({7}))),
        ["The template Quay"],
        "template:7:layout",
    ),
    ("old_time", worked(hours(1, "2025-12-01", "1")), ["1 December 2025", "61 days ago", "limit 60"], ""),
    ("first_invoice", Given(), ["first invoice to Acme GmbH"], ""),
    (
        "changed",
        Given(standing=Standing(last=last(lines={1: [(SCALE, money(90), SCALE)]}))),
        ["rose from 90 to 100 EUR"],
        "",
    ),
    (
        "changed",
        Given(standing=Standing(last=last(lines={1: [(SCALE, money(110), SCALE)]}))),
        ["fell from 110 to 100 EUR"],
        "",
    ),
    (
        "changed",
        Given(standing=Standing(last=last(lines={1: [(2 * SCALE, money(100), SCALE)]}))),
        ["quantity", "from 2 to 1"],
        "",
    ),
    ("ends_soon", Given(agreed=agreement(end="2026-03-02")), ["A1 ends on 1 March 2026"], "agreement:1:end_date"),
    ("unapplied_credit", Given(standing=Standing(unapplied=1)), ["0.01 EUR"], "client:1:account"),
    ("unbilled_left", Given(unpriced_time=1), ["1 time entry has no rate"], "agreement:1:lines"),
    ("unbilled_left", Given(unpriced_time=2), ["2 time entries have no rate"], "agreement:1:lines"),
    (
        "exchange_rate_missing",
        Given(agreed=agreement(currency="USD")),
        ["from USD to EUR"],
        "firm:1:rate:USD",
    ),
    (
        "exchange_rate_old",
        Given(
            agreed=agreement(currency="USD"),
            billing=replace(setting("2026-01-31"), exchange_days={"USD": date(2025, 12, 1)}),
            standing=Standing(rate=SCALE),
        ),
        ["from USD to EUR is of 1 December 2025, 61 days old (limit 35)"],
        "firm:1:rate:USD",
    ),
    ("pay_code_missing", paid_to(("DE03120300000000202051", "")), ["takes no SEPA transfer"], "firm:1:iban"),
    ("pay_code_missing", paid_to(("GB33BUKB20201555555555", "EUR")), ["needs the bank's BIC"], "firm:1:iban"),
    ("pay_code_missing", paid_to((SWISS_IBAN, ""), currency="CHF"), ["postcode and town"], "firm:1:postcode"),
    (
        "pay_code_missing",
        paid_to(("CH5800791123000889013", ""), currency="CHF", city="Bern", postcode="3000"),
        ["CH5800791123000889013 is not right"],
        "firm:1:iban",
    ),
    ("pay_code_missing", paid_to(upi_id="firm", currency="INR"), ["“firm” is no UPI id"], "firm:1:upi_id"),
    (
        "pay_code_missing",
        paid_to((GERMAN_IBAN, ""), link="http://pay.example"),
        ["does not begin with https://"],
        "firm:1:payment_link",
    ),
    ("usage_missing", metered(0, (10,)), ["No use of “Monthly retainer”", "January 2026"], "agreement:1:usage"),
    ("usage_missing", metered(0, (10, 12)), ["January 2026"], "agreement:1:usage"),
    ("usage_suspect", metered(31, (8, 10, 12)), ["31 of", "3 times the usual 10", "3 periods"], "agreement:1:usage"),
    ("usage_suspect", metered(8, repeats=1), ["1 record of it says the very same"], "agreement:1:usage"),
    ("usage_suspect", metered(8, metering="readings", days=29), ["leave out 2 days"], "agreement:1:usage"),
    ("usage_suspect", metered(8, metering="readings", days=34), ["count 3 days twice"], "agreement:1:usage"),
    (
        "usage_suspect",
        metered(8, metering="readings", days=27, first=day("2026-01-05")),
        ["begin on 5 January 2026, 4 days late"],
        "",
    ),
    ("usage_suspect", late(None), ["2 records came late: 5 of", "January 2026"], "agreement:1:usage"),
]

QUIET: list[tuple[str, Given]] = [
    ("usage_missing", metered(5)),
    ("usage_missing", metered(7, (10,))),
    ("usage_suspect", metered(30, (8, 10, 12))),
    ("usage_suspect", metered(90, (10, 10))),
    ("usage_suspect", metered(8, metering="readings")),
    ("usage_suspect", metered(8, metering="readings", repeats=1)),
    ("usage_suspect", metered(8, days=90)),
    ("usage_suspect", late("2026-01-16")),
    ("address_incomplete", Given()),
    ("address_incomplete", Given(buyer=client(street=""))),
    ("address_incomplete", Given(buyer=client(postcode=""))),
    ("tax_id_missing", Given()),
    ("tax_id_missing", Given(buyer=client(country="FR", tax_id="FR40303265045"))),
    ("tax_id_missing", Given(buyer=client(country="FR", is_business=False))),
    ("tax_id_missing", Given(buyer=client(country="US"))),
    ("tax_id_invalid", Given()),
    ("tax_id_invalid", Given(buyer=client(tax_id="DE 136 695 976"))),
    ("tax_id_invalid", Given(buyer=client(country="US", tax_id="anything"))),
    ("buyer_reference_missing", Given()),
    ("buyer_reference_missing", Given(buyer=client(buyer_reference_required=True, buyer_reference="4711"))),
    (
        "buyer_reference_missing",
        Given(buyer=client(buyer_reference_required=True), agreed=agreement(buyer_reference="4711")),
    ),
    ("currency_mismatch", Given()),
    ("currency_mismatch", Given(agreed=agreement(currency="USD"), buyer=client(currency="USD"))),
    ("currency_mismatch", Given(work=Work(one_offs=[one_off(4, "2026-02-20", "1", currency="USD")]))),
    ("tax_code_mismatch", Given()),
    ("tax_code_mismatch", Given(buyer=client(country="FR", tax_id="FR40303265045"))),
    ("tax_code_mismatch", Given(change=edited(category="G"), buyer=client(country="US"))),
    ("tax_code_mismatch", Given(buyer=client(country="MC", tax_id="FR40303265045"))),
    ("tax_code_mismatch", Given(change=edited(category="K"), buyer=client(country="GB", tax_id="XI980780684"))),
    ("tax_code_mismatch", Given(change=edited(category="G"), buyer=client(country="GB", tax_id="GB980780684"))),
    ("tax_mix", Given(change=edited(category="O"))),
    ("tax_mix", Given(agreed=agreement(line(), line(2, position=2)), change=edited(category="E"))),
    ("place_missing", Given(buyer=client(country="IN"), billing=INDIAN)),
    ("place_missing", Given(buyer=client(country="US", region="Texas"), billing=setting("2026-01-31", country="US"))),
    ("place_missing", Given(buyer=client(country="FR"), billing=setting("2026-01-31", country="US"))),
    ("state_mismatch", Given(buyer=client(country="IN", tax_id=GSTIN, region="KA"), billing=INDIAN)),
    (
        "state_mismatch",
        Given(buyer=client(country="IN", tax_id=GSTIN, region="KL", place_of_supply="32"), billing=INDIAN),
    ),
    ("hsn_missing", Given()),
    ("hsn_missing", Given(buyer=client(country="IN"), billing=INDIAN, change=edited(classification="998311"))),
    ("portal_refuses", Given()),
    ("portal_refuses", Given(buyer=PORTAL_BUYER, billing=PORTAL, change=in_rupees())),
    (
        "portal_refuses",
        Given(buyer=replace(PORTAL_BUYER, country="DE", postcode="1"), billing=PORTAL, change=in_rupees()),
    ),
    ("portal_refuses", Given(buyer=replace(PORTAL_BUYER, tax_id="", postcode="1"), billing=PORTAL)),
    ("tax_rate_missing", Given(billing=setting("2026-01-31", tax_currency="EUR"))),
    ("price_missing", Given(agreed=agreement(line(unit_price="0"), line(2, position=2)))),
    (
        "price_missing",
        Given(agreed=agreement(line(unit_price=None)), change=edited(price_source="hand", unit_price=money(5))),
    ),
    ("overlap", Given(work=charged("2025-12-01", "2026-01-01"), agreed=agreement(start="2025-12-01"))),
    ("overlap", Given()),
    ("overlap", Given(charged_since=charged("2026-02-01", "2026-03-01"))),
    (
        "overlap",
        Given(
            agreed=agreement(pauses=[("2026-01-01", "2026-01-10"), ("2026-01-20", "2026-02-01")]),
            charged_since=Work(
                charged={
                    1: ChargedSpan(
                        day("2026-01-01"),
                        day("2026-02-01"),
                        ((day("2026-01-01"), day("2026-01-10")), (day("2026-01-20"), day("2026-02-01"))),
                    )
                }
            ),
        ),
    ),
    ("date_backwards", Given(standing=Standing(series_last=TODAY))),
    ("date_backwards", Given()),
    ("date_backwards", Given(standing=Standing(series_last=day("2026-02-01")), planning=False)),
    ("negative_total", Given()),
    ("amount_above", Given(agreed=agreement(line(unit_price="10000")))),
    ("amount_above", Given(parameters={"limit": 100})),
    (
        "amount_above",
        Given(agreed=agreement(line(unit_price="9000"), currency="USD"), standing=Standing(rate=money("1.1"))),
    ),
    ("differs_from_usual", Given(standing=history(8000, 8000, 8000))),
    ("differs_from_usual", replace(milestones(Scope(10_000), 10_000), standing=history(1000, 1000, 1000))),
    ("differs_from_usual", Given(standing=history(13333, 13333, 13333))),
    ("differs_from_usual", Given(standing=history(1, 1))),
    ("differs_from_usual", Given(standing=history(5000, 5000, 5000), parameters={"percent": 100})),
    ("differs_from_usual", Given(standing=history(5000, 5000, 5000), parameters={"least": 4})),
    (
        "differs_from_usual",
        Given(
            standing=history(1, 1, 1),
            work=Work(one_offs=[one_off(4, "2026-01-05", "500", kind="deposit")]),
            kind="deposit",
        ),
    ),
    ("off_rate_card", priced("100")),
    ("off_rate_card", Given()),
    ("off_rate_card", priced("90", standing=Standing(last=last(lines={1: [(SCALE, money(90), SCALE)]})))),
    (
        "off_rate_card",
        Given(billing=setting("2026-01-31", list_prices={RETAINER: ("EUR", Decimal(7))})),
    ),
    ("off_rate_card", replace(billed_once("discount"), billing=setting("2026-01-31", rates=[rate(RETAINER, "1")]))),
    ("disputed", Given()),
    ("client_on_hold", Given()),
    ("credit_limit", Given(standing=Standing(open_firm=10**9))),
    ("credit_limit", Given(buyer=client(credit_limit=20000), standing=Standing(open_firm=8100))),
    (
        "credit_limit",
        Given(buyer=client(credit_limit=20000), standing=Standing(siblings=(sibling(8101, clear=False),))),
    ),
    ("client_overdue", Given(standing=Standing(overdue_days=60, overdue_number="INV-2"))),
    ("client_overdue", Given(standing=Standing(overdue_days=90), parameters={"days": 90})),
    ("partly_paid", Given()),
    ("partly_paid", Given(standing=Standing(last=last(open=11900)))),
    ("partly_paid", Given(standing=Standing(last=last(open=0)))),
    ("partly_paid", Given(standing=Standing(last=last(open=5, due_date=TODAY + timedelta(days=1))))),
    (
        "deposit_open",
        Given(work=Work(deposits=[Deposit(77, "DP-1", day("2025-12-01"), "EUR", (), 500)])),
    ),
    (
        "deposit_open",
        Given(
            agreed=agreement(is_final=True),
            work=Work(
                deposits=[
                    Deposit(77, "DP-1", day("2025-12-01"), "EUR", ((50, "S", money("0.19"), STANDARD, ""),), 0),
                ]
            ),
        ),
    ),
    ("po_missing", Given()),
    ("po_missing", Given(buyer=client(po_required=True), agreed=agreement(po_number="PO-1"))),
    ("po_expired", Given(agreed=agreement(po_number="PO-1", po_expires="2026-01-31"))),
    ("po_expired", Given(agreed=agreement(po_expires="2026-01-01"))),
    (
        "po_exceeded",
        Given(agreed=agreement(po_number="PO-1", po_limit=50000), standing=Standing(po_used={"PO-1": 40000})),
    ),
    ("budget_exceeded", Given(agreed=agreement(budget=50_000), work=Work(worked=40_000))),
    ("budget_exceeded", Given(work=Work(worked=10**9))),
    (
        "budget_exceeded",
        Given(
            agreed=agreement(budget=1),
            work=Work(one_offs=[one_off(4, "2026-01-20", "100", kind="deposit")]),
            kind="deposit",
        ),
    ),
    ("scope_exceeded", milestones(Scope(100_000, others=60_000), 40_000)),
    ("scope_exceeded", milestones(Scope(90_000, ((date(2026, 1, 31), 10_000),), others=60_000), 40_000)),
    ("scope_exceeded", Given(work=Work(scope=Scope(100, others=200)))),
    ("po_exceeded", Given(agreed=agreement(po_number="PO-1"), standing=Standing(po_used={"PO-1": 10**9}))),
    (
        "po_exceeded",
        Given(
            agreed=agreement(po_number="PO-1", po_limit=50000),
            standing=Standing(siblings=(sibling(40001, po_number="PO-2"),)),
        ),
    ),
    ("discount_above", Given(agreed=agreement(line(discount="0.15")))),
    ("discount_above", Given(agreed=agreement(line(discount="0.3")), parameters={"percent": 30})),
    ("discount_above", Given(work=Work(one_offs=[one_off(4, "2026-01-20", "15", kind="discount")]))),
    (
        "discount_above",
        Given(
            agreed=agreement(line(kind="time", item_id=ADVICE), cap=5000),
            work=Work(time=[hours(1, "2026-01-20", "1")]),
        ),
    ),
    ("look_alike", replace(billed_once(), standing=similar(11))),
    ("look_alike", replace(billed_once(), standing=similar(1, gross=11901))),
    ("look_alike", replace(billed_once(), standing=similar(1, currency="USD"))),
    ("look_alike", Given(standing=similar(1))),
    ("look_alike", replace(milestones(Scope(10_000), 10_000), standing=similar(1))),
    ("vague_text", Given()),
    ("vague_text", Given(change=edited(item_id=None, agreement_line_id=None))),
    ("vague_text", Given(change=edited(description="Consulting on the merger"))),
    ("glyph_missing", Given(buyer=client(name="Łódź & Ελλάς हिन्दी שלום محمد 😀"))),
    ("glyph_missing", Given(change=edited(detail="½ Tag\t“×”\n\u200b"))),
    ("template_unreadable", Given(billing=torn(), change=printed_by(8))),
    ("old_time", worked(hours(1, "2025-12-02", "1"))),
    ("old_time", Given()),
    ("first_invoice", Given(standing=Standing(invoiced_before=True))),
    ("changed", Given()),
    ("changed", Given(standing=Standing(last=last(lines={1: [(SCALE, money(100), SCALE)]})))),
    ("changed", Given(standing=Standing(last=last(lines={1: [(15 * SCALE, money(100), 31 * SCALE)]})))),
    (
        "changed",
        Given(standing=Standing(last=last(lines={1: [(SCALE, money(100), SCALE), (SCALE, money(90), SCALE)]}))),
    ),
    ("ends_soon", Given(agreed=agreement(end="2026-03-03"))),
    ("ends_soon", Given(agreed=agreement())),
    ("unapplied_credit", Given()),
    ("unbilled_left", Given()),
    ("pay_code_missing", Given()),
    ("pay_code_missing", paid_to(("US12345678901234567", ""))),
    ("pay_code_missing", paid_to((GERMAN_IBAN, "USD"), ("DE03120300000000202051", "USD"))),
    ("pay_code_missing", paid_to((GERMAN_IBAN, ""), link="https://pay.example/{number}")),
    ("pay_code_missing", paid_to((SWISS_IBAN, ""), currency="CHF", city="Bern", postcode="3000")),
    ("pay_code_missing", paid_to(upi_id="firm@okbank", currency="INR")),
    ("pay_code_missing", replace(paid_to(link="http://pay.example"), change=worth(-5))),
    ("pay_code_missing", replace(paid_to(upi_id="firm@okbank", currency="INR"), change=worth(10**9, "INR"))),
    ("exchange_rate_missing", Given()),
    ("exchange_rate_missing", Given(agreed=agreement(currency="USD"), standing=Standing(rate=SCALE))),
    ("exchange_rate_old", Given()),
    (
        "exchange_rate_old",
        Given(
            agreed=agreement(currency="USD"),
            billing=replace(setting("2026-01-31"), exchange_days={"USD": date(2025, 12, 27)}),
            standing=Standing(rate=SCALE),
        ),
    ),
]


@pytest.mark.parametrize("code, given, says, mends", FIRES, ids=[f"{n}-{case[0]}" for n, case in enumerate(FIRES)])
def test_the_rule_fires(code: str, given: Given, says: list[str], mends: str) -> None:
    (found,) = given.found(code)
    for words in says:
        assert words in put(found.message)
    assert put(found.message).endswith(".")
    assert put(found.remedy).endswith(".")
    assert found.severity == next(rule.severity for rule in RULES if rule.code == code)
    if mends:
        assert found.field == mends


@pytest.mark.parametrize("code, given", QUIET, ids=[f"{n}-{case[0]}" for n, case in enumerate(QUIET)])
def test_the_rule_keeps_quiet(code: str, given: Given) -> None:
    assert given.found(code) == []


def test_each_rule_is_tried_on_both_sides() -> None:
    assert {case[0] for case in FIRES} == set(NAMES)
    assert {case[0] for case in QUIET} == set(NAMES)


# The table of design.md section 9; with what a run cannot do without: a price, a deposit
# that is asked for twice, and the rate that limits compare by.
TABLE = {
    "block": "address_incomplete tax_id_missing tax_id_invalid buyer_reference_missing currency_mismatch "
    "tax_code_mismatch tax_mix overlap date_backwards price_missing usage_missing place_missing hsn_missing "
    "tax_rate_missing portal_refuses",
    "hold": "negative_total amount_above differs_from_usual off_rate_card disputed client_on_hold credit_limit "
    "client_overdue partly_paid po_missing po_expired po_exceeded discount_above look_alike vague_text old_time "
    "glyph_missing "
    "first_invoice deposit_open budget_exceeded scope_exceeded usage_suspect state_mismatch",
    "note": "changed ends_soon unapplied_credit unbilled_left exchange_rate_missing exchange_rate_old "
    "template_unreadable pay_code_missing",
}


def test_the_table_is_whole() -> None:
    assert len(NAMES) == len(set(NAMES))
    for severity, codes in TABLE.items():
        assert {rule.code for rule in RULES if rule.severity == severity and not rule.electronic} == set(codes.split())
    assert {rule.severity for rule in RULES if rule.electronic} == {"block"}
    assert [rule.code for rule in RULES if not rule.enabled] == ["portal_refuses", "first_invoice"]
    assert {rule.code: dict(rule.parameters) for rule in RULES if rule.parameters} == {
        "amount_above": {"limit": 10000},
        "differs_from_usual": {"percent": 25, "least": 3},
        "usage_suspect": {"times": 3, "least": 3},
        "client_overdue": {"days": 60},
        "discount_above": {"percent": 15},
        "look_alike": {"days": 10},
        "old_time": {"days": 60},
        "ends_soon": {"days": 30},
        "exchange_rate_old": {"days": 35},
    }


def test_a_rise_over_several_months_is_noted_once() -> None:
    given = Given(billing=setting("2026-03-31"), standing=Standing(last=last(lines={1: [(SCALE, money(90), SCALE)]})))
    assert len(given.found("changed")) == 1


def test_po_limits_of_each_agreement_count_on_a_joint_invoice() -> None:
    first, second = (
        agreement(id=k, code=f"A{k}", po_number="PO-1", po_limit=limit) for k, limit in ((1, 90000), (2, 500))
    )
    draft = build(first, client(), Work(), setting("2026-01-31")).drafts[0]
    draft.agreement_ids = [1, 2]
    case = Case(draft, client(), [first, second], {}, Standing(), setting("2026-01-31"))
    rule = next(rule for rule in RULES if rule.code == "po_exceeded")
    assert [found.field for found in check(case, effective([rule], []))] == ["agreement:2:po_limit"]


# --- how the rows of the table are overridden


def row(*levels: dict[str, Override], code: str = "amount_above") -> Effective:
    (found,) = effective([rule for rule in RULES if rule.code == code], levels)
    return found


def test_the_narrower_level_has_the_last_word_on_what_it_says() -> None:
    firm = {"amount_above": Override(None, None, {"limit": 5000})}
    segment = {"amount_above": Override(False, "block", {})}
    of_client = {"amount_above": Override(True, None, {})}
    of_agreement = {"amount_above": Override(None, "note", {"limit": 7})}
    assert row(firm).parameters == {"limit": 5000}
    found = row(firm, segment)
    assert (found.enabled, found.severity, found.parameters) == (False, "block", {"limit": 5000})
    assert row(firm, segment, of_client).enabled
    found = row(firm, segment, of_client, of_agreement)
    assert (found.enabled, found.severity, found.parameters) == (True, "note", {"limit": 7})


def test_a_rule_nobody_speaks_of_keeps_its_defaults() -> None:
    found = row({"look_alike": Override(False, None, {})}, code="old_time")
    assert (found.enabled, found.severity, found.parameters) == (True, "hold", {"days": 60})


def test_owner_and_hours_come_from_the_narrowest_level_and_else_from_what_is_said_of_every_rule() -> None:
    everyone = {EVERY_RULE: Override(None, None, {}, owner_id=1, hours=24)}
    firm = everyone | {"amount_above": Override(None, None, {}, hours=8)}
    segment = {EVERY_RULE: Override(None, None, {}, owner_id=2), "amount_above": Override(None, None, {}, owner_id=3)}
    assert (row().owner_id, row().hours) == (None, None)
    assert (row(everyone).owner_id, row(everyone).hours) == (1, 24)
    assert (row(firm).owner_id, row(firm).hours) == (1, 8)
    assert (row(firm, segment).owner_id, row(firm, segment).hours) == (3, 8)
    found = row(firm, segment, code="old_time")
    assert (found.owner_id, found.hours) == (2, 24)


def test_a_rule_switched_off_is_silent_and_a_changed_severity_counts() -> None:
    agreed = agreement()
    draft = build(agreed, client(), Work(), setting("2026-01-31")).drafts[0]
    case = Case(draft, client(on_hold=True), [agreed], {}, Standing(), setting("2026-01-31"))
    rules = [rule for rule in RULES if rule.code == "client_on_hold"]
    assert check(case, effective(rules, [{"client_on_hold": Override(False, None, {})}])) == []
    (found,) = check(case, effective(rules, [{"client_on_hold": Override(None, "block", {})}]))
    assert found.severity == "block"


@pytest.mark.parametrize(
    "minor, currency, rate_scaled, firm",
    [
        (10000, "EUR", None, 10000),
        (10000, "USD", None, 10000),
        (10000, "USD", money("0.915"), 9150),
        (1, "USD", money("0.5"), 1),
        (-1, "USD", money("0.5"), -1),
        (1000, "JPY", money("0.0062"), 620),
        (1000, "KWD", money("3"), 300),
    ],
)
def test_amounts_are_compared_in_the_firms_currency(
    minor: int, currency: str, rate_scaled: int | None, firm: int
) -> None:
    assert in_firm(minor, currency, "EUR", rate_scaled) == firm
