"""Tell a service under test what another service would have told it, through its own consumer."""

import json
from datetime import UTC, datetime
from typing import Any

from shared.events.consumer import Consumer
from shared.events.envelope import Record, binary_headers
from shared.events.handlers import source_of
from shared.names.ids import uuid7
from shared.security.crypto import keyring
from tests.support.api import Api
from tests.support.people import VILLAGE


def record(type: str, key: str, sequence: int, data: dict[str, Any], *, id: str | None = None) -> Record:
    """An event on its topic, as the relay would hand it over."""
    headers = binary_headers(
        id=id or str(uuid7()),
        type=type,
        source=source_of(type.partition(".")[0]),
        subject=key,
        time=datetime.now(UTC).isoformat(),
        key=key,
        sequence=sequence,
        traceparent=None,
    )
    return Record(type.rsplit(".", 2)[0], key, json.dumps(data).encode(), headers)


async def tell(api: Api, *records: Record) -> None:
    """Let the service's consumer take effect of records."""
    keys = keyring(api.settings)
    await Consumer(api.service.name, api.worker, api.service.handles, api.settings, keys).handle(records)


async def known_household(
    api: Api, *, born: str = "1970-05-04", labour: str = "普通劳动力", **facts: Any
) -> dict[str, Any]:
    """A registered household of two that the service has been told of."""
    id = str(uuid7())
    state = {
        "id": id,
        "number": f"N{id[-12:]}",
        "division": VILLAGE,
        "status": "registered",
        "identified_on": "2014-06-01",
        "size": 2,
        "attribute": "一般贫困户",
        "main_cause": "因病",
        "members": [
            {"id": str(uuid7()), "relation": "户主", "born": born, "labour": labour},
            {"id": str(uuid7()), "relation": "配偶", "born": born, "labour": None},
        ],
        "reason": "identified",
        "effective_on": "2014-06-01",
        **facts,
    }
    await tell(api, record("registry.household.registered.v1", id, 1, state))
    return state
