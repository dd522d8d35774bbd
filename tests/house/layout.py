"""Where a file of a service stands: a path can be guessed."""

from collections.abc import Iterator, Sequence

from tests.house.tree import Source

DATA = (".yaml", ".typ")
OF_A_SERVICE = {
    *("main.py", "events.py", "contracts.py"),
    *("figures.py", "snapshots.py", "access.yaml"),
}
# More than ten nouns in one service stand in rooms; from the ground up, each may import only those before it.
ROOMS = {
    "registry": ("register", "exchange", "documents", "assistance", "verification", "procedures", "desk"),
}
# What a noun may have; the same names in every noun, so that a path can be guessed.
USUAL = {
    *("endpoints", "service", "rules", "records", "schemas", "queries", "handlers", "jobs", "figures", "catalogue"),
    *("tasks", "holdings", "consequences", "snapshots", "kinds", "policies", "pages", "store", "__init__"),
    *("pay", "close", "release"),  # what several nouns do
}
# Use cases that one noun has alone, each with the reason for a module of its own.
OF_ONE_NOUN = {
    "apply": "changes that were decided become one statement, whoever decided them",
    "ask": "a change that waits for another person",
    "enter": "a household that comes in by a change",
    "lineage": "changes of several households at once, pure",
    "replay": "changes done again with one of an earlier day or without a wrong one, pure",
    "stretches": "what is believed from when to when after a replay, pure",
    "past": "what is known of households from a day on, change by change",
    "late": "a change of an earlier day, or one that is taken back",
    "conflicts": "later changes that do not fit any more, as somebody decides them, pure",
    "requests": "what waits for another person, as it is looked at",
    "register": "a household becomes sealed rows; imports, changes and a hot endpoint do it alike",
    "headers": "what the columns of files are called, for imports and feeds",
    "names": "how lists of every noun call their households",
    "agree": "rules between the facts of a household, for forms, files and corrections alike, pure",
    "identify": "by what a household is known, which no day bounds, is corrected",
    "correct": "what was believed of a household is replaced from a day on",
    "members": "what was believed of a member is replaced from a day on",
    "kinship": "relations to another head, pure",
    "succession": "who becomes the head of a household",
    "redivide": "divisions merge and split, in steps",
    "complete": "a household table completes households",
    "gather": "rows of a table as households: what stands together, and what is no person, pure",
    "lines": "what the cells of a household say, pure",
    "twice": "what may stand twice in a file, found in little memory, pure",
    "ready": "what the check of a file keeps for its load",
    "load": "a stretch of a file enters the register",
    "mark": "the file that goes back with what is wrong in it",
    "survey": "what has to be known of a whole file before its households are judged",
    "preview": "what is new in a checked file, as whoever releases it reads it",
    "enact": "what a list of the national system says, as changes to the register",
    "settle": "differences are decided, through the entrances of the register",
    "report": "what the national system has to be told",
    "places": "villages by the names that files give them, pure",
    "staff": "people of organisations, their numbers sealed",
    "propose": "plans, by two people",
    "match": "departments' records beside persons of the register",
    "search": "a stretch of the register under the rules",
    "subjects": "whom a case is about",
    "results": "what a round finds",
    "sign": "signatures under results, and what the last one does",
}
_MODULES = {f"{name}.py" for name in USUAL | OF_ONE_NOUN.keys()} | {"queries.sql"}


def a_nouns_folder_has_the_usual_files(source: Source) -> Iterator[str]:
    """endpoints, service, rules, schemas, queries, handlers …; a name of its own needs its reason in OF_ONE_NOUN."""
    match source.parts:
        case ("services", _, "policies" | "database", *_):
            return
        case ("services", _, name) if name in OF_A_SERVICE:
            return
        case ("services", service, room, "room.py") if room in ROOMS.get(service, ()):
            return
        case ("services", service, *folders, name) if _in_a_noun(service, folders):
            if name.endswith(DATA) or name in _MODULES:
                return
            yield source.path
        case ("services", *_):
            yield source.path


def _in_a_noun(service: str, folders: Sequence[str]) -> bool:
    """A noun's folder: in its room where the service has rooms, else in the service."""
    match folders:
        case [_]:
            return service not in ROOMS
        case [room, _]:
            return room in ROOMS.get(service, ())
    return False
