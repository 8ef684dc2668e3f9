#!/usr/bin/env python3
"""Proves a Sheaf book, or an archive written from one, without Sheaf: Python 3.10 or later and nothing else.

    python3 sheaf_verify.py BOOK.sheaf [--head HASH]
    python3 sheaf_verify.py ARCHIVE.zip
    python3 sheaf_verify.py --json FILE

Exit status: 0 everything holds, 1 something does not, 2 the file cannot be examined.
The file is only read. What is proved, and how, stands in README.txt beside this script.
"""

import argparse
import base64
import hashlib
import json
import sqlite3
import sys
import zipfile
import zlib
from bisect import bisect_left, bisect_right
from itertools import islice
from pathlib import Path

START = "0" * 64
APPLICATION_ID = 0x53484541

INVOICE = (
    "number", "kind", "series_id", "series_year", "sequence", "client_id", "agreement_id", "run_id",
    "template_version_id", "issue_date", "tax_date", "due_date", "period_start", "period_end", "language", "terms",
    "discount", "discount_until", "po_number", "buyer_reference", "currency", "net", "tax", "gross", "prepaid",
    "rounding", "payable", "firm_currency", "firm_rate", "firm_net", "firm_tax", "firm_gross", "tax_currency",
    "tax_in_tax_currency", "corrects_id", "reason", "texts",
)  # fmt: skip
LINE = (
    "position", "agreement_line_id", "item_id", "rate_id", "price_source", "description", "detail", "heading",
    "period_start", "period_end", "quantity", "unit", "unit_price", "base_quantity", "allowance", "allowance_reason",
    "charge", "net", "tax_code_id", "category", "rate", "deducts_id", "corrects_line_id", "classification",
    "tax_parts",
)  # fmt: skip
TAX = ("category", "rate", "basis", "tax", "exemption_code", "exemption_text", "name")

# Tables of which the log does not tell every row: work in progress, what moves by itself, and the log.
NOT_LOGGED = {
    "alembic_version", "audit_event", "audit_payload", "book", "change_set", "delivery", "delivery_event", "draft",
    "finding", "import_batch", "mailing", "outcome", "passphrase", "print_job", "reminder", "reminder_item",
    "reminder_run", "rendering_prefix", "run", "saved_mapping", "schedule_result", "setting", "sign_in",
    "unfinished", "invoice_line", "invoice_tax",
}  # fmt: skip
# Columns that move without an event of their own.
MOVING = {
    "open_item": {"open"},
    "open_credit": {"open"},
    "charge": {"reversed_by"},
    "time_entry": {"draft_id", "invoice_id"},
    "one_off": {"draft_id", "invoice_id"},
    "milestone": {"draft_id", "invoice_id"},
    "usage": {"invoice_id"},
    "series_year": {"next", "last_date"},
    "bank_line": {"state"},
}
# Tables whose oldest rows may be older than their seals.
LOGGED_LATER = {"rendering"}

_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_rows = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=bytes.hex).encode

UNKNOWN = object()
MOST = 200


class CannotExamine(Exception):
    """The file is no book and no archive, or cannot be opened."""


class Report:
    """What was proved, and every problem."""

    def __init__(self):
        self.proved = {}
        self.problems = []
        self.head = ""

    def count(self, what, number=1):
        self.proved[what] = self.proved.get(what, 0) + number

    def problem(self, text):
        self.problems.append(text)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# The book


def verify_book(path, head=None):
    report = Report()
    connection = open_book(path)
    try:
        check_file(connection, report)
        check_chain(connection, report, head)
        check_rows(connection, report)
        check_documents(connection, report)
        check_runs(connection, report)
        check_files(connection, report)
    except sqlite3.DatabaseError as error:
        report.problem(f"the file cannot be read to its end: {error}")
    finally:
        connection.close()
    return report


