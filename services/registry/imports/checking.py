"""Check households of a file: each is good as a whole or rejected with what is wrong, by line and column."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from services.registry.households import registering
from services.registry.households.rules import Fault, Lists, household_faults
from services.registry.households.schemas import HouseholdIn
from services.registry.households.uniques import Unique, of_household
from services.registry.imports.layout import HEADERS, Lines, to_household
from shared.crypto import KeyRing


@dataclass(frozen=True, slots=True)
class Error:
    """One thing that is wrong in a file."""

    line: int
    field: str
    rule: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A household of the file: the row to register with what of it may stand once, or why not."""

    lines: Lines
    row: dict[str, Any] | None
    uniques: list[Unique]
    errors: list[Error]


def check(lines: Lines, keys: KeyRing, villages: set[str], local: Lists, today: date, source: str) -> Checked:
    """Check one household by itself; whether it is registered already is asked afterwards, for many at once."""
    errors = [
        Error(line, HEADERS.get(field, field), "equal on each line", "同户各行不一致", "differs within the household")
        for line, field in lines.disagree
    ]
    try:
        household = HouseholdIn.model_validate(to_household(lines))
    except ValidationError as problem:
        return Checked(lines, None, [], errors + [_shape(lines, item) for item in problem.errors()])
    faults = household_faults(household, today, typed=False)
    errors += [_placed(lines, fault) for fault in faults if not fault.allowed_by(local)]
    if household.division not in villages:
        errors.append(
            Error(
                lines.first, "行政村代码", "a village of yours", "不是辖区内的行政村", "no village of your division"
            )
        )
    if errors:
        return Checked(lines, None, [], errors)
    row = registering.row(household, keys, source=source)
    return Checked(lines, row, list(_uniques(lines, row)), [])


def _uniques(lines: Lines, row: dict[str, Any]) -> Iterator[Unique]:
    """What has to be new; of the ids only those that the file brought, for ours are."""
    for unique in of_household(row):
        given = lines.values if unique.member is None else lines.members[unique.member]
        if unique.field != "id" or given.get("id"):
            yield unique


def error(lines: Lines, field: str, rule: str, zh: str, en: str, member: int | None = None) -> Error:
    """An error at a household's field, or at that of one of its members."""
    header = HEADERS.get(field if member is None else f"members.{field}", field)
    return Error(lines.first if member is None else lines.lines[member], header, rule, zh, en)


def _shape(lines: Lines, item: Any) -> Error:
    place, *inner = item["loc"]
    if place == "members" and inner[1:]:
        return error(lines, str(inner[1]), item["type"], "内容不正确", item["msg"], member=int(inner[0]))
    return error(lines, str(place), item["type"], "内容不正确", item["msg"])


def _placed(lines: Lines, fault: Fault) -> Error:
    place, _, field = fault.field.rpartition(".")
    member = int(place[len("members[") : -1]) if place.startswith("members[") else None
    return error(lines, field, fault.rule, fault.zh, fault.en, member)
