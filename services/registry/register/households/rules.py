"""What must hold of a household before it is registered. Pure: no clock, no session."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel

from services.registry.register.codes import national, sex_of_relation, texts
from services.registry.register.fields import catalogue
from services.registry.register.fields.catalogue import Owner, worded
from services.registry.register.fields.records import Fault, Lists
from services.registry.register.fields.rules import DIGITS_LOST, Faulty, identity_fault
from services.registry.register.households.agree import COLUMNS, disagreements, repeated
from services.registry.register.households.records import Household
from services.registry.register.households.schemas import HouseholdIn, HouseholdPatch, MemberIn, MemberPatch
from shared.names import identity
from shared.problems import Conflict, Invalid, NotFound

HEAD, CODE_LIST = "户主", "code list"
_NUMBER = re.compile(r"\d{4}")
_NEAR, _SHORT = 3, 12  # words that are named to whoever wrote another: the nearest, or all of a short list
Row = TypeVar("Row")


class HouseholdNotAcceptable(Faulty):
    slug = "household-not-acceptable"
    zh = "该户信息有{count}处不符合要求"
    en = "{count} facts of this household do not meet the rules"


class FactsNotAcceptable(Faulty):
    slug, zh, en = "facts-not-acceptable", "更正内容有{count}处不符合要求", "{count} facts do not meet the rules"


class NoSuchPerson(NotFound):
    slug, zh, en = "no-such-person", "辖区内没有此人", "There is no such person in your division"


class NoSuchVillage(Invalid):
    slug, zh, en = "no-such-village", "没有这个行政村", "There is no such village"


class HouseholdDiffers(Conflict):
    slug = "household-differs"
    zh = "此编号已登记为另一户"
    en = "This id is registered with other facts"


class PersonRegistered(Conflict):
    slug = "person-registered"
    zh = "家庭成员中有人已登记在册"
    en = "A member is registered already"


class NumberTaken(Conflict):
    slug, zh, en = "household-number-taken", "户编号已被使用", "The household number is taken"


class NotAMember(Invalid):
    slug, zh, en = "not-a-member", "此人不是该户成员", "This person is no member of the household"


class HeadIsChanged(Conflict):
    slug = "head-is-changed"
    zh = "户主与其他成员之间的更换不是更正，请办理户主变更"
    en = "Who is the head is no correction: record a change of the head"


class YearIsClosed(Conflict):
    slug = "identified-in-closed-year"
    zh = "识别日期涉及已封账的{year}年，该年数据不再变动；确需更正的，请注明已知悉"
    en = "The day concerns {year}, which is closed and stays as it is: say that you know (in_closed_year)"
    year: int


class NotYet(Invalid):
    slug, zh, en = "effective-in-future", "生效日期晚于今天", "A change cannot take effect in the future"


# Household and person numbers stand in plain on notices, lists and events.
_THE_PERSONS = Fault("number", "not an identity number", "编号不得使用证件号码", "is somebody's identity number")


def household_faults(household: HouseholdIn, today: date, *, typed: bool = True) -> list[Fault]:
    """Every broken rule of a household; empty where it may be registered. Not ``typed``: it comes from a file."""
    since = household.identified_on
    faults = [
        *_code_faults("attribute", household.attribute, texts(since, today)),
        *_cause_faults(household.main_cause, household.other_causes, texts(since, today)),
        *item_faults("household", household, since, today),
        *_disagreeing(household, typed=typed),
    ]
    if since > today:
        faults.append(Fault("identified_on", "not in the future", "识别日期晚于今天", "lies in the future"))
    if any(household.number == identity.normalise(member.identity_number) for member in household.members):
        faults.append(_THE_PERSONS)
    heads = sum(member.relation == HEAD for member in household.members)
    if heads != 1:
        faults.append(
            Fault(
                "members", "one head", f"应有且仅有一名户主，现有{heads}名", f"one head is needed, there are {heads}"
            )
        )
    seen: set[str] = set()
    for position, member in enumerate(household.members):
        prefix = f"members[{position}]"
        faults += [fault.under(prefix) for fault in member_faults(member, since, today, typed=typed)]
        number = identity.normalise(member.identity_number)
        if number and number in seen:
            faults.append(
                Fault(
                    f"{prefix}.identity_number",
                    "once in a household",
                    "同户内证件号码重复",
                    "stands twice in this household",
                )
            )
        seen.add(number)
    return faults


def member_faults(member: MemberIn, since: date, today: date, *, typed: bool) -> Iterator[Fault]:
    """Broken rules of one member. A wrong number is an error when ``typed``, a doubt when imported."""
    words = texts(since, today)
    yield from _code_faults("relation", member.relation, words)
    if member.sex is not None:
        yield from _code_faults("sex", member.sex, words)
    yield from item_faults("member", member, since, today)
    number = identity.normalise(member.identity_number)
    fault = identity_fault(number)
    if member.number == number:
        yield _THE_PERSONS
    if fault is None:
        yield from _against_number(member, number, today)
    elif typed or fault is DIGITS_LOST:
        yield fault
    elif member.born is None or member.sex is None:
        yield Fault(
            "identity_number",
            "number or birth date and sex",
            "证件号码无效时须填性别和出生日期",
            "says no birth date",
        )
    elif member.born > today:
        yield Fault("born", "not in the future", "出生日期晚于今天", "lies in the future")
    yield from against_relation(member.relation, sex_of(member), "sex")


def relation_faults(relation: str, sex: str | None, since: date, today: date) -> Iterator[Fault]:
    """Broken rules of a relation to the head that somebody of a sex comes to have."""
    yield from _code_faults("relation", relation, texts(since, today))
    yield from against_relation(relation, sex, "relation")


def against_relation(relation: str, sex: str | None, field: str) -> Iterator[Fault]:
    if (needed := sex_of_relation().get(relation)) and needed != sex:
        yield Fault(field, "rule 49", f"与户主关系“{relation}”与性别不符", "the relation and the sex do not fit")


def split_faults(attribute: str | None, main_cause: str | None, since: date, today: date) -> Iterator[Fault]:
    """Broken rules of what is said of a household that splits off."""
    words = texts(since, today)
    for field, value in (("attribute", attribute), ("main_cause", main_cause)):
        if value is not None:
            yield from _code_faults(field, value, words)


def item_faults(owner: Owner, given: BaseModel, since: date, today: date) -> Iterator[Fault]:
    """Broken rules of the items that a model gives: code lists, and what cannot be at once."""
    known, words = worded(owner), texts(since, today)
    for key in given.model_fields_set & known.keys():
        item, value = known[key], getattr(given, key)
        if value is None:
            continue
        for text in value if item.kind == "codes" else (value,):
            yield from _code_faults(key, text, words, list=item.list)
    health = getattr(given, "health", None)
    if owner == "member" and health and "健康" in health and len(health) > 1:
        yield Fault("health", "healthy excludes illness", "“健康”不能与疾病同选", "healthy and ill at once")


def patch_faults(given: HouseholdPatch, since: date, today: date) -> Iterator[Fault]:
    """Broken rules of the attribute and the causes that a correction gives."""
    words = texts(since, today)
    for field in ("attribute", "main_cause"):
        if field in given.model_fields_set:
            value = getattr(given, field)
            if value is None:
                yield Fault(field, "required", "必填", "is required")
            else:
                yield from _code_faults(field, value, words)
    if given.other_causes is not None:
        yield from _other_cause_faults(given.other_causes, words)
    elif "other_causes" in given.model_fields_set:
        yield Fault("other_causes", "list", "应为列表", "is a list")


def known_by_faults(given: HouseholdPatch, first_change: date | None, today: date) -> Iterator[Fault]:
    """Broken rules of the number and the day of identification that a correction gives."""
    for field in ("number", "identified_on"):
        if field in given.model_fields_set and getattr(given, field) is None:
            yield Fault(field, "required", "必填", "is required")
    if given.number and identity.is_resident(identity.normalise(given.number)[:18]):
        yield _THE_PERSONS
    day = given.identified_on
    if day and day > today:
        yield Fault("identified_on", "not in the future", "识别日期晚于今天", "lies in the future")
    elif day and first_change and day > first_change:
        said = f"{first_change.year}年{first_change.month}月{first_change.day}日"
        zh = f"识别日期晚于该户首次变更（{said}），请填该日或以前的日期"
        yield Fault("identified_on", "not after the first change", zh, f"is after the first change ({first_change})")


def word_faults(household: Household, since: date, today: date) -> Iterator[Fault]:
    """Words of a household that no list had on the day of identification or later: the day is named as wrong."""
    words = texts(since, today)
    causes = (household.main_cause, *household.other_causes)
    said = [("attribute", household.attribute), *(("main_cause", cause) for cause in causes)]
    for key, item in worded("household").items():
        if item.list and item.kind == "code" and key in household.facts:
            said.append((item.list, str(household.facts[key])))
    for name, value in said:
        for fault in _code_faults("identified_on", value, words, list=name):
            yield replace(fault, zh=f"识别日期更正后，{fault.zh}")


def person_faults(given: MemberPatch, since: date, today: date) -> Iterator[Fault]:
    """Broken rules of the relation, sex and birth date that a correction gives, each by itself."""
    words = texts(since, today)
    for field in ("relation", "sex", "born"):
        if field in given.model_fields_set and getattr(given, field) is None:
            yield Fault(field, "required", "必填", "is required")
    if given.relation:
        yield from _code_faults("relation", given.relation, words)
    if given.sex:
        yield from _code_faults("sex", given.sex, words)
    if given.born and not date(today.year - 130, 1, 1) <= given.born <= today:
        yield Fault("born", "plausible birth date", "出生日期不合理", "birth date is impossible")


def against_number(given: MemberPatch, sex: str, born: date) -> Iterator[Fault]:
    """What differs from a valid identity number: the number decides."""
    cure = "以证件号码为准；证件号码登记有误的，请更正证件号码"
    if given.born and given.born != born:
        yield Fault("born", "rule 94", f"出生日期与证件号码不符，{cure}", "the identity number decides: correct that")
    if given.sex and given.sex != sex:
        yield Fault("sex", "rule 49", f"性别与证件号码不符，{cure}", "the identity number decides: correct that")


def _cause_faults(main: str, others: list[str], words: Lists) -> Iterator[Fault]:
    yield from _code_faults("main_cause", main, words)
    yield from _other_cause_faults(others, words)


def _other_cause_faults(others: list[str], words: Lists) -> Iterator[Fault]:
    for other in others:
        yield from _code_faults("other_causes", other, words, list="main_cause")


def _disagreeing(household: HouseholdIn, *, typed: bool) -> Iterator[Fault]:
    """What a form says that cannot be at once; of a file, whose sums are doubts, the causes alone."""
    if not typed:
        if fault := repeated(household.main_cause, household.other_causes):
            yield fault
        return
    facts = catalogue.facts(household, "household") | {name: getattr(household, name) for name in COLUMNS}
    yield from disagreements(facts, facts.keys())


def _against_number(member: MemberIn, number: str, today: date) -> Iterator[Fault]:
    born = identity.birth_date(number)
    if member.born is not None and member.born != born:
        yield Fault("born", "rule 94", "出生日期与证件号码不符", "differs from the identity number")
    if member.sex is not None and member.sex != identity.sex(number):
        yield Fault("sex", "rule 49", "性别与证件号码不符", "differs from the identity number")
    if born > today or born.year < today.year - 130:
        yield Fault(
            "identity_number", "plausible birth date", "证件号码中的出生日期不合理", "birth date is impossible"
        )


def sex_of(member: MemberIn) -> str | None:
    """The sex that the identity number says, or what was given."""
    number = identity.normalise(member.identity_number)
    return identity.sex(number) if identity.is_resident(number[:18]) else member.sex


def born_of(member: MemberIn) -> date | None:
    """The birth date that the identity number says, or what was given."""
    number = identity.normalise(member.identity_number)
    return identity.birth_date(number) if identity.is_resident(number[:18]) else member.born


def _code_faults(field: str, value: str, words: Lists, *, list: str | None = None) -> Iterator[Fault]:
    name = list or field
    if value not in words[name]:
        # A number that slipped into another column is not told on: what is told is kept.
        shown = "…" if _NUMBER.search(value) else value
        zh, en = ("", "") if shown == "…" else _instead(name, value, words[name])
        yield Fault(field, CODE_LIST, f"“{shown}”不在代码表内{zh}", f"is not in the code list{en}", (name, value))


@lru_cache(maxsize=4096)
def _instead(name: str, value: str, words: frozenset[str]) -> tuple[str, str]:
    """What to write instead of a word that is in no list: the nearest words, all of a short list, or where it is."""
    for version in national().get(name, ()):
        if value in version.items.values():
            since = version.valid_from
            return f"（{since.year}年{since.month}月{since.day}日起才有此项）", f" (it is from {since} on)"
    near = [word for word in sorted(words) if len(value) > 1 and (value in word or word in value)]
    near += [word for word in get_close_matches(value, sorted(words), _NEAR, 0.5) if word not in near]
    shown = near[:_NEAR] or (sorted(words) if len(words) <= _SHORT else [])
    if not shown:
        return "，可填的词见代码表", ", see the code lists"
    zh, en = ("，相近的有", ", near it are") if near else ("，可填", ", it may be")
    return f"{zh}：{'、'.join(shown)}", f"{en}: {', '.join(shown)}"


@dataclass(frozen=True, slots=True)
class Stretch(Generic[Row]):
    """What is believed to hold from ``start`` to ``end`` (exclusive; None: still), and the row that says so."""

    start: date
    end: date | None
    facts: Mapping[str, object]
    origins: Mapping[str, int]
    row: Row

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


class Replacement(NamedTuple, Generic[Row]):
    """A stretch and what is believed instead of it."""

    old: Stretch[Row]
    new: list[Stretch[Row]]


def corrected(
    stretches: Iterable[Stretch[Row]], day: date, patch: Mapping[str, object], version: int
) -> list[Replacement[Row]]:
    """What changes when facts turn out different from a day on; a fact given as None becomes unknown.

    Raises LookupError where nothing is believed of that day.
    """
    believed = sorted(stretches, key=lambda one: one.start)
    then = next((one for one in believed if one.covers(day)), None)
    if then is None:
        raise LookupError(day)
    left = dict(patch)
    replacements = []
    for one in believed:
        if one.end is not None and one.end <= day:
            continue
        # Once a later change has set a fact, the correction of the earlier one ends for good.
        left = {key: value for key, value in left.items() if origin(one, key) == origin(then, key)}
        if any(one.facts.get(key) != value for key, value in left.items()):
            replacements.append(Replacement(one, list(_parts(one, day, left, version))))
    return replacements


def origin(one: Stretch[Row], key: str) -> int:
    """The version whose change set a fact of a stretch."""
    return one.origins.get(key, 1)


def _parts(one: Stretch[Row], day: date, patch: Mapping[str, object], version: int) -> Iterator[Stretch[Row]]:
    start = max(one.start, day)
    if one.start < start:
        yield replace(one, end=start)
    facts = {key: value for key, value in {**one.facts, **patch}.items() if value is not None}
    yield replace(one, start=start, facts=facts, origins={**one.origins, **dict.fromkeys(patch, version)})
