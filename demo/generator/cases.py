"""Households that come in or are cleared out through the county's three steps 识别三步法 instead of a plain change.

They are taken out of the year's changes, so that the year adds up to the same numbers. One more is planted whose
visit finds that it is not poor: its case has to be refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from demo.generator import render
from demo.generator.changes import Change
from demo.generator.households import Household
from demo.generator.numbers import Numbers
from demo.generator.poverty import household
from demo.generator.staff import Staffing

OPENED = date(2016, 8, 1)
_ENTRIES, _REMOVALS = 9, 3
_PROCEDURES = {"newly_poor": "identification", "omitted": "inclusion", "wrongly_included": "removal"}
_POSTS = ("village_secretary", "first_secretary", "team_leader")
# Region digits far from everybody else's.
_REGION = 226622


@dataclass(frozen=True, slots=True)
class Case:
    """A case: its procedure and household, with the facts of one that is to enter; ``planted`` has to be refused."""

    id: UUID
    procedure: str
    household: Household
    body: dict[str, Any] | None
    planted: bool = False


def choose(changes: Iterable[Change], seed: int) -> tuple[list[Case], list[Change]]:
    """Cases made of changes of the second half of 2016, and the changes that stay."""
    numbers = Numbers(random := Random(f"{seed} cases"), _REGION)
    later = [change for change in changes if change.day >= date(2016, 7, 1)]
    again = {change.household.id for change in later if change.kind == "restoration"}
    fitting = [change for change in later if change.reason in _PROCEDURES and change.household.id not in again]
    entries = [change for change in fitting if change.entry][:_ENTRIES]
    removals = [change for change in fitting if change.kind == "removal"][:_REMOVALS]
    chosen = [*entries, *removals]
    made = [case(numbers, change.reason, change.household, OPENED, entry=change.entry) for change in chosen]
    stranger = household(random, numbers, entries[0].household.village, 2, OPENED)
    made.append(case(numbers, "omitted", stranger, OPENED, entry=True, planted=True))
    taken = {change.id for change in chosen}
    return made, [change for change in changes if change.id not in taken]


def signatories(staffing: Staffing, villages: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Who signs in villages, the secretary and the first secretary or team leader: post, and subject of the token."""
    subjects = {one["id"]: one["subject"] for one in staffing.people}
    posts = [one for one in staffing.charges if one["role"] in _POSTS]
    found: dict[str, list[tuple[str, str]]] = {village: [] for village in sorted(set(villages))}
    for post in posts:
        if post["village"] in found:
            found[post["village"]].append((post["role"], subjects[post["staff_id"]]))
    return found


def case(numbers: Numbers, reason: str, home: Household, day: date, *, entry: bool, planted: bool = False) -> Case:
    """A case that is opened on a day, by the reason of the change that it ends with."""
    body = render.household(home) | {"identified_on": day.isoformat()} if entry else None
    return Case(numbers.id(day), _PROCEDURES[reason], home, body, planted)
