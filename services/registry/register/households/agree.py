"""What a household says of itself agrees: what holds between its facts, judged as they would stand. Pure.

The same rules judge a form, a file that completes households and a correction. Only what is touched is judged: who
corrects one fact answers for what it is compared with, and not for what older data say wrongly elsewhere (that is
found by the data checks). Of facts that contradict each other either may be corrected, or all of them at once.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from services.registry.register.fields.catalogue import sums
from services.registry.register.fields.records import Fault
from services.registry.register.households.records import Facts

# Beside its items, what a household says of itself stands under these names.
COLUMNS = ("attribute", "main_cause", "other_causes")


@dataclass(frozen=True, slots=True)
class _Pair:
    """An area that is a part of another: never larger."""

    part: str
    whole: str
    rule: str
    zh: str
    en: str


_AREAS = (
    _Pair(
        "irrigated_mu",
        "land_mu",
        "rule 107",
        "有效灌溉面积大于耕地面积，请核对两项后一并填写",
        "irrigated land is larger than the arable land: check both and give them together",
    ),
)


def disagreements(facts: Facts, touched: AbstractSet[str]) -> Iterator[Fault]:
    """Rules between facts that do not hold, as far as one of their facts is touched.

    ``facts`` are the items as stored, with the attribute and the causes (``COLUMNS``); ``touched`` are keys of it.
    """
    for pair in _AREAS:
        part, whole = facts.get(pair.part), facts.get(pair.whole)
        named = _named(touched, pair.part, pair.whole)
        if named and part is not None and Decimal(str(part)) > Decimal(str(whole or 0)):
            yield Fault(named, pair.rule, pair.zh, pair.en)
    yield from _sums(facts, touched)
    named = _named(touched, "other_causes", "main_cause")
    if named and (fault := repeated(facts.get("main_cause"), facts.get("other_causes"), named)):
        yield fault


def repeated(main: object, others: object, field: str = "other_causes") -> Fault | None:
    """What is wrong where the other causes repeat the main one, or each other."""
    listed = list(others) if isinstance(others, list | tuple) else []
    if main not in listed and len(set(listed)) == len(listed):
        return None
    zh = "其他致贫原因与主要原因重复，请去掉重复的一项"
    return Fault(field, "rule 52", zh, "repeats a cause: leave out what stands twice")


def _sums(facts: Facts, touched: AbstractSet[str]) -> Iterator[Fault]:
    """A sum and its parts, where all of them are known."""
    for item in sums().values():
        parts = [facts.get(f"{part}_fen") for part in item.sum_of]
        total = facts.get(item.stored)
        named = _named(touched, item.stored, *(f"{part}_fen" for part in item.sum_of))
        known = [part for part in parts if isinstance(part, int)]
        if not named or not isinstance(total, int) or len(known) < len(parts) or total == sum(known):
            continue
        zh = f"{item.zh}应等于各分项之和，请核对后一并填写"
        yield Fault(named.removesuffix("_fen"), "sum of its parts", zh, "differs from the sum of its parts")


def _named(touched: AbstractSet[str], *keys: str) -> str | None:
    """The first of some keys that is touched."""
    return next((key for key in keys if key in touched), None)
