"""A plan for each household: measures against its cause, a countdown to its year of exit. Invented, but fitting."""

from datetime import date
from random import Random
from typing import Any

from demo.generator.households import Household
from demo.generator.numbers import Numbers

# What the county does about each cause, of which of the six batches.
_AGAINST = {
    "因病": ("medical", "签约家庭医生，办理慢性病救助"),
    "因残": ("medical", "残疾评定与康复救助"),
    "缺劳动力": ("social_security", "纳入低保兜底"),
    "缺资金": ("production", "小额信贷发展养殖"),
    "缺技术": ("production", "食用菌种植培训"),
    "自身发展动力不足": ("production", "帮扶责任人带动参加合作社"),
    "因学": ("education", "落实助学金和雨露计划"),
    "因灾": ("village_works", "修复水毁房前路和院墙"),
}
_BESIDE = {
    "因病": "social_security",
    "因残": "social_security",
    "缺劳动力": "production",
    "因学": "production",
    "因灾": "production",
}
_WORDS = {"social_security": "落实低保和养老保险", "production": "参加产业项目分红"}


class Planning:
    """Makes the plans of a seed, and remembers which milestones will be reached on time."""

    def __init__(self, seed: int, leaving: set[str]) -> None:
        self._random = Random(f"{seed} plans")
        self._numbers = Numbers(self._random)
        self._leaving = leaving
        self.reached: list[dict[str, Any]] = []

    def plan(self, home: Household, day: date) -> dict[str, Any]:
        """The plan of a household, made on a day."""
        leaves = str(home.id) in self._leaving
        exit_year = 2016 if leaves and day.year == 2016 else day.year + self._random.choice((1, 1, 2))
        first = self._measure(home.cause, *_AGAINST[home.cause], day, exit_year, leaves=leaves)
        measures = [first]
        if beside := _BESIDE.get(home.cause):
            measures.append(self._measure(home.cause, beside, _WORDS[beside], day, exit_year, leaves=leaves))
        about = {"id": str(self._numbers.id(day)), "household_id": str(home.id)}
        return about | {"exit_year": exit_year, "measures": measures}

    def _measure(
        self, cause: str, batch: str, what: str, day: date, exit_year: int, *, leaves: bool
    ) -> dict[str, Any]:
        points = [("落实措施", date(day.year, 9, 30)), ("见到成效", date(exit_year, 10, 31))]
        milestones = [
            {"id": str(self._numbers.id(day)), "title": title, "due_on": due.isoformat()} for title, due in points
        ]
        if day.year == 2016:
            done = milestones if leaves else milestones[: int(self._random.random() < 0.9)]
            self.reached += [{"id": one["id"], "done_on": "2016-09-20", "note": "入户核实"} for one in done]
        about = {"id": str(self._numbers.id(day)), "batch": batch, "cause": cause, "what": what}
        return about | {"owner": "帮扶责任人", "milestones": milestones}
