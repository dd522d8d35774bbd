"""The code lists of the register as data: which texts a field may hold, and what they imply."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Codes:
    """The lists of one version: the texts of each list, and the sex that a relation implies."""

    version: str
    texts: dict[str, frozenset[str]]
    sex_of_relation: dict[str, str]


@cache
def codes() -> Codes:
    """The national lists."""
    data = yaml.safe_load((_FOLDER / "national.yaml").read_text())
    return Codes(
        data["version"],
        {name: frozenset(items.values()) for name, items in data["lists"].items()},
        {relation: sex for sex, relations in data["relation_sex"].items() for relation in relations},
    )


@cache
def reasons() -> dict[str, frozenset[str]]:
    """The kinds of change that each reason code fits."""
    return {
        entry["code"]: frozenset(entry["kinds"])
        for entry in yaml.safe_load((_FOLDER / "change_reasons.yaml").read_text())
    }
