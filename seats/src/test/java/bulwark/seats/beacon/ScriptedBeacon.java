package bulwark.seats.beacon;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.chain.EndpointClient;
import bulwark.seats.chain.RpcEndpoint;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BinaryOperator;
import tools.jackson.databind.JsonNode;

/** A label of the beacon API whose validators a test sets, for numbers of seats that no simulated chain needs to carry. Thread-safe. */
public final class ScriptedBeacon implements AutoCloseable {
    public static final String FORK_VERSION = "0x00000286";
    public static final long GENESIS = 1_780_000_000L;
    public static final long SLOT = 3_200;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final EndpointClient client;
    private final URI uri;

    /** By key: its JSON. */
    private final Map<String, String> validators = new ConcurrentHashMap<>();

    private final AtomicInteger requests = new AtomicInteger();
    private volatile BinaryOperator<String> lie = (path, answer) -> answer;

    public ScriptedBeacon(String label) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
        uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/key/");
        client = new EndpointClient(new RpcEndpoint(label, uri), Duration.ofSeconds(60));
    }

    public BeaconNode node() {
        return new BeaconNode(client);
    }

    public URI uri() {
        return uri;
    }

    public int requests() {
        return requests.get();
    }

    /** @param edit takes the path and the answer's text, and gives the text that is sent */
    public void lies(BinaryOperator<String> edit) {
        lie = edit;
    }

    public void validator(long index, String pubkey, String credentials, String status) {
        validator(index, pubkey, credentials, status, "40", "18446744073709551615");
    }

    /** @param activation epoch @param exit epoch likewise; the greatest number of 64 bits stands for never */
    public void validator(
            long index, String pubkey, String credentials, String status, String activation, String exit) {
        validators.put(pubkey, """
                {"index":"%d","balance":"32000000000","status":"%s","validator":{"pubkey":"%s",\
                "withdrawal_credentials":"%s","effective_balance":"32000000000","slashed":false,\
                "activation_eligibility_epoch":"3","activation_epoch":"%s","exit_epoch":"%s",\
                "withdrawable_epoch":"18446744073709551615"}}""".formatted(index, status, pubkey, credentials, activation, exit));
    }

    private void serve(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath().replaceFirst("^/key", "");
        byte[] sent = lie.apply(path, answer(path, exchange.getRequestURI().getQuery(), body))
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(sent.length == 0 ? 404 : 200, sent.length == 0 ? -1 : sent.length);
        exchange.getResponseBody().write(sent);
        exchange.close();
    }

    private String answer(String path, String query, byte[] body) {
        String root = "0x" + "cd".repeat(32);
        return switch (path) {
            case "/eth/v1/beacon/genesis" ->
                "{\"data\":{\"genesis_time\":\"" + GENESIS + "\",\"genesis_validators_root\":\"" + root
                        + "\",\"genesis_fork_version\":\"" + FORK_VERSION + "\"}}";
            case "/eth/v1/config/spec" ->
                "{\"data\":{\"SLOTS_PER_EPOCH\":\"32\",\"SECONDS_PER_SLOT\":\"12\",\"SHARD_COMMITTEE_PERIOD\":\"256\"}}";
            case "/eth/v1/node/syncing" ->
                "{\"data\":{\"head_slot\":\"" + (SLOT + 70)
                        + "\",\"sync_distance\":\"0\",\"is_syncing\":false,\"is_optimistic\":false,\"el_offline\":false}}";
            case "/eth/v1/beacon/headers/finalized" ->
                marked("{\"root\":\"" + root + "\",\"canonical\":true,\"header\":{\"message\":{\"slot\":\"" + SLOT
                        + "\"}}}");
            case "/eth/v1/beacon/states/head/finality_checkpoints" ->
                marked("{\"finalized\":{\"epoch\":\"100\",\"root\":\"" + root + "\"}}");
            case "/eth/v1/beacon/states/" + SLOT + "/validators", "/eth/v1/beacon/states/head/validators" ->
                marked(shown(query, body));
            case "/eth/v1/beacon/states/" + SLOT + "/pending_deposits", "/eth/v1/beacon/states/head/pending_deposits" ->
                marked("[]");
            default -> "";
        };
    }

    private static String marked(String data) {
        return "{\"execution_optimistic\":false,\"finalized\":true,\"data\":" + data + "}";
    }

    private String shown(String query, byte[] body) {
        List<String> ids = new ArrayList<>();
        if (body.length > 0) {
            JsonNode asked = StrictJson.parse(body);
            asked.path("ids").forEach(id -> ids.add(id.asString()));
        } else {
            ids.addAll(List.of(query.substring("id=".length()).split(",")));
        }
        return "["
                + String.join(
                        ",",
                        ids.stream()
                                .filter(validators::containsKey)
                                .map(validators::get)
                                .toList())
                + "]";
    }

    @Override
    public void close() {
        client.close();
        server.stop(0);
        threads.close();
    }
}
