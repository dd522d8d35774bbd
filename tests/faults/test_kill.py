"""``kill -9`` of any process, and of the broker, at random points under load: the soak, shortened."""

import asyncio
import json
import sys

from deploy.kafka.broker import Broker


async def test_random_kills_under_load_lose_nothing_and_double_nothing(broker: Broker):
    command = [sys.executable, "-m", "tests.soak", "--seconds", "20", "--seed", "5"]
    run = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output = (await run.communicate())[0].decode()
    found = json.loads(output[output.index("{") :])
    assert found["wrong"] == []
    assert run.returncode == 0
    assert found["kills"] > 2
    assert min(found["households"], found["changes"], found["paid"]) > 10
