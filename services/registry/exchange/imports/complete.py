"""A household table, a line a household: it completes households that are registered, as corrections from a day on.

What a line says and the register says otherwise is corrected, with the file as its source; empty cells say nothing.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import queries
from services.registry.exchange.imports.lines import household_values
from services.registry.exchange.imports.records import (
    CORRECTED,
    SAME,
    WRONG,
    Counts,
    HouseholdLines,
    Known,
    Outcomes,
    Registered,
    Task,
)
from services.registry.exchange.imports.rules import mistake, placed, refused, shape, unreadable
from services.registry.register.fields.catalogue import items
from services.registry.register.fields.records import Fault
from services.registry.register.households import correct
from services.registry.register.households.agree import COLUMNS, disagreements
from services.registry.register.households.register import number_index
from services.registry.register.households.rules import item_faults, patch_faults
from services.registry.register.households.schemas import HouseholdPatch
from shared.names.forms import name_form
from shared.problems import Problem, WrongValue
from shared.sheets import queries as files
from shared.sheets.records import Mistake


async def settle(
    session: AsyncSession, task: Task, found: list[HouseholdLines], outcomes: Outcomes, *, load: bool
) -> bool:
    """Compare lines with the register, note what is wrong, correct what differs; whether anything is wrong."""
    asked, numbers = task.asked, [number for one in found if (number := one.cells["number"])]
    there = await queries.registered(session, numbers)
    seen = await queries.seen_before(session, asked, sorted({f"line:{number}" for number in numbers}))
    twice = {number for number in numbers if numbers.count(number) > 1 or f"line:{number}" in seen}
    by_outcome: dict[str, list[HouseholdLines]] = {CORRECTED: [], SAME: [], WRONG: []}
    mistakes: list[Mistake] = []
    for one in found:
        letter, problems = await _one(session, task.known, one, there, twice, load=load)
        by_outcome[letter].append(one)
        mistakes += problems
    corrected, unchanged, rejected = (len(by_outcome[letter]) for letter in (CORRECTED, SAME, WRONG))
    await queries.count(session, asked.id, Counts(unchanged=unchanged, corrected=corrected, rejected=rejected))
    await files.note_mistakes(session, asked.id, asked.division, mistakes)
    for letter, households in by_outcome.items():
        outcomes.say(households, letter)
    return rejected > 0


async def _one(
    session: AsyncSession,
    known: Known,
    one: HouseholdLines,
    there: Mapping[str, Registered],
    twice: AbstractSet[str],
    *,
    load: bool,
) -> tuple[str, list[Mistake]]:
    now = there.get(one.cells["number"] or "")
    if now is None:
        zh, en = "本辖区登记库中没有此户，请先导入人员表", "is not registered; import the table of persons first"
        return WRONG, [mistake(one, known.plan, Fault("number", "a registered household", zh, en))]
    if now.number in twice or len(one.lines) > 1:
        fault = Fault("number", "a line a household", "此户在文件中有几行", "has several lines in this file")
        return WRONG, [mistake(one, known.plan, fault)]
    if another := _another(known, one, now):
        return WRONG, [another]
    body, errors = _body(known, one, now)
    if errors or body is None:
        return (WRONG, errors) if errors else (SAME, [])
    if load:
        try:
            await correct.correct_household(session, known.keys, now.id, body, f'"{now.version}"')
        except Problem as problem:
            return WRONG, [refused(one, known.plan, problem, problem.field or "number")]
    return CORRECTED, []


def _another(known: Known, one: HouseholdLines, now: Registered) -> Mistake | None:
    """That the line names another head than the household of its number has: it may be about another household."""
    number, name = one.cells.get("head_number"), one.cells.get("head")
    index = number_index(number, known.keys) if number and "*" not in number else None
    try:
        form = name_form(name) if name else None
    except WrongValue as wrong:
        return mistake(one, known.plan, Fault("head", "a name", wrong.zh, wrong.en))
    field = "head_number" if index and index != now.head_index else "head" if form and form != now.head else None
    if field is None:
        return None
    zh = "与该户编号登记的户主不符，本行不更正；请核对户编号，或先办理户主变更、更正户主信息"
    en = "is not the head of the household with this number: nothing is corrected"
    return mistake(one, known.plan, Fault(field, "the head of the household", zh, en))


def _body(known: Known, one: HouseholdLines, now: Registered) -> tuple[HouseholdPatch | None, list[Mistake]]:
    """The correction of one household: of what differs only. None where nothing does."""
    values, faults = household_values(one, known.plan, known.given)
    errors = [placed(one, known.plan, fault) for fault in faults] + unreadable(one)
    said = {key: value for key, value in values.items() if key in items("household") or key in COLUMNS}
    about = {
        "effective_on": known.given.effective_on,
        "ground": "户表导入",
        "source": "file",
    }
    try:
        body = HouseholdPatch.model_validate(about | said)
    except ValidationError as problem:
        shapes = [shape(one, known.plan, item) for item in problem.errors(include_url=False)]
        return None, errors or shapes
    differ = set(_differing(body, now))
    if not differ:
        return None, errors
    body = HouseholdPatch.model_validate(about | {key: said[key] for key in differ})
    found = [*item_faults("household", body, now.identified_on, known.today)]
    found += patch_faults(body, now.identified_on, known.today)
    given = correct.given_facts(body, "household") | {key: said[key] for key in differ & set(COLUMNS)}
    found += disagreements(_facts(now) | given, given.keys())
    errors += [placed(one, known.plan, fault) for fault in found if not fault.allowed_by(known.local)]
    return body, errors


def _differing(body: HouseholdPatch, now: Registered) -> Iterable[str]:
    given = correct.given_facts(body, "household")
    for key, item in items("household").items():
        if item.stored in given and given[item.stored] != now.facts.get(item.stored):
            yield key
    for name in COLUMNS:
        if name in body.model_fields_set and getattr(body, name) != getattr(now, name):
            yield name


def _facts(now: Registered) -> dict[str, object]:
    """What the register says of a household today, as stored."""
    return {**now.facts, **{name: getattr(now, name) for name in COLUMNS}}
