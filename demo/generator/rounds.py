"""Two look-back rounds 回头看、回头查 of 2015: who was wrongly registered, left out or had a member forgotten.

Part of the year's changes is found by the rounds and takes the way through them; the rest is told as before, so the
year's net change stays the published one. The numbers of findings are made up; the truth is known here only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from demo.generator.changes import Change
from demo.generator.households import Household
from demo.generator.numbers import Numbers

CLEARED, INCLUDED, CORRECTED = (500, 400), (25, 15), (5, 3)
# Findings that whoever checks first writes down wrongly (and another person sends back): overlooked, and accused.
OVERLOOKED, ACCUSED = 25, 10
_FOUND_BY = {"wrongly_included": "cleared", "omitted": "included", "overlooked": "corrected"}


@dataclass(frozen=True, slots=True)
class Round:
    """A round with the truth about the households where the register is wrong, by household."""

    id: UUID
    name: str
    starts: date
    ends: date
    truth: dict[str, Change]
    overlooked: set[str] = field(default_factory=set)
    accused: set[str] = field(default_factory=set)

    def result(self, household: str) -> str:
        """What there is to find at a household."""
        change = self.truth.get(household)
        return _FOUND_BY[change.reason] if change else "kept"

    def planted(self, result: str) -> set[str]:
        return {household for household in self.truth if self.result(household) == result}


def rounds(random: Random, changes: Sequence[Change], calm: Sequence[Household]) -> tuple[list[Round], list[Change]]:
    """The rounds, and the changes that no round finds."""
    numbers = Numbers(random)
    halves = (
        ("2015年第一轮回头看", date(2015, 1, 5), date(2015, 6, 30)),
        ("2015年第二轮回头查", date(2015, 7, 1), date(2015, 12, 31)),
    )
    made, found = [], set()
    for turn, (name, starts, ends) in enumerate(halves):
        truth: dict[str, Change] = {}
        for reason, counts in (("wrongly_included", CLEARED), ("omitted", INCLUDED), ("overlooked", CORRECTED)):
            there = [one for one in changes if one.reason == reason and starts <= one.day <= ends]
            if len(there) < counts[turn]:
                raise ValueError(f"the year has too few changes of the reason {reason} for its rounds")
            truth |= {str(one.household.id): one for one in there[: counts[turn]]}
        cleared = [home for home, change in truth.items() if change.reason == "wrongly_included"]
        accused = [str(home.id) for home in random.sample(calm, ACCUSED)]
        overlooked = set(random.sample(cleared, OVERLOOKED))
        made.append(Round(numbers.id(starts), name, starts, ends, truth, overlooked, set(accused)))
        found |= {change.id for change in truth.values()}
    return made, [change for change in changes if change.id not in found]
