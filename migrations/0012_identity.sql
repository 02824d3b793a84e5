-- Second factors of the institute's staff, and what its log is searched by.

-- One row per account: in use (`secret`, `confirmed_at`), being set up
-- (`new_…`), or both while one replaces the other.
CREATE TABLE second_factors (
    account_id text PRIMARY KEY REFERENCES accounts (id),
    -- Base32. Whoever reads it can make codes: it is shown while it is being
    -- set up and never again, and reaches no log.
    secret text,
    confirmed_at bigint,
    -- Time step of the last code that was taken: none is taken twice.
    last_step bigint NOT NULL,
    new_secret text,
    new_at bigint,
    -- The sign-in that began it; no other one sees the new secret.
    new_session text
);

-- Codes for the day the telephone is lost; each opens once.
CREATE TABLE recovery_codes (
    account_id text NOT NULL REFERENCES accounts (id),
    code_hash text NOT NULL,
    used_at bigint,
    PRIMARY KEY (account_id, code_hash)
);

-- The password was right, the code is awaited. No session yet.
CREATE TABLE pending_sign_ins (
    token_hash text PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts (id),
    created_at bigint NOT NULL
);

CREATE INDEX pending_by_account ON pending_sign_ins (account_id);

ALTER TABLE accounts ADD COLUMN signed_in_at bigint;

-- The log is read newest first, whole or by one of these.
CREATE INDEX audit_in_order ON audit (at, id);
CREATE INDEX audit_by_account ON audit (account_id, at, id);
CREATE INDEX audit_by_action ON audit (action, at, id);
CREATE INDEX audit_by_wave ON audit (wave, at, id);
DROP INDEX audit_by_time;
