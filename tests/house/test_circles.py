"""No circle between folders, and no room that stands on one above it."""

from tests.house.circles import circles, folder_graph, upward
from tests.house.tree import Source, sources


def _source(path: str, *modules: str) -> Source:
    return Source(path, "".join(f"import {module}\n" for module in modules))


def test_folders_do_not_import_each_other_in_a_circle():
    assert circles(folder_graph(sources())) == []


def test_rooms_import_only_rooms_below_them():
    assert upward(folder_graph(sources())) == []


def test_a_circle_between_folders_is_seen_where_no_two_files_import_each_other():
    tree = [
        _source("services/funding/loans/service.py", "services.funding.ledger.records"),
        _source("services/funding/ledger/records.py"),
        _source("services/funding/ledger/service.py", "services.funding.rewards.rules"),
        _source("services/funding/rewards/rules.py", "services.funding.loans.rules"),
        _source("services/funding/loans/rules.py"),
    ]
    assert circles(folder_graph(tree)) == [
        ["services/funding/ledger", "services/funding/loans", "services/funding/rewards"]
    ]


def test_an_import_of_a_room_above_is_seen():
    tree = [
        _source("services/registry/register/households/service.py", "services.registry.desk.search.rules"),
        _source("services/registry/desk/search/rules.py", "services.registry.register.households.rules"),
        _source("services/registry/register/households/rules.py"),
    ]
    graph = folder_graph(tree)
    assert upward(graph) == ["services/registry/register/households -> services/registry/desk/search"]
