-- Rückfragen: what staff asks an office about named items of a submission.

CREATE TABLE queries (
    id text PRIMARY KEY,
    case_id text NOT NULL REFERENCES cases (id),
    -- 1 for the first of its case.
    number integer NOT NULL,
    -- open, answered, closed, withdrawn
    state text NOT NULL,
    -- Where the case stood before.
    from_status text NOT NULL,
    -- What it asks about.
    submission_id text NOT NULL REFERENCES submissions (id),
    -- Last local day to answer.
    due_day text NOT NULL,
    opened_at bigint NOT NULL,
    opened_by text NOT NULL,
    answered_at bigint,
    answered_by text,
    -- What the answer handed in.
    answer_id text REFERENCES submissions (id),
    closed_at bigint,
    closed_by text,
    -- accepted, asked_again, withdrawn, decided
    outcome text,
    note text,
    UNIQUE (case_id, number)
);

-- A case has at most one that waits for the office.
CREATE UNIQUE INDEX queries_open ON queries (case_id) WHERE state = 'open';
CREATE INDEX queries_by_state ON queries (state, due_day, id);

CREATE TABLE query_points (
    query_id text NOT NULL REFERENCES queries (id),
    place integer NOT NULL,
    -- Items it is about, a JSON list of ids.
    items text NOT NULL,
    question text NOT NULL,
    -- The edit it came from, if any.
    edit text,
    -- As transmitted, as typed, by item (JSON); the second once it is answered.
    values_before text NOT NULL,
    values_after text,
    explanation text NOT NULL,
    explained_by text,
    -- Counts the changes of the explanation.
    revision bigint NOT NULL,
    PRIMARY KEY (query_id, place)
);

-- The Rückfrage a mail is about.
ALTER TABLE outbox ADD COLUMN query_id text REFERENCES queries (id);

CREATE INDEX outbox_by_query ON outbox (query_id) WHERE query_id IS NOT NULL;
