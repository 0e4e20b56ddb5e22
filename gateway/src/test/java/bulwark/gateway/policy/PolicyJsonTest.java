package bulwark.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyJsonTest {
    static final String FULL = """
            {"id": "p-1", "name": "one", "policy_type": "transform", "mode": "shadow", "scope": "api", "api_id": "orders", "priority": 7,
             "config": {"request": {"set": [{"name": "X-A", "value": "1"}], "remove": ["X-B"]},
                        "response": {"add": [{"name": "X-C", "value": "2"}]}}}""";

    private static List<String> faults(String json) {
        List<String> faults = new ArrayList<>();
        ApiPolicy policy = PolicyJson.parse(json.getBytes(StandardCharsets.UTF_8), faults);
        assertThat(policy == null).isEqualTo(!faults.isEmpty());
        return faults;
    }

    private static List<String> faults(String type, String config) {
        return faults("{\"id\":\"p\",\"policy_type\":\"" + type + "\",\"config\":" + config + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                FULL,
                "{\"id\":\"p\",\"policy_type\":\"cors\",\"config\":{\"allowed_origins\":[\"*\"]}}",
                "{\"id\":\"p\",\"policy_type\":\"cors\",\"tenant_id\":\"acme\",\"config\":{\"allowed_origins\":[\"http://[::1]:8080\"],\"allow_credentials\":true}}",
                "{\"id\":\"p\",\"policy_type\":\"rate_limit\",\"config\":{\"limit\":5,\"window\":\"10s\",\"key\":\"address\"}}",
                "{\"id\":\"p\",\"policy_type\":\"jwt_validation\",\"config\":{\"credentials\":[\"token\",\"api_key\"],\"clients\":[\"web\"]}}",
                "{\"id\":\"p\",\"policy_type\":\"ip_filter\",\"config\":{\"allow\":[\"10.0.0.0/8\",\"2001:db8::/32\"],\"deny\":[\"10.1.0.0/16\"]}}",
                "{\"id\":\"p\",\"policy_type\":\"logging\",\"config\":{\"headers\":[\"User-Agent\"],\"sample_percent\":10}}",
                "{\"id\":\"p\",\"policy_type\":\"logging\"}",
                "{\"id\":\"p\",\"policy_type\":\"caching\",\"config\":{\"ttl\":\"30s\",\"shared\":true}}"
            })
    void what_is_written_reads_as_the_same_policy(String json) {
        List<String> faults = new ArrayList<>();
        ApiPolicy policy = PolicyJson.parse(json.getBytes(StandardCharsets.UTF_8), faults);
        assertThat(faults).isEmpty();
        assertThat(policy).isNotNull();
        assertThat(PolicyJson.parse(StrictJson.write(PolicyJson.fields(policy)), faults))
                .isEqualTo(policy);
    }

    @Test
    void every_fault_of_a_policy_is_told_by_its_field() {
        assertThat(
                        faults(
                                "{\"policy_type\":\"firewall\",\"mode\":\"maybe\",\"priority\":-1,\"api_id\":\"a\",\"tenant_id\":\"t\",\"colour\":\"red\"}"))
                .anySatisfy(s -> assertThat(s).startsWith("id must not be empty"))
                .anySatisfy(s -> assertThat(s).startsWith("policy_type must be one of logging, cors"))
                .anySatisfy(s -> assertThat(s).startsWith("mode must be one of enforce, shadow"))
                .anySatisfy(s -> assertThat(s).startsWith("priority must be a whole number from 0 to 10000"))
                .anySatisfy(s -> assertThat(s).startsWith("tenant_id must not stand beside api_id"))
                .anySatisfy(s -> assertThat(s).startsWith("colour is not a known field"));
        assertThat(faults("{\"id\":\"a\",\"id\":\"b\"}")).containsExactly("the document names a field twice; keep one");
        assertThat(faults("{\"id\":\"p\",\"policy_type\":\"logging\",\"scope\":\"tenant\"}"))
                .anySatisfy(s -> assertThat(s).startsWith("scope must be gateway here"));
        assertThat(faults("[]")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "cors           | {}                                                             | config.allowed_origins",
                "cors           | {\"allowed_origins\":[\"*\"],\"allow_credentials\":true}       | config.allowed_origins[0] must not be *",
                "cors           | {\"allowed_origins\":[\"https://a.example/\"]}                 | config.allowed_origins[0] must be an origin",
                "cors           | {\"allowed_origins\":[\"https://A.example\"]}                  | config.allowed_origins[0]",
                "cors           | {\"allowed_origins\":[\"null\"]}                               | config.allowed_origins[0]",
                "cors           | {\"allowed_origins\":[\"https://a.example:443\"]}              | config.allowed_origins[0]",
                "cors           | {\"allowed_origins\":[\"*\",\"https://a.example\"]}            | config.allowed_origins[0] is *",
                "cors           | {\"allowed_origins\":[\"*\"],\"allowed_headers\":[\"a b\"]}    | config.allowed_headers[0]",
                "rate_limit     | {}                                                             | config.limit",
                "rate_limit     | {\"limit\":0}                                                  | config.limit",
                "rate_limit     | {\"limit\":1,\"window\":\"1ms\"}                               | config.window",
                "rate_limit     | {\"limit\":1,\"key\":\"planet\"}                               | config.key must be one of",
                "jwt_validation | {\"scopes\":[\"stoa:fly\"]}                                    | config.scopes[0] is no scope",
                "jwt_validation | {\"roles\":[\"king\"]}                                         | config.roles[0] is no role",
                "jwt_validation | {\"credentials\":[\"api_key\"],\"clients\":[\"web\"]}          | config.clients can never match",
                "jwt_validation | {\"credentials\":[\"magic\"]}                                  | config.credentials[0]",
                "ip_filter      | {}                                                             | config.allow or deny",
                "ip_filter      | {\"allow\":[\"10.1.0.0/16\"],\"deny\":[\"::ffff:10.0.0.0/104\"]} | config.allow[0] can never match",
                "ip_filter      | {\"deny\":[\"10.0.0.1/8\"]}                                    | config.deny[0] is no range",
                "ip_filter      | {\"deny\":[\"10.0.0.1\",\"::ffff:10.0.0.1\"]}                  | config.deny[1] stands there twice",
                "logging        | {\"headers\":[\"Authorization\"]}                              | config.headers[0] may hold a credential",
                "logging        | {\"headers\":[\"X-Session-Id\"]}                               | config.headers[0] may hold a credential",
                "logging        | {\"sample_percent\":0}                                         | config.sample_percent",
                "caching        | {\"ttl\":\"2d\"}                                               | config.ttl",
                "transform      | {}                                                             | config.request or response",
                "transform      | {\"request\":{\"set\":[{\"name\":\"X-User-ID\",\"value\":\"root\"}]}}      | config.request.set[0].name is reserved",
                "transform      | {\"request\":{\"set\":[{\"name\":\"x_tenant_id\",\"value\":\"b\"}]}}       | config.request.set[0].name is reserved",
                "transform      | {\"request\":{\"set\":[{\"name\":\"Authorization\",\"value\":\"b\"}]}}     | config.request.set[0].name is reserved",
                "transform      | {\"request\":{\"remove\":[\"Transfer-Encoding\"]}}             | config.request.remove[0] is reserved",
                "transform      | {\"request\":{\"remove\":[\"Cookie\"]}}                        | config.request.remove[0]",
                "transform      | {\"response\":{\"remove\":[\"Strict-Transport-Security\"]}}    | config.response.remove[0] is reserved",
                "transform      | {\"response\":{\"set\":[{\"name\":\"Set-Cookie\",\"value\":\"a=b\"}]}}     | config.response.set[0].name is reserved",
                "transform      | {\"response\":{\"set\":[{\"name\":\"Access-Control-Allow-Origin\",\"value\":\"*\"}]}} | config.response.set[0].name is reserved",
                "transform      | {\"response\":{\"set\":[{\"name\":\"X-A\",\"value\":\"é\"}]}}    | config.response.set[0].value",
                "transform      | {\"response\":{\"set\":[{\"name\":\"X-A\",\"value\":\"1\"}],\"remove\":[\"x_a\"]}} | config.response.remove[0] is changed twice",
                "transform      | {\"response\":{\"set\":[{\"name\":\"X-A\",\"value\":\"1\"}],\"remove\":[\"X~A\"]}} | config.response.remove[0] is changed twice",
                "transform      | {\"path\":{}}                                                  | config.path is not a known field",
            })
    void what_a_policy_may_not_say_is_refused_by_its_field(String type, String config, String sentence) {
        assertThat(faults(type, config)).anySatisfy(fault -> assertThat(fault).contains(sentence));
    }

    @Test
    void a_mapped_address_is_the_address_that_it_maps() throws Exception {
        IpFilterRule rule = (IpFilterRule) java.util.Objects.requireNonNull(PolicyJson.parse(
                        "{\"id\":\"p\",\"policy_type\":\"ip_filter\",\"config\":{\"allow\":[\"::ffff:10.0.0.0/104\",\"2001:db8::/32\"],\"deny\":[\"10.9.0.0/16\"]}}"
                                .getBytes(StandardCharsets.UTF_8),
                        new ArrayList<>()))
                .rule();
        assertThat(rule.admits(java.net.InetAddress.ofLiteral("10.1.2.3"))).isTrue();
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        mapped[12] = 10;
        mapped[15] = 1;
        assertThat(rule.admits(java.net.Inet6Address.getByAddress(null, mapped, 0)))
                .isTrue();
        mapped[13] = 9;
        assertThat(rule.admits(java.net.Inet6Address.getByAddress(null, mapped, 0)))
                .isFalse();
        assertThat(rule.admits(java.net.InetAddress.ofLiteral("2001:db8::1"))).isTrue();
        assertThat(rule.admits(java.net.InetAddress.ofLiteral("::1"))).isFalse();
    }
}
