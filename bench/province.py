"""A province of 1,000,000 persons beside a county of 16,000: rows made inside the database, in about two minutes.

``fill(connection)`` writes them into a registry's empty database as its administrator (no row-level security, no
triggers on the way); ``stage(...)`` of ``bench.stage`` gives such a database as ``stage.bare``. The province is
``22``: ten made-up counties ``220701`` to ``220710`` of ten townships with twenty villages each, and the county
``220622`` with seven townships of sixteen villages. A benchmark that keeps a side table of its own (n-grams of
names, years, labels) fills it from these rows afterwards, in one statement.

Identity numbers are made up and their indexes are plain digests: nothing here can be deciphered or looked up by
a real key. What is wrong with the rows is wrong on purpose and in known shares, so that data checks find something.
"""

import sys
import time
from dataclasses import dataclass

import asyncpg

from bench.stage import stage

COUNTY, COUNTIES = "220622", [f"2207{number:02d}" for number in range(1, 11)]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a province holds now, and how long it took (seconds)."""

    households: int
    persons: int
    seconds: float


# One row a village: 7 x 16 in the county, 10 x 20 in each of the others; and the townships and counties above them.
_DIVISIONS = """
    INSERT INTO division (code, name, valid_from, recorded_at, recorded_by)
    SELECT code, name, '2000-01-01', now(), 'bench' FROM (
        SELECT county AS code, '县' || county AS name FROM unnest($1::text[]) AS county
        UNION ALL SELECT county || 100 + town, '镇' || town FROM unnest($1::text[]) AS county,
            generate_series(0, CASE WHEN county = $2 THEN 6 ELSE 9 END) AS town
        UNION ALL SELECT county || 100 + town || 200 + village, '村' || town || '-' || village
            FROM unnest($1::text[]) AS county,
            generate_series(0, CASE WHEN county = $2 THEN 6 ELSE 9 END) AS town,
            generate_series(0, CASE WHEN county = $2 THEN 15 ELSE 19 END) AS village) AS made
    ON CONFLICT DO NOTHING
"""
# Sizes 1 to 6 with a mean of three; two in five are poor still.
_HOMES = """
    CREATE TEMPORARY TABLE home AS
    SELECT uuidv7() AS id, v.code AS division, 'B' || row_number() OVER () AS number,
        (ARRAY[1,1,1,2,2,2,2,2,3,3,3,3,3,4,4,4,4,5,5,6])[1 + floor(random() * 20)::integer] AS size,
        CASE WHEN random() < 0.6 THEN 'exited' ELSE 'registered' END AS status,
        date '2014-06-01' + floor(random() * 500)::integer AS identified_on,
        (ARRAY['一般贫困户','一般贫困户','一般贫困户','低保贫困户','五保贫困户'])
            [1 + floor(random() * 5)::integer] AS attribute,
        (ARRAY['因病','因病','因病','因残','因残','因学','因灾','缺土地','缺技术','缺劳动力','缺资金','自身发展动力不足'])
            [1 + floor(random() * 12)::integer] AS main_cause,
        random() AS odd
    FROM division v CROSS JOIN LATERAL generate_series(1,
        ceil($1::numeric / 3 / (SELECT count(*) FROM division d
            WHERE length(d.code) = 12 AND left(d.code, 6) = ANY($2::text[])))::integer) AS n
    WHERE length(v.code) = 12 AND left(v.code, 6) = ANY($2::text[])
