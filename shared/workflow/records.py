"""What is recorded at each kind of step, as it comes in; ``on`` is the day on which it was done."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.attachments.schemas import Evidence
from shared.http.schemas import Hash, Name, Place, Text
from shared.names.money import Yuan
from shared.notices.schemas import Photos

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_0-9]{0,39}$")]
Person = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Quantity = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,3})?$")]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")

    evidence: Evidence = []


class Application(_Record):
    """The household applies and authorises the comparison of its data 授权承诺: the signed paper."""

    kind: Literal["application"]
    on: date
    consents: bool
    paper: Hash
    statement: Text


class Visit(_Record):
    """Who went to the house together, what they found, whether it supports the case."""

    kind: Literal["visit"]
    on: date
    visitors: Annotated[list[Person], Field(min_length=1, max_length=10)]
    supports: bool
    finding: Text
    photos: Photos = []


class Discussion(_Record):
    """What the villagers' group concluded."""

    kind: Literal["discussion"]
    on: date
    participants: Annotated[int, Field(ge=1, le=10_000)]
    supports: bool
    finding: Text


class Finding(BaseModel):
    """A hit of a department's data: which ground, which source, and whether it holds after a look at the evidence."""

    model_config = ConfigDict(extra="forbid")

    ground: Word
    source: Text
    holds: bool
    evidence: Text


class Comparison(_Record):
    """What the departments' data say. No findings: nothing speaks against it."""

    kind: Literal["comparison"]
    on: date
    sources: Annotated[list[Text], Field(min_length=1, max_length=20)]
    findings: Annotated[list[Finding], Field(max_length=50)] = []


class Vote(_Record):
    """The assembly of villagers' representatives: how many there are, came and voted; were the findings read out."""

    kind: Literal["vote"]
    on: date
    representatives: Annotated[int, Field(ge=1, le=10_000)]
    present: Count
    in_favour: Count
    against: Count
    abstained: Count
    findings_read: bool
    minutes: Hash | None = None


class Inspection(_Record):
    """A team looks at something on the spot 核验、验收: who was there, what they measured, whether it is right.

    ``quantity`` is in the step's measure (亩, 头), with up to three decimals.
    """

    kind: Literal["inspection"]
    on: date
    visitors: Annotated[list[Person], Field(min_length=1, max_length=20)]
    quantity: Quantity | None = None
    measure: Annotated[str, StringConstraints(max_length=10)] | None = None
    supports: bool
    finding: Text
    photos: Photos = []


class Consent(_Record):
    """The household agrees by its signature on a paper, or declines and says why."""

    kind: Literal["consent"]
    on: date
    agrees: bool
    signed_by: Name
    reason: Text | None = None


class Posted(_Record):
    """Where the notice hangs from today."""

    kind: Literal["notice"]
    place: Place
    photos: Photos = []


class Signature(_Record):
    """The caller signs as the holder of a post."""

    kind: Literal["signatures"]
    post: Word


class Announcement(_Record):
    """Where the decision is announced."""

    kind: Literal["announcement"]
    on: date
    place: Place
    photos: Photos = []


class Payment(_Record):
    """What is released to be paid 支付; ``amount`` in fen, in yuan on the wire."""

    kind: Literal["payment"]
    on: date
    amount: Annotated[Yuan, Field(gt=0)]
    reference: Text


Dated = Application | Visit | Discussion | Comparison | Vote | Inspection | Consent | Announcement | Payment
Record = Annotated[Dated | Posted | Signature, Field(discriminator="kind")]
