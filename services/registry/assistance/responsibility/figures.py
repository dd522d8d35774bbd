"""Figures of responsibility, each counted from rows that can be opened."""

from services.registry.assistance.duties.catalogue import duty_list
from shared.figures import Figure
from shared.figures.figure import Kind
from shared.words import Word

_ON: dict[str, Kind] = {"on": "date"}
_HELD = "held_on(r.started_on, r.ended_on, :on)"

_KINDS = {code: Word(code, one.zh, one.en) for code, one in duty_list().kinds.items()}
_CLASSES = {one.class_: Word(one.class_, one.class_zh, one.class_) for one in duty_list().kinds.values()}

FIGURES = {
    "helping-organisations": Figure(
        "包保单位数",
        "organisations of a kind that have a village in charge on a day",
        "organisations",
        f"""SELECT o.id::text AS id, o.name AS label, 1 AS adds FROM organisation o
            WHERE o.kind = :kind AND EXISTS (SELECT FROM responsibility r
                WHERE r.organisation_id = o.id AND r.role = 'department' AND {_HELD})""",
        {"kind": "text", **_ON},
    ),
    "helping-leaders": Figure(
        "联系领导人数",
        "leaders of a post who have a village in charge on a day",
        "persons",
        f"""SELECT s.id::text AS id, s.name AS label, 1 AS adds FROM staff s
            WHERE s.post = :post AND EXISTS (SELECT FROM responsibility r
                WHERE r.staff_id = s.id AND r.role = 'leader' AND {_HELD})""",
        {"post": "text", **_ON},
    ),
    "helpers": Figure(
        "结对帮扶干部职工人数",
        "people who help at least one household on a day",
        "persons",
        f"""SELECT s.id::text AS id, s.name AS label, 1 AS adds FROM staff s
            WHERE EXISTS (SELECT FROM responsibility r WHERE r.staff_id = s.id AND r.role = 'helper' AND {_HELD})""",
        _ON,
    ),
    "posts-held": Figure(
        "驻村岗位人数",
        "posts of a role in villages that are held on a day",
        "persons",
        f"""SELECT r.id::text AS id, r.name || ' ' || r.division AS label, 1 AS adds FROM responsibility r
            WHERE r.role = :role AND r.household_id IS NULL AND {_HELD}""",
        {"role": "text", **_ON},
    ),
    "villages-covered": Figure(
        "有第一书记或工作队长的村数",
        "villages with a first secretary or a team leader on a day",
        "villages",
        f"""SELECT r.division AS id, min(r.name) AS label, 1 AS adds FROM responsibility r
            WHERE r.role IN ('first_secretary', 'team_leader') AND r.household_id IS NULL AND {_HELD}
            GROUP BY r.division""",
        _ON,
    ),
    "households-unhelped": Figure(
        "无帮扶责任人的在册户数",
        "registered households that nobody helps now",
        "households",
        """SELECT h.id::text AS id, h.number AS label, 1 AS adds FROM household h
           WHERE h.status = 'registered' AND NOT EXISTS (SELECT FROM responsibility r
               WHERE r.household_id = h.id AND r.ended_on IS NULL)""",
    ),
    "helpers-over-limit": Figure(
        "超出结对上限的人数",
        "helpers who have more households than the limit of their assignments",
        "persons",
        """SELECT r.staff_id::text AS id, min(r.name) AS label, 1 AS adds FROM responsibility r
           WHERE r.role = 'helper' AND r.ended_on IS NULL GROUP BY r.staff_id HAVING count(*) > min(r.most)""",
    ),
    "helpers-poor": Figure(
        "本人为建档立卡贫困人口的帮扶责任人数",
        "helpers who live in a registered household themselves",
        "persons",
        """SELECT s.id::text AS id, s.name AS label, 1 AS adds
           FROM staff s JOIN member_now m ON m.identity_index = s.identity_index
           JOIN household h ON h.id = m.household_id AND h.status = 'registered'
           WHERE EXISTS (SELECT FROM responsibility r WHERE r.staff_id = s.id AND r.role = 'helper'
               AND r.ended_on IS NULL)""",
    ),
    "duty-classes": Figure(
        "责任清单类数",
        "classes of the responsibility list that have items",
        "classes",
        "SELECT class AS id, class AS label, 1 AS adds FROM duty GROUP BY class",
        words=_CLASSES,
    ),
    "duty-kinds": Figure(
        "责任清单项数",
        "kinds of the responsibility list that have items",
        "kinds",
        "SELECT kind AS id, kind AS label, 1 AS adds FROM duty GROUP BY kind",
        words=_KINDS,
    ),
    "duties-overdue": Figure(
        "逾期责任事项数",
        "items of the responsibility list that are overdue on a day",
        "items",
        """SELECT id::text AS id, kind || ' ' || organisation AS label, 1 AS adds FROM duty
           WHERE due_on < :on AND (done_on IS NULL OR done_on > :on)""",
        _ON,
        _KINDS,
    ),
}
