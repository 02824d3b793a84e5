-- What is kept how long after a wave was closed, and what was removed when.

-- A kind without a row is kept for good.
CREATE TABLE retention_rules (
    -- contacts, accounts, mails, notes, networks
    kind text PRIMARY KEY,
    months integer NOT NULL
);

-- The one switch: whether it runs by itself. Its row is also what whoever
-- begins a run takes first.
CREATE TABLE retention_switch (
    id integer PRIMARY KEY,
    automatic boolean NOT NULL
);

INSERT INTO retention_switch (id, automatic) VALUES (1, FALSE);

-- Every run, ended or interrupted.
CREATE TABLE retention_runs (
    id text PRIMARY KEY,
    begun_at bigint NOT NULL,
    ended_at bigint,
    account_id text,
    who text NOT NULL,
    -- Waves closed up to which moment, by kind (JSON): the same whenever an
    -- interrupted run is taken up again.
    scope text NOT NULL,
    -- How many rows it was to be.
    planned bigint NOT NULL
);

-- What it removed.
CREATE TABLE retention_done (
    run_id text NOT NULL REFERENCES retention_runs (id),
    wave integer NOT NULL REFERENCES waves (wave),
    kind text NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (run_id, wave, kind)
);

-- Contact data taken out of a case, its answers and submissions.
ALTER TABLE cases ADD COLUMN redacted_at bigint;

-- `fingerprint` stays what the receipt says; what is left has one of its own.
ALTER TABLE submissions ADD COLUMN redacted_at bigint;
ALTER TABLE submissions ADD COLUMN redacted_fingerprint text;
