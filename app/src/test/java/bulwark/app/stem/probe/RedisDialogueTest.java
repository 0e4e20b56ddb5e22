package bulwark.app.stem.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisDialogueTest {
    private static List<String> reply(String text) throws IOException {
        return RedisDialogue.reply(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void replies_are_read_as_texts_in_turn() throws Exception {
        assertThat(reply("+PONG\r\n")).containsExactly("PONG");
        assertThat(reply("-NOAUTH Authentication required.\r\n")).containsExactly("-NOAUTH Authentication required.");
        assertThat(reply("*2\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n")).containsExactly("appendonly", "yes");
        assertThat(reply("$-1\r\n")).containsExactly("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\r\n",
                "HTTP/1.1 400 Bad Request\r\n",
                "$999999\r\n",
                "$5\r\nabc",
                "*99999\r\n",
                "*0\r\n",
                "*1\r\n*1\r\n*1\r\n*1\r\n+x\r\n",
                "$x\r\n"
            })
    void what_is_no_reply_is_refused(String text) {
        assertThatThrownBy(() -> reply(text)).isInstanceOf(IOException.class);
    }

    @Test
    void whatever_bytes_come_are_a_reply_or_refused() {
        Random random = new Random(7);
        byte[] good = "*2\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n".getBytes(StandardCharsets.US_ASCII);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = good.clone();
            for (int change = 0; change <= round % 4; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(RedisDialogue.reply(new ByteArrayInputStream(bytes))).isNotEmpty();
            } catch (IOException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
    }
}
