"""The registry's figures, each counted from rows that can be opened."""

from services.registry.register.codes import reason_names
from shared.figures import Figure
from shared.figures.figure import Kind
from shared.words import Word

_YEAR: dict[str, Kind] = {"year": "integer"}
_REASON: dict[str, Kind] = {"year": "integer", "reason": "text"}
# Whoever looks from within the county counts with the county's closes; facts keep the division they happened in.
# What was recorded before a close was known then; of an open year everything is known.
_CLOSE = """coalesce({closes}, 'infinity')"""
_CLOSED = """(SELECT closed_at FROM year_close
    WHERE year = {year} AND division = left(current_setting('app.division'), 6))"""
_THIS = _CLOSE.format(closes=_CLOSED.format(year=":year"))
_BEFORE = _CLOSE.format(closes=f"{_CLOSED.format(year=':year - 1')}, {_CLOSED.format(year=':year')}")
_OPENING = f"""
    SELECT s.household_id::text AS id, coalesce(h.number, 'moved_away') AS label, {{adds}} AS adds
    FROM household_state s LEFT JOIN household h ON h.id = s.household_id
    WHERE s.status = 'registered' AND s.effective_from < make_date(:year, 1, 1)
      AND (s.effective_to IS NULL OR s.effective_to >= make_date(:year, 1, 1))
      AND s.recorded_at < {_BEFORE} AND (s.superseded_at IS NULL OR s.superseded_at >= {_BEFORE})
"""
_CHANGES = f"""
    SELECT c.id::text AS id, coalesce(h.number, 'moved_away') || ' ' || c.reason AS label, c.{{adds}} AS adds
    FROM change c LEFT JOIN household h ON h.id = c.household_id
    WHERE c.recorded_at < {_THIS} AND c.effective_on < make_date(:year + 1, 1, 1)
      AND (c.effective_on >= make_date(:year, 1, 1) OR c.recorded_at >= {_BEFORE})
      AND {{which}}
"""


_WORDS = {code: Word(code, zh, en) for code, (zh, en) in reason_names().items()}
_WORDS["moved_away"] = Word("moved_away", "已迁出", "moved away")


def _changes(adds: str, which: str) -> str:
    return _CHANGES.format(adds=adds, which=which)


FIGURES = {
    "villages": Figure(
        "行政村数",
        "administrative villages on a day",
        "villages",
        """SELECT code AS id, name AS label, 1 AS adds FROM division
           WHERE code ~ '^\\d{9}[23]\\d\\d$' AND held_on(valid_from, valid_to, :on)
             AND starts_with(code, current_setting('app.division'))""",
        {"on": "date"},
    ),
    "opening-households": Figure(
        "年初在册户数",
        "households on the register at the opening",
        "households",
        _OPENING.format(adds=1),
        _YEAR,
        _WORDS,
    ),
    "opening-persons": Figure(
        "年初在册人数",
        "persons on the register at the opening",
        "persons",
        _OPENING.format(adds="s.size"),
        _YEAR,
        _WORDS,
    ),
    "change-households": Figure(
        "当年户数净变化",
        "net change of households",
        "households",
        _changes("households", "c.households <> 0"),
        _YEAR,
        _WORDS,
    ),
    "change-persons": Figure(
        "当年人数净变化", "net change of persons", "persons", _changes("persons", "c.persons <> 0"), _YEAR, _WORDS
    ),
    "exits-households": Figure(
        "当年脱贫户数",
        "households that left poverty",
        "households",
        _changes("households * -1", "c.kind = 'exit'"),
        _YEAR,
        _WORDS,
    ),
    "exits-persons": Figure(
        "当年脱贫人数",
        "persons who left poverty",
        "persons",
        _changes("persons * -1", "c.kind = 'exit'"),
        _YEAR,
        _WORDS,
    ),
    "adjustment-households": Figure(
        "动态调整户数净变化（不含脱贫）",
        "net dynamic adjustment of households (all but exits)",
        "households",
        _changes("households", "c.kind <> 'exit' AND c.households <> 0"),
        _YEAR,
        _WORDS,
    ),
    "adjustment-persons": Figure(
        "动态调整人数净变化（不含脱贫）",
        "net dynamic adjustment of persons (all but exits)",
        "persons",
        _changes("persons", "c.kind <> 'exit' AND c.persons <> 0"),
        _YEAR,
        _WORDS,
    ),
    "reason-households": Figure(
        "当年按原因户数变化",
        "households that changes of one reason added",
        "households",
        _changes("households", "c.reason = :reason AND c.households <> 0"),
        _REASON,
        _WORDS,
    ),
    "reason-persons": Figure(
        "当年按原因人数变化",
        "persons that changes of one reason added",
        "persons",
        _changes("persons", "c.reason = :reason AND c.persons <> 0"),
        _REASON,
        _WORDS,
    ),
    "decided-directly": Figure(
        "未经识别、回头看程序，由两人直接决定进出登记库的户次",
        "households entered, removed, restored or returned by two people directly, by no procedure",
        "changes",
        """SELECT c.id::text AS id, coalesce(h.number, 'moved_away') || ' ' || c.reason || ' ' || c.recorded_by AS label,
                  c.times AS adds
           FROM change c LEFT JOIN household h ON h.id = c.household_id
           WHERE c.through IN ('direct', 'doubts', 'first_load') AND c.times <> 0
             AND c.kind IN ('registration', 'new_entry', 'removal', 'restoration', 'return')
             AND c.effective_on >= make_date(:year, 1, 1) AND c.effective_on < make_date(:year + 1, 1, 1)""",
        _YEAR,
        _WORDS,
    ),
}
