"""What a screen reader hears: headings, tables by rows and cells, pictures with words, in the order of reading."""

import io
import re
from dataclasses import dataclass, field, replace

import pikepdf
import pytest

from desktop.documents.render import render_pdf
from desktop.domain.document import Document, TemplateVersion
from tests.documents.papers import LOGO, PLAIN, document


@dataclass
class Node:
    role: str
    alt: str = ""
    text: str = ""
    kids: list["Node"] = field(default_factory=list)

    def all(self, role: str) -> list["Node"]:
        return [one for kid in self.kids for one in ([kid] if kid.role == role else []) + kid.all(role)]

    def words(self) -> str:
        return " ".join(filter(None, [self.text, *[kid.words() for kid in self.kids]]))


def tree(data: bytes) -> Node:
    """The structure, each element with the text of its marked pieces as the tables of the fonts read it.

    AssertionError where a piece is not the one of its page, or the way back from a piece does not lead to its element.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pages = [page.obj for page in pdf.pages]
        pieces = [_pieces(page) for page in pages]
        back = dict(_pairs(pdf.Root.StructTreeRoot.ParentTree.Nums))
        seen: set[tuple[int, int]] = set()

        def walk(element: pikepdf.Object) -> Node:
            node = Node(str(element.S)[1:], str(element.get("/Alt", "")))
            for kid in element.get("/K", []):
                if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                    assert kid.P.objgen == element.objgen
                    node.kids.append(walk(kid))
                    continue
                page, number = (kid.Pg, kid.MCID) if isinstance(kid, pikepdf.Dictionary) else (element.Pg, kid)
                place = next(place for place, one in enumerate(pages) if one.objgen == page.objgen)
                assert back[int(page.StructParents)][int(number)].objgen == element.objgen
                assert (place, int(number)) not in seen
                seen.add((place, int(number)))
                node.text = " ".join(filter(None, [node.text, pieces[place][int(number)]]))
            return node

        assert pdf.Root.MarkInfo.Marked
        root = walk(pdf.Root.StructTreeRoot.K)
        assert seen == {(place, number) for place, found in enumerate(pieces) for number in found}
        assert all(page.Tabs == "/S" for page in pages)
    return root


def _pairs(nums: pikepdf.Object) -> list[tuple[int, pikepdf.Object]]:
    return [(int(nums[at]), nums[at + 1]) for at in range(0, len(nums), 2)]


def _pieces(page: pikepdf.Object) -> dict[int, str]:
    """The text of each marked piece of a page. AssertionError where something is shown outside of all marks."""
    found: dict[int, str] = {}
    codes = {str(name): _codes(font) for name, font in page.Resources.Font.items()}
    now: list[int | None] = []
    font = ""
    for instruction in pikepdf.parse_content_stream(pikepdf.Page(page)):
        operands, operator = list(instruction.operands), str(instruction.operator)
        match operator:
            case "BDC":
                piece = int(operands[1].get("/MCID", -1))
                now.append(piece)
                found.setdefault(piece, "")
            case "BMC":
                assert operands[0] == "/Artifact"
                now.append(None)
            case "EMC":
                now.pop()
            case "Tf":
                font = str(operands[0])
            case "Tj" | "f" | "Do" | "INLINE IMAGE":
                assert now, f"{operator} outside of all marks"
                last = now[-1]
                if operator == "Tj" and last is not None:
                    found[last] += "".join(codes[font][code] for code in bytes(operands[0]))
    assert not now
    return found


def _codes(font: pikepdf.Object) -> dict[int, str]:
    """The text of each code, from single entries and from ranges of codes that count up with their characters."""
    found = {}
    rows = re.findall(rb"^<([0-9A-F]{2})> (?:<([0-9A-F]{2})> )?<([0-9A-F]{4,})>$", font.ToUnicode.read_bytes(), re.M)
    for first, last, text in rows:
        start = bytes.fromhex(text.decode()).decode("utf-16-be")
        for code in range(int(first, 16), int(last or first, 16) + 1):
            found[code] = start[:-1] + chr(ord(start[-1]) + code - int(first, 16))
    return found


@pytest.mark.parametrize(
    "paper, template, pages",
    [
        pytest.param(document(8), PLAIN, 1, id="one page"),
        pytest.param(document(120), LOGO, 4, id="several pages"),
        pytest.param(
            document(3, kind="credit_note", corrects="INV-7", reason="Wrong hours"), LOGO, 1, id="credit note"
        ),
    ],
)
def test_a_document_is_read_in_order(paper: Document, template: TemplateVersion, pages: int) -> None:
    found = tree(render_pdf(paper, template))
    assert found.role == "Document"
    (title,) = found.all("H1")
    assert paper.number in title.words()
    lines = found.all("Table")[0].all("TR")
    head, rows = lines[0], lines[1:]
    assert [kid.role for kid in head.kids] == ["TH"] * len(head.kids)
    assert len(rows) == len(paper.lines)
    for row, line in zip(rows, paper.lines, strict=True):
        cells = row.all("TD")
        assert len(cells) == len(head.kids)
        assert cells[0].text == str(line.position)
        assert line.description in cells[1].words()
    amounts = [row.kids[-1].words() for row in found.all("Table")[1].all("TR")]
    assert len(amounts) == len(paper.taxes) + 2
    roles = [kid.role for kid in found.kids]
    assert roles.index("H1") < roles.index("Table")
    assert "Figure" not in {kid.role for kid in found.kids if not kid.alt}, "a picture that says nothing"


def test_the_logo_says_whose_it_is() -> None:
    paper = document(1)
    assert paper.seller.name in [one.alt for one in tree(render_pdf(paper, LOGO)).all("Figure")]
    assert paper.seller.name not in [one.alt for one in tree(render_pdf(paper, PLAIN)).all("Figure")]


def test_a_line_over_two_pages_is_one_cell() -> None:
    paper = document(2)
    long = " ".join(f"word{number}" for number in range(900))
    lines = (paper.lines[0], replace(paper.lines[1], description=long))
    found = tree(render_pdf(document(lines), PLAIN))
    rows = found.all("Table")[0].all("TR")
    assert len(rows) == 3
    # Between lines stands no space: whoever reads aloud breaks words there by the place of the text.
    assert rows[2].kids[1].words().replace(" ", "") == long.replace(" ", "")


def test_documents_of_one_shape_share_their_structure() -> None:
    from desktop.documents.render import compose

    first, _ = compose(document(5, number="INV-1"), PLAIN)
    second, _ = compose(document(5, number="INV-2", po_number="9"), PLAIN)
    other, _ = compose(document(6, number="INV-3"), PLAIN)
    assert first is second
    assert first is not other
    assert first.prefix is other.prefix
