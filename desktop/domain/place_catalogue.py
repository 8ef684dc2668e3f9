"""Where tax goes by place: the codes and rules that a new book of such a country starts with.

India's slabs are those of the GST Council since 1 July 2017; its reform of 22 September 2025 moved most of 12 and 28 %
to 5, 18 and 40 %, and the old slabs stay for what was supplied before. Canada's rates are those of the federal Excise
Tax Act and of each province's own act. In the United States the areas are the firm's own: it collects where it has a
nexus; the samples show how one is written.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from desktop.domain import tax_catalogue
from desktop.domain.states import OTHER, OWN, UNION
from desktop.domain.tax_catalogue import (
    ALWAYS,
    EXEMPT,
    EXPORT,
    NOTHING,
    OUTSIDE,
    REVERSE_CHARGE,
    SMALL_BUSINESS,
    STANDARD,
    ZERO,
    CatalogueCode,
)

FEDERAL = "gst"
"""In Canada, the class of items on which a province that does not harmonise levies nothing of its own."""


class CatalogueRule(NamedTuple):
    """A tax rule to begin with: which code a place bears for items of a class; empty fits everything."""

    region: str
    item_code: str
    code: str


_Dated = tuple[tuple[str, date, Decimal], ...]


def _taxes(*taxes: tuple[str, str, str]) -> _Dated:
    """(name, percent, first day) of each tax; several first days of one tax are several rows."""
    return tuple((name, date.fromisoformat(day), Decimal(percent)) for name, percent, day in taxes)


def _code(code: str, name: str, *taxes: tuple[str, str, str]) -> CatalogueCode:
    return CatalogueCode(code, name, "S", "", "", (), _taxes(*taxes))


# India

_SLABS = {"5": "2017-07-01", "12": "2017-07-01", "18": "2017-07-01", "28": "2017-07-01", "40": "2025-09-22"}
_MOVED = {"12": " (most of it 5 % since 22 September 2025)", "28": " (most of it 18 or 40 % since 22 September 2025)"}
_LUT = (
    "Supply meant for export, or to an SEZ unit or developer for authorised operations, under bond or letter of "
    "undertaking without payment of integrated tax"
)


def _slab(code: str, percent: str, day: str, more: str = "") -> CatalogueCode:
    half = str(Decimal(percent) / 2)
    return _code(code, f"GST {percent} %{more}", ("CGST", half, day), ("SGST", half, day))


def _india() -> tuple[CatalogueCode, ...]:
    codes = [_slab(STANDARD, "18", _SLABS["18"], ", standard")]
    codes += [_slab(f"gst-{percent}", percent, day, _MOVED.get(percent, "")) for percent, day in _SLABS.items()]
    codes += [_code(f"igst-{percent}", f"IGST {percent} %", ("IGST", percent, day)) for percent, day in _SLABS.items()]
    for percent, day in _SLABS.items():
        half = str(Decimal(percent) / 2)
        name = f"GST {percent} % in a union territory"
        codes.append(_code(f"utgst-{percent}", name, ("CGST", half, day), ("UTGST", half, day)))
    return (
        *codes,
        CatalogueCode(ZERO, "GST 0 %, nil rated", "Z", "", "", NOTHING),
        CatalogueCode(EXEMPT, "Exempt from GST", "E", "", "Exempt from GST", NOTHING),
        CatalogueCode(EXPORT, "Export or SEZ under LUT, zero rated", "G", "", _LUT, NOTHING),
        CatalogueCode(
            REVERSE_CHARGE,
            "Reverse charge",
            "AE",
            "",
            "Tax is payable on reverse charge by the recipient (CGST Act, section 9(3))",
            NOTHING,
        ),
        CatalogueCode(OUTSIDE, "Outside the scope of GST", "O", "", "Not subject to GST", NOTHING),
        CatalogueCode(
            SMALL_BUSINESS,
            "Composition or not registered",
            "E",
            "",
            "Composition taxable person, not eligible to collect tax on supplies",
            NOTHING,
        ),
    )


def _indian_rules() -> tuple[CatalogueRule, ...]:
    classes = [(STANDARD, "18"), *((f"gst-{percent}", percent) for percent in _SLABS)]
    places = ((UNION, "utgst-"), (OWN, ""), (OTHER, "igst-"))
    return tuple(
        CatalogueRule(region, item_code, f"{prefix}{percent}" if prefix else item_code)
        for region, prefix in places
        for item_code, percent in classes
    )


# The United States


def _american() -> tuple[CatalogueCode, ...]:
    return (
        CatalogueCode(STANDARD, "Taxed where a rule of its place says so", "Z", "", "", NOTHING),
        CatalogueCode("services", "Services: taxed where a rule says so", "Z", "", "", NOTHING),
        CatalogueCode("software", "Software and subscriptions: taxed where a rule says so", "Z", "", "", NOTHING),
        CatalogueCode(EXEMPT, "Exempt client or item", "E", "", "Exempt from sales tax", NOTHING),
        CatalogueCode(EXPORT, "Export of goods", "G", "", "Export, no sales tax", NOTHING),
        CatalogueCode(OUTSIDE, "No sales tax", "O", "", "No sales tax is collected where this is supplied", NOTHING),
    )


class SampleArea(NamedTuple):
    """A place of the US with its taxes in percent, from a day on."""

    region: str
    name: str
    taxes: tuple[tuple[str, Decimal], ...]
    since: date


def _area(region: str, name: str, since: str, **taxes: str) -> SampleArea:
    named = tuple((tax.replace("_", " "), Decimal(percent)) for tax, percent in taxes.items())
    return SampleArea(region, name, named, date.fromisoformat(since))


SAMPLE_AREAS = (
    _area("TX Austin", "Austin, Texas", "2010-01-01", Texas="6.25", Austin="1", Transit_authority="1"),
    _area("NY New York", "New York City", "2009-08-01", New_York_State="4", New_York_City="4.5", MCTD="0.375"),
    _area(
        "IL Chicago", "Chicago, Illinois", "2016-01-01", Illinois="6.25", Cook_County="1.75", Chicago="1.25", RTA="1"
    ),
)
"""Combined rates as the states published them; a firm replaces them by its own."""


# Canada

_QST = ("QST", "9.975", "2013-01-01")
_GST = ("GST", "5", "2008-01-01")


def _canadian() -> tuple[CatalogueCode, ...]:
    return (
        _code(STANDARD, "GST, with the tax of the province", _GST),
        _code(FEDERAL, "GST where the province taxes nothing more", _GST),
        _code("hst-on", "HST Ontario", ("HST", "13", "2010-07-01")),
        _code("hst-atlantic", "HST New Brunswick, Newfoundland, Prince Edward Island", ("HST", "15", "2016-10-01")),
        _code("hst-ns", "HST Nova Scotia", ("HST", "15", "2010-07-01"), ("HST", "14", "2025-04-01")),
        _code("gst-qst", "GST and QST", _GST, _QST),
        _code("gst-pst-bc", "GST and PST British Columbia", _GST, ("PST", "7", "2013-04-01")),
        _code("gst-pst-sk", "GST and PST Saskatchewan", _GST, ("PST", "6", "2017-03-23")),
        _code("gst-rst-mb", "GST and RST Manitoba", _GST, ("RST", "8", "2013-07-01"), ("RST", "7", "2019-07-01")),
    )


def _canadian_rules() -> tuple[CatalogueRule, ...]:
    everything = {"ON": "hst-on", "NB": "hst-atlantic", "NL": "hst-atlantic", "PE": "hst-atlantic"}
    everything |= {"NS": "hst-ns", "QC": "gst-qst"}
    own = {"BC": "gst-pst-bc", "SK": "gst-pst-sk", "MB": "gst-rst-mb"}
    return (
        *(CatalogueRule(region, "", code) for region, code in everything.items()),
        *(CatalogueRule(region, STANDARD, code) for region, code in own.items()),
    )


@lru_cache(maxsize=64)
def tax_codes(country: str) -> tuple[CatalogueCode, ...]:
    """The codes that a firm in this country (ISO 3166 alpha-2) starts with."""
    if country == "IN":
        return _india()
    if country == "US":
        return _american()
    known = tax_catalogue.tax_codes(country)
    if country == "CA":
        return (*_canadian(), *(code for code in known if code.code != STANDARD))
    return known


def tax_rules(country: str) -> tuple[CatalogueRule, ...]:
    """The rules of places that a firm in this country starts with, in the order in which they are tried."""
    if country == "IN":
        return _indian_rules()
    return _canadian_rules() if country == "CA" else ()


def rate_rows(code: CatalogueCode) -> _Dated:
    """(name, first day, percent) of a code's taxes; one without a name where it is a single one."""
    return code.parts or tuple(("", day, percent) for day, percent in code.rates or ((ALWAYS, Decimal(0)),))
