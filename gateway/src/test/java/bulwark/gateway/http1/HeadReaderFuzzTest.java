package bulwark.gateway.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are: a head that Netty's decoder reads in the same way, a need for more, or a refusal, and nothing else. */
class HeadReaderFuzzTest {
    private static final List<String> SEEDS = List.of(
            "GET /a/b%20c?x=1 HTTP/1.1\r\nHost: a.example:8080\r\nAccept: */*\r\nX-Empty:\r\nX-Tab: \ta\t b \t\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nConnection: keep-alive, X-A\r\nX-A: 1\r\n\r\n",
            "PUT /x HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nTrailer: X-B\r\n\r\n",
            "GET http://a/x HTTP/1.1\r\nHost: A\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: a=b; c=\u00e4\r\n\r\n",
            "\r\nGET / HTTP/1.0\r\nConnection: close\r\nx_user_id: 1\r\nX-API-Key: k\r\n\r\n");

    private final HeadReader reader = new HeadReader(HeadLimits.STANDARD);

    @FuzzTest(maxDuration = "1m")
    void a_head_that_is_accepted_is_read_by_netty_in_the_same_way(byte[] bytes) {
        if (bytes.length <= HeadLimits.STANDARD.maxBytes()
                && reader.readRequest(bytes, bytes.length) == HeadReader.Result.COMPLETE) {
            compare(bytes, reader.request());
        }
    }

    private void compare(byte[] bytes, RawRequestHead head) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder(20_000, 40_000, 8_192));
        channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, reader.headEnd()));
        HttpRequest theirs = channel.readInbound();
        assertThat(theirs).isNotNull();
        assertThat(theirs.decoderResult().isSuccess())
                .as("%s", theirs.decoderResult())
                .isTrue();
        assertThat(theirs.method().name()).isEqualTo(head.method());
        assertThat(theirs.uri()).endsWith(head.target());
        assertThat(theirs.protocolVersion().minorVersion()).isEqualTo(head.minorVersion());
        assertThat(HttpUtil.isTransferEncodingChunked(theirs)).isEqualTo(head.isChunked());
        assertThat(HttpUtil.getContentLength(theirs, -1L)).isEqualTo(head.contentLength());
        List<String> ours = new ArrayList<>();
        for (int i = 0; i < head.fieldCount(); i++) {
            ours.add(head.name(head.field(i)) + ": " + head.value(head.field(i)));
        }
        List<String> fields = new ArrayList<>();
        for (Map.Entry<String, String> field : theirs.headers()) {
            fields.add(field.getKey() + ": " + field.getValue());
        }
        assertThat(fields).isEqualTo(ours);
        channel.finishAndReleaseAll();
    }

    @Test
    void mutations_of_heads_are_accepted_as_netty_reads_them_or_refused() {
        Random random = new Random(4711);
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.ISO_8859_1);
            for (int edits = random.nextInt(4); edits > 0; edits--) {
                int at = random.nextInt(bytes.length);
                bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : bytes[random.nextInt(bytes.length)];
            }
            accepted += reader.readRequest(bytes, bytes.length) == HeadReader.Result.COMPLETE ? 1 : 0;
            a_head_that_is_accepted_is_read_by_netty_in_the_same_way(bytes);
        }
        assertThat(accepted).isGreaterThan(5_000);
    }

    @Test
    void every_beginning_of_a_head_needs_more() {
        for (String seed : SEEDS) {
            byte[] bytes = seed.getBytes(StandardCharsets.ISO_8859_1);
            for (int length = 1; length < bytes.length; length++) {
                assertThat(reader.readRequest(bytes, length))
                        .as("%s of %s bytes", length, seed)
                        .isEqualTo(HeadReader.Result.INCOMPLETE);
            }
            assertThat(reader.readRequest(bytes, bytes.length)).isEqualTo(HeadReader.Result.COMPLETE);
        }
    }

    @FuzzTest(maxDuration = "1m")
    void hostile_answers_are_read_or_refused(byte[] bytes) {
        int length = Math.min(bytes.length, HeadLimits.STANDARD.maxBytes());
        if (reader.readResponse(bytes, length) == HeadReader.Result.COMPLETE) {
            assertThat(reader.status()).isBetween(100, 599);
            assertThat(reader.isChunked() && reader.contentLength() >= 0).isFalse();
        }
    }
}
