"""Whatever a client sends, every endpoint answers with a result or a problem document: requests made up from the
OpenAPI documents, valid and invalid, by the roles that may send them.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from shared.problems import MEDIA_TYPE
from tests.access.test_matrix import MATRICES, ROWS
from tests.support.api import Api
from tests.support.wording import foreign

EXAMPLES = 12


def made_up(api: Api, endpoint: str) -> list[dict[str, Any]]:
    """Requests to an endpoint after its schema; half of them break it."""
    method, path = endpoint.split(" ", 1)
    made: list[dict[str, Any]] = []
    schema = schemathesis.openapi.from_dict(api.app.openapi())
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @given(case=schema[path][method].as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def collect(case: schemathesis.Case) -> None:
            sent = case.as_transport_kwargs(base_url="http://tuopin.test" + api.service.base)
            kept = ("method", "url", "params", "json", "data", "content")
            made.append({name: sent[name] for name in kept if sent.get(name) is not None})

        try:
            collect()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, "only what has no parameters cannot be broken"
    return made


@pytest.mark.parametrize(("name", "endpoint"), ROWS, ids=str)
async def test_made_up_requests_never_end_in_a_fault(lived: dict[str, Api], name: str, endpoint: str):
    api = lived[name]
    requests = made_up(api, endpoint)
    assert requests
    async with api.client(*MATRICES[name][endpoint].roles) as client:
        for number, request in enumerate(requests):
            language = ("zh", "en")[number % 2]
            data = request.pop("data", None)
            if data is not None:
                request["content"] = data if isinstance(data, str | bytes) else str(data)
            answer = await client.request(**request, headers={"Accept-Language": language})
            assert answer.status_code < 500, (request, answer.text)
            if not answer.is_success:
                assert answer.headers["content-type"] == MEDIA_TYPE, (request, answer.text)
            if "json" in answer.headers.get("content-type", ""):
                assert foreign(answer.json(), language) == [], (request, answer.text)
