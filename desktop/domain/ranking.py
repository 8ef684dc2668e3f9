"""How well a text answers what somebody began to type: the whole of it, its beginning, a word, a part, or nearly."""

from __future__ import annotations

from typing import Final

from rapidfuzz import fuzz

from desktop.domain.likeness import plain_words

EXACT: Final = 0
BEGINS: Final = 1
WORDS: Final = 2
WITHIN: Final = 3
NEARLY: Final = 4

# Short words are like too many others, and a likeness below this helps nobody.
_LEAST_TYPED: Final = 4
_LEAST_LIKE: Final = 80


def rank(asked: str, text: str, *, nearly: bool = False) -> int | None:
    """EXACT, BEGINS, WORDS (each asked word begins one), WITHIN (each stands somewhere), or None.

    Capitals and accents do not count. With `nearly` a text with a slip of the finger in it is found as NEARLY.
    """
    wanted, words = plain_words(asked), plain_words(text)
    if not wanted:
        return None
    whole, have = " ".join(wanted), " ".join(words)
    if have == whole:
        return EXACT
    if have.startswith(whole):
        return BEGINS
    if all(any(word.startswith(one) for word in words) for one in wanted):
        return WORDS
    if all(one in have for one in wanted):
        return WITHIN
    if nearly and all(any(_alike(one, word) for word in words) for one in wanted):
        return NEARLY
    return None


def _alike(typed: str, word: str) -> bool:
    return word.startswith(typed) or (len(typed) >= _LEAST_TYPED and fuzz.ratio(typed, word) >= _LEAST_LIKE)
