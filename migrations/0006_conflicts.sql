-- A change that lost against somebody else's waits until a person decides
-- which of the two counts.

ALTER TABLE answer_history ADD COLUMN settled_at bigint;

CREATE INDEX open_conflicts ON answer_history (case_id) WHERE conflict AND settled_at IS NULL;
