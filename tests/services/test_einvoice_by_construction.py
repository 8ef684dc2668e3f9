"""Whatever firm, client and agreement say: what the gate lets pass is a sound e-invoice by schema and schematron."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from db.engine import Book
from db.schema import BankAccount, Client, Firm, RuleSetting
from desktop.domain.einvoice_form import NONE
from desktop.domain.findings import RULES
from desktop.services.changes import change
from desktop.services.runs import proving
from tests.contracts import ANNE, Contracts, value
from tests.documents.einvoice.proof import breaches, written
from tests.einvoicing import CREDITOR, FORMS, IBAN, delivered, issued, sound_book, sound_client

# SHEAF_EINVOICES=5000 tries as many; the usual number keeps the suite quick.
HOW_MANY = int(os.environ.get("SHEAF_EINVOICES", "60"))
# Of each field what makes it whole, what makes it wrong, and what nobody thought of. More of the first, so that some
# of them pass.
_text = st.text(max_size=12)
TEXTS: dict[str, tuple[str, ...]] = {
    "name": ("Stadt Kiel", "Müller & Söhne <GmbH>", "", "\x00"),
    "contact": ("", "Frau Ott"),
    "street": ("Weg 1", "Weg 1", ""),
    "postcode": ("24103", "24103", ""),
    "city": ("Kiel", "Kiel", ""),
    "region": ("", "Holstein"),
    "country": ("DE", "DE", "DE", "FR", "CH", "US", "NL", "DK", "GB", ""),
    "tax_id": ("DE136695976", "DE136695976", "FR40303265045", "CHE-116.281.710 MWST", "12-3456789", ""),
    "tax_number": ("", "22/123/45678"),
    "phone": ("+49 431 1234", "+49 431 1234", "", "-"),
    "email": ("a@b.example", "a@b.example", "", "nobody"),
    "endpoint": ("", "", "4006381333931", "DE136695976", "04011000-1234512345-06", "a@b.example"),
    "endpoint_scheme": ("", "", "0088", "9930", "0204", "EM", "4711"),
    "legal_id": ("", "HRB 1", "974760673", "12345678"),
    "legal_scheme": ("", "", "0192", "0106"),
}
FIRM = {"creditor_id": (CREDITOR, CREDITOR, "", "DE00ZZZ1"), "tax_currency": (None, None, "KWD")}
CLIENT: dict[str, tuple[Any, ...]] = {
    "buyer_reference": ("04011000-1234512345-06", "Amt 4", "", "04011000-1234512345-07"),
    "payment_means": ("transfer", "transfer", "debit", "card"),
    "mandate": ("M-1", "M-1", ""),
    "iban": (IBAN, IBAN, "", "DE00"),
    "card": ("", "4242", "4242424242424242"),
    "tax_treatment": ("auto", "auto", "reverse_charge", "intra_goods", "export", "exempt", "outside"),
}
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "quantity": st.sampled_from(["1", "2.5", "0.333333", "1000", "-1"]),
            "unit_price": st.sampled_from(["100", "0.01", "19.999999", "0", "123456.78"]),
            "discount": st.sampled_from(["0", "0", "0.1", "0.333333"]),
            "description": st.sampled_from(["", "Wartung", "Œuvre “é”", "\t"]) | _text,
        }
    ),
    min_size=1,
    max_size=4,
)


def ask_nothing_else(book: Book) -> None:
    """Of the gate leave only what speaks of e-invoices and of taxes, so that more of what chance makes passes."""
    with change(book, ANNE, "Ask nothing else") as made:
        for rule in RULES:
            if rule.severity == "hold":
                made.insert(RuleSetting, code=rule.code, scope="firm", enabled=False)


def changes(*tables: dict[str, tuple[Any, ...]]) -> st.SearchStrategy[dict[str, Any]]:
    """A few fields of these tables with values that people or programs may have put there."""
    told = {name: values for table in tables for name, values in table.items()}
    one = st.sampled_from(sorted(told)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(told[name])))
    return st.lists(one, max_size=3).map(dict)


@settings(
    max_examples=HOW_MANY, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    form=st.sampled_from(FORMS),
    firm=changes(TEXTS, FIRM),
    client=changes(TEXTS, CLIENT),
    lines=LINES,
    place=st.none() | changes({name: TEXTS[name] for name in ("name", "street", "postcode", "city", "country")}),
    account=st.sampled_from([None, None, {"currency": "USD"}, {"iban": "12345"}, {"iban": "DE00"}]),
    agreement=st.fixed_dictionaries(
        {
            "po_number": st.sampled_from(["", "PO-1"]) | _text,
            "project_reference": st.sampled_from(["", "Hafen"]) | _text,
            "terms": st.sampled_from(["", "net 14 2%/7", "30% now, 70% net 30", "receipt"]),
            "buyer_reference": st.sampled_from(["", "Amt 7"]) | _text,
        }
    ),
    goods=st.booleans(),
)
def test_what_passes_the_gate_is_sound(
    form: str,
    firm: dict[str, Any],
    client: dict[str, Any],
    lines: list[dict[str, str]],
    place: dict[str, Any] | None,
    account: dict[str, Any] | None,
    agreement: dict[str, Any],
    goods: bool,
) -> None:
    with tempfile.TemporaryDirectory() as folder, sound_book(Path(folder)) as book:
        made = Contracts(book)
        if goods:
            made.item(kind="goods")
        key = sound_client(made, form=form)
        made.agreement(key, "A-7", *lines, **{name: told for name, told in agreement.items() if told})
        made.update(Firm, 1, **firm)
        made.update(Client, key, **client)
        if place is not None:
            delivered(book, key, **place)
        if account:
            made.update(BankAccount, 1, **account)
        ask_nothing_else(book)
        with patch.object(proving, "available", lambda: False):
            made.bill("2026-01-31")
        passed = value(book, "SELECT count(*) FROM invoice")
        event(f"{form} {'passes' if passed else 'waits'}")
        if passed:
            document = issued(book)
            assert document.einvoice != NONE
            assert breaches(written(document, document.einvoice)) == []
