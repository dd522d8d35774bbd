"""Check households of a file: each is good as a whole or rejected with what is wrong, by line and column."""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.registry.exchange.imports.lines import to_household
from services.registry.exchange.imports.ready import written
from services.registry.exchange.imports.records import Bad, Good, HouseholdLines, Known
from services.registry.exchange.layouts.catalogue import called
from services.registry.exchange.layouts.records import Plan
from services.registry.register.fields.catalogue import Owner
from services.registry.register.fields.records import Fault
from services.registry.register.households import register
from services.registry.register.households.records import Entry, Unique
from services.registry.register.households.rules import household_faults
from services.registry.register.households.schemas import HouseholdIn
from shared.problems import Problem, WrongValue
from shared.sheets.cells import ERROR, MARKS
from shared.sheets.records import Mistake

# pydantic's kinds of error, or how they begin, in the words of somebody who fills in the file.
_SHAPES = {
    "missing": ("必填", "has to be filled in"),
    "string_pattern_mismatch": ("格式不正确", "is not in the right form"),
    "string_too_long": ("内容过长", "is too long"),
    "string_too_short": ("必填", "has to be filled in"),
    "too_long": ("项数过多", "names too many"),
    "uuid_parsing": ("不是有效的标识", "is no id of a record"),
    "bool": ("应填“是”或“否”", "is yes or no"),
    "date": ("应为日期，如2014-10-01", "is a date such as 2014-10-01"),
    "decimal": ("应为数字，最多两位小数", "is a number with at most two decimals"),
    "int": ("应为整数", "is a whole number"),
    "greater": ("超出允许范围", "is out of range"),
    "less": ("超出允许范围", "is out of range"),
}
# What a column looks like whose content is in another form.
_FORMS = {
    "phone": ("应为一个电话号码，如13800138000", "is one phone number such as 13800138000"),
    "bank_card": ("应为银行卡号，只填数字", "is the number of a bank card, digits only"),
    "number": (
        "编号只能用数字、字母和短横线，最多32位",
        "is a number of digits, letters and hyphens, at most 32 of them",
    ),
    "division": ("应为12位行政村代码", "is the code of a village in 12 digits"),
}
_OTHER_SHAPE = "内容不正确", "is not acceptable"
_OF_ALL = "家庭成员"  # where a fault is of no column


def check(lines: HouseholdLines, known: Known, *, load: bool) -> Good | Bad:
    """Check one household by itself; whether it is registered already is asked afterwards, for many at once.

    ``load``: with the row that registers it.
    """
    mistakes = [
        Mistake(line, column, "equal on each line", "同户各行不一致", "differs within the household")
        for line, column in lines.disagree
    ]
    mistakes += lines.misplaced + unreadable(lines)
    values, faults = to_household(lines, known.plan, known.given)
    faults += place(values, lines, known)
    try:
        household = HouseholdIn.model_validate(values)
    except ValidationError as problem:
        mistakes += [placed(lines, known.plan, fault) for fault in faults]
        said = {(one.line, one.field) for one in mistakes}
        shapes = [shape(lines, known.plan, item) for item in problem.errors(include_url=False)]
        return Bad(lines, mistakes + [one for one in shapes if (one.line, one.field) not in said])
    faults += household_faults(household, known.today, typed=False)
    mistakes += [placed(lines, known.plan, fault) for fault in faults if not fault.allowed_by(known.local)]
    if mistakes:
        return Bad(lines, mistakes)
    if not load:
        digest, uniques = register.digest(household, known.keys).hex(), register.uniques(household, known.keys)
        return Good(lines, household, digest, tuple(_uniques(lines, uniques)), None)
    row = register.row(household, known.keys, Entry(source=known.source, through=known.through))
    return Good(lines, household, row.digest, tuple(_uniques(lines, row.uniques())), written(row))


def place(values: dict[str, object], lines: HouseholdLines, known: Known) -> Iterator[Fault]:
    """Which village it is, by code or by names."""
    if (code := values.get("division")) is None:
        found = known.places.code(*(lines.cells.get(name) for name in ("county", "town", "village")))
        if isinstance(found, str):
            values["division"] = found
            return
        yield found
    elif code not in known.places.villages:
        yield Fault("division", "a village of yours", "不是辖区内的行政村", "no village of your division")


def _uniques(lines: HouseholdLines, uniques: list[Unique]) -> Iterator[Unique]:
    """What has to be new; of the ids only those that the file brought, for ours are."""
    for unique in uniques:
        given = lines.cells if unique.member is None else lines.members[unique.member]
        if unique.field != "id" or given.get("id"):
            yield unique


def unreadable(lines: HouseholdLines) -> list[Mistake]:
    """Cells that hold a formula, an error, or a number that lost digits."""
    return [Mistake(line, column, *MARKS.get(mark, MARKS[ERROR])) for line, column, mark in lines.marked]


def refused(lines: HouseholdLines, plan: Plan, problem: Problem, field: str = "number") -> Mistake:
    """Why the register does not take a household, at one of its fields."""
    said = problem.account("zh"), problem.account("en")
    return mistake(lines, plan, Fault(field, problem.rule or problem.slug, *said))


def mistake(lines: HouseholdLines, plan: Plan, fault: Fault, member: int | None = None) -> Mistake:
    """A mistake at a household's field, or at that of one of its members."""
    owner: Owner = "household" if member is None else "member"
    header = plan.headers.get(fault.field if member is None else f"members.{fault.field}")
    header = header or called(owner, fault.field) or _OF_ALL
    if member is None and fault.field == "division":
        header = plan.headers.get("division", plan.headers.get("village", header))
    return Mistake(lines.first if member is None else lines.lines[member], header, fault.rule, fault.zh, fault.en)


def shape(lines: HouseholdLines, plan: Plan, item: ErrorDetails) -> Mistake:
    """A value that the model does not take, in the words of somebody who fills in the file."""
    place, *inner = item["loc"]
    kind = item["type"]
    zh, en = _SHAPES.get(kind) or _SHAPES.get(kind.partition("_")[0]) or _OTHER_SHAPE
    if kind == "string_pattern_mismatch":
        zh, en = _FORMS.get(str(item["loc"][-1]), (zh, en))
    if isinstance(own := item.get("ctx", {}).get("error"), WrongValue):
        zh, en = own.zh, own.en
    if place == "members" and inner[1:]:
        return mistake(lines, plan, Fault(str(inner[1]), kind, zh, en), member=int(inner[0]))
    return mistake(lines, plan, Fault(str(place), kind, zh, en))


def placed(lines: HouseholdLines, plan: Plan, fault: Fault) -> Mistake:
    """A fault where its field stands in the file."""
    place, _, field = fault.field.rpartition(".")
    member = int(place[len("members[") : -1]) if place.startswith("members[") else None
    if field == "members":  # about all of them, so at the relations, beginning with the first
        field, member = "relation", 0
    return mistake(lines, plan, Fault(field, fault.rule, fault.zh, fault.en), member)
