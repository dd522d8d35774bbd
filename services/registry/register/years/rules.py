"""The lines of a year's statistics, and the hash that seals them. Pure."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from services.registry.register.years.queries import Sum
from services.registry.register.years.schemas import Count, Line, Span

OPENING, BRIDGE, CLOSING = "opening", "bridge", "closing"
# A county, a town, a village: digits of their codes.
WIDTHS = (6, 9, 12)


def lines(sums: Iterable[Sum], widths: Sequence[int]) -> list[Line]:
    """The opening, the spans and the closing of every division at some widths, in the order that is sealed.

    A closing is everything that was known: it is not taken from elsewhere, so opening + bridge = closing.
    """
    totals: dict[tuple[str, str, str, str, bool], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in sums:
        if one.phase == "after":
            continue
        for width in widths:
            division = one.division[:width]
            if one.phase == OPENING:
                keys = [(division, OPENING, "", "", False), (division, CLOSING, "", "", False)]
            else:
                keys = [(division, BRIDGE, one.kind, one.reason, one.late), (division, CLOSING, "", "", False)]
            # A division that came into being later opens with nothing, and says so.
            totals[division, OPENING, "", "", False]
            for key in keys:
                total = totals[key]
                total[0] += one.changes
                total[1] += one.households
                total[2] += one.persons
    return [
        Line(
            division=division,
            line=line,
            kind=kind,
            reason=reason,
            late=late,
            changes=changes,
            households=households,
            persons=persons,
        )
        for (division, line, kind, reason, late), (changes, households, persons) in sorted(
            totals.items(), key=lambda item: _order(*item[0])
        )
    ]


def _order(division: str, line: str, kind: str, reason: str, late: bool) -> tuple[str, int, str, str, bool]:  # noqa: FBT001 (a key's part)
    return division, (OPENING, BRIDGE, CLOSING).index(line), kind, reason, late


def count(all_lines: Iterable[Line], division: str, line: str) -> Count:
    """The opening or the closing of one division; nothing where it has no line."""
    found = next((one for one in all_lines if one.division == division and one.line == line), None)
    return Count(households=found.households, persons=found.persons) if found else Count(households=0, persons=0)


def spans(all_lines: Iterable[Line], division: str) -> list[Span]:
    """The bridge of one division: by lateness, kind, reason."""
    found = [Span.model_validate(one) for one in all_lines if one.division == division and one.line == BRIDGE]
    return sorted(found, key=lambda span: (span.late, span.kind, span.reason))


def sealed(county: str, year: int, closed_at: datetime, previous: str | None, frozen: Sequence[Line]) -> str:
    """The SHA-256 (hex) of a year's frozen rows, chained with the hash of the year before.

    Canonical JSON in UTF-8: keys sorted, no spaces, no escapes of Chinese; ``closed_at`` in UTC to the microsecond;
    rows as lists [division, line, kind, reason, late, changes, households, persons], sorted by division (as text),
    line (opening, bridge, closing), kind, reason, late (false first).
    """
    ordered = sorted(frozen, key=lambda one: _order(one.division, one.line, one.kind, one.reason, one.late))
    document = {
        "county": county,
        "year": year,
        "closed_at": closed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "previous": previous,
        "rows": [
            [one.division, one.line, one.kind, one.reason, one.late, one.changes, one.households, one.persons]
            for one in ordered
        ],
    }
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
