"""The columns over which audit rules are written: every item of the field table under its key, typed, and what is
counted of a household's members. Amounts of money are fen, areas and distances numbers in the item's unit.
"""

from dataclasses import dataclass
from functools import cache

from services.registry.register.fields.catalogue import Item, Owner, items

_TYPES = {
    "yuan": "bigint",
    "mu": "numeric",
    "m2": "numeric",
    "km": "numeric",
    "months": "integer",
    "yes": "boolean",
    "date": "date",
    "codes": "text[]",
}
# Beside the items: what stands in columns of its own, is told by a number's length and digits, or was compared.
_PERSON = """
    relation sex born age document digits number_sex number_born card_kind card_grade same_in_county
    same_in_city same_in_province
"""
_HOUSEHOLD = """
    status attribute main_cause other_causes has_phone has_card persons heads head_sex spouse_sex
    health_known ill disabled labour_known workers school_known seniors work_known working pensionable allowance_known
    on_allowance_members five_known five_members helpers poor_helpers measures batches
"""
_OWNERS: tuple[Owner, ...] = ("household", "member")


@dataclass(frozen=True, slots=True)
class Column:
    """A column, the name under which a finding shows it as evidence, and how: measures as text, to stay exact."""

    name: str
    shown: str
    of_person: bool
    measured: bool = False


@cache
def columns() -> dict[str, Column]:
    """Every column that a rule may name."""
    known = [Column(name, name, of_person=True) for name in _PERSON.split()]
    known += [Column(name, name, of_person=False) for name in _HOUSEHOLD.split()]
    for owner in _OWNERS:
        known += [
            Column(item.key, item.stored, owner == "member", item.kind in ("mu", "m2", "km"))
            for item in items(owner).values()
        ]
    return {column.name: column for column in known}


def record(owner: Owner) -> str:
    """The items as a typed record in SQL, for ``jsonb_to_record``: each under the name that it is stored by."""
    return ", ".join(f"{item.stored} {_type(item)}" for item in items(owner).values())


def listed(owner: Owner) -> str:
    """The items of that record, under their keys."""
    return ", ".join(f"f.{item.stored} AS {item.key}" for item in items(owner).values())


def _type(item: Item) -> str:
    return _TYPES.get(item.kind, "text")
