"""Figures of screening: doubts that records of departments have raised, and what became of them."""

from services.registry.register.codes import reason_names
from services.registry.verification.doubts.catalogue import STATUSES, verdicts
from shared.figures import Figure
from shared.figures.figure import Kind
from shared.words import Word

_YEAR: dict[str, Kind] = {"year": "integer"}
_IN_YEAR = """
    d.feed IS NOT NULL AND d.raised_on >= make_date(:year, 1, 1) AND d.raised_on < make_date(:year + 1, 1, 1)
"""
_DOUBTS = f"""
    SELECT d.id::text AS id, coalesce(h.number, d.division) || ' ' || coalesce(d.verdict, d.status) AS label,
        1 AS adds
    FROM doubt d LEFT JOIN household h ON h.id = d.household_id WHERE {_IN_YEAR} AND {{which}}
"""
_CLEARED = f"""
    SELECT c.id::text AS id, h.number || ' ' || c.reason AS label, -c.households AS adds
    FROM doubt d JOIN change c ON c.id = d.change_id JOIN household h ON h.id = c.household_id WHERE {_IN_YEAR}
"""
_WORDS = {
    **STATUSES,
    **{code: Word(code, one.zh, one.en) for code, one in verdicts().items()},
    **{code: Word(code, zh, en) for code, (zh, en) in reason_names().items()},
}


def _doubts(zh: str, en: str, which: str, **more: Kind) -> Figure:
    return Figure(zh, en, "doubts", _DOUBTS.format(which=which), _YEAR | more, _WORDS)


FIGURES = {
    "doubts-raised": _doubts("数据比对疑点数", "doubts raised by records of departments", "true"),
    "doubts-upheld": _doubts("疑点属实数", "doubts that were true", "d.status = 'closed' AND d.upheld"),
    "doubts-denied": _doubts("疑点不属实数", "doubts that were not true", "d.status = 'closed' AND NOT d.upheld"),
    "doubts-upheld-by-rule": _doubts(
        "某规则疑点属实数",
        "doubts of a rule that were true",
        "d.status = 'closed' AND d.upheld AND d.rule = :rule",
        rule="text",
    ),
    "doubts-denied-by-rule": _doubts(
        "某规则疑点不属实数",
        "doubts of a rule that were not true",
        "d.status = 'closed' AND NOT d.upheld AND d.rule = :rule",
        rule="text",
    ),
    "doubts-by-verdict": _doubts(
        "某结论疑点数", "doubts with a verdict", "d.status = 'closed' AND d.verdict = :verdict", verdict="text"
    ),
    "doubts-cleared-out": Figure(
        "疑点核实后剔除户数", "households that doubts have cleared out", "households", _CLEARED, _YEAR, _WORDS
    ),
}
