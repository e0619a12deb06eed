-- What the live watch measured. Append-only, as the log; ten years of minutes are over a million rows, so every one is small.

-- Where and with which camera minutes were measured. A minute holds the number, not the name.
CREATE TABLE setup (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- Minutes of the wall clock. Times are milliseconds.
CREATE TABLE minute (
    -- The order of recording, without gaps.
    seq INTEGER PRIMARY KEY,
    -- Since 1970, UTC.
    start_ms INTEGER NOT NULL,
    -- The person's own calendar day, in days since 1970-01-01.
    day INTEGER NOT NULL,
    -- NULL: none was known.
    setup INTEGER,
    judged_ms INTEGER NOT NULL,
    bent_or_turned_ms INTEGER NOT NULL,
    away_ms INTEGER NOT NULL,
    unreliable_ms INTEGER NOT NULL,
    blind_ms INTEGER NOT NULL,
    -- Judged time by head inclination, degrees.
    lt0_ms INTEGER NOT NULL,
    z0_10_ms INTEGER NOT NULL,
    z10_20_ms INTEGER NOT NULL,
    z20_25_ms INTEGER NOT NULL,
    z25_40_ms INTEGER NOT NULL,
    z40_60_ms INTEGER NOT NULL,
    z60_85_ms INTEGER NOT NULL,
    ge85_ms INTEGER NOT NULL,
    -- Time at 25 degrees and more, and the same at the low and the high end of the uncertainty.
    ge25_ms INTEGER NOT NULL,
    ge25_low_ms INTEGER NOT NULL,
    ge25_high_ms INTEGER NOT NULL,
    -- Mean inclination in thousandths of a degree. NULL: nothing was judged.
    mean_mdeg INTEGER,
    -- What the numbers mean.
    version INTEGER NOT NULL
) STRICT;

CREATE INDEX minute_by_day ON minute (day);

-- Bends, nudges, what became of them, breaks.
CREATE TABLE episode (
    -- The order of recording, without gaps.
    seq INTEGER PRIMARY KEY,
    -- Microseconds since 1970, UTC.
    at_us INTEGER NOT NULL,
    -- The person's own calendar day, in days since 1970-01-01.
    day INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- A JSON object.
    body TEXT NOT NULL,
    -- The form of the body.
    version INTEGER NOT NULL
) STRICT;

CREATE INDEX episode_by_day ON episode (day, kind);

CREATE TRIGGER setup_is_not_changed BEFORE UPDATE ON setup
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER setup_is_not_deleted BEFORE DELETE ON setup
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER setup_is_not_replaced BEFORE INSERT ON setup
WHEN EXISTS (SELECT 1 FROM setup WHERE id = NEW.id OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER minute_is_not_changed BEFORE UPDATE ON minute
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER minute_is_not_deleted BEFORE DELETE ON minute
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER minute_is_not_replaced BEFORE INSERT ON minute
WHEN EXISTS (SELECT 1 FROM minute WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER episode_is_not_changed BEFORE UPDATE ON episode
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER episode_is_not_deleted BEFORE DELETE ON episode
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER episode_is_not_replaced BEFORE INSERT ON episode
WHEN EXISTS (SELECT 1 FROM episode WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- Sums of the minutes of a day. No part of the log: the trigger below makes them of the minutes, whoever adds one.
CREATE TABLE minute_sum (
    day INTEGER PRIMARY KEY,
    minutes INTEGER NOT NULL,
    judged_ms INTEGER NOT NULL,
    bent_or_turned_ms INTEGER NOT NULL,
    away_ms INTEGER NOT NULL,
    unreliable_ms INTEGER NOT NULL,
    blind_ms INTEGER NOT NULL,
    ge25_ms INTEGER NOT NULL,
    ge25_low_ms INTEGER NOT NULL,
    ge25_high_ms INTEGER NOT NULL
) STRICT;

-- A later form of the minutes brings its own.
CREATE TRIGGER minute_is_summed AFTER INSERT ON minute WHEN NEW.version = 1
BEGIN
    INSERT INTO minute_sum VALUES (
        NEW.day, 1, NEW.judged_ms, NEW.bent_or_turned_ms, NEW.away_ms, NEW.unreliable_ms, NEW.blind_ms,
        NEW.ge25_ms, NEW.ge25_low_ms, NEW.ge25_high_ms
    )
    ON CONFLICT (day) DO UPDATE SET
        minutes = minutes + 1,
        judged_ms = judged_ms + excluded.judged_ms,
        bent_or_turned_ms = bent_or_turned_ms + excluded.bent_or_turned_ms,
        away_ms = away_ms + excluded.away_ms,
        unreliable_ms = unreliable_ms + excluded.unreliable_ms,
        blind_ms = blind_ms + excluded.blind_ms,
        ge25_ms = ge25_ms + excluded.ge25_ms,
        ge25_low_ms = ge25_low_ms + excluded.ge25_low_ms,
        ge25_high_ms = ge25_high_ms + excluded.ge25_high_ms;
END;

-- The sums in days and minutes that a person reads.
CREATE VIEW watched_by_day AS
SELECT date(day * 86400, 'unixepoch') AS day, minutes, round(judged_ms / 60000.0, 1) AS judged_min,
    round(ge25_ms / 60000.0, 1) AS ge25_min, round(ge25_low_ms / 60000.0, 1) AS ge25_low_min,
    round(ge25_high_ms / 60000.0, 1) AS ge25_high_min
FROM minute_sum;
