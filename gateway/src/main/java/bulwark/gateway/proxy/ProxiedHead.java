package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.TraceContext;
import bulwark.gateway.http1.Field;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.http1.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the head of a backend's answer for the client: the backend's lines as they came, without those of one hop, of its software, and of the gateway's policy; then the gateway's lines. */
final class ProxiedHead {
    /** How the body reaches the client. */
    enum Framing {
        NO_BODY,
        LENGTH,
        CHUNKED,
        /** The end of the connection ends the body. */
        CLOSE,
        /** The frames of HTTP/2 say where the body ends. */
        FRAMES,
        /** Not HTTP any more. */
        UPGRADE
    }

    private static final byte[] VIA = ascii("Via: 1.1 stoa\r\n");
    private static final byte[] TRACE_ID = ascii("X-Stoa-Trace-Id: ");
    private static final byte[] TRACEPARENT = ascii("\r\ntraceparent: 00-");
    private static final byte[] TIMING = ascii("X-Stoa-Timing: gw=");
    private static final byte[] HOPS = ascii(";hops=1\r\n");
    private static final byte[] SERVER_TIMING = ascii("Server-Timing: gw;dur=");
    private static final byte[] CONTENT_LENGTH = ascii("Content-Length: ");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] UPGRADE = ascii("Connection: Upgrade\r\nUpgrade: websocket\r\n");
    private static final long NANOS_PER_HUNDREDTH_MILLI = 10_000;

    private ProxiedHead() {}

    /** How the body of this answer goes on. @param minorVersion of the client's HTTP/1 */
    static Framing framing(HeadReader reader, boolean bodiless, int minorVersion) {
        if (bodiless) {
            return Framing.NO_BODY;
        }
        if (!reader.isChunked() && reader.contentLength() >= 0) {
            return Framing.LENGTH;
        }
        return minorVersion == 1 ? Framing.CHUNKED : Framing.CLOSE;
    }

    static boolean isEventStream(HeadReader reader) {
        for (int i = 0; i < reader.fieldCount(); i++) {
            long field = reader.field(i);
            if (Field.code(field) == HeaderName.CONTENT_TYPE) {
                return reader.valueStartsWith(field, "text/event-stream");
            }
        }
        return false;
    }

    /**
     * Fills the writer.
     *
     * @param reader holds the backend's head
     * @param bytes that the reader read
     * @param ownNanos time that the call spent in the gateway before it was sent on
     */
    static void write(
            LoopWorker worker,
            HeadReader reader,
            byte[] bytes,
            GatewayCall call,
            boolean tls,
            Framing framing,
            boolean close,
            long ownNanos) {
        HeadWriter writer = worker.writer;
        writer.clear();
        writer.put(StatusText.line(reader.status()));
        boolean dated = backendFields(writer, reader, bytes, call.answerFields());
        if (!dated) {
            writer.put(worker.dateLine());
        }
        writer.put(AnswerPolicy.lines(tls)).put(VIA);
        trace(writer, call.trace());
        writer.put(TIMING);
        hundredths(writer, ownNanos / NANOS_PER_HUNDREDTH_MILLI);
        writer.put(HOPS).put(SERVER_TIMING);
        hundredths(writer, ownNanos / NANOS_PER_HUNDREDTH_MILLI);
        writer.lineEnd();
        FieldOverride.write(writer, call.answerFields());
        FieldOverride.write(writer, call.joinedAnswerFields());
        frame(writer, reader, framing);
        if (framing != Framing.UPGRADE) {
            if (close) {
                writer.put(CLOSE);
            } else if (call.head().minorVersion() == 0) {
                writer.put(KEEP_ALIVE);
            }
        }
        writer.lineEnd();
    }

    private static void frame(HeadWriter writer, HeadReader reader, Framing framing) {
        switch (framing) {
            case UPGRADE -> writer.put(UPGRADE);
            case CHUNKED -> writer.put(CHUNKED);
            case LENGTH, NO_BODY, FRAMES -> {
                // RFC 9110 §8.6 forbids a length on 204, and a proxy that believes one waits for, or takes, the next
                // answer.
                if (reader.contentLength() >= 0 && reader.status() != 204) {
                    writer.put(CONTENT_LENGTH).decimal(reader.contentLength()).lineEnd();
                }
            }
            case CLOSE -> {}
        }
    }

    /** @return whether the backend's head holds a date */
    private static boolean backendFields(HeadWriter writer, HeadReader reader, byte[] bytes, List<String> own) {
        boolean options = reader.hasConnectionOptions();
        boolean dated = false;
        int runStart = -1;
        int count = reader.fieldCount();
        for (int i = 0; i < count; i++) {
            long field = reader.field(i);
            byte code = Field.code(field);
            dated |= code == HeaderName.DATE;
            boolean kept = isKept(code)
                    && !(options && reader.isConnectionOption(field))
                    && (own.isEmpty() || !FieldOverride.isNamed(bytes, field, own));
            if (kept && runStart < 0) {
                runStart = Field.nameStart(field);
            } else if (!kept && runStart >= 0) {
                writer.put(bytes, runStart, Field.nameStart(field));
                runStart = -1;
            }
        }
        if (runStart >= 0) {
            writer.put(bytes, runStart, reader.headEnd() - 2);
        }
        return dated;
    }

    static boolean isKept(byte code) {
        return switch (code) {
            case HeaderName.CONNECTION,
                    HeaderName.HOP_BY_HOP,
                    HeaderName.TRANSFER_ENCODING,
                    HeaderName.CONTENT_LENGTH,
                    HeaderName.UPGRADE,
                    HeaderName.TRACEPARENT,
                    HeaderName.TRACESTATE,
                    HeaderName.SERVER_SOFTWARE,
                    HeaderName.ANSWER_POLICY -> false;
            default -> true;
        };
    }

    private static void trace(HeadWriter writer, TraceContext trace) {
        writer.put(TRACE_ID).hex16(trace.traceHigh()).hex16(trace.traceLow());
        writer.put(TRACEPARENT).hex16(trace.traceHigh()).hex16(trace.traceLow());
        writer.put('-').hex16(trace.span());
        writer.put('-').put('0').put(trace.sampled() ? '1' : '0').lineEnd();
    }

    private static void hundredths(HeadWriter writer, long hundredths) {
        writer.decimal(hundredths / 100).put('.');
        writer.put((char) ('0' + hundredths / 10 % 10)).put((char) ('0' + hundredths % 10));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
