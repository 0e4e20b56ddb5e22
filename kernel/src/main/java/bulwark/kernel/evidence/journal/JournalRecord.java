package bulwark.kernel.evidence.journal;

import bulwark.kernel.json.JsonBuffer;

/** What one record says, written by the journal's own thread after the append: it must not change any more. */
@FunctionalInterface
public interface JournalRecord {
    /** Writes at most 64 KiB, the record as one JSON object. */
    void write(JsonBuffer out);
}
