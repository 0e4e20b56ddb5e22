package bulwark.gateway.proxy;

import org.jspecify.annotations.Nullable;

/**
 * What the connections of one listener share. Thread-safe.
 *
 * @param tls null for plaintext
 * @param redirectPort where requests are sent to instead of being answered, or 0
 */
record ListenerContext(PlaneContext plane, @Nullable ListenerTls tls, int redirectPort) {
    boolean isTls() {
        return tls != null;
    }
}
