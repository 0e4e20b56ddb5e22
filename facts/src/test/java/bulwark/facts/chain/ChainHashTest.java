package bulwark.facts.chain;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.fact.ContentId;
import bulwark.facts.fact.Fact;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Worked values of the reference implementation. */
class ChainHashTest {
    private static final String ID = "00000000-0000-4000-8000-000000000001";
    private static final String EVENT = "sha256:e29935a0d934a376c3bf89637f1cd4dd0a46c2e51fefca6d8d4ce3324c473a5b";
    private static final String FIRST = "sha256:58360639dab48d437106bc8827ddb3f82df2325bebc5c1fb35865c0cded532b4";
    private static final String SECOND = "sha256:d30ae62c4d03ff2ff6f93dbd75c77d64d2fe1ae638b131d98675c95feee327f5";

    @Test
    void event_hashes_match_the_published_vectors() {
        String alice = "stigmem://testnode/user/alice";
        String agent = "stigmem://testnode/agent/test";
        String cid = ContentId.of(alice, "memory:role", "string", "engineer", agent, 1.0, "company");
        Fact fact = new Fact(
                1,
                ID,
                "default",
                alice,
                "memory:role",
                "string",
                "engineer",
                "content",
                agent,
                "2026-01-01T00:00:00.000001+00:00",
                0,
                0,
                null,
                1.0,
                "company",
                null,
                null,
                cid,
                List.of());
        assertThat(ChainHash.event(fact)).isEqualTo(EVENT);
    }

    @Test
    void chain_hashes_match_the_published_vectors() {
        String first = ChainHash.chain(1, "2026-01-01T00:00:00.000001+00:00", EVENT, ID, null, "default");
        String second = ChainHash.chain(2, "2026-01-01T00:00:01.000001+00:00", EVENT, ID, first, "default");
        assertThat(first).isEqualTo(FIRST);
        assertThat(second).isEqualTo(SECOND);
    }

    @Test
    void checkpoint_leaf_hashes_match_the_published_vectors() {
        var payload = ChainHash.checkpoint("default", 2, SECOND, "2026-01-01T00:00:02.000001+00:00");
        assertThat(Digests.sha256Hex(CanonicalJson.bytes(payload)))
                .isEqualTo("8c213bc33800811f3faea0bae0a9b3c5da17fbf6d7ea9aba4a7bfebe6d731033");
    }
}
