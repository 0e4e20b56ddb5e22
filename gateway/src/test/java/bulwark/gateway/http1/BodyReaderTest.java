package bulwark.gateway.http1;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.http1.BodyReader.Event;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyReaderTest {
    private static final String CHUNKED =
            "4\r\nWiki\r\n6;a=\"b\"\r\npedia \r\n0a\r\nin chunks.\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\nNEXT";

    private final BodyReader reader = new BodyReader();

    @Test
    void chunks_are_read_the_same_however_they_are_cut() {
        Random random = new Random(42);
        for (int round = 0; round < 500; round++) {
            reader.beginChunked();
            StringBuilder data = new StringBuilder();
            ByteBuf in = Unpooled.buffer();
            Event event = Event.NEED_MORE;
            for (int at = 0; event != Event.END; ) {
                int end = Math.min(CHUNKED.length(), at + 1 + random.nextInt(8));
                in.writeCharSequence(CHUNKED.substring(at, end), StandardCharsets.US_ASCII);
                at = end;
                for (event = reader.next(in); event == Event.DATA; event = reader.next(in)) {
                    data.append(in.readCharSequence(reader.available(), StandardCharsets.US_ASCII));
                }
                assertThat(event).isNotEqualTo(Event.MALFORMED);
            }
            assertThat(data.toString()).isEqualTo("Wikipedia in chunks.");
            assertThat(new String(reader.trailers(), StandardCharsets.US_ASCII)).isEqualTo("X-A: 1\r\nX-B: 2\r\n\r\n");
            assertThat("NEXT").startsWith(in.toString(StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "g\r\n",
                "-1\r\n",
                "0x1\r\n",
                "1 \r\n",
                " 1\r\n",
                "1\n",
                "1\r\r\n",
                "1;\n\r\n",
                "123456789\r\n",
                "1\r\nab\r\n",
                "1\r\na\n",
                "0\r\nX: 1\n\r\n",
                "0\r\nX: 1\n\n",
                "1;\0\r\n"
            })
    void chunks_that_may_be_read_in_two_ways_are_malformed(String bytes) {
        reader.beginChunked();
        ByteBuf in = Unpooled.copiedBuffer(bytes, StandardCharsets.US_ASCII);
        Event event = reader.next(in);
        while (event == Event.DATA) {
            in.skipBytes(reader.available());
            event = reader.next(in);
        }
        assertThat(event).isEqualTo(Event.MALFORMED);
    }

    @Test
    void a_body_of_a_length_ends_there_and_leaves_what_follows() {
        reader.beginLength(3);
        ByteBuf in = Unpooled.copiedBuffer("abcdef", StandardCharsets.US_ASCII);

        assertThat(reader.next(in)).isEqualTo(Event.DATA);
        assertThat(in.readCharSequence(reader.available(), StandardCharsets.US_ASCII))
                .hasToString("abc");
        assertThat(reader.next(in)).isEqualTo(Event.END);
        assertThat(in.readableBytes()).isEqualTo(3);
    }
}
