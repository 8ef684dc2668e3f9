"""Billing runs: plan, review, issue, resume, explain."""

from desktop.services.runs.approvals import SECOND, Approval, approve, approve_drafts
from desktop.services.runs.billing_run import bill, preview, result, resume
from desktop.services.runs.editing import LineEdit, edit
from desktop.services.runs.explaining import Comparison, Difference, FindingRow, OutcomeRow, compare, explain
from desktop.services.runs.owners import Assignment, assign, assign_findings, end_of
from desktop.services.runs.planning import earliest_issue_date, interrupted, plan
from desktop.services.runs.review import (
    ExceptionRow,
    discard,
    discard_run,
    exceptions,
    hold,
    hold_drafts,
    look_again,
)
from desktop.services.runs.scope import BillResult, RunFacts, Scope, Seconds

__all__ = [
    "SECOND",
    "Approval",
    "Assignment",
    "BillResult",
    "Comparison",
    "Difference",
    "ExceptionRow",
    "FindingRow",
    "LineEdit",
    "OutcomeRow",
    "RunFacts",
    "Scope",
    "Seconds",
    "approve",
    "approve_drafts",
    "assign",
    "assign_findings",
    "bill",
    "compare",
    "discard",
    "discard_run",
    "earliest_issue_date",
    "edit",
    "end_of",
    "exceptions",
    "explain",
    "hold",
    "hold_drafts",
    "interrupted",
    "look_again",
    "plan",
    "preview",
    "result",
    "resume",
]
