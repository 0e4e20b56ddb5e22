package bulwark.kernel.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedRepliesTest {
    private static final String LONG = "x".repeat(70_000);

    @Test
    void what_is_within_the_limit_goes_through_as_it_is() throws IOException {
        String replies = "+OK\r\n:7\r\n$-1\r\n*-1\r\n*0\r\n$3\r\na\r\n\r\n-ERR " + LONG
                + "\r\n*2\r\n$2\r\n$9\r\n*1\r\n$1\r\n*\r\n" + "$100\r\n" + "y".repeat(100) + "\r\n";
        for (int seed = 0; seed < 200; seed++) {
            assertThat(through(replies, seed)).isEqualTo(replies);
        }
    }

    @Test
    void a_text_that_is_longer_is_cut_wherever_the_bytes_are_split() throws IOException {
        String replies = "*2\r\n$70000\r\n" + LONG + "\r\n$2\r\nok\r\n+next\r\n";
        String cut = "*2\r\n$00100\r\n" + "x".repeat(100) + "\r\n$2\r\nok\r\n+next\r\n";
        for (int seed = 0; seed < 200; seed++) {
            assertThat(through(replies, seed)).isEqualTo(cut);
        }
    }

    @Test
    void an_entry_of_many_texts_is_cut_as_a_whole_and_its_neighbour_is_not() throws IOException {
        String sixty = "$60\r\n" + "x".repeat(60) + "\r\n";
        String replies = "*2\r\n*3\r\n" + sixty + sixty + sixty + "*1\r\n" + sixty + "+next\r\n";
        String cut =
                "*2\r\n*3\r\n" + sixty + "$40\r\n" + "x".repeat(40) + "\r\n$00\r\n\r\n*1\r\n" + sixty + "+next\r\n";
        for (int seed = 0; seed < 200; seed++) {
            assertThat(through(replies, seed)).isEqualTo(cut);
        }
    }

    @Test
    void a_list_of_documents_is_not_cut_as_a_whole() throws IOException {
        String sixty = "$60\r\n" + "x".repeat(60) + "\r\n";
        String replies = "*3\r\n" + sixty + sixty + sixty;
        assertThat(through(replies, 1)).isEqualTo(replies);
    }

    @Test
    void what_replies_hold_as_a_whole_is_limited_by_bytes_and_by_elements() throws IOException {
        String many = "*12\r\n" + ("$90\r\n" + "x".repeat(90) + "\r\n").repeat(12);
        assertThat(through(many, 1, new ReplyLimit(2_000))).isEqualTo(many);
        assertThat(through(many + many, 1, new ReplyLimit(2_000))).isEqualTo(many + many);
        assertThatThrownBy(() -> through(many, 1, new ReplyLimit(1_800))).isInstanceOf(ReplyTooLong.class);
        assertThatThrownBy(() -> through("*1000000000\r\n", 1, new ReplyLimit(1 << 20)))
                .isInstanceOf(ReplyTooLong.class);
        ReplyLimit together = new ReplyLimit(Long.MAX_VALUE);
        assertThatThrownBy(() -> together.within(3_000, () -> {
                    try {
                        return through(many + many, 1, together);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }))
                .hasCauseInstanceOf(ReplyTooLong.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*2147483647\r\n",
                "$2147483647\r\nx",
                "*9223372039002259455\r\n",
                "*21474836-47\r\n",
                "*-9223372034707292161\r\n",
                "*-2\r\n",
                "%1073741823\r\n",
                "~2147483647\r\n",
                ">2147483647\r\n",
                "=2147483647\r\n",
                "*1\r\n%1073741823\r\n",
                "\r\n"
            })
    void what_a_reader_would_make_room_for_or_read_otherwise_never_reaches_it(String reply) {
        assertThatThrownBy(() -> through(reply, 1, new ReplyLimit(99))).isInstanceOf(IOException.class);
    }

    @Test
    void arrays_in_arrays_end_at_some_depth() throws IOException {
        assertThat(through("*1\r\n".repeat(31) + ":1\r\n", 1)).endsWith(":1\r\n");
        assertThatThrownBy(() -> through("*1\r\n".repeat(32) + ":1\r\n", 1)).isInstanceOf(IOException.class);
    }

    /** In pieces of random length, read into pieces of random length. */
    private static String through(String replies, int seed) throws IOException {
        return through(replies, seed, new ReplyLimit(Long.MAX_VALUE));
    }

    private static String through(String replies, int seed, ReplyLimit whole) throws IOException {
        Random random = new Random(seed);
        InputStream pieces = new ByteArrayInputStream(replies.getBytes(StandardCharsets.ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(40)));
            }
        };
        InputStream bounded = new BoundedReplies(pieces, 100, whole);
        StringBuilder text = new StringBuilder();
        byte[] target = new byte[64];
        for (int read = bounded.read(target, 0, 1 + random.nextInt(64)); read >= 0; ) {
            text.append(new String(target, 0, read, StandardCharsets.ISO_8859_1));
            read = bounded.read(target, 0, 1 + random.nextInt(64));
        }
        return text.toString();
    }
}
