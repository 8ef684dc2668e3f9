"""The catalogues of the window's languages: `python3 dev.py texts`.

Collects every text from the program, brings the catalogues up to date with it and compiles them. What a language
lacks is counted; texts that are gone leave it. A translator fills in `resources/translations/LANGUAGE/.../sheaf.po`
with any editor of such files, then runs the command again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "translations"
# English stands in the program itself.
LANGUAGES = ("de", "es", "fr", "hi")
# The last three are those of findings and reasons (desktop/domain/wording.py).
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "pgettext": ((1, "c"), 2),
    "ngettext": (1, 2),
    "N_n": (1, 2),
    "phrase": None,
    "phrases": (1, 2),
    "own_word": None,
}
_WIDTH = 120
# Lines of a catalogue's head that name a day, a person or a tool: they say nothing of the texts and would change it.
_NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_PASSING = tuple(
    f'"{name}:'.encode()
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid-Bugs-To",
        "Project-Id-Version",
        "Generated-By",
    )
)


def collect() -> Catalog:
    """Every text of the program, in the order of files."""
    catalog = Catalog(project="Sheaf", charset="utf-8", fuzzy=False)
    source = ROOT / "desktop"
    found = extract_from_dir(source, [("**.py", "python")], {"**.py": {}}, KEYWORDS, comment_tags=["For translators:"])
    for file, _line, text, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        place = (f"desktop/{Path(file).as_posix()}", 0)
        catalog.add(text, locations=[place], auto_comments=comments, context=context)
    return catalog


def po_path(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "sheaf.po"


def read(language: str) -> Catalog:
    """The catalogue as it stands; empty for a language that has none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, project="Sheaf", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def up_to_date(language: str, texts: Catalog) -> Catalog:
    """The catalogue with exactly these texts; a guess from a similar text is no translation and is not made."""
    catalog = read(language)
    catalog.update(texts, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.header_comment = f"# Sheaf in {catalog.locale.english_name if catalog.locale else language}."
    for message in catalog:
        message.locations = [(file, 0) for file in sorted({file for file, _line in message.locations})]
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalog, width=_WIDTH, omit_header=False, include_lineno=False)
    lines = buffer.getvalue().split(b"\n")
    return b"\n".join(line for line in lines if not line.startswith(_PASSING))


def mo_bytes(catalog: Catalog) -> bytes:
    """The compiled catalogue: the same bytes for the same texts, whatever the day."""
    catalog.creation_date = catalog.revision_date = _NO_DAY
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """Texts without a translation, with one of an older text (fuzzy), or with one form of a plural missing."""
    lacking = []
    for message in catalog:
        if not message.id:
            continue
        forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if message.fuzzy or not all(forms) or len(forms) != (catalog.num_plurals if message.pluralizable else 1):
            lacking.append(message.id[0] if isinstance(message.id, list | tuple) else message.id)
    return lacking


def main() -> None:
    texts = collect()
    for language in LANGUAGES:
        catalog = up_to_date(language, texts)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        written = po_bytes(catalog)
        path.write_bytes(written)
        path.with_suffix(".mo").write_bytes(mo_bytes(read(language)))
        print(f"{language}: {len(catalog)} texts, {len(missing(catalog))} without a translation")


if __name__ == "__main__":
    main()
