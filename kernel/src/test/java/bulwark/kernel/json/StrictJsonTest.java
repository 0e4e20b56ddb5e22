package bulwark.kernel.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import bulwark.kernel.json.StrictJson.JsonRefused;
import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
    @Test
    void the_parsing_suite_is_judged_as_it_says() throws IOException {
        List<String> wrong = new ArrayList<>();
        int judged = 0;
        try (Stream<Path> files = Files.list(SharedMaterial.require("vectors/json-test-suite/test_parsing"))) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                boolean accepted = accepts(Files.readAllBytes(file));
                judged++;
                if (name.startsWith("y_") && !accepted || name.startsWith("n_") && accepted) {
                    wrong.add(name);
                }
            }
        }
        assertThat(judged).isGreaterThan(300);
        // RFC 8259 lets a parser take duplicate keys; two readers of one signed text must not see two objects.
        assertThat(wrong).containsExactly("y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"\\u0061\":2}",
                "1 2",
                "{} x",
                "[1]]",
                "\"\\ud800\"",
                "\"\\udc00\"",
                "\"\\ud800\\ud800\"",
                "{\"\\ud83d\":1}",
                "{\"k\":[\"x\\ude00\"]}",
                "NaN",
                "[Infinity]",
                "-Infinity",
                "+1",
                "01",
                "1.",
                ".5",
                "0x10",
                "1e400",
                "-1e400",
                "{'a':1}",
                "{a:1}",
                "[1,]",
                "{\"a\":1,}",
                "/*c*/1",
                "1//c",
                "#c\n1",
                "\"\t\"",
                "\"\\x41\"",
                "tru",
                "nul",
                "[",
                "{",
                "{\"a\"",
                "{\"a\":",
                "\"abc",
                "[1",
                "}",
                "]",
                ":",
                "\u00a01",
                "\ufeff{}"
            })
    void what_is_not_strict_json_is_refused(String text) {
        assertThat(accepts(text.getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    @Test
    void bytes_that_are_not_utf8_are_refused_with_their_offset() {
        for (int[] bad : new int[][] {
            {0xC0, 0x80},
            {0xC1, 0xBF},
            {0xE0, 0x80, 0xAF},
            {0xED, 0xA0, 0x80},
            {0xED, 0xBF, 0xBF},
            {0xF0, 0x80, 0x80, 0xAF},
            {0xF4, 0x90, 0x80, 0x80},
            {0xF5, 0x80, 0x80, 0x80},
            {0xFF},
            {0xFE},
            {0x80},
            {0xE2, 0x82},
            {0xC3},
            {0xC3, 0x28}
        }) {
            byte[] bytes = new byte[bad.length + 2];
            bytes[0] = '"';
            for (int i = 0; i < bad.length; i++) {
                bytes[i + 1] = (byte) bad[i];
            }
            bytes[bytes.length - 1] = '"';
            assertThatExceptionOfType(JsonRefused.class)
                    .isThrownBy(() -> StrictJson.parse(bytes))
                    .satisfies(refused -> assertThat(refused.offset()).isEqualTo(1));
        }
    }

    @Test
    void other_encodings_are_refused() {
        for (var charset : List.of(
                StandardCharsets.UTF_16,
                StandardCharsets.UTF_16BE,
                StandardCharsets.UTF_16LE,
                StandardCharsets.UTF_32BE,
                StandardCharsets.UTF_32LE)) {
            assertThat(accepts("{\"a\":1}".getBytes(charset))).isFalse();
            assertThat(accepts("1".getBytes(charset))).isFalse();
        }
    }

    @Test
    void depth_is_bounded_and_never_overflows_the_stack() {
        assertThat(accepts(nested(100))).isTrue();
        assertThat(accepts(nested(101))).isFalse();
        assertThat(accepts(nested(1_000_000))).isFalse();
        assertThat(accepts("{\"a\":".repeat(500_000).getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "42,42",
        "-0,0",
        "42.0,42.0",
        "1e21,1e+21",
        "1E-7,1e-07",
        "-0.0,-0.0",
        "2147483648,2147483648",
        "1e-400,0.0",
        "123456789012345678901234567890,123456789012345678901234567890",
        "0.1000000000000000055511151231257827,0.1",
        "1e2,100.0"
    })
    void numbers_keep_the_text_that_python_would_print(String sent, String kept) {
        var node = StrictJson.parse(sent.getBytes(StandardCharsets.UTF_8));

        assertThat(StrictJson.numberText(node)).isEqualTo(kept);
        assertThat(StrictJson.write(node)).asString(StandardCharsets.UTF_8).isEqualTo(kept);
    }

    @Test
    void a_number_of_absurd_length_or_exponent_is_refused_quickly() {
        assertThat(accepts("9".repeat(1000).getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(accepts("9".repeat(1001).getBytes(StandardCharsets.UTF_8))).isFalse();
        assertThat(accepts(("0." + "9".repeat(100_000)).getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(accepts("1e1000000000".getBytes(StandardCharsets.UTF_8))).isFalse();
        assertThat(accepts("1e-1000000000".getBytes(StandardCharsets.UTF_8))).isTrue();
    }

    @Test
    void a_refusal_says_where_and_quotes_nothing() {
        assertThatExceptionOfType(JsonRefused.class)
                .isThrownBy(() -> StrictJson.parse("{\"key\": sekret}".getBytes(StandardCharsets.UTF_8)))
                .satisfies(refused -> assertThat(refused.offset()).isBetween(7L, 15L))
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("sekret"));
    }

    @Test
    void answers_keep_their_order_and_take_rendered_parts() {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("z", 1.0);
        answer.put("a", new RawJson("{\"y\": 1}"));
        answer.put("n", null);
        answer.put("t", StrictJson.parse("{\"q\":[42,42.0,\"é\",null,true]}".getBytes(StandardCharsets.UTF_8)));

        assertThat(StrictJson.write(answer))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"z\":1.0,\"a\":{\"y\": 1},\"n\":null,\"t\":{\"q\":[42,42.0,\"é\",null,true]}}");
        assertThatIllegalArgumentException().isThrownBy(() -> StrictJson.write(Map.of("k", new Object())));
    }

    private static byte[] nested(int depth) {
        return ("[".repeat(depth) + "]".repeat(depth)).getBytes(StandardCharsets.UTF_8);
    }

    private static boolean accepts(byte[] bytes) {
        try {
            StrictJson.parse(bytes);
            return true;
        } catch (JsonRefused e) {
            return false;
        }
    }
}
