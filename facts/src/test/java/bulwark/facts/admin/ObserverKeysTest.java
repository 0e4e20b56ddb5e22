package bulwark.facts.admin;

import static bulwark.facts.admin.AdminFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.GivenRequest;
import bulwark.kernel.access.ApiKeys.Verdict;
import bulwark.web.ApiRefusal;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ObserverKeysTest {
    private static final String ROUTE = "/local/auth/observer-key";

    @TempDir
    Path directory;

    private AdminFixture node;

    @BeforeEach
    void open() {
        node = new AdminFixture(directory);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private String made(String entity, String permission) {
        return json(node.call(GivenRequest.of("POST", ROUTE)
                        .json("{\"entity_uri\":\"" + entity + "\",\"permissions\":[\"" + permission + "\"]}")))
                .path("key")
                .asString("");
    }

    @Test
    void an_observer_gets_a_key_that_looks_and_the_next_one_replaces_it() {
        String first = made("stigmem://watch/one", "read");
        assertThat(node.keys.authenticate(first))
                .isInstanceOfSatisfying(
                        Verdict.Known.class,
                        known -> assertThat(known.principal().permissions()).isEqualTo(Set.of("read")));
        String second = made("stigmem://watch/one", "audit.read");
        assertThat(node.keys.authenticate(first)).isInstanceOf(Verdict.Unknown.class);
        assertThat(node.keys.authenticate(second)).isInstanceOf(Verdict.Known.class);
        assertThat(node.evidence()).hasSize(3);
    }

    @Test
    void no_key_that_changes_anything_comes_out_of_it() {
        for (String permission : Set.of("write", "admin", "federate", "source:any")) {
            assertThatThrownBy(() -> made("stigmem://watch/one", permission))
                    .isInstanceOf(ApiRefusal.class)
                    .hasMessageContaining("observer");
        }
        assertThatThrownBy(() -> made(AdminKeys.ENTITY, "read")).isInstanceOf(ApiRefusal.class);
        assertThat(node.evidence()).isEmpty();
    }

    @Test
    void it_takes_no_keys_away_from_who_may_do_more() {
        node.call(
                GivenRequest.of("POST", "/local/auth/bootstrap-key")
                        .json(
                                "{\"raw_key\":\"b8d3f1a64e0c47d2935a7be1c60f82d4\",\"entity_uri\":\"agent:one\",\"permissions\":[\"write\"]}"));
        assertThatThrownBy(() -> made("agent:one", "read")).hasMessageContaining("more than look");
        assertThat(node.evidence()).hasSize(1);
    }
}
