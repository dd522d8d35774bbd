"""What speaks for two persons being one: reasons with points, which anybody can check. Pure."""

from rapidfuzz import fuzz

from services.registry.verification.duplicates.records import Known, Points, Reason
from shared.names import identity
from shared.names.grams import normalise, sound

CENTURY, OLD = "19", 15  # everybody with a number of 15 digits was born then (GB 11643-1989)


_WORDS = {
    "same_number": ("证件号码相同（15位与18位换算，或残疾证前18位）", "the same number, in its old or new form"),
    "same_phone": ("联系电话相同", "the same phone"),
    "same_name": ("姓名相同", "the same name"),
    "same_sound": ("姓名同音", "names that sound the same"),
    "similar_name": ("姓名相近", "similar names"),
    "same_birth": ("出生日期相同", "born on the same day"),
    "same_village": ("同一行政村", "in the same village"),
    "other_name": ("姓名不同", "quite different names"),
    "other_sex": ("性别不同", "of different sex"),
}


def long_form(number: str) -> str:
    """A number of 15 digits in its 18; one of 20 or 22 in its first 18; another as it is."""
    number = identity.normalise(number)
    if len(number) == OLD and number.isascii() and number.isdigit():
        body = number[:6] + CENTURY + number[6:]
        return body + identity.check_character(body)
    return number[:18] if len(number) in (20, 22) else number


def likeness(one: str, other: str) -> int:
    """How alike two names are, of 100: the better of how they are written and how they sound."""
    return int(max(fuzz.ratio(normalise(one), normalise(other)), fuzz.ratio(sound(one), sound(other))))


def reasons(one: Known, other: Known, points: Points) -> list[Reason]:
    """Everything that speaks for or against two persons being one."""
    number = long_form(one.number)
    alike = likeness(one.name, other.name)
    name = (
        "same_name"
        if normalise(one.name) == normalise(other.name)
        else "same_sound"
        if sound(one.name) == sound(other.name)
        else "similar_name"
        if alike >= points["similar_from"]
        else "other_name"
    )
    holds = {
        "same_number": bool(number) and number == long_form(other.number),
        "same_phone": bool(one.phones & other.phones),
        "same_birth": one.born == other.born,
        "same_village": one.division == other.division,
        "other_sex": one.sex != other.sex,
    }
    codes = [name, *(code for code, true in holds.items() if true)]
    return [Reason(code, points[code], *_WORDS[code]) for code in codes]


def score(found: list[Reason]) -> int:
    """The points of all reasons together, between 0 and 100."""
    return max(0, min(100, sum(reason.points for reason in found)))
