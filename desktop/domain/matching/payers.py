"""Whose money it is: by account, learned texts, names in the party and in the text, and client codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from desktop.domain.likeness import alike, firm_words, numbers_of, plain_words
from desktop.domain.matching.facts import Line, Payer
from desktop.domain.matching.numbers import Named
from desktop.domain.wording import Said, phrase

K = TypeVar("K")
V = TypeVar("V")

ACCOUNT: Final = "account"
LEARNED: Final = "learned"
NAME: Final = "name"
CODE: Final = "code"
SETTLED: Final = "settled"

# A number without its bank is told apart from this many digits on.
_ACCOUNT_END: Final = 6
# An account that so many clients pay from is a bank's or a payment service's.
_SHARED: Final = 5
# Words that so many clients have in their names do not tell one from another.
_COMMON: Final = 400
_COMMON_IN_TEXT: Final = 60
_TRIED: Final = 40
_CUT_OFF: Final = 15
_CACHED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Who:
    """That the money is one client's: how that is known, the doubt (times 10**6), and the sentence."""

    client_id: int
    group: int
    kind: str
    doubt: int
    reason: Said


@dataclass(slots=True)
class Payers:
    """Whom a line may be from, best first; `firm` where the account or the whole name tells it."""

    known: list[Who] = field(default_factory=list)
    firm: bool = False

    def of(self, group: int) -> list[Who]:
        return [who for who in self.known if who.group == group]

    @property
    def groups(self) -> list[int]:
        return list(dict.fromkeys(who.group for who in self.known))


