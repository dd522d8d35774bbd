"""The access matrix: who (role) may do what (endpoint) for which purpose, as one data file per service.

A file maps ``METHOD /path`` to a row; whatever has no row is denied, and an app with an endpoint without a row,
or a row without an endpoint, does not start. Which *divisions* a caller reaches is not in the file: the database
confines every transaction to the caller's prefix.
"""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from shared.names.words import LEVELS as LEVEL_WORDS
from shared.names.words import PURPOSES
from shared.problems import Forbidden
from shared.security.auth import ROLES, Caller
from shared.words import Word

COMMON = Path(__file__).parent / "access.yaml"


class RoleForbidden(Forbidden):
    slug = "role-forbidden"
    zh = "您的岗位不能办理此事"
    en = "Your role may not do this"


class PurposeForbidden(Forbidden):
    slug = "purpose-forbidden"
    zh = "您未获授权办理“{purpose}”"
    en = "You are not authorised for the purpose '{purpose}'"
    purpose: Word


class DivisionForbidden(Forbidden):
    slug = "division-forbidden"
    zh = "该记录不在您的辖区内"
    en = "This lies outside your division"


class LevelForbidden(Forbidden):
    slug = "level-forbidden"
    zh = "此事须由{level}及以上办理"
    en = "This is decided at {level} or above"
    level: Word


LEVELS = {"village": 12, "town": 9, "county": 6}


class Row(BaseModel):
    """Who may call one endpoint. ``level`` is the lowest level that may; ``max_bytes`` lifts the size limit.

    ``kept: false``: the answer shows persons or their numbers, so it is not kept under its Idempotency-Key; the same
    request again is answered anew, with a line of its own in the audit record.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: frozenset[str]
    purpose: str
    level: Annotated[str, Field(pattern="^(village|town|county)$")] = "village"
    max_bytes: int | None = None
    kept: bool = True

    def check(self, caller: Caller) -> None:
        """Raises a Forbidden (403) that says which of role, purpose or level is missing."""
        if not self.roles & caller.roles:
            raise RoleForbidden(rule=self.purpose)
        if caller.purposes is not None and self.purpose not in caller.purposes:
            raise PurposeForbidden(purpose=PURPOSES[self.purpose])
        if len(caller.division) > LEVELS[self.level]:
            raise LevelForbidden(level=LEVEL_WORDS[self.level])


Matrix = dict[str, Row]
_PUBLIC = "public"


def public(path: Path) -> set[str]:
    """The endpoints in a file that anybody may read without a token."""
    listed = (yaml.safe_load(path.read_text()) or {}).get(_PUBLIC, [])
    return set(TypeAdapter(list[str]).validate_python(listed))


def load(path: Path) -> Matrix:
    """The matrix in a file. Raises ValueError for a role that does not exist."""
    given = yaml.safe_load(path.read_text()) or {}
    rows = TypeAdapter(dict[str, Row]).validate_python({name: row for name, row in given.items() if name != _PUBLIC})
    for endpoint, row in rows.items():
        if unknown := row.roles - set(ROLES):
            raise ValueError(f"{path.name}: {endpoint}: unknown roles {sorted(unknown)}")
    return rows
