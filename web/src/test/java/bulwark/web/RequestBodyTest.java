package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RequestBodyTest {
    @Test
    void fields_read_by_type() {
        RequestBody body = body(
                "{\"t\":\"x\",\"l\":[\"a\",\"b\"],\"b\":true,\"n\":7,\"d\":0.5,\"o\":{\"k\":\"v\"},\"none\":null,\"extra\":1}");
        assertThat(body.text("t")).isEqualTo("x");
        assertThat(body.texts("l")).containsExactly("a", "b");
        assertThat(body.flag("b", false)).isTrue();
        assertThat(body.wholeNumber("n", 0, 0, 10)).isEqualTo(7);
        assertThat(body.number("d", 0, 0, 1)).isEqualTo(.5);
        assertThat(body.object("o").orElseThrow().text("k")).isEqualTo("v");
        assertThat(body.optionalText("none")).isEmpty();
        assertThat(body.has("none")).isFalse();
        assertThat(body.flag("absent", true)).isTrue();
        body.check();
    }

    @Test
    void a_missing_field_is_named_and_the_body_repeated() {
        FieldError error = only(body("{\"a\":1}"), b -> b.text("source"));
        assertThat(error.code()).isEqualTo(FieldError.REQUIRED);
        assertThat(error.location()).containsExactly("body", "source");
        assertThat(error.message()).isEqualTo("is required");
        assertThat(String.valueOf(error.input())).isEqualTo("{\"a\":1}");
    }

    @Test
    void all_errors_come_together_in_order() {
        RequestBody body = body("{\"t\":\"\",\"n\":11,\"m\":-1,\"o\":\"1\",\"l\":[1],\"w\":1.5,\"s\":5,\"b\":1}");
        body.text("t", 1, 9);
        body.wholeNumber("n", 0, 0, 10);
        body.number("m", 0, 0, 1);
        body.object("o");
        body.texts("l");
        body.wholeNumber("w", 0, 0, 10);
        body.text("s");
        body.flag("b", false);
        body.invalid("b", "no such thing");
        assertThat(errors(body))
                .extracting(FieldError::code)
                .containsExactly(
                        FieldError.TEXT_TOO_SHORT,
                        FieldError.TOO_LARGE,
                        FieldError.TOO_SMALL,
                        FieldError.NOT_OBJECT,
                        FieldError.NOT_TEXT,
                        FieldError.FRACTION,
                        FieldError.NOT_TEXT,
                        FieldError.NOT_BOOLEAN,
                        FieldError.INVALID);
        assertThat(errors(body)).extracting(FieldError::limit).startsWith(1L, 10L, 0L, null);
        assertThat(errors(body).get(1).message()).isEqualTo("must be at most 10");
        assertThat(errors(body).get(4).location()).isEqualTo(List.of("body", "l", 0));
        assertThat(errors(body).get(8).message()).isEqualTo("no such thing");
    }

    @Test
    void nested_errors_carry_their_path() {
        RequestBody body = body("{\"value\":{\"v\":1},\"items\":[{\"a\":\"x\"},{},3]}");
        body.object("value").orElseThrow().text("type");
        for (RequestBody item : body.objects("items")) {
            item.text("a");
        }
        assertThat(errors(body))
                .extracting(FieldError::location)
                .containsExactly(
                        List.of("body", "value", "type"),
                        List.of("body", "items", 2),
                        List.of("body", "items", 1, "a"),
                        List.of("body", "items", 2, "a"));
    }

    @Test
    void strings_with_nul_are_refused_by_field() {
        FieldError error = only(body("{\"t\":\"a\\u0000b\"}"), b -> b.text("t"));
        assertThat(error.code()).isEqualTo(FieldError.INVALID);
        assertThat(error.location()).containsExactly("body", "t");
    }

    @Test
    void secrets_are_never_repeated() {
        RequestBody body = RequestBody.parse("{\"raw_key\":\"hush\"}".getBytes(StandardCharsets.UTF_8), "raw_key");
        body.text("raw_key", 32, 64);
        body.text("entity_uri");
        body.invalid("raw_key", "bad");
        assertThat(errors(body)).hasSize(3).allMatch(f -> !String.valueOf(f).contains("hush"));
    }

    @Test
    void what_is_not_an_object_is_refused() {
        assertThat(invalid(() -> body("[]")).getFirst().code()).isEqualTo(FieldError.NOT_OBJECT);
        assertThat(invalid(() -> body("")).getFirst().code()).isEqualTo(FieldError.NOT_JSON);
        FieldError broken = invalid(() -> body("{\"a\":")).getFirst();
        assertThat(broken.code()).isEqualTo(FieldError.NOT_JSON);
        assertThat(broken.location()).hasSize(2).startsWith("body");
        assertThat(broken.message()).contains("JSON");
        assertThat(invalid(() -> body("{\"a\":\"\\ud800\"}")).getFirst().code()).isEqualTo(FieldError.NOT_JSON);
        assertThat(invalid(() -> body("{\"a\":1,\"a\":2}")).getFirst()).satisfies(error -> {
            assertThat(error.code()).isEqualTo(FieldError.GIVEN_TWICE);
            assertThat(error.location()).containsExactly("body", "a");
        });
    }

    @Test
    void enormous_numbers_cost_nothing() {
        RequestBody body = body("{\"n\":1e308,\"m\":1e-300,\"d\":-1e308}");
        assertThat(body.wholeNumber("n", 3, 0, 10)).isEqualTo(3);
        assertThat(body.wholeNumber("m", 3, 0, 10)).isEqualTo(3);
        assertThat(body.number("d", .5, 0, 1)).isEqualTo(.5);
        assertThat(errors(body)).hasSize(3);
    }

    @Test
    void a_large_input_is_not_repeated() {
        FieldError error = only(body("{\"t\":\"" + "x".repeat(5000) + "\"}"), b -> b.text("t", 0, 10));
        assertThat(error.input()).isNull();
    }

    @Test
    void hostile_bytes_give_values_or_refusals_only() {
        Random random = new Random(42);
        byte[] seed =
                "{\"t\":\"x\\u00e9\",\"n\":1e5,\"l\":[\"a\",{}],\"o\":{\"k\":null}}".getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = seed.clone();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                RequestBody body = RequestBody.parse(bytes);
                body.text("t");
                body.wholeNumber("n", 0, 0, 100_000);
                body.number("n", 0, 0, 100_000);
                body.texts("l");
                body.objects("l").forEach(o -> o.text("k"));
                body.object("o").ifPresent(o -> o.text("k"));
                body.check();
            } catch (FieldsRefused e) {
                assertThat(e.errors()).isNotEmpty();
            }
        }
    }

    private static RequestBody body(String json) {
        return RequestBody.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static FieldError only(RequestBody body, java.util.function.Consumer<RequestBody> reading) {
        reading.accept(body);
        List<FieldError> errors = errors(body);
        assertThat(errors).hasSize(1);
        return errors.getFirst();
    }

    private static List<FieldError> errors(RequestBody body) {
        return invalid(body::check);
    }

    private static List<FieldError> invalid(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(FieldsRefused.class, call).errors();
    }
}
