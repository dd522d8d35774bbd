"""Contracts: what is committed is what is published, and within a version nothing is taken away."""

from pathlib import Path

import pytest
from pydantic import create_model

from shared.events.contracts import EventData
from tests.conftest import SERVICES
from tuopin import contracts

FOLDER = Path(__file__).parents[2] / "docs" / "contracts"
_SECRETS = ("identity_number", "phone", "bank_card", "health", "name_of_person")


def test_the_committed_schemas_and_the_asyncapi_document_are_current():
    assert contracts.check(SERVICES, FOLDER) == []


@pytest.mark.parametrize(
    ("change", "breaks"),
    [({"more": (str | None, None)}, False), ({"more": (str, ...)}, True), ({"kept": (int, ...)}, True)],
)
def test_only_an_optional_addition_keeps_a_version(change, breaks):
    golden = create_model("State", __base__=EventData, kept=(str, ...)).model_json_schema()
    fields = {"kept": (str, ...)} | change
    assert (
        bool(contracts.compare(golden, create_model("State", __base__=EventData, **fields).model_json_schema()))
        == breaks
    )


def test_events_carry_no_identity_number_phone_card_or_health():
    for service in SERVICES:
        for noun in (*service.publishes, *service.accepts):
            assert not any(f'"{secret}"' in str(noun.schema()).replace("'", '"') for secret in _SECRETS), noun.topic


def test_every_reaction_hears_a_noun_that_some_service_publishes_or_that_comes_from_outside():
    nouns = [noun for service in SERVICES for noun in (*service.publishes, *service.accepts)]
    published = {noun.topic for noun in nouns}
    types = {type for noun in nouns for type in noun.types()}
    for service in SERVICES:
        for subscription in service.handles:
            assert subscription.topic in published
            assert subscription.type is None or subscription.type in types
