package bulwark.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:8080/secret", // X1
                "http://localhost:8080",
                "http://127.0.0.1/",
                "http://10.0.0.1", // X2
                "http://10.255.255.255:9200",
                "http://172.16.0.1", // X3
                "http://172.31.255.255",
                "http://192.168.0.1", // X4
                "http://192.168.255.255",
                "http://169.254.169.254/latest/meta-data/", // X5
                "http://169.254.169.254/metadata/instance",
                "http://[::1]:8080/", // X6
                "not-a-url", // X7
                "http://[fd00::1]/", // X10
                "http://[fdff:ffff::1]/",
                "http://[fc00::1]/",
                "http://2130706433/", // X11
                "http://0x7f000001/",
                "http://0x7f.0.0.1/",
                "http://017700000001/",
                "http://0177.0.0.1/",
                "http://127.1/", // X12
                "http://127.0.1/",
                "http://0/",
                "http://0.0.0.0/",
                "http://[::ffff:127.0.0.1]/", // X13
                "http://[::ffff:7f00:1]/",
                "http://[::ffff:a9fe:a9fe]/",
                "http://[::ffff:10.0.0.1]/",
                "http://[0:0:0:0:0:0:0:1]/", // X14
                "http://[::]/",
                "http://[::127.0.0.1]/",
                "http://[fe80::1]/", // X15
                "http://[fe80::1%25eth0]/",
                "http://[64:ff9b::7f00:1]/", // X16
                "http://[64:ff9b::a9fe:a9fe]/",
                "http://[2002:7f00:1::]/",
                "http://LOCALHOST/", // X17
                "http://localhost./",
                "http://app.localhost/",
                "http://localhost.localdomain/",
                "http://user:pw@127.0.0.1/", // X18
                "http://example.com@127.0.0.1/",
                "http://127.0.0.1@example.com/",
                "http://127.0.0.1#@example.com/", // X19
                "http://127.0.0.1\\@example.com/",
                "http://example.com:80@127.0.0.1/",
                "http://%31%32%37.0.0.1/", // X20
                "http://127%2e0%2e0%2e1/",
                "http://127\u30020\u30020\u30021/", // X21
                "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
                "http://\u24dbocalhost/",
                "file:///etc/passwd", // X22
                "gopher://127.0.0.1:6379/_",
                "ftp://h/",
                "jar:http://h/x!/y",
                "data:text/plain,x",
                "javascript:alert(1)",
                "http://100.64.0.1", // X23
                "http://100.100.100.200",
                "http://192.0.0.192",
                "http://168.63.129.16",
                "http://198.18.0.1",
                "http://224.0.0.1",
                "http://255.255.255.255",
                "http://metadata.google.internal/", // X24
                "http://metadata/",
                "http://inside.example/", // X25
                "http://mixed.example/", // X26
                "http://nowhere.example/", // X28
                "http://api.example.com/\r\nX: y", // X32
                "http://api.example.com/\u0000",
                "http://api.example.com/\t",
                "http://api.example.com/a b",
                "http://api.example.com/?q=1"
            })
    void what_leads_inside_is_400_and_stores_nothing(String url) throws Exception {
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://93.184.216.34/get", // X8
                "https://httpbin.org/get",
                "https://api.example.com/v1/data",
                "http://51.83.45.13",
                "http://172.15.255.255", // X9
                "http://172.32.0.1",
                "http://11.0.0.1",
                "http://9.255.255.255"
            })
    void what_is_public_is_stored(String url) throws Exception {
        assertThat(register(url).statusCode()).isEqualTo(201);
        assertThat(admin.delete("/admin/apis/x").statusCode()).isEqualTo(204);
    }

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
