"""The cases that others wrote for matching: what a payment settles under the policy that each names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from desktop.domain.matching import explain
from desktop.domain.matching.facts import Explanation, Line, OpenInvoice, Payer, Policy
from desktop.domain.payments import Item, allocate
from tests.cases import case_file, cases_dir

_ISSUED, _DUE, _BOOKED = date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 20)
_ACCOUNT = "DE02500105170137075030"


def _cases() -> list[Any]:
    folder = cases_dir()
    if folder is None or not (folder / "payment_matching.json").exists():
        return [pytest.param(None, id="absent")]
    cases = json.loads((folder / "payment_matching.json").read_text("utf-8"))
    return [pytest.param(case, id=case["name"]) for case in cases]


def _minor(amount: object) -> int:
    return int(Decimal(str(amount)) * 100)


def _policy(named: str) -> Policy:
    """What a case calls a policy: a tolerance in percent; the rest names what is compared, which is always all."""
    found = re.fullmatch(r"tolerance ([\d.]+)(%?)", named)
    if not found:
        return Policy()
    if found[2]:
        return Policy(tolerance_share=int(Decimal(found[1]) * 10_000))
    return Policy(tolerance={"EUR": _minor(found[1])})


def _facts(case: Mapping[str, Any]) -> tuple[Line, list[OpenInvoice], list[Payer]]:
    """Open items of one customer each where it is named, else of one whose account pays."""
    paid = case["payment"]
    told = any(paid.get(field) for field in ("text", "ref", "iban"))
    items, payers = [], []
    for row, one in enumerate(case.get("open", ()), start=1):
        client = row if "customer" in one else 1
        number = f"N{chr(96 + row)}"
        amount = _minor(one["amount"])
        references = (one["ref"],) if "ref" in one else ()
        items.append(
            OpenInvoice(
                row, row, client, client, number, number, "EUR", _ISSUED, _DUE, amount, amount, references=references
            )
        )
        if "customer" in one:
            payers.append(Payer(client, client, f"C{client}", (one["customer"],)))
    if items and not payers:
        payers.append(Payer(1, 1, "C1", ("The one customer",), (_ACCOUNT,)))
    for row, party in enumerate(case.get("parties", ()), start=1):
        payers.append(Payer(row, row, f"P{row}", (party["name"],), (party["iban"],) if "iban" in party else ()))
    line = Line(
        1,
        _minor(paid.get("amount", 1)) - _minor(paid.get("already_used", 0)),
        "EUR",
        _BOOKED,
        party_account=paid.get("iban", "" if told else _ACCOUNT),
        text=paid.get("text", ""),
        reference=paid.get("ref", ""),
    )
    return line, items, payers


def _best(case: Mapping[str, Any]) -> Explanation | None:
    line, items, payers = _facts(case)
    found = explain([line], items, payers, policy=_policy(case.get("policy", "")), today=_BOOKED)
    return found[1][0] if found[1] else None


@pytest.mark.parametrize("case", _cases())
def test_a_payment_settles_what_others_expect(case: dict[str, Any] | None) -> None:
    if case is None:
        case_file("payment_matching.json")
        return
    best = _best(case)
    if case.get("expect") == "error":
        assert best is not None
        assert best.kind == "nothing"
        return
    assert best is not None
    if "expect_party" in case:
        assert case["parties"][(best.client_id or 0) - 1]["name"] == case["expect_party"]
        return
    ids = [one["id"] for one in case["open"]]
    if "allocate" in case["payment"]:
        _check_part(case, best)
        return
    assert sorted(ids[share.item_id - 1] for share in best.shares) == case["expect"]
    assert sum(share.write_off for share in best.shares) == _minor(case.get("write_off", 0))
    assert best.surplus == _minor(case.get("surplus", 0))


def _check_part(case: Mapping[str, Any], best: Explanation) -> None:
    """A person lets less of a payment settle what the line explains than it would."""
    _line, items, _payers = _facts(case)
    ids = [one["id"] for one in case["open"]]
    part = _minor(case["payment"]["allocate"])
    settled, left = allocate(part, [Item(item.id, item.due, item.open) for item in items], [best.shares[0].item_id])
    assert left == 0
    assert [ids[one.key - 1] for one in settled] == case["expect"]
    for one in settled:
        assert items[one.key - 1].open - one.amount == _minor(case["remaining"][ids[one.key - 1]])
    assert _minor(case["payment"]["amount"]) - part == _minor(case["unallocated"])
