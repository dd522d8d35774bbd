-- Which of some keys of households and persons stand in the register, wherever they stand: somebody in one
-- township may name a person of another, whom he cannot see. Answers the keys and nothing else of them. A plan made while
-- the register was empty would read all of it for ever after: hence no sequential scans.
CREATE OR REPLACE FUNCTION taken_keys(p_numbers text[], p_households uuid[], p_indexes bytea[], p_people text[], p_persons uuid[])
 RETURNS TABLE(key text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $$
    SELECT 'number:' || number FROM household WHERE number = ANY(p_numbers)
    UNION ALL SELECT 'household:' || id FROM household WHERE id = ANY(p_households)
    UNION ALL SELECT 'identity:' || encode(identity_index, 'hex') FROM person WHERE identity_index = ANY(p_indexes)
    UNION ALL SELECT 'people:' || number FROM person WHERE number = ANY(p_people)
    UNION ALL SELECT 'person:' || id FROM person WHERE id = ANY(p_persons)
$$;
