-- The log. Append-only: what is in this file is never changed; a later version adds a file after it.

-- "nape" in ASCII, so that a file of another program is told from ours.
PRAGMA application_id = 1851879525;

CREATE TABLE event (
    -- The order of recording, without gaps.
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- Microseconds since 1970, UTC.
    at_us INTEGER NOT NULL,
    -- The person's own calendar day.
    day TEXT NOT NULL,
    -- The token of the form that it came from.
    once TEXT UNIQUE,
    kind TEXT NOT NULL,
    -- A JSON object.
    body TEXT NOT NULL,
    -- The form of the body.
    version INTEGER NOT NULL
) STRICT;

CREATE INDEX event_kind ON event (kind, seq);

CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- REPLACE would delete without asking the trigger above.
CREATE TRIGGER event_is_not_replaced BEFORE INSERT ON event
WHEN EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq OR id = NEW.id OR once = NEW.once)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- Half-filled forms. Overwritten, and no part of the log.
CREATE TABLE draft (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Events that were not taken back.
CREATE VIEW standing AS
SELECT * FROM event
WHERE kind <> 'withdrawn' AND id NOT IN (
    SELECT CASE WHEN json_valid(body) THEN coalesce(json_extract(body, '$.id'), '') ELSE '' END
    FROM event WHERE kind = 'withdrawn'
);

CREATE VIEW tightness_by_day AS
SELECT day, count(rating) AS ratings, avg(rating) AS mean, min(rating) AS least, max(rating) AS most
FROM (
    SELECT day, CASE WHEN json_valid(body) THEN json_extract(body, '$.rating') END AS rating
    FROM standing WHERE kind = 'tightness'
)
WHERE rating IS NOT NULL
GROUP BY day;

-- Sessions: each beginning, with the end of the same kind of care that came before the next beginning of it.
CREATE VIEW session AS
SELECT began.id, began.day, began.at_us AS began_us, began.care, began.what, began.planned_s,
    ended.at_us AS ended_us, ended.lasted_s, ended.how
FROM (
    SELECT seq, id, day, at_us, care, what, planned_s,
        lead(seq, 1, 9223372036854775807) OVER (PARTITION BY care ORDER BY seq) AS next_seq
    FROM (
        SELECT seq, id, day, at_us,
            CASE WHEN json_valid(body) THEN json_extract(body, '$.care') END AS care,
            CASE WHEN json_valid(body) THEN json_extract(body, '$.what') END AS what,
            CASE WHEN json_valid(body) THEN json_extract(body, '$.planned_s') END AS planned_s
        FROM event WHERE kind = 'began'
    )
    WHERE care IS NOT NULL
) AS began
LEFT JOIN (
    SELECT at_us, care, lasted_s, how, seq,
        lag(seq, 1, 0) OVER (PARTITION BY care ORDER BY seq) AS last_seq
    FROM (
        SELECT seq, at_us,
            CASE WHEN json_valid(body) THEN json_extract(body, '$.care') END AS care,
            CASE WHEN json_valid(body) THEN json_extract(body, '$.lasted_s') END AS lasted_s,
            CASE WHEN json_valid(body) THEN json_extract(body, '$.end') END AS how
        FROM event WHERE kind = 'ended'
    )
    WHERE care IS NOT NULL
) AS ended
ON ended.care = began.care AND ended.seq > began.seq AND ended.seq < began.next_seq AND ended.last_seq < began.seq;
