package bulwark.kernel.json;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.time.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonBufferTest {
    private static final String[] PIECES = {
        "plain", "\"", "\\", "\b\t\n\f\r", "\u0000\u001f\u007f", "é", "日本", "\ud83d\ude00", "\ud83d", "\ude00", "￿"
    };

    @Test
    void strings_are_written_as_the_one_writer_of_strings_writes_them() {
        Random random = new Random(7);
        JsonBuffer buffer = new JsonBuffer(0);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            StringBuilder expected = new StringBuilder();
            JsonString.append(expected, text.toString(), JsonString.LoneSurrogate.ESCAPED);
            buffer.clear(64);
            assertThat(buffer.string(text.toString()).toBytes())
                    .isEqualTo(expected.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void a_string_that_is_cut_inside_of_a_pair_ends_with_an_escaped_half() {
        assertThat(text(new JsonBuffer(0).string("a\ud83d\ude00b", 2))).isEqualTo("\"a\\ud83d\"");
        assertThat(text(new JsonBuffer(0).string("abc", 9))).isEqualTo("\"abc\"");
    }

    @Test
    void numbers_of_every_length_are_written() {
        for (long value : new long[] {0, 9, 10, -1, -10, 1234567890123L, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(text(new JsonBuffer(0).number(value))).isEqualTo(Long.toString(value));
        }
    }

    @Test
    void hexadecimal_digits_and_times_are_written_without_quotes() {
        for (long value : new long[] {0, 1, 0xabcdefL, -1, Long.MIN_VALUE}) {
            assertThat(text(new JsonBuffer(0).hex16(value)))
                    .isEqualTo(HexFormat.of().toHexDigits(value));
        }
        for (long millis : new long[] {0, -1, 1_772_000_000_123L, 253_402_300_799_999L, -62_167_219_200_000L}) {
            assertThat(text(new JsonBuffer(0).zuluMillis(millis)))
                    .isEqualTo(Timestamps.zuluMillis(Instant.ofEpochMilli(millis)));
        }
    }

    @Test
    void a_cleared_buffer_is_empty_and_gives_back_what_one_long_text_took() {
        JsonBuffer buffer = new JsonBuffer(64);
        buffer.raw("x".repeat(100_000));
        assertThat(buffer.length()).isEqualTo(100_000);
        buffer.clear(1_024);
        assertThat(text(buffer.raw("{").raw(new byte[] {'}'}))).isEqualTo("{}");
    }

    private static String text(JsonBuffer buffer) {
        return new String(buffer.toBytes(), StandardCharsets.UTF_8);
    }
}
