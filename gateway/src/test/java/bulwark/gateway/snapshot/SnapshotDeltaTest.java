package bulwark.gateway.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Changes of snapshots: what they lead to is what the whole would have been, or nothing. */
class SnapshotDeltaTest {
    private static final Signing SIGNING = Signing.fastest();
    private static final Ed25519Signer SIGNER = SIGNING.signer(SIGNING.random32());
    private static final SnapshotReader READER =
            new SnapshotReader(List.of(Base64Url.text(SIGNER.publicKey())), SIGNING);

    private final SnapshotTextCache cache = SnapshotTextCache.empty();

    private static ApiRoute route(int id, int version) {
        return RouteJson.parse(StrictJson.write(Map.of(
                "id", "cp.acme.r" + id,
                "name", "Gr\u00f6\u00dfe \ud83d\ude00 \"" + version,
                "tenant_id", "acme",
                "path_prefix", "/apis/acme/r" + id,
                "backend_url", "http://127.0.0.1:9")));
    }

    private static SnapshotKey key(int id, int route, int version) {
        String lookup = String.format("%064x", id);
        Instant expires =
                version == 0 ? null : Instant.parse("2027-01-01T00:00:00Z").plusSeconds(version);
        return new SnapshotKey(
                "k" + id, lookup, "s" + id, "c", "acme", "cp.acme.r" + route, "api_key", "gold", expires);
    }

    private static GatewaySnapshot snapshot(long generation, List<ApiRoute> routes, List<SnapshotKey> keys) {
        return new GatewaySnapshot(
                "g",
                generation,
                routes,
                keys,
                List.of(QuotaPlan.basic("gold", 60, 100)),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                routes.stream().map(ApiRoute::id).filter(id -> id.endsWith("1")).toList());
    }

    private SnapshotText text(GatewaySnapshot snapshot) {
        return SnapshotText.of(snapshot, cache);
    }

    private static SignedSnapshot whole(SnapshotText text) {
        return READER.read(SignedSnapshot.sign(text, SIGNER), null);
    }

    private static byte[] signed(String statement) {
        return SnapshotEnvelope.DELTA.sign(statement.getBytes(StandardCharsets.UTF_8), SIGNER);
    }

    private static String statement(SnapshotText base, SnapshotText next) {
        return new String(SnapshotDelta.statement(base, next), StandardCharsets.UTF_8);
    }

    /** Some elements of the one before, in their order or not, some changed, some new. */
    private static GatewaySnapshot changed(GatewaySnapshot before, Random random) {
        List<ApiRoute> routes = new ArrayList<>();
        for (ApiRoute route : before.routes()) {
            int id = Integer.parseInt(route.id().substring("cp.acme.r".length()));
            switch (random.nextInt(8)) {
                case 0 -> {}
                case 1 -> routes.add(route(id, random.nextInt(100)));
                default -> routes.add(route);
            }
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            int id = random.nextInt(1_000);
            if (routes.stream().noneMatch(route -> route.id().equals("cp.acme.r" + id))) {
                routes.add(random.nextInt(routes.size() + 1), route(id, 0));
            }
        }
        if (random.nextInt(5) == 0) {
            Collections.shuffle(routes, random);
        }
        List<SnapshotKey> keys = new ArrayList<>();
        for (ApiRoute route : routes) {
            int id = Integer.parseInt(route.id().substring("cp.acme.r".length()));
            if (random.nextBoolean()) {
                keys.add(key(id, id, random.nextInt(3)));
            }
        }
        return snapshot(before.generation() + 1 + random.nextInt(3), routes, keys);
    }

    @Test
    void a_row_of_changes_comes_to_the_same_as_each_whole_snapshot() {
        Random random = new Random(26);
        for (int round = 0; round < 20; round++) {
            GatewaySnapshot next = snapshot(1, List.of(), List.of());
            SnapshotText before = text(next);
            SignedSnapshot followed = whole(before);
            for (int step = 0; step < 15; step++) {
                next = changed(next, random);
                SnapshotText after = text(next);
                SignedSnapshot whole = whole(after);
                followed = READER.readNext(SignedSnapshot.signDelta(before, after, SIGNER), followed);
                assertThat(followed).isEqualTo(whole);
                assertThat(followed.snapshot()).isEqualTo(next);
                assertThat(followed.digest()).isEqualTo(whole.digest()).isEqualTo(after.digest());
                before = after;
            }
        }
    }

    @Test
    void an_edit_makes_one_list_out_of_another() {
        Random random = new Random(7);
        for (int i = 0; i < 3_000; i++) {
            List<String> before = Stream.generate(() -> "e" + random.nextInt(6))
                    .limit(random.nextInt(8))
                    .toList();
            List<String> after = Stream.generate(() -> "e" + random.nextInt(6))
                    .limit(random.nextInt(8))
                    .toList();
            ListEdit edit = ListEdit.between(before, after);
            assertThat(edit.apply(before, index -> after.get(edit.positions().get(index))))
                    .contains(after);
        }
    }

