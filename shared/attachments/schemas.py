"""What is known of an attachment: its content's hash, and what it is about."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.http.schemas import Hash

Evidence = Annotated[list[Hash], Field(max_length=20, description="attachments, by their SHA-256")]


class Attachment(BaseModel):
    """A photo or scanned paper; ``size`` in bytes. Its content is at ``/attachments/{sha256}``."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    sha256: str
    size: int
    media_type: str
    division: str
    household_id: UUID | None
    recorded_at: datetime
    recorded_by: str


class Missing(BaseModel):
    """A paper that a record cites and that nobody has sent: which kind of record, which one, since when."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    sha256: str
    kind: str
    cited_by: UUID
    cited_at: datetime
