package bulwark.gateway.proxy;

import bulwark.gateway.call.TraceContext;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.refusal.WireError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the gateway's own answers.
 *
 * @param minorVersion of the client's HTTP/1
 * @param headOnly whether the request was HEAD, so that the answer has a length and no body
 */
record AnswerHead(LoopWorker worker, boolean tls, TraceContext trace, int minorVersion, boolean headOnly) {
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final byte[] TRACE_ID = ascii("X-Stoa-Trace-Id: ");
    private static final byte[] NO_STORE = ascii("Cache-Control: no-store\r\n");

    ByteBuf of(WireError error, String code, List<String> fields, boolean close, ByteBufAllocator allocator) {
        byte[] body = error.body().getBytes(StandardCharsets.UTF_8);
        write(error, code, fields, close, body.length);
        return joined(body, allocator);
    }

    ByteBuf of(
            int status,
            String contentType,
            byte[] body,
            List<String> own,
            List<String> fields,
            boolean close,
            ByteBufAllocator allocator) {
        write(status, contentType, own, fields, close, body.length);
        return joined(body, allocator);
    }

    /** Fills the writer. @param length of the body */
    void write(WireError error, String code, List<String> fields, boolean close, int length) {
        HeadWriter writer = begin(error.status(), true, close).put(NO_STORE).field("X-Stoa-Refusal", code);
        FieldOverride.write(writer, error.fields());
        FieldOverride.write(writer, fields);
        end(writer, error.status(), error.contentType(), length);
    }

    /** As above. */
    void write(int status, String contentType, List<String> own, List<String> fields, boolean close, int length) {
        HeadWriter writer = begin(status, !isDated(own), close);
        FieldOverride.write(writer, own);
        FieldOverride.write(writer, fields);
        end(writer, status, contentType, length);
    }

    /** A head that says nothing of a body. @param fields lists of names and values in turn */
    @SafeVarargs
    final void writeUnframed(int status, List<String>... fields) {
        HeadWriter writer = begin(status, true, false);
        for (List<String> some : fields) {
            FieldOverride.write(writer, some);
        }
        writer.lineEnd();
    }

    /** An answer that was kept has the date at which the backend made it. */
    private static boolean isDated(List<String> fields) {
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equalsIgnoreCase("date")) {
                return true;
            }
        }
        return false;
    }

    private HeadWriter begin(int status, boolean dated, boolean close) {
        HeadWriter writer = worker.writer;
        writer.clear();
        writer.put(StatusText.line(status));
        if (dated) {
            writer.put(worker.dateLine());
        }
        writer.put(AnswerPolicy.lines(tls));
        writer.put(TRACE_ID).hex16(trace.traceHigh()).hex16(trace.traceLow()).lineEnd();
        return connection(writer, close);
    }

    private HeadWriter connection(HeadWriter writer, boolean close) {
        if (close) {
            return writer.put(CLOSE);
        }
        return minorVersion == 0 ? writer.put(KEEP_ALIVE) : writer;
    }

    private static void end(HeadWriter writer, int status, String contentType, int length) {
        if (length > 0) {
            writer.field("Content-Type", contentType);
        }
        if (status != 204 && status != 304) {
            writer.put(LENGTH).decimal(length).lineEnd();
        }
        writer.lineEnd();
    }

    private ByteBuf joined(byte[] body, ByteBufAllocator allocator) {
        HeadWriter writer = worker.writer;
        ByteBuf out = allocator.directBuffer(writer.length() + body.length);
        writer.writeTo(out);
        if (!headOnly) {
            out.writeBytes(body);
        }
        return out;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
