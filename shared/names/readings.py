"""How a character of a name is read: pinyin without tones, ü as v; several readings where it is a surname. Pure.

Source: Unihan kMandarin and kHanyuPinyin by way of pypinyin; surnames in ``surnames.yaml``.
"""

import os
import unicodedata
from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path

import yaml

_COMMON = range(0x4E00, 0xA000)  # CJK Unified Ideographs: what a single syllable is unfolded to
_DIAERESIS = "\N{COMBINING DIAERESIS}"


@cache
def _dictionary() -> dict[int, str]:
    # Names are read character by character: without this the package loads its phrases as well, 46 MB of them.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict


@cache
def surnames() -> dict[str, list[str]]:
    """Readings of surnames of one character, and the readings one by one of surnames of two."""
    loaded: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "surnames.yaml").read_text())
    return loaded


def plain(marked: str) -> str:
    """Pinyin without tone marks, ü as v: ``lǚ`` is ``lv``."""
    parts = unicodedata.normalize("NFD", marked.lower()).replace(f"u{_DIAERESIS}", "v")
    return "".join(part for part in parts if not unicodedata.combining(part))


@lru_cache(maxsize=30_000)
def usual(character: str) -> str:
    """The usual reading of a character; of one that has none, the character itself."""
    known = _dictionary().get(ord(character), "").split(",")[0]
    return plain(known) or character


def readings(name: str, position: int) -> tuple[str, ...]:
    """Every reading under which a character of a normalised name is kept; the usual one first."""
    character = name[position]
    if position > 1:
        return (usual(character),)
    double = surnames().get(name[:2])
    others = double[position : position + 1] if double else []
    if position == 0:
        others = [*others, *surnames().get(character, [])]
    return tuple(dict.fromkeys([usual(character), *others]))


@cache
def _by_syllable() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for code in _COMMON:
        if code in _dictionary():
            found[usual(chr(code))][chr(code)] = None
    for written, spoken in surnames().items():
        for character, syllable in zip(written, spoken, strict=False) if len(written) > 1 else ():
            found[syllable][character] = None
        for syllable in spoken if len(written) == 1 else ():
            found[syllable][written] = None
    return {syllable: tuple(characters) for syllable, characters in found.items() if syllable.isascii()}


def syllables() -> frozenset[str]:
    """Every syllable of which somebody's name may consist."""
    return _syllables()


@cache
def _syllables() -> frozenset[str]:
    # What dictionaries give for sounds without a vowel (m, n, ng, hm) is nobody's name.
    return frozenset(one for one in _by_syllable() if any(letter in "aeiouv" for letter in one))


def written(syllable: str) -> tuple[str, ...]:
    """Every character that may be read so in a name."""
    return _by_syllable().get(syllable, ())
