"""The table of printable characters says of every character what the fonts say."""

from hypothesis import example, given
from hypothesis import strategies as st

from desktop.documents import fonts
from desktop.documents.glyphs import BASIC_SET
from desktop.domain.printable import printable_points, unprintable
from tests.documents.printable_points import ranges


def test_the_table_is_that_of_the_fonts() -> None:
    assert printable_points() == ranges(), "write it anew: python -m tests.documents.printable_points"


@given(st.text(max_size=40))
@example("A\u0325 é क\u093c")
@example("漢字 ไทย 😀\u200d🚀")
def test_texts_lack_what_documents_would_replace(text: str) -> None:
    assert unprintable(text) == fonts.missing([text])


def test_scripts_of_the_house_can_be_printed() -> None:
    assert unprintable("Łódź Ελλάς Київ हिन्दी שלום محمد ₹ ½ 😀 " + "".join(sorted(BASIC_SET))) == ""
    assert unprintable("b漢a漢字") == "字漢"
