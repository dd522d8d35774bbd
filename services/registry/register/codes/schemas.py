"""Code lists as they come in and go out."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.names.divisions import Division

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


class NationalCode(BaseModel):
    """One text of a national list, in the version that brought it."""

    list: str
    version: str
    valid_from: date
    valid_to: date | None
    code: str
    text: str


class ItemRow(BaseModel):
    """One item of the national field table: its key here, its national code, unit and form."""

    model_config = ConfigDict(from_attributes=True)

    owner: str
    key: str
    code: str
    zh: str
    en: str
    kind: str
    list: str | None
    since: int | None
    until: int | None


class LocalCodeIn(BaseModel):
    """A text that a division adds to a list, from a day on."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    division: Division
    list: Annotated[str, StringConstraints(max_length=40)]
    code: Word
    text: Word
    version: Word
    valid_from: date
    valid_to: date | None = None


class LocalCode(LocalCodeIn):
    recorded_at: datetime
    recorded_by: str


class LocalCodes(BaseModel):
    items: Annotated[list[LocalCodeIn], Field(min_length=1, max_length=200)]
