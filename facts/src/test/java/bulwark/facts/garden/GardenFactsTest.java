package bulwark.facts.garden;

import static bulwark.facts.FactsFixture.TRUSTED;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.FactsFixture;
import bulwark.facts.FactsFixture.Answer;
import bulwark.kernel.access.Principal;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GardenFactsTest {
    private static final Principal OUTSIDER = FactsFixture.reader("agent:out", "read", "write", "source:any");
    private static final Principal READER = FactsFixture.reader("agent:in", "read", "write", "source:any");
    private static final String URI = "stigmem://testnode/garden/rose";

    @TempDir
    Path directory;

    private FactsFixture facts;

    @BeforeEach
    void plant() {
        facts = new FactsFixture(directory);
        facts.call(TRUSTED, "POST", "/v1/gardens", "{\"slug\":\"rose\",\"name\":\"Rose\",\"scope\":\"local\"}");
        facts.call(TRUSTED, "POST", "/v1/gardens/rose/members", "{\"entity_uri\":\"agent:in\",\"role\":\"reader\"}");
    }

    @AfterEach
    void close() {
        facts.close();
    }

    private static String body(String value, String more) {
        return "{\"entity\":\"user:g\",\"relation\":\"memory:x\",\"source\":\"agent:t\",\"value\":\"" + value + "\""
                + more + "}";
    }

    @Test
    void facts_of_a_closed_garden_are_404_for_outsiders() {
        Answer secret = facts.post(body("secret", ",\"garden_id\":\"" + URI + "\""));
        String path = "/v1/facts/" + secret.text("id");
        String cid = "/v1/facts/" + secret.text("cid").replace(":", "%3A");
        assertThat(facts.call(READER, "GET", path, "").status()).isEqualTo(200);
        for (String target : new String[] {path, cid, path + "/provenance"}) {
            assertThat(facts.call(OUTSIDER, "GET", target, "").refusal()).hasMessage("fact not found");
        }
        assertThat(facts.call(OUTSIDER, "POST", path + "/verify-cid", "").status())
                .isEqualTo(404);
        assertThat(facts.call(OUTSIDER, "GET", "/v1/facts", "")
                        .json()
                        .get("total")
                        .intValue())
                .isZero();
        assertThat(facts.call(OUTSIDER, "GET", "/v1/facts?garden_id=" + URI, "").status())
                .isEqualTo(404);
        assertThat(facts.call(READER, "GET", "/v1/facts?garden_id=" + URI, "")
                        .json()
                        .get("total")
                        .intValue())
                .isEqualTo(1);
        assertThat(facts.call(OUTSIDER, "GET", "/v1/gardens/rose", "").status()).isEqualTo(404);
    }

    @Test
    void an_outsider_neither_contradicts_nor_retracts_nor_learns_of_it() {
        String secret =
                facts.post(body("secret", ",\"garden_id\":\"" + URI + "\"")).text("id");
        Answer open = facts.call(OUTSIDER, "POST", "/v1/facts", body("open", ""));
        assertThat(open.json().get("contradicted").booleanValue()).isFalse();
        facts.call(OUTSIDER, "POST", "/v1/facts", body("secret", ",\"confidence\":0"));
        assertThat(facts.get("/v1/facts?garden_id=" + URI)
                        .json()
                        .at("/facts/0/id")
                        .stringValue())
                .isEqualTo(secret);
        Answer same = facts.call(OUTSIDER, "POST", "/v1/facts", body("secret", ""));
        assertThat(same.text("id")).isNotEqualTo(secret);
        assertThat(facts.call(OUTSIDER, "GET", "/v1/facts/" + same.text("cid").replace(":", "%3A"), "")
                        .text("id"))
                .isEqualTo(same.text("id"));
        facts.post(body("other", ",\"garden_id\":\"" + URI + "\""));
        assertThat(facts.call(OUTSIDER, "GET", "/v1/conflicts", "").json().toString())
                .doesNotContain(secret);
        assertThat(facts.call(READER, "GET", "/v1/conflicts", "").json().toString())
                .contains(secret);
    }

    @Test
    void roles_and_scopes_are_kept() {
        String in = ",\"garden_id\":\"" + URI + "\"";
        assertThat(facts.call(OUTSIDER, "POST", "/v1/facts", body("x", in)).refusal())
                .hasMessage("not a member of this garden");
        assertThat(facts.call(READER, "POST", "/v1/facts", body("x", in)).refusal())
                .hasMessage("write permission required — you are a reader in this garden");
        assertThat(facts.post(body("x", in + ",\"scope\":\"company\"")).refusal())
                .hasMessage("scope mismatch: garden scope is 'local' but fact scope is 'company'");
        assertThat(facts.post(body("x", ",\"garden_id\":\"stigmem://n/garden/none\""))
                        .refusal())
                .hasMessage("garden not found");
    }

    @Test
    void a_removed_member_loses_access_at_once() {
        String id = facts.post(body("secret", ",\"garden_id\":\"" + URI + "\"")).text("id");
        assertThat(facts.call(READER, "GET", "/v1/facts/" + id, "").status()).isEqualTo(200);
        assertThat(facts.call(READER, "DELETE", "/v1/gardens/rose/members/agent:in", "")
                        .status())
                .isEqualTo(403);
        assertThat(facts.call(TRUSTED, "DELETE", "/v1/gardens/rose/members/agent:in", "")
                        .status())
                .isEqualTo(204);
        assertThat(facts.call(READER, "GET", "/v1/facts/" + id, "").status()).isEqualTo(404);
    }

    @Test
    void the_last_admin_cannot_be_removed() {
        String self = "/v1/gardens/rose/members/anon%3Atrusted";
        assertThat(facts.call(TRUSTED, "DELETE", self, "").refusal())
                .hasMessage("cannot remove or demote the last admin; promote another member first");
        assertThat(facts.call(TRUSTED, "PATCH", self, "{\"role\":\"reader\"}").status())
                .isEqualTo(403);
        facts.call(TRUSTED, "PATCH", "/v1/gardens/rose/members/agent:in", "{\"role\":\"admin\"}");
        assertThat(facts.call(TRUSTED, "DELETE", self, "").status()).isEqualTo(204);
    }
}
