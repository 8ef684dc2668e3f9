"""Tries drafts of e-invoices by the official rules, where these are installed.

What passes the gate is sound by construction; this is the second opinion, and must never be what stops a run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from desktop.documents.einvoice.schematron import JUDGE, Breach, JudgeFailed, available
from desktop.documents.forms import einvoice_as
from desktop.domain.billing import Draft
from desktop.domain.document import Document
from desktop.domain.document_sums import adds_up
from desktop.domain.einvoice_form import NONE
from desktop.domain.findings import Effective, Finding
from desktop.domain.wording import phrase
from desktop.services.runs.drafting import Checked
from desktop.services.runs.setting import Setting

_log = logging.getLogger(__name__)
CODE = "schematron"
# A draft has no number yet, and the rules want one (BR-02).
_NUMBER = "0"
_MOST = 3


def prove(connection: Connection, checked: Iterable[Checked], setting: Setting) -> None:
    """Add what the rules say to the findings of e-invoices that nothing else blocks, all in one batch."""
    wanted = [
        (one, rule)
        for one in checked
        if one.draft.einvoice != NONE and not any(found.severity == "block" for found in one.findings)
        if (rule := _rule(one, setting)).enabled
    ]
    if not wanted or not available():
        return
    try:
        documents = _documents(connection, [one.draft for one, _rule in wanted], setting)
        wrong = {at for at, document in enumerate(documents) if not adds_up(document)}
        verdicts = JUDGE.breaches([einvoice_as(document, document.einvoice) for document in documents], wrong)
    except (JudgeFailed, ValueError, ArithmeticError, LookupError) as problem:
        _log.warning("The schematron could not be tried", exc_info=problem)
        for one, _switch in wanted:
            one.findings.append(
                Finding(
                    CODE,
                    "note",
                    phrase("The official rules of e-invoices could not be tried."),
                    phrase("Nothing else is missing; the log says why."),
                )
            )
        return
    for (one, rule), breaches in zip(wanted, verdicts, strict=True):
        one.findings += [_finding(one.draft, rule.severity, breach) for breach in breaches[:_MOST]]


def _rule(one: Checked, setting: Setting) -> Effective:
    first = one.draft.agreement_ids[0] if one.draft.agreement_ids else None
    rules = setting.rules.of(one.segment_id, one.draft.client_id, first)
    return next(row for row in rules if row.rule.code == CODE)


def _documents(connection: Connection, drafts: Sequence[Draft], setting: Setting) -> list[Document]:
    # It knows of runs itself, and is asked for only where somebody gets an e-invoice.
    from desktop.services.documents import drafted_documents

    made = drafted_documents(connection, list(enumerate(drafts)), 0, setting.billing.issue_date, _NUMBER)
    return [document for document, _version in made]


def _finding(draft: Draft, severity: str, breach: Breach) -> Finding:
    rule, said = breach
    return Finding(
        CODE,
        severity,
        phrase("The official rules of e-invoices refuse it by {rule}: {said}", rule=rule, said=said),
        phrase("Correct what the rule names with the client, the agreement or your firm."),
        f"client:{draft.client_id}:einvoice",
    )
