package bulwark.gateway.proxy;

import bulwark.gateway.http1.HeadWriter;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One request at an upstream and its answer, whatever version of HTTP the upstream speaks. Used on the call's event loop. */
interface UpstreamExchange {
    /** The answer goes to this exchange. */
    void begin(ProxyExchange owner);

    /**
     * Sends the head.
     *
     * @param writer holds it as HTTP/1.1 has it
     * @param chunked whether a body of unknown length follows
     * @param body whether any body follows
     */
    void writeHead(HeadWriter writer, boolean chunked, boolean body);

    /** @param data at least one byte; released when written */
    void writeData(ByteBuf data);

    /** The body is whole. Not called for a request without one. @param trailers as they came, or null */
    void writeEnd(byte @Nullable [] trailers);

    void flush();

    /** Whether more of the body can be written. */
    boolean isWritable();

    /** Whether more of the answer is wanted. */
    void readAhead(boolean on);

    /** The body of the answer, of known length, was taken together with its head. */
    void bodyTaken();

    /** Gives the call up. */
    void close();
}
