package bulwark.gateway.proxy;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Takes the body of one request as it arrives, on the event loop. */
interface RequestBodyConsumer {
    /** @param data to be released by the consumer */
    void data(ByteBuf data);

    /** @param trailers as sent, or null */
    void end(byte @Nullable [] trailers);

    /** The rest of the body never comes: the client is gone, too slow, or its framing is wrong. */
    void cancelled();

    /** The end of a batch of reads. */
    void flush();

    /** Whether the client takes more of the answer. */
    void clientWritable(boolean writable);

    /** @param nowNanos as the plane counts them */
    void tick(long nowNanos);
}
