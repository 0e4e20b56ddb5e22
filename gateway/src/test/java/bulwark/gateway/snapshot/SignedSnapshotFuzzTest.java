package bulwark.gateway.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.identity.TokenRevocation;
import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyJson;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Whatever a control plane sends: a snapshot that reads back as itself, or sentences; and nothing at all without the signature of a pinned key. */
class SignedSnapshotFuzzTest {
    private static final Signing SIGNING = Signing.fastest();
    private static final Ed25519Signer SIGNER = SIGNING.signer(SecretBytes.of(new byte[] {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
        31, 32
    }));
    private static final List<String> PINNED = List.of(Base64Url.text(SIGNER.publicKey()));
    private static final List<String> PIECES = List.of(
            "null", "{}", "[]", "\"\"", "-1", "\\u0000", "true", "\"", "}", ",", "/", "..", "9999999999999999999");

    private static GatewaySnapshot full() {
        ApiRoute route = RouteJson.parse(
                "{\"id\":\"cp.acme.orders\",\"tenant_id\":\"acme\",\"path_prefix\":\"/apis/acme/orders\",\"backend_url\":\"https://api.example.com\"}"
                        .getBytes(StandardCharsets.UTF_8));
        SnapshotKey key = new SnapshotKey(
                "k",
                "0".repeat(64),
                "s",
                "c",
                "acme",
                "cp.acme.orders",
                "api_key",
                "gold",
                Instant.parse("2027-01-01T00:00:00Z"));
        TokenRevocation order =
                new TokenRevocation(TokenRevocation.Claim.SUB, "x", Instant.parse("2027-01-01T00:00:00Z"));
        ApiPolicy policy = PolicyJson.parse(
                "{\"id\":\"cp.acme.two\",\"policy_type\":\"rate_limit\",\"tenant_id\":\"acme\",\"config\":{\"limit\":2}}"
                        .getBytes(StandardCharsets.UTF_8),
                new ArrayList<>());
        return new GatewaySnapshot(
                "g",
                7,
                List.of(route),
                List.of(key),
                List.of(QuotaPlan.basic("gold", 60, 100)),
                List.of(order),
                List.of(policy),
                List.of(),
                List.of(new SnapshotCertificate(
                        "b".repeat(64), "c", "acme", Instant.parse("2027-01-01T00:00:00Z"), true)),
                List.of(new SnapshotClient("stoa.acme.shop", "c", "acme", true)),
                List.of("cp.acme.orders"));
    }

    @Test
    void a_snapshot_reads_back_as_itself_and_only_under_the_key_that_is_pinned() {
        byte[] document = SignedSnapshot.sign(full(), SIGNER);
        SignedSnapshot read = SignedSnapshot.verify(document, PINNED, SIGNING);
        assertThat(read.snapshot()).isEqualTo(full());
        assertThat(read.digest()).isEqualTo(SignedSnapshot.digest(full()));
        assertThat(refused(document, List.of(Base64Url.text(new byte[32])))).isTrue();
        String text = new String(document, StandardCharsets.UTF_8);
        assertThat(refused(
                        text.replace("\"generation\":7", "\"generation\":8").getBytes(StandardCharsets.UTF_8), PINNED))
                .isTrue();
    }

    @Test
    void a_policy_that_concerns_no_route_of_the_snapshot_refuses_all_of_it() {
        GatewaySnapshot good = full();
        for (String whose : List.of("\"tenant_id\":\"other\"", "\"api_id\":\"own\"", "\"name\":\"of all\"")) {
            ApiPolicy policy = PolicyJson.parse(
                    ("{\"id\":\"cp.x\",\"policy_type\":\"rate_limit\"," + whose + ",\"config\":{\"limit\":2}}")
                            .getBytes(StandardCharsets.UTF_8),
                    new ArrayList<>());
            GatewaySnapshot bad = new GatewaySnapshot(
                    good.gateway(),
                    good.generation(),
                    good.routes(),
                    good.keys(),
                    good.plans(),
                    good.revocations(),
                    List.of(policy));
            assertThat(refused(SignedSnapshot.sign(bad, SIGNER), PINNED))
                    .as(whose)
                    .isTrue();
        }
    }

