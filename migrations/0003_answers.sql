-- What was answered, by whom, and what was handed in. Nothing is overwritten
-- without a trace: the history keeps every change, lost ones included.

CREATE TABLE answers (
    case_id text NOT NULL REFERENCES cases (id),
    item text NOT NULL,
    -- As typed. Empty with `cannot_say` false: cleared.
    given text,
    cannot_say boolean NOT NULL,
    -- The case's revision at the change.
    revision bigint NOT NULL,
    at bigint NOT NULL,
    account_id text NOT NULL,
    session_id text NOT NULL,
    who text NOT NULL,
    PRIMARY KEY (case_id, item)
);

CREATE TABLE answer_history (
    case_id text NOT NULL REFERENCES cases (id),
    item text NOT NULL,
    revision bigint NOT NULL,
    given text,
    cannot_say boolean NOT NULL,
    -- What somebody typed while somebody else had already changed the item:
    -- kept here, never the current answer.
    conflict boolean NOT NULL,
    at bigint NOT NULL,
    account_id text NOT NULL,
    who text NOT NULL,
    PRIMARY KEY (case_id, item, revision)
);

-- Reasons given for soft edits; the latest per edit counts while its values hold.
CREATE TABLE confirmations (
    id text PRIMARY KEY,
    case_id text NOT NULL REFERENCES cases (id),
    edit text NOT NULL,
    instrument text NOT NULL REFERENCES instruments (version),
    -- The values it rests on, a JSON object.
    edit_values text NOT NULL,
    reason text NOT NULL,
    at bigint NOT NULL,
    account_id text NOT NULL,
    who text NOT NULL
);

CREATE INDEX confirmations_by_case ON confirmations (case_id, edit, at);

CREATE TABLE submissions (
    id text PRIMARY KEY,
    case_id text NOT NULL REFERENCES cases (id),
    -- 1 for the first; reopening leads to further ones.
    number integer NOT NULL,
    receipt text NOT NULL UNIQUE,
    fingerprint text NOT NULL,
    instrument text NOT NULL REFERENCES instruments (version),
    -- What was transmitted, as typed (JSON): the next wave's checks read it.
    entries text NOT NULL,
    -- The same for machines, with missing codes for every item (JSON).
    machine text NOT NULL,
    -- The confirmed soft edits at that moment (JSON).
    confirmed text NOT NULL,
    at bigint NOT NULL,
    account_id text NOT NULL,
    who text NOT NULL,
    UNIQUE (case_id, number)
);

-- Never overwritten: a later rule version adds rows.
CREATE TABLE classifications (
    submission_id text NOT NULL REFERENCES submissions (id),
    rule_version text NOT NULL,
    k3_rule text NOT NULL,
    ue text NOT NULL,
    u25 text NOT NULL,
    -- Known letters, ? for the others: IIb?
    type_ue text NOT NULL,
    type_u25 text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (submission_id, rule_version, k3_rule)
);