"""
# Most items are filled in: one in fifty is not.
_HOUSEHOLDS = """
    INSERT INTO household (id, division, number, version, status, size, identified_on, attribute, main_cause,
        other_causes, facts, phone, phone_masked, phone_index, bank_card, card_masked, source, digest, recorded_at,
        recorded_by)
    SELECT id, division, number, 1, status, size, identified_on, attribute, main_cause,
        CASE WHEN odd < 0.3 THEN ARRAY['缺资金'] ELSE '{}' END,
        jsonb_strip_nulls(jsonb_build_object(
            'bank_name', '农村信用社', 'standard', '国家标准', 'martyr_family', odd < 0.01,
            'only_child_family', odd < 0.1, 'two_daughters_family', false,
            'business_income_fen', (random() * 900000)::integer, 'business_expense_fen', (random() * 300000)::integer,
            'property_income_fen', (random() * 40000)::integer,
            'wage_income_fen', CASE WHEN odd < 0.5 THEN (random() * 2500000)::integer ELSE 0 END,
            'transfer_income_fen', (random() * 300000)::integer, 'family_planning_money_fen', 0,
            'minimum_living_money_fen', CASE WHEN attribute = '低保贫困户' THEN 180000 ELSE 0 END,
            'five_guarantees_money_fen', CASE WHEN attribute = '五保贫困户' THEN 360000 ELSE 0 END,
            'pension_money_fen', CASE WHEN odd > 0.6 THEN 96000 ELSE 0 END, 'ecological_money_fen', 0,
            'other_transfer_income_fen', 10000,
            'income_fen', (random() * 600000)::integer + 50000, 'in_cooperative', odd < 0.4,
            'led_by_enterprise', odd < 0.2, 'land_mu', (random() * 10.2)::numeric(6, 2)::text,
            'irrigated_mu', (random() * 3)::numeric(6, 2)::text, 'forest_mu', (random() * 50.5)::numeric(6, 2)::text,
            'returned_forest_mu', '0', 'orchard_mu', '0', 'pasture_mu', (random() * 20)::numeric(6, 2)::text,
            'water_mu', '0', 'production_power', true, 'domestic_power', odd > 0.001, 'broadcast', true,
            'water_difficult', odd < 0.01, 'water_safe', odd > 0.01, 'safe_water_solved', odd > 0.01,
            'road_km', (random() * 2.1)::numeric(6, 2)::text, 'road_type', '水泥路',
            'house_m2', (20 + random() * 100)::numeric(6, 2)::text, 'unsafe_house', odd BETWEEN 0.2 AND 0.22,
            'unsafe_grade', CASE WHEN odd BETWEEN 0.2 AND 0.215 THEN 'C级' END, 'sanitary_toilet', odd > 0.3,
            'fuel', CASE WHEN odd > 0.02 THEN '柴草' END)),
        'v1.bench.' || id, '138****0000', substr(sha256(convert_to('p' || number, 'UTF8')), 1, 16), 'v1.bench.' || id,
        '******0000', 'bench', substr(sha256(convert_to(number, 'UTF8')), 1, 16), now(), 'bench'
    FROM home ORDER BY id
"""
# The first is the head, the second the other's spouse, the third a child, then parents and grandchildren.
_PEOPLE = """
    CREATE TEMPORARY TABLE resident AS
    SELECT uuidv7() AS id, h.id AS household_id, h.division, h.identified_on, h.attribute, h.main_cause, n,
        b.born, b.male, CASE n WHEN 1 THEN '户主' WHEN 2 THEN '配偶'
            WHEN 3 THEN CASE WHEN b.male THEN '之子' ELSE '之女' END
            WHEN 4 THEN CASE WHEN b.male THEN '之父' ELSE '之母' END
            ELSE CASE WHEN b.male THEN '之孙子' ELSE '之孙女' END END AS relation,
        date_part('year', age(date '2016-06-01', b.born))::integer AS age,
        (ARRAY['王','李','张','刘','陈','杨','赵','黄','周','吴','徐','孙','胡','朱','高','林','何','郭','马','罗','金',
            '朴','崔','宋','郑'])
            [1 + floor(random() * 25)::integer]
        || (ARRAY['秀','玉','桂','建','国','志','文','明','春','海','永','淑','丽','红','玉','德','福','成','金',
            '长'])
            [1 + floor(random() * 20)::integer]
        || (ARRAY['英','兰','珍','华','军','强','伟','芳','梅','云','山','林','平','波','杰','霞','花','生','财','义',
            '莲','成','东','敏'])
            [1 + floor(random() * 24)::integer] AS name,
        random() AS odd
    FROM home h CROSS JOIN LATERAL generate_series(1, h.size) AS n
    CROSS JOIN LATERAL (SELECT
        date '1936-01-01' + CASE n WHEN 1 THEN 9000 + floor(random() * 9000 + h.odd)::integer
            WHEN 2 THEN 9300 + floor(random() * 9000 + h.odd)::integer
            WHEN 3 THEN 23000 + floor(random() * 5000 + h.odd)::integer
            WHEN 4 THEN floor(random() * 5000 + h.odd)::integer
            ELSE 26000 + floor(random() * 2500 + h.odd)::integer END AS born,
        CASE n WHEN 1 THEN true WHEN 2 THEN false ELSE random() < 0.5 END AS male) AS b