class PayerIndex:
    def __init__(self, payers: Iterable[Payer]) -> None:
        self._payers = list(payers)
        self._accounts: dict[str, list[int]] = {}
        self._ends: dict[str, list[str]] = {}
        self._exact: dict[tuple[str, ...], list[int]] = {}
        self._tokens: dict[str, list[int]] = {}
        self._starts: dict[str, set[str]] = {}
        self._learned: dict[str, list[tuple[str, int]]] = {}
        self._words: list[list[tuple[str, ...]]] = []
        self._by_client = {payer.client_id: at for at, payer in enumerate(self._payers)}
        self._parties: dict[str, list[Who]] = {}
        for at, payer in enumerate(self._payers):
            self._add(at, payer)

    def who(self, line: Line, named: Named) -> Payers:
        """`named` tells the clients whose code or whose settled invoices the line names."""
        found = [
            *self._by_account(line.party_account),
            *self._by_learned(f"{line.party} {line.text}"),
            *self._by_party(line.party),
            *self._by_code(named.clients),
            *self._by_settled(named.settled),
        ]
        if not any(who.kind in (ACCOUNT, LEARNED) or who.doubt <= 100_000 for who in found):
            found += self._in_text(line.text, {who.client_id for who in found})
        found.sort(key=lambda who: who.doubt)
        return Payers(found, any(who.doubt <= 100_000 for who in found))

    def group_of(self, client_id: int) -> int:
        at = self._by_client.get(client_id)
        return client_id if at is None else self._payers[at].group

    def name_of(self, client_id: int) -> str:
        at = self._by_client.get(client_id)
        return "" if at is None else self._name(at)

    def _name(self, at: int) -> str:
        payer = self._payers[at]
        return payer.names[0] if payer.names else payer.code

    def _add(self, at: int, payer: Payer) -> None:
        for account in payer.accounts:
            bare = bare_account(account)
            if bare:
                _put(self._accounts, bare, at)
                _put(self._ends, bare[-_ACCOUNT_END:], bare)
        seen = []
        for name in payer.names:
            words = firm_words(name)
            if not words or words in seen:
                continue
            seen.append(words)
            _put(self._exact, tuple(sorted(words)), at)
            for word in set(words):
                _put(self._tokens, word, at)
                if len(word) >= 5:
                    self._starts.setdefault(word[:3], set()).add(word)
        self._words.append(seen)
        for text in payer.texts:
            plain = " ".join(plain_words(text))
            if plain:
                self._learned.setdefault(plain[:3], []).append((plain, at))

    def _by_account(self, account: str) -> list[Who]:
        bare = bare_account(account)
        if not bare:
            return []
        rows = self._accounts.get(bare, [])
        if not rows and len(bare) >= _ACCOUNT_END:
            # A number alone, and the IBAN that ends with it.
            same = (known for known in self._ends.get(bare[-_ACCOUNT_END:], ()) if _ends_alike(known, bare))
            rows = [row for known in dict.fromkeys(same) for row in self._accounts[known]]
        groups = {self._payers[row].group for row in rows}
        doubt = 40_000 if len(groups) == 1 else 300_000 if len(groups) < _SHARED else 600_000
        return [
            self._found(row, ACCOUNT, doubt, phrase("The account is one that {client} paid from before", client=name))
            for row in rows
            for name in (self._name(row),)
        ]

    def _by_learned(self, text: str) -> list[Who]:
        if not self._learned:
            return []
        words = plain_words(text)
        joined = " " + " ".join(words)
        hits: dict[int, str] = {}
        for start in {word[:3] for word in words}:
            for learned, row in self._learned.get(start, ()):
                if " " + learned in joined:
                    hits.setdefault(row, learned)
        groups = {self._payers[row].group for row in hits}
        doubt = 60_000 if len(groups) == 1 else 300_000
        return [
            self._found(
                row,
                LEARNED,
                doubt,
                phrase("Says “{text}”, which was learned for {client}", text=text, client=self._name(row)),
            )
            for row, text in hits.items()
        ]

    def _by_code(self, codes: dict[int, str]) -> list[Who]:
        found = []
        for client, written in codes.items():
            at = self._by_client[client]
            doubt = 100_000 if any(sign.isdigit() for sign in written) and len(written) >= 5 else 250_000
            said = phrase("Names {code}, the code of {client}", code=written, client=self._name(at))
            found.append(self._found(at, CODE, doubt, said))
        return found

    def _by_settled(self, settled: dict[str, int]) -> list[Who]:
        return [
            self._found(
                self._by_client[client],
                SETTLED,
                150_000,
                phrase("Names {number}, an invoice of {client} that is settled", number=number, client=client_name),
            )
            for number, client in settled.items()
            if client in self._by_client and (client_name := self.name_of(client))
        ]

    def _by_party(self, party: str) -> list[Who]:
        if not party.strip():
            return []
        known = self._parties.get(party)
        if known is None:
            if len(self._parties) > _CACHED:
                self._parties.clear()
            known = self._parties[party] = self._named(party)
        return known

    def _named(self, party: str) -> list[Who]:
        words = firm_words(party)
        if not words:
            return []
        rows = list(dict.fromkeys(self._exact.get(tuple(sorted(words)), ())))
        if rows:
            groups = {self._payers[row].group for row in rows}
            doubt = 80_000 if len(groups) == 1 else 350_000
            return [
                self._found(row, NAME, doubt, phrase("The payer's name is that of {client}", client=self._name(row)))
                for row in rows
            ]
        rated = [(rate, row) for row in self._candidates(words) if (rate := self._likeness(words, row))]
        if not rated:
            return []
        best = min(rate for rate, _row in rated)
        close = [(rate, row) for rate, row in rated if rate <= best * 3 // 2]
        groups = {self._payers[row].group for _rate, row in close}
        if len(groups) > 1:
            close = [(max(rate, 450_000), row) for rate, row in close[:5]]
        return [
            self._found(
                row,
                NAME,
                rate,
                phrase("The payer's name {party} is like that of {client}", party=party, client=self._name(row)),
            )
            for rate, row in sorted(close)
        ]

    def _candidates(self, words: Sequence[str]) -> list[int]:
        weights: Counter[int] = Counter()
        for word in set(words):
            known = [word] if word in self._tokens else []
            if not known and len(word) >= 5:
                known = [other for other in self._starts.get(word[:3], ()) if alike((word,), (other,))][:5]
            for one in known:
                rows = self._tokens[one]
                if len(rows) <= _COMMON:
                    for row in rows:
                        weights[row] += 1_000 // len(rows) + 1
        return [row for row, _weight in weights.most_common(_TRIED)]

    def _likeness(self, words: tuple[str, ...], row: int) -> int:
        """The doubt that two names are one firm's; 0 where they are not alike."""
        best = 0
        for own in self._words[row]:
            doubt = _name_doubt(words, own)
            if doubt and (not best or doubt < best):
                best = doubt
        return best

    def _in_text(self, text: str, known: set[int]) -> list[Who]:
        words = plain_words(text)
        there = set(words)
        rows: dict[int, int] = {}
        for word in there:
            if len(word) < 4 or word.isdigit():
                continue
            for row in self._tokens.get(word, ())[: _COMMON_IN_TEXT + 1]:
                rows[row] = rows.get(row, 0) + 1
        hits: list[tuple[int, int, int]] = []
        for row in rows:
            if self._payers[row].client_id in known:
                continue
            for own in self._words[row]:
                if there.issuperset(own) and sum(len(word) for word in own) >= 5:
                    hits.append((len(own), -(120_000 if len(own) > 1 else 200_000), row))
        if not hits:
            return []
        # "Nord Licht GmbH" names that firm and not also "Licht GmbH".
        longest = max(count for count, _doubt, _row in hits)
        best = [(-doubt, row) for count, doubt, row in hits if count == longest]
        groups = {self._payers[row].group for _doubt, row in best}
        return [
            self._found(
                row,
                NAME,
                doubt if len(groups) == 1 else 500_000,
                phrase("The text names {client}", client=self._name(row)),
            )
            for doubt, row in best[:5]
        ]

    def _found(self, row: int, kind: str, doubt: int, reason: Said) -> Who:
        payer = self._payers[row]
        return Who(payer.client_id, payer.group, kind, doubt, reason)


def _name_doubt(written: tuple[str, ...], own: tuple[str, ...]) -> int:
    percent = alike(written, own)
    if percent >= 96:
        return 100_000
    if numbers_of(written) != numbers_of(own):
        return 400_000 if set(own) <= set(written) and len(own) > 1 else 0
    one, other = "".join(written), "".join(own)
    if len(one) >= _CUT_OFF and other.startswith(one):
        return 120_000
    if len(own) > 1 and set(own) <= set(written):
        return 150_000
    if len(written) > 1 and set(written) <= set(own):
        return 250_000
    if percent >= 90:
        return 180_000
    return 300_000 if percent >= 84 else 0


def bare_account(text: str) -> str:
    """An account in capitals without signs; what is no IBAN without its zeros in front."""
    bare = "".join(sign for sign in text.upper() if sign.isalnum())
    return bare.lstrip("0") if bare.isdigit() else bare


def _ends_alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short.isdigit() and long.endswith(short) and not long.isdigit()


def _put(index: dict[K, list[V]], key: K, value: V) -> None:
    known = index.setdefault(key, [])
    if value not in known[-1:]:
        known.append(value)
