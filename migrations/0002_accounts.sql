-- Who may sign in, and what keeps others out.

-- A unit may have several accounts: its head (who signs in with the Kennung)
-- and colleagues (who sign in with their e-mail address).
CREATE TABLE accounts (
    id text PRIMARY KEY,
    login text NOT NULL,
    login_key text NOT NULL UNIQUE,
    -- head, colleague, viewer, editor, admin
    role text NOT NULL,
    unit_id text REFERENCES units (id),
    display_name text NOT NULL,
    email text NOT NULL,
    password_hash text,
    password_set_at bigint,
    created_at bigint NOT NULL,
    disabled_at bigint
);

CREATE INDEX accounts_by_unit ON accounts (unit_id);

-- `token_hash` is SHA-256 of what the cookie carries; `id` is not secret.
CREATE TABLE sessions (
    token_hash text PRIMARY KEY,
    id text NOT NULL UNIQUE,
    account_id text NOT NULL REFERENCES accounts (id),
    created_at bigint NOT NULL,
    last_seen_at bigint NOT NULL
);

CREATE INDEX sessions_by_account ON sessions (account_id);

CREATE TABLE tokens (
    token_hash text PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts (id),
    -- invitation, reset
    purpose text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint
);

CREATE INDEX tokens_by_account ON tokens (account_id);

-- Failures per hashed key: account and address together, address, account.
CREATE TABLE throttle (
    scope text NOT NULL,
    key_hash text NOT NULL,
    failures bigint NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (scope, key_hash)
);

CREATE INDEX throttle_by_age ON throttle (last_at);
