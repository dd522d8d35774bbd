"""A household of a file beside the register of today: everything that differs, item by item. Pure.

What a file does not say does not differ: a column that it has not, an empty cell, the day where it says the month.
The order of members says nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.registry.exchange.comparison.records import Difference, Elsewhere, Home, Person, Telling
from services.registry.exchange.comparison.schemas import HouseholdLine
from services.registry.exchange.layouts.catalogue import called
from services.registry.register.fields import catalogue
from services.registry.register.fields.catalogue import Item, Owner, items
from services.registry.register.households.schemas import HouseholdIn, MemberIn

Index = Callable[[str | None], str | None]
_COLUMNS = {
    "attribute": ("贫困户属性", "attribute"),
    "main_cause": ("主要致贫原因", "main cause"),
    "identified_on": ("识别日期", "day of identification"),
}
_YES: Mapping[object, str] = {True: "是", False: "否"}
_FEW = 5
_NOTED = (
    r"{}：(?P<year>\d{{4}})(?P<month>[-/.年]?\d\d?)?[年月]?（按"  # as the reading of a cell notes a month or a year
)
SAYS_ALL = frozenset[str]()


class Compared:
    """A household of a file compared with the register; ``index`` of a number or phone as the register keeps it.

    ``silent`` are columns of the household that the file does not say and the reading of it assumed.
    """

    def __init__(
        self,
        given: HouseholdIn | HouseholdLine,
        home: Home,
        number_index: Index,
        phone_index: Index,
        silent: frozenset[str] = SAYS_ALL,
    ) -> None:
        self.given, self.home, self._silent = given, home, silent
        self.number_index, self._phone_index = number_index, phone_index
        self.persons: dict[int, Person] = {}
        left = list(home.members)
        for judge in (self._by_number, self._by_own_number, self._by_name):
            for position, member in enumerate(given.members):
                if position not in self.persons and (one := next((p for p in left if judge(member, p)), None)):
                    self.persons[position] = one
                    left.remove(one)
        self.left = tuple(left)

    def _by_number(self, member: MemberIn, person: Person) -> bool:
        index = self.number_index(member.identity_number)
        return index is not None and index == person.index

    def _by_own_number(self, member: MemberIn, person: Person) -> bool:
        known = self.number_index(member.identity_number) and person.index
        return not known and member.number is not None and member.number == person.number

    def _by_name(self, member: MemberIn, person: Person) -> bool:
        if self.number_index(member.identity_number) and person.index:
            return False
        return member.name == person.name and (member.born is None or member.born == person.born)

    @property
    def strangers(self) -> list[int]:
        """The members of the file who do not live in the household, by position."""
        return [position for position in range(len(self.given.members)) if position not in self.persons]

    def differences(self, elsewhere: Mapping[int, Elsewhere]) -> list[Difference]:
        """Everything that differs; ``elsewhere`` is what is known of strangers."""
        if self.home.status == "removed":
            zh, en = self.home.ended or ("已剔除", "removed from the register")
            return [Difference("number", f"该户{zh}，现不在册", f"the household is not on the register: {en}")]
        return [
            *self._of_household(),
            *self._of_facts("household", self.given, self.home.facts, self.home.origins, None),
            *(one for position, person in self.persons.items() for one in self._of_member(position, person)),
            *(_stranger(position, elsewhere.get(position)) for position in self.strangers),
            *self._missing(),
        ]

    @property
    def by_members(self) -> bool:
        """Whether the file says who lives in the household."""
        return not isinstance(self.given, HouseholdLine)

    def _of_household(self) -> Iterator[Difference]:
        given, home = self.given, self.home
        if given.division is not None and given.division != home.division:
            yield Difference(
                "division", "文件中的行政村与登记不同，该户现登记在别的村", "it lives in another village"
            )
        for field, (zh, en) in _COLUMNS.items():
            said, known = getattr(given, field), getattr(home, field)
            if field in self._silent or said is None:
                continue
            if said != known and not self._same_month(given, field, said, known):
                telling = home.telling(home.origins.get(field, 1))
                yield _differs(field, zh, en, _shown(said), _shown(known), telling)
        if given.other_causes and sorted(given.other_causes) != sorted(home.other_causes):
            told = home.telling(home.origins.get("other_causes", 1))
            said, known = "、".join(given.other_causes), "、".join(home.other_causes)
            yield _differs("other_causes", "其他致贫原因", "other causes", said, known, told)
        if given.phone and self._phone_index(given.phone) != home.phone:
            yield Difference("phone", "户联系电话与登记不同", "differs from the phone on the register")
        if given.bank_card and _digits(given.bank_card) != _digits(home.bank_card):
            yield Difference("bank_card", "银行卡号与登记不同", "differs from the bank card on the register")

    def _of_member(self, position: int, person: Person) -> Iterator[Difference]:
        member, home = self.given.members[position], self.home
        if member.name != person.name:
            yield _differs("name", "姓名", "name", member.name, person.name, None, position)
        if member.relation != person.relation:
            told = home.telling(person.version)
            yield _differs("relation", "与户主关系", "relation", member.relation, person.relation, told, position)
        for field, zh, en in (("sex", "性别", "sex"), ("born", "出生日期", "birth date")):
            said, known = getattr(member, field), getattr(person, field)
            if said is not None and said != known:
                yield _differs(field, zh, en, _shown(said), _shown(known), None, position)
        if member.number and person.number and member.number != person.number:
            yield _differs("number", "人编号", "person number", member.number, person.number, None, position)
        index = self.number_index(member.identity_number)
        if index != person.index and (index or member.identity_number):
            yield Difference("identity_number", "证件号码与登记不同", "differs from the register", position)
        if member.phone and self._phone_index(member.phone) != person.phone:
            yield Difference("phone", "人联系电话与登记不同", "differs from the phone on the register", position)
        yield from self._of_facts("member", member, person.facts, person.origins, position)

    def _of_facts(
        self,
        owner: Owner,
        given: HouseholdIn | HouseholdLine | MemberIn,
        known: Mapping[str, object],
        origins: Mapping[str, int],
        member: int | None,
    ) -> Iterator[Difference]:
        listed = items(owner)
        for key in given.model_fields_set & catalogue.keys(owner):
            item, value = listed[key], getattr(given, key)
            if value is None or key == "dates_note" or _same(item, item.store(value), known.get(item.stored)):
                continue
            if item.kind == "date" and self._same_month(given, key, value, known.get(item.stored)):
                continue
            said, there = _item(item, item.store(value)), _item(item, known.get(item.stored))
            told = self.home.telling(origins.get(item.stored, origins.get(key, 1)))
            yield _differs(key, item.zh, item.en, said, there, told, member)

    @staticmethod
    def _same_month(given: HouseholdIn | HouseholdLine | MemberIn, field: str, said: object, known: object) -> bool:
        """Whether a file says only the month (or the year) of a day, and the register the same one."""
        owner: Owner = "member" if isinstance(given, MemberIn) else "household"
        name, note = called(owner, field), getattr(given, "dates_note", None)
        if not note or not name or not (found := re.search(_NOTED.format(re.escape(name)), note)):
            return False
        there, here = str(said), str(known)
        return there[:4] == here[:4] if found["month"] is None else there[:7] == here[:7]

    def _missing(self) -> Iterator[Difference]:
        if self.left and self.by_members:
            names = "、".join(one.name for one in self.left[:_FEW]) + ("等" if len(self.left) > _FEW else "")
            zh = f"登记中该户还有{len(self.left)}人（{names}），文件中没有"
            yield Difference("size", zh, f"{len(self.left)} members on the register are not in the file")


def _stranger(position: int, known: Elsewhere | None) -> Difference:
    if known is None:
        return Difference("name", "登记中该户没有此人", "does not live in the household on the register", position)
    return Difference("name", known.zh, known.en, position)


def _same(item: Item, said: object, known: object) -> bool:
    if item.kind == "codes" and isinstance(said, list) and isinstance(known, list):
        return sorted(said) == sorted(known)
    if item.kind in ("mu", "m2", "km") and known is not None:
        return Decimal(str(said)) == Decimal(str(known))
    return said == known


def _item(item: Item, stored: object) -> str:
    value = item.show(stored)
    if isinstance(value, list):
        return "、".join(map(str, value))
    return _YES.get(value, str(value)) if value is not None else ""


def _shown(value: object) -> str:
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return "" if value is None else str(value)


def _differs(
    field: str, zh: str, en: str, said: str, known: str, told: Telling | None, member: int | None = None
) -> Difference:
    day = told.since if told else None
    by, by_en = (f"，{told.by}登记", f", recorded by {told.by}") if told and told.by else ("", "")
    since = f"（{day.year}年{day.month}月{day.day}日起{by}）" if day else ""
    since_en = f" (since {day}{by_en})" if day else ""
    there, there_en = (f"登记为“{known}”", f"the register says {known}") if known else ("登记中未填", "unknown there")
    return Difference(
        field,
        f"{zh}：文件为“{said}”，{there}{since}",
        f"{en}: the file says {said}, {there_en}{since_en}",
        member,
        said=said,
        known=known,
        since=day,
    )


def _digits(text: str | None) -> str:
    return "".join(filter(str.isdigit, text or ""))


@dataclass(frozen=True, slots=True)
class Beside:
    """A household of a file beside the one with its number on the register, and where its strangers are."""

    home: Home
    compared: Compared
    elsewhere: Mapping[int, Elsewhere]

    @property
    def differences(self) -> list[Difference]:
        """Everything that differs."""
        return self.compared.differences(self.elsewhere)
