package bulwark.facts.fact;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.FactsFixture;
import bulwark.facts.FactsFixture.Answer;
import bulwark.kernel.json.StrictJson;
import bulwark.web.FieldError;
import bulwark.web.FieldsRefused;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @TempDir
    Path directory;

    private FactsFixture facts;

    @BeforeEach
    void open() {
        facts = new FactsFixture(directory);
    }

    @AfterEach
    void close() {
        facts.close();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x01, 0x7f, 0x9b, 0xad, 0x34f, 0x61c, 0x180e, 0x200b, 0x200d, 0x200f, 0x202e, 0x2060, 0x2066, 0x3164,
                0xfe0f, 0xfeff, 0xfffb, 0xe0001, 0xe0041
            })
    void a_character_that_shows_nothing_is_refused_in_every_name_by_field_and_code_point(int point) {
        for (String field : new String[] {"entity", "relation", "source"}) {
            Answer answer = say(Map.of(field, "user:ad" + Character.toString(point) + "min"));
            assertThat(answer.status()).as(field).isEqualTo(422);
            FieldError error = ((FieldsRefused) answer.refusal()).errors().getFirst();
            assertThat(error.location()).containsExactly("body", field);
            assertThat(error.message()).contains("U+%04X".formatted(point));
        }
    }

    @Test
    void letters_of_every_script_and_white_space_around_a_name_are_welcome() {
        for (String name :
                new String[] {"user:josé", "사용자:김", "ผู้ใช้:ก", "مستخدم:علي", "user:🚀", " user:a\n", "user:؀1"}) {
            assertThat(say(Map.of("entity", name)).status()).as(name).isEqualTo(201);
        }
    }

    @Test
    void a_line_break_in_a_relation_is_refused() {
        assertThat(say(Map.of("relation", "a:b\nc")).status()).isEqualTo(422);
    }

    @Test
    void another_spelling_of_a_name_in_use_is_warned_of_whichever_came_first() {
        for (String field : new String[] {"entity", "relation", "source"}) {
            assertThat(warnings(Map.of(field, "x:jose\u0301"))).doesNotContain("differs from");
            assertThat(warnings(Map.of(field, "x:josé"))).contains(field + " 'x:josé' differs from");
            assertThat(warnings(Map.of(field, "x:jose\u0301", "value", "2"))).contains("differs from 'x:josé'");
            assertThat(warnings(Map.of(field, "x:plain"))).doesNotContain("differs from");
            assertThat(warnings(Map.of(field, "ｘ:plain"))).contains("differs from 'x:plain'");
            assertThat(warnings(Map.of(field, "x:plain", "value", "2"))).contains("differs from 'ｘ:plain'");
        }
        assertThat(warnings(Map.of("relation", "X:Plain"))).contains("differs from 'x:plain'");
    }

    @Test
    void a_name_that_is_in_use_in_a_garden_only_is_not_told() {
        facts.call(FactsFixture.TRUSTED, "POST", "/v1/gardens", "{\"slug\":\"g\",\"name\":\"G\",\"scope\":\"local\"}");
        assertThat(say(Map.of("entity", "x:jose\u0301", "garden_id", "stigmem://testnode/garden/g"))
                        .status())
                .isEqualTo(201);
        assertThat(warnings(Map.of("entity", "x:josé"))).doesNotContain("differs from");
    }

    private String warnings(Map<String, String> given) {
        return say(given).json().get("warnings").toString();
    }

    private Answer say(Map<String, String> given) {
        Map<String, String> body = new java.util.HashMap<>(
                Map.of("entity", "user:a", "relation", "memory:x", "source", "agent:t", "value", "1"));
        body.putAll(given);
        return facts.post(StrictJson.text(body));
    }
}
