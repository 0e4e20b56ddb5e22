package bulwark.kernel.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import bulwark.kernel.signing.Digests;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected hashes: content identifiers that the Stigmem reference computes (spec-21). */
class CanonicalJsonTest {
    private static final String ALICE = "stigmem://testnode/user/alice";
    private static final String AGENT = "stigmem://testnode/agent/test";

    @Test
    void the_pre_image_of_a_content_identifier_is_exact() {
        assertThat(CanonicalJson.text(fact(ALICE, "memory:role", "string", "engineer", AGENT, 1.0, "company")))
                .isEqualTo(
                        "{\"confidence\":1.0,\"entity\":\"stigmem://testnode/user/alice\",\"relation\":\"memory:role\","
                                + "\"scope\":\"company\",\"source\":\"stigmem://testnode/agent/test\",\"value_type\":\"string\","
                                + "\"value_v\":\"engineer\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "memory:role,string,engineer,1.0,company,7f142e3a82d8ed778c41988049abe6b73a66cea69109a790dc2935392f0a42a7",
        "memory:score,number,42.5,0.9,company,8f3ac4181b2d02ba5dabfe336f4c0643d2a29dc6bcfe4222af524feba5f8bd66",
        "memory:active,boolean,true,1.0,company,87c6f787cdd36e7f9d68d49c0296c5c30e60eab20d7f14198dcdcfe94c4c7e51",
        "memory:alias,null,null,1.0,company,9647f6d851da6c034b1764f4bb7ba67a0355a9efb540b7f1ba6a79206c828026",
        "memory:int,number,42,1.0,local,55f88bc2940b7421a3580fab24e68c6c1ab02fc44c4f0714dbb89d270fd6f018",
        "memory:big,number,1e+21,0.1,local,d1579c00279ad94aaabbc0958a9a7bea89e898206ceb219fb76a3a79a34d2feb",
        "memory:sm,number,1e-07,1e-05,local,a6787f8c6f90c26e80f676b0f2768be111069c8dd9bd25442e52434119a7da02",
    })
    void content_identifiers_match_the_reference(
            String relation, String type, String value, double confidence, String scope, String sha256) {
        assertThat(hash(fact(ALICE, relation, type, value, AGENT, confidence, scope)))
                .isEqualTo(sha256);
    }

    @Test
    void unusual_characters_stay_raw_and_controls_are_escaped() {
        String odd = "café \u2028 \"q\" \\ / \t 😀 \u007f";

        assertThat(hash(fact(ALICE, "memory:uni", "string", odd, AGENT, 1.0, "local")))
                .isEqualTo("408247199c419ab09f7793b74248e1257e876189ba9cd60d45fd64d423e53990");
        assertThat(CanonicalJson.text(Map.of("k", "\b\t\n\f\r\u0000\u001f")))
                .isEqualTo("{\"k\":\"\\b\\t\\n\\f\\r\\u0000\\u001f\"}");
    }

    @Test
    void the_quickstart_and_the_normalised_fact_match_the_reference() {
        assertThat(hash(fact("user:alice", "memory:prefers", "string", "dark mode", "agent:settings", 1.0, "company")))
                .isEqualTo("e51db3f10428ec12fb46cad03071e407b4c696de64c645a0804f955786fd11e9");
        assertThat(hash(fact(
                        "stigmem://testnode/user/alice-smith",
                        "memory:Case",
                        "string",
                        "x",
                        "agent:foo-bar",
                        1.0,
                        "local")))
                .isEqualTo("4c20243518415a91e6ab8d3d2c2e4d95442218b861d56a5f6ea6557ad3c97984");
    }

    @Test
    void members_are_sorted_by_code_point_at_every_depth() {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("z", 1);
        inner.put("\uFFFD", 2L);
        inner.put("😀", new BigInteger("123456789012345678901234567890"));
        inner.put("a", null);
        inner.put("", List.of(true, "x", 2.0, Map.of()));

        assertThat(CanonicalJson.text(Map.of("o", inner)))
                .isEqualTo("{\"o\":{\"\":[true,\"x\",2.0,{}],\"a\":null,\"z\":1,\"\uFFFD\":2,"
                        + "\"😀\":123456789012345678901234567890}}");
    }

    @Test
    void a_parsed_object_has_the_same_form_as_the_values_it_was_made_of() {
        byte[] sent = "{ \"b\": 1E0, \"a\": [1, -0, 1.50, 1e21, \"\\u00e9\\/\"] }".getBytes(StandardCharsets.UTF_8);

        assertThat(new String(CanonicalJson.bytes(StrictJson.parse(sent)), StandardCharsets.UTF_8))
                .isEqualTo("{\"a\":[1,0,1.5,1e+21,\"é/\"],\"b\":1.0}");
    }

    @Test
    void what_has_no_canonical_form_is_refused() {
        for (Object bad : List.of(Double.NaN, Double.POSITIVE_INFINITY, "\ud800", "\udc00x", new RawJson("1"), 'c')) {
            assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.bytes(Map.of("k", bad)));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.bytes(Map.of("\ud800\ud800", 1)));
    }

    private static String hash(Map<String, Object> fact) {
        return Digests.sha256Hex(CanonicalJson.bytes(fact));
    }

    private static Map<String, Object> fact(
            String entity, String relation, String type, String value, String source, double confidence, String scope) {
        Map<String, Object> fact = new LinkedHashMap<>();
        fact.put("value_type", type);
        fact.put("value_v", value);
        fact.put("entity", entity);
        fact.put("relation", relation);
        fact.put("source", source);
        fact.put("confidence", confidence);
        fact.put("scope", scope);
        return fact;
    }
}
