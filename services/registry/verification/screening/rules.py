"""Why a record and a person are thought to belong together, in words; and how sure that is. Pure."""

from collections.abc import Mapping

from services.registry.verification.screening.records import Pair, Reason, Way

_ZH = {"number": "证件号码", "name": "姓名", "pinyin": "姓名读音", "born": "出生日期", "village": "行政村"}
_EN = {
    "number": "the identity number",
    "name": "the name",
    "pinyin": "the name in pinyin",
    "born": "the birth date",
    "village": "the village",
}
_WORDS = {True: ("一致", "agrees"), False: ("不一致", "differs"), None: ("无法比对", "is not known")}
STRANGER = Reason(
    "register",
    False,  # noqa: FBT003 (nobody there is this person)
    "在册户和已脱贫户成员中无此人",
    "nobody of a registered household, or of one that left poverty, is this person",
)


def reasons(pair: Pair) -> list[Reason]:
    """What of the two agrees, what does not, and what is not known."""
    agrees: dict[str, bool | None] = {
        "number": True if pair.way == "identity" else False if pair.numbered else None,
        "name": pair.name == pair.person_name,
        "pinyin": True if pair.way.startswith("pinyin") else None,
        "born": None if pair.born is None else pair.born == pair.person_born,
        "village": None if pair.village is None else pair.village == pair.person_village,
    }
    return [
        Reason(what, matched, _ZH[what] + _WORDS[matched][0], f"{_EN[what]} {_WORDS[matched][1]}")
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
