package bulwark.gateway.http2;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.http1.HeadLimits;
import bulwark.gateway.http1.HeadReader;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever an upstream's header list holds: it is refused, or it is one head of as many lines and of that status. */
class Http2AnswerReaderFuzzTest {
    private static final List<String> SEEDS = List.of(
            ":status=200&content-type=application/grpc&x-own=1",
            ":status=404&content-length=12&date=x",
            ":status=103&link=</a>; rel=preload");

    private final Http2AnswerReader lists = new Http2AnswerReader(HeadLimits.STANDARD);
    private final HeadReader heads = new HeadReader(HeadLimits.STANDARD);

    private boolean read(byte[] bytes) {
        HeaderList list = new HeaderList();
        for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("&", -1)) {
            int equals = line.indexOf('=');
            list.add(line.substring(0, Math.max(0, equals)), line.substring(equals + 1));
        }
        if (!lists.read(list, false, false, heads)) {
            return false;
        }
        assertThat(Integer.toString(heads.status())).isEqualTo(list.value(0).toString());
        boolean framed =
                heads.status() < 200 || heads.status() == 204 || heads.status() == 304 || heads.contentLength() >= 0;
        assertThat(heads.fieldCount()).isEqualTo(list.count() - 1 + (framed ? 0 : 1));
        assertThat(heads.isChunked()).isEqualTo(!framed);
        return true;
    }

    @FuzzTest(maxDuration = "1m")
    void hostile_lists_are_read_or_refused(byte[] bytes) {
        read(bytes);
    }

    @Test
    void mutations_of_lists_are_accepted_line_by_line_or_refused() {
        Random random = new Random(4711);
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.ISO_8859_1);
            for (int edits = random.nextInt(4); edits > 0; edits--) {
                int at = random.nextInt(bytes.length);
                bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : bytes[random.nextInt(bytes.length)];
            }
            accepted += read(bytes) ? 1 : 0;
        }
        assertThat(accepted).isGreaterThan(3_000);
    }
}
