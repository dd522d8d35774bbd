"""What may be recorded of natural villages, and how stated totals stand beside counted ones. Pure."""

from datetime import date

from services.registry.register.natural_villages.catalogue import Item, items
from services.registry.register.natural_villages.records import Known, Lives, Stated
from services.registry.register.natural_villages.schemas import NaturalVillage, PlaceIn, Total, TotalsIn
from shared.problems import Conflict, Invalid, NotFound


class NoSuchNaturalVillage(NotFound):
    slug, zh, en = "no-such-natural-village", "辖区内没有这个自然村或小组", "There is no such natural village here"


class CodeWrong(Invalid):
    slug, zh, en = "natural-village-code", "自然村代码应以所在村代码开头", "The code begins with that of the village"


class CodeTaken(Conflict):
    slug, zh, en = "natural-village-code-taken", "自然村代码已被使用", "The code is taken"


class NaturalVillageDiffers(Conflict):
    slug, zh, en = "natural-village-differs", "此编号已登记为另一自然村", "This id stands for another natural village"


class NoSuchTotal(Invalid):
    slug, zh, en = "no-such-total", "没有这一统计项", "There is no such total"


class OtherVillage(Conflict):
    slug, zh, en = "other-village", "该户不在这个自然村所在的行政村", "The household lives in another village"


class BeforeLastPlace(Conflict):
    slug, zh, en = "before-last-place", "日期早于该户上次变动", "The household was put elsewhere after this day"


def check_code(one: NaturalVillage, taken: set[str]) -> None:
    """Raises CodeWrong, CodeTaken."""
    if one.code and not one.code.startswith(one.division):
        raise CodeWrong(field="code", rule="the village's code and three digits")
    if one.code in taken:
        raise CodeTaken(field="code", rule="once")


def check_totals(one: TotalsIn) -> None:
    """Raises NoSuchTotal."""
    if wrong := sorted(one.totals.keys() - items().keys()):
        raise NoSuchTotal(field=f"totals.{wrong[0]}", rule="AAD")


def stays(one: PlaceIn, household: Lives, village: Known | None, today: date) -> bool:
    """Whether the household lives there since then already. Raises why it may not be put there."""
    if village is None or one.valid_from < village.valid_from:
        raise NoSuchNaturalVillage(field="natural_village_id")
    if household.division != village.division:
        raise OtherVillage(field="natural_village_id", rule="of the household's village")
    since = household.valid_from
    if household.natural_village_id == village.id and since is not None and since <= one.valid_from:
        return True
    if one.valid_from > today or (since is not None and one.valid_from < since):
        raise BeforeLastPlace(field="valid_from", rule="in order of days, not in the future")
    return False


def total(item: Item, stated: Stated | None, counted: int | None) -> Total:
    """A stated total beside the counted one; they are compared where the register counts all of it."""
    difference = stated.value - counted if stated and counted is not None and item.counted == "all" else None
    return Total(
        code=item.code,
        zh=item.zh,
        en=item.en,
        stated=stated.value if stated else None,
        source=stated.source if stated else None,
        counted=counted if item.counted else None,
        scope=item.counted,
        difference=difference,
    )
