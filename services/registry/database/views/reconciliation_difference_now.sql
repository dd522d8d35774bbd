-- Differences as they stand: what waited for another person is done or refused once that person has decided.
CREATE OR REPLACE VIEW reconciliation_difference_now WITH (security_invoker = true) AS
    SELECT d.id, d.reconciliation_id, d.division, d.number, d.household_id, d.kind, d.field, d.person, d.person_id,
        d.name, d.said, d.known, d.since, d.zh, d.en, d.proposal, d.reason, d.why_zh, d.why_en,
        CASE WHEN d.state <> 'waiting' THEN d.state WHEN r.status = 'released' THEN 'accepted'
            WHEN r.status = 'refused' THEN 'refused' ELSE 'waiting' END AS state,
        d.decided_by, d.decided_at, d.ground,
        CASE WHEN d.state = 'waiting' AND r.status = 'refused' THEN '申请未获批准：' || r.decision
            ELSE d.refusal_zh END AS refusal_zh,
        CASE WHEN d.state = 'waiting' AND r.status = 'refused' THEN 'The request was refused: ' || r.decision
            ELSE d.refusal_en END AS refusal_en,
        d.change_id
    FROM reconciliation_difference d LEFT JOIN change_request r ON d.state = 'waiting' AND r.id = d.change_id;
GRANT SELECT ON reconciliation_difference_now TO registry_api, registry_worker;
