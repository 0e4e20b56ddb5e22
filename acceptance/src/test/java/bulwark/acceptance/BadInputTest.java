package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.ObjectMapper;

/** Bad input names the field, stores nothing and is never our fault. */
class BadInputTest {
    private static final String KEY = NodeUnderTest.ADMIN_KEY;

    @TempDir
    static Path folder;

    private static NodeUnderTest node;

    @BeforeAll
    static void start() throws Exception {
        node = NodeUnderTest.in(
                        folder,
                        Map.of(
                                "STIGMEM_RATE_LIMIT_WRITE_BURST",
                                "10000",
                                "STIGMEM_RATE_LIMIT_WRITE_PER_HOUR",
                                "100000"))
                .startHere();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest(name = "{1} is named when it is {0}")
    @CsvSource(delimiter = '|', textBlock = """
            a wrong type            | entity     | {"entity":7,"relation":"a:b","value":"x","scope":"team"}
            missing                 | relation   | {"entity":"stigmem://t/x/y","value":"x","scope":"team"}
            empty                   | entity     | {"entity":"","relation":"a:b","value":"x","scope":"team"}
            an array                | value      | {"entity":"stigmem://t/x/y","relation":"a:b","value":[1],"scope":"team"}
            an object without type  | value      | {"entity":"stigmem://t/x/y","relation":"a:b","value":{"v":1},"scope":"team"}
            a boolean as a number   | value      | {"entity":"stigmem://t/x/y","relation":"a:b","value":{"type":"number","v":true},"scope":"team"}
            text as a number        | value      | {"entity":"stigmem://t/x/y","relation":"a:b","value":{"type":"number","v":"NaN"},"scope":"team"}
            text as a boolean       | value      | {"entity":"stigmem://t/x/y","relation":"a:b","value":{"type":"boolean","v":"false"},"scope":"team"}
            an unknown type         | value      | {"entity":"stigmem://t/x/y","relation":"a:b","value":{"type":"bytes","v":"aa"},"scope":"team"}
            an unknown scope        | scope      | {"entity":"stigmem://t/x/y","relation":"a:b","value":"x","scope":"universe"}
            too sure                | confidence | {"entity":"stigmem://t/x/y","relation":"a:b","value":"x","scope":"team","confidence":1.5}
            no date                 | valid_until| {"entity":"stigmem://t/x/y","relation":"a:b","value":"x","scope":"team","valid_until":"tomorrow"}
            a NUL byte              | value      | {"entity":"stigmem://t/x/y","relation":"a:b","value":"x\\u0000y","scope":"team"}
            given twice             | entity     | {"entity":"stigmem://t/x/y","entity":"b","relation":"a:b","value":"x","scope":"team"}
            a NUL byte              | source     | {"entity":"stigmem://t/x/y","relation":"a:b","value":"x","scope":"team","source":"a\\u0000"}
            """)
    void a_fault_is_named(String what, String field, String body) throws Exception {
        long before = stored();
        HttpResponse<String> answer = node.post("/v1/facts", KEY, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
        assertThat(answer.body()).contains("\"" + field.strip() + "\"");
        assertThat(stored()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0} is not JSON")
    @CsvSource(delimiter = '|', textBlock = """
            NaN                      | {"entity":"stigmem://t/x/y","relation":"a:b","value":NaN,"scope":"team"}
            a lone surrogate         | {"entity":"stigmem://t/x/y","relation":"a:b","value":"\\ud800","scope":"team"}
            trailing bytes           | {"entity":"stigmem://t/x/y","relation":"a:b","value":"x","scope":"team"} x
            """)
    void malformed_json_is_refused(String what, String body) throws Exception {
        long before = stored();
        HttpResponse<String> answer = node.post("/v1/facts", KEY, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
        assertThat(answer.body()).contains("json_invalid");
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void a_body_over_one_mebibyte_is_413() throws Exception {
        HttpResponse<String> answer = node.post("/v1/facts", KEY, " ".repeat((1 << 20) + 1));
        assertThat(answer.statusCode()).isEqualTo(413);
    }

    @Test
    void a_431_carries_the_security_headers() throws Exception {
        StringBuilder request = new StringBuilder("GET /healthz HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = 0; i < 20_000; i++) {
            request.append("X-").append(i).append(": 1\r\n");
        }
        String answer = raw(request.append("\r\n").toString());
        assertThat(answer).startsWith("HTTP/1.1 431").containsIgnoringCase("x-content-type-options: nosniff");
    }

    @Test
    void headers_that_trickle_are_cut_off() throws Exception {
        try (Socket socket = new Socket("localhost", node.plainPort)) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            // Never finished: the node must end this connection by itself, before our own patience does.
            int read = socket.getInputStream().read();
            assertThat(read == -1 || read == 'H').isTrue();
        }
    }

    @ParameterizedTest(name = "{0} is refused with 4xx")
    @CsvSource({
        "/v1/facts?cursor=!!!, cursor",
        "/v1/facts?limit=0, limit",
        "/v1/facts?limit=abc, limit",
        "/v1/facts?scope=universe, scope",
        "/v1/admin/audit?cursor=x, cursor",
        "/v1/graph/neighbors?entity=a&scope=team&depth=9, graph_depth_exceeded",
        "/v1/graph/neighbors?entity=a&scope=team&cursor=zz, cursor",
        "/v1/facts/sha256:zz, cid_malformed"
    })
    void a_bad_query_names_its_parameter(String target, String named) throws Exception {
        String key = target.startsWith("/v1/admin") ? auditKey() : KEY;
        HttpResponse<String> answer = node.get(target, key);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 422);
        assertThat(answer.body()).contains(named);
    }

    @Test
    void a_clock_far_ahead_in_a_hybrid_timestamp_is_not_taken_over() throws Exception {
        HttpResponse<String> answer = node.post(
                "/v1/facts",
                KEY,
                "{\"entity\":\"stigmem://t/x/hlc\",\"relation\":\"a:b\",\"value\":\"x\",\"scope\":\"team\",\"hlc\":\"9999999999999.0\"}");
        assertThat(answer.statusCode()).isBetween(201, 422);
        assertThat(answer.body()).doesNotContain("\"hlc\":\"9999999999999");
    }

    private static String auditKey() throws Exception {
        HttpResponse<String> made = node.post(
                "/v1/admin/api-keys", KEY, "{\"entity_uri\":\"stigmem://t/siem\",\"permissions\":[\"audit.read\"]}");
        return new ObjectMapper().readTree(made.body()).path("key").asString();
    }

    private static long stored() throws Exception {
        return new ObjectMapper()
                .readTree(node.get("/v1/facts?include_contradicted=true&limit=1", KEY)
                        .body())
                .path("total")
                .asLong();
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket("localhost", node.plainPort)) {
            socket.setSoTimeout(10_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                // The node may answer and close before we have sent everything: what counts is the answer.
                assertThat(e).isNotNull();
            }
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(600), StandardCharsets.US_ASCII);
        }
    }
}
