"""What can be looked for, and what is found. Terms come in the body: addresses end up in logs."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.registry.register.households.schemas import Filters, Number
from shared.http.schemas import PersonName, Phone


class SearchIn(Filters):
    """A person by ``name`` (any part, pinyin, initials), number or phone; a household by number or by what it is.

    All that is given has to hold. ``cursor`` is the ``next`` of the page before.
    """

    name: PersonName | None = None
    identity_number: Annotated[str, StringConstraints(min_length=15, max_length=40)] | None = None
    phone: Phone | None = None
    number: Number | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=500)] | None = None

    def given(self) -> frozenset[str]:
        return super().given() - {"name", "identity_number", "phone", "limit", "cursor"}


class Hit(BaseModel):
    """A person who was found, with the household in which they live; of a search for households its head."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID
    name: str
    relation: str
    sex: str
    born: date
    identity_number: str | None
    household_id: UUID
    division: str
    number: str
    status: str
    size: int
    attribute: str
    main_cause: str


class Hits(BaseModel):
    """A page of what was found, by division; ``next`` is the cursor of the following page, absent on the last.

    A page may be short, even empty, and others follow: many names were read of which few fit.
    """

    items: list[Hit]
    next: str | None = None
