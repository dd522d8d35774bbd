"""Doubts beside a model of them: whoever takes which step when, the service and the model say the same."""

import random
from dataclasses import dataclass, field

import pytest

from tests.support.api import Api
from tests.support.doubts import a_doubt, take
from tests.support.people import VILLAGE
from tests.support.world import move_clock, register, villages

TODAY = "2016-03-01"
PEOPLE = ("wang", "li", "zhang")
# Where a doubt stands before and after each step, as the guide tells it.
WAY = {
    "assign_town": ("raised", "at_town"),
    "assign_village": ("at_town", "at_village"),
    "check": ("at_village", "checked"),
    "judge": ("checked", "judged"),
    "review": ("judged", "reviewed"),
    "refuse_review": ("judged", "at_village"),
    "close": ("reviewed", "closed"),
    "refuse_close": ("reviewed", "at_town"),
    "reopen": ("closed", "at_town"),
}
OTHERS = {"review": {"check", "judge"}, "close": {"check", "judge", "review"}}
FORGET = {"refuse_review", "refuse_close", "reopen"}


@dataclass
class Model:
    """What should be true of a doubt."""

    status: str = "raised"
    did: dict[str, str] = field(default_factory=dict)
    last: tuple[str, str] = ("raise", "county_office")
    steps: int = 1

    def take(self, step: str, who: str) -> str:
        before, after = WAY[step]
        kind = step.removeprefix("refuse_")
        if self.last == (step, who):
            return "unchanged"
        if self.status != before:
            return "doubt-not-now"
        if who in {self.did.get(other) for other in OTHERS.get(kind, ())}:
            return "separate-people"
        self.status, self.last, self.steps = after, (step, who), self.steps + 1
        if step in FORGET:
            self.did.clear()
        else:
            self.did[step] = who
        return "accepted"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, TODAY)


@pytest.mark.parametrize("seed", range(4))
async def test_whoever_takes_which_step_when_the_doubt_agrees_with_the_model(registry: Api, seed: int):
    dice = random.Random(seed)
    id, model = await a_doubt(registry, await register(registry, village=VILLAGE)), Model()
    for _ in range(30):
        likely = [step for step, (before, _) in WAY.items() if before == model.status]
        step = dice.choice(likely if dice.random() < 0.75 else list(WAY))
        who = dice.choice(PEOPLE)
        facts = {"agreed": False, "note": "退回重新办理"} if step.startswith("refuse") else {}
        facts |= {"checked_on": TODAY} if step == "check" else {}
        said = await take(registry, step.removeprefix("refuse_"), id, subject=who, **facts)
        assert said == model.take(step, who), (step, who)
        async with registry.client("auditor") as client:
            now = (await client.get(f"/doubts/{id}")).json()
        assert (now["status"], len(now["steps"]), now["version"]) == (model.status, model.steps, model.steps)
        assert (now["verdict"] is not None) == ("judge" in model.did)
