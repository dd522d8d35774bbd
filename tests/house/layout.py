"""Where a file of a service stands: a path can be guessed."""

from collections.abc import Iterator

from tests.house.tree import Source

OF_A_SERVICE = {
    *("__init__.py", "main.py", "events.py", "contracts.py"),
    *("figures.py", "snapshots.py", "access.yaml"),
}
OF_A_NOUN = {
    *("__init__.py", "endpoints.py", "service.py", "rules.py"),
    *("models.py", "schemas.py", "queries.py", "handlers.py"),
}
# A service.py that was split by use case: folder to the names of its use cases.
SPLIT: dict[str, set[str]] = {
    "registry/households": {
        "register.py",
        "registering.py",
        "uniques.py",
        "reading.py",
        "listing.py",
        "patching.py",
        "finding.py",
    },
    "registry/changes": {"aggregate.py", "entry.py"},
    "registry/imports": {"layout.py", "checking.py", "loading.py", "store.py"},
    "funding/ledger": {"accounts.py", "lots.py", "posting.py", "paying.py"},
    "projects/projects": {"telling.py"},
    "evaluation/exits": {"cases.py", "proposing.py", "deciding.py", "objections.py", "timers.py"},
}


def a_nouns_folder_has_the_usual_files(source: Source) -> Iterator[str]:
    """endpoints, service, rules, models, schemas, queries, handlers; service may be split by use case."""
    match source.parts:
        case ("services", "__init__.py"):
            return
        case ("services", _, "policies" | "migrations" | "codes", *_):
            return
        case ("services", _, name) if name in OF_A_SERVICE:
            return
        case ("services", service, noun, name) if name in OF_A_NOUN | SPLIT.get(f"{service}/{noun}", set()):
            return
        case ("services", *_):
            yield source.path
