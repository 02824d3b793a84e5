-- Returns at a glance: figures kept in the transaction of every change, so
-- that no page counts cases. What stands here can be recounted from cases,
-- their events and the outbox at any time.

-- Per cent of the frozen list the institute wants in.
ALTER TABLE waves ADD COLUMN target integer NOT NULL DEFAULT 95;
-- Column of the register that tells the size of an office; empty: customers
-- (B1) of the wave before.
ALTER TABLE waves ADD COLUMN size_column text;
-- Largest figure of the first three size classes, a JSON array; empty until
-- the wave opens, and where there are no figures.
ALTER TABLE waves ADD COLUMN size_cuts text;

-- Frozen at opening: 1 to 4; 0 where there is no figure.
ALTER TABLE cases ADD COLUMN size_class integer NOT NULL DEFAULT 0;
-- The latest submission could be classified for customers from 25 years on.
ALTER TABLE cases ADD COLUMN typology boolean NOT NULL DEFAULT FALSE;

UPDATE cases SET typology = TRUE WHERE EXISTS (
    SELECT 1 FROM submissions s JOIN classifications k ON k.submission_id = s.id
    WHERE s.case_id = cases.id AND k.type_ue NOT LIKE '%?%'
      AND s.number = (SELECT MAX(l.number) FROM submissions l WHERE l.case_id = cases.id));

-- Cases as they stand now.
CREATE TABLE case_counts (
    wave integer NOT NULL REFERENCES waves (wave),
    form text NOT NULL,
    land text NOT NULL,
    size_class integer NOT NULL,
    status text NOT NULL,
    -- Handed in at least once.
    received boolean NOT NULL,
    typology boolean NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (wave, form, land, size_class, status, received, typology)
);

-- What each local day (Europe/Berlin) added to and took from the figures of
-- the cases that belong to the survey. The sum up to a day is the figure of
-- that day.
CREATE TABLE case_days (
    wave integer NOT NULL REFERENCES waves (wave),
    -- all, form, land, size; and which.
    dimension text NOT NULL,
    value text NOT NULL,
    day text NOT NULL,
    listed bigint NOT NULL,
    invited bigint NOT NULL,
    opened bigint NOT NULL,
    started bigint NOT NULL,
    received bigint NOT NULL,
    usable bigint NOT NULL,
    PRIMARY KEY (wave, dimension, value, day)
);

-- Mails of the plan by local day: handed over, and offices that first handed
-- in on that day after this mail was the last they had got within a week.
CREATE TABLE mail_days (
    wave integer NOT NULL REFERENCES waves (wave),
    step text NOT NULL,
    day text NOT NULL,
    sent bigint NOT NULL,
    brought bigint NOT NULL,
    PRIMARY KEY (wave, step, day)
);

-- Grows with everything that alters what the institute's pages show.
CREATE TABLE changes (
    wave integer PRIMARY KEY REFERENCES waves (wave),
    value bigint NOT NULL
);

-- 0: a database from before; it is counted when it is next opened.
INSERT INTO counters (name, value) VALUES ('returns', 0);
