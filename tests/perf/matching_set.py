"""A made month of a firm with known truth: open invoices, their payers, and bank lines of which is known what they pay.

People, banks and series are made up by dice, and so are their errors; nothing here knows how lines are matched. Each
line keeps the habit by which it was made, so that figures can be told apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from desktop.domain.matching.facts import Line, OpenInvoice, PastPayment, Payer
from desktop.domain.references import qr_reference, rf_reference

TODAY: Final = date(2026, 11, 20)
_PLANS: Final = (2900, 4900, 9900, 14900, 25000, 50000, 100000, 119000)
_FIRST: Final = (
    "Nordlicht",
    "Alpen",
    "Rhein",
    "Hansa",
    "Kontor",
    "Meridian",
    "Aurora",
    "Basalt",
    "Cobalt",
    "Delta",
    "Ember",
    "Falken",
    "Gravita",
    "Helios",
    "Isar",
    "Juniper",
    "Kranich",
    "Lumen",
    "Mosaik",
    "Neckar",
    "Oktant",
    "Prisma",
    "Quanta",
    "Rubin",
    "Saphir",
    "Tundra",
    "Umbra",
    "Vektor",
    "Westend",
    "Xenon",
    "Yara",
    "Zenit",
    "Müller",
    "Schröder",
    "Weiß",
    "Köhler",
    "Dubois",
    "Lefèvre",
    "García",
    "Muñoz",
    "Rossi",
    "Bianchi",
    "Kowalski",
    "Nowak",
    "Jansen",
    "Visser",
    "Novák",
    "Horváth",
)
_SECOND: Final = (
    "Bau",
    "Logistik",
    "Software",
    "Medien",
    "Consulting",
    "Technik",
    "Foods",
    "Textil",
    "Energie",
    "Handel",
    "Systems",
    "Labs",
    "Design",
    "Druck",
    "Pharma",
    "Motors",
    "Maritime",
    "Analytics",
    "Robotics",
    "Holzbau",
    "Optik",
    "Werbung",
    "Immobilien",
    "Services",
    "Studio",
    "Werkzeuge",
    "Papier",
    "Glas",
    "Reisen",
    "Catering",
)
_THIRD: Final = (
    "Nord",
    "Süd",
    "Ost",
    "West",
    "Berlin",
    "Wien",
    "Zürich",
    "Lyon",
    "Milano",
    "Praha",
    "Gent",
    "Porto",
    "Malmö",
    "Krakau",
    "Graz",
)
_FORMS: Final = ("GmbH", "AG", "SARL", "S.p.A.", "B.V.", "Ltd", "KG", "GmbH & Co. KG", "SAS", "s.r.o.")
_WORDS: Final = ("Rechnung", "Rg.", "Invoice", "Re.Nr.", "Zahlung", "Facture", "Fattura n.", "INVOICE NO", "Ihre Rg")
_TAILS: Final = (
    "",
    " vielen Dank",
    " vom 12.10.2026",
    " EUR",
    " Danke",
    " Kd.Nr. siehe oben",
    " 19% MwSt",
    " / Oktober",
)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a line pays: what it settles of each open item, or the payment that it takes back.

    `tellable`: a person with the same facts could tell. Money for nothing that is open settles nothing.
    """

    habit: str
    settles: dict[int, int]
    client_id: int | None
    returned: int | None = None
    tellable: bool = True


