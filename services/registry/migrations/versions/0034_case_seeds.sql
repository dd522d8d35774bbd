-- What a list's spot checks are drawn by: chance of its own, for a client chooses the ids of cases and lists.
ALTER TABLE case_list ADD seed text;
UPDATE case_list SET seed = step;
ALTER TABLE case_list ALTER seed SET NOT NULL, ALTER seed SET DEFAULT gen_random_uuid()::text;
