package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartupRulesTest {
    private static final String[] TLS = {
        "STIGMEM_TLS_CERT_PATH=node.crt", "STIGMEM_TLS_KEY_PATH=node.key", "STIGMEM_TLS_CA_BUNDLE=ca.crt"
    };

    @TempDir
    Path directory;

    @Test
    void the_defaults_start_without_warnings() {
        assertThat(refusals()).isEmpty();
        assertThat(warnings()).isEmpty();
    }

    @Test
    void the_hardened_settings_of_the_tutorial_start_without_warnings() {
        assertThat(refusals(with(TLS, "STIGMEM_FEDERATION_INSECURE=0", "STIGMEM_RATE_LIMIT_WRITE_PER_HOUR=10000")))
                .isEmpty();
        assertThat(warnings(with(TLS, "STIGMEM_FEDERATION_INSECURE=0"))).isEmpty();
    }

    @Test
    void certificate_key_and_bundle_belong_together() {
        assertThat(refusals("STIGMEM_TLS_CERT_PATH=c"))
                .containsExactly(
                        "STIGMEM_TLS_CERT_PATH is set without STIGMEM_TLS_KEY_PATH: set both for mutual TLS, or neither");
        assertThat(refusals("STIGMEM_TLS_KEY_PATH=k"))
                .singleElement()
                .asString()
                .startsWith("STIGMEM_TLS_KEY_PATH is set");
        assertThat(refusals("STIGMEM_TLS_CA_BUNDLE=b"))
                .singleElement()
                .asString()
                .startsWith("STIGMEM_TLS_CA_BUNDLE is set");
        assertThat(refusals("STIGMEM_TLS_CERT_PATH=c", "STIGMEM_TLS_KEY_PATH=k"))
                .singleElement()
                .asString()
                .startsWith("STIGMEM_TLS_CA_BUNDLE is required when mTLS is enabled");
    }

    @Test
    void federation_without_mutual_tls_is_refused_first_and_as_unsupported_after() {
        List<String> refusals = refusals("STIGMEM_FEDERATION_ENABLED=true");
        assertThat(refusals).hasSize(2);
        assertThat(refusals.get(0)).startsWith("Federation requires mTLS by default. Configure STIGMEM_TLS_CERT_PATH,");
        assertThat(refusals.get(1)).startsWith("STIGMEM_FEDERATION_ENABLED is not supported yet: ");
    }

    @Test
    void insecure_federation_is_for_loopback_and_warned_of() {
        String[] insecure = {"STIGMEM_FEDERATION_ENABLED=1", "STIGMEM_FEDERATION_INSECURE=1"};
        assertThat(refusals(insecure)).hasSize(1);
        assertThat(warnings(insecure))
                .anyMatch(
                        w -> w.startsWith(
                                "SECURITY WARNING: federation is running without mTLS because STIGMEM_FEDERATION_INSECURE=1 is set."));
        assertThat(refusals(with(insecure, "STIGMEM_NODE_URL=http://node.example.com:8765")))
                .anyMatch(r -> r.contains("STIGMEM_NODE_URL is \"node.example.com\""));
    }

    @Test
    void authentication_off_is_for_loopback_by_name_and_by_bind() {
        assertThat(refusals("STIGMEM_AUTH_REQUIRED=false")).isEmpty();
        assertThat(warnings("STIGMEM_AUTH_REQUIRED=false"))
                .singleElement()
                .asString()
                .startsWith("SECURITY WARNING: authentication is off");
        assertThat(refusals("STIGMEM_AUTH_REQUIRED=false", "STIGMEM_NODE_URL=https://node.example.com"))
                .hasSize(1);
        assertThat(refusals("STIGMEM_AUTH_REQUIRED=false", "STIGMEM_NODE_URL=http://[::1]:8765"))
                .isEmpty();
        assertThat(refusals(with(TLS, "STIGMEM_AUTH_REQUIRED=false")))
                .singleElement()
                .asString()
                .contains("binds 0.0.0.0");
        assertThat(refusals(with(TLS, "STIGMEM_AUTH_REQUIRED=0", "STIGMEM_LOCAL_DEV_ALLOW_INSECURE_NON_LOOPBACK=1")))
                .isEmpty();
    }

    @Test
    void plaintext_beyond_the_machine_is_refused_unless_allowed() {
        assertThat(refusals("STIGMEM_HOST=0.0.0.0"))
                .singleElement()
                .asString()
                .startsWith("STIGMEM_HOST=0.0.0.0 would serve");
        String[] allowed = {"STIGMEM_HOST=0.0.0.0", "STIGMEM_LOCAL_DEV_ALLOW_INSECURE_NON_LOOPBACK=1"};
        assertThat(refusals(allowed)).isEmpty();
        assertThat(warnings(allowed)).singleElement().asString().startsWith("SECURITY WARNING: STIGMEM_HOST=0.0.0.0");
        assertThat(refusals("STIGMEM_HOST=127.0.0.2")).isEmpty();
        assertThat(refusals(with(TLS, "STIGMEM_HOST=0.0.0.0"))).isEmpty();
    }

    @Test
    void the_second_listener_beyond_loopback_is_warned_of() {
        assertThat(refusals(with(TLS, "STIGMEM_LOCAL_HTTP_HOST=0.0.0.0"))).isEmpty();
        assertThat(warnings(with(TLS, "STIGMEM_LOCAL_HTTP_HOST=0.0.0.0")))
                .singleElement()
                .asString()
                .startsWith("SECURITY WARNING: the plaintext listener binds STIGMEM_LOCAL_HTTP_HOST=0.0.0.0");
        assertThat(refusals(with(TLS, "STIGMEM_PORT=8000")))
                .singleElement()
                .asString()
                .contains("both 8000");
        assertThat(warnings(with(TLS, "STIGMEM_LOCAL_HTTP_HOST=0.0.0.0", "STIGMEM_LOCAL_HTTP_PORT=0")))
                .isEmpty();
    }

    @Test
    void strict_trust_needs_a_node_key() {
        assertThat(refusals("STIGMEM_TRUST_MODE=strict"))
                .hasSize(2)
                .startsWith("STIGMEM_NODE_PRIVATE_KEY must be set when trust_mode=strict");
    }

    @Test
    void the_quota_kill_switch_starts_with_a_warning() {
        String[] off = {"STIGMEM_RATE_LIMIT_WRITE_PER_HOUR=0", "STIGMEM_RATE_LIMIT_READ_PER_HOUR=0"};
        assertThat(refusals(off)).isEmpty();
        assertThat(warnings(off))
                .singleElement()
                .asString()
                .startsWith("SECURITY WARNING: quota enforcement is fully disabled (write=0, read=0) without");
        assertThat(warnings(with(off, "STIGMEM_RATE_LIMIT_DISABLED_ACK=1")))
                .containsExactly("SECURITY WARNING: quota enforcement is fully disabled (write=0, read=0) with explicit"
                        + " operator acknowledgment via STIGMEM_RATE_LIMIT_DISABLED_ACK=1.");
        assertThat(warnings("STIGMEM_RATE_LIMIT_READ_PER_HOUR=0")).hasSize(1);
        assertThat(refusals("STIGMEM_RATE_LIMIT_WRITE_BURST=0")).hasSize(1);
    }

    @Test
    void development_cors_is_warned_of() {
        assertThat(warnings("STIGMEM_CORS_DEV_LOCALHOST=1"))
                .anyMatch(w -> w.startsWith("SECURITY WARNING: STIGMEM_CORS"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "STIGMEM_STORAGE_BACKEND=postgres",
                "STIGMEM_AT_REST_ENCRYPTION=sqlcipher",
                "STIGMEM_EMBED_ENABLED=1",
                "STIGMEM_OIDC_ENABLED=1",
                "STIGMEM_OTEL_ENABLED=1",
                "STIGMEM_MULTI_TENANT_ENABLED=1",
                "STIGMEM_TOMBSTONES_ENABLED=1",
                "STIGMEM_TOMBSTONES_REQUIRE_SIGNED_INBOUND=0",
                "STIGMEM_TIME_TRAVEL_ENABLED=1",
                "STIGMEM_MEMORY_GARDEN_ACL_ENABLED=1",
                "STIGMEM_SOURCE_ATTESTATION_ENABLED=1",
                "STIGMEM_LAZY_INSTRUCTION_DISCOVERY_ENABLED=1",
                "STIGMEM_SANITIZER_MODE=block",
                "STIGMEM_SANITIZER_MODE=quarantine",
                "STIGMEM_SANITIZER_MODE=warn",
                "STIGMEM_SOURCE_ATTESTATION_MODE=warn",
                "STIGMEM_ATTESTATION_REQUIRED=1",
                "STIGMEM_CORS_ALLOWED_ORIGINS=https://app.example.com",
                "STIGMEM_TRUST_RULES_FILE=rules.yaml"
            })
    void unsupported_settings_are_refused(String setting) {
        assertThat(refusals(setting))
                .singleElement()
                .asString()
                .startsWith(setting.substring(0, setting.indexOf('=')) + " is not supported yet: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "STIGMEM_SUBSCRIPTION_REPLAY_S=1",
                "STIGMEM_DECAY_TTL_SECONDS=60",
                "STIGMEM_REQUIRE_CID=1",
                "STIGMEM_FEDERATION_PULL_INTERVAL_S=5",
                "STIGMEM_TRUST_WEIGHT_IDENTITY=0.5"
            })
    void tuning_settings_without_effect_are_warned_of(String setting) {
        assertThat(refusals(setting)).isEmpty();
        assertThat(warnings(setting)).containsExactly(setting + " has no effect in this version");
    }

    @ParameterizedTest
    @ValueSource(strings = {"STIGMEM_TL_BACKEND=s3", "STIGMEM_TRUST_MODE=loose", "STIGMEM_LOG_LEVEL=loud"})
    void an_unknown_setting_value_is_refused(String setting) {
        String name = setting.substring(0, setting.indexOf('='));
        assertThat(refusals(setting))
                .singleElement()
                .asString()
                .startsWith(name + " (environment) must be one of ")
                .endsWith(", not \"" + setting.substring(name.length() + 1) + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "rekor", "off"})
    void the_transparency_log_has_three_backends(String backend) {
        assertThat(refusals("STIGMEM_TL_BACKEND=" + backend)).isEmpty();
    }

    @Test
    void a_rekor_server_of_ones_own_without_a_named_key_warns() {
        String own = "STIGMEM_TL_REKOR_URL=https://rekor.internal";
        assertThat(warnings("STIGMEM_TL_BACKEND=rekor", own))
                .anyMatch(line -> line.contains("STIGMEM_TL_REKOR_PUBLIC_KEY"));
        assertThat(warnings("STIGMEM_TL_BACKEND=rekor", own, "STIGMEM_TL_REKOR_PUBLIC_KEY=rekor.pem"))
                .noneMatch(line -> line.contains("STIGMEM_TL_REKOR_PUBLIC_KEY"));
        assertThat(warnings("STIGMEM_TL_BACKEND=rekor"))
                .noneMatch(line -> line.contains("STIGMEM_TL_REKOR_PUBLIC_KEY"));
    }

    private List<String> refusals(String... settings) {
        return rules(settings).problems();
    }

    private List<String> warnings(String... settings) {
        return rules(settings).configuration().warnings();
    }

    private Configuration.Inspection rules(String... settings) {
        Map<String, String> environment = new HashMap<>();
        for (String setting : settings) {
            String[] pair = setting.split("=", 2);
            environment.put(pair[0], pair[1]);
        }
        return Configuration.inspect(NodeSettings.schema(), environment, directory);
    }

    private static String[] with(String[] some, String... more) {
        return java.util.stream.Stream.of(some, more)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
    }
}
