"""A client's account as a page: what is open and since when, how to pay it, and every document with its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from desktop.documents.address import postal_lines
from desktop.documents.cldr import document_locale
from desktop.documents.letters.words import word
from desktop.documents.paycodes.payloads import Code
from desktop.documents.portal.markup import Markup, tag, together
from desktop.documents.portal.style import POLICY, SCRIPT, STYLE
from desktop.documents.portal.symbol import symbol_drawing
from desktop.documents.portal.words import page_word
from desktop.documents.words import Words, words_for
from desktop.domain.document import BankAccount, Party
from desktop.domain.money import major_text
from desktop.domain.pay_codes import LINK, SWISS_BILL
from desktop.i18n import amount_text, date_text, money_text

AGES = ("current", "d1_30", "d31_60", "d61_90", "over_90")


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is open of a document or an instalment. `days` past due, below 0 while it is still to come; minor units;
    `codes` to pay `asked`, what is open and not disputed, by its `reference`."""

    name: str
    kind: str
    issued: date
    due: date
    days: int
    amount: int
    open: int
    asked: int
    reference: str
    codes: tuple[Code, ...]
    po_number: str = ""
    in_plan: bool = False


@dataclass(frozen=True, slots=True)
class PageAccount:
    """One currency: open items, what is open by age (AGES), credit not used, and where to pay to by which means."""

    currency: str
    items: tuple[OpenItem, ...]
    ages: tuple[int, ...]
    credit: int
    bank: tuple[BankAccount, ...]
    means: str = "transfer"


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of a document: its form, its name, and where it lies, relative to the page or as a data: URI."""

    form: str
    name: str
    link: str


@dataclass(frozen=True, slots=True)
class PageDocument:
    """One issued document; `open` in minor units, None where nothing is ever open of it."""

    number: str
    kind: str
    issued: date
    due: date
    currency: str
    amount: int
    open: int | None
    files: tuple[PageFile, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that a client's page says; `logo` is a data: URI."""

    language: str
    as_of: date
    seller: Party
    buyer: Party
    accounts: tuple[PageAccount, ...]
    documents: tuple[PageDocument, ...]
    logo: str = ""


def page_text(page: Page) -> str:
    """The page as HTML."""
    return _Writer(page).whole()


