CREATE OR REPLACE FUNCTION business_today() RETURNS date LANGUAGE sql STABLE AS
    $$ SELECT (business_now() AT TIME ZONE 'Asia/Shanghai')::date $$;
