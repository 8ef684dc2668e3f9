"""A whole invoice in Hindi: every part can be copied, figures stand in lakhs, and the file stays small."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pikepdf.pdfa
import pytest

from desktop.documents.batch import render_batch
from desktop.documents.cldr import document_locale, money_pattern, patterns_for
from desktop.documents.render import render_pdf
from desktop.documents.writing import Writer
from desktop.domain.document import BankAccount, Document, DocumentTax, Party
from desktop.domain.template import Layout
from tests.documents.papers import BUYER, PLAIN, document, line, missing_glyphs, text

SELLER = Party(
    "शर्मा एंड सन्स कंसल्टेंसी प्राइवेट लिमिटेड",
    street="तीसरी मंज़िल, 42 महात्मा गांधी मार्ग",
    postcode="560001",
    city="बेंगलुरु",
    region="कर्नाटक",
    country="IN",
    tax_id="29ABCDE1234F1Z5",
    email="billing@sharma.example",
    phone="+91 80 1234 5678",
)
CLIENT = Party(
    "क्षितिज टेक्नोलॉजीज़ प्रा. लि.",
    contact="श्रीमती प्रज्ञा द्विवेदी",
    street="प्लॉट नं. 7, औद्योगिक क्षेत्र",
    postcode="110020",
    city="नई दिल्ली",
    region="दिल्ली",
    country="IN",
    tax_id="07AAACK1234M1Z2",
    code="C-00417",
)
SERVICES = ("मासिक रखरखाव और सहायता", "वेबसाइट होस्टिंग", "डिज़ाइन एवं परिकल्पना", "प्रोफेशनल उपयोगकर्ता लाइसेंस")


def invoice() -> Document:
    rows = tuple(
        line(number, currency="INR", description=said, detail="", rate=Decimal(18), unit_price=Decimal(123456))
        for number, said in enumerate(SERVICES, 1)
    )
    net = sum(row.net for row in rows)
    tax = net * 18 // 100
    return document(
        rows,
        currency="INR",
        language="hi",
        seller=SELLER,
        buyer=CLIENT,
        bank=(BankAccount("शर्मा एंड सन्स", "50100012345678", "HDFC0000123", "एचडीएफ़सी बैंक"),),
        terms="30 दिन",
        late_clause="विलंब पर 18% वार्षिक ब्याज देय होगा।",
        intro="नवंबर माह की सेवाओं के लिए हमारा बीजक:",
        buyer_reference="प्रज्ञा द्विवेदी",
        taxes=(DocumentTax("S", Decimal(18), net, tax),),
        net=net,
        tax=tax,
        gross=net + tax,
        payable=net + tax,
    )


@pytest.mark.parametrize("typeface", ["inter", "dejavu", "serif"])
def test_every_part_can_be_copied(typeface: str) -> None:
    paper = invoice()
    assert missing_glyphs(paper) == ""
    said = text(render_pdf(paper, replace(PLAIN, layout=Layout(typeface=typeface))))
    for part in (SELLER.name, SELLER.street, CLIENT.name, CLIENT.contact, CLIENT.street, *SERVICES):
        assert part in said
    for part in (
        "बीजक",
        "सेवा अवधि",
        "कुल देय राशि",
        "पृष्ठ 1 / 1",
        paper.intro,
        paper.late_clause,
    ):
        assert part in said
    assert "1,23,456.00" in said


def test_archives_take_it() -> None:
    report = pikepdf.pdfa.validate_written(io.BytesIO(render_pdf(invoice(), PLAIN)), "3b")
    assert report.passed, [str(finding) for finding in report.findings]


def test_figures_and_dates_are_those_of_india() -> None:
    locale = document_locale("hi", "IN")
    writer = Writer(patterns_for(locale), money_pattern(locale, "INR"))
    assert writer.money(12_34_567_89) == "₹12,34,567.89"
    assert writer.day(date(2026, 11, 30)) == "30 नव॰ 2026"
    assert writer.percent(Decimal(18)) == "18%"
    assert writer.country("IN") == "भारत"


def test_files_stay_small() -> None:
    assert len(render_pdf(document(), PLAIN)) < 60_000
    assert len(render_pdf(invoice(), PLAIN)) < 80_000
    greek = replace(BUYER, name="Ελληνική Ενέργεια Α.Ε.", street="Λεωφόρος Κηφισίας 12", city="Αθήνα")
    assert len(render_pdf(document(buyer=greek), PLAIN)) < 80_000


def test_the_same_document_gives_the_same_bytes() -> None:
    assert render_pdf(invoice(), PLAIN) == render_pdf(invoice(), PLAIN)


def test_processes_of_a_batch_give_the_same_bytes_in_every_typeface(tmp_path: Path) -> None:
    """They shape by themselves, and settings of different typefaces share them."""
    jobs = []
    for typeface in ("serif", "inter", "dejavu"):
        template = replace(PLAIN, layout=Layout(typeface=typeface))
        jobs += [(replace(invoice(), number=f"{typeface}-1"), template)]
        jobs += [(document(number=f"{typeface}-2", buyer=replace(BUYER, name="Łódź שלום محمد 😀")), template)]
    written = list(render_batch(jobs, tmp_path, processes=2))
    assert [file.path.read_bytes() for file in written] == [render_pdf(*job) for job in jobs]
