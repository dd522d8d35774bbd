"""What the guides tell people to call exists; what they show happens as it is shown; both languages show the same."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from services.registry.verification.checks.catalogue import in_force, rules
from shared.database.embedded import EmbeddedServer
from tests.support.api import Api
from tests.support.guide import BLOCK, Call, Names, calls, differences
from tests.support.papers import JPEG, PDF, PNG, jpeg, pdf, png
from tests.support.together import Together, together
from tuopin.services import all_services

FOLDER = Path(__file__).parents[2] / "docs" / "guides"
CHINESE, ENGLISH = sorted(FOLDER.glob("*.md")), sorted((FOLDER / "en").glob("*.md"))
CALL = re.compile(r"`(GET|POST|PATCH) (/[^\s`?]*)(?:\?([^`]*))?[^`]*`")
PROCESS = {"/healthz", "/readyz", "/metrics"}
SAMPLE = FOLDER / "sample.md"
DIVISIONS = {"城关镇": "220622100", "南阳村": "220622100201", "新岗村": "220622100202", "本县": "220622"}
SHOWN = {guide.stem: list(calls(guide.read_text())) for guide in CHINESE}
# Names of formats, programs and codes of the national system, and what somebody types to find a name.
LATIN = {
    *("JPEG", "PNG", "PDF", "ZIP", "Excel", "UTF", "GB", "SHA", "JSON", "UTC", "null", "English", "README", "xm"),
    *("AAD", "NY", "curl", "jq", "sha", "sum", "sample.csv", "year", "seal.sh"),
}
PAPERS = {".png": (PNG, png), ".jpg": (JPEG, jpeg), ".pdf": (PDF, pdf)}


@pytest.fixture(scope="module")
def known(lived: dict[str, Api]) -> list[tuple[re.Pattern[str], set[str]]]:
    """Every call of every service as a pattern, with the query parameters that it takes."""
    calls: dict[str, set[str]] = defaultdict(set)
    for api in lived.values():
        for path, methods in api.app.openapi()["paths"].items():
            for method, operation in methods.items():
                asked = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
                # A figure takes what the catalogue says.
                figures = {name for figure in api.service.figures.values() for name in figure.parameters}
                calls[f"{method.upper()} {path}"] |= asked | (figures if "{name}" in path else set())
    return [(re.compile(re.sub(r"\{[^}]*\}", r"[^/]+", call)), asked) for call, asked in calls.items()]


@pytest.mark.parametrize("guide", CHINESE + ENGLISH, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_guide_names_calls_that_exist_and_parameters_that_they_take(
    known: list[tuple[re.Pattern[str], set[str]]], guide: Path
):
    missing = []
    for method, path, query in CALL.findall(guide.read_text()):
        named = {part.partition("=")[0] for part in re.split(r"[&…]", query) if "=" in part}
        call = f"{method} {path.rstrip('…')}"
        if path not in PROCESS and not any(of.fullmatch(call) and named <= asked for of, asked in known):
            missing.append(f"{call}?{query}")
    assert missing == []


@pytest.mark.parametrize("guide", CHINESE, ids=lambda path: path.stem)
async def test_what_a_guide_shows_happens_as_it_is_shown(
    server: EmbeddedServer, keys: Path, run_folder: Path, guide: Path
):
    shown, before = SHOWN[guide.stem], [] if guide == SAMPLE else SHOWN[SAMPLE.stem]
    asked = {"registry", *(call.service for call in shown)}
    services = [service for service in all_services() if service.name in asked]
    names, wrong = Names(DIVISIONS), []
    async with together(services, server, keys, run_folder) as platform:
        for call in before + shown:
            wrong += [f"{guide.name}:{call.line} {one}" for one in await made(platform, names, call)]
            assert wrong == []


async def made(platform: Together, names: Names, call: Call) -> list[str]:
    """Make a call on its day, and let what follows from it take effect; answers where the answer differs."""
    await platform.go_to(call.day)
    division = DIVISIONS[call.place or "本县"]
    headers = {name: names.filled(value) for name, value in call.headers}
    content = b""
    if call.body.startswith("< "):
        file = FOLDER / call.body[2:]
        kind, paper = PAPERS.get(file.suffix, ("text/csv", file.read_bytes))
        content, headers = paper(), {"Content-Type": kind} | headers
    elif call.body:
        text = names.filled(call.body, new=True)
        content, headers = text.encode(), {"Content-Type": "application/json"} | headers
    who = names.of(f"{call.who}的账号") or call.who
    async with platform.apis[call.service].client(call.role, division=division, subject=who) as client:
        address = f"http://tuopin.test{names.filled(call.path)}"
        answer = await client.request(call.method, address, content=content, headers=headers)
    found = differences(names, call, answer.status_code, answer.headers, answer.content)
    await platform.settle()
    return found


def test_an_answer_that_is_not_as_shown_is_noticed():
    names = Names({"王家": "7"})
    got = {"id": "7", "size": 2, "items": [{"name": "王强"}, {"name": "刘梅"}], "note": None}
    for shown in (
        {"id": "⟨王家⟩", "size": 2, "items": [{"name": "⟨谁⟩"}, {"name": "刘…"}]},
        {"items": [{"name": "刘梅"}, "…"], "note": None},
    ):
        assert list(names.differences(shown, got)) == []
    assert names.of("谁") == "王强"
    for shown in (
        {"id": "⟨谁⟩"},
        {"size": "2"},
        {"size": True},
        {"items": []},
        {"items": [{"name": "刘梅"}, {"name": "王强"}, "…"]},
        {"note": "…"},
        {"other": "…"},
    ):
        assert list(names.differences(shown, got)), shown


@pytest.mark.parametrize("guide", CHINESE, ids=lambda path: path.stem)
def test_both_languages_show_the_same_calls(guide: Path):
    shown = BLOCK.findall(guide.read_text())
    assert shown
    assert shown == BLOCK.findall((FOLDER / "en" / guide.name).read_text())


def test_every_guide_is_there_in_both_languages():
    assert [guide.name for guide in CHINESE] == [guide.name for guide in ENGLISH]


@pytest.mark.parametrize("guide", CHINESE + ENGLISH, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_a_guide_links_to_is_there(guide: Path):
    links = re.findall(r"\]\(([^):#]+)\)", guide.read_text())
    assert [link for link in links if not (guide.parent / link).is_file()] == []


@pytest.mark.parametrize("guide", CHINESE, ids=lambda path: path.stem)
def test_a_chinese_guide_says_everything_in_chinese_but_calls_and_names_of_formats(guide: Path):
    said = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", guide.read_text(), flags=re.DOTALL)
    assert set(re.findall(r"[A-Za-z][A-Za-z.]+", said)) - LATIN == set()


def test_the_guides_count_the_rules_of_each_data_year():
    english = (FOLDER / "en" / "data-checks.md").read_text()
    assert (
        "There are 159 rules, of which 111 are in force for the data years 2015 to 2017, 113 for 2018 to 2020 and 138"
    ) in english
    chinese = (FOLDER / "data-checks.md").read_text()
    assert "共159条规则；按数据年度，2015至2017年用111条，2018至2020年用113条，2021年起用138条" in chinese
    counted = {2015: 111, 2016: 111, 2017: 111, 2018: 113, 2019: 113, 2020: 113, 2021: 138, 2022: 138, 2023: 138}
    assert {year: len(in_force(year)) for year in counted} == counted
    assert len(rules()) == 159
