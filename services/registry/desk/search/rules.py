"""What somebody types to find a name, as patterns; which grams lead to the names; whether a name fits. Pure.

Characters (王, 小明), pinyin in full or unfinished (wang, wangxiaom, xi'an), initials from the first character on
(wxm), and mixtures that begin there (王xm) are understood. Letters that can be read in several ways are read in all
of them, also as those of a name in Latin letters (maria).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise, product
from typing import Literal

from shared.names.grams import INITIALS, LONGEST, normalise
from shared.names.readings import plain, readings, syllables, usual, written
from shared.problems import Invalid

Kind = Literal["character", "syllable", "begin", "initial"]
_ROUTES = 24  # readings of what was typed that are followed
_INITIALS = 20  # initials that somebody may type
_SYLLABLE = 6  # letters of the longest syllable (zhuang)
_TOKEN = re.compile(r"[a-z]+|[^\W_]")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class NothingAsked(Invalid):
    slug = "nothing-asked"
    zh = "请至少填写一项查找内容"
    en = "Say at least one thing to look for"


class NameTooShort(Invalid):
    slug = "name-too-short"
    zh = "姓名请输入汉字，或至少两个拼音字母"
    en = "Type a character, or at least two letters of its pinyin"


@dataclass(frozen=True, slots=True)
class Part:
    """What one character of the name has to be: itself, read so, read beginning so, with this initial."""

    kind: Kind
    text: str

    def fits(self, name: str, position: int) -> bool:
        if self.kind == "character":
            return name[position] == self.text
        spoken = readings(name, position)
        return self.text in spoken if self.kind == "syllable" else any(one.startswith(self.text) for one in spoken)


Pattern = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """Names are looked for under one gram; ``needed`` are others that they have as well."""

    gram: str
    needed: tuple[str, ...] = ()


def patterns(typed: str) -> list[Pattern]:
    """Every way to read what was typed; empty where it says nothing, or is a single letter."""
    # Tone marks may be typed or not.
    text = plain(unicodedata.normalize("NFKC", typed))
    tokens = _TOKEN.findall(text)
    parts = [list(_read(token, alone=len(tokens) == 1)) for token in tokens]
    # Lazily: what was typed may be read in millions of ways, of which a few are followed.
    found = (tuple(part for some in chosen for part in some) for chosen in product(*parts)) if parts else iter(())
    some = list(islice((one for one in found if len(one) > 1 or any(map(_says_enough, one))), _ROUTES - 1))
    letters = "".join(tokens)
    if len(letters) > 1 and letters.isascii() and letters.isalpha():
        # Names in Latin letters are kept letter by letter.
        some.append(tuple(Part("character", letter) for letter in letters))
    return some


def _says_enough(part: Part) -> bool:
    return part.kind in ("character", "syllable") or (part.kind == "begin" and len(part.text) >= INITIALS)


def _read(token: str, *, alone: bool) -> Iterator[Pattern]:
    if not token.isascii() or token.isdigit():
        yield (Part("character", token),)
        return
    whole = list(islice(_split(token), _ROUTES))
    begun = [] if whole else list(islice(_unfinished(token), _ROUTES))
    yield from whole or begun
    if (alone and len(token) <= _SYLLABLE // 2) or not (whole or begun):
        yield tuple(Part("initial", letter) for letter in token[:_INITIALS])


def _split(letters: str) -> Iterator[Pattern]:
    """Letters as whole syllables, in every way; a way that leads nowhere is not begun, for they are many."""
    leading = {len(letters)}
    for start in range(len(letters) - 1, -1, -1):
        if any(letters[start:end] in syllables() for end in leading if end <= start + _SYLLABLE):
            leading.add(start)
    return _walk(letters, 0, leading)


def _walk(letters: str, at: int, leading: set[int]) -> Iterator[Pattern]:
    if at == len(letters):
        yield ()
    for end in range(min(at + _SYLLABLE, len(letters)), at, -1):
        if end in leading and letters[at:end] in syllables():
            for rest in _walk(letters, end, leading):
                yield (Part("syllable", letters[at:end]), *rest)


def _unfinished(letters: str) -> Iterator[Pattern]:
    """Letters as whole syllables with a last one that is not finished."""
    for cut in range(len(letters) - 1, max(-1, len(letters) - 1 - _SYLLABLE), -1):
        if any(one.startswith(letters[cut:]) for one in syllables()):
            for whole in _split(letters[:cut]):
                yield (*whole, Part("begin", letters[cut:]))


def ways(pattern: Pattern) -> list[Way]:
    """Where the names of a pattern are kept: the longest grams that every one of them has. Of a long name (in Latin
    letters) only the beginning is kept.
    """
    leading = pattern[: LONGEST // 2]
    spoken = [
        usual(part.text) if part.kind == "character" else part.text if part.kind == "syllable" else None
        for part in leading
    ]
    pairs = [a + b for a, b in pairwise(spoken) if a and b]
    characters = [part.text for part in leading if part.kind == "character"]
    heads = list(_heads(pattern))
    if heads:
        needed = (*pairs, *characters)
        return [Way(head, needed) for head in heads]
    if pairs:
        return [Way(pairs[-1], (*pairs[:-1], *characters))]
    if characters:
        return [Way(characters[0], tuple(characters[1:]))]
    return [Way(gram) for gram in _unfolded(pattern)]


def _heads(pattern: Pattern) -> Iterator[str]:
    """Initials that are kept, where initials were typed: those of a name's first characters."""
    if not any(part.kind == "initial" for part in pattern):
        return
    heads = "=" + "".join(
        usual(part.text)[0] if part.kind == "character" else part.text[0] for part in pattern[:INITIALS]
    )
    yield heads
    if len(pattern) < INITIALS:
        yield from (heads + letter for letter in _LETTERS)


def _unfolded(pattern: Pattern) -> Iterator[str]:
    whole = next((part.text for part in pattern if part.kind == "syllable"), None)
    begun = next((part.text for part in pattern if part.kind == "begin"), "")
    if whole:
        yield from written(whole)
    else:
        for syllable in sorted(one for one in syllables() if one.startswith(begun)):
            yield from written(syllable)


def fits(name: str, pattern: Pattern) -> bool:
    """Whether a part of the name is what the pattern says; with initials it is the beginning."""
    kept = normalise(name)
    starts = range(len(kept) - len(pattern) + 1)
    if any(part.kind == "initial" for part in pattern):
        starts = starts[:1]
    return any(all(part.fits(kept, at + n) for n, part in enumerate(pattern)) for at in starts)
