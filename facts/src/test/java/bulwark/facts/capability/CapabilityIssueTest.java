package bulwark.facts.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.FactsFixture;
import bulwark.facts.GivenRequest;
import bulwark.facts.identity.TestNode;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.Principal;
import bulwark.web.ApiRefusal;
import bulwark.web.FieldsRefused;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is issued a capability token, for what and for how long. */
@Timeout(60)
class CapabilityIssueTest extends CapabilityTestBase {
    @Test
    void a_key_that_is_limited_to_scopes_issues_no_token_and_revokes_nobody_elses() {
        Principal limited =
                new Principal("agent:admin", "default", Set.of("read", "write", "admin"), null, Set.of("public"));
        assertThatThrownBy(() -> issue(good().as(limited)))
                .isInstanceOfSatisfying(
                        ApiRefusal.class, refusal -> assertThat(refusal.code()).isEqualTo("scope_not_granted"));
        Principal other =
                new Principal("agent:other", "default", Set.of("read", "write", "admin"), null, Set.of("public"));
        String id = issue(good()).path("token_id").stringValue();
        GivenRequest revoke = GivenRequest.of("POST", BASE + "/" + id + "/revoke")
                .parameter("id", id)
                .as(other);
        assertThatThrownBy(() -> call("POST", BASE + "/{id}/revoke", revoke))
                .isInstanceOfSatisfying(
                        ApiRefusal.class, refusal -> assertThat(refusal.code()).isEqualTo("revocation_not_yours"));
    }

    private void assertRefused(GivenRequest request, int status, String sentence) {
        assertThatThrownBy(() -> call("POST", BASE, request))
                .isInstanceOfSatisfying(
                        ApiRefusal.class,
                        refusal -> assertThat(FactsFixture.status(refusal)).isEqualTo(status))
                .hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @CsvSource({
        "0,422,greater than 0",
        "-5,422,greater than 0",
        "7776001,422,ttl_seconds exceeds 90-day maximum (7776000s)",
        "99999999999999999999,422,ttl_seconds exceeds 90-day maximum (7776000s)",
    })
    void a_ttl_outside_its_range_is_refused(String ttl, int status, String sentence) {
        assertRefused(
                grant(ISSUER, TestNode.URL, "read", "stigmem://facts", ttl).as("a", "write", "admin"),
                status,
                sentence);
    }

    @Test
    void a_ttl_that_is_no_whole_number_names_its_field() {
        GivenRequest request =
                grant(ISSUER, TestNode.URL, "read", "stigmem://facts", "1.5").as("a", "write", "admin");
        assertThatThrownBy(() -> call("POST", BASE, request))
                .isInstanceOf(FieldsRefused.class)
                .hasMessageContaining("ttl_seconds");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stigmem://facts/*",
                "stigmem://facts/scope:*",
                "stigmem://*",
                "*",
                "stigmem://facts/scope:company/../public",
                "stigmem://facts/",
                "stigmem://FACTS",
                "stigmem://facts/scope:"
            })
    void an_object_with_wildcards_is_refused(String object) {
        assertRefused(
                grant(ISSUER, TestNode.URL, "read", object, "60").as("a", "write", "admin"), 422, "object must be");
    }

    @Test
    void missing_fields_verbs_issuers_and_subjects_are_refused_by_name() {
        assertRefused(
                GivenRequest.of("POST", BASE).json("{\"issuer\":\"x\"}").as("a", "write"),
                422,
                "issuer, subject, verb, and object are required");
        assertRefused(
                grant(ISSUER, TestNode.URL, "own", "stigmem://facts", "60").as("a", "write", "admin"),
                422,
                "verb must be");
        assertRefused(
                grant(ISSUER, TestNode.URL, "read", "stigmem://facts", "60").as("a", "write"),
                403,
                "issuer must match the authenticated caller entity_uri");
        assertRefused(
                grant("agent:me", TestNode.URL, "read", "stigmem://facts", "60").as("agent:me", "write"),
                422,
                "issuer manifest not found or expired for 'agent:me'");
        assertRefused(
                grant(ISSUER, "agent:b", "read", "stigmem://facts", "60").as("a", "write", "admin"), 403, "subject");
    }

    @Test
    void a_subject_with_a_live_api_key_is_known_to_the_node() {
        ApiKeys keys = ApiKeys.open(node.store(), clock, Duration.ofDays(90));
        ApiKeys.Prepared prepared = keys.prepare(node.signing().random32());
        node.store()
                .write(tx -> keys.insert(
                        tx, prepared, new ApiKeys.NewKey("agent:b", Set.of("read"), null, "default", null)));
        GivenRequest request =
                grant(ISSUER, "agent:b", "read", "stigmem://facts", "60").as("a", "write", "admin");
        assertThat(issue(request).path("subject").stringValue()).isEqualTo("agent:b");
        clock.advance(Duration.ofDays(91));
        assertRefused(request, 403, "subject");
    }
}
