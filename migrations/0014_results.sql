-- Which rules count, outcomes small enough to count a million, and what
-- offices get back.

-- Rules somebody chose; the latest counts, without any the operator's setting
-- does. Rows are only ever added.
CREATE TABLE rule_choices (
    id text PRIMARY KEY,
    at bigint NOT NULL,
    account_id text REFERENCES accounts (id),
    who text NOT NULL,
    rule_version text NOT NULL,
    k3_rule text NOT NULL,
    reason text NOT NULL
);

-- Both age groups' outcome in ten letters; empty: not yet derived from `ue`
-- and `u25`, which classifying catches up.
ALTER TABLE classifications ADD COLUMN letters text;

CREATE INDEX classifications_unlettered ON classifications (submission_id) WHERE letters IS NULL;
CREATE INDEX classifications_lettered ON classifications (submission_id, rule_version, k3_rule, letters);
-- The latest submission of a case and the cases of a wave without reading
-- their rows, which are long.
CREATE INDEX submissions_latest ON submissions (case_id, number, id);
CREATE INDEX cases_for_results ON cases (wave, status, unit_id, id, form);

-- What offices are shown of a wave, protected and kept as it was released:
-- two states side by side would tell what each hides.
CREATE TABLE feedback (
    wave integer PRIMARY KEY REFERENCES waves (wave),
    released_at bigint NOT NULL,
    account_id text REFERENCES accounts (id),
    who text NOT NULL,
    rule_version text NOT NULL,
    k3_rule text NOT NULL,
    -- JSON
    tables text NOT NULL
);
