-- Whether an office may decide a change for a reason by itself where a household lives: by the policy changes.direct of that
-- place, the level that it names for the reason (none: any level). ``p_day`` is the day of a change by which the household
-- enters or leaves the register. Answers the level, or ``refusal`` with its ``detail``: ``procedure`` (nobody decides it
-- directly), ``level`` (and which), ``year`` (the last one that the county has closed: the day lies in it or before).
CREATE OR REPLACE FUNCTION may_decide_directly(p_office text, p_place text, p_reason text, p_day date, OUT level text, OUT refusal text, OUT detail text)
 RETURNS record
 LANGUAGE plpgsql
AS $$
DECLARE
    rule record;
    closed integer;
BEGIN
    SELECT p.id, p.used_at, p.value ? p_reason AS named, p.value ->> p_reason AS level INTO rule FROM policy p
        WHERE p.key = 'changes.direct' AND p.valid_from <= business_today() AND starts_with(p_place, p.division)
        ORDER BY length(p.division) DESC, p.valid_from DESC, p.version DESC LIMIT 1;
    IF rule.used_at IS NULL THEN
        UPDATE policy SET used_at = business_now() WHERE id = rule.id AND used_at IS NULL;
    END IF;
    level := CASE WHEN rule.named THEN rule.level WHEN NOT rule.named THEN 'village' END;
    closed := (SELECT max(year) FROM year_close WHERE division = left(p_place, 6));
    refusal := CASE
        WHEN level IS NULL THEN 'procedure'
        WHEN length(p_office) > CASE level WHEN 'county' THEN 6 WHEN 'town' THEN 9 ELSE 12 END THEN 'level'
        WHEN extract(year FROM p_day) <= closed THEN 'year'
    END;
    detail := CASE refusal WHEN 'level' THEN level WHEN 'year' THEN closed::text END;
END $$;