def open_book(path):
    with Path(path).open("rb") as file:
        start = file.read(16)
    if start != b"SQLite format 3\0":
        raise CannotExamine(
            f"{path} is not a plain book. If it is encrypted, decrypt a copy first: sheaf decrypt COPY.sheaf"
        )
    connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.DatabaseError as error:
        connection.close()
        raise CannotExamine(f"{path} cannot be opened: {error}") from error
    if application != APPLICATION_ID:
        connection.close()
        raise CannotExamine(f"{path} is a database of another program, not a book.")
    if not names_of(connection, "rendering_prefix"):
        connection.close()
        raise CannotExamine(
            f"{path} is older than what this script knows. Open a copy of it in Sheaf once, then try again."
        )
    return connection


def check_file(connection, report):
    for (text,) in connection.execute("PRAGMA integrity_check(20)"):
        if text != "ok":
            report.problem(f"file: {text}")
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        report.problem(f"file: {table} #{row} refers to a row of {parent} that is not there")


def names_of(connection, table):
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def check_chain(connection, report, head):
    """Every event follows the one before; its change and its payload are what was hashed."""
    erasable = "erasure_id" in names_of(connection, "audit_payload")
    told = set(connection.execute("SELECT row_id, erasure_id FROM erased_row WHERE table_name = 'audit_payload'")
               if erasable else ())  # fmt: skip
    anew = told_anew(connection, "relinked", "hash", "link")
    found_head = head is None
    previous, expected = START, 1
    for row in connection.execute(
        "SELECT e.id, e.change_set_id, e.at, e.actor, c.summary, c.at, c.actor, e.subject, e.subject_id, e.action,"
        " e.payload_hash, e.previous_hash, e.hash, p.event_id, p.salt, p.before, p.after,"
        f" {'p.erasure_id' if erasable else 'NULL'} FROM audit_event e LEFT JOIN change_set c ON c.id = e.change_set_id"
        " LEFT JOIN audit_payload p ON p.event_id = e.id ORDER BY e.id"
    ):
        number, change, at, actor, summary, set_at, set_actor, subject, subject_id, action = row[:10]
        payload, before_hash, this, kept, salt, before, after, erasure = row[10:]
        if number != expected:
            report.problem(f"log: events are missing before #{number}")
        expected = number + 1
        if before_hash != previous:
            report.problem(f"log: event #{number} does not follow the one before it")
        text = _sorted([previous, change, at, actor, summary or "", subject, subject_id, action, payload])
        link = sha256(text.encode())
        if link != this and anew.get(number) != (this, link):
            report.problem(f"log: event #{number}, or the summary of its change, is not what was written")
        if (set_at, set_actor) != (at, actor):
            report.problem(f"log: the change of event #{number} names another time or person")
        if kept is None or (erasure is not None and (number, erasure) not in told):
            report.problem(f"log: what event #{number} says was taken away, and no erasure tells of it")
        elif erasure is not None and (salt, before, after) == ("", None, None):
            report.count("events whose content was erased as the law asks")
        elif erasure is not None or not is_hashed(salt, before, after, payload):
            report.problem(f"log: what event #{number} says was changed")
        found_head = found_head or this == head
        previous = this
        report.count("events of the log")
    report.head = previous
    if not found_head:
        report.problem("log: it does not contain the head given: it was rewritten since, or is of another book")


def told_anew(connection, action, one, other):
    found = {}
    for key, text in connection.execute(
        "SELECT e.subject_id, p.after FROM audit_event e JOIN audit_payload p ON p.event_id = e.id"
        " WHERE e.action = ? ORDER BY e.id",
        (action,),
    ):
        told = payload_of(text) or {}
        found[key] = (told.get(one), told.get(other))
    return found


def payload_of(text):
    try:
        found = None if text is None else json.loads(text)
    except (TypeError, ValueError):
        # The chain tells that it was changed.
        return None
    return found if isinstance(found, dict) else None


def is_hashed(salt, before, after, hashed):
    return sha256(f"{salt}\n{before or ''}\n{after or ''}".encode()) == hashed


# Rows against the log, walked backwards


