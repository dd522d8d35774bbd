"""What a rule may say: its condition in parts, over columns that are every item of the field table under its key,
typed, and what is counted of a household's members. Pure. Amounts of money are fen, areas and distances numbers in
the item's unit.
"""

import re
from functools import cache

from services.registry.register.fields.catalogue import Item, Owner, items
from services.registry.verification.checks.records import Column, Parsed, Rule

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
    status attribute main_cause other_causes has_phone has_card persons heads head_sex head_age spouse_sex spouses
    fathers mothers married
    health_known ill disabled labour_known workers school_known seniors work_known working pensionable allowance_known
    on_allowance_members five_known five_members helpers poor_helpers measures batches
"""
_OWNERS: tuple[Owner, ...] = ("household", "member")
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*')|(?P<bound>:[a-z_]+)|(?P<word>[A-Za-z_][A-Za-z_0-9]*)|(?P<number>[0-9]+)"
    r"|(?P<sign><>|<=|>=|&&|[=<>(),+*-]))"
)
# What a condition is made of beside columns and thresholds. A bare number is a threshold in the wrong place.
_WORDS = {"AND", "OR", "NOT", "IS", "NULL", "BETWEEN", "ANY", "ALL", "cardinality"}


class BadRule(ValueError):
    """A rule in the files that cannot be evaluated; the service does not start with it."""


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


def parse(rule: Rule) -> Parsed:
    """The condition's parts. Raises BadRule for what is no column, threshold, word or sign that a rule may use."""
    tokens, at, text = [], 0, rule.when.strip()
    while at < len(text):
        if (found := _TOKEN.match(text, at)) is None:
            raise BadRule(f"{rule.id}: {text[at:]!r}")
        kind, value = str(found.lastgroup), found[found.lastgroup or 0]
        if kind == "word" and value in columns():
            kind = "column"
        _check(rule, kind, value)
        tokens.append((kind, value))
        at = found.end()
    named = [value for kind, value in tokens if kind == "column"]
    bound = [value[1:] for kind, value in tokens if kind == "bound"]
    return Parsed(tuple(tokens), tuple(dict.fromkeys(named)), tuple(dict.fromkeys(bound)))


def _check(rule: Rule, kind: str, value: str) -> None:
    if kind == "word" and value not in _WORDS:
        raise BadRule(f"{rule.id}: {value} is no column")
    if kind == "number" and value not in ("0", "1"):
        raise BadRule(f"{rule.id}: {value} belongs into a policy")
    if kind == "column" and rule.scope == "household" and columns()[value].of_person:
        raise BadRule(f"{rule.id}: a household has no {value}")
