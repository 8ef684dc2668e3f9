"""`sheaf templates`: the list, files, and which one prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.commands import Sheaf


@pytest.fixture
def sheaf(tmp_path: Path) -> Sheaf:
    made = Sheaf(tmp_path)
    assert made("new", "f.sheaf", "--firm", "Harbour", "--country", "DE", "--currency", "EUR").code == 0
    made.write("c.csv", "code,name,city,street,country,currency\nNORD,Nord GmbH,Kiel,Kai 1,DE,EUR\n")
    assert made("import", "f.sheaf", "clients", "c.csv").code == 0
    return made


def names(sheaf: Sheaf) -> list[str]:
    return [one["name"] for one in sheaf.json("templates", "f.sheaf")["templates"]]


def test_the_list_tells_what_prints(sheaf: Sheaf) -> None:
    found = sheaf.json("templates", "f.sheaf")
    classic = next(one for one in found["templates"] if one["name"] == "Classic")
    assert (classic["version"], classic["default"], classic["documents"], classic["problem"]) == (1, True, 0, None)
    assert found["choices"] == [{"scope": "firm", "for": None, "kind": None, "language": None, "template": "Classic"}]
    answer = sheaf("templates", "f.sheaf", "list")
    assert "Classic" in answer.out
    assert "default" in answer.out


def test_a_template_goes_out_and_comes_in(sheaf: Sheaf) -> None:
    told = sheaf.json("templates", "f.sheaf", "export", "classic", "one.json")
    assert (told["template"], told["version"], Path(told["file"]).name) == ("Classic", 1, "one.json")
    assert sheaf.json("templates", "f.sheaf", "import", "one.json")["template"] == "Classic 2"
    assert sheaf.json("templates", "f.sheaf", "import", "one.json", "--name", "Quay")["template"] == "Quay"
    assert {"Classic", "Classic 2", "Quay"} <= set(names(sheaf))


def test_a_bad_file_is_refused_with_its_line(sheaf: Sheaf) -> None:
    sheaf("templates", "f.sheaf", "export", "Classic", "one.json")
    path = sheaf.folder / "one.json"
    path.write_text(path.read_text(encoding="utf-8").replace("#2457D6", "blue"), encoding="utf-8")
    before = names(sheaf)
    answer = sheaf("templates", "f.sheaf", "import", "one.json")
    assert answer.code == 1
    assert answer.err.startswith("one.json, line ")
    assert "“blue” is not a colour" in answer.err
    assert names(sheaf) == before
    assert "no file" in sheaf("templates", "f.sheaf", "import", "none.json").err


def test_templates_are_chosen_for_whom_they_print(sheaf: Sheaf) -> None:
    told = sheaf.json(
        "templates", "f.sheaf", "use", "Modern", "--client", "NORD", "--kind", "reminder", "--language", "de"
    )
    assert told == {"template": "Modern", "scope": "client", "for": "NORD", "kind": "reminder", "language": "de"}
    chosen = sheaf.json("templates", "f.sheaf")["choices"][1:]
    assert chosen == [
        {"scope": "client", "for": "Nord GmbH", "kind": "reminder", "language": "de", "template": "Modern"}
    ]
    sheaf.json("templates", "f.sheaf", "use", "Modern")
    assert sheaf.json("templates", "f.sheaf")["choices"][0]["template"] == "Modern"
    sheaf.json("templates", "f.sheaf", "use", "--none", "--client", "NORD", "--kind", "reminder", "--language", "de")
    assert len(sheaf.json("templates", "f.sheaf")["choices"]) == 1


@pytest.mark.parametrize(
    "argv, words",
    [
        (("use", "Nobody"), "no template “Nobody”"),
        (("use", "Modern", "--kind", "letter"), "no kind “letter”"),
        (("use", "Modern", "--language", "xx_yy_zz"), "not the code of a language"),
        (("use", "Modern", "--client", "SUED"), "SUED"),
        (("use",), "Name the one template"),
        (("use", "--none"), "needs one template"),
        (("export", "Classic"), "a template's name and a file"),
        (("export", "Classic", "no/where.json"), "where.json"),
        (("import",), "needs one file"),
        (("list", "Classic"), "takes no name"),
    ],
)
def test_what_cannot_be_is_one_sentence(sheaf: Sheaf, argv: tuple[str, ...], words: str) -> None:
    answer = sheaf("templates", "f.sheaf", *argv)
    assert answer.code == 1
    assert words in answer.err
    assert "Traceback" not in answer.err
