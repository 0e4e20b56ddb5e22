package bulwark.facts.fact;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.FactsFixture;
import bulwark.facts.FactsFixture.Answer;
import bulwark.kernel.access.Principal;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key limited to public sees and writes nothing of team, anywhere. */
class ScopeLimitTest {
    private static final Principal ALICE = FactsFixture.reader("agent:alice", "read", "write");
    private static final Principal LIMITED = new Principal(
            "agent:limited", "default", Set.of("read", "write", "audit.read", "admin"), null, Set.of("public"));

    @TempDir
    Path directory;

    private FactsFixture facts;
    private Answer secret;
    private Answer open;

    @BeforeEach
    void fill() {
        facts = new FactsFixture(directory);
        secret = say(ALICE, "team", "stigmem://org/user/secret");
        say(FactsFixture.reader("agent:bob", "read", "write"), "team", "stigmem://org/user/other");
        open = say(ALICE, "public", "stigmem://org/user/open");
    }

    @AfterEach
    void close() {
        facts.close();
    }

    private Answer say(Principal caller, String scope, String target) {
        return facts.call(
                caller,
                "POST",
                "/v1/facts",
                "{\"entity\":\"stigmem://org/user/a\",\"relation\":\"rel:boss\",\"value\":{\"type\":\"ref\",\"v\":\""
                        + target + "\"},\"scope\":\"" + scope + "\"}");
    }

    private Answer get(String target) {
        return facts.call(LIMITED, "GET", target, "");
    }

    private static void refused(Answer answer) {
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.refusal().code()).isEqualTo("scope_not_granted");
    }

    @Test
    void lists_and_totals() {
        Answer list = get("/v1/facts?contradiction=all");
        assertThat(list.json().get("total").intValue()).isEqualTo(1);
        assertThat(list.headers().all("X-Total-Count")).containsExactly("1");
        assertThat(list.json().toString()).contains(open.text("id")).doesNotContain("secret", "\"team\"");
        refused(get("/v1/facts?scope=team"));
        assertThat(get("/v1/facts?scope=public").status()).isEqualTo(200);
    }

    @Test
    void ids_and_content_ids_also_when_they_are_cached() {
        String id = "/v1/facts/" + secret.text("id");
        String cid = "/v1/facts/" + secret.text("cid").replace(":", "%3A");
        assertThat(facts.call(ALICE, "GET", id, "").status()).isEqualTo(200);
        assertThat(facts.onLoop(ALICE, id)).isNotNull();
        assertThat(facts.onLoop(LIMITED, id)).isNull();
        for (String target : new String[] {id, cid, id + "/provenance", cid + "/provenance"}) {
            assertThat(get(target).refusal()).as(target).hasMessage("fact not found");
        }
        assertThat(facts.call(LIMITED, "POST", id + "/verify-cid", "").status()).isEqualTo(404);
        assertThat(get("/v1/facts/" + open.text("id")).status()).isEqualTo(200);
    }

    @Test
    void conflicts_and_their_resolution() {
        assertThat(facts.call(ALICE, "GET", "/v1/conflicts", "").json().get("conflicts"))
                .hasSize(1);
        assertThat(get("/v1/conflicts").json().get("conflicts")).isEmpty();
        String id =
                facts.get("/v1/conflicts").json().at("/conflicts/0/conflict_id").stringValue();
        assertThat(facts.call(
                                LIMITED,
                                "POST",
                                "/v1/conflicts/" + id + "/resolve",
                                "{\"winning_fact_id\":\"" + secret.text("id") + "\"}")
                        .refusal())
                .hasMessage("conflict not found");
    }

    @Test
    void recall_and_graph() {
        refused(facts.call(LIMITED, "POST", "/v1/recall", "{\"query\":\"secret\",\"scope\":\"team\"}"));
        refused(facts.call(LIMITED, "POST", "/v1/recall", "{\"query\":\"secret\"}"));
        refused(get("/v1/graph/neighbors?entity=stigmem://org/user/a&scope=team"));
        assertThat(get("/v1/graph/neighbors?entity=stigmem://org/user/a&scope=public")
                        .json()
                        .at("/neighbors/0/entity")
                        .stringValue())
                .isEqualTo("stigmem://org/user/open");
    }

    @Test
    void the_audit_log() {
        refused(get("/v1/admin/audit"));
    }

    @Test
    void writes_and_gardens() {
        refused(say(LIMITED, "team", "stigmem://org/user/b"));
        assertThat(say(LIMITED, "public", "stigmem://org/user/b").status()).isEqualTo(201);
        refused(facts.call(LIMITED, "POST", "/v1/gardens", "{\"slug\":\"rose\",\"name\":\"Rose\",\"scope\":\"team\"}"));
        facts.call(ALICE, "POST", "/v1/gardens", "{\"slug\":\"lily\",\"name\":\"Lily\",\"scope\":\"team\"}");
        assertThat(get("/v1/gardens").json()).isEmpty();
        assertThat(get("/v1/gardens/lily").status()).isEqualTo(404);
    }
}
