package bulwark.gateway.control;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.signing.CompactJws;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** One control plane for all rows of a class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ControlRowsTestBase {
    static final String BACKEND = "http://127.0.0.1:9";

    static final String APIS = "/v1/tenants/acme/apis";

    @TempDir
    static Path folder;

    ControlFixture control;

    Ed25519Signer issuer;

    int names;

    @BeforeAll
    void start() throws Exception {
        control = ControlFixture.start(folder);
        control.owner("/owner/administrators/add", Map.of("subject", "user-cpi-admin"));
        control.token("acme", Role.VIEWER);
        issuer = KeyRing.open(LocalTokenIssuer.ring(folder), Signing.fastest(), control.clock)
                .signer();
    }

    @AfterAll
    void stop() {
        control.close();
    }

    String name() {
        return "n" + ++names;
    }

    Map<String, Object> api() {
        return Map.of("name", name(), "backend_url", BACKEND);
    }

    Answer bearing(String token, String path) throws IOException {
        return control.call("GET", path, null, Map.of("Authorization", "Bearer " + token));
    }

    /** Claims of a token that is good, with these in place of its own; null takes one away. */
    Map<String, Object> claims(Map<String, ?> other) {
        Instant now = control.clock.instant();
        Map<String, Object> claims = new LinkedHashMap<>(Map.of(
                "iss",
                LocalTokenIssuer.ISSUER,
                "sub",
                "somebody",
                "aud",
                "stoa-mcp-gateway",
                "iat",
                now.getEpochSecond(),
                "exp",
                now.plusSeconds(300).getEpochSecond(),
                "tenant",
                "acme",
                "realm_access",
                Map.of("roles", List.of("viewer"))));
        claims.putAll(other);
        return claims;
    }

    String signed(Map<String, Object> claims, String key) {
        Map<String, String> header = new LinkedHashMap<>();
        header.put("typ", "at+jwt");
        header.put("kid", key);
        return CompactJws.sign(header, StrictJson.write(claims), issuer);
    }

    Answer subscription(Map<String, Object> plan) throws IOException {
        String id = control.plan("acme", name(), plan);
        return control.subscribe("acme", control.api("acme", name(), BACKEND), id, control.consumer("acme", name()))
                .is(201);
    }
}
