-- The institute's work on cases: lists that stay fast, calls, notes, longer
-- deadlines, and several people at once.

-- What lists filter and sort by stands beside the case, kept in the
-- transaction of its cause.
ALTER TABLE cases ADD COLUMN kennung_key text NOT NULL DEFAULT '';
-- When it got its status.
ALTER TABLE cases ADD COLUMN status_at bigint NOT NULL DEFAULT 0;
-- When its questionnaire was last opened, worked on or handed in, up to a
-- minute too early; 0: never.
ALTER TABLE cases ADD COLUMN active_at bigint NOT NULL DEFAULT 0;
-- Types of the latest submission, and the rules that say so.
ALTER TABLE cases ADD COLUMN type_ue text;
ALTER TABLE cases ADD COLUMN type_u25 text;
ALTER TABLE cases ADD COLUMN type_rules text NOT NULL DEFAULT '';
-- Questions asked and answered at the revision `progress_revision`.
ALTER TABLE cases ADD COLUMN asked integer NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN answered integer NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN progress_revision bigint NOT NULL DEFAULT -1;
-- 1 when `case_words` holds the words of the case as it is.
ALTER TABLE cases ADD COLUMN words_version integer NOT NULL DEFAULT 0;
-- Counts what staff changes and every transition, see `case_changes`.
ALTER TABLE cases ADD COLUMN desk_revision bigint NOT NULL DEFAULT 0;
-- A deadline of its own, and the moment it ends.
ALTER TABLE cases ADD COLUMN own_deadline text;
ALTER TABLE cases ADD COLUMN own_deadline_at bigint;
-- The latest call: when (0: none), how it went, when to call again; and how
-- many calls since anybody was reached.
ALTER TABLE cases ADD COLUMN called_at bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN call_result text;
ALTER TABLE cases ADD COLUMN call_back_on text;
ALTER TABLE cases ADD COLUMN calls_missed integer NOT NULL DEFAULT 0;

UPDATE cases SET kennung_key = (SELECT u.kennung_key FROM units u WHERE u.id = cases.unit_id);
UPDATE cases SET status_at = COALESCE(
    (SELECT MAX(e.at) FROM case_events e WHERE e.case_id = cases.id AND e.to_status = cases.status), created_at);
UPDATE cases SET active_at = COALESCE(
    (SELECT MAX(e.at) FROM case_events e WHERE e.case_id = cases.id AND e.event IN ('open', 'answer', 'submit')), 0);
UPDATE cases SET active_at = (SELECT MAX(h.at) FROM answer_history h WHERE h.case_id = cases.id)
WHERE EXISTS (SELECT 1 FROM answer_history h WHERE h.case_id = cases.id AND h.at > cases.active_at);
UPDATE cases SET called_at = COALESCE(
    (SELECT MAX(a.at) FROM contact_attempts a WHERE a.case_id = cases.id AND a.kind = 'anruf'), 0);

CREATE INDEX cases_by_kennung ON cases (wave, kennung_key, id);
CREATE INDEX cases_by_activity ON cases (wave, active_at, id);
CREATE INDEX cases_by_receipt ON cases (wave, (COALESCE(submitted_at, 0)), id);
-- In the order of the process, as `store::desk` writes it.
CREATE INDEX cases_by_stage ON cases (wave, (CASE status WHEN 'not_invited' THEN 0 WHEN 'invited' THEN 1
    WHEN 'opened' THEN 2 WHEN 'started' THEN 3 WHEN 'submitted' THEN 4 WHEN 'query' THEN 5 WHEN 'usable' THEN 6
    WHEN 'unusable' THEN 7 WHEN 'refused' THEN 8 ELSE 9 END), id);
CREATE INDEX cases_without_words ON cases (words_version) WHERE words_version < 1;
CREATE INDEX cases_by_rules ON cases (type_rules) WHERE submitted_at IS NOT NULL;

-- Folded words of name, place and Kennung, to be found by their beginnings.
CREATE TABLE case_words (
    wave integer NOT NULL REFERENCES waves (wave),
    word text NOT NULL,
    case_id text NOT NULL REFERENCES cases (id),
    PRIMARY KEY (wave, word, case_id)
);

CREATE INDEX case_words_by_case ON case_words (case_id);

-- Filters of the case list somebody has given a name.
CREATE TABLE saved_views (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name text NOT NULL,
    -- The part of the address after the question mark, without the wave.
    query text NOT NULL,
    created_at bigint NOT NULL,
    UNIQUE (account_id, name)
);

-- What changed in a case, so that a form that was made before can say so.
CREATE TABLE case_changes (
    case_id text NOT NULL REFERENCES cases (id),
    -- `desk_revision` after it.
    revision bigint NOT NULL,
    at bigint NOT NULL,
    who text NOT NULL,
    what text NOT NULL,
    PRIMARY KEY (case_id, revision)
);

-- Who has a case open at the moment.
CREATE TABLE case_presence (
    case_id text NOT NULL REFERENCES cases (id),
    account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    who text NOT NULL,
    seen_at bigint NOT NULL,
    PRIMARY KEY (case_id, account_id)
);

-- Notes of staff; every version is kept, an empty one takes the note back.
CREATE TABLE case_notes (
    id text PRIMARY KEY,
    case_id text NOT NULL REFERENCES cases (id),
    account_id text NOT NULL,
    who text NOT NULL,
    created_at bigint NOT NULL
);

CREATE INDEX case_notes_by_case ON case_notes (case_id, created_at);

CREATE TABLE case_note_versions (
    note_id text NOT NULL REFERENCES case_notes (id),
    revision integer NOT NULL,
    text text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (note_id, revision)
);

-- How a call went, and the day on which to call again.
ALTER TABLE contact_attempts ADD COLUMN result text;
ALTER TABLE contact_attempts ADD COLUMN call_back_on text;

-- Entered by staff on behalf of the office.
ALTER TABLE answers ADD COLUMN by_staff boolean NOT NULL DEFAULT FALSE;
ALTER TABLE answer_history ADD COLUMN by_staff boolean NOT NULL DEFAULT FALSE;
ALTER TABLE confirmations ADD COLUMN by_staff boolean NOT NULL DEFAULT FALSE;
ALTER TABLE submissions ADD COLUMN by_staff boolean NOT NULL DEFAULT FALSE;
