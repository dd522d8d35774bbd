-- Households as JSON, each for the caller at its place, who is noted. Answers arrays, one element for each id: its version and
-- body, NULL where no such household is within sight. Facts are appended to the JSON as the text that they are: taking them
-- apart and putting them together again cost a seventh of a read. Amounts stand in fen under <key>_fen; whoever answers shows
-- them in yuan. A plan of its own for each call would take longer than the call.
CREATE OR REPLACE FUNCTION read_households(p_division text, p_now timestamp with time zone, p_callers jsonb[], p_ids uuid[], OUT versions integer[], OUT bodies text[])
 RETURNS record
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $$
DECLARE
    v_places text[];
BEGIN
    PERFORM app_open(p_division, p_now), set_config('synchronous_commit', 'off', true);
    SELECT array_agg(found.version), array_agg(found.body), array_agg(found.division)
        INTO versions, bodies, v_places
        FROM (SELECT h.version, h.division, concat(rtrim(json_build_object(
                    'id', h.id, 'division', h.division, 'number', h.number, 'version', h.version, 'status', h.status,
                    'size', h.size, 'identified_on', h.identified_on, 'attribute', h.attribute, 'main_cause', h.main_cause,
                    'other_causes', h.other_causes, 'phone', h.phone_masked, 'bank_card', h.card_masked, 'source', h.source,
                    'captured_at', h.captured_at, 'recorded_at', h.recorded_at)::text, '}'),
                ', "members": [', (
                    SELECT string_agg(concat(rtrim(json_build_object(
                            'id', m.person_id, 'number', m.number, 'name', m.name, 'relation', m.relation, 'sex', m.sex,
                            'born', m.born, 'identity_number', m.identity_masked, 'document_kind', m.document_kind,
                            'phone', m.phone_masked, 'joined_on', m.joined_on)::text, '}'), more(m.facts)), ', '
                        ORDER BY m.relation <> '户主', m.born, m.person_id)
                    FROM member_now m WHERE m.household_id = h.id), ']', more(h.facts)) AS body
            FROM unnest(p_ids) WITH ORDINALITY AS asked(id, place) LEFT JOIN household h ON h.id = asked.id
            ORDER BY asked.place) AS found;
    INSERT INTO audit_entry (actor, roles, actor_division, purpose, action, object_kind, object_id, division, request_id)
    SELECT seen.caller ->> 'subject', (seen.caller ->> 'roles')::text[], seen.caller ->> 'division',
        seen.caller ->> 'purpose', 'read', 'household', seen.id::text, seen.division, seen.caller ->> 'request_id'
    FROM unnest(p_callers, p_ids, v_places) AS seen(caller, id, division) WHERE seen.division IS NOT NULL;
END $$;
