package bulwark.kernel.json;

import static bulwark.kernel.json.JsonString.LoneSurrogate.ESCAPED;
import static bulwark.kernel.json.JsonString.LoneSurrogate.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonStringTest {
    private static final Map<Integer, String> SHORT =
            Map.of((int) '"', "\\\"", (int) '\\', "\\\\", 8, "\\b", 9, "\\t", 10, "\\n", 12, "\\f", 13, "\\r");

    private static String written(String text, JsonString.LoneSurrogate lone) {
        StringBuilder out = new StringBuilder();
        JsonString.append(out, text, lone);
        return out.toString();
    }

    @Test
    void every_character_has_one_form() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                continue;
            }
            String raw = Character.toString(c);
            String form = SHORT.getOrDefault(c, c < 0x20 ? String.format("\\u%04x", c) : raw);
            assertThat(written("a" + raw + raw + "z", REFUSED)).isEqualTo("\"a" + form + form + "z\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"'\ud800', ud800", "'a\udfffb', udfff", "'\udc00\ud800', udc00", "'\ud83d\ud83d\ude00', ud83d"})
    void half_a_pair_is_refused_or_escaped(String text, String escape) {
        assertThatThrownBy(() -> written(text, REFUSED)).hasMessageContaining("lone surrogate");
        assertThat(written(text, ESCAPED))
                .contains("\\" + escape)
                .satisfies(json -> assertThat(json.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .doesNotContain((byte) '?'));
    }
}
