"""Families of a size, as poor households are made up: the old, couples, grown children, three generations.

The first of a family is the head. Who lives elsewhere (a son whose child the grandparents raise) is known to the
family and not of the household.
"""

from collections.abc import Callable
from random import Random

from demo.generator import kinship
from demo.generator.kinship import Kin

_Shape = Callable[[Random, int], list[Kin]]
_GROWN = 25  # from then on a daughter has mostly married into another household


def family(random: Random, size: int, year: int) -> list[Kin]:
    """Who lives together in a year, the head first."""
    shapes = _SHAPES[size]
    return random.choices(list(shapes), list(shapes.values()))[0](random, year)


def _old_alone(random: Random, year: int) -> list[Kin]:
    return [kinship.alone(random, year - random.randrange(62, 87), male=random.random() < 0.45)]


def _never_married(random: Random, year: int) -> list[Kin]:
    return [kinship.alone(random, year - random.randrange(38, 65), male=random.random() < 0.88)]


def _couple(random: Random, year: int, youngest: int = 46, oldest: int = 83) -> list[Kin]:
    husband = kinship.alone(random, year - random.randrange(youngest, oldest), male=True)
    wife = kinship.wed(random, husband)
    return [husband, wife] if random.random() < 0.93 else [wife, husband]


def _parents_age(random: Random, year: int, children: int, oldest: int = 49) -> list[Kin]:
    """A couple with so many children at home."""
    pair = _couple(random, year, 32, oldest)
    return [*pair, *_children(random, pair[0], children, year)]


def _children(random: Random, parent: Kin, count: int, year: int) -> list[Kin]:
    """Children, the eldest first, born when their mother was 20 to 36 and before the year."""
    mother = parent if not parent.male else parent.spouse or parent
    made: list[Kin] = []
    first = min(year - 3 * (count - 1) - 1, mother.year + random.randrange(20, 30))
    for number in range(count):
        born = first if not made else min(year - (count - number), made[-1].year + random.randrange(2, 6))
        male = random.random() < (0.54 if year - born < _GROWN else 0.86)
        brother = next((one for one in made if one.male), None)
        made.append(kinship.born(random, parent, born, male=male, brother=brother))
    return made


def _one_child(random: Random, year: int) -> list[Kin]:
    return _parents_age(random, year, 1)


def _two_children(random: Random, year: int) -> list[Kin]:
    return _parents_age(random, year, 2)


def _parent_and_grown(random: Random, year: int) -> list[Kin]:
    """A widow or widower with an unmarried child; whoever is able heads the household."""
    parent = kinship.alone(random, year - random.randrange(56, 80), male=random.random() < 0.35)
    wife = kinship.wed(random, parent)
    mother = wife if parent.male else parent
    child = kinship.born(random, parent, mother.year + random.randrange(20, 34), male=random.random() < 0.86)
    return [parent, child] if random.random() < 0.6 else [child, parent]


def _parent_and_minor(random: Random, year: int) -> list[Kin]:
    parent = kinship.alone(random, year - random.randrange(32, 50), male=random.random() < 0.6)
    kinship.wed(random, parent)
    return [parent, *_children(random, parent, 1, year)]


def _grandparent(random: Random, year: int) -> list[Kin]:
    grandparent = kinship.alone(random, year - random.randrange(58, 76), male=random.random() < 0.5)
    kinship.wed(random, grandparent)
    return [grandparent, _grandchild(random, _away(random, grandparent, year), year)]


def _grandparents(random: Random, year: int) -> list[Kin]:
    pair = _couple(random, year, 56, 76)
    return [*pair, _grandchild(random, _away(random, pair[0], year), year)]


def _away(random: Random, parent: Kin, year: int) -> Kin:
    """A married child, who may work elsewhere."""
    mother = parent if not parent.male else parent.spouse or parent
    born = min(year - 29, mother.year + random.randrange(20, 28))
    child = kinship.born(random, parent, born, male=random.random() < 0.85)
    kinship.wed(random, child)
    return child


def _grandchild(random: Random, parent: Kin, year: int, beside: Kin | None = None, younger: int = 0) -> Kin:
    """A child of up to 17, after a brother or sister and with so many still to come."""
    mother = parent if not parent.male else parent.spouse or parent
    latest = min(mother.year + 36, year - 1) - 3 * younger
    earliest = beside.year + 2 if beside else max(mother.year + 20, year - 17)
    born = random.randint(min(earliest, latest), latest)
    return kinship.born(random, parent, born, male=random.random() < 0.53, brother=beside)


def _son_and_grandchild(random: Random, year: int) -> list[Kin]:
    """A widow or widower, a son whose wife left, and his child."""
    parent = kinship.alone(random, year - random.randrange(56, 74), male=random.random() < 0.4)
    kinship.wed(random, parent)
    son = _away(random, parent, year)
    return [parent, son, _grandchild(random, son, year)]


def _couple_and_parent(random: Random, year: int) -> list[Kin]:
    pair = _couple(random, year, 40, 58)
    return [*pair, kinship.raised(random, pair[0], male=random.random() < 0.3)]


def _three_generations(random: Random, year: int) -> list[Kin]:
    home = _parents_age(random, year, 1)
    return [*home, kinship.raised(random, home[0], male=random.random() < 0.3)]


def _children_and_parent(random: Random, year: int) -> list[Kin]:
    home = _parents_age(random, year, 2)
    return [*home, kinship.raised(random, home[0], male=random.random() < 0.3)]


def _children_and_parents(random: Random, year: int) -> list[Kin]:
    home = _parents_age(random, year, 2)
    return [*home, kinship.raised(random, home[0], male=True), kinship.raised(random, home[0], male=False)]


def _with_young_couple(random: Random, year: int, grandchildren: int = 0) -> list[Kin]:
    """Old parents, a son and his wife, and their children."""
    pair = _couple(random, year, 52 + 5 * grandchildren, 75)
    mother = pair[0] if not pair[0].male else pair[1]
    latest = year - 25 - 4 * grandchildren
    son = kinship.born(random, pair[0], min(latest, mother.year + random.randrange(20, 30)), male=True)
    home = [*pair, son, kinship.wed(random, son)]
    for number in range(grandchildren):
        beside = home[-1] if number else None
        home.append(_grandchild(random, son, year, beside, grandchildren - number - 1))
    return home


def _with_grandchild(random: Random, year: int) -> list[Kin]:
    return _with_young_couple(random, year, 1)


def _with_grandchildren(random: Random, year: int) -> list[Kin]:
    return _with_young_couple(random, year, 2)


def _old_couple_son_grandchild(random: Random, year: int) -> list[Kin]:
    pair = _couple(random, year, 56, 74)
    son = _away(random, pair[0], year)
    return [*pair, son, _grandchild(random, son, year)]


_SHAPES: dict[int, dict[_Shape, int]] = {
    1: {_old_alone: 62, _never_married: 38},
    2: {_couple: 72, _parent_and_grown: 16, _grandparent: 5, _parent_and_minor: 7},
    3: {_one_child: 66, _couple_and_parent: 16, _grandparents: 11, _son_and_grandchild: 7},
    4: {_two_children: 46, _three_generations: 28, _with_young_couple: 14, _old_couple_son_grandchild: 12},
    5: {_children_and_parent: 50, _with_grandchild: 50},
    6: {_children_and_parents: 45, _with_grandchildren: 55},
}
