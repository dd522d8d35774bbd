"""Registry: the classes of pupils are corrected by the schools' lists, each as a fact from a day on."""

import asyncio
from collections import defaultdict

from demo.campaign.registering import BASE
from demo.client import Platform
from demo.generator.county import County
from demo.generator.schooling import SINCE, Pupil

_AT_ONCE = 8


async def go_up(platform: Platform, county: County) -> None:
    """Everybody whose class is another, a household after the other, some households at once."""
    of_home: dict[str, list[Pupil]] = defaultdict(list)
    for one in county.pupils:
        of_home[str(one.household.id)].append(one)
    waiting = list(of_home.items())

    async def work() -> None:
        while waiting:
            id, pupils = waiting.pop()
            home = f"{BASE}/households/{id}"
            version = (await platform.get("county_office", home))["version"]
            for one in pupils:
                path = f"{home}/members/{one.person.id}"
                version = (await platform.patch("county_office", path, _said(one), version))["version"]

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))


def _said(one: Pupil) -> dict[str, str]:
    body = {"effective_on": SINCE.isoformat(), "ground": "学籍核对", "source": "department", "school": one.school}
    said = {"education": one.education, "labour": one.labour}
    return body | {key: value for key, value in said.items() if value}
