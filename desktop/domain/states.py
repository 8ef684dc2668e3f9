"""States and provinces whose own tax decides what an invoice bears: India's by their GST codes, those of the US and
Canada by their postal letters. People write them in many ways; `state_of` reads them all."""

from __future__ import annotations

from functools import lru_cache

OWN, UNION, OTHER = "@own", "@union", "@other"
PLACES = (UNION, OWN, OTHER)
"""What a rule may name instead of a state: the firm's own, where that is a union territory, and any other."""

# First two digits of a GSTIN (CBIC's list); 97 is the sea and whatever belongs to no state.
INDIA = {
    "01": ("Jammu and Kashmir", "JK"),
    "02": ("Himachal Pradesh", "HP"),
    "03": ("Punjab", "PB"),
    "04": ("Chandigarh", "CH"),
    "05": ("Uttarakhand", "UK"),
    "06": ("Haryana", "HR"),
    "07": ("Delhi", "DL"),
    "08": ("Rajasthan", "RJ"),
    "09": ("Uttar Pradesh", "UP"),
    "10": ("Bihar", "BR"),
    "11": ("Sikkim", "SK"),
    "12": ("Arunachal Pradesh", "AR"),
    "13": ("Nagaland", "NL"),
    "14": ("Manipur", "MN"),
    "15": ("Mizoram", "MZ"),
    "16": ("Tripura", "TR"),
    "17": ("Meghalaya", "ML"),
    "18": ("Assam", "AS"),
    "19": ("West Bengal", "WB"),
    "20": ("Jharkhand", "JH"),
    "21": ("Odisha", "OD"),
    "22": ("Chhattisgarh", "CG"),
    "23": ("Madhya Pradesh", "MP"),
    "24": ("Gujarat", "GJ"),
    "26": ("Dadra and Nagar Haveli and Daman and Diu", "DH"),
    "27": ("Maharashtra", "MH"),
    "29": ("Karnataka", "KA"),
    "30": ("Goa", "GA"),
    "31": ("Lakshadweep", "LD"),
    "32": ("Kerala", "KL"),
    "33": ("Tamil Nadu", "TN"),
    "34": ("Puducherry", "PY"),
    "35": ("Andaman and Nicobar Islands", "AN"),
    "36": ("Telangana", "TS"),
    "37": ("Andhra Pradesh", "AP"),
    "38": ("Ladakh", "LA"),
    "97": ("Other Territory", "OT"),
}

# UTGST instead of SGST: union territories without a legislature (UTGST Act 2017, s. 2(8)); Delhi, Puducherry and
# Jammu and Kashmir have one and levy SGST.
UNION_TERRITORIES = frozenset({"04", "26", "31", "35", "38", "97"})

# Codes of before a merger or a division, and older spellings.
_INDIA_ALIASES = {
    "25": "26",
    "28": "37",
    "dn": "26",
    "dd": "26",
    "dnhdd": "26",
    "daman and diu": "26",
    "dadra and nagar haveli": "26",
    "andaman and nicobar": "35",
    "nct of delhi": "07",
    "new delhi": "07",
    "orissa": "21",
    "or": "21",
    "ct": "22",
    "chattisgarh": "22",
    "uttaranchal": "05",
    "ut": "05",
    "pondicherry": "34",
    "tg": "36",
    "ad": "37",
}

US = {
    "AL": "Alabama",
    "AK": "Alaska",
    "AZ": "Arizona",
    "AR": "Arkansas",
    "CA": "California",
    "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware",
    "DC": "District of Columbia",
    "FL": "Florida",
    "GA": "Georgia",
    "HI": "Hawaii",
    "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "KY": "Kentucky",
    "LA": "Louisiana",
    "ME": "Maine",
    "MD": "Maryland",
    "MA": "Massachusetts",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MS": "Mississippi",
    "MO": "Missouri",
    "MT": "Montana",
    "NE": "Nebraska",
    "NV": "Nevada",
    "NH": "New Hampshire",
    "NJ": "New Jersey",
    "NM": "New Mexico",
    "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota",
    "OH": "Ohio",
    "OK": "Oklahoma",
    "OR": "Oregon",
    "PA": "Pennsylvania",
    "PR": "Puerto Rico",
    "RI": "Rhode Island",
    "SC": "South Carolina",
    "SD": "South Dakota",
    "TN": "Tennessee",
    "TX": "Texas",
    "UT": "Utah",
    "VT": "Vermont",
    "VA": "Virginia",
    "WA": "Washington",
    "WV": "West Virginia",
    "WI": "Wisconsin",
    "WY": "Wyoming",
}

CANADA = {
    "AB": "Alberta",
    "BC": "British Columbia",
    "MB": "Manitoba",
    "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador",
    "NS": "Nova Scotia",
    "NT": "Northwest Territories",
    "NU": "Nunavut",
    "ON": "Ontario",
    "PE": "Prince Edward Island",
    "QC": "Quebec",
    "SK": "Saskatchewan",
    "YT": "Yukon",
}


def _plain(text: str) -> str:
    words = text.casefold().replace("&", " and ").replace("é", "e").replace(".", " ")
    return " ".join(words.split())


def _known(country: str) -> dict[str, str]:
    if country == "IN":
        known = {name: code for code, pair in INDIA.items() for name in (code, *pair)} | _INDIA_ALIASES
    else:
        known = {
            name: code for code, full in {"US": US, "CA": CANADA}.get(country, {}).items() for name in (code, full)
        }
    return {_plain(name): code for name, code in known.items()}


_KNOWN = {country: _known(country) for country in ("IN", "US", "CA")}


@lru_cache(maxsize=4096)
def state_of(country: str, text: str) -> str:
    """The code of a state as somebody wrote it (`27`, `27-Maharashtra`, `MH`, `California`), with what follows it.

    An area within a state keeps its own words: `TX Austin` and `Austin, TX` are both `TX Austin`. What no list knows
    comes back as it is written, with single spaces; country is ISO 3166 alpha-2.
    """
    known = _KNOWN.get(country, {})
    plain = _plain(text)
    if not plain or plain in known:
        return known.get(plain, "")
    if country == "IN":
        # GST forms write the code before the name.
        head, tail = plain[:2], _plain(plain[2:].strip(" -–/:()"))
        if head.isdigit() and (head in known and (not tail or known.get(tail) == known[head])):
            return known[head]
        return " ".join(text.split())
    first, _space, rest = plain.partition(" ")
    if known.get(first.rstrip(",-/")) and rest:
        return f"{known[first.rstrip(',-/')]} {rest.strip(' ,-/').title()}"
    before, _comma, last = plain.rpartition(",")
    if before and last.strip() in known:
        return f"{known[last.strip()]} {before.strip().title()}"
    return " ".join(text.split())


def state_name(country: str, code: str) -> str:
    """What a document calls a state: `Karnataka (29)`, `Texas`, `TX Austin`; the code itself where no list has it."""
    if country == "IN":
        return f"{INDIA[code][0]} ({code})" if code in INDIA else code
    return {"US": US, "CA": CANADA}.get(country, {}).get(code, code)


def gstin_state(tax_id: str) -> str:
    """The state in which a GSTIN is registered, by its first two digits; empty for anything else."""
    bare = "".join(tax_id.split()).upper()
    head = _INDIA_ALIASES.get(bare[:2], bare[:2])
    return head if len(bare) == 15 and head in INDIA else ""
