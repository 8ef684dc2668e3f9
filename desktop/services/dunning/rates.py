"""The rates of interest for late payment: what the law of the firm's country says, and what the user entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from db.schema import InterestRate
from desktop.domain.dunning import statutory
from desktop.domain.dunning.interest import Interest, Rate, interest
from desktop.domain.dunning.statutory import BUSINESS, CONSUMER, OwnRate, known_until, rates_of, statute
from desktop.domain.money import SCALE, scaled_to_percent
from desktop.domain.wording import Said, country, day, own_word, phrase
from desktop.errors import UserError
from desktop.i18n import _, date_text, percent_text
from desktop.services.changes import change
from desktop.services.dunning.policies import Policy
from desktop.services.field_checks import countries

_SINCE = date(1900, 1, 1)
_DEBTORS = {BUSINESS: own_word("businesses"), CONSUMER: own_word("consumers")}


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate a year, a fraction times 10**6, of a country (ISO 3166) for who owes: business or consumer.

    `valid_until` is its last day, None where it stands. `own_id` is that of a rate which the user entered, None for one
    of the program's, of which `law` names the statute and `base` where its base rate is published.
    """

    country: str
    who: str
    valid_from: date
    valid_until: date | None
    rate: int
    own_id: int | None
    law: str
    base: str


def rate_rows(book: Book, of_country: str = "") -> tuple[RateRow, ...]:
    """All rates that are known, of one country where given; by country and debtor, the newest first."""
    with book.reading() as session:
        own = _own(session.connection())
    keys = sorted({*statutory.countries(), *own})
    rows = []
    for key in keys:
        if of_country and key[0] != of_country:
            continue
        entered = {one.valid_from: row_id for row_id, one in own.get(key, ())}
        known = statute(*key)
        for rate in reversed(rates_of(*key, [one for _id, one in own.get(key, ())])):
            row_id = entered.get(rate.start)
            told = known if row_id is None else None
            last = known_until([rate])
            law, base = (told.law, told.base) if told else ("", "")
            rows.append(RateRow(*key, rate.start, last, rate.rate, row_id, law, base))
    return tuple(rows)


def add_rate(book: Book, of_country: str, who: str, valid_from: date, rate: int, *, actor: str) -> int:
    """Enter a rate, in place of one that was entered for the same day; its id. It goes before the program's.

    `rate` is a fraction a year times 10**6. UserError for a country, debtor or rate that is none.
    """
    code = of_country.strip().upper()
    if code not in countries():
        raise UserError(
            _("“{code}” is not the code of a country.").format(code=code), _("Write two letters, such as DE.")
        )
    if who not in _DEBTORS:
        raise UserError(
            _("“{word}” is not one of {words}.").format(word=who, words=", ".join(_DEBTORS)),
            _("Say who owes the money."),
        )
    if not 0 <= rate <= SCALE:
        raise UserError(
            _("{percent} is no rate of interest a year.").format(percent=percent_text(scaled_to_percent(rate))),
            _("Write it in percent, such as 10.27."),
        )
    said = _("Interest of {country} is {percent} from {day}")
    with change(
        book,
        actor,
        said.format(country=code, percent=percent_text(scaled_to_percent(rate)), day=date_text(valid_from)),
    ) as made:
        row = made.connection.exec_driver_sql(
            "SELECT id FROM interest_rate WHERE country = ? AND who = ? AND valid_from = ?",
            (code, who, valid_from.isoformat()),
        ).fetchone()
        if row is not None:
            made.update(InterestRate, row[0], rate=rate)
            return int(row[0])
        return made.insert(InterestRate, country=code, who=who, valid_from=valid_from, rate=rate)


def delete_rate(book: Book, rate_id: int, *, actor: str) -> None:
    """Take a rate away that the user entered. UserError where it is not there."""
    with change(book, actor, _("Take a rate of interest away")) as made:
        row = made.connection.exec_driver_sql("SELECT 1 FROM interest_rate WHERE id = ?", (rate_id,)).fetchone()
        if row is None:
            raise UserError(_("This rate is not there any more."), _("Nothing needs to be done."))
        made.delete(InterestRate, rate_id)


class Rates:
    """What interest costs, read once a transaction."""

    def __init__(self, connection: Connection) -> None:
        self.country = str(connection.exec_driver_sql("SELECT country FROM firm").scalar_one())
        own = _own(connection)
        self._of = {
            who: rates_of(self.country, who, [one for _id, one in own.get((self.country, who), ())]) for who in _DEBTORS
        }

    def law(self, *, business: bool) -> str:
        """The statute, by its own name; empty where the program knows none."""
        known = statute(self.country, BUSINESS if business else CONSUMER)
        return known.law if known else ""

    def of(self, policy: Policy, *, business: bool) -> Sequence[Rate]:
        """The rates that a policy asks for."""
        if policy.interest == "fixed":
            return (Rate(_SINCE, None, policy.interest_rate),)
        if policy.interest == "statutory":
            return self._of[BUSINESS if business else CONSUMER]
        return ()

    def interest(self, minor: int, due: date, as_of: date, policy: Policy, *, business: bool) -> Interest:
        """What an amount has borne since it was due, by a policy."""
        if policy.interest == "none":
            return Interest(0, ())
        return interest(minor, due, as_of, self.of(policy, business=business), policy.day_count)

    def unknown(self, found: Interest, policy: Policy, *, business: bool) -> Said | None:
        """That days bore no interest because no rate is known for them; None where all did."""
        if found.unknown_from is None or policy.interest != "statutory":
            return None
        who = BUSINESS if business else CONSUMER
        known = self._of[who]
        debtor = _DEBTORS[who]
        last = known_until(known)
        if not known:
            return phrase(
                "No statutory rate of {country} for {debtor} is known: no interest is asked for.",
                country=country(self.country),
                debtor=debtor,
            )
        if last is None or found.unknown_from <= last:
            return phrase(
                "The statutory rate of {country} for {debtor} is known from {day}: earlier days bear no interest.",
                country=country(self.country),
                debtor=debtor,
                day=day(known[0].start),
            )
        return phrase(
            "The statutory rate of {country} for {debtor} is known until {day}: later days bear no interest until the"
            " next rate is entered.",
            country=country(self.country),
            debtor=debtor,
            day=day(last),
        )


def _own(connection: Connection) -> dict[tuple[str, str], list[tuple[int, OwnRate]]]:
    found: dict[tuple[str, str], list[tuple[int, OwnRate]]] = {}
    rows = connection.exec_driver_sql(
        "SELECT id, country, who, valid_from, rate FROM interest_rate ORDER BY valid_from"
    )
    for row_id, code, who, valid_from, rate in rows:
        found.setdefault((code, who), []).append((row_id, OwnRate(date.fromisoformat(valid_from), rate)))
    return found
