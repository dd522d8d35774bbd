"""A source of tasks as a value: rows that wait for somebody of an office. For example, plans that are to be approved:

PLAN = Wait(
    kind="plan",
    rows="plan r",
    waits="r.status = 'proposed'",  # with an index of just these rows
    due="r.proposed_on + :days",  # ``:days`` from the policy that is named, where there is one
    days="plan.deadline_days",
    offices={"town": frozenset({"town_cadre", "county_office"})},
    apart=("r.proposed_by",),  # who had a part in it has nothing to do about it
    subject=("household", "r.household_id"),
    zh="脱贫计划待审批",
    en="a plan is to be approved",
    path="/plans/{id}",
)
TASKS = {PLAN.kind: PLAN}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import policy
from shared.tasks.records import Asked, Office, Subject, Task

# Days within which a second person acts on what waits, where no policy of the noun says it.
DAYS = "tasks.days"


@dataclass(frozen=True, slots=True)
class Wait:
    """What waits, for which offices, until when. SQL names the row ``r``.

    ``rows`` is the table with what is joined to it, ``at`` the level that a row waits for where there are several
    ``offices``, ``subject`` the kind of what it is about and the column of its id. ``path`` may name ``{id}`` and
    ``{subject}``.
    """

    kind: str
    rows: str
    waits: str
    due: str
    offices: Mapping[Office, frozenset[str]]
    zh: str
    en: str
    path: str
    apart: Sequence[str] = ()
    at: str | None = None
    subject: tuple[str, str] | None = None
    days: str | None = None
    statement: TextClause = field(init=False, repr=False)

    def __post_init__(self) -> None:
        about = self.subject[1] if self.subject else "CAST(NULL AS uuid)"
        due = self.due.replace(":days", "CAST(:days AS integer)")
        apart = "".join(f" AND person_key(coalesce({column}, '')) <> :me" for column in self.apart)
        at = f" AND {self.at} = :level" if self.at else ""
        statement = text(f"""
            SELECT r.id, r.division, {about} AS subject_id, {due} AS due_on FROM {self.rows}
            WHERE r.division >= :low AND r.division < :high AND {self.waits}{apart}{at}
                AND ({due}, r.id) > (:due_on, :id)
            ORDER BY {due}, r.id LIMIT :limit
        """)  # noqa: S608 (words of our own)
        object.__setattr__(self, "statement", statement)

    async def __call__(self, session: AsyncSession, asked: Asked) -> list[Task]:
        """The tasks that are asked for."""
        bound = asked.place()
        if self.apart:
            bound |= {"me": asked.caller.subject.strip().casefold()}
        if self.days:
            bound |= {"days": (await policy.resolve(session, self.days, asked.division, asked.today)).number()}
        found: list[Task] = []
        for level, roles in self.offices.items():
            if asked.wants(level, roles):
                rows = await session.execute(self.statement, bound | ({"level": level} if self.at else {}))
                found += [
                    Task(
                        id=row.id,
                        kind=self.kind,
                        subject=Subject(self.subject[0], row.subject_id) if self.subject else None,
                        division=row.division,
                        level=level,
                        due_on=row.due_on,
                        zh=self.zh,
                        en=self.en,
                        path=self.path.format(id=row.id, subject=row.subject_id),
                    )
                    for row in rows
                ]
        return found
