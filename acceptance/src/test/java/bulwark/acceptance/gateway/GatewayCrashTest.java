package bulwark.acceptance.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.evidence.DecisionQuery;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteSnapshotFile;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** kill -9 of a gateway at random, under calls and changes of routes: what was promised is on the disk, and the next start serves it. */
@Timeout(3_600)
class GatewayCrashTest {
    /** More for a long run by hand: {@code -Dbulwark.gateway.kills=200}. */
    private static final int KILLS = Integer.getInteger("bulwark.gateway.kills", 10);

    private static final Duration MAX_LOSS = Duration.ofSeconds(1);
    private static final int CHANGED_ROUTES = 5;

    @TempDir
    private Path folder;

    private final Signing signing = Signing.fastest();
    private final Random random = new Random(8);

    /** By id of a route: the number of the last change that was acknowledged, and of the last that was sent. */
    private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();

    private final Map<String, Integer> sent = new ConcurrentHashMap<>();
    private int changes;
    private int calls;
    private int refusals;
    private int lost;
    private Duration longestLoss = Duration.ZERO;

    @Test
    void nothing_that_was_promised_is_lost_by_a_kill() throws Exception {
        try (HelloBackend backend = new HelloBackend();
                GatewayUnderTest gateway = GatewayUnderTest.in(folder, Map.of()).start()) {
            gateway.route("kept", backend.port(), "");
            LocalTokenIssuer tokens = LocalTokenIssuer.open(gateway.state(), signing, Clock.systemUTC());
            for (int round = 0; round < KILLS; round++) {
                killOnce(gateway, "round-" + round, backend.port(), tokens);
                assertThat(GatewayStore.fsck(gateway.state()).sentences())
                        .as("round " + round)
                        .isEmpty();
                assertSnapshotIsWhole(gateway);
                gateway.start();
                assertServesWhatWasAcknowledged(gateway, AnsweredCalls.token(tokens, "after-" + round, "acme"));
            }
            assertThat(gateway.stoa("evidence", "fsck").out()).isEqualTo("clean\n");
            assertThat(refusals).as("refusals that were answered").isGreaterThan(10 * KILLS);
        }
        System.out.printf(
                "%d kills: %d calls answered, %d of them lost with their last %d ms; %d refusals, none lost; %d changes of routes, none lost%n",
                KILLS, calls, lost, longestLoss.toMillis(), refusals, changes);
    }

    private void killOnce(GatewayUnderTest gateway, String round, int backend, LocalTokenIssuer tokens)
            throws Exception {
        Instant began = Instant.now();
        long length = 100 + random.nextInt(2_400);
        AnsweredCalls load = new AnsweredCalls(gateway.port, "/apis/kept/x", round, tokens);
        Thread changer = Thread.ofPlatform().start(() -> change(gateway, backend));
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> load.count() > 0
                        && Duration.between(began, Instant.now()).toMillis() >= length);
        Instant killed = Instant.now();
        gateway.kill();
        load.close();
        changer.join();
        assertThat(load.faults()).as(round).isEmpty();
        assertRecorded(gateway, load, began, killed, round);
    }

    /** Until the gateway is gone. */
    private void change(GatewayUnderTest gateway, int backend) {
        try {
            while (true) {
                int number = changes;
                String id = "changed-" + number % CHANGED_ROUTES;
                sent.put(id, number);
                HttpResponse<String> answer = gateway.admin(
                        "POST",
                        "/admin/apis",
                        GatewayUnderTest.routeJson(id, backend, "").replace("/apis/" + id, path(id, number)));
                assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
                acknowledged.put(id, number);
                changes++;
            }
        } catch (IOException killed) {
            // The gateway is gone, as it must be.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String path(String id, int number) {
        return "/apis/" + id + "/" + number;
    }

    private void assertRecorded(
            GatewayUnderTest gateway, AnsweredCalls load, Instant began, Instant killed, String round)
            throws Exception {
        Set<String> recorded = new HashSet<>();
        new EvidenceFolder(GatewayStore.file(gateway.state()))
                .query(new DecisionQuery(began.minusSeconds(1), null, null, null, null, null, Integer.MAX_VALUE))
                .forEach(record -> recorded.add(record.text("request_id")));
        for (AnsweredCalls.Answered refusal : load.with(404)) {
            assertThat(recorded).as("refusals of " + round).contains(refusal.id());
        }
        for (AnsweredCalls.Answered call : load.with(200)) {
            Duration before = Duration.between(call.at(), killed);
            if (!recorded.contains(call.id())) {
                assertThat(before).as(call.id() + " was lost").isLessThan(MAX_LOSS);
                longestLoss = before.compareTo(longestLoss) > 0 ? before : longestLoss;
                lost++;
            }
        }
        calls += load.with(200).size();
        refusals += load.with(404).size();
    }

    /** Read the way a start reads it: as a whole, its signature checked. */
    private void assertSnapshotIsWhole(GatewayUnderTest gateway) {
        RouteSnapshotFile.Content content = RouteSnapshotFile.open(gateway.state(), signing, Clock.systemUTC())
                .read()
                .orElseThrow();
        assertThat(content.routes()).extracting(ApiRoute::id).contains("kept");
    }

    /** A change whose answer the kill cut off may stand or not; one that was answered stands. */
    private void assertServesWhatWasAcknowledged(GatewayUnderTest gateway, String token) throws Exception {
        Map<String, Integer> standing = new TreeMap<>();
        JsonNode routes =
                StrictJson.parse(gateway.admin("GET", "/admin/apis", "").body().getBytes(StandardCharsets.UTF_8));
        for (JsonNode route : routes) {
            String path = route.path("path_prefix").asString("");
            if (path.startsWith("/apis/changed-")) {
                standing.put(
                        route.path("id").asString(""), Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)));
            }
        }
        acknowledged.forEach((id, number) ->
                assertThat(standing.getOrDefault(id, -1)).as(id).isBetween(number, sent.getOrDefault(id, number)));
        for (Map.Entry<String, Integer> route : standing.entrySet()) {
            try (KeptConnection connection = KeptConnection.to(gateway.port)) {
                assertThat(connection
                                .get(path(route.getKey(), route.getValue()), token)
                                .body())
                        .isEqualTo(HelloBackend.HELLO);
            }
        }
    }
}