class Spans:
    """Whole numbers as spans from first to last, inclusive, in order and never touching."""

    def __init__(self):
        self.firsts, self.lasts = [], []

    def __contains__(self, number):
        at = bisect_right(self.firsts, number) - 1
        return at >= 0 and number <= self.lasts[at]

    def __iter__(self):
        return iter(list(zip(self.firsts, self.lasts, strict=True)))

    def meets(self, first, last):
        at = bisect_left(self.lasts, first)
        return at < len(self.firsts) and self.firsts[at] <= last

    def add(self, first, last):
        low, high = bisect_left(self.lasts, first - 1), bisect_right(self.firsts, last + 1)
        if low < high:
            first, last = min(first, self.firsts[low]), max(last, self.lasts[high - 1])
        self.firsts[low:high], self.lasts[low:high] = [first], [last]

    def remove(self, first, last):
        low, high = bisect_left(self.lasts, first), bisect_right(self.firsts, last)
        kept = []
        for start, end in zip(self.firsts[low:high], self.lasts[low:high], strict=True):
            kept += [(a, b) for a, b in ((start, first - 1), (last + 1, end)) if max(a, start) <= min(b, end)]
        self.firsts[low:high], self.lasts[low:high] = [a for a, _ in kept], [b for _, b in kept]


class Table:
    """The rows of a table as they were at some moment: as they stand, but for what was taken back since."""

    def __init__(self, connection, name):
        self.connection, self.name = connection, name
        columns = names_of(connection, name)
        self.columns = sorted(column for column in columns if column not in MOVING.get(name, ()))
        self.changed, self.not_yet, self.forgotten = {}, Spans(), Spans()

    def row(self, key):
        if key in self.changed:
            return self.changed[key]
        if key in self.not_yet:
            return None
        if key in self.forgotten:
            return UNKNOWN
        query = f"SELECT {quoted(self.columns)} FROM {self.name} WHERE id = ?"
        found = self.connection.execute(query, (key,)).fetchone()
        return None if found is None else dict(zip(self.columns, found, strict=True))

    def before_it(self, first, last):
        self.drop(first, last)
        self.forgotten.remove(first, last)
        self.not_yet.add(first, last)

    def forget(self, first, last):
        self.drop(first, last)
        self.not_yet.remove(first, last)
        self.forgotten.add(first, last)

    def drop(self, first, last):
        for key in [key for key in self.changed if first <= key <= last]:
            del self.changed[key]

    def standing(self, first, last):
        keys = self.connection.execute(f"SELECT id FROM {self.name} WHERE id BETWEEN ? AND ?", (first, last))
        return [key for (key,) in keys if key not in self.not_yet and key not in self.changed]

    def digest(self, first, last, columns):
        """(count, SHA-256), or None where a row of the span is not known any more."""
        if not set(columns) <= set(self.columns):
            return None
        query = f"SELECT {quoted(columns)} FROM {self.name} WHERE id BETWEEN ? AND ? ORDER BY id"
        rows = self.connection.execute(query, (first, last))
        touched = {key: row for key, row in self.changed.items() if first <= key <= last}
        if self.forgotten.meets(first, last) or UNKNOWN in touched.values():
            return None
        place = columns.index("id")
        there = {row[place]: row for row in rows if row[place] not in self.not_yet}
        for key, row in touched.items():
            values = tuple(row.get(name) for name in columns)
            if any(isinstance(value, dict) for value in values) or not set(columns) <= row.keys():
                return None
            there[key] = values
        return digest(there[key] for key in sorted(there))

    def unexplained(self):
        since = 0
        if self.name in LOGGED_LATER:
            since = min((first for first, _ in self.not_yet), default=1 << 62)
        left = [key for key, row in self.changed.items() if isinstance(row, dict)]
        for first, last in [*self.not_yet, (1 << 62, 1 << 62)]:
            query = f"SELECT id FROM {self.name} WHERE id >= ? AND id < ? ORDER BY id"
            left += [key for (key,) in self.connection.execute(query, (since, first)) if key not in self.changed]
            since = last + 1
        return sorted(left)