    @Test
    void one_changed_route_is_one_element() {
        List<ApiRoute> routes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            routes.add(route(i, 0));
        }
        SnapshotText before = text(snapshot(1, routes, List.of()));
        routes.set(50, route(50, 1));
        SnapshotText after = text(snapshot(2, routes, List.of()));
        assertThat(statement(before, after)).contains("\"removed\":[50]").hasSizeLessThan(1_500);
        assertThat(after.isMostlyOf(before)).isTrue();
        assertThat(after.isMostlyOf(text(snapshot(1, List.of(), List.of())))).isFalse();
    }

    @Test
    void changes_of_another_snapshot_older_ones_and_ones_that_come_to_something_else_are_refused() {
        GatewaySnapshot one = snapshot(1, List.of(route(1, 0)), List.of());
        GatewaySnapshot two = snapshot(2, List.of(route(1, 1)), List.of());
        GatewaySnapshot three = snapshot(3, List.of(route(1, 1), route(2, 0)), List.of());
        SignedSnapshot first = whole(text(one));
        SignedSnapshot second = whole(text(two));
        byte[] delta = SignedSnapshot.signDelta(text(one), text(two), SIGNER);
        assertThat(READER.readNext(delta, first)).isEqualTo(second);

        refused(delta, second, "changes another snapshot");
        refused(delta, whole(text(three)), "changes another snapshot");
        refused(SignedSnapshot.signDelta(text(two), text(one), SIGNER), second, "generations only grow");
        String good = statement(text(two), text(three));
        assertThat(READER.readNext(signed(good), second)).isEqualTo(whole(text(three)));
        refused(signed(good.replace("\"name\":\"Gr", "\"name\":\"gr")), second, "digest");
        refused(signed(good.replace("\"at\":1", "\"at\":0")), second, "digest");
        refused(signed(good.replace("\"at\":1", "\"at\":2")), second, "none of the snapshot before");
        refused(signed(good.replace("\"removed\":[]", "\"removed\":[7]")), second, "none of the snapshot before");
        refused(signed(good.replace("\"removed\":[]", "\"removed\":[0,0]")), second, "none of the snapshot before");
        refused(signed(good.replace("\"generation\":3", "\"generation\":4")), second, "digest");
        refused(signed(good.replace("\"gateway_id\":\"g\"", "\"gateway_id\":\"h\"")), second, "digest");
        refused(signed(good.replace("\"edits\"", "\"edit\"")), second, "edit is not a known field");
        refused(signed(good.replace("{\"routes\"", "{\"routs\"")), second, "routs is not a known field");
    }

    @Test
    void changes_that_lead_to_a_faulty_snapshot_are_refused_as_the_whole_would_be() {
        GatewaySnapshot one = snapshot(1, List.of(route(1, 0), route(2, 0)), List.of(key(1, 1, 0)));
        GatewaySnapshot two = snapshot(2, List.of(route(2, 0)), List.of(key(1, 1, 0)));
        refused(
                SignedSnapshot.signDelta(text(one), text(two), SIGNER),
                whole(text(one)),
                "names a plan or a route that is not in the snapshot");
    }

    @Test
    void nothing_is_taken_without_the_signature_over_changes() {
        SnapshotText one = text(snapshot(1, List.of(route(1, 0)), List.of()));
        SnapshotText two = text(snapshot(2, List.of(route(1, 1)), List.of()));
        byte[] asWhole = SnapshotEnvelope.WHOLE.sign(SnapshotDelta.statement(one, two), SIGNER);
        String moved = new String(asWhole, StandardCharsets.UTF_8).replace("{\"statement\":", "{\"delta\":");
        refused(moved.getBytes(StandardCharsets.UTF_8), whole(one), "does not verify");
        Ed25519Signer other = SIGNING.signer(SIGNING.random32());
        refused(SignedSnapshot.signDelta(one, two, other), whole(one), "STOA_CONTROL_PLANE_KEYS");
        assertThatThrownBy(() -> READER.readNext(SignedSnapshot.signDelta(one, two, SIGNER), null))
                .isInstanceOf(RoutesRefused.class);
    }

    private static void refused(byte[] document, SignedSnapshot before, String why) {
        assertThatThrownBy(() -> READER.readNext(document, before))
                .isInstanceOf(RoutesRefused.class)
                .hasMessageContaining(why);
    }

    /** A control plane that is hostile signs what it likes: a snapshot whose text is what the digest says, or sentences. */
    @FuzzTest(maxDuration = "1m")
    void hostile_changes_with_a_good_signature_come_to_a_whole_snapshot_or_are_refused(byte[] statement) {
        SignedSnapshot before = whole(text(snapshot(1, List.of(route(1, 0)), List.of(key(1, 1, 0)))));
        try {
            SignedSnapshot after = READER.readNext(SnapshotEnvelope.DELTA.sign(statement, SIGNER), before);
            assertThat(whole(text(after.snapshot()))).isEqualTo(after);
        } catch (RoutesRefused e) {
            assertThat(e.sentences()).isNotEmpty().noneMatch(String::isBlank);
        }
    }

    @Test
    void mutations_of_changes_come_to_a_whole_snapshot_or_are_refused() {
        Random random = new Random(3);
        String good = statement(
                text(snapshot(1, List.of(route(1, 0)), List.of(key(1, 1, 0)))),
                text(snapshot(2, List.of(route(2, 0), route(1, 1)), List.of(key(1, 1, 1)))));
        hostile_changes_with_a_good_signature_come_to_a_whole_snapshot_or_are_refused(
                good.getBytes(StandardCharsets.UTF_8));
        List<String> pieces = List.of("null", "{}", "[]", "-1", "0", "1", "\"", "}", ",", "99999999999", "1.5", "true");
        for (int i = 0; i < 400; i++) {
            StringBuilder text = new StringBuilder(good);
            int at = random.nextInt(text.length());
            String piece = pieces.get(random.nextInt(pieces.size()));
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, piece);
                default -> text.replace(at, Math.min(text.length(), at + piece.length()), piece);
            }
            hostile_changes_with_a_good_signature_come_to_a_whole_snapshot_or_are_refused(
                    text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
