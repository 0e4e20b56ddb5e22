package bulwark.gateway.evidence;

import bulwark.kernel.evidence.journal.JournalIndexer;
import java.nio.charset.StandardCharsets;

/** Finds trace id and request id in the bytes of a record, which {@link DecisionRecord} writes in this order, without parsing it. */
final class DecisionIds implements JournalIndexer.RecordIds {
    private static final byte[] TRACE = "\"trace\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SPAN = ",\"span\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REQUEST = ",\"request_id\":\"".getBytes(StandardCharsets.US_ASCII);

    @Override
    public void of(byte[] record, JournalIndexer.Found found) {
        int from = trace(record);
        if (from < 0) {
            return;
        }
        int end = end(record, from);
        found.id(from, end);
        int span = after(record, end + 1, SPAN);
        int request = span < 0 ? -1 : after(record, end(record, span) + 1, REQUEST);
        if (request >= 0) {
            found.id(request, end(record, request));
        }
    }

    /** Only kind and time, which no caller chooses, stand before it. */
    private static int trace(byte[] record) {
        for (int at = 0; at + TRACE.length < record.length; at++) {
            int behind = after(record, at, TRACE);
            if (behind >= 0) {
                return behind;
            }
        }
        return -1;
    }

    private static int after(byte[] record, int at, byte[] text) {
        if (at + text.length > record.length) {
            return -1;
        }
        for (int i = 0; i < text.length; i++) {
            if (record[at + i] != text[i]) {
                return -1;
            }
        }
        return at + text.length;
    }

    /** Of a text in JSON. */
    private static int end(byte[] record, int from) {
        int at = from;
        while (at < record.length && record[at] != '"') {
            at += record[at] == '\\' ? 2 : 1;
        }
        return Math.min(at, record.length);
    }
}
