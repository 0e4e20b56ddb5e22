package bulwark.facts.recall;

import bulwark.facts.fact.RenderedFact;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of an answer as they grow: each fact is written once, and copied where it is said again. For one thread. */
final class ResponseBuffer {
    private byte[] bytes;
    private int length;

    /** @param expected bytes that are made room for; more may come */
    ResponseBuffer(int expected) {
        bytes = new byte[expected];
    }

    int length() {
        return length;
    }

    ResponseBuffer ascii(String text) {
        return add(text.getBytes(StandardCharsets.US_ASCII), 0, text.length());
    }

    ResponseBuffer add(byte[] from, int start, int end) {
        makeRoom(end - start);
        System.arraycopy(from, start, bytes, length, end - start);
        length += end - start;
        return this;
    }

    ResponseBuffer add(RenderedFact fact) {
        makeRoom(fact.length());
        length = fact.copy(bytes, length);
        return this;
    }

    /** Says a part of what was written again. */
    ResponseBuffer repeat(int start, int end) {
        makeRoom(end - start);
        return add(bytes, start, end);
    }

    byte[] toArray() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    private void makeRoom(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
