package bulwark.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteJsonTest {
    static final String FULL = """
            {"id": "orders", "name": "Orders", "tenant_id": "acme", "path_prefix": "/apis/orders", "backend_url": "https://orders.example.com/v2/",
             "methods": ["GET", "POST"], "spec_hash": "sha256:00", "activated": true, "classification": "VH", "contract_key": "acme/orders@1.2.0",
             "upstream_http_version": "h1", "load_balancer": "least_conn", "trusted_backend": false, "allow_encoded_slash": true,
             "upstreams": [{"url": "https://a.example.com", "weight": 3, "health_check_path": "/healthz"}, {"url": "https://b.example.com"}],
             "evidence": "best-effort", "callers": "anybody", "forward_authorization": true,
             "timeouts": {"connect": "250ms", "first_byte": "10s", "idle": "0s", "total": "2m"}}""";

    private static ApiRoute parse(String json) {
        return RouteJson.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> faults(String json) {
        return catchThrowableOfType(RoutesRefused.class, () -> parse(json)).sentences();
    }

    @Test
    void every_field_is_read_and_written() {
        ApiRoute route = parse(FULL);
        assertThat(route.backendUrl()).isEqualTo("https://orders.example.com/v2");
        assertThat(route.targets()).hasSize(2);
        assertThat(route.upstreams().get(0)).isEqualTo(new ApiRoute.Upstream("https://a.example.com", 3, "/healthz"));
        assertThat(route.timeouts().connect()).isEqualTo(Duration.ofMillis(250));
        assertThat(route.evidence()).isEqualTo(ApiRoute.EvidenceMode.BEST_EFFORT);
        assertThat(route.callers()).isEqualTo(ApiRoute.Callers.ANYBODY);
        assertThat(route.loadBalancer()).isEqualTo(ApiRoute.Balancing.LEAST_CONN);
        assertThat(RouteJson.parse(StrictJson.write(RouteJson.fields(route)))).isEqualTo(route);
    }

    @Test
    void what_is_left_out_has_the_documented_default() {
        ApiRoute route = parse("{\"id\":\"a\",\"path_prefix\":\"/a\",\"backend_url\":\"http://b.example.com:8080\"}");
        assertThat(route.name()).isEqualTo("a");
        assertThat(route.tenantId()).isEqualTo("default");
        assertThat(route.methods()).isEmpty();
        assertThat(route.activated()).isTrue();
        assertThat(route.allowEncodedSlash()).isFalse();
        assertThat(route.callers()).isEqualTo(ApiRoute.Callers.KNOWN);
        assertThat(route.forwardAuthorization()).isFalse();
        assertThat(route.evidence()).isEqualTo(ApiRoute.EvidenceMode.REQUIRED);
        assertThat(route.timeouts()).isEqualTo(ApiRoute.Timeouts.DEFAULT);
        assertThat(route.targets()).containsExactly(new ApiRoute.Upstream("http://b.example.com:8080", 1, null));
        assertThat(RouteJson.parse(StrictJson.write(RouteJson.fields(route)))).isEqualTo(route);
    }

    @Test
    void all_faults_are_told_at_once() {
        assertThat(faults("""
                        {"id": "", "path_prefix": "apis", "backend_url": "", "methods": ["get", "TRACE", "PUT", "PUT"], "activated": "yes",
                         "upstreams": [{"url": "ftp://h", "weight": 0, "extra": 1}, 7], "load_balancer": "fastest", "evidence": "none",
                         "timeouts": {"connect": "0s", "idle": 5}, "trusted_backend": true, "name": "a\\u0000b", "colour": "red"}"""))
                .satisfiesExactlyInAnyOrder(
                        s -> assertThat(s).isEqualTo("id must not be empty"),
                        s -> assertThat(s).isEqualTo("path_prefix must start with '/'"),
                        s -> assertThat(s).isEqualTo("backend_url must not be empty"),
                        s -> assertThat(s).startsWith("methods must be names in capital letters"),
                        s -> assertThat(s).startsWith("methods must not hold TRACE"),
                        s -> assertThat(s).startsWith("methods[3] stands there twice"),
                        s -> assertThat(s).isEqualTo("activated must be true or false"),
                        s -> assertThat(s).startsWith("upstreams[0].url cannot be used: The scheme 'ftp'"),
                        s -> assertThat(s).startsWith("upstreams[0].weight must be a whole number from 1 to 1000"),
                        s -> assertThat(s).startsWith("upstreams[0].extra is not a known field"),
                        s -> assertThat(s).isEqualTo("upstreams[1] must be an object"),
                        s -> assertThat(s).isEqualTo("upstreams[1].url must not be empty"),
                        s -> assertThat(s).startsWith("load_balancer must be one of round_robin, weighted"),
                        s -> assertThat(s).startsWith("evidence must be one of required, best-effort"),
                        s -> assertThat(s).startsWith("timeouts.connect must be a duration"),
                        s -> assertThat(s).startsWith("timeouts.idle must be a duration"),
                        s -> assertThat(s)
                                .startsWith("trusted_backend must be false")
                                .contains("STOA_SSRF__ALLOWED_CIDRS"),
                        s -> assertThat(s).startsWith("name holds a control character"),
                        s -> assertThat(s).startsWith("colour is not a known field; remove it. Known: id,"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "apis/foo",
                "/a//b",
                "/a/../b",
                "/./a",
                "/..;x/a",
                "/a?b",
                "/a%20b",
                "/a/*",
                "/a\\\\b",
                "/a#b",
                "/a\\u0000",
                "/a\\nb",
                "//",
                "/admin",
                "/mcp/x",
                "/.well-known",
                "/.well-known/openid-configuration",
                "/.well-known/oauth-protected-resource"
            })
    void a_prefix_that_no_request_can_have_is_refused_by_its_field(String prefix) {
        assertThat(faults("{\"id\":\"a\",\"path_prefix\":\"" + prefix + "\",\"backend_url\":\"http://b.example.com\"}"))
                .singleElement()
                .asString()
                .startsWith("path_prefix ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | the body is empty",
                "[] | the document must be an object",
                "{\"id\":1,\"id\":2} | the document names a field twice",
                "{} {} | more after the JSON value",
                "{\"id\":} | not well-formed"
            })
    void a_document_that_is_not_one_object_is_refused(String json, String sentence) {
        assertThat(faults(json)).first().asString().contains(sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b", "..", "\\u00e9", "a\\u0000", "a%2fb", "a\\nb"})
    void an_id_that_does_not_fit_into_a_path_and_a_log_line_is_refused(String id) {
        assertThat(faults("{\"id\":\"" + id + "\",\"path_prefix\":\"/a\",\"backend_url\":\"http://b.example.com\"}"))
                .singleElement()
                .asString()
                .startsWith("id ");
    }

    private static byte[] withTls(String url, String tls) {
        return ("{\"id\":\"r\",\"path_prefix\":\"/r\",\"backend_url\":\"" + url + "\",\"upstream_tls\":" + tls + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void tls_of_a_route_reads_as_it_is_written() {
        ApiRoute route = RouteJson.parse(
                withTls(
                        "https://a.example",
                        "{\"ca_file\":\"acme/ca.crt\",\"client_cert_file\":\"tls.crt\",\"client_key_file\":\"tls.key\",\"server_name\":\"orders.internal\",\"min_version\":\"1.3\"}"));
        assertThat(route.upstreamTls())
                .isEqualTo(new RouteTls("acme/ca.crt", "tls.crt", "tls.key", "orders.internal", true));
        assertThat(RouteJson.parse(StrictJson.write(RouteJson.fields(route)))).isEqualTo(route);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"client_cert_file":"a.crt"} | upstream_tls.client_key_file must be given beside client_cert_file
            {"client_key_file":"a.key"} | upstream_tls.client_cert_file must be given beside client_key_file
            {"ca_file":"../ca.crt"} | upstream_tls.ca_file must be the path of a file in the folder of STOA_UPSTREAM__TLS_DIR
            {"ca_file":"/etc/ca.crt"} | upstream_tls.ca_file must be the path of a file
            {"ca_file":""} | upstream_tls.ca_file
            {"ca_file":7} | upstream_tls.ca_file
            {"server_name":"10.0.0.1"} | upstream_tls.server_name must be a host name
            {"server_name":"a b"} | upstream_tls.server_name must be a host name
            {"min_version":"1.1"} | upstream_tls.min_version must be one of 1.2, 1.3
            {"insecure":true} | upstream_tls.insecure
            [] | upstream_tls
            """)
    void what_is_wrong_in_the_tls_of_a_route_is_named(String tls, String says) {
        assertThatThrownBy(() -> RouteJson.parse(withTls("https://a.example", tls)))
                .isInstanceOf(RoutesRefused.class)
                .hasMessageContaining(says);
    }

    @Test
    void tls_of_a_route_without_https_is_a_fault() {
        assertThatThrownBy(() -> RouteJson.parse(withTls("http://a.example", "{\"min_version\":\"1.3\"}")))
                .isInstanceOf(RoutesRefused.class)
                .hasMessageContaining("upstream_tls must not be given beside http URLs alone");
    }

    @Test
    void a_backend_url_has_its_path_percent_encoded() {
        assertThat(faults("{\"id\":\"r\",\"path_prefix\":\"/r\",\"backend_url\":\"http://b.example.com/\\u00e9\"}"))
                .containsExactly("backend_url must have its path of ASCII characters: percent-encode the others");
    }
}
