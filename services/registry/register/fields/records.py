"""What is wrong with a form, as it passes from whoever checks it to whoever answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.problems import WrongField, both

# The words that each code list holds.
Lists = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a field breaks, in the words of somebody who fills in the form.

    ``word`` is a list and a text that it does not hold, where that is all that is wrong.
    """

    field: str
    rule: str
    zh: str
    en: str
    word: tuple[str, str] | None = None

    def under(self, prefix: str) -> "Fault":
        """The fault where its form is a part of another."""
        return replace(self, field=f"{prefix}.{self.field}")

    def allowed_by(self, local: Lists) -> bool:
        """Whether it is only a word that no national list holds, and one of the county's own does."""
        return self.word is not None and self.word[1] in local.get(self.word[0], ())

    def to_json(self) -> WrongField:
        return {"field": self.field, "rule": self.rule, "message": both(self.zh, self.en)}
