"""Items of the responsibility list that are to be done, by the level of the division that they are for."""

from shared.tasks.records import TaskSource
from shared.tasks.waits import Wait

DUTIES = Wait(
    kind="duty",
    rows="duty r",
    waits="r.done_on IS NULL",
    due="r.due_on",
    offices={
        "village": frozenset({"village_cadre", "town_cadre", "county_office"}),
        "town": frozenset({"town_cadre", "county_office"}),
        "county": frozenset({"county_office"}),
    },
    at="CASE length(r.division) WHEN 12 THEN 'village' WHEN 9 THEN 'town' ELSE 'county' END",
    zh="责任清单事项待完成",
    en="an item of the responsibility list is to be done",
    path="/duties/{id}",
)
TASKS: dict[str, TaskSource] = {DUTIES.kind: DUTIES}
