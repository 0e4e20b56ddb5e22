package bulwark.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The beacon API of one label, as far as a treasury asks: genesis, spec, syncing, headers, finality, validators, pending deposits. Thread-safe. */
public final class BeaconApi implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String NEVER = "18446744073709551615";

    private final BeaconRules rules;
    private final long genesisTime;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile View view;
    private volatile boolean optimistic;
    private volatile boolean syncing;
    private volatile BinaryOperator<String> lie = (path, answer) -> answer;

    /** What the label knows. */
    private record View(List<BeaconState> chain, BeaconState justified, BeaconState finalized) {
        BeaconState head() {
            return chain.getLast();
        }
    }

    BeaconApi(BeaconRules rules, long genesisTime, BeaconState genesis) {
        this.rules = rules;
        this.genesisTime = genesisTime;
        view = new View(List.of(genesis), genesis, genesis);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void show(List<BeaconState> chain, BeaconState justified, BeaconState finalized) {
        view = new View(chain, justified, finalized);
    }

    /** As a node says that follows blocks which its execution client has not checked. */
    public void optimistic(boolean claim) {
        optimistic = claim;
    }

    public void syncing(boolean claim) {
        syncing = claim;
    }

    /** @param edit takes the path and the answer's text, and gives the text that is sent */
    public void lies(BinaryOperator<String> edit) {
        lie = edit;
    }

    private void serve(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        Object answer = answer(path, exchange.getRequestURI().getRawQuery(), body);
        String text = answer == null
                ? "{\"code\":404,\"message\":\"not found\"}"
                : lie.apply(path, JSON.writeValueAsString(answer));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer == null ? 404 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private @Nullable Object answer(String path, @Nullable String query, byte[] body) {
        View now = view;
        String[] parts = path.substring(1).split("/");
        return switch (path) {
            case "/eth/v1/beacon/genesis" ->
                data(Map.of(
                        "genesis_time",
                        Long.toString(genesisTime),
                        "genesis_validators_root",
                        "0x" + "1".repeat(64),
                        "genesis_fork_version",
                        "0x00000286"));
            case "/eth/v1/config/spec" ->
                data(Map.of(
                        "SLOTS_PER_EPOCH", Integer.toString(rules.slotsPerEpoch()),
                        "SECONDS_PER_SLOT", Integer.toString(rules.secondsPerSlot()),
                        "SHARD_COMMITTEE_PERIOD", Integer.toString(rules.committeePeriod()),
                        "GENESIS_FORK_VERSION", "0x00000286"));
            case "/eth/v1/node/syncing" ->
                data(Map.of(
                        "head_slot",
                        Long.toString(now.head().slot()),
                        "sync_distance",
                        syncing ? "10" : "0",
                        "is_syncing",
                        syncing,
                        "is_optimistic",
                        optimistic,
                        "el_offline",
                        false));
            default -> ofState(now, parts, query, body);
        };
    }

    private @Nullable Object ofState(View now, String[] parts, @Nullable String query, byte[] body) {
        if (parts.length == 5 && parts[3].equals("headers")) {
            BeaconState state = state(now, parts[4]);
            return state == null ? null : marked(now, state, header(state));
        }
        if (parts.length != 6 || !parts[3].equals("states")) {
            return null;
        }
        BeaconState state = state(now, parts[4]);
        if (state == null) {
            return null;
        }
        return switch (parts[5]) {
            case "finality_checkpoints" ->
                marked(
                        now,
                        state,
                        Map.of(
                                "previous_justified", checkpoint(now.finalized()),
                                "current_justified", checkpoint(now.justified()),
                                "finalized", checkpoint(now.finalized())));
            case "validators" -> marked(now, state, validators(state, wanted(query, body)));
            case "pending_deposits" -> marked(now, state, pending(state));
            default -> null;
        };
    }

    private static @Nullable BeaconState state(View now, String id) {
        return switch (id) {
            case "head" -> now.head();
            case "justified" -> now.justified();
            case "finalized" -> now.finalized();
            case "genesis" -> now.chain().getFirst();
            default ->
                id.matches("[0-9]{1,9}") && Integer.parseInt(id) < now.chain().size()
                        ? now.chain().get(Integer.parseInt(id))
                        : null;
        };
    }

    private static List<String> wanted(@Nullable String query, byte[] body) {
        List<String> ids = new ArrayList<>();
        if (query != null) {
            for (String parameter : query.split("&")) {
                if (parameter.startsWith("id=")) {
                    ids.addAll(List.of(URLDecoder.decode(parameter.substring(3), StandardCharsets.UTF_8)
                            .split(",")));
                }
            }
        }
        if (body.length > 0) {
            JsonNode json = JSON.readTree(body);
            json.path("ids").forEach(id -> ids.add(id.asString()));
        }
        return ids;
    }

    private List<Object> validators(BeaconState state, List<String> ids) {
        List<Object> shown = new ArrayList<>();
        long epoch = state.epoch(rules);
        for (BeaconValidator each : state.validators()) {
            if (ids.isEmpty() || ids.contains(each.pubkey()) || ids.contains(Integer.toString(each.index()))) {
                Map<String, Object> validator = new LinkedHashMap<>();
                validator.put("pubkey", each.pubkey());
                validator.put("withdrawal_credentials", each.credentials());
                validator.put(
                        "effective_balance", Long.toString(Math.min(each.balanceGwei(), BeaconValidator.SEAT_GWEI)));
                validator.put("slashed", each.slashed());
                validator.put("activation_eligibility_epoch", epoch(each.activationEpoch()));
                validator.put("activation_epoch", epoch(each.activationEpoch()));
                validator.put("exit_epoch", epoch(each.exitEpoch()));
                validator.put(
                        "withdrawable_epoch",
                        each.exitEpoch() == null
                                ? NEVER
                                : Long.toString(each.exitEpoch() + rules.withdrawabilityDelay()));
                shown.add(Map.of(
                        "index", Integer.toString(each.index()),
                        "balance", Long.toString(each.balanceGwei()),
                        "status", each.status(epoch, rules),
                        "validator", validator));
            }
        }
        return shown;
    }

    private static String epoch(@Nullable Long epoch) {
        return epoch == null ? NEVER : Long.toString(epoch);
    }

    private static List<Object> pending(BeaconState state) {
        List<Object> shown = new ArrayList<>();
        for (BeaconState.PendingDeposit each : state.pending()) {
            shown.add(Map.of(
                    "pubkey", each.data().pubkey(),
                    "withdrawal_credentials", each.data().credentials(),
                    "amount", Long.toString(each.data().gwei()),
                    "signature", each.data().signature(),
                    "slot", Long.toString(each.slot())));
        }
        return shown;
    }

    private Map<String, Object> checkpoint(BeaconState state) {
        return Map.of("epoch", Long.toString(state.epoch(rules)), "root", state.hash());
    }

    private static Map<String, Object> header(BeaconState state) {
        return Map.of(
                "root", state.hash(),
                "canonical", true,
                "header",
                        Map.of(
                                "message",
                                Map.of(
                                        "slot", Long.toString(state.slot()),
                                        "proposer_index", "0",
                                        "parent_root", "0x" + "0".repeat(64),
                                        "state_root", state.hash(),
                                        "body_root", state.hash()),
                                "signature",
                                "0x" + "0".repeat(192)));
    }

    private static Map<String, Object> data(Object data) {
        return Map.of("data", data);
    }

    private Map<String, Object> marked(View now, BeaconState state, Object data) {
        Map<String, Object> marked = new LinkedHashMap<>();
        marked.put("execution_optimistic", optimistic);
        marked.put("finalized", state.slot() <= now.finalized().slot());
        marked.put("data", data);
        return marked;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
