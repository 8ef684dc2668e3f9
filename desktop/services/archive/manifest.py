"""The manifest of an archive: what it holds, what each document came to, and what proves each file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from desktop.domain.money import exponent, major_text
from desktop.services.archive.container import Mark

FORMAT: Final = "sheaf-archive"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS.txt"
_AMOUNTS: Final = ("net", "tax", "gross")
# A figure of a document; an exponent would make a short text a very long one.
_AMOUNT: Final = re.compile(r"-?\d{1,20}(\.\d{1,4})?", re.ASCII)
# What every document and every file of a manifest tells, as which kind of value.
_DOCUMENT: Mapping[str, type] = {
    "number": str, "kind": str, "date": str, "client": str, "currency": str, "net": str, "tax": str, "gross": str,
    "seal": str, "files": list,
}  # fmt: skip
_FILE: Mapping[str, type] = {"path": str, "bytes": int, "sha256": str}


class ManifestProblem(Exception):
    """A manifest that is not one; its text is for a developer, the person hears that it cannot be read."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was read; `documents` and `files` in their order, each with the keys that it was written with."""

    date: str
    run: str
    documents: tuple[Mapping[str, Any], ...]
    files: tuple[Mapping[str, Any], ...]
    totals: Mapping[str, Any]


def manifest_text(
    facts: Mapping[str, Any], documents: Sequence[Mapping[str, Any]], marks: Iterable[Mark], left_out: Sequence[str]
) -> bytes:
    """The manifest as JSON; amounts are texts in major units, those of credit notes taken off in the totals.

    `documents` are rows of the book in minor units with `files`, the paths of each.
    """
    told = [_document(row) for row in documents]
    whole = {
        "format": FORMAT,
        "version": VERSION,
        **facts,
        "documents": told,
        "totals": totals(told),
        "files": [{"path": mark.path, "bytes": mark.size, "sha256": mark.sha256} for mark in marks],
        "left_out": list(left_out),
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _document(row: Mapping[str, Any]) -> dict[str, Any]:
    amounts = {name: major_text(row[name], row["currency"]) for name in _AMOUNTS}
    return {
        "number": row["number"],
        "kind": row["kind"],
        "date": row["issue_date"],
        "client": row["client"],
        "currency": row["currency"],
        **amounts,
        "seal": row["seal"],
        "files": list(row["files"]),
    }


def totals(documents: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """By currency: how many documents, and their sums with credit notes taken off."""
    counts: dict[str, int] = {}
    sums: dict[str, dict[str, Decimal]] = {}
    for one in documents:
        currency = one["currency"]
        counts[currency] = counts.get(currency, 0) + 1
        row = sums.setdefault(currency, dict.fromkeys(_AMOUNTS, Decimal(0)))
        for name in _AMOUNTS:
            row[name] += -Decimal(one[name]) if one["kind"] == "credit_note" else Decimal(one[name])
    return {
        currency: {"documents": counts[currency]}
        | {name: f"{value:.{exponent(currency)}f}" for name, value in sums[currency].items()}
        for currency in sorted(sums)
    }


def sums_text(marks: Iterable[Mark]) -> bytes:
    """A line a file as `sha256sum -c` takes them, by path."""
    return "".join(f"{mark.sha256}  {mark.path}\n" for mark in sorted(marks)).encode()


def read_manifest(content: bytes) -> Manifest:
    """ManifestProblem where it is no manifest of this version."""
    try:
        whole = json.loads(content)
        if not isinstance(whole, dict) or whole.get("format") != FORMAT or whole.get("version") != VERSION:
            raise ManifestProblem("format")
        documents, files = _rows(whole, "documents", _DOCUMENT), _rows(whole, "files", _FILE)
        for one in documents:
            if not all(isinstance(path, str) for path in one["files"]):
                raise ManifestProblem("documents")
            for name in _AMOUNTS:
                if not _AMOUNT.fullmatch(one[name]):
                    raise ManifestProblem(name)
        run = whole.get("run")
        number = run.get("number", "") if isinstance(run, dict) else ""
        return Manifest(str(whole.get("date", "")), str(number), documents, files, dict(whole.get("totals", {})))
    except (ValueError, TypeError, RecursionError) as problem:
        raise ManifestProblem(str(problem)) from problem


def _rows(whole: Mapping[str, Any], name: str, kinds: Mapping[str, type]) -> tuple[Mapping[str, Any], ...]:
    rows = whole.get(name)
    if not isinstance(rows, list):
        raise ManifestProblem(name)
    for row in rows:
        if not isinstance(row, dict) or any(type(row.get(key)) is not kind for key, kind in kinds.items()):
            raise ManifestProblem(name)
    return tuple(rows)
