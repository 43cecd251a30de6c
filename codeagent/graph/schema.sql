-- The index of one repository. A cache: every row can be made again from the repository.

-- What files say, by content. `id` is a hash of digest, language and extractor, so that equal content
-- is stored once and is found without an index.
CREATE TABLE facts (
    id INTEGER PRIMARY KEY,
    added REAL NOT NULL,        -- seconds since the epoch
    head BLOB NOT NULL,         -- Head, msgpack
    words_crc INTEGER NOT NULL, -- of `head`, `defined` and `names`
    crc INTEGER NOT NULL,       -- of `blob`
    defined BLOB NOT NULL,      -- dotted names of the file's symbols, newline-framed
    names BLOB NOT NULL,        -- every name the file mentions, newline-framed
    blob BLOB NOT NULL          -- FileFacts, msgpack
);

-- What the resolver made of files. `id` is a hash of the blob.
CREATE TABLE links (
    id INTEGER PRIMARY KEY,
    crc INTEGER NOT NULL,
    blob BLOB NOT NULL          -- FileLinks, msgpack
);

-- The working tree (name '') and the revisions (name: commit) that are indexed, each as one value.
CREATE TABLE snapshots (
    name TEXT PRIMARY KEY,
    used REAL NOT NULL,
    files INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    body BLOB NOT NULL          -- Snapshot, msgpack
);

CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
