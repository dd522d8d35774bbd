"""Figures of the seven clear: the households that have each of them complete, and all seven."""

from services.registry.assistance.seven_clear.queries import checked, complete
from services.registry.assistance.seven_clear.records import CLEARS
from shared.figures import Figure

_POLICY = """(SELECT value FROM policy WHERE key = '{key}' AND valid_from <= business_today()
    AND starts_with(current_setting('app.division'), division)
    ORDER BY length(division) DESC, valid_from DESC, version DESC LIMIT 1)"""
_CHECKED = checked(
    "true",
    checklist=_POLICY.format(key="clear.checklist"),
    unclear=f"ARRAY(SELECT jsonb_array_elements_text({_POLICY.format(key='clear.unclear_causes')}))",
)
_WORDS = {
    "population": ("人口现况清", "who lives there is clear"),
    "depth": ("贫困程度清", "how poor they are is clear"),
    "cause": ("致贫原因清", "why they are poor is clear"),
    "measures": ("帮扶措施清", "what is done for them is clear"),
    "projects": ("扶持项目清", "which projects they are in is clear"),
    "unit": ("包保单位清", "who is responsible is clear"),
    "exit_year": ("脱贫年限清", "by which year they leave poverty is clear"),
}


def _rows(condition: str) -> str:
    return f"{_CHECKED} SELECT id::text AS id, number AS label, 1 AS adds FROM checked WHERE {condition}"


FIGURES = {
    f"clear-{key.replace('_', '-')}": Figure(
        f"七清：{zh}的户数", f"households of which {en}", "households", _rows(complete(key))
    )
    for key, (zh, en) in _WORDS.items()
} | {
    "clear-all-seven": Figure(
        "七清全部完成的户数",
        "households with all seven clear",
        "households",
        _rows(" AND ".join(map(complete, CLEARS))),
    ),
    "clear-households": Figure(
        "七清应完成的户数", "households of which the seven have to be clear", "households", _rows("true")
    ),
}
