"""How the people of a family belong together, and what somebody is to the head of a household."""

from dataclasses import dataclass
from random import Random

from demo.generator import names

HEAD, SPOUSE, OTHER = "户主", "配偶", "其他"


@dataclass(slots=True, eq=False)
class Kin:
    """Somebody of a family, of the household or not: the year of birth, the parents, the husband or wife."""

    male: bool
    year: int
    surname: str
    given: str
    father: "Kin | None" = None
    mother: "Kin | None" = None
    spouse: "Kin | None" = None

    @property
    def name(self) -> str:
        return self.surname + self.given

    def child_of(self, parent: "Kin | None") -> bool:
        return parent is not None and (self.father is parent or self.mother is parent)


def alone(random: Random, year: int, *, male: bool) -> Kin:
    """Somebody whose family is not told of."""
    return Kin(male, year, names.surname(random), names.given(random, year, male=male))


def wed(random: Random, one: Kin) -> Kin:
    """The husband or wife of somebody, of another family and about as old."""
    older = random.choice((-2, -1, 0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 7))
    year = one.year + older if one.male else one.year - older
    other = Kin(not one.male, year, names.surname(random, one.surname), names.given(random, year, male=not one.male))
    one.spouse, other.spouse = other, one
    return other


def born(random: Random, parent: Kin, year: int, *, male: bool, brother: Kin | None = None) -> Kin:
    """A child of somebody (and of their husband or wife), with the father's surname; brothers' names may be alike."""
    other = parent.spouse
    father, mother = (parent, other) if parent.male else (other, parent)
    called = father.surname if father else names.surname(random, mother.surname if mother else "")
    alike = brother.given[0] if brother and male and len(brother.given) > 1 and random.random() < 0.6 else ""
    parents = "".join(one.given for one in (father, mother) if one)
    given = names.given(random, year, male=male, beginning=alike, unlike=parents)
    return Kin(male, year, called, given, father, mother)


def raised(random: Random, child: Kin, *, male: bool) -> Kin:
    """A parent of somebody, twenty to thirty-four years older; the father of a family is of its name."""
    year = child.year - random.randrange(20, 35)
    called = child.surname if male else names.surname(random, child.surname)
    parent = Kin(male, year, called, names.given(random, year, male=male, unlike=child.given))
    if male:
        child.father = parent
    else:
        child.mother = parent
    if child.father and child.mother:
        child.father.spouse, child.mother.spouse = child.mother, child.father
    return parent


def relation(head: Kin, other: Kin) -> str:
    """What somebody is called in the register of a head's household."""
    for ours, man, woman in (
        (other is head, HEAD, HEAD),
        (other is head.spouse, SPOUSE, SPOUSE),
        (_of(head, other), "之子", "之女"),
        (other.spouse is not None and _of(head, other.spouse), "之女婿", "之儿媳"),
        (_of(head, other.father), "之孙子", "之孙女"),
        (_of(head, other.mother), "之外孙子", "之外孙女"),
        (head.child_of(other), "之父", "之母"),
        (head.spouse is not None and head.spouse.child_of(other), *_in_law(head)),
        (head.father is not None and head.father.child_of(other), "之祖父", "之祖母"),
        (head.mother is not None and head.mother.child_of(other), "之外祖父", "之外祖母"),
    ):
        if ours:
            return man if other.male else woman
    return OTHER


def _of(head: Kin, child: Kin | None) -> bool:
    """Whether somebody is a child of the head or of the head's husband or wife."""
    return child is not None and (child.child_of(head) or child.child_of(head.spouse))


def _in_law(head: Kin) -> tuple[str, str]:
    return ("之岳父", "之岳母") if head.male else ("之公公", "之婆婆")
