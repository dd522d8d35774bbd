"""What holds of single fields wherever they are typed in. Pure."""

from collections.abc import Sequence

from services.registry.register.fields.records import Fault
from shared.names import identity
from shared.names.identity import DocumentKind
from shared.problems import Invalid

# A disability card carries the identity number of its holder.
_CHECKED = (DocumentKind.RESIDENT, DocumentKind.DISABILITY)


# Nobody can say which number it was, so it is nobody's document of another kind either.
DIGITS_LOST = Fault(
    "identity_number",
    "no digits lost",
    "证件号码的数位已丢失，请将该列设为文本后重新填写",
    "has lost digits: set the column to text and fill the number in again",
)


class IdentityInvalid(Invalid):
    slug = "identity-invalid"
    zh = "证件号码不是有效的18位公民身份号码"
    en = "Not a valid identity number of 18 characters"


class Faulty(Invalid):
    """What breaks rules, each of them in ``errors``; ``count`` says how many."""

    slug, zh, en = "faulty", "填写内容有{count}处不符合要求", "{count} facts do not meet the rules"
    count: int


def identity_fault(number: str) -> Fault | None:
    """What is wrong with a normalised number that is typed in as an identity number; None where it is one."""
    kind = identity.classify(number)
    if kind in _CHECKED:
        return None
    if identity.has_lost_digits(number):
        return DIGITS_LOST
    return Fault("identity_number", f"GB 11643 ({kind.value})", IdentityInvalid.zh, IdentityInvalid.en)


def refusal(problem: type[Faulty], faults: Sequence[Fault], part: str | None = None) -> Faulty:
    """A problem that lists faults and names the first; ``part`` is where their form stands in the request."""
    placed = [fault.under(part) for fault in faults] if part else faults
    errors = [fault.to_json() for fault in placed]
    return problem(field=placed[0].field, rule=placed[0].rule, errors=errors, count=len(placed))
