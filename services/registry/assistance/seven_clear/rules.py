"""From the gaps of a household to what is clear and what is not, in words. Pure."""

from collections.abc import Iterable

from services.registry.assistance.seven_clear.records import CLEARS, Checklist
from services.registry.assistance.seven_clear.schemas import Clear, Gap
from services.registry.register.fields.catalogue import Owner, items
from shared.problems import Conflict

# What a record is called where it is missing.
_RECORDS = {
    "head": ("户主", "head of the household"),
    "cause": ("明确的致贫原因", "a cause that says why"),
    "helper": ("帮扶责任人", "helper"),
    "department": ("包保单位", "department responsible for the village"),
    "measure": ("帮扶措施", "measure"),
    "project": ("扶持项目", "project"),
    "exit_year": ("脱贫年限", "year by which it leaves poverty"),
}
_KINDS: dict[str, Owner] = {"household": "household", "member": "member"}


class NotOnRegister(Conflict):
    slug = "not-on-the-register"
    zh, en = "该户已剔除，不再核对七清", "The household is no longer on the register; the seven are not asked of it"


def clears(checklist: Checklist, gaps: Iterable[str]) -> list[Clear]:
    """Each of the seven, complete or with what is missing, in the usual order."""
    open_gaps = set(gaps)
    rows = []
    for key in CLEARS:
        asked = checklist.wanted[key]
        wanted = [f"household:{item}" for item in asked.household]
        wanted += [f"member:{item}" for item in asked.member]
        wanted += [f"record:{item}" for item in asked.records]
        missing = [gap(one) for one in wanted if one in open_gaps]
        rows.append(Clear(key=key, zh=asked.zh, en=asked.en, complete=not missing, missing=missing))
    return rows


def gap(one: str) -> Gap:
    """A gap in words; ``member:`` gaps are those of at least one member."""
    kind, _, item = one.partition(":")
    if kind == "record":
        zh, en = _RECORDS.get(item, (item, item))
        return Gap(of=kind, item=item, zh=zh, en=en)
    named = next((one for one in items(_KINDS[kind]).values() if one.stored == item), None)
    if named is None:
        return Gap(of=kind, item=item, zh=item, en=item)
    return Gap(of=kind, item=named.key, zh=named.zh, en=named.en)
