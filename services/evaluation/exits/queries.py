"""SQL of exits: the cases of this one procedure, with what was judged of them."""

from sqlalchemy import text

_COLUMNS = """
    id, subject_id AS household_id, division, CAST(facts ->> 'year' AS integer) AS year, status, step,
    coalesce(CAST(facts ->> 'size' AS integer), size) AS size, CAST(facts ->> 'per_capita' AS bigint) AS per_capita,
    notice_from, notice_until, decided_on
"""
LIST = text(f"""
    SELECT {_COLUMNS} FROM case_now
    WHERE procedure = 'exit' AND division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
      AND (CAST(:status AS text) IS NULL OR status = :status)
      AND (CAST(:step AS text) IS NULL OR step = :step)
      AND (CAST(:year AS integer) IS NULL OR CAST(facts ->> 'year' AS integer) = :year)
    ORDER BY division, id LIMIT :limit
""")
ONE = text(f"""
    SELECT {_COLUMNS}, facts -> 'evidence' AS evidence, CAST(facts ->> 'income' AS bigint) AS income,
        coalesce(facts -> 'criteria', '[]') AS criteria, policies, reasons, opened_by, version
    FROM case_now WHERE procedure = 'exit' AND id = :id
""")
COMPLETE = text("""
    UPDATE case_file SET facts = CAST(:facts AS jsonb), name = :name, born = :born, size = :size, category = :category,
        version = version + 1
    WHERE id = :id
""")
APPROVED = text("""
    SELECT subject_id FROM case_file
    WHERE procedure = 'exit' AND status = 'approved' AND subject_id = ANY(:households)
      AND CAST(facts ->> 'year' AS integer) = :year
""")
EXITED = text("""
    SELECT name, born, coalesce(CAST(facts ->> 'size' AS integer), size) AS size, category,
        facts ->> 'group' AS group FROM case_file
    WHERE procedure = 'exit' AND status = 'approved' AND division = :village
      AND decided_on >= make_date(:year, 1, 1) AND decided_on < make_date(:year + 1, 1, 1)
    ORDER BY decided_on, id
""")
