-- What readers of the feed made of it: made anew from the feed where it is lost. `key` is the
-- reader's own and sorts as its pages do; one key of each reader says how far it has read.
CREATE TABLE read_model (
    reader TEXT NOT NULL,
    partition INTEGER NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (reader, partition, key)
) STRICT, WITHOUT ROWID;
