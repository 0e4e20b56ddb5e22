package bulwark.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever stands in a request line: a path that a lenient reader resolves to itself, or a reason. */
class TargetPathFuzzTest {
    private static final List<String> PIECES = List.of(
            "/", "//", "a", ".", "..", "%2e", "%2F", "%5c", "\\", "%", "%00", "?", ";", "%C3%A9", "%ff", "\u00e9", "#",
            " ", "foo", "%25", "+");

    @FuzzTest(maxDuration = "1m")
    void hostile_targets_are_read_as_every_program_reads_them_or_refused(byte[] bytes) {
        String target = new String(bytes, StandardCharsets.ISO_8859_1);
        try {
            TargetPath path = TargetPath.of(bytes, 0, bytes.length);
            assertThat(target).startsWith(path.raw());
            assertThat(path.raw()).startsWith("/").doesNotContain("?");
            String lenient = URLDecoder.decode(path.raw().replace("+", "%2B"), StandardCharsets.UTF_8);
            assertThat(TargetPathTest.decoded(path).replace('\0', '/')).isEqualTo(lenient);
            assertThat(lenient).doesNotContain("//", "\\", "\0");
            assertThat(lenient.split("/", -1)).doesNotContain(".", "..");
        } catch (PathRefused refused) {
            assertThat(refused.fault().sentence()).isNotEmpty();
        }
    }

    @Test
    void random_targets_hold_the_same() {
        Random random = new Random(8);
        for (int i = 0; i < 50_000; i++) {
            StringBuilder target = new StringBuilder("/");
            for (int n = random.nextInt(8); n > 0; n--) {
                target.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            hostile_targets_are_read_as_every_program_reads_them_or_refused(
                    target.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
    }
}
