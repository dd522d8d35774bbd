-- The business moment of this transaction; NULL (and so an error in every NOT NULL column) where none was opened.
CREATE OR REPLACE FUNCTION business_now() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT nullif(current_setting('app.now', true), '')::timestamptz $$;
