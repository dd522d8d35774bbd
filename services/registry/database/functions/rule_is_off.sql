CREATE OR REPLACE FUNCTION rule_is_off(p_rule text, p_division text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $$
    SELECT coalesce((SELECT NOT s.enabled FROM rule_switch s
        WHERE s.rule = p_rule AND starts_with(p_division, s.division) AND s.effective_on <= business_today()
        ORDER BY length(s.division) DESC, s.effective_on DESC, s.recorded_at DESC, s.id DESC LIMIT 1), false)
$$;
