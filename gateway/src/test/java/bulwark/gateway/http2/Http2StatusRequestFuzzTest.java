package bulwark.gateway.http2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever an upstream sends to a health check in HTTP/2: a status, or a fault of the connection. */
class Http2StatusRequestFuzzTest {
    /** Settings, their acknowledgement, and a head of the one entry {@code :status: 200} of the static table (RFC 7541). */
    private static final byte[] SEED =
            HexFormat.of().parseHex("000000040000000000" + "000000040100000000" + "000001010500000001" + "88");

    private static int status(byte[] answer) {
        try {
            int status = Http2StatusRequest.status(
                    new ByteArrayInputStream(answer), new ByteArrayOutputStream(), false, "a.example", "/");
            assertThat(status).isBetween(200, 599);
            return status;
        } catch (IOException refused) {
            return 0;
        }
    }

    @FuzzTest(maxDuration = "1m")
    void hostile_answers_give_a_status_or_none(byte[] bytes) {
        status(bytes);
    }

    @Test
    void mutations_of_an_answer_give_a_status_or_none() {
        assertThat(status(SEED)).isEqualTo(200);
        Random random = new Random(4711);
        int read = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = SEED.clone();
            for (int edits = random.nextInt(4); edits > 0; edits--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            read += status(bytes) > 0 ? 1 : 0;
        }
        assertThat(read).isGreaterThan(2_000);
    }
}
