"""The county's towns and its 111 administrative villages. What no source names is invented, and says so."""

from dataclasses import dataclass
from random import Random

COUNTY = "220622"
_TOWNS = {
    "100": ("靖宇镇", 19),
    "101": ("三道湖镇", 16),
    "102": ("龙泉镇", 15),
    "103": ("那尔轰镇", 14),
    "104": ("花园口镇", 13),
    "105": ("景山镇", 14),
    "106": ("赤松镇", 11),
    "200": ("濛江乡", 9),
}
_NAMED = {"100": ["大北山村"], "102": ["崇礼村"], "105": ["南阳村", "双龙村", "小北山村"]}
_FIRST = "东西南北上下前后大小新老双三青白红黄松柳杨榆桦石金银龙凤"
_SECOND = "山河沟岭岗屯甸泉湖林场营台坡川源江崴"


@dataclass(frozen=True, slots=True)
class Place:
    """A division: its 12-, 9- or 6-digit code."""

    code: str
    name: str
    invented: bool = False


def places(random: Random) -> list[Place]:
    """Province, city, county, towns and villages."""
    found = [Place("22", "吉林省"), Place("2206", "白山市"), Place(COUNTY, "靖宇县")]
    names = {name for named in _NAMED.values() for name in named}
    for digits, (town, villages) in _TOWNS.items():
        found.append(Place(COUNTY + digits, town))
        for number in range(villages):
            named = _NAMED.get(digits, [])
            name = named[number] if number < len(named) else _invent(random, names)
            found.append(Place(f"{COUNTY}{digits}{200 + number}", name, invented=number >= len(named)))
    return found


def _invent(random: Random, taken: set[str]) -> str:
    while True:
        name = random.choice(_FIRST) + random.choice(_SECOND) + "村"
        if name not in taken:
            taken.add(name)
            return name
        name = random.choice(_FIRST) + name
        if name not in taken:
            taken.add(name)
            return name
