package bulwark.facts.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.FactsFixture;
import bulwark.web.ApiRefusal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GraphCursorTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void a_cursor_reads_back_for_300_seconds() {
        String text = new GraphCursor(40, NOW).text();
        assertThat(GraphCursor.parse(text, NOW.plusSeconds(300)).offset()).isEqualTo(40);
        assertThatThrownBy(() -> GraphCursor.parse(text, NOW.plusSeconds(301)))
                .isInstanceOfSatisfying(
                        ApiRefusal.class, refusal -> assertThat(refusal.code()).isEqualTo("cursor_expired"));
    }

    @Test
    void a_cursor_in_the_original_form_is_read() {
        String padded = Base64.getUrlEncoder()
                .encodeToString("{\"offset\":20,\"ts\":1767225600.25}".getBytes(StandardCharsets.US_ASCII));
        assertThat(GraphCursor.parse(padded, NOW).offset()).isEqualTo(20);
    }

    @Test
    void hostile_cursors_are_refused_as_unreadable_or_expired() {
        Random random = new Random(7);
        byte[] good = new GraphCursor(40, NOW).text().getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            assertReadOrRefused(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        for (String json : new String[] {
            "{}",
            "[]",
            "1",
            "{\"offset\":-1,\"ts\":1}",
            "{\"offset\":1e99,\"ts\":1}",
            "{\"offset\":1,\"ts\":1e999}",
            "{\"offset\":1.5,\"ts\":1}",
            "{\"offset\":\"1\",\"ts\":1}"
        }) {
            assertReadOrRefused(Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private static void assertReadOrRefused(String text) {
        try {
            assertThat(GraphCursor.parse(text, NOW).offset()).isNotNegative();
        } catch (ApiRefusal refusal) {
            assertThat(refusal.code()).isIn("invalid_cursor", "cursor_expired");
            assertThat(FactsFixture.status(refusal)).isEqualTo(400);
        }
    }
}
