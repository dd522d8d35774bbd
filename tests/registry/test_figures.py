"""Every figure can be asked for by what the catalogue says of it, and opens to its rows."""

from tests.support.api import Api
from tests.support.world import move_clock, register, villages

ASKED = {"integer": "2016", "date": "2016-03-01", "text": "220622"}


async def test_the_catalogue_says_how_each_figure_is_asked_for_and_each_opens_to_its_rows(registry: Api):
    await villages(registry)
    await move_clock(registry, "2016-03-01")
    await register(registry, 2)
    async with registry.client("auditor") as client:
        catalogue = (await client.get("/figures")).json()
        for figure in catalogue:
            asked = {name: ASKED[kind] for name, kind in figure["parameters"].items()}
            value = await client.get(f"/figures/{figure['figure']}", params=asked)
            assert value.status_code == 200, value.text
            assert {key: value.json()[key] for key in ("zh", "en", "unit")} == {
                key: figure[key] for key in ("zh", "en", "unit")
            }
            rows = await client.get(value.json()["rows"].removeprefix(registry.service.base))
            assert rows.status_code == 200, rows.text
        asked = next(figure for figure in catalogue if figure["figure"] == "helpers")["parameters"]
        without = await client.get("/figures/helpers")
    assert asked == {"on": "date"}
    assert (without.status_code, without.json()["title"]) == (422, "日期未填或填写有误")
