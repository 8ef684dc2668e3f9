"""Every template and every paper that pictures are made of: a new kind or language is one more row here."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

from desktop.documents.flow import Paper
from desktop.domain.document import DocumentTax, Party, TemplateVersion
from desktop.domain.template import layout_from
from desktop.paths import resource
from tests.documents.papers import BUYER, FRENCH, LOGO, SELLER, document, line, lines
from tests.golden.letters import LETTERS

_INDIAN = replace(
    SELLER,
    name="Sagar Software Pvt. Ltd.",
    street="14 MG Road",
    postcode="560001",
    city="Bengaluru",
    country="IN",
    tax_id="29AAGCB7383J1Z4",
    tax_number="",
    registration="CIN U72200KA2010PTC012345",
)
_HINDI_BUYER = Party(
    "हिमालय ट्रेडर्स प्राइवेट लिमिटेड",
    street="गांधी मार्ग 12",
    postcode="110001",
    city="नई दिल्ली",
    country="IN",
    tax_id="07AAPFU0939F1ZR",
    code="C-00912",
    place="Delhi (07)",
)
_AMERICAN = Party(
    "Harbor Services Inc.",
    street="12 Quay Road",
    postcode="02110",
    city="Boston",
    region="MA",
    country="US",
    email="billing@harbor.example",
    phone="+1 617 555 0100",
)

TEMPLATES: dict[str, TemplateVersion] = {
    file.stem: replace(LOGO, name=file.stem, layout=layout_from(json.loads(file.read_text(encoding="utf-8"))["layout"]))
    for file in sorted(resource("templates").glob("*.json"))
}

PAPERS: dict[str, Paper] = {
    "invoice": document(8, discount_percent=Decimal(2), discount_until=date(2026, 12, 10)),
    "long": document(
        (
            *(replace(row, group="Project Atlas") for row in lines(22)),
            line(23, allowance=12000, allowance_reason="Loyalty"),
            line(24, classification="998311", period_start=date(2026, 11, 14), period_end=date(2026, 12, 1)),
            line(25, rate=Decimal(7)),
        ),
        language="en",
        prepaid=100000,
        closing="Thank you for your business.",
    ),
    "draft": document(
        4,
        number="",
        language="en-US",
        currency="USD",
        seller=_AMERICAN,
        buyer=replace(BUYER, name="Ελληνική Ενέργεια", contact="Київ, Łódź"),
        bank=(),
        intro="",
        late_clause="",
        terms="Net 30",
    ),
    "deposit": document(1, kind="deposit", number="DP-2026-0004", language="es", intro="", late_clause="", terms=""),
    "final": document(
        (*lines(4), line(5, description="Deposit deducted", quantity=Decimal(-1), unit="", unit_price=Decimal(2000))),
        kind="final",
        number="FI-2026-0002",
        language="en",
        deposits=(("DP-2026-0004", date(2026, 9, 3), 200000, 38000, 238000),),
        intro="",
        late_clause="",
        terms="14 days",
    ),
    "credit_note": document(
        lines(3, category="AE", rate=Decimal(0)),
        kind="credit_note",
        number="AV-2026-0012",
        language="fr",
        buyer=FRENCH,
        corrects="INV-2026-0399",
        corrects_date=date(2026, 10, 31),
        reason="Prestation non réalisée du 12 au 14 octobre",
        intro="",
        terms="",
        late_clause="",
    ),
    "hindi": document(
        (
            line(1, "INR", description="वेबसाइट का रखरखाव", detail="", classification="998313", rate=Decimal(18)),
            line(2, "INR", description="सर्वर होस्टिंग", classification="998315", rate=Decimal(18)),
        ),
        number="SS/26-27/0042",
        currency="INR",
        language="hi",
        seller=_INDIAN,
        buyer=_HINDI_BUYER,
        taxes=(DocumentTax("S", Decimal(18), 296_970, 53_455, name="IGST"),),
        bank=(),
        intro="",
        late_clause="",
        terms="",
    ),
    **LETTERS,
}

CASES = [(template, paper) for template in TEMPLATES for paper in PAPERS]
