"""A line of a household's ledger 台账 as it is written."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Line:
    """Something that a service did for a household; the id is that of the payment, participation or decision.

    ``amount`` in fen; ``document`` and ``document_id`` are what the line refers to.
    """

    id: UUID
    household_id: UUID
    service: str
    kind: str
    on_day: date
    zh: str
    en: str
    amount: int | None
    document: str
    document_id: UUID

    def to_json(self) -> dict[str, object]:
        return {
            "id": str(self.id),
            "household_id": str(self.household_id),
            "service": self.service,
            "kind": self.kind,
            "on_day": self.on_day.isoformat(),
            "zh": self.zh,
            "en": self.en,
            "amount": self.amount,
            "reference": {"document": self.document, "id": str(self.document_id)},
        }