    private static boolean refused(byte[] document, List<String> pinned) {
        try {
            SignedSnapshot.verify(document, pinned, SIGNING);
            return false;
        } catch (RoutesRefused e) {
            return !e.sentences().isEmpty();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void hostile_bytes_are_refused(byte[] bytes) {
        assertThat(refused(bytes, PINNED)).isTrue();
    }

    /** A control plane that is hostile signs what it likes. */
    @FuzzTest(maxDuration = "1m")
    void a_hostile_statement_with_a_good_signature_is_a_snapshot_or_refused(byte[] statement) {
        byte[] document;
        try {
            document = signed(StrictJson.parse(statement));
        } catch (StrictJson.JsonRefused | IllegalArgumentException e) {
            return;
        }
        try {
            SignedSnapshot read = SignedSnapshot.verify(document, PINNED, SIGNING);
            assertThat(SignedSnapshot.verify(SignedSnapshot.sign(read.snapshot(), SIGNER), PINNED, SIGNING)
                            .snapshot())
                    .isEqualTo(read.snapshot());
        } catch (RoutesRefused e) {
            assertThat(e.sentences()).isNotEmpty().noneMatch(String::isBlank);
        }
    }

    private static String statement(GatewaySnapshot snapshot) {
        return new String(SnapshotText.of(snapshot, SnapshotTextCache.empty()).statement(), StandardCharsets.UTF_8);
    }

    @Test
    void what_is_signed_is_canonical_json() {
        String statement = statement(full());
        assertThat(CanonicalJson.text(Map.of("all", StrictJson.parse(statement.getBytes(StandardCharsets.UTF_8)))))
                .isEqualTo("{\"all\":" + statement + "}");
    }

    private static byte[] signed(JsonNode statement) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("statement", statement);
        document.put("key", PINNED.getFirst());
        document.put("signature", signature(CanonicalJson.bytes(statement)));
        return StrictJson.write(document);
    }

    private static String signature(byte[] statement) {
        byte[] purpose = "bulwark gateway snapshot\n".getBytes(StandardCharsets.US_ASCII);
        byte[] message = java.util.Arrays.copyOf(purpose, purpose.length + statement.length);
        System.arraycopy(statement, 0, message, purpose.length, statement.length);
        return Base64Url.text(SIGNER.sign(message));
    }

    /** These very bytes, whether they are JSON or not. */
    private static byte[] signedAsTheyAre(byte[] statement) {
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        document.writeBytes("{\"statement\":".getBytes(StandardCharsets.US_ASCII));
        document.writeBytes(statement);
        document.writeBytes((",\"key\":\"" + PINNED.getFirst() + "\",\"signature\":\"" + signature(statement) + "\"}")
                .getBytes(StandardCharsets.US_ASCII));
        return document.toByteArray();
    }

    private static Object outcome(@Nullable SignedSnapshot before, byte[] document) {
        try {
            return new SnapshotReader(PINNED, SIGNING).read(document, before);
        } catch (RoutesRefused e) {
            return e.sentences();
        }
    }

    /** What it takes from the snapshot before is what it would have read. */
    @FuzzTest(maxDuration = "1m")
    void a_reader_that_knows_a_snapshot_reads_the_next_one_as_any_does(byte[] statement) {
        byte[] document = signedAsTheyAre(statement);
        SignedSnapshot known = SignedSnapshot.verify(SignedSnapshot.sign(full(), SIGNER), PINNED, SIGNING);
        Object fresh = outcome(null, document);
        assertThat(outcome(known, document)).isEqualTo(fresh);
        if (fresh instanceof SignedSnapshot same) {
            assertThat(outcome(same, document)).isEqualTo(fresh);
        }
    }

    @Test
    void what_stands_in_place_of_a_known_element_is_taken_for_none_that_was_sent() {
        String full = statement(full());
        String route = "{\"activated\"";
        assertThat(full).contains("[" + route);
        for (String forged : List.of(
                full.replace("[" + route, "[0," + route),
                full.replace("[" + route, "[" + route.replace("activated", "\\u0061ctivated")),
                full.replace("\"routes\":", "\"routes\":[0],\"routes\":"),
                full.replace("\"routes\":", "\"\\u0072outes\":"),
                full.replace("\"routes\":", "\"routes\": "),
                full.replace("\"keys\":[{", "\"keys\":[0,{"),
                full + "}",
                full.substring(0, full.length() - 1),
                "{}",
                "[]",
                "")) {
            a_reader_that_knows_a_snapshot_reads_the_next_one_as_any_does(forged.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void mutations_of_a_statement_are_a_snapshot_or_refused() {
        Random random = new Random(11);
        String full = statement(full());
        for (int i = 0; i < 200; i++) {
            StringBuilder text = new StringBuilder(full);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                int at = random.nextInt(text.length());
                String piece = PIECES.get(random.nextInt(PIECES.size()));
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, piece);
                    default -> text.replace(at, Math.min(text.length(), at + piece.length()), piece);
                }
            }
            byte[] mutated = text.toString().getBytes(StandardCharsets.UTF_8);
            a_hostile_statement_with_a_good_signature_is_a_snapshot_or_refused(mutated);
            a_reader_that_knows_a_snapshot_reads_the_next_one_as_any_does(mutated);
        }
    }
}
