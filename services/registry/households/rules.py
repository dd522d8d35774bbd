"""What must hold of a household before it is registered. Pure: no clock, no session."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.registry.codes import codes
from services.registry.households.schemas import HouseholdIn, MemberIn
from shared import identity
from shared.identity import DocumentKind

HEAD = "户主"


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a field breaks, in the words of somebody who fills in the form."""

    field: str
    rule: str
    zh: str
    en: str

    def under(self, prefix: str) -> "Fault":
        return Fault(f"{prefix}.{self.field}", self.rule, self.zh, self.en)

    def to_json(self) -> dict[str, str]:
        return {"field": self.field, "rule": self.rule, "message": self.zh, "message_en": self.en}


def household_faults(household: HouseholdIn, today: date, *, typed: bool = True) -> list[Fault]:
    """Every broken rule of a household; empty where it may be registered. Not ``typed``: it comes from a file."""
    faults = [*_code_faults("attribute", household.attribute), *_code_faults("main_cause", household.main_cause)]
    if household.identified_on > today:
        faults.append(Fault("identified_on", "not in the future", "识别日期晚于今天", "lies in the future"))
    heads = sum(member.relation == HEAD for member in household.members)
    if heads != 1:
        faults.append(
            Fault(
                "members", "one head", f"应有且仅有一名户主，现有{heads}名", f"one head is needed, there are {heads}"
            )
        )
    seen: set[str] = set()
    for position, member in enumerate(household.members):
        faults += [fault.under(f"members[{position}]") for fault in member_faults(member, today, typed=typed)]
        number = identity.normalise(member.identity_number)
        if number and number in seen:
            faults.append(
                Fault(
                    f"members[{position}].identity_number",
                    "once in a household",
                    "同户内证件号码重复",
                    "stands twice in this household",
                )
            )
        seen.add(number)
    return faults


def member_faults(member: MemberIn, today: date, *, typed: bool) -> Iterator[Fault]:
    """Broken rules of one member. A wrong number is an error when ``typed``, a doubt when imported."""
    for field in ("relation", "sex", "education", "labour"):
        value = getattr(member, field)
        if value is not None:
            yield from _code_faults(field, value)
    for value in member.health:
        yield from _code_faults("health", value)
    if "健康" in member.health and len(member.health) > 1:
        yield Fault("health", "healthy excludes illness", "“健康”不能与疾病同选", "healthy and ill at once")
    number = identity.normalise(member.identity_number)
    kind = identity.classify(number)
    if kind in (DocumentKind.RESIDENT, DocumentKind.DISABILITY):
        yield from _against_number(member, number, today)
    elif typed:
        yield Fault(
            "identity_number",
            f"GB 11643 ({kind.value})",
            "证件号码不是有效的18位公民身份号码",
            "is not a valid identity number of 18 characters",
        )
    elif member.born is None or member.sex is None:
        yield Fault(
            "identity_number",
            "number or birth date and sex",
            "证件号码无效时须填性别和出生日期",
            "says no birth date",
        )
    if (sex := codes().sex_of_relation.get(member.relation)) and sex != sex_of(member):
        yield Fault("sex", "rule 49", f"与户主关系“{member.relation}”与性别不符", "does not fit the relation")


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


def _code_faults(field: str, value: str) -> Iterator[Fault]:
    if value not in codes().texts[field]:
        yield Fault(field, "code list", f"“{value}”不在代码表内", "is not in the code list")
