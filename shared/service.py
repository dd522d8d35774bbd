"""What makes a service a service: one value that the app, the worker, the migrations and the tests read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter

from shared.database.session import Consequences
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription
from shared.events.republish import Snapshot
from shared.figures import Figure
from shared.households.schemas import Namer, nobody
from shared.jobs.kinds import Step
from shared.rulemaking.records import Check
from shared.security import access
from shared.tasks.records import TaskSource, Who
from shared.workflow.kinds import Procedures
from shared.workflow.mount import ACCESS, POLICIES, ROOMS, Mounted, mount

# What rules the setting of policies, and what waits for people, are policies that every service has.
_COMMON_POLICIES = tuple(Path(__file__).parent / room / "policies.yaml" for room in ("rulemaking", "tasks"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a part of a large service hands on: the fields of a service that its nouns fill."""

    routers: Sequence[APIRouter] = ()
    handles: Sequence[Subscription] = ()
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    jobs: Mapping[str, Step] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    tasks: Mapping[str, TaskSource] = field(default_factory=dict)
    consequences: Consequences = field(default_factory=dict)


def together(rooms: Sequence[Room]) -> Room:
    """What rooms hand on, in their order, as one."""
    return Room(
        routers=[router for room in rooms for router in room.routers],
        handles=[subscription for room in rooms for subscription in room.handles],
        snapshots={kind: one for room in rooms for kind, one in room.snapshots.items()},
        jobs={kind: one for room in rooms for kind, one in room.jobs.items()},
        figures={name: one for room in rooms for name, one in room.figures.items()},
        tasks={kind: one for room in rooms for kind, one in room.tasks.items()},
        consequences={
            what: [one for room in rooms for one in room.consequences.get(what, ())]
            for what in dict.fromkeys(what for room in rooms for what in room.consequences)
        },
    )


@dataclass(frozen=True, slots=True)
class Service:
    """One of the four services: its routers, events, jobs, figures, and the folder of its data files.

    ``accepts`` are the aggregates that others publish to it; their contracts are published with its own.
    ``rooms`` are those of ``shared`` whose tables its database holds, ``tasks`` what waits for somebody, by kind;
    ``who`` tells who a caller is where the service knows people and their posts, ``namer`` what lists call
    households where it knows them by name. ``consequences`` are what rooms
    above do when one below has changed something, by what has changed; every transaction carries them.
    ``policy_checks`` judge values of policies that people set, by key or by how keys begin (``procedure.``); without
    one a value keeps the form it had. ``procedures`` bring endpoints with access rows, jobs, figures, tasks, events,
    policies and rooms, which are added to what the service lists itself.
    """

    name: str
    title: str
    folder: Path
    routers: Sequence[APIRouter]
    rooms: Sequence[str] = ()
    publishes: Sequence[Aggregate] = ()
    accepts: Sequence[Aggregate] = ()
    handles: Sequence[Subscription] = ()
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    jobs: Mapping[str, Step] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    tasks: Mapping[str, TaskSource] = field(default_factory=dict)
    who: Who | None = None
    namer: Namer = nobody
    policy_checks: Mapping[str, Check] = field(default_factory=dict)
    consequences: Consequences = field(default_factory=dict)
    procedures: Procedures | None = None
    # Each field that came with the procedures, as the service listed it and as it is with them: a service that is
    # made out of another (``dataclasses.replace``) begins with what was listed.
    mounted: Mapping[str, tuple[object, object]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name, (listed, whole) in self.mounted.items():
            if getattr(self, name) is whole:
                object.__setattr__(self, name, listed)
        added = self._added(mount(self.procedures)) if self.procedures else {}
        object.__setattr__(self, "mounted", {name: (getattr(self, name), whole) for name, whole in added.items()})
        for name, whole in added.items():
            object.__setattr__(self, name, whole)

    def _added(self, mounted: Mounted) -> dict[str, object]:
        """What the service lists itself, with what its procedures bring."""
        return {
            "routers": [*self.routers, *mounted.routers],
            "publishes": [*self.publishes, *mounted.publishes],
            "snapshots": {**self.snapshots, **mounted.snapshots},
            "jobs": {**self.jobs, **mounted.jobs},
            "figures": {**self.figures, **mounted.figures},
            "tasks": {**self.tasks, **mounted.tasks},
            "policy_checks": {**mounted.policy_checks, **self.policy_checks},
            "rooms": [*self.rooms, *ROOMS],
        }

    @property
    def base(self) -> str:
        """Where its API lives: the same behind the gateway and in one process."""
        return f"/api/{self.name}/v1"

    @property
    def access_files(self) -> tuple[Path, ...]:
        """The files that say who may call which of its endpoints."""
        return (access.COMMON, *(ACCESS if self.procedures else ()), self.folder / "access.yaml")

    @property
    def policy_files(self) -> tuple[Path, ...]:
        """The files of its policies: nationwide ones, and one a division that has rules of its own."""
        own = self.folder / "policies"
        return (*_COMMON_POLICIES, *(POLICIES if self.procedures else ()), *sorted(own.rglob("*.yaml")))
