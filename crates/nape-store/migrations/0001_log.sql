-- Everything that happened, one row an event, in the order of recording. Rows are never changed and never deleted: the database itself refuses.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at_us INTEGER NOT NULL,
    day TEXT NOT NULL,
    once TEXT UNIQUE,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;

CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;

-- Half-filled forms and the like: overwritten, no part of the log.
CREATE TABLE draft (
    name TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;

-- For people who look into the file with other programs: what was not taken back.
CREATE VIEW event_that_counts AS
SELECT seq, id, at_us, day, kind, body FROM event
WHERE kind NOT IN ('withdrawn', 'setting')
  AND id NOT IN (SELECT json_extract(body, '$.id') FROM event WHERE kind = 'withdrawn');

CREATE VIEW tightness_by_day AS
SELECT day, count(*) AS ratings, avg(json_extract(body, '$.rating')) AS mean
FROM event_that_counts WHERE kind = 'tightness' GROUP BY day;
