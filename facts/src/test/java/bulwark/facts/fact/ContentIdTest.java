package bulwark.facts.fact;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.CanonicalJson;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentIdTest {
    private static final String ALICE = "stigmem://testnode/user/alice";
    private static final String AGENT = "stigmem://testnode/agent/test";

    @ParameterizedTest
    @CsvSource({
        "memory:role, string, engineer, 1.0, company, 7f142e3a82d8ed778c41988049abe6b73a66cea69109a790dc2935392f0a42a7",
        "memory:score, number, 42.5, 0.9, company, 8f3ac4181b2d02ba5dabfe336f4c0643d2a29dc6bcfe4222af524feba5f8bd66",
        "memory:active, boolean, true, 1.0, company, 87c6f787cdd36e7f9d68d49c0296c5c30e60eab20d7f14198dcdcfe94c4c7e51",
        "memory:alias, null, null, 1.0, company, 9647f6d851da6c034b1764f4bb7ba67a0355a9efb540b7f1ba6a79206c828026",
        "memory:int, number, 42, 1.0, local, 55f88bc2940b7421a3580fab24e68c6c1ab02fc44c4f0714dbb89d270fd6f018",
        "memory:big, number, 1e+21, 0.1, local, d1579c00279ad94aaabbc0958a9a7bea89e898206ceb219fb76a3a79a34d2feb",
        "memory:sm, number, 1e-07, 1e-05, local, a6787f8c6f90c26e80f676b0f2768be111069c8dd9bd25442e52434119a7da02"
    })
    void the_published_vectors_hold(
            String relation, String type, String value, double confidence, String scope, String hex) {
        assertThat(ContentId.of(ALICE, relation, type, value, AGENT, confidence, scope))
                .isEqualTo("sha256:" + hex);
    }

    @Test
    void unusual_characters_are_hashed_raw() {
        String value = "café \u2028 \"q\" \\ / \t 😀 \u007f";
        assertThat(ContentId.of(ALICE, "memory:uni", "string", value, AGENT, 1.0, "local"))
                .isEqualTo("sha256:408247199c419ab09f7793b74248e1257e876189ba9cd60d45fd64d423e53990");
    }

    @Test
    void the_quickstart_fact_and_the_normalised_one_hold() {
        assertThat(ContentId.of(
                        "user:alice", "memory:prefers", "string", "dark mode", "agent:settings", 1.0, "company"))
                .isEqualTo("sha256:e51db3f10428ec12fb46cad03071e407b4c696de64c645a0804f955786fd11e9");
        String entity = EntityUri.normalise("  stigmem://TestNode/User/Alice Smith ");
        String source = EntityUri.normalise("Agent:Foo Bar");
        assertThat(ContentId.of(entity, "memory:Case", "string", "x", source, 1.0, "local"))
                .isEqualTo("sha256:4c20243518415a91e6ab8d3d2c2e4d95442218b861d56a5f6ea6557ad3c97984");
    }

    @Test
    void the_fast_writer_writes_what_the_general_one_writes() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            String text = random.ints(random.nextInt(12), 0, 0x3000)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            double number = random.nextDouble() * Math.pow(10, random.nextInt(40) - 20);
            Map<String, @Nullable Object> members = new HashMap<>();
            members.put("a", text);
            members.put("b", null);
            members.put("c", number);
            members.put("d", (long) i);
            String fast = new SortedJsonWriter(16)
                    .text("a", text)
                    .text("b", null)
                    .decimal("c", number)
                    .number("d", (long) i)
                    .finish();
            assertThat(fast).isEqualTo(CanonicalJson.text(members));
        }
    }
}
