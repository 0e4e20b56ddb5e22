package bulwark.facts.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.FactsFixture;
import bulwark.facts.GivenRequest;
import bulwark.facts.identity.KeyDistrust;
import bulwark.facts.identity.KeyKind;
import bulwark.facts.identity.TestNode;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.web.ApiRefusal;
import bulwark.web.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Which tokens verify, until when, and what leaves evidence. */
@Timeout(60)
class CapabilityServiceTest extends CapabilityTestBase {
    private String issued() {
        return issue(good()).path("token_json").stringValue();
    }

    private JsonNode verify(String tokenJson) {
        byte[] body = StrictJson.write(Map.of("token_json", tokenJson));
        GivenRequest request = GivenRequest.of("POST", BASE + "/verify")
                .json(new String(body, StandardCharsets.UTF_8))
                .as("agent:reader", "read");
        Response response = call("POST", BASE + "/verify", request);
        assertThat(response.status()).isEqualTo(200);
        return StrictJson.parse(response.body());
    }

    @Test
    void the_worked_token_has_the_worked_signature() {
        byte[] seed = new byte[32];
        for (int i = 0; i < 32; i++) {
            seed[i] = (byte) i;
        }
        Ed25519Signer key = Signing.fastest().signer(SecretBytes.of(seed));
        Map<String, String> grant = new LinkedHashMap<>();
        grant.put("expiry", "2026-03-31T00:00:00+00:00");
        grant.put("issued_at", "2026-01-01T00:00:00+00:00");
        grant.put("issuer", "https://node.example");
        grant.put("nonce", "ab".repeat(32));
        grant.put("object", "stigmem://facts/scope:company");
        grant.put("subject", "stigmem://node.example/agent/a");
        grant.put("token_id", "00000000-0000-4000-8000-000000000002");
        grant.put("verb", "write");
        assertThat(CapabilityToken.sign(grant, key).text("signature"))
                .isEqualTo("vx4FdiHqDHGw6k7YOtGwU_nYGC9C9tdbz_Tf5oO8GNFhoPk8oJf-exrnxla4-1rycV2TIOchnyjbwYZr3JQ5Ag");
    }

    @Test
    void an_issued_token_verifies_and_both_are_on_record() {
        JsonNode answer = issue(good());
        assertThat(answer.path("nonce").stringValue()).hasSize(64);
        assertThat(answer.path("key_id").stringValue())
                .isEqualTo(node.identity().published().issuer().keyId());
        assertThat(verify(answer.path("token_json").stringValue()))
                .isEqualTo(StrictJson.parse(bytes("{\"valid\":true}")));
        node.audit().flush();
        assertThat(node.count("SELECT COUNT(*) FROM fact_audit_log WHERE event_type = 'capability_token_issue'"
                        + " AND json_extract(detail, '$.event') = 'capability_issued'"))
                .isEqualTo(1);
        assertThat(node.count("SELECT COUNT(*) FROM fact_audit_log WHERE event_type = 'capability_verified'"))
                .isEqualTo(1);
        assertThat(metrics.scrape())
                .contains("stigmem_capability_verify_duration_seconds_bucket{result=\"valid\",le=\"0.0025\"}");
    }

    @Test
    void a_revocation_is_reported_and_logged() {
        JsonNode answer = issue(good());
        String id = answer.path("token_id").stringValue();
        Response response = revoke(id, TestNode.URL, "write");
        assertThat(StrictJson.parse(response.body()).path("status").stringValue())
                .isEqualTo("revoked");
        assertThat(verify(answer.path("token_json").stringValue())
                        .path("reason")
                        .stringValue())
                .isEqualTo("token_revoked");
        assertThat(node.settle()).isTrue();
        assertThat(node.identity().submitter().find("capability_revocation:" + id))
                .isPresent();
        assertThatThrownBy(() -> revoke(id, TestNode.URL, "write")).hasMessage("token already revoked");
    }

    @Test
    void only_issuer_subject_and_admin_may_revoke() {
        String id = issue(good()).path("token_id").stringValue();
        assertThatThrownBy(() -> revoke(id, "agent:other", "write"))
                .isInstanceOfSatisfying(
                        ApiRefusal.class,
                        refusal -> assertThat(FactsFixture.status(refusal)).isEqualTo(403));
        assertThatThrownBy(() -> revoke("none", "agent:admin", "write", "admin"))
                .hasMessage("capability token not found");
        assertThat(revoke(id, "agent:admin", "write", "admin").status()).isEqualTo(200);
    }

    @Test
    void a_token_expires_at_its_second() {
        String token = issued();
        clock.advance(Duration.ofSeconds(3599));
        assertThat(verify(token).path("valid").booleanValue()).isTrue();
        clock.advance(Duration.ofSeconds(1));
        assertThat(verify(token).path("reason").stringValue()).isEqualTo("token_expired");
    }

