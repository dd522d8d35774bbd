"""What the guides tell people to call exists, and takes the parameters that they name."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from services.registry.verification.checks.catalogue import in_force, rules
from tests.support.api import Api

GUIDES = sorted((Path(__file__).parents[2] / "docs" / "guides").glob("*.md"))
CALL = re.compile(r"`(GET|POST|PATCH) (/[^\s`?]*)(?:\?([^`]*))?[^`]*`")
PROCESS = {"/healthz", "/readyz", "/metrics"}


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


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
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


def test_the_guide_counts_the_rules_of_each_data_year():
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "data-checks.md").read_text()
    said = (
        "There are 159 rules, of which 111 are in force for the data years 2015 to 2017, 113 for 2018 to 2020 and 138"
    )
    assert said in guide
    counted = {2015: 111, 2016: 111, 2017: 111, 2018: 113, 2019: 113, 2020: 113, 2021: 138, 2022: 138, 2023: 138}
    assert {year: len(in_force(year)) for year in counted} == counted
    assert len(rules()) == 159
