"""Notices 公示 and objections 异议 as they come in and go out."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.http.schemas import Hash, Name, Place, Text
from shared.names.divisions import Village

Column = Annotated[str, StringConstraints(max_length=40)]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
Photos = Annotated[list[Hash], Field(max_length=20)]


class NoticeIn(BaseModel):
    """A notice to be posted today: of a kind, in a village, at a place; its columns where others are wanted.

    ``photos`` are attachments that show where it hangs. How long it hangs is the policy's.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    kind: Kind
    division: Village
    place: Place
    columns: Annotated[list[Column], Field(max_length=12)] | None = None
    photos: Photos = []


class PhotosIn(BaseModel):
    """Photos of a notice that hangs already."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    photos: Annotated[list[Hash], Field(min_length=1, max_length=20)]


class ObjectionIn(BaseModel):
    """What somebody says against a notice, or against one case on it. No ``objector``: it is anonymous."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    notice_id: UUID
    case_id: UUID | None = None
    content: Text
    objector: Name | None = None


class AnswerIn(BaseModel):
    """Whether an objection is upheld, and what its author is told."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    upheld: bool
    answer: Text


class NoticeRow(BaseModel):
    """A notice in a list. ``ends_on`` is the first day on which it no longer has to hang."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    kind: str
    title: str
    title_en: str
    starts_on: date
    ends_on: date
    status: Literal["posted", "ended"]
    place: str
    version: int


class RowCorrected(BaseModel):
    """That a row of a notice names another head since a day, in words."""

    row: int
    day: date
    zh: str
    en: str


class Notice(NoticeRow):
    """A notice as it hangs: opening sentence, columns and rows, ``corrections`` of heads since it was posted, who
    issues it, whom to call, and how many objections wait for an answer.
    """

    opening: str
    opening_en: str
    issuer: str
    columns: list[str]
    titles: list[str]
    rows: list[list[str]]
    corrections: list[RowCorrected]
    case_ids: list[UUID]
    photos: list[str]
    line: str
    open_objections: int


class Objection(BaseModel):
    """An objection with its answer, or until when it is to be answered."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    notice_id: UUID
    case_id: UUID | None
    division: str
    content: str
    objector: str | None
    raised_on: date
    due_on: date
    upheld: bool | None
    answer: str | None
    answered_on: date | None
