"""Why a record and a person are thought to belong together, in words; and how sure that is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.registry.verification.screening.catalogue import Way

_ZH = {"number": "证件号码", "name": "姓名", "pinyin": "姓名读音", "born": "出生日期", "village": "行政村"}
_EN = {
    "number": "the identity number",
    "name": "the name",
    "pinyin": "the name in pinyin",
    "born": "the birth date",
    "village": "the village",
}
_WORDS = {True: ("一致", "agrees"), False: ("不一致", "differs"), None: ("无法比对", "is not known")}


@dataclass(frozen=True, slots=True)
class Pair:
    """A record of a department beside a person of the register, as far as both are known (None: not known)."""

    way: Way
    name: str
    person_name: str
    born: date | None
    person_born: date
    village: str | None
    person_village: str
    numbered: bool


def reasons(pair: Pair) -> list[dict[str, Any]]:
    """What of the two agrees, what does not, and what is not known: ``matched`` true, false or None."""
    agrees: dict[str, bool | None] = {
        "number": True if pair.way == "identity" else False if pair.numbered else None,
        "name": pair.name == pair.person_name,
        "pinyin": True if pair.way.startswith("pinyin") else None,
        "born": None if pair.born is None else pair.born == pair.person_born,
        "village": None if pair.village is None else pair.village == pair.person_village,
    }
    return [
        {
            "what": what,
            "matched": matched,
            "zh": _ZH[what] + _WORDS[matched][0],
            "en": f"{_EN[what]} {_WORDS[matched][1]}",
        }
        for what, matched in agrees.items()
        # How a name sounds matters only where it is written in another way.
        if what != "pinyin" or matched
    ]


def sure(way: Way, candidates: int, policy: Mapping[str, int]) -> int | None:
    """How sure a match is, in percent, shared among those whom the record fits; None where it raises nothing."""
    if candidates > policy["candidates"]:
        return None
    confidence = policy[way] // candidates
    return confidence if confidence >= policy["at_least"] else None