def quoted(columns):
    return ", ".join(f'"{column}"' for column in columns)


def digest(rows):
    seal, count, rest = hashlib.sha256(), 0, iter(rows)
    while True:
        block = list(islice(rest, 500))
        if not block:
            return count, seal.hexdigest()
        seal.update(_rows(block).encode())
        count += len(block)


def check_rows(connection, report):
    every = [name for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]  # fmt: skip
    tables = {name: Table(connection, name) for name in every if name not in NOT_LOGGED}
    events = connection.execute(
        "SELECT e.change_set_id, e.subject, e.subject_id, e.action, p.before, p.after, p.salt, e.payload_hash"
        " FROM audit_event e"
        " LEFT JOIN audit_payload p ON p.event_id = e.id ORDER BY e.id DESC"
    )
    change, together = None, []
    for *event, salt, hashed in events:
        if not is_hashed(salt, *event[4:], hashed):
            # The chain tells that it was changed or erased; what it says now may be anything.
            event[4:] = None, None
        if event[0] != change and together:
            take_back(tables, together, report)
            together = []
        change = event[0]
        together.append(event)
    take_back(tables, together, report)
    for name, table in tables.items():
        for key in table.unexplained():
            report.problem(f"{name} #{key}: the log does not know it; it was written past the program")


def take_back(tables, events, report):
    """Take back the events of one change, newest first."""
    seals = [event for event in events if event[3] in ("rows", "rows again")]
    for _, name, _, _, _, text in seals:
        seal, table = payload_of(text), tables.get(name)
        if seal is None or table is None:
            report.problem(f"{name}: what the log says of many of them is gone, so that they cannot be proved")
            continue
        state = table.digest(seal["first"], seal["last"], seal["columns"])
        if state is not None:
            report.count("seals of rows")
            if state != (seal["count"], seal["digest"]):
                where = f"{name} #{seal['first']} to #{seal['last']}"
                report.problem(f"{where}: a row was changed, added or taken away by hand")
    for _, name, key, action, before, after in events:
        table = tables.get(name)
        if table is None:
            continue
        if action == "rows deleted":
            told = payload_of(before)
            for first, last in told["ranges"] if told else ():
                for standing in table.standing(first, last):
                    report.problem(f"{name} #{standing}: it stands in the book though it was deleted")
                table.forget(first, last)
        elif action in ("insert", "update", "delete", "erase") and key is not None:
            take_back_row(table, key, action, payload_of(before), payload_of(after), report)
    for _, name, _, action, _, text in seals:
        seal = payload_of(text)
        if seal is not None and action == "rows" and name in tables:
            tables[name].before_it(seal["first"], seal["last"])


def take_back_row(table, key, action, before, after, report):
    where, row = f"{table.name} #{key}", table.row(key)
    if action == "delete":
        if isinstance(row, dict):
            report.problem(f"{where}: it stands in the book though it was deleted")
        table.changed[key] = UNKNOWN if before is None else stored(before)
        return
    if after is None:
        if row is not UNKNOWN and row is not None:
            report.problem(f"{where}: what the log says of it was erased, so that it cannot be proved")
    elif row is None:
        report.problem(f"{where}: it is gone, and nothing in the log says why")
    elif row is not UNKNOWN:
        report.count("rows compared with the log")
        for name, value in after.items():
            if name in row and not same(row[name], value):
                report.problem(f"{where}: {name} is {row[name]!r}, but the log says {value!r}")
    if action == "insert":
        table.before_it(key, key)
    elif action == "erase":
        table.changed[key] = UNKNOWN
    elif isinstance(row, dict):
        table.changed[key] = {**row, **{name: value for name, value in stored(before or {}).items() if name in row}}


def stored(logged):
    def value_of(value):
        if isinstance(value, bool):
            return int(value)
        return base64.b64decode(value["base64"]) if isinstance(value, dict) and "base64" in value else value

    return {name: value_of(value) for name, value in logged.items()}


