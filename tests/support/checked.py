"""Households for rules of data checks: one that breaks none, and what an import may have made of it.

Most states that a rule looks for are refused when somebody types them in. They come from files and from former
systems, so here the owner of the tables writes them.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import yaml

from services.registry.register.fields.catalogue import items
from services.registry.register.households.records import IDENTITY
from shared.names import identity
from shared.names.ids import uuid7
from shared.security.crypto import KeyRing
from tests.support import people
from tests.support.api import Api

YUAN = {item.key for item in items("household").values() if item.kind == "yuan"}
BASE = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text())
_COLUMNS = ("status", "attribute", "main_cause", "other_causes", "has_phone", "has_card")
_BESIDE = {*_COLUMNS, "helper", "batches"}
# Where the twin of a member lives: elsewhere in the county, in another county, in another prefecture.
TWINS = {"county": "220622102201", "city": "220621100201", "province": "220502100201"}


@dataclass
class Home:
    """A household of a case: as it is registered, and what it becomes."""

    body: dict[str, Any]
    facts: dict[str, Any]
    members: list[dict[str, Any]]
    twins: list["Home"] = field(default_factory=list)


def home(spec: dict[str, Any], year: int, village: str) -> Home:
    """A household that differs as told from one that breaks no rule."""
    spec = dict(spec)
    given = [BASE["member"] | usual | spec.pop(who, {}) for who, usual in BASE["people"].items()]
    given += [BASE["member"] | one for one in spec.pop("more", [])]
    body = people.household(len(given), village=village)
    made = Home(body, BASE["household"] | {"income": BASE["income"][year]} | spec, given)
    for position, (member, registered) in enumerate(zip(given, body["members"], strict=True)):
        member |= {"id": registered["id"], "name": f"{body['number']}-{position}"}
        member["born"] = date(year - member.pop("age"), 3, 1)
        if where := member.pop("twin", None):
            member["number"] = "2206229999"
            made.twins.append(_twin(member, year, TWINS[where]))
    return made


def _twin(member: dict[str, Any], year: int, village: str) -> Home:
    other = home({}, year, village)
    other.members[2] |= {key: member[key] for key in ("name", "born", "number")}
    return other


def number_of(member: dict[str, Any]) -> str:
    """The number of a member as a file may have brought it."""
    born, male = member["born"], member["sex"] == "男"
    resident = people.identity_number(born, male=male)
    other_check = "0" if resident[17] != "0" else "1"
    earlier = people.identity_number(born.replace(year=born.year - 1), male=male)
    return {
        "resident": resident,
        "resident_of_woman": people.identity_number(born, male=False),
        "card": resident + "43",
        "card22": resident + "43B1",
        "card_of_no_kind": resident + "83",
        "old15": resident[:6] + resident[8:17],
        "placeholder": resident[:10] + "99999" + resident[15:],
        "wrong_check": resident[:17] + other_check,
        "wrong_check_and_year": earlier[:17] + ("0" if earlier[17] != "0" else "1"),
    }.get(member["number"], member["number"])


async def write(api: Api, homes: list[Home]) -> None:
    """Make registered households what they become."""
    keys = KeyRing.load(api.keys / "keyring.json")
    owner = await api.owner()
    try:
        await _households(owner, homes)
        await _members(owner, homes, keys)
        await _helpers(owner, homes)
        await _plans(owner, homes)
    finally:
        await owner.close()


async def _households(owner: asyncpg.Connection, homes: list[Home]) -> None:
    rows = [
        {"id": one.body["id"], "facts": _stored(one.facts), **{name: one.facts[name] for name in _COLUMNS}}
        for one in homes
    ]
    await owner.execute(
        """UPDATE household h SET facts = row.facts, status = row.status, attribute = row.attribute,
            main_cause = row.main_cause, other_causes = row.other_causes,
            phone = CASE WHEN row.has_phone THEN h.phone END, bank_card = CASE WHEN row.has_card THEN h.bank_card END
        FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, facts jsonb, status text, attribute text, main_cause text,
            other_causes text[], has_phone boolean, has_card boolean) WHERE h.id = row.id""",
        json.dumps(rows),
    )


async def _members(owner: asyncpg.Connection, homes: list[Home], keys: KeyRing) -> None:
    rows = [_member(member, keys) for one in homes for member in one.members]
    await owner.execute(
        """UPDATE membership m SET facts = row.facts, relation = row.relation
        FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, facts jsonb, relation text) WHERE m.person_id = row.id""",
        json.dumps(rows),
    )
    await owner.execute(
        """UPDATE person p SET name = row.name, sex = row.sex, born = row.born, document_kind = row.document_kind,
            identity_number = row.identity_number, identity_masked = row.identity_masked,
            identity_index = decode(row.identity_index, 'hex')
        FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, name text, sex text, born date, document_kind text,
            identity_number text, identity_masked text, identity_index text) WHERE p.id = row.id""",
        json.dumps(rows),
    )


async def _helpers(owner: asyncpg.Connection, homes: list[Home]) -> None:
    """A helper for each household that has one; the poor one has the number of somebody who is registered."""
    office = uuid7()
    await owner.execute(
        "INSERT INTO organisation (id, division, level, kind, name, valid_from, recorded_at, recorded_by)"
        " VALUES ($1, '220622', 'county', 'county_department', $2, '2000-01-01', now(), 'test')",
        office,
        f"局{office}",
    )
    for kind in ("plain", "poor"):
        helper = uuid7()
        rows = [(uuid7(), one.body["division"], one.body["id"]) for one in homes if one.facts["helper"] == kind]
        await owner.execute(
            "INSERT INTO staff (id, division, organisation_id, name, post, rank, joined_on, recorded_at, recorded_by,"
            " identity_index) VALUES ($1, '220622', $2, '赵', 'staff', '一般', '2010-01-01', now(), 'test',"
            " CASE WHEN $3 THEN (SELECT identity_index FROM person WHERE id = $4) END)",
            helper,
            office,
            kind == "poor" and bool(rows),
            homes[0].members[0]["id"],
        )
        await owner.executemany(
            "INSERT INTO responsibility (id, division, role, household_id, organisation_id, organisation, level,"
            " staff_id, started_on, recorded_at, recorded_by)"
            f" VALUES ($1, $2, 'helper', $3, '{office}', '局', 'county', '{helper}', '2010-01-01', now(), 'test')",
            rows,
        )


async def _plans(owner: asyncpg.Connection, homes: list[Home]) -> None:
    """A plan in force with a measure of each batch for each household that has measures."""
    plans = [(uuid7(), one) for one in homes if one.facts["batches"]]
    ids = [one.body["id"] for one in homes]
    await owner.execute("UPDATE plan SET status = 'superseded' WHERE household_id = ANY($1::uuid[])", ids)
    await owner.executemany(
        "INSERT INTO plan (id, household_id, division, exit_year, status, policies, digest, proposed_on, proposed_by,"
        " recorded_at) VALUES ($1, $2, $3, 2016, 'approved', '[]', '', '2015-01-01', 'test', now())",
        [(id, one.body["id"], one.body["division"]) for id, one in plans],
    )
    await owner.executemany(
        "INSERT INTO measure (id, plan_id, household_id, division, batch, cause, what, owner)"
        " VALUES ($1, $2, $3, $4, $5, '', '', '')",
        [
            (uuid7(), id, one.body["id"], one.body["division"], batch)
            for id, one in plans
            for batch in one.facts["batches"]
        ],
    )


def _member(member: dict[str, Any], keys: KeyRing) -> dict[str, Any]:
    number = number_of(member)
    resident = identity.is_resident(number[:18])
    columns = ("id", "name", "sex", "born", "relation", "number")
    return {
        **{name: str(member[name]) for name in columns},
        "facts": {key: value for key, value in member.items() if key not in columns and value is not None},
        "document_kind": identity.classify(number).value,
        "identity_number": keys.encrypt(number, field=IDENTITY, record=str(member["id"])),
        "identity_masked": identity.mask_number(number),
        "identity_index": keys.blind_index(number[:18], IDENTITY).hex() if resident else None,
    }


def _stored(facts: dict[str, Any]) -> dict[str, Any]:
    """As ``household.facts`` keeps them: money in fen."""
    return {
        f"{key}_fen" if key in YUAN else key: int(value.replace(".", "")) if key in YUAN else value
        for key, value in facts.items()
        if key not in _BESIDE and value is not None
    }
