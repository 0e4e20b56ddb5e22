package bulwark.gateway.http2;

import bulwark.gateway.http2.FrameBudget.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/** Counts each frame against the budget before anything else sees it, those of streams that are gone included. */
final class CountedFrameReader implements Http2FrameReader {
    private final Http2FrameReader frames;
    private final FrameBudget budget;
    private @Nullable Http2FrameListener last;
    private @Nullable Http2FrameListener counting;

    CountedFrameReader(Http2FrameReader frames, FrameBudget budget) {
        this.frames = frames;
        this.budget = budget;
    }

    @Override
    public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener) throws Http2Exception {
        Http2FrameListener counted = counting;
        if (counted == null || last != listener) {
            counted = new Counter(listener);
            last = listener;
            counting = counted;
        }
        frames.readFrame(ctx, input, counted);
    }

    @Override
    public Configuration configuration() {
        return frames.configuration();
    }

    @Override
    public void close() {
        frames.close();
    }

    private void spend(Kind kind) throws Http2Exception {
        if (!budget.spend(kind)) {
            throw new FloodException(kind);
        }
    }

    /** Ends the connection with ENHANCE_YOUR_CALM. */
    static final class FloodException extends Http2Exception {
        private static final long serialVersionUID = 1;

        final Kind kind;

        FloodException(Kind kind) {
            super(Http2Error.ENHANCE_YOUR_CALM, "too many frames: " + kind.reason());
            this.kind = kind;
        }
    }

    private final class Counter extends Http2FrameListenerDecorator {
        Counter(Http2FrameListener listener) {
            super(listener);
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end)
                throws Http2Exception {
            if (data.isReadable()) {
                budget.dataPassed();
            } else if (!end) {
                spend(Kind.EMPTY_FRAME);
            }
            return super.onDataRead(ctx, streamId, data, padding, end);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
                throws Http2Exception {
            spendIfEmpty(headers);
            super.onHeadersRead(ctx, streamId, headers, padding, end);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int streamId,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end)
                throws Http2Exception {
            spendIfEmpty(headers);
            super.onHeadersRead(ctx, streamId, headers, dependency, weight, exclusive, padding, end);
        }

        private void spendIfEmpty(Http2Headers headers) throws Http2Exception {
            if (headers instanceof HeaderList list && list.count() == 0) {
                spend(Kind.EMPTY_FRAME);
            }
        }

        @Override
        public void onPriorityRead(
                ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
                throws Http2Exception {
            spend(Kind.PRIORITY);
            super.onPriorityRead(ctx, streamId, dependency, weight, exclusive);
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) throws Http2Exception {
            spend(Kind.RAPID_RESET);
            super.onRstStreamRead(ctx, streamId, errorCode);
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
            spend(Kind.SETTINGS);
            super.onSettingsRead(ctx, settings);
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
            spend(Kind.SETTINGS);
            super.onSettingsAckRead(ctx);
        }

        @Override
        public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
            spend(Kind.PING);
            super.onPingRead(ctx, data);
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
            spend(Kind.PING);
            super.onPingAckRead(ctx, data);
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment) throws Http2Exception {
            spend(Kind.WINDOW_UPDATE);
            super.onWindowUpdateRead(ctx, streamId, increment);
        }

        @Override
        public void onUnknownFrame(
                ChannelHandlerContext ctx, byte type, int streamId, Http2Flags flags, ByteBuf payload)
                throws Http2Exception {
            spend(Kind.UNKNOWN_FRAME);
            super.onUnknownFrame(ctx, type, streamId, flags, payload);
        }
    }
}
