-- Mails, written in the transaction of their cause.

CREATE TABLE outbox (
    id text PRIMARY KEY,
    -- Given when the mail is first handed over; names the file.
    number bigint UNIQUE,
    wave integer REFERENCES waves (wave),
    unit_id text REFERENCES units (id),
    case_id text REFERENCES cases (id),
    account_id text REFERENCES accounts (id),
    submission_id text REFERENCES submissions (id),
    -- What the mail is; within a wave and unit each step goes out once.
    step text NOT NULL,
    kind text NOT NULL,
    -- queued, sending, sent, deferred, failed, unclear, cancelled
    state text NOT NULL,
    -- Where it must go in any case; empty: whoever the account or case names
    -- at the moment of sending.
    recipient text,
    due_at bigint NOT NULL,
    leased_until bigint,
    attempts integer NOT NULL,
    last_answer text,
    -- As handed over, links that open something masked.
    sent_to text,
    subject text,
    body text,
    html text,
    created_at bigint NOT NULL,
    changed_at bigint NOT NULL,
    UNIQUE (wave, unit_id, step)
);

CREATE INDEX outbox_by_state ON outbox (state, due_at);
CREATE INDEX outbox_by_wave ON outbox (wave, state, due_at);

-- Numbers that must have no gaps and no repetition.
CREATE TABLE counters (
    name text PRIMARY KEY,
    value bigint NOT NULL
);

INSERT INTO counters (name, value) VALUES ('outbox', 0);
