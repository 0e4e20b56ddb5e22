package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PlainErrorsTest {
    private final PlainErrors errors = new PlainErrors();

    @Test
    void a_refusal_of_a_handler_is_told_by_code_and_sentence() {
        Response response = errors.render(
                new ApiRefusal(ApiRefusal.Kind.CONFLICT, "taken", "that name is taken: choose another"), "id");
        assertThat(response.status()).isEqualTo(409);
        assertThat(text(response))
                .contains("\"error\":\"taken\"", "\"message\":\"that name is taken: choose another\"");
    }

    @Test
    void every_wrong_field_is_named_and_no_value_repeated() {
        RequestBody body = RequestBody.parse("{\"name\":\"hush\"}".getBytes(StandardCharsets.UTF_8));
        body.text("name", 8, 9);
        Response response = errors.render(catchThrowable(body::check), "id");
        assertThat(response.status()).isEqualTo(422);
        assertThat(text(response))
                .contains("[\"body\",\"name\"]", "text_too_short", "must have at least 8 characters")
                .doesNotContain("hush");
    }

    private static String text(Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
