"""The processes of a service: what happens at start, and who does it.

One service is a value, ``services/<name>/main.py: SERVICE``; everything here is made from it and from ``Settings``.

Before anything runs, ``migrate.py`` brings each service's database up to date: ``prepare`` (an administrator) makes
its roles and its empty database, ``migrate`` (its owner) runs the history, applies the current functions and views,
loads the policies of the files and stamps a demonstration's database. A platform asks for both in one place,
``tuopin/setup.py``.

Then a service runs as two parts, each over pools of its own, which ``profile.opened`` opens for as long as the part
runs. ``profile.py`` is also where production is refused on a demonstration's database, by ``migrate`` and by both:

- its API, ``app.create_app``: routers behind the access matrix, problem documents, limits, health;
- its worker, ``worker.Worker``: the relay of its outbox, the consumer of what it handles, its jobs, forgetting.

Who starts them is a module of ``tuopin``, one for each way to run:

- ``tuopin/processes.py``: an API process or a worker process of one service (containers; settings from the
  environment; Kafka between the services);
- ``tuopin/one_process.py``: all services, both parts of each, under one port with the embedded PostgreSQL and the
  local bus (``tuopin serve`` in the production profile, ``make demo`` in the demonstration's);
- ``tuopin/demonstration.py``: the latter, with the scenario of ``demo/`` driving it as a client would.

Tests start the same parts over a cloned database (``tests/support``), benchmarks as processes (``bench/stage.py``).
"""
