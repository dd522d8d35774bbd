"""Figures of look-back rounds, counted from results and from what they did to the register."""

from services.registry.procedures.lookbacks.schemas import RESULTS
from services.registry.register.codes import reason_names
from shared.figures import Figure
from shared.figures.figure import Kind
from shared.words import Word

_OF: dict[str, Kind] = {"year": "integer", "result": "text"}
_CONFIRMED = """
    r.status = 'confirmed' AND r.result = :result
    AND r.checked_on >= make_date(:year, 1, 1) AND r.checked_on < make_date(:year + 1, 1, 1)
"""
_EFFECT = f"""
    SELECT c.id::text AS id, h.number || ' ' || c.reason AS label, c.{{adds}} AS adds
    FROM lookback_result r JOIN lookback_effect e ON e.result_id = r.id JOIN change c ON c.id = e.change_id
    JOIN household h ON h.id = c.household_id
    WHERE {_CONFIRMED} AND c.{{adds}} <> 0
"""
_WORDS = {
    **RESULTS,
    **{code: Word(code, zh, en) for code, (zh, en) in reason_names().items()},
}

FIGURES = {
    "lookback-results": Figure(
        "回头看确认结果数",
        "confirmed results of look-back rounds",
        "results",
        f"""SELECT r.id::text AS id, coalesce(h.number, r.division) || ' ' || r.result AS label, 1 AS adds
            FROM lookback_result r LEFT JOIN household h ON h.id = r.household_id WHERE {_CONFIRMED}""",
        _OF,
        _WORDS,
    ),
    "lookback-households": Figure(
        "回头看户数净变化",
        "households that look-back rounds added",
        "households",
        _EFFECT.format(adds="households"),
        _OF,
        _WORDS,
    ),
    "lookback-persons": Figure(
        "回头看人数净变化",
        "persons that look-back rounds added",
        "persons",
        _EFFECT.format(adds="persons"),
        _OF,
        _WORDS,
    ),
}