@dataclass(slots=True)
class Month:
    items: list[OpenInvoice] = field(default_factory=list)
    payers: list[Payer] = field(default_factory=list)
    past: list[PastPayment] = field(default_factory=list)
    settled: dict[str, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    truths: dict[int, Truth] = field(default_factory=dict)


def make(lines: int = 10_000, invoices: int = 20_000, seed: int = 1, clients: int = 0) -> Month:
    """A month; as many clients as have eight invoices each, where their number is not given."""
    return _Maker(lines, invoices, clients or max(20, invoices // 8), random.Random(seed)).month


class _Maker:
    def __init__(self, lines: int, invoices: int, clients: int, dice: random.Random) -> None:
        self.dice = dice
        self.month = Month()
        self.own: dict[int, list[OpenInvoice]] = {}
        self.account_in_use: dict[int, str] = {}
        self.numbers = 0
        self._clients(clients)
        for number in range(invoices):
            self._invoice(number + 1)
        self._past(max(50, invoices // 20))
        habits: list[tuple[int, Callable[[], bool]]] = [
            (300, self.full_number),
            (90, self.structured),
            (60, self.typing_error),
            (80, self.amount_alone),
            (90, self.bulk),
            (40, self.bulk_missing),
            (20, self.bulk_silent),
            (50, self.part),
            (20, self.over),
            (60, self.discounted),
            (20, self.withheld),
            (20, self.charged),
            (20, self.converted),
            (30, self.group),
            (20, self.by_order),
            (20, self.last_digits),
            (20, self.third_party),
            (20, self.money_for_nothing),
            (20, self.paid_twice),
            (20, self.returned),
            (20, self.equals),
        ]
        weights = [weight for weight, _habit in habits]
        while len(self.month.lines) < lines:
            dice.choices(habits, weights)[0][1]()

    # Facts

    def _clients(self, count: int) -> None:
        names: set[str] = set()
        while len(names) < count:
            parts = [self.dice.choice(_FIRST), self.dice.choice(_SECOND)]
            if self.dice.random() < 0.7:
                parts.append(self.dice.choice(_THIRD))
            names.add(" ".join((*parts, self.dice.choice(_FORMS))))
        head = 0
        for client, name in enumerate(self.dice.sample(sorted(names), count), start=1):
            group = head if head and self.dice.random() < 0.1 else client
            head = group if group == client else head
            account = self._iban()
            self.account_in_use[client] = account
            known = (account,) if self.dice.random() < 0.65 else ()
            self.month.payers.append(Payer(client, group, f"K{10000 + client}", (name,), known))
            self.own[client] = []

    def _iban(self) -> str:
        return "DE" + "".join(self.dice.choice("0123456789") for _ in range(20))

    def _invoice(self, row: int) -> None:
        dice = self.dice
        payer = dice.choice(self.month.payers)
        series = dice.random()
        self.numbers += dice.choice((1, 1, 1, 2, 3))
        if series < 0.8:
            number = f"INV-2026-{self.numbers:05d}"
        elif series < 0.95:
            number = f"RG{self.numbers:06d}"
        else:
            number = f"26{self.numbers:06d}"
        amount = dice.choice(_PLANS) if dice.random() < 0.3 else dice.randrange(1000, 900_000)
        issued = TODAY - timedelta(days=dice.randrange(5, 120))
        currency = "USD" if dice.random() < 0.04 else "EUR"
        kind = dice.random()
        references = (rf_reference(number),) if kind < 0.2 else (qr_reference(number),) if kind < 0.3 else ()
        item = OpenInvoice(
            row,
            row,
            payer.client_id,
            payer.group,
            number,
            number,
            currency,
            issued,
            issued + timedelta(days=30),
            amount,
            amount,
            discount=amount * 2 // 100 if dice.random() < 0.25 else 0,
            discount_until=TODAY + timedelta(days=5),
            withholding=amount // 10 if dice.random() < 0.04 else 0,
            po_number=f"PO-{dice.randrange(100000, 999999)}" if dice.random() < 0.2 else "",
            references=references,
        )
        self.month.items.append(item)
        self.own[payer.client_id].append(item)

    def _past(self, count: int) -> None:
        for row in range(1, count + 1):
            payer = self.dice.choice(self.month.payers)
            self.numbers += 1
            self.month.settled[f"INV-2026-{self.numbers:05d}"] = payer.client_id
            amount = self.dice.choice(_PLANS) if self.dice.random() < 0.3 else self.dice.randrange(1000, 900_000)
            paid_on = TODAY - timedelta(days=self.dice.randrange(5, 50))
            payment = PastPayment(
                row,
                f"P-2026-{row:05d}",
                payer.client_id,
                "EUR",
                amount,
                paid_on,
                self.account_in_use[payer.client_id],
                (f"E2E-{row:07d}",),
            )
            self.month.past.append(payment)

    # How things are written

    def spelled(self, number: str) -> str:
        """A number as people write it."""
        plain = number.replace("-", "")
        way = self.dice.random()
        if way < 0.45:
            return number
        if way < 0.6:
            return number.replace("-", " ")
        if way < 0.7:
            return plain
        if way < 0.78:
            return number.replace("-", "/")
        if way < 0.86:
            return number.lower()
        if way < 0.93:
            return "".join(sign for sign in number if sign.isdigit())
        at = self.dice.randrange(2, len(number) - 1)
        return number[:at] + " " + number[at:]

    def text(self, what: str) -> str:
        return f"{self.dice.choice(_WORDS)} {what}{self.dice.choice(_TAILS)}"

    def party(self, payer: Payer) -> str:
        name = payer.names[0]
        way = self.dice.random()
        if way < 0.12:
            return ""
        if way < 0.3:
            name = name.upper()
        elif way < 0.42:
            name = name.rsplit(" ", 1)[0]
        elif way < 0.5:
            name = name.replace("ü", "ue").replace("ö", "oe").replace("ß", "ss")
        elif way < 0.55:
            words = name.split()
            name = " ".join((*words[1:], words[0]))
        elif way < 0.6 and len(name) > 8:
            at = self.dice.randrange(2, len(name) - 3)
            name = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        return name[:27] if self.dice.random() < 0.2 else name

    def account(self, payer: Payer) -> str:
        way = self.dice.random()
        if way < 0.2:
            return ""
        return self._iban() if way < 0.27 else self.account_in_use[payer.client_id]

    # Habits

    def add(
        self,
        habit: str,
        payer: Payer,
        amount: int,
        settles: dict[int, int],
        *,
        tellable: bool = True,
        currency: str = "EUR",
        **said: object,
    ) -> bool:
        row = len(self.month.lines) + 1
        facts: dict[str, object] = {"party": self.party(payer), "party_account": self.account(payer), **said}
        booked = TODAY - timedelta(days=self.dice.randrange(0, 4))
        if settles and amount > 0 and not any(facts.get(known) for known in ("party", "party_account", "text")):
            return False
        self.month.lines.append(Line(row, amount, currency, booked, **facts))  # type: ignore[arg-type]
        self.month.truths[row] = Truth(habit, settles, payer.client_id, tellable=tellable)
        return True

    def one(self, wanted: Callable[[OpenInvoice], bool] = lambda item: True) -> tuple[Payer, OpenInvoice] | None:
        """An invoice that no line pays yet, and its payer."""
        for _try in range(60):
            payer = self.dice.choice(self.month.payers)
            fitting = [item for item in self.own[payer.client_id] if item.currency == "EUR" and wanted(item)]
            if fitting:
                item = self.dice.choice(fitting)
                self.own[payer.client_id].remove(item)
                return payer, item
        return None

    def some(self, least: int, most: int) -> tuple[Payer, list[OpenInvoice]] | None:
        for _try in range(60):
            payer = self.dice.choice(self.month.payers)
            fitting = [item for item in self.own[payer.client_id] if item.currency == "EUR"]
            if len(fitting) >= least:
                chosen = self.dice.sample(fitting, self.dice.randrange(least, min(most, len(fitting)) + 1))
                for item in chosen:
                    self.own[payer.client_id].remove(item)
                return payer, chosen
        return None

    def full_number(self) -> bool:
        found = self.one()
        if not found:
            return False
        payer, item = found
        said = self.text(self.spelled(item.number))
        return self.add("full number", payer, item.open, {item.id: item.open}, text=said)

    def structured(self) -> bool:
        found = self.one(lambda item: bool(item.references))
        if not found:
            return False
        payer, item = found
        reference = item.references[0]
        if self.dice.random() < 0.3:
            spaced = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
            return self.add("structured", payer, item.open, {item.id: item.open}, text=self.text(spaced))
        return self.add("structured", payer, item.open, {item.id: item.open}, reference=reference)

    def typing_error(self) -> bool:
        found = self.one()
        if not found:
            return False
        payer, item = found
        wrong = self.mistyped(item.number)
        return self.add("typing error", payer, item.open, {item.id: item.open}, text=self.text(wrong))

    def mistyped(self, number: str) -> str:
        places = [at for at, sign in enumerate(number) if sign.isdigit()]
        while True:
            at = self.dice.choice(places)
            way = self.dice.random()
            if way < 0.4 and at + 1 in places:
                wrong = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
            elif way < 0.6:
                wrong = number[:at] + number[at + 1 :]
            elif way < 0.8:
                wrong = number[:at] + number[at] + number[at:]
            else:
                wrong = number[:at] + self.dice.choice("0123456789") + number[at + 1 :]
            if wrong != number:
                return wrong

    def amount_alone(self) -> bool:
        found = self.one()
        if not found:
            return False
        payer, item = found
        # Whoever owes several of one amount and names none is an equal, which has a habit of its own.
        twin = any(other.open == item.open for other in self.own[payer.client_id])
        text = self.dice.choice(("", "Zahlung", "Überweisung", "payment", "Rechnung vom Oktober"))
        return self.add("amount alone", payer, item.open, {item.id: item.open}, text=text, tellable=not twin)

    def joined(self, items: list[OpenInvoice]) -> str:
        if self.dice.random() < 0.7:
            return self.dice.choice((", ", " + ", "; ", " und ", "/", " ")).join(
                self.spelled(item.number) for item in items
            )
        numbers = [item.number for item in items]
        told = numbers[0]
        for before, number in pairwise(numbers):
            same = len(before) == len(number) and before[:-4] == number[:-4]
            told += self.dice.choice(("/", "+", ", ")) + (number[-4:] if same else number)
        return told

    def bulk(self) -> bool:
        found = self.some(2, 8)
        if not found:
            return False
        payer, items = found
        settles = {item.id: item.open for item in items}
        said = self.text(self.joined(items))
        return self.add("bulk", payer, sum(settles.values()), settles, text=said)

    def bulk_missing(self) -> bool:
        found = self.some(2, 6)
        if not found:
            return False
        payer, items = found
        settles = {item.id: item.open for item in items}
        said = self.text(self.joined(items[:-1]))
        return self.add("bulk, one not named", payer, sum(settles.values()), settles, text=said)

    def bulk_silent(self) -> bool:
        found = self.some(2, 5)
        if not found:
            return False
        payer, items = found
        settles = {item.id: item.open for item in items}
        return self.add("bulk, none named", payer, sum(settles.values()), settles, text="Sammelzahlung")

    def part(self) -> bool:
        found = self.one(lambda item: item.open > 5000)
        if not found:
            return False
        payer, item = found
        amount = item.open * self.dice.randrange(20, 81) // 100
        said = self.text(self.spelled(item.number)) + self.dice.choice((" Teilzahlung", " 1. Rate", " a conto", ""))
        return self.add("part", payer, amount, {item.id: amount}, text=said)

    def over(self) -> bool:
        found = self.one()
        if not found:
            return False
        payer, item = found
        amount = item.open + self.dice.randrange(1, item.open // 5 + 2)
        said = self.text(self.spelled(item.number))
        return self.add("over", payer, amount, {item.id: item.open}, text=said)

    def discounted(self) -> bool:
        found = self.one(lambda item: item.discount > 0)
        if not found:
            return False
        payer, item = found
        said = self.text(self.spelled(item.number) + self.dice.choice(("", " abzgl. 2% Skonto", " less 2 %")))
        return self.add("discount", payer, item.open - item.discount, {item.id: item.open}, text=said)

    def withheld(self) -> bool:
        found = self.one(lambda item: item.withholding > 0)
        if not found:
            return False
        payer, item = found
        said = self.text(self.spelled(item.number))
        return self.add("withholding", payer, item.open - item.withholding, {item.id: item.open}, text=said)

    def charged(self) -> bool:
        found = self.one(lambda item: item.open > 10_000)
        if not found:
            return False
        payer, item = found
        kept = self.dice.choice((500, 1000, 1250))
        said = self.text(self.spelled(item.number))
        stated = kept if self.dice.random() < 0.6 else 0
        return self.add("charges", payer, item.open - kept, {item.id: item.open}, text=said, charges=stated)

    def converted(self) -> bool:
        for payer in self.dice.sample(self.month.payers, min(200, len(self.month.payers))):
            foreign = [item for item in self.own[payer.client_id] if item.currency == "USD"]
            if foreign:
                item = foreign[0]
                self.own[payer.client_id].remove(item)
                got = item.open * self.dice.randrange(900, 940) // 1000
                said = self.text(self.spelled(item.number))
                original = (item.open, "USD")
                return self.add("converted", payer, got, {item.id: item.open}, text=said, original=original)
        return False

    def group(self) -> bool:
        found = self.one(lambda item: item.client_id != item.group)
        if not found:
            return False
        _member, item = found
        head = self.month.payers[item.group - 1]
        said = self.text(self.spelled(item.number))
        return self.add("group", head, item.open, {item.id: item.open}, text=said)

    def by_order(self) -> bool:
        found = self.one(lambda item: bool(item.po_number))
        if not found:
            return False
        payer, item = found
        return self.add("order", payer, item.open, {item.id: item.open}, text=f"Bestellung {item.po_number}")

    def last_digits(self) -> bool:
        found = self.one()
        if not found:
            return False
        payer, item = found
        said = f"{self.dice.choice(_WORDS)} {int(item.number[-5:])}"
        return self.add("last digits", payer, item.open, {item.id: item.open}, text=said)

    def third_party(self) -> bool:
        found = self.one()
        if not found:
            return False
        payer, item = found
        other = replace(payer, names=("Factoring Bank International",))
        said = self.text(self.spelled(item.number))
        return self.add("third party", other, item.open, {item.id: item.open}, text=said, party_account=self._iban())

    def money_for_nothing(self) -> bool:
        payer = self.dice.choice(self.month.payers)
        amount = self.dice.randrange(1000, 900_000)
        text = self.dice.choice(("Erstattung", "Anzahlung", "refund 2026", "advance payment", "Kaution 4711"))
        return self.add("for nothing", payer, amount, {}, text=text, tellable=False)

    def paid_twice(self) -> bool:
        number, client = self.dice.choice(list(self.month.settled.items()))
        payer = self.month.payers[client - 1]
        amounts = [item.open for item in self.own[client]] or [self.dice.randrange(1000, 900_000)]
        amount = self.dice.choice((self.dice.choice(amounts), self.dice.randrange(1000, 900_000)))
        return self.add("paid twice", payer, amount, {}, text=self.text(self.spelled(number)), tellable=False)

    def equals(self) -> bool:
        """Somebody who owes the same amount several times pays one of them without a word on which."""
        for payer in self.dice.sample(self.month.payers, min(300, len(self.month.payers))):
            open_items = [item for item in self.own[payer.client_id] if item.currency == "EUR"]
            for item in open_items:
                if any(other.open == item.open for other in open_items if other is not item):
                    self.own[payer.client_id].remove(item)
                    return self.add("equals", payer, item.open, {item.id: item.open}, text="Zahlung", tellable=False)
        return False

    def returned(self) -> bool:
        payment = self.dice.choice(self.month.past)
        if any(truth.returned == payment.id for truth in self.month.truths.values()):
            return False
        payer = self.month.payers[payment.client_id - 1]
        kept = self.dice.choice((0, 0, 300))
        amount, row = -payment.amount - kept, len(self.month.lines) + 1
        if self.dice.random() < 0.6:
            said = payment.references[0]
            self.add("return", payer, amount, {}, returns=True, charges=kept, return_reason="AC04", end_to_end=said)
        else:
            account = payment.party_account
            self.add("return", payer, amount, {}, returns=True, charges=kept, party_account=account)
        self.month.truths[row] = replace(self.month.truths[row], returned=payment.id)
        return True