def same(value, logged):
    if isinstance(logged, dict) and isinstance(value, bytes):
        if "base64" in logged:
            return base64.b64decode(logged["base64"]) == value
        return logged == {"sha256": sha256(value), "size": len(value)}
    return value == logged


# Documents, runs, files


def check_documents(connection, report):
    erasable = "erasure_id" in names_of(connection, "party")
    parties = {}
    for key, told, name, data, erasure in connection.execute(
        f"SELECT id, digest, name, data, {'erasure_id' if erasable else 'NULL'} FROM party"
    ):
        parties[key] = told
        if sha256(str(data).encode()) != told and (erasure is None or (name, data) != ("", "{}")):
            report.problem(f"party #{key} ({name}): it is not what was printed")
    anew = told_anew(connection, "sealed again", "digest", "seal")
    documents = connection.execute(
        f"SELECT id, seller_id, buyer_id, digest, {quoted(INVOICE)} FROM invoice ORDER BY id"
    )
    for key, seller, buyer, told, *fields in documents:
        lines = connection.execute(
            f"SELECT {quoted(LINE)} FROM invoice_line WHERE invoice_id = ? ORDER BY position", (key,)
        ).fetchall()
        taxes = connection.execute(
            f"SELECT {quoted(TAX)} FROM invoice_tax WHERE invoice_id = ? ORDER BY id", (key,)
        ).fetchall()
        parts = connection.execute(
            "SELECT instalment, due_date, amount FROM open_item WHERE invoice_id = ? AND plan_id IS NULL"
            " ORDER BY instalment",
            (key,),
        ).fetchall()
        frozen = parts, parties.get(seller, ""), parties.get(buyer, "")
        seal = sha256(_plain([fields, lines, taxes, *frozen]).encode())
        if seal != told and anew.get(key) != (told, seal) and not sealed_early(fields, lines, taxes, frozen, told):
            report.problem(f"{fields[0]}: it is not what was issued; something of it was changed")
        report.count("issued documents")


def sealed_early(fields, lines, taxes, frozen, told):
    """Whether the first programs sealed it so: without the fields that came later, which are empty then."""
    if any(line[-1] for line in lines):
        return False
    lines = [line[:-1] for line in lines]
    if sha256(_plain([fields, lines, taxes, *frozen]).encode()) == told:
        return True
    if any(line[-1] for line in lines) or any(tax[-1] for tax in taxes):
        return False
    first = [fields, [line[:-1] for line in lines], [tax[:-1] for tax in taxes], *frozen]
    return sha256(_plain(first).encode()) == told


def check_runs(connection, report):
    """Each seal names its documents; those of a run that is over are all in its last one."""
    last = {}
    for run, salt, before, text, hashed in connection.execute(
        "SELECT e.subject_id, p.salt, p.before, p.after, e.payload_hash FROM audit_event e"
        " JOIN audit_payload p ON p.event_id = e.id WHERE e.subject = 'run' AND e.action = 'sealed' ORDER BY e.id"
    ):
        seal = payload_of(text) if is_hashed(salt, before, text, hashed) else None
        if seal is None:
            report.problem(f"run #{run}: its seal cannot be read")
            continue
        report.count("seals of runs")
        last[run] = seal
        lines = "".join(f"{number} {told}\n" for number, told, _ in seal["documents"])
        if sha256(lines.encode()) != seal["hash"]:
            report.problem(f"{seal['number']}: the hash of its seal is not that of its documents")
        for number, told, files in seal["documents"]:
            row = connection.execute(
                "SELECT id, digest FROM invoice WHERE number = ? AND run_id = ?", (number, run)
            ).fetchone()
            if row is None or row[1] != told:
                report.problem(f"{seal['number']}: {number} is not as it was sealed with the run")
                continue
            kept = dict(connection.execute("SELECT form, sha256 FROM rendering WHERE invoice_id = ?", (row[0],)))
            for form, wanted in files.items():
                if kept.get(form, wanted) != wanted:
                    report.problem(f"{seal['number']}: a kept file of {number} is not the one that was sealed")
    for run, seal in last.items():
        row = connection.execute("SELECT number, state FROM run WHERE id = ?", (run,)).fetchone()
        if row is None or row[0] != seal["number"]:
            report.problem(f"{seal['number']}: it was sealed and is not in the book under this number")
        elif row[1] == "done":
            sealed = {number for number, _, _ in seal["documents"]}
            for (number,) in connection.execute("SELECT number FROM invoice WHERE run_id = ?", (run,)):
                if number not in sealed:
                    report.problem(f"{seal['number']}: {number} is not in the seal of its run")


