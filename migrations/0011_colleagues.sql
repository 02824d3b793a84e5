-- Colleagues the head of an office has invited: what each may see and do.

CREATE TABLE colleagues (
    account_id text PRIMARY KEY REFERENCES accounts (id),
    unit_id text NOT NULL REFERENCES units (id),
    -- Letters of modules joined by commas, or * for all.
    modules text NOT NULL,
    -- Named deputy: hands in and answers like the head.
    deputy boolean NOT NULL,
    invited_by text NOT NULL,
    invited_at bigint NOT NULL,
    -- When a link was asked for last.
    link_at bigint NOT NULL,
    withdrawn_at bigint,
    withdrawn_by text
);

CREATE INDEX colleagues_by_unit ON colleagues (unit_id, invited_at);
