package bulwark.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.NameResolver;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Rows X1 to X32 of the specification, as far as a registration shows them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminAddressGuardTest {
    private static final String ALLOWED_CIDRS = "STOA_SSRF__ALLOWED_CIDRS";

    private final List<String> lookedUp = new ArrayList<>();
    private AdminFixture admin;

    @BeforeAll
    void start(@TempDir Path folder) {
        NameResolver resolver = name -> {
            lookedUp.add(name);
            return switch (name) {
                case "inside.example" -> List.of(address(127, 0, 0, 1));
                case "mixed.example" -> List.of(address(93, 184, 216, 34), address(10, 0, 0, 5));
                case "nowhere.example" -> List.of();
                default -> List.of(address(93, 184, 216, 34));
            };
        };
        AddressPolicy policy =
                new AddressPolicy(List.of(), Set.of(), Set.of(), ALLOWED_CIDRS, "STOA_SSRF__ALLOWED_HOSTS", "");
        admin = AdminFixture.start(folder, new AddressGuard(resolver, policy));
    }

    @AfterAll
    void stop() {
        admin.close();
    }

    private static InetAddress address(int... bytes) {
        try {
            byte[] raw = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                raw[i] = (byte) bytes[i];
            }
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private HttpResponse<String> register(String url) throws Exception {
        Map<String, Object> route = AdminApiTest.route("x", "/x");
        route.put("backend_url", url);
        return admin.post("/admin/apis", route);
    }

    static Stream<Arguments> rowsOfBlocked() {
        return Stream.of(
                arguments("X1", "http://127.0.0.1:8080/secret"),
                arguments("X1", "http://localhost:8080"),
                arguments("X1", "http://127.0.0.1/"),
                arguments("X2", "http://10.0.0.1"),
                arguments("X2", "http://10.255.255.255:9200"),
                arguments("X3", "http://172.16.0.1"),
                arguments("X3", "http://172.31.255.255"),
                arguments("X4", "http://192.168.0.1"),
                arguments("X4", "http://192.168.255.255"),
                arguments("X5", "http://169.254.169.254/latest/meta-data/"),
                arguments("X5", "http://169.254.169.254/metadata/instance"),
                arguments("X6", "http://[::1]:8080/"),
                arguments("X7", "not-a-url"),
                arguments("X10", "http://[fd00::1]/"),
                arguments("X10", "http://[fdff:ffff::1]/"),
                arguments("X10", "http://[fc00::1]/"),
                arguments("X11", "http://2130706433/"),
                arguments("X11", "http://0x7f000001/"),
                arguments("X11", "http://0x7f.0.0.1/"),
                arguments("X11", "http://017700000001/"),
                arguments("X11", "http://0177.0.0.1/"),
                arguments("X12", "http://127.1/"),
                arguments("X12", "http://127.0.1/"),
                arguments("X12", "http://0/"),
                arguments("X12", "http://0.0.0.0/"),
                arguments("X13", "http://[::ffff:127.0.0.1]/"),
                arguments("X13", "http://[::ffff:7f00:1]/"),
                arguments("X13", "http://[::ffff:a9fe:a9fe]/"),
                arguments("X13", "http://[::ffff:10.0.0.1]/"),
                arguments("X14", "http://[0:0:0:0:0:0:0:1]/"),
                arguments("X14", "http://[::]/"),
                arguments("X14", "http://[::127.0.0.1]/"),
                arguments("X15", "http://[fe80::1]/"),
                arguments("X15", "http://[fe80::1%25eth0]/"),
                arguments("X16", "http://[64:ff9b::7f00:1]/"),
                arguments("X16", "http://[64:ff9b::a9fe:a9fe]/"),
                arguments("X16", "http://[2002:7f00:1::]/"),
                arguments("X17", "http://LOCALHOST/"),
                arguments("X17", "http://localhost./"),
                arguments("X17", "http://app.localhost/"),
                arguments("X17", "http://localhost.localdomain/"),
                arguments("X18", "http://user:pw@127.0.0.1/"),
                arguments("X18", "http://example.com@127.0.0.1/"),
                arguments("X18", "http://127.0.0.1@example.com/"),
                arguments("X19", "http://127.0.0.1#@example.com/"),
                arguments("X19", "http://127.0.0.1\\@example.com/"),
                arguments("X19", "http://example.com:80@127.0.0.1/"),
                arguments("X20", "http://%31%32%37.0.0.1/"),
                arguments("X20", "http://127%2e0%2e0%2e1/"),
                arguments("X21", "http://127\u30020\u30020\u30021/"),
                arguments("X21", "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/"),
                arguments("X21", "http://\u24dbocalhost/"),
                arguments("X22", "file:///etc/passwd"),
                arguments("X22", "gopher://127.0.0.1:6379/_"),
                arguments("X22", "ftp://h/"),
                arguments("X22", "jar:http://h/x!/y"),
                arguments("X22", "data:text/plain,x"),
                arguments("X22", "javascript:alert(1)"),
                arguments("X23", "http://100.64.0.1"),
                arguments("X23", "http://100.100.100.200"),
                arguments("X23", "http://192.0.0.192"),
                arguments("X23", "http://168.63.129.16"),
                arguments("X23", "http://198.18.0.1"),
                arguments("X23", "http://224.0.0.1"),
                arguments("X23", "http://255.255.255.255"),
                arguments("X24", "http://metadata.google.internal/"),
                arguments("X24", "http://metadata/"),
                arguments("X25", "http://inside.example/"),
                arguments("X26", "http://mixed.example/"),
                arguments("X28", "http://nowhere.example/"),
                arguments("X32", "http://api.example.com/\r\nX: y"),
                arguments("X32", "http://api.example.com/\u0000"),
                arguments("X32", "http://api.example.com/\t"),
                arguments("X32", "http://api.example.com/a b"),
                arguments("X32", "http://api.example.com/?q=1"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("rowsOfBlocked")
    void what_leads_inside_is_400_and_stores_nothing(String row, String url) throws Exception {
        HttpResponse<String> answer = register(url);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("backend_url");
        assertThat(admin.get("/admin/apis").body()).isEqualTo("[]");

        Map<String, Object> route = AdminApiTest.route("x", "/x");
        route.put("upstreams", List.of(Map.of("url", "https://api.example.com"), Map.of("url", url)));
        HttpResponse<String> upstream = admin.post("/admin/apis", route); // X30
        assertThat(upstream.statusCode()).as(upstream.body()).isEqualTo(400);
        assertThat(upstream.body()).contains("upstreams[1].url");
        assertThat(admin.get("/admin/apis").body()).isEqualTo("[]");
    }

    static Stream<Arguments> rowsOfPublic() {
        return Stream.of(
                arguments("X8", "http://93.184.216.34/get"),
                arguments("X8", "https://httpbin.org/get"),
                arguments("X8", "https://api.example.com/v1/data"),
                arguments("X8", "http://51.83.45.13"),
                arguments("X9", "http://172.15.255.255"),
                arguments("X9", "http://172.32.0.1"),
                arguments("X9", "http://11.0.0.1"),
                arguments("X9", "http://9.255.255.255"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("rowsOfPublic")
    void what_is_public_is_stored(String row, String url) throws Exception {
        assertThat(register(url).statusCode()).isEqualTo(201);
        assertThat(admin.delete("/admin/apis/x").statusCode()).isEqualTo(204);
    }

    @DisplayName("X7: an empty url is told as such")
    @Test
    void x7_an_empty_url_is_told_as_such() throws Exception {
        HttpResponse<String> answer = register("");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("errors").values().stream().map(JsonNode::stringValue))
                .containsExactly("backend_url must not be empty");
    }

    @Test
    void the_answer_names_the_range_and_the_setting_that_would_lift_it() throws Exception {
        JsonNode answer = json(register("http://10.1.2.3:9200"));
        assertThat(answer.path("error").stringValue()).isEqualTo("backend_url targets a private/internal IP range");
        assertThat(answer.path("detail").stringValue()).contains("10.0.0.0/8", ALLOWED_CIDRS);
        assertThat(json(register("http://169.254.169.254")).path("detail").stringValue())
                .contains("169.254.0.0/16", "No setting allows it.");
        assertThat(json(register("http://nowhere.example")).path("detail").stringValue())
                .contains("nowhere.example has no address");
    }

    @DisplayName("X31: an allowed address is stored and metadata stays blocked")
    @Test
    void x31_an_allowed_address_is_stored_and_metadata_stays_blocked(@TempDir Path folder) throws Exception {
        try (AdminFixture allowing = AdminFixture.start(folder, null, Map.of(ALLOWED_CIDRS, "127.0.0.1/32"))) {
            Map<String, Object> route = AdminApiTest.route("x", "/x");
            route.put("backend_url", "http://127.0.0.1:8081");
            assertThat(allowing.post("/admin/apis", route).statusCode()).isEqualTo(201);
            route.put("backend_url", "http://169.254.169.254");
            assertThat(allowing.post("/admin/apis", route).statusCode()).isEqualTo(400);
        }
    }

    private static JsonNode json(HttpResponse<String> response) {
        return StrictJson.parse(response.body().getBytes(StandardCharsets.UTF_8));
    }
}
