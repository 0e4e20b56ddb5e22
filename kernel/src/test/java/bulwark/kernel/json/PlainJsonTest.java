package bulwark.kernel.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PlainJsonTest {
    private static JsonNode parsed(String json) {
        return StrictJson.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whole_numbers_are_long_where_they_fit() {
        Map<String, ?> plain =
                PlainJson.object(parsed("{\"a\":1,\"b\":9223372036854775807,\"c\":9223372036854775808,\"d\":1.0}"));
        assertThat(plain.get("a")).isEqualTo(1L);
        assertThat(plain.get("b")).isEqualTo(Long.MAX_VALUE);
        assertThat(plain.get("c")).isEqualTo(BigInteger.ONE.shiftLeft(63));
        assertThat(plain.get("d")).isEqualTo(1.0);
    }

    @Test
    void members_that_are_null_are_kept_or_left_out_at_every_depth() {
        JsonNode node = parsed("{\"a\":null,\"b\":{\"c\":null,\"d\":[{\"e\":null},null,true]}}");
        assertThat(PlainJson.object(node)).containsKey("a");
        assertThat(PlainJson.withoutNulls(node))
                .isEqualTo(Map.of("b", Map.of("d", Arrays.asList(Map.of(), null, true))));
        assertThatIllegalArgumentException().isThrownBy(() -> PlainJson.object(parsed("[]")));
    }

    @Test
    void what_people_read_stands_on_lines_of_its_own() {
        JsonNode node = parsed("{\"b\":[1,{\"x\":\"y\"},[]],\"a\":{},\"c\":null}");
        assertThat(StrictJson.pretty(node)).isEqualTo("""
                {
                  "b": [
                    1,
                    {
                      "x": "y"
                    },
                    []
                  ],
                  "a": {},
                  "c": null
                }""");
        assertThat(StrictJson.pretty(List.of())).isEqualTo("[]");
        assertThat(StrictJson.parse(StrictJson.pretty(node).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(node);
    }
}
