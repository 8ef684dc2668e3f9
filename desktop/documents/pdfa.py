"""What makes a file an archive's (PDF/A-3b, ISO 19005-3): its colours, what it says of itself, and a file inside it.

All of it is made once for the documents of a kind; a document adds its title and its day.
"""

from __future__ import annotations

import struct
import zlib
from datetime import date
from functools import lru_cache

PRODUCER = "Sheaf"
ATTACHMENT = "factur-x.xml"

# The D50 values of sRGB's red, green, blue and white, and Bradford's way from D65 to them (IEC 61966-2-1, ICC.1).
_PRIMARIES = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
_WHITE = (0.9642, 1.0, 0.8249)
_ADAPTED = (1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)

_PDFA = (
    '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
    "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>"
)
_FACTURX = (
    '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq>"
    "</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    '<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">'
    "<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>{file}</fx:DocumentFileName>"
    "<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>"
)
_PROPERTY = (
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
    "<pdfaProperty:description>{said}</pdfaProperty:description></rdf:li>"
)
_PROPERTIES = {
    "DocumentFileName": "name of the embedded XML invoice file",
    "DocumentType": "INVOICE",
    "Version": "version of the XML data standard",
    "ConformanceLevel": "conformance level of the embedded XML invoice data",
}


@lru_cache(maxsize=1)
def srgb() -> bytes:
    """An ICC profile of sRGB, version 4 with its curve as a formula: some hundred bytes."""
    curve = b"para" + struct.pack(">IHH", 0, 3, 0) + b"".join(map(_fixed, _CURVE))
    tags = {
        b"desc": _words("sRGB"),
        b"cprt": _words("Public domain"),
        b"wtpt": _xyz(_WHITE),
        b"chad": b"sf32\0\0\0\0" + b"".join(map(_fixed, _ADAPTED)),
        **{name: _xyz(place) for name, place in zip((b"rXYZ", b"gXYZ", b"bXYZ"), _PRIMARIES, strict=True)},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    at = 132 + 12 * len(tags)
    index, data = struct.pack(">I", len(tags)), b""
    places: dict[bytes, int] = {}
    for name, body in tags.items():
        if body not in places:
            places[body] = at + len(data)
            data += body + b"\0" * (-len(body) % 4)
        index += name + struct.pack(">II", places[body], len(body))
    head = struct.pack(">I4sI4s4s4s", at + len(data), b"\0\0\0\0", 0x04200000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + b"\0" * 28
    head += b"".join(map(_fixed, _WHITE))
    return head.ljust(128, b"\0") + index + data


def _fixed(number: float) -> bytes:
    return struct.pack(">i", round(number * 65536))


def _xyz(place: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, place))


def _words(text: str) -> bytes:
    coded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">III4sII", 0, 1, 12, b"enUS", len(coded), 28) + coded


@lru_cache(maxsize=1)
def profile_stream() -> bytes:
    packed = zlib.compress(srgb(), 9)
    return b"<</N 3/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed)


def output_intent(profile: int) -> bytes:
    """What the colours of the file mean; `profile` is the number of the profile's object."""
    return (
        b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)"
        b"/DestOutputProfile %d 0 R>>" % profile
    )


class Metadata:
    """The XMP packet of the documents of one author, in the parts that do not change."""

    __slots__ = ("_author", "_first", "_last", "_second")

    def __init__(self, author: str, language: str, *, attached: bool) -> None:
        creator = f"<dc:creator><rdf:Seq><rdf:li>{_escaped(author)}</rdf:li></rdf:Seq></dc:creator>" if author else ""
        self._first = (
            '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">'
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            + _PDFA
            + '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:format>application/pdf</dc:format>{creator}"
            f"<dc:language><rdf:Bag><rdf:li>{_escaped(language)}</rdf:li></rdf:Bag></dc:language>"
            '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">'
        ).encode()
        self._second = (
            "</rdf:li></rdf:Alt></dc:title></rdf:Description>"
            '<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
            f"<pdf:Producer>{PRODUCER}</pdf:Producer></rdf:Description>"
            '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
            f"<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool><xmp:CreateDate>"
        ).encode()
        facturx = ""
        if attached:
            properties = "".join(_PROPERTY.format(name=name, said=said) for name, said in _PROPERTIES.items())
            facturx = _FACTURX.format(file=ATTACHMENT, properties=properties)
        self._last = (
            f'</xmp:ModifyDate></rdf:Description>{facturx}</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
        ).encode()

    def stream(self, title: str, day: date) -> bytes:
        """The metadata object of one document; readable without unpacking, as archives want it."""
        moment = b"%04d-%02d-%02dT00:00:00Z" % (day.year, day.month, day.day)
        said = _escaped(title).encode()
        body = b"%b%b%b%b</xmp:CreateDate><xmp:ModifyDate>%b%b" % (
            self._first,
            said,
            self._second,
            moment,
            moment,
            self._last,
        )
        return b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n%b\nendstream" % (len(body), body)


def _escaped(text: str) -> str:
    # The standard library's own brings the whole of urllib along, which every rendering process would wait for.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
