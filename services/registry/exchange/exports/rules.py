"""Rows of an export: households as the lines of a layout. Pure; numbers are masked unless ``reveal`` says them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from services.registry.exchange.exports.records import Export, Household, Member
from services.registry.exchange.layouts.catalogue import headers
from services.registry.exchange.layouts.records import Layout
from services.registry.register.fields.catalogue import Item, Kind, Owner, items
from services.registry.register.households.rules import HEAD
from shared.sheets.write import Form
from shared.time import clock

Cell = Callable[[Household, Member | None], str]
# Numbers as the register masks them: field -> where it stands masked.
_MASKED = {"identity_number": "identity_masked", "phone": "phone_masked", "bank_card": "card_masked"}
_OF_HEAD = {"户主姓名": "name", "户主证件号码": "identity_number"}
_COUNTY, _TOWN = 6, 9
_FORMS: Mapping[Kind, Form] = {
    "yuan": "money",
    "mu": "number",
    "m2": "number",
    "km": "number",
    "months": "number",
    "date": "day",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """How households become rows: the layout, the names of divisions, and how to decrypt, where that is allowed."""

    layout: Layout
    names: Mapping[str, str]
    reveal: Callable[[str, Household | Member], str] | None
    year: int

    def cells(self) -> list[Cell]:
        """What each column shows of a household and a member."""
        return [self._cell(header) for header in self.layout.columns]

    def forms(self) -> dict[int, Form]:
        """Which columns hold money, numbers or days, by their position."""
        found = {at: _form(header) for at, header in enumerate(self.layout.columns)}
        return {at: form for at, form in found.items() if form}

    def of(self, household: Household, cells: list[Cell]) -> Iterator[list[str]]:
        """The rows of a household: one a member, or one."""
        members: list[Member | None] = [*household.members]
        if self.layout.a_line == "household":
            first = household.members[0] if household.members else None
            members = [next((one for one in household.members if one.relation == HEAD), first)]
        for member in members:
            yield [cell(household, member) for cell in cells]

    def _cell(self, header: str) -> Cell:
        if header in _OF_HEAD:
            return self._member(_OF_HEAD[header])
        if header in headers().household:
            return self._household(headers().household[header])
        return self._member(headers().member[header])

    def _household(self, key: str) -> Cell:
        if (item := items("household").get(key)) is not None:
            return lambda household, _: _shown(item, household.facts)
        if key in _MASKED:
            return self._number(key, "household")
        special: dict[str, Cell] = {
            "county": lambda household, _: self.names.get(household.division[:_COUNTY], ""),
            "town": lambda household, _: self.names.get(household.division[:_TOWN], ""),
            "village": lambda household, _: self.names.get(household.division, ""),
            "other_causes": lambda household, _: "、".join(household.other_causes),
            "year": lambda _household, _member: str(self.year),
        }
        return special.get(key) or (lambda household, _: str(getattr(household, key) or ""))

    def _member(self, key: str) -> Cell:
        if (item := items("member").get(key)) is not None:
            return lambda _, member: _shown(item, member.facts) if member else ""
        if key in _MASKED:
            return self._number(key, "member")
        return lambda _, member: str(getattr(member, key) or "") if member else ""

    def _number(self, key: str, owner: Owner) -> Cell:
        masked, reveal = _MASKED[key], self.reveal

        def cell(household: Household, member: Member | None) -> str:
            of = household if owner == "household" else member
            if of is None:
                return ""
            if reveal is None or not getattr(of, key):
                return str(getattr(of, masked) or "")
            return reveal(f"{owner}.{key}", of)

        return cell


def _form(header: str) -> Form | None:
    known = headers()
    owner: Owner = "household" if header in known.household else "member"
    key = known.of(owner).get(header, "")
    if key in ("size", "identified_on", "born", "joined_on"):
        return "number" if key == "size" else "day"
    item = items(owner).get(key)
    return _FORMS.get(item.kind) if item else None


def watermark(export: Export) -> str:
    """Who took what, when, for what, released by whom: it stands on every page."""
    released = f"；批准：{export.decided_by}" if export.plain else "；号码已脱敏"
    day = f"{export.requested_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    return f"导出：{export.requested_by} {day}；用途：{export.reason}{released}；编号：{export.id}"


def _shown(item: Item, facts: Mapping[str, object]) -> str:
    value = item.show(facts.get(item.stored))
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case list():
            return "、".join(value)
    return str(value)