    @Test
    void a_token_from_before_a_rotation_verifies_until_the_window_ends() {
        String token = issue(grant(ISSUER, TestNode.URL, "read", "stigmem://facts", "7776000")
                        .as("a", "write", "admin"))
                .path("token_json")
                .stringValue();
        clock.advance(Duration.ofDays(1));
        node.rotate(KeyKind.ISSUER);
        assertThat(issued()).contains(node.identity().published().issuer().keyId());
        clock.advance(Duration.ofDays(89).minusSeconds(1));
        assertThat(verify(token).path("valid").booleanValue()).isTrue();
        clock.advance(Duration.ofSeconds(1));
        assertThat(verify(token).path("reason").stringValue()).isEqualTo("token_expired");
        clock.advance(Duration.ofDays(1));
        assertThat(verify(token).path("reason").stringValue()).isEqualTo("token_invalid");
    }

    @Test
    void a_token_of_a_distrusted_key_is_invalid_at_once() {
        String token = issued();
        String former = node.identity().published().issuer().keyId();
        node.rotate(KeyKind.ISSUER);
        assertThat(verify(token).path("valid").booleanValue()).isTrue();

        new KeyDistrust(node.identity()).distrust(former, "the seed was in a backup that is lost");

        assertThat(verify(token).path("reason").stringValue()).isEqualTo("token_invalid");
        assertThat(node.identity().published().issuer().rotationEvents()).isEmpty();
        assertThat(node.count("SELECT COUNT(*) FROM fact_audit_log WHERE event_type = 'key_distrusted'"))
                .isEqualTo(1);
        assertThat(node.settle()).isTrue();
        assertThat(node.identity().submitter().find("distrust:" + former)).isPresent();
    }

    @Test
    void a_longer_trust_window_written_into_the_store_is_not_believed() {
        String token = issue(grant(ISSUER, TestNode.URL, "read", "stigmem://facts", "7776000")
                        .as("a", "write", "admin"))
                .path("token_json")
                .stringValue();
        node.rotate(KeyKind.ISSUER);
        node.store()
                .write(tx -> tx.statement("UPDATE key_rotations SET dual_trust_expires_at = '2099-01-01T00:00:00Z'")
                        .executeUpdate());
        node.identity().renew();
        clock.advance(Duration.ofDays(91));
        assertThat(verify(token).path("reason").stringValue()).isEqualTo("token_invalid");
    }

    @Test
    void a_rotation_of_the_node_key_leaves_tokens_alone() {
        String token = issued();
        node.rotate(KeyKind.NODE);
        assertThat(verify(token).path("valid").booleanValue()).isTrue();
    }

    @Test
    void a_token_without_its_row_is_invalid_however_well_signed() {
        Map<String, String> grant = new LinkedHashMap<>();
        for (String member : new String[] {"token_id", "subject", "verb", "object", "nonce"}) {
            grant.put(member, "x");
        }
        grant.put("issuer", ISSUER);
        grant.put("issued_at", "2026-03-01T00:00:00+00:00");
        grant.put("expiry", "2026-03-02T00:00:00+00:00");
        String forged = CapabilityToken.sign(
                        grant, node.identity().keys().issuer().signer())
                .json();
        assertThat(verify(forged).path("reason").stringValue()).isEqualTo("token_invalid");
    }

    @Test
    void what_a_caller_writes_into_a_token_makes_no_long_rows_and_a_flood_of_them_is_counted() {
        Map<String, String> grant = new LinkedHashMap<>();
        for (String member : List.of("token_id", "subject", "verb", "object", "nonce", "issuer")) {
            grant.put(member, "x");
        }
        grant.put("token_id", "y".repeat(15_000));
        grant.put("issued_at", "2026-03-01T00:00:00+00:00");
        grant.put("expiry", "2026-03-02T00:00:00+00:00");
        String forged = CapabilityToken.sign(
                        grant, node.identity().keys().issuer().signer())
                .json();
        for (int i = 0; i < 300; i++) {
            verify(forged);
        }
        clock.advance(Duration.ofMinutes(1));
        node.audit().flush();
        assertThat(node.count("SELECT COUNT(*) FROM fact_audit_log WHERE event_type = 'capability_rejected'"))
                .isEqualTo(101);
        assertThat(node.count(
                        "SELECT MAX(length(detail)) FROM fact_audit_log WHERE event_type = 'capability_rejected'"))
                .isLessThan(1_024);
    }

    @Test
    void an_altered_token_is_invalid_or_the_same_token() {
        String token = issued();
        Random random = new Random(105);
        for (int i = 0; i < 300; i++) {
            StringBuilder bad = new StringBuilder(token);
            bad.setCharAt(random.nextInt(bad.length()), (char) (32 + random.nextInt(95)));
            boolean same = bad.toString().equals(token);
            assertThat(verify(bad.toString()).path("valid").booleanValue()).isEqualTo(same);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "null", "\"x\"", "{\"token_version\":2}", "not json", "1e999"})
    void malformed_tokens_are_invalid(String text) {
        assertThat(verify(text).path("reason").stringValue()).isEqualTo("token_invalid");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
