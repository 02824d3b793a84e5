-- The plan of a wave's mails, their texts, and what else there was of contact.

-- What goes out when, to whom. Written when a plan is first used or changed;
-- a wave without rows follows the plan the program ships.
CREATE TABLE mail_steps (
    wave integer NOT NULL REFERENCES waves (wave),
    step text NOT NULL,
    title text NOT NULL,
    template text NOT NULL,
    -- start, deadline
    anchor text NOT NULL,
    days integer NOT NULL,
    -- Minutes after midnight in Europe/Berlin.
    minute integer NOT NULL,
    -- everybody, pending, not_opened, opened
    audience text NOT NULL,
    form text,
    land text,
    enabled boolean NOT NULL,
    -- When its mails were queued; a step is queued once.
    ran_at bigint,
    -- Set where a later step took its place.
    missed boolean NOT NULL,
    PRIMARY KEY (wave, step)
);

-- Texts staff has changed; the others are the program's.
CREATE TABLE mail_templates (
    name text PRIMARY KEY,
    subject text NOT NULL,
    body text NOT NULL,
    revision bigint NOT NULL,
    changed_at bigint NOT NULL,
    who text NOT NULL
);

-- The one switch, and why the queue stands still.
CREATE TABLE mail_switch (
    id integer PRIMARY KEY,
    paused_at bigint,
    paused_by text,
    halted text
);

INSERT INTO mail_switch (id) VALUES (1);

-- Addresses that refused a mail for good: nothing goes there until somebody
-- confirms or changes them.
CREATE TABLE address_marks (
    address_key text PRIMARY KEY,
    address text NOT NULL,
    reason text NOT NULL,
    outbox_id text REFERENCES outbox (id),
    at bigint NOT NULL
);

-- Calls, letters, visits.
CREATE TABLE contact_attempts (
    id text PRIMARY KEY,
    case_id text NOT NULL REFERENCES cases (id),
    at bigint NOT NULL,
    kind text NOT NULL,
    account_id text,
    who text NOT NULL,
    note text NOT NULL
);

CREATE INDEX contact_attempts_by_case ON contact_attempts (case_id, at);

-- Offices that want no further mails of the plan.
ALTER TABLE cases ADD COLUMN opt_out_reason text;
ALTER TABLE cases ADD COLUMN opt_out_by text;
ALTER TABLE cases ADD COLUMN opt_out_at bigint;

-- Text the mail is written from; empty: the kind's own.
ALTER TABLE outbox ADD COLUMN template text;
-- What staff wrote to one office.
ALTER TABLE outbox ADD COLUMN own_subject text;
ALTER TABLE outbox ADD COLUMN own_text text;
-- 0: somebody waits for it; 1: it is one of many.
ALTER TABLE outbox ADD COLUMN priority integer NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN first_tried_at bigint;
ALTER TABLE outbox ADD COLUMN sent_at bigint;
-- What a delivery report said.
ALTER TABLE outbox ADD COLUMN bounce text;

-- One worker sends, and holds a lock meanwhile: no mail needs a lease.
ALTER TABLE outbox DROP COLUMN leased_until;

UPDATE outbox SET priority = 1 WHERE kind = 'einladung';
UPDATE outbox SET sent_at = changed_at WHERE state = 'sent';

DROP INDEX outbox_by_state;
DROP INDEX outbox_by_wave;
CREATE INDEX outbox_waiting ON outbox (priority, due_at, id) WHERE state IN ('queued', 'deferred');
CREATE INDEX outbox_by_state ON outbox (state, id);
CREATE INDEX outbox_by_step ON outbox (wave, step, state);
CREATE INDEX outbox_by_case ON outbox (case_id, kind, sent_at);

-- Networks (hashed) an account was signed in from, so that a new one is told.
CREATE TABLE known_networks (
    account_id text NOT NULL REFERENCES accounts (id),
    network_hash text NOT NULL,
    first_at bigint NOT NULL,
    PRIMARY KEY (account_id, network_hash)
);