class _Writer:
    """Writes one page in its language."""

    def __init__(self, page: Page) -> None:
        self._page = page
        country = "US" if page.buyer.country == "US" else page.seller.country
        self._locale = document_locale(page.language, country)
        self._words: Words = words_for(self._locale)

    def whole(self) -> str:
        page = self._page
        title = self._own("title").format(firm=page.seller.name)
        head = tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
            tag("meta", name="viewport", content="width=device-width,initial-scale=1"),
            tag("meta", name="referrer", content="no-referrer"),
            tag("meta", name="robots", content="noindex"),
            tag("title", f"{title} – {page.buyer.name}"),
            tag("style", Markup(STYLE)),
        )
        body = tag(
            "body",
            self._header(title),
            tag("main", *map(self._account, page.accounts), self._documents()),
            self._footer(),
            tag("script", Markup(SCRIPT)),
        )
        whole = tag("html", head, body, lang=self._locale.replace("_", "-"))
        return f"<!DOCTYPE html>\n{whole}\n"

    def _header(self, title: str) -> Markup:
        page = self._page
        # By itself, so that a name written from right to left takes no digit of the code along.
        named = together(tag("bdi", page.buyer.name), f" · {page.buyer.code}" if page.buyer.code else None)
        logo = tag("img", src=page.logo, alt=page.seller.name) if page.logo else None
        said = self._own("as_of").format(date=self._day(page.as_of))
        return tag("header", tag("div", tag("h1", title), tag("p", named), tag("p", said, class_="quiet")), logo)

    def _account(self, account: PageAccount) -> Markup:
        heading = self._letter("open_items")
        if len(self._page.accounts) > 1:
            heading = f"{heading} · {account.currency}"
        name = f"open-{account.currency.lower()}"
        return together(
            tag(
                "section",
                tag("h2", heading, id=name),
                self._figures(account),
                self._items(account) if account.items else tag("p", self._letter("nothing_open"), class_="done"),
                self._ages(account) if account.items else None,
                aria_labelledby=name,
            ),
            self._ways(account) if account.items else None,
        )

    def _figures(self, account: PageAccount) -> Markup:
        is_open = sum(item.open for item in account.items)
        overdue = sum(item.asked for item in account.items if item.days > 0)
        balance = is_open - account.credit
        figures = [(self._letter("total_open"), is_open, "")]
        if overdue:
            figures.append((self._own("overdue"), overdue, "late"))
        if account.credit:
            figures.append((self._letter("unused_credit"), account.credit, ""))
            yours = "account_balance" if balance >= 0 else "account_balance_yours"
            figures.append((self._letter(yours), abs(balance), ""))
        return tag(
            "dl",
            *(
                tag("div", tag("dt", name), tag("dd", self._money(amount, account.currency), class_=look or None))
                for name, amount, look in figures
            ),
            class_="figures",
        )

    def _items(self, account: PageAccount) -> Markup:
        heads = [("document", ""), ("issued", ""), ("due", ""), ("amount", "money"), ("open", "money")]
        rows = []
        for place, item in enumerate(account.items):
            note = " · ".join(self._notes(item, account.currency))
            named = self._letter("named").format(kind=self._letter(f"kind_{item.kind}"), number=item.name)
            shown: str = tag("a", named, href=f"#{_anchor(account, place)}") if item.asked else named
            rows.append(
                tag(
                    "tr",
                    tag("th", shown, tag("small", note) if note else None, scope="row"),
                    tag("td", self._day(item.issued), class_="day"),
                    tag(
                        "td",
                        self._day(item.due),
                        tag("small", self._when(item.days), class_="late" if item.days > 0 else None),
                        class_="day",
                    ),
                    tag("td", self._amount(item.amount, account.currency), class_="money"),
                    tag("td", self._amount(item.open, account.currency), class_="money"),
                )
            )
        total = sum(item.open for item in account.items)
        foot = tag(
            "tr",
            tag("th", self._letter("sum"), scope="row", colspan="4"),
            tag("td", self._money(total, account.currency), class_="money"),
        )
        named = f"{self._letter('open_items')} · {account.currency}"
        return self._table(named, [(self._letter(key), look) for key, look in heads], rows, foot)

    def _notes(self, item: OpenItem, currency: str) -> list[str]:
        notes = []
        if item.po_number:
            notes.append(self._letter("po").format(number=item.po_number))
        if item.in_plan:
            notes.append(self._letter("in_plan"))
        if item.open != item.asked:
            notes.append(self._letter("disputed").format(amount=self._money(item.open - item.asked, currency)))
        return notes

    def _ages(self, account: PageAccount) -> Markup:
        cells = [tag("td", self._amount(amount, account.currency), class_="money") for amount in account.ages]
        caption = self._letter("by_age")
        heads = [(self._letter(age), "money") for age in AGES]
        return self._table(f"{caption} · {account.currency}", heads, [tag("tr", *cells)], caption=caption)

    def _ways(self, account: PageAccount) -> Markup:
        name = f"pay-{account.currency.lower()}"
        heading = self._own("pay")
        if len(self._page.accounts) > 1:
            heading = f"{heading} · {account.currency}"
        asked = [(_anchor(account, place), item) for place, item in enumerate(account.items) if item.asked > 0]
        if account.means != "transfer":
            inner: list[Markup | None] = [tag("p", self._own(account.means))]
        else:
            inner = [
                tag("p", self._own("transfer")) if account.bank else None,
                *(self._bank(one) for one in account.bank),
                tag("div", *(self._way(anchor, item, account.currency) for anchor, item in asked), class_="ways"),
            ]
        return tag("section", tag("h2", heading, id=name), *inner, aria_labelledby=name)

    def _bank(self, account: BankAccount) -> Markup:
        iban = " ".join(account.iban[at : at + 4] for at in range(0, len(account.iban), 4))
        return self._facts(
            [
                (self._words.account_holder, account.holder or self._page.seller.name, ""),
                ("IBAN", iban, account.iban),
                ("BIC", account.bic, account.bic),
                (self._words.bank, account.bank, ""),
            ]
        )

    def _way(self, anchor: str, item: OpenItem, currency: str) -> Markup:
        amount = self._money(item.asked, currency)
        codes = [found for code in item.codes if (found := self._code(code, currency)) is not None]
        late = item.days > 0
        return tag(
            "article",
            tag("h3", item.name),
            *codes,
            self._facts(
                [
                    (self._letter("open"), amount, major_text(item.asked, currency)),
                    (self._words.payment_reference, item.reference, item.reference),
                    (self._letter("due"), f"{self._day(item.due)}, {self._when(item.days)}", ""),
                ]
            ),
            class_="way due" if late else "way",
            id=anchor,
        )

    def _code(self, code: Code, currency: str) -> Markup | None:
        if code.symbol is None:
            return None
        paid = code.pay.amount
        label = self._words.code_to_pay.format(amount="" if paid is None else self._money(paid, currency)).strip()
        return together(
            tag("p", tag("a", self._words.pay_online, href=code.text, rel="noreferrer noopener"))
            if code.pay.kind == LINK
            else tag("p", self._words.scan_to_pay, class_="quiet"),
            symbol_drawing(code.symbol, label, swiss=code.pay.kind == SWISS_BILL),
        )

    def _documents(self) -> Markup:
        found = self._page.documents
        heads = ("document", "issued", "due", "amount", "files", "state")
        shown = [(self._own(key) if key in ("files", "state") else self._letter(key)) for key in heads]
        rows = [
            tag(
                "tr",
                tag("th", f"{self._words.title(one.kind)} {one.number}", scope="row"),
                tag("td", self._day(one.issued), class_="day"),
                tag("td", "" if one.open is None else self._day(one.due), class_="day"),
                tag("td", self._money(one.amount, one.currency), class_="money"),
                tag("td", *self._links(one.files)),
                tag("td", *self._state(one)),
            )
            for one in found
        ]
        table = self._table(
            self._letter("documents"), [(head, "money" if at == 3 else "") for at, head in enumerate(shown)], rows
        )
        nothing = tag("p", self._own("nothing_issued"))
        heading = tag("h2", self._letter("documents"), id="documents")
        return tag("section", heading, table if found else nothing, aria_labelledby="documents")

    def _links(self, files: Sequence[PageFile]) -> list[Markup]:
        found = []
        for one in files:
            text = "PDF" if one.name.endswith(".pdf") else self._own("einvoice")
            href = one.link if one.link.startswith("data:") else quote(one.link)
            found.append(tag("a", text, href=href, download=one.name, title=one.name))
            found.append(Markup(" "))
        return found[:-1]

    def _state(self, one: PageDocument) -> list[str]:
        if one.open is None:
            return []
        if one.open == 0:
            return [tag("span", self._own("paid_state"), class_="done")]
        late = (self._page.as_of - one.due).days > 0
        return [
            tag("span", self._letter("overdue") if late else self._own("open_state"), class_="late" if late else None)
        ]

    def _footer(self) -> Markup:
        seller = self._page.seller
        ways: list[str] = (
            [tag("a", seller.email, href=f"mailto:{quote(seller.email, safe='@')}")] if seller.email else []
        )
        ways += [seller.phone] if seller.phone else []
        asked = [f"{self._own('questions')}: "] if ways else []
        for at, way in enumerate(ways):
            asked += [", ", way] if at else [way]
        number = " · ".join(filter(None, (seller.tax_id or seller.tax_number, seller.registration)))
        return tag(
            "footer",
            tag("p", *asked) if asked else None,
            tag("p", " · ".join([seller.name, *postal_lines(seller)])),
            tag("p", number) if number else None,
        )

    def _table(
        self,
        name: str,
        heads: Sequence[tuple[str, str]],
        rows: Sequence[Markup],
        foot: Markup | None = None,
        caption: str = "",
    ) -> Markup:
        """A table that scrolls by itself; `name` is told to those who come to it by keys."""
        return tag(
            "div",
            tag(
                "table",
                tag("caption", caption) if caption else None,
                tag("thead", tag("tr", *(tag("th", head, scope="col", class_=look or None) for head, look in heads))),
                tag("tbody", *rows),
                tag("tfoot", foot) if foot else None,
            ),
            class_="wide",
            # What is wider than the screen is scrolled by keys too.
            tabindex="0",
            role="region",
            aria_label=name,
        )

    def _facts(self, facts: Sequence[tuple[str, str, str]]) -> Markup:
        """Names with values, and a button where one is worth copying."""
        parts: list[Markup] = []
        for name, shown, copied in facts:
            if not shown:
                continue
            label = self._own("copy_what").format(what=f"{name} {shown}")
            button = tag(
                "button",
                self._own("copy"),
                type="button",
                hidden=True,
                data_copy=copied,
                data_done=self._own("copied"),
                aria_label=label,
            )
            parts += [tag("dt", name), tag("dd", shown, button if copied else None)]
        return tag("dl", *parts, class_="facts")

    def _when(self, days: int) -> str:
        if days == 0:
            return self._own("due_today")
        count = abs(days)
        text = page_word(self._locale, "late" if days > 0 else "due_in", count)
        return text.format(count=count)

    def _own(self, key: str) -> str:
        return page_word(self._locale, key)

    def _letter(self, key: str) -> str:
        return word(self._locale, key)

    def _day(self, day: date) -> str:
        return date_text(day, self._locale)

    def _money(self, minor: int, currency: str) -> str:
        return money_text(minor, currency, self._locale)

    def _amount(self, minor: int, currency: str) -> str:
        return amount_text(minor, currency, self._locale)


def _anchor(account: PageAccount, place: int) -> str:
    """By its place: numbers that differ are the same once they are made to serve as anchors."""
    return f"pay-{account.currency.lower()}-{place + 1}"
