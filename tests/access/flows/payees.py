"""A payee that is confirmed and ends, and a reward that is held and released."""

from tests.funding import test_payment_gate as gate
from tests.support.api import Api
from tests.support.payees import along, application, confirmed_payee, step
from tests.support.told import known_household
from tests.support.world import decide

SERVICE = "funding"


async def flow(api: Api) -> None:
    body = await confirmed_payee(api)
    ended = {"id": body["id"], "valid_to": "2016-05-01", "ground": "注销登记通知书"}
    await decide(api, "/payees/ends", ended, role="finance_officer")
    home = await known_household(api)
    reward = await along(api, application(home), "approvals")
    await gate.becomes(api, home, 2, status="removed")
    await step(api, "payments", reward)
    await gate.decided(api, await gate.hold_of(api, reward["id"]), "release")
    async with api.client("auditor") as client:
        await client.get("/payees")
        await client.get("/holds?waiting=false")
