-- Who a subject is, for lists that leave out what is somebody's own; the same comparison as workflow/separation.py,
-- which decides.
CREATE OR REPLACE FUNCTION person_key(p_subject text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $$ SELECT lower(regexp_replace(p_subject, '^\s+|\s+$', '', 'g')) $$;
