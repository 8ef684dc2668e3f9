"""A PDF of one A4 page from plain operators and encoded fonts, to look at text without a document around it."""

from collections.abc import Mapping

from desktop.documents.glyphs import FontObjects
from desktop.documents.pdffile import resources


def one_page(content: bytes, fonts: Mapping[str, FontObjects]) -> bytes:
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    named = {}
    for name, font in fonts.items():
        file, unicode = add(font.file), add(font.unicode)
        named[name] = add(font.font % (add(font.descriptor % file), unicode))
    shown = add(b"<</Length %d>>stream\n%b\nendstream" % (len(content), content))
    pages = len(objects) + 2
    page = add(
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources%b>>"
        % (pages, shown, resources(named, {}))
    )
    add(b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % page)
    catalog = add(b"<</Type/Catalog/Pages %d 0 R>>" % pages)
    data = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, catalog, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end
