"""A service is one value; another one can be made out of it."""

from dataclasses import replace

from services.registry.main import SERVICE
from services.registry.procedures.identification.kinds import PROCEDURES
from shared.service import Service


def counted(service: Service) -> tuple[int, ...]:
    return (
        len(service.routers),
        len(service.publishes),
        len(service.snapshots),
        len(service.jobs),
        len(service.figures),
        len(service.tasks),
        len(service.policy_checks),
        len(service.rooms),
    )


def test_what_procedures_bring_comes_once_however_often_a_service_is_made_anew():
    again = replace(SERVICE, title="another title")
    assert counted(again) == counted(replace(again, title="a third")) == counted(SERVICE)
    fewer = replace(SERVICE, procedures=replace(PROCEDURES, kinds=PROCEDURES.kinds[:1]))
    assert counted(fewer) == counted(SERVICE)
    without = replace(again, procedures=None)
    assert "case" not in without.tasks
    assert "workflow" not in without.rooms
    assert counted(replace(without, procedures=PROCEDURES)) == counted(SERVICE)


def test_what_is_listed_anew_takes_the_place_of_what_was_listed_and_keeps_what_procedures_bring():
    alone = replace(SERVICE, procedures=None, jobs={}, tasks={})
    mounted = replace(alone, procedures=PROCEDURES)
    assert set(mounted.tasks) == {"case", "objection"}
    assert mounted.jobs
    assert "import" not in mounted.jobs