"""
# One in five hundred has a number that is no checked one.
_PERSONS = """
    INSERT INTO person (id, division, number, name, sex, born, document_kind, identity_number, identity_masked,
        identity_index, recorded_at, recorded_by)
    SELECT id, division, NULL, name, CASE WHEN male THEN '男' ELSE '女' END, born,
        CASE WHEN odd < 0.002 THEN 'placeholder' ELSE 'resident' END, NULL,
        substr(division, 1, 6) || '********' || floor(random() * 90 + 10)::integer
            || CASE WHEN male THEN 2 * floor(random() * 5)::integer + 1 ELSE 2 * floor(random() * 5)::integer END
            || floor(random() * 10)::integer,
        CASE WHEN odd >= 0.002 THEN substr(sha256(uuid_send(id)), 1, 16) END, now(), 'bench'
    FROM resident ORDER BY id
"""
_MEMBERSHIPS = """
    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, facts, recorded_at)
    SELECT household_id, id, division, 1, relation, identified_on,
        jsonb_strip_nulls(jsonb_build_object(
            'ethnicity', CASE WHEN odd > 0.05 THEN '汉' WHEN odd > 0.02 THEN '朝鲜' END,
            'political', '群众', 'education', CASE WHEN age >= 16 THEN (ARRAY['文盲或半文盲','小学','初中','高中'])
                [1 + floor(random() * 4)::integer] END,
            'school', CASE WHEN age BETWEEN 6 AND 12 THEN '小学' WHEN age BETWEEN 13 AND 15 THEN '八年级'
                WHEN age BETWEEN 16 AND 18 AND odd < 0.7 THEN '高二' ELSE '非在校生' END,
            'health', CASE WHEN odd < 0.7 THEN ARRAY['健康'] WHEN odd < 0.85 THEN ARRAY['长期慢性病']
                WHEN odd < 0.92 THEN ARRAY['患有大病'] ELSE ARRAY['残疾'] END,
            'labour', CASE WHEN age < 16 OR age > 75 THEN '无劳动力' WHEN odd > 0.88 THEN '丧失劳动力'
                ELSE '普通劳动力' END,
            'work_months', CASE WHEN age BETWEEN 18 AND 60 AND odd < 0.3 THEN floor(random() * 12)::integer
                ELSE 0 END,
            'work_area', CASE WHEN age BETWEEN 18 AND 60 AND odd < 0.29 THEN '县外省内' END,
            'work_firm', CASE WHEN age BETWEEN 18 AND 60 AND odd < 0.28 THEN '建筑公司' END,
            'medical_insurance', odd < 0.99, 'pension_insurance', age >= 16,
            'serious_illness_insurance', odd < 0.98, 'soldier', false, 'on_allowance', attribute = '低保贫困户',
            'five_guarantees', attribute = '五保贫困户')), now()
    FROM resident ORDER BY id
"""
_STATES = """
    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, other_causes,
        facts, effective_from, recorded_at)
    SELECT id, division, 1, status, size, attribute, main_cause, other_causes, facts, identified_on, now()
    FROM household WHERE id IN (SELECT id FROM home) ORDER BY id
"""
_CHANGES = """
    INSERT INTO change (id, household_id, division, version, kind, reason, through, effective_on, households,
        persons, source, recorded_at, recorded_by)
    SELECT uuidv7(), id, division, 1, 'registration', 'identified', 'first_load', identified_on, 1, size, 'bench',
        now(), 'bench'
    FROM home ORDER BY id
"""


async def fill(connection: asyncpg.Connection, persons: int, *, counties: list[str] = COUNTIES) -> Filled:
    """Register about so many persons in households of the counties, with states and changes, and analyse all."""
    began = time.perf_counter()
    await connection.execute("SELECT setseed(0.22)")
    await connection.execute("SELECT set_config('work_mem', '256MB', false)")
    await connection.execute(_DIVISIONS, counties, COUNTY)
    await connection.execute("DROP TABLE IF EXISTS home, resident")
    numbered = _HOMES.replace("'B'", f"'{counties[0]}B'")
    await connection.execute(numbered, persons, counties)
    await connection.execute(_HOUSEHOLDS)
    await connection.execute(_PEOPLE)
    await connection.execute(_PERSONS)
    await connection.execute(_MEMBERSHIPS)
    await connection.execute(_STATES)
    await connection.execute(_CHANGES)
    counts = await connection.fetchrow("SELECT count(*) AS households, sum(size) AS persons FROM home")
    await connection.execute("DROP TABLE home, resident")
    await connection.execute("ANALYZE")
    return Filled(counts["households"], counts["persons"], time.perf_counter() - began)


async def main(persons: int) -> None:
    """Fill a fresh database and say how long it took."""
    async with stage() as ready, ready.bare.acquire() as connection:
        print(await fill(connection, 16_000, counties=[COUNTY]))
        print(await fill(connection, persons))


if __name__ == "__main__":
    import asyncio

    asyncio.run(main(int(sys.argv[1])))
