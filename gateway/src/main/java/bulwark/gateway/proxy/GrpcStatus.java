package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.WireError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Refusals as clients of gRPC read them: status 200 and a list of headers that is trailers at once ("Trailers-Only" of the gRPC protocol over HTTP/2). */
final class GrpcStatus {
    private static final String TYPE = "application/grpc";
    private static final int DEADLINE_EXCEEDED = 4;
    private static final int PERMISSION_DENIED = 7;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int UNIMPLEMENTED = 12;
    private static final int INTERNAL = 13;
    private static final int UNAVAILABLE = 14;
    private static final int UNAUTHENTICATED = 16;

    private GrpcStatus() {}

    /** Whether the request is a call of gRPC. */
    static boolean isAsked(RawRequestHead head) {
        String type = head.value(HeaderName.CONTENT_TYPE);
        return type != null
                && type.toLowerCase(Locale.ROOT).startsWith(TYPE)
                && (type.length() == TYPE.length() || "+;".indexOf(type.charAt(TYPE.length())) >= 0);
    }

    /** @param status of HTTP, as {@link bulwark.gateway.refusal.GatewayWireErrors} has it */
    static int code(int status) {
        return switch (status) {
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404, 405, 501 -> UNIMPLEMENTED;
            case 408, 504 -> DEADLINE_EXCEEDED;
            case 413, 414, 429, 431 -> RESOURCE_EXHAUSTED;
            case 502, 503 -> UNAVAILABLE;
            default -> INTERNAL;
        };
    }

    /** Fills the writer: the lines of the refusal stay, its body becomes the message. */
    static void write(LoopWorker worker, boolean tls, GatewayCall call, GatewayRefusal why, WireError error) {
        List<String> status = List.of(
                "Content-Type",
                TYPE,
                "Cache-Control",
                "no-store",
                "X-Stoa-Refusal",
                why.code(),
                "grpc-status",
                Integer.toString(code(error.status())),
                "grpc-message",
                message(error.body()));
        new AnswerHead(worker, tls, call.trace(), 1, true)
                .writeUnframed(200, status, error.fields(), call.allAnswerFields());
    }

    /** Percent-encoded as the protocol has it: all but visible ASCII, and the percent sign. */
    static String message(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(String.format(Locale.ROOT, "%02X", b & 0xff));
            }
        }
        return encoded.toString();
    }
}
