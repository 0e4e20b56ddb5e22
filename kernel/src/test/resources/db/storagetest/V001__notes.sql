CREATE TABLE notes (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL CHECK (text <> 'forbidden')
) STRICT;
CREATE INDEX notes_text ON notes (text);
