package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the control plane refuses before it looks at its objects, and what every answer bears. */
class ControlRequestTest extends ControlPlaneTestBase {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"a\",\"backend_url\":\"http://127.0.0.1:9\",\"tenant_id\":\"other\"}|422|tenant_id",
                "{\"name\":\"a\",\"backend_url\":\"http://127.0.0.1:9\",\"status\":\"published\"}|422|status",
                "{\"name\":\"a\",\"backend_url\":\"http://127.0.0.1:9\",\"roles\":[\"cpi-admin\"]}|422|roles",
                "{\"name\":\"a\",\"name\":\"b\",\"backend_url\":\"http://127.0.0.1:9\"}|422|name must be given once",
                "{\"name\":\"a\",\"backend_url\":\"http://127.0.0.1:9\"} x|422|body",
                "{\"name\":7,\"backend_url\":\"http://127.0.0.1:9\"}|422|name must be text",
                "{\"name\":\"a\\u0007\",\"backend_url\":\"http://127.0.0.1:9\"}|422|name",
                "{\"name\":\"a\",\"display_name\":\"x\\r\\ny\",\"backend_url\":\"http://127.0.0.1:9\"}|422|display_name",
                "{\"name\":\"a\",\"backend_url\":\"http://127.0.0.1:9\",\"audience\":\"all\"}|422|audience",
                "{\"name\":\"a\"}|422|backend_url is required",
                "[]|422|the document must be an object",
                "nonsense|422|body"
            })
    void a_wrong_body_is_refused_by_the_name_of_its_field_and_changes_nothing(String body, int status, String named)
            throws Exception {
        Answer refused =
                control.admin("acme", "POST", "/v1/tenants/acme/apis", body).is(status);
        assertThat(refused.text("detail")).contains(named);
        assertThat(control.admin("acme", "GET", "/v1/tenants/acme/apis")
                        .json()
                        .path("total")
                        .asInt())
                .isZero();
    }

    @Test
    void a_body_of_two_mebibytes_and_one_that_is_no_json_by_its_type_are_refused() throws Exception {
        String large = "{\"name\":\"" + "a".repeat(2 << 20) + "\"}";
        control.admin("acme", "POST", "/v1/tenants/acme/apis", large).is(413);
        control.call(
                        "POST",
                        "/v1/tenants/acme/apis",
                        "{}",
                        Map.of(
                                "Content-Type",
                                "text/plain",
                                "Authorization",
                                "Bearer " + control.token("acme", Role.TENANT_ADMIN)))
                .is(415);
        control.admin("acme", "POST", "/v1/plans/acme", Map.of("slug", "p", "rate_limit_per_minute", -1))
                .is(422);
        control.admin("acme", "POST", "/v1/plans/acme", Map.of("slug", "p", "burst_limit", 5))
                .is(422);
    }

    @DisplayName("H6: every answer bears the five headers")
    @Test
    void every_answer_bears_the_five_headers() throws Exception {
        for (Answer answer : List.of(
                control.admin("acme", "GET", "/v1/tenants/acme"),
                control.admin("acme", "GET", "/v1/tenants/none"),
                control.admin("acme", "POST", "/v1/tenants/acme/apis", "x"),
                control.call("GET", "/v1/tenants", null, Map.of()),
                control.call("GET", "/health/ready", null, Map.of()))) {
            for (String header : List.of(
                    "X-Frame-Options",
                    "X-Content-Type-Options",
                    "X-XSS-Protection",
                    "Referrer-Policy",
                    "Permissions-Policy")) {
                assertThat(answer.response().headers().allValues(header))
                        .as(header)
                        .hasSize(1);
            }
        }
    }

    @Test
    void settings_that_would_send_credentials_in_plaintext_are_refused() {
        Assertions.assertThatThrownBy(() -> Configuration.read(
                        ControlSettings.schema(), Map.of("STOA_HOST", "0.0.0.0", "STOA_OPERATOR_KEY", "short"), folder))
                .isInstanceOf(ConfigurationRefused.class)
                .hasMessageContaining("STOA_HOST")
                .hasMessageContaining("STOA_OPERATOR_KEY");
    }
}
