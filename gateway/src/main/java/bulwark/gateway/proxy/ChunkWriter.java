package bulwark.gateway.proxy;

import bulwark.gateway.http1.HeadWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes a body in chunks of our own making, whatever the chunks were in which it came. */
final class ChunkWriter {
    private static final int SIZE_LINE_BYTES = 10;
    private static final ByteBuf LINE_END = Unpooled.unreleasableBuffer(Unpooled.directBuffer(2)
            .writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII))
            .asReadOnly());
    private static final byte[] LAST = "0\r\n".getBytes(StandardCharsets.US_ASCII);

    private ChunkWriter() {}

    /** @param data at least one byte; released when written */
    static void write(ChannelHandlerContext context, ByteBuf data) {
        ByteBuf size = context.alloc().directBuffer(SIZE_LINE_BYTES);
        size.writeCharSequence(Integer.toHexString(data.readableBytes()), StandardCharsets.US_ASCII);
        size.writeByte('\r').writeByte('\n');
        context.write(size, context.voidPromise());
        context.write(data, context.voidPromise());
        context.write(LINE_END.duplicate(), context.voidPromise());
    }

    /** @param trailers as they came, or null */
    static void writeLast(ChannelHandlerContext context, LoopWorker worker, byte @Nullable [] trailers) {
        HeadWriter writer = worker.writer;
        writer.clear();
        writer.put(LAST);
        TrailerLines.write(worker, trailers);
        writer.lineEnd();
        ByteBuf out = context.alloc().directBuffer(writer.length());
        writer.writeTo(out);
        context.write(out, context.voidPromise());
    }
}
