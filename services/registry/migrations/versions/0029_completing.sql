-- Households that a household table corrected.
ALTER TABLE import ADD corrected integer NOT NULL DEFAULT 0;
