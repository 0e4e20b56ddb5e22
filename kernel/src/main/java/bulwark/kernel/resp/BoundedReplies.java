package bulwark.kernel.resp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Replies in the second version of RESP (redis.io/docs/latest/develop/reference/protocol-spec) in which no text, and no stream entry as a whole, is longer than a limit: what is longer is cut while it arrives, so that whoever writes an endless entry does not
 * fill the memory of those who read it. What was cut is still longer than any reader accepts. What replies hold as a
 * whole is limited too: beyond it reading fails, and so it does at what is no such reply, since readers understand more than this. Not thread-safe.
 */
public final class BoundedReplies extends InputStream {
    private static final int BUFFER = 16 * 1024;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_DIGITS = 18;
    /** About what an element takes beside its text. */
    private static final int ELEMENT_BYTES = 64;

    private final InputStream in;
    private final int longest;
    private final ReplyLimit whole;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;
    /** Bytes that go through as they are, then bytes that are left out, then bytes that go through again. */
    private long passing;

    private long skipping;
    private long passingAfter;
    private boolean withinLine;
    /** Arrays that are open: elements to come, and length of the texts so far; the first is no array. */
    private final long[] remaining = new long[MAX_DEPTH];

    private final long[] lengths = new long[MAX_DEPTH];
    private int depth;

    public BoundedReplies(InputStream in, int longest, ReplyLimit whole) {
        this.in = in;
        this.whole = whole;
        this.longest = longest;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int written = 0;
        while (written < length) {
            if (position == limit) {
                if (written > 0) {
                    return written;
                }
                if (!fill()) {
                    return -1;
                }
            }
            if (passing > 0) {
                int some = (int) Math.min(Math.min(passing, limit - position), length - written);
                System.arraycopy(buffer, position, target, offset + written, some);
                position += some;
                passing -= some;
                written += some;
            } else if (skipping > 0) {
                int some = (int) Math.min(skipping, limit - position);
                position += some;
                skipping -= some;
            } else if (passingAfter > 0) {
                passing = passingAfter;
                passingAfter = 0;
            } else if (!line(written == 0)) {
                return written;
            }
        }
        return written;
    }

    /** Looks at the line that begins here. @return false when it is not there yet, and may not be waited for */
    private boolean line(boolean mayWait) throws IOException {
        int end = end();
        while (end < 0 && limit - position < BUFFER) {
            if (!mayWait) {
                return false;
            }
            if (!fill()) {
                throw new EOFException("the connection ended within a reply");
            }
            end = end();
        }
        if (end < 0) {
            // A long error, say: the last byte may be half of its end.
            withinLine = true;
            passing = limit - position - 1;
            return true;
        }
        passing = end - position;
        if (!withinLine) {
            if (depth == 0) {
                whole.replyBegins();
            }
            switch (buffer[position]) {
                case '*' -> array(number(end));
                case '$' -> text(number(end), end);
                case '+', '-', ':' -> elementEnds();
                default -> throw malformed("begins with no type of RESP 2");
            }
        }
        withinLine = false;
        return true;
    }

    /** What the line tells, below 0 for null. Readers take other spellings for numbers of their own. */
    private long number(int end) throws IOException {
        int first = position + 1;
        int digits = end - 2 - first;
        if (digits == 2 && buffer[first] == '-' && buffer[first + 1] == '1') {
            return -1;
        }
        if (digits < 1 || digits > MAX_DIGITS) {
            throw malformed("has a length that is no number");
        }
        long number = 0;
        for (int i = first; i < end - 2; i++) {
            if (buffer[i] < '0' || buffer[i] > '9') {
                throw malformed("has a length that is no number");
            }
            number = number * 10 + buffer[i] - '0';
        }
        return number;
    }

    private static IOException malformed(String fault) {
        return new IOException("sent a reply that " + fault);
    }

    private void array(long elements) throws IOException {
        // The reader makes room for as many as are announced.
        whole.take((long) ELEMENT_BYTES * Math.clamp(elements, 0, Integer.MAX_VALUE));
        if (elements > 0 && depth == MAX_DEPTH - 1) {
            throw malformed("holds arrays in more than " + MAX_DEPTH + " levels");
        }
        if (elements <= 0) {
            elementEnds();
            return;
        }
        depth++;
        remaining[depth] = elements;
        lengths[depth] = 0;
    }

    private void elementEnds() {
        while (depth > 0 && --remaining[depth] == 0) {
            depth--;
        }
    }

    /** Lists of whole documents stand at the first level, the fields of an entry deeper. @param end of the line that tells the length */
    private void text(long length, int end) throws ReplyTooLong {
        long most = depth < 2 ? longest : Math.max(0, longest - lengths[depth]);
        lengths[depth] += Math.max(0, length);
        whole.take(Math.min(Math.max(0, length), most));
        elementEnds();
        if (length < 0) {
            return;
        }
        if (length <= most) {
            passing += length + 2;
            return;
        }
        long digits = most;
        for (int i = end - 3; i > position; i--) {
            buffer[i] = (byte) ('0' + digits % 10);
            digits /= 10;
        }
        passing += most;
        skipping = length - most;
        passingAfter = 2;
    }

    /** After the line's end, or -1. */
    private int end() {
        for (int i = position; i + 1 < limit; i++) {
            if (buffer[i] == '\r' && buffer[i + 1] == '\n') {
                return i + 2;
            }
        }
        return -1;
    }

    private boolean fill() throws IOException {
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        }
        int read = in.read(buffer, limit, BUFFER - limit);
        limit += Math.max(0, read);
        return read > 0;
    }

    @Override
    public int available() throws IOException {
        return limit - position + in.available();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
