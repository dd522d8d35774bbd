"""What the check of a file keeps for its load: new households as the register takes them, sealed like the file.

The load takes them as they are where everything that they were checked against is as it was (``against``), and where
nobody of them has come to be registered meanwhile. All others are read from the file and checked again.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from uuid import UUID

from services.registry.exchange.imports.records import Entering, Good, HouseholdLines, Known, Ready, Written
from services.registry.register.fields.catalogue import keys as items
from services.registry.register.households import register
from services.registry.register.households.records import Entry, HouseholdRow, PersonRow, Unique
from shared.names.identity import DocumentKind
from shared.security.crypto import KeyRing

_FIELD = "import.ready"  # authenticated with what is kept


def against(known: Known) -> str:
    """A digest of what households are checked against and of the form in which they are kept. Rules that name today
    are kinder the later it is, but for the oldest age there is: hence the year alone.
    """
    villages = sorted(
        [name, code, sorted(towns), sorted(counties)]
        for name, found in known.places.named.items()
        for code, towns, counties in found
    )
    lists = {name: sorted(words) for name, words in known.local.items()}
    form = [[one.name for one in fields(row)] for row in (HouseholdRow, PersonRow)]
    form += [sorted(items("household")), sorted(items("member"))]
    said = [known.plan.layout.key, known.given.to_json(), known.today.year, known.through, villages, lists, form]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def written(row: HouseholdRow) -> Written:
    """A row as it is written."""
    invalid = tuple(one.id for one in row.members if one.document.kind == DocumentKind.INVALID)
    return Written(register.text(row), len(row.members), invalid)


def ready(one: Good, known: Known) -> Ready:
    """A household that passed the check, as the load takes it."""
    row = one.row
    if row is None:
        entry = Entry(source=known.source, through=known.through)
        row = written(register.row(one.household, known.keys, entry, known_as=one.digest))
    return Ready(one.lines, one.number, one.entering, one.digest, one.uniques, row)


def pack(some: Sequence[Ready], keys: KeyRing, record: str) -> str:
    """Households sealed; each is told from others by its first line."""
    said = [
        (
            one.lines.first,
            one.number,
            one.entering,
            one.digest,
            one.uniques,
            one.row.text,
            one.row.persons,
            [str(id) for id in one.row.invalid],
        )
        for one in some
    ]
    plain = zlib.compress(json.dumps(said, ensure_ascii=False).encode(), 1)
    return keys.encrypt_bytes(plain, field=_FIELD, record=record)


def unpack(
    sealed: str, keys: KeyRing, record: str, lines: Mapping[int, HouseholdLines]
) -> Iterator[tuple[int, Ready]]:
    """The households that begin on some lines, by those."""
    plain = zlib.decompress(keys.decrypt_bytes(sealed, field=_FIELD, record=record))
    for first, number, entering, digest, uniques, text, persons, invalid in json.loads(plain):
        if first in lines:
            row = Written(text, persons, tuple(map(UUID, invalid)))
            once = tuple(Unique(*one) for one in uniques)
            yield first, Ready(lines[first], number, Entering(*entering), digest, once, row)