def check_files(connection, report):
    """Files that went out: what they begin with, what follows, and the hash of the whole."""
    begun = {None: hashlib.sha256()}
    for key, told, content in connection.execute("SELECT id, digest, content FROM rendering_prefix"):
        if not isinstance(content, bytes) or sha256(content) != told:
            report.problem(f"beginning #{key} of kept files: it is not what went out")
        begun[key] = hashlib.sha256(content if isinstance(content, bytes) else b"")
    for number, prefix, packed, told in connection.execute(
        "SELECT i.number, r.prefix_id, r.content, r.sha256 FROM rendering r JOIN invoice i ON i.id = r.invoice_id"
    ):
        try:
            whole = begun[prefix].copy()
            whole.update(zlib.decompress(packed))
            right = whole.hexdigest() == told
        except (KeyError, TypeError, zlib.error):
            right = False
        if not right:
            report.problem(f"{number}: the copy of its file is not what went out")
        report.count("kept files")


# Archives


def verify_archive(path):
    report = Report()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
        wanted = {one["path"]: one for one in manifest["files"]}
        if len(set(names)) != len(names):
            report.problem("the archive holds two files of one name")
        for name in names:
            content = archive.read(name)
            one = wanted.pop(name, None)
            if name in ("manifest.json", "SHA256SUMS.txt"):
                continue
            if one is None:
                report.problem(f"{name}: it is not in the manifest")
            elif (len(content), sha256(content)) != (one["bytes"], one["sha256"]):
                report.problem(f"{name}: it is not the file that the manifest lists")
            report.count("files")
        for name in wanted:
            report.problem(f"{name}: it is missing")
        sums = "".join(f"{sha256(archive.read(name))}  {name}\n" for name in names if name != "SHA256SUMS.txt")
        if "SHA256SUMS.txt" not in names or sorted(archive.read("SHA256SUMS.txt").decode().splitlines()) != sorted(
            sums.splitlines()
        ):
            report.problem("SHA256SUMS.txt does not agree with the files")
        report.count("documents", len(manifest["documents"]))
    return report


# The command


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Proves a Sheaf book or archive. It needs only Python.")
    parser.add_argument("file", help="a book (*.sheaf) or an archive (*.zip)")
    parser.add_argument("--head", help="a head of the log that was noted elsewhere, such as on a run report")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(arguments)
    try:
        if zipfile.is_zipfile(given.file):
            report = verify_archive(given.file)
        else:
            report = verify_book(given.file, given.head.strip().lower() if given.head else None)
    except (
        CannotExamine,
        OSError,
        sqlite3.DatabaseError,
        zipfile.BadZipFile,
        KeyError,
        TypeError,
        ValueError,
    ) as error:
        print(f"{given.file} cannot be examined: {error}", file=sys.stderr)
        return 2
    if given.json:
        told = {"clean": not report.problems, "head": report.head, "proved": report.proved}
        print(json.dumps({**told, "problems": report.problems}, ensure_ascii=False))
        return 1 if report.problems else 0
    for what, number in report.proved.items():
        print(f"{number:>9,}  {what}")
    if report.head:
        print(f"Head of the log: {report.head}")
    for text in report.problems[:MOST]:
        print(f"PROBLEM: {text}", file=sys.stderr)
    if len(report.problems) > MOST:
        print(f"PROBLEM: {len(report.problems) - MOST} more", file=sys.stderr)
    print("Everything holds." if not report.problems else f"{len(report.problems)} problems.")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
