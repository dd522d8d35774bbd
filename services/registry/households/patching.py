"""Correct facts of a household from a day on."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.changes import aggregate, rules
from services.registry.codes import codes
from services.registry.households.reading import NoSuchHousehold
from services.registry.households.schemas import HouseholdPatch, Registered
from shared import audit, clock, concurrency
from shared.ids import uuid7
from shared.problems import Invalid

_FACTS = {"attribute", "main_cause", "land_mu", "income", "unsafe_house"}


class NothingToCorrect(Invalid):
    slug, zh, en = "nothing-to-correct", "没有要更正的内容", "Nothing would change"


class CodeUnknown(Invalid):
    slug, zh, en = "code-unknown", "不在代码表内", "Not in the code list"


async def patch(session: AsyncSession, id: UUID, body: HouseholdPatch, if_match: str | None) -> Registered:
    """Change facts of the version that the caller has read. Raises 404, 409, 412, 422 and 428 problems."""
    expected = concurrency.expected_version(if_match)
    before = (await aggregate.lock(session, [id])).get(id)
    if before is None:
        raise NoSuchHousehold(field="household_id")
    concurrency.same_version(expected, before.version)
    facts = _facts(body)
    if all(getattr(before, name) == value for name, value in facts.items()):
        raise NothingToCorrect(rule="a different value")
    if body.effective_on > await clock.today(session):
        raise rules.NotYet(field="effective_on", rule="not in the future")
    if body.effective_on < before.since:
        raise rules.BeforeLastChange(field="effective_on", rule="in order of days", since=str(before.since))
    now = aggregate.after(before, **facts)
    change = aggregate.Change(uuid7(), "correction", "corrected", body.effective_on, "changed", body.ground)
    await aggregate.apply(session, [aggregate.row(before, now, change)])
    audit.record(
        session,
        "household.corrected",
        "household",
        id,
        now.division,
        before={name: str(getattr(before, name)) for name in facts},
        after={name: str(value) for name, value in facts.items()},
        reason=body.ground,
    )
    return Registered(id=id, version=now.version)


def _facts(body: HouseholdPatch) -> dict[str, Any]:
    """What is given; a fact that is given as null is an unknown one where that may be."""
    given = {name: getattr(body, name) for name in body.model_fields_set & _FACTS}
    for name in ("attribute", "main_cause"):
        if name in given and given[name] not in codes().texts[name]:
            raise CodeUnknown(field=name, rule="code list")
    if "unsafe_house" in given and given["unsafe_house"] is None:
        raise Invalid(field="unsafe_house", rule="yes or no")
    if "income" in given:
        given["income_fen"] = given.pop("income")
    return given
