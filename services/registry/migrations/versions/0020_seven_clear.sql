-- What a household gets and by which year it leaves poverty, as far as this register knows: whoever keeps plans,
-- measures or participations replaces these views (CREATE OR REPLACE, the same columns), and the seven clear follow.
CREATE VIEW household_measure WITH (security_invoker = true) AS
    SELECT id AS household_id, division FROM household WHERE false;
CREATE VIEW household_project WITH (security_invoker = true) AS
    SELECT id AS household_id, division FROM household WHERE false;
-- Of a household that has left: the year in which it did.
CREATE VIEW household_exit_year WITH (security_invoker = true) AS
    SELECT household_id, division, CAST(extract(year FROM effective_on) AS integer) AS year
    FROM change WHERE kind = 'exit';
