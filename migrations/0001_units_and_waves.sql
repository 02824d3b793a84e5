-- Who is surveyed, when, with which questionnaire.
--
-- One dialect for SQLite and PostgreSQL: ids are UUIDv7 as text, moments are
-- microseconds since 1970 UTC, days are ISO texts, JSON is text.

CREATE TABLE units (
    id text PRIMARY KEY,
    -- As the register writes it; `kennung_key` is the folded form it is found by.
    kennung text NOT NULL,
    kennung_key text NOT NULL UNIQUE,
    created_at bigint NOT NULL
);

-- The source files of every questionnaire a wave was held with, as JSON
-- [[name, text], …]. Never changed: `version` is a hash over them.
CREATE TABLE instruments (
    version text PRIMARY KEY,
    sources text NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE waves (
    wave integer PRIMARY KEY,
    stichtag text NOT NULL,
    zeitraum text NOT NULL,
    -- Local days; the deadline is the end of that day in `zone`.
    field_start text NOT NULL,
    deadline text NOT NULL,
    zone text NOT NULL,
    previous integer REFERENCES waves (wave),
    -- planned, open, closed
    state text NOT NULL,
    -- Empty until the wave opens, unless its own questionnaire was given.
    instrument text REFERENCES instruments (version),
    created_at bigint NOT NULL,
    opened_at bigint,
    closed_at bigint
);

-- One unit in one wave. Form, name and contact belong to unit and wave.
CREATE TABLE cases (
    id text PRIMARY KEY,
    wave integer NOT NULL REFERENCES waves (wave),
    unit_id text NOT NULL REFERENCES units (id),
    name text NOT NULL,
    -- Folded name: German order without a collation of the database.
    sort_key text NOT NULL,
    form text NOT NULL,
    land text NOT NULL,
    contact_name text NOT NULL,
    contact_email text NOT NULL,
    -- Further columns of the register, a JSON object.
    attributes text NOT NULL,
    status text NOT NULL,
    -- Counts every change of the answers; revisions of answers are taken from it.
    revision bigint NOT NULL,
    successor_id text REFERENCES units (id),
    created_at bigint NOT NULL,
    invited_at bigint,
    opened_at bigint,
    started_at bigint,
    submitted_at bigint,
    UNIQUE (wave, unit_id)
);

CREATE INDEX cases_by_unit ON cases (unit_id, wave);
CREATE INDEX cases_in_order ON cases (wave, sort_key, id);
CREATE INDEX cases_by_status ON cases (wave, status, form, land);

-- Every transition of a case.
CREATE TABLE case_events (
    id text PRIMARY KEY,
    case_id text NOT NULL REFERENCES cases (id),
    at bigint NOT NULL,
    -- Account that did it; empty where the program did it by itself.
    account_id text,
    who text NOT NULL,
    event text NOT NULL,
    from_status text NOT NULL,
    to_status text NOT NULL,
    reason text
);

CREATE INDEX case_events_by_case ON case_events (case_id, at);
