package bulwark.seats.deposit;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.testkit.SharedMaterial;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class BlstVectorsTest {
    @ParameterizedTest
    @ValueSource(strings = {"bls_sig_g2_basic_verify_test.json", "bls_sig_g2_pop_verify_test.json"})
    void every_vector_of_wycheproof_has_its_verdict(String file) throws Exception {
        JsonNode vectors = StrictJson.parse(Files.readAllBytes(SharedMaterial.require("vectors/wycheproof/" + file)));
        int seen = 0;
        for (JsonNode group : vectors.path("testGroups")) {
            Blst blst = new Blst(group.path("ciphersuite").asString(), new SecureRandom());
            byte[] key = bytes(group.path("publicKey").path("pk"));
            for (JsonNode vector : group.path("tests")) {
                assertThat(blst.verify(key, bytes(vector.path("sig")), bytes(vector.path("msg"))))
                        .as("%s %s", vector.path("tcId"), vector.path("comment"))
                        .isEqualTo(vector.path("result").asString().equals("valid"));
                seen++;
            }
        }
        assertThat(seen).isEqualTo(vectors.path("numberOfTests").asInt());
    }

    private static byte[] bytes(JsonNode hex) {
        return HexFormat.of().parseHex(hex.asString());
    }
}
