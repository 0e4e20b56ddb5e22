package bulwark.gateway.proxy;

import org.jspecify.annotations.Nullable;

/** A connection to an upstream that a call can go over. Used on its event loop. */
interface UpstreamLink {
    /** For one call; null when the connection takes none now. */
    @Nullable
    UpstreamExchange open();

    /** Closes a connection that nobody wants. */
    void discard();
}
