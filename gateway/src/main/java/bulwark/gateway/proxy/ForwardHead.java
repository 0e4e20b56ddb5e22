package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamServer;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.TraceContext;
import bulwark.gateway.http1.Field;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the head that an upstream gets: the client's own lines as they came, without those of one hop, without those that only the gateway may set, then the gateway's lines. What the client
 * names in {@code Connection} removes its own lines and never the gateway's.
 */
final class ForwardHead {
    private static final byte[] LINE_END = ascii(" HTTP/1.1\r\n");
    /** By what the request came, for {@link #write}. */
    static final byte[] VIA_1_0 = ascii("Via: 1.0 stoa\r\n");

    static final byte[] VIA_1_1 = ascii("Via: 1.1 stoa\r\n");
    static final byte[] VIA_2 = ascii("Via: 2 stoa\r\n");
    private static final byte[] TRACEPARENT = ascii("traceparent: 00-");
    private static final byte[] FORWARDED_HOST = ascii("X-Forwarded-Host: ");
    private static final byte[] CONTENT_LENGTH = ascii("Content-Length: ");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] UPGRADE = ascii("Connection: Upgrade\r\nUpgrade: websocket\r\n");

    private ForwardHead() {}

    /**
     * Fills the writer.
     *
     * @param rest where the part of the target that follows the route's prefix begins
     * @param peerLines {@code X-Forwarded-For} and {@code X-Forwarded-Proto} of the connection
     * @param forwardAuthorization whether the caller's own credentials reach the backend
     */
    static void write(
            HeadWriter writer,
            GatewayCall call,
            UpstreamServer server,
            int rest,
            byte[] viaLine,
            byte[] peerLines,
            boolean forwardAuthorization,
            boolean upgrade) {
        RawRequestHead head = call.head();
        writer.clear();
        writer.text(head.method()).put(' ');
        target(writer, head, server, rest);
        writer.put(LINE_END).put(server.hostLine());
        clientFields(writer, call, forwardAuthorization);
        writer.put(viaLine).put(peerLines);
        trace(writer, call.trace());
        host(writer, head);
        FieldOverride.write(writer, call.backendFields());
        FieldOverride.write(writer, call.joinedBackendFields());
        if (upgrade) {
            writer.put(UPGRADE);
        } else if (head.isChunked()) {
            writer.put(CHUNKED);
        } else if (head.contentLength() >= 0) {
            writer.put(CONTENT_LENGTH).decimal(head.contentLength()).lineEnd();
        }
        writer.lineEnd();
    }

    private static void target(HeadWriter writer, RawRequestHead head, UpstreamServer server, int rest) {
        byte[] prefix = server.pathPrefix();
        writer.put(prefix);
        boolean path = rest < head.targetEnd() && head.bytes()[rest] == '/';
        if (!path && prefix.length == 0) {
            writer.put('/');
        }
        writer.put(head.bytes(), rest, head.targetEnd());
    }

    private static void clientFields(HeadWriter writer, GatewayCall call, boolean forwardAuthorization) {
        RawRequestHead head = call.head();
        boolean options = head.hasConnectionOptions();
        List<String> own = call.backendFields();
        int count = head.fieldCount();
        int runStart = -1;
        for (int i = 0; i < count; i++) {
            long field = head.field(i);
            boolean kept = isKept(head, call.trace(), field, forwardAuthorization)
                    && !(options && head.isConnectionOption(field))
                    && (own.isEmpty() || !FieldOverride.isNamed(head.bytes(), field, own));
            if (kept && runStart < 0) {
                runStart = Field.nameStart(field);
            } else if (!kept && runStart >= 0) {
                writer.put(head.bytes(), runStart, Field.nameStart(field));
                runStart = -1;
            }
        }
        if (runStart >= 0) {
            // Up to the blank line, which is the last two bytes.
            writer.put(head.bytes(), runStart, head.bytes().length - 2);
        }
    }

    private static boolean isKept(RawRequestHead head, TraceContext trace, long field, boolean forwardAuthorization) {
        return switch (Field.code(field)) {
            case HeaderName.OTHER,
                    HeaderName.CONTENT_TYPE,
                    HeaderName.DATE,
                    HeaderName.ORIGIN,
                    HeaderName.COOKIE,
                    HeaderName.ACCEPT,
                    HeaderName.SERVER_SOFTWARE,
                    HeaderName.ANSWER_POLICY -> true;
            case HeaderName.AUTHORIZATION, HeaderName.API_KEY -> forwardAuthorization;
            case HeaderName.TRACESTATE -> trace.continued();
            case HeaderName.EXPECT -> head.hasBody() && head.minorVersion() == 1;
            default -> false;
        };
    }

    private static void trace(HeadWriter writer, TraceContext trace) {
        writer.put(TRACEPARENT).hex16(trace.traceHigh()).hex16(trace.traceLow());
        writer.put('-').hex16(trace.span());
        writer.put('-').put('0').put(trace.sampled() ? '1' : '0').lineEnd();
    }

    private static void host(HeadWriter writer, RawRequestHead head) {
        for (int i = 0; i < head.fieldCount(); i++) {
            long field = head.field(i);
            if (Field.code(field) == HeaderName.HOST) {
                writer.put(FORWARDED_HOST)
                        .put(head.bytes(), Field.valueStart(field), Field.valueEnd(field))
                        .lineEnd();
            }
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
