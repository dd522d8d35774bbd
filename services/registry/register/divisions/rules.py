"""What a merger or a split does to divisions and their households. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.registry.register.divisions.schemas import Into, MergerIn, NewCode, SplitIn
from shared.names.divisions import level
from shared.problems import Conflict, Invalid, NotFound
from shared.words import Digits


class NoSuchDivision(NotFound):
    slug, zh, en = "no-such-division", "该日没有代码为{code}的区划", "There is no division {code} on that day"
    code: Digits


class DivisionExists(Conflict):
    slug, zh, en = "division-exists", "区划代码{code}该日已在使用", "The code {code} is in use on that day"
    code: Digits


class DivisionChangesLater(Conflict):
    slug, zh, en = (
        "division-changes-later",
        "代码为{code}的区划此后已有变更",
        "The division {code} has changed after that day",
    )
    code: Digits


class LevelsDiffer(Invalid):
    slug, zh, en = "levels-differ", "只能同县同级合并或拆分", "Divisions of one level in one county merge or split"


class NameMissing(Invalid):
    slug, zh, en = "division-name-missing", "新区划{code}须有名称", "The new division {code} needs a name"
    code: Digits


class NameSame(Conflict):
    slug, zh, en = "division-name-same", "名称没有变化", "It has this name already"


class NotInFuture(Invalid):
    slug, zh, en = "redivision-in-future", "合并或拆分不能晚于今天", "Households move on a day that has come"


class VillagesIncomplete(Invalid):
    slug = "villages-incomplete"
    zh = "乡镇合并或拆分须为每个行政村指定新代码，缺少或有误：{code}"
    en = "Each village of the towns needs a new code within the new town; missing or wrong: {code}"
    code: Digits


class NotAssigned(Invalid):
    slug = "not-assigned"
    zh = (
        "还有{households}户、{natural_villages}个自然村、{cases}件未登记户的办理事项没有指定去向，"
        "或去向不在拆分后的村内"
    )
    en = (
        "{households} households, {natural_villages} natural villages and {cases} cases of unregistered households"
        " have no place in the new villages"
    )
    households: int
    natural_villages: int
    cases: int


class NoSuchRedivision(NotFound):
    slug, zh, en = "no-such-redivision", "没有这一区划变更", "There is no such merger or split"


class RedivisionDiffers(Conflict):
    slug, zh, en = "redivision-differs", "此编号已用于另一区划变更", "This id stands for another merger or split"


@dataclass(slots=True)
class Plan:
    """Codes that end on the day, codes that begin with their names, new names, villages whose households move."""

    kind: str
    ends: set[str] = field(default_factory=set)
    begins: dict[str, str] = field(default_factory=dict)
    renames: dict[str, str] = field(default_factory=dict)
    lines: list[tuple[str, str]] = field(default_factory=list)
    moves: dict[str, str] = field(default_factory=dict)

    @property
    def recoded(self) -> dict[str, str]:
        """Villages that go on alone under a new code."""
        targets = list(self.moves.values())
        return {old: new for old, new in self.moves.items() if new in self.begins and targets.count(new) == 1}

    @property
    def became(self) -> dict[str, str]:
        """Codes that end with what each of them became: the first part, where there are several."""
        return {old: new for old, new in reversed(self.lines) if old in self.ends}

    @property
    def whole(self) -> dict[str, str]:
        """Codes that end and became one other as a whole."""
        sources = [old for old, _ in self.lines]
        return {old: new for old, new in self.became.items() if sources.count(old) == 1}

    @property
    def concerned(self) -> set[str]:
        return self.ends | self.begins.keys() | self.renames.keys() | {code for line in self.lines for code in line}


def merger(body: MergerIn, names: Mapping[str, str], today: date) -> Plan:
    """What a merger does. ``names`` are the divisions of the county on the day before. Raises why it may not be."""
    sources = [code for code in dict.fromkeys(body.codes) if code != body.into.code]
    _same_level([*body.codes, body.into.code], "codes")
    _existing(sources, names, "codes")
    if body.day > today:
        raise NotInFuture(field="day", rule="today or before")
    if not sources:
        raise LevelsDiffer(field="codes", rule="another than into")
    plan = Plan("merged", ends=set(sources))
    _begin(plan, body.into, names, "into")
    plan.lines += [(code, body.into.code) for code in sources]
    if level(body.into.code) == "village":
        plan.moves = dict.fromkeys(sources, body.into.code)
    else:
        _recode(plan, body.villages, sources, [body.into.code], names)
    return plan


def split(body: SplitIn, names: Mapping[str, str], today: date) -> Plan:
    """What a split does. Raises why it may not be."""
    targets = [one.code for one in body.into]
    _same_level([body.code, *targets], "into")
    _existing([body.code], names, "code")
    if body.day > today:
        raise NotInFuture(field="day", rule="today or before")
    if len(set(targets)) < len(targets):
        raise DivisionExists(field="into", rule="once", code=Digits(max(targets, key=targets.count)))
    plan = Plan("split", ends=set() if body.code in targets else {body.code})
    for one in body.into:
        if one.code in names and one.code != body.code:
            raise DivisionExists(field="into", rule="a new code", code=Digits(one.code))
        _begin(plan, one, names, "into")
    plan.lines += [(body.code, code) for code in targets if code != body.code]
    if level(body.code) == "town":
        _recode(plan, body.villages, [body.code], targets, names)
    return plan


def _same_level(codes: Sequence[str], field: str) -> None:
    if len({(len(code), code[:6]) for code in codes}) > 1:
        raise LevelsDiffer(field=field, rule="one level, one county")


def _existing(codes: Sequence[str], names: Mapping[str, str], field: str) -> None:
    for code in codes:
        if code not in names:
            raise NoSuchDivision(field=field, code=Digits(code))


def _begin(plan: Plan, into: Into | NewCode, names: Mapping[str, str], field: str) -> None:
    code = into.into if isinstance(into, NewCode) else into.code
    if code not in names:
        if into.name is None:
            raise NameMissing(field=field, rule="a name", code=Digits(code))
        plan.begins[code] = into.name
    elif into.name is not None and into.name != names[code]:
        plan.renames[code] = into.name


def _recode(
    plan: Plan, given: Sequence[NewCode], sources: Collection[str], targets: Collection[str], names: Mapping[str, str]
) -> None:
    """The villages of towns that end or lose a part, each with its new code in one of the new towns."""
    there = {code for code in names if level(code) == "village" and code[:9] in sources}
    said = {one.code: one for one in given}
    staying = {code for code in there if code[:9] in targets}
    missing = sorted((there - staying - said.keys()) | (said.keys() - there))
    if missing:
        raise VillagesIncomplete(field="villages", rule="every village", code=Digits(missing[0]))
    for one in given:
        if one.into[:9] not in targets or one.into in names or one.into in plan.begins:
            raise VillagesIncomplete(field="villages", rule="a new code within the new town", code=Digits(one.into))
        kept = NewCode(code=one.code, into=one.into, name=one.name or names[one.code])
        _begin(plan, kept, names, "villages")
        plan.ends.add(one.code)
        plan.lines.append((one.code, one.into))
        plan.moves[one.code] = one.into
