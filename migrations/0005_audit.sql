-- Who looked at, exported or changed what. Rows are only ever added.

CREATE TABLE audit (
    id text PRIMARY KEY,
    at bigint NOT NULL,
    -- Empty for the command line.
    account_id text,
    who text NOT NULL,
    action text NOT NULL,
    wave integer,
    unit_id text,
    detail text NOT NULL
);

CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_unit ON audit (unit_id, at);
