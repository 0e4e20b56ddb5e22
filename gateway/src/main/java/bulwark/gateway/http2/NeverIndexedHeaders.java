package bulwark.gateway.http2;

import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.util.AsciiString;

/**
 * Which lines no table of HPACK holds (RFC 7541 §7.1.3): credentials, so that nobody learns them by the length of what is sent, and identifiers that are another in each message, which
 * would push out what is sent again.
 */
final class NeverIndexedHeaders implements Http2HeadersEncoder.SensitivityDetector {
    static final NeverIndexedHeaders STANDARD = new NeverIndexedHeaders();

    private static final AsciiString[] NAMES = {
        AsciiString.cached("authorization"),
        AsciiString.cached("proxy-authorization"),
        AsciiString.cached("cookie"),
        AsciiString.cached("set-cookie"),
        AsciiString.cached("x-api-key"),
        AsciiString.cached("dpop"),
        AsciiString.cached("traceparent"),
        AsciiString.cached("x-stoa-trace-id"),
        AsciiString.cached("x-request-id"),
    };

    private NeverIndexedHeaders() {}

    /** @param name in lower case */
    @Override
    public boolean isSensitive(CharSequence name, CharSequence value) {
        for (AsciiString each : NAMES) {
            if (HeaderListSyntax.isText(each, name)) {
                return true;
            }
        }
        return false;
    }
}
