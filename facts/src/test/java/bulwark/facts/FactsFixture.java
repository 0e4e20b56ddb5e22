package bulwark.facts;

import bulwark.facts.chain.ChainCheckpoints;
import bulwark.facts.chain.DerivedCheck;
import bulwark.facts.chain.FactChain;
import bulwark.facts.chain.FactEvidence;
import bulwark.facts.chain.FactFsck;
import bulwark.facts.fact.FactService;
import bulwark.facts.identity.NodeKeys;
import bulwark.facts.node.NodeComposition;
import bulwark.kernel.access.Principal;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.outbox.Outbox;
import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.evidence.signer.StoreOpening;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.SqliteStore;
import bulwark.kernel.time.SettableClock;
import bulwark.web.ApiRefusal;
import bulwark.web.Headers;
import bulwark.web.Response;
import bulwark.web.Route;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A node as the program composes it, on a real store and a real local log, called through its routes. */
public final class FactsFixture implements AutoCloseable {
    public static final Principal TRUSTED = reader("anon:trusted", "read", "write", "admin");

    private static final Signing SIGNING = Signing.fastest();

    public final SettableClock clock = new SettableClock(Instant.parse("2026-05-01T12:00:00.123456Z"));
    public final Metrics metrics;
    public final Path logFile;
    public final Path storeFile;
    public final SqliteStore store;
    public final AuditLog audit;
    public final Outbox outbox;
    public final HeadSigner heads;
    public final FactChain chain;
    public final FactService facts;
    private final NodeComposition node;

    public FactsFixture(Path directory) {
        this(directory, Map.of());
    }

    /** @param settings by name, beside those of the fixture */
    public FactsFixture(Path directory, Map<String, String> settings) {
        storeFile = directory.resolve("facts.db");
        logFile = directory.resolve("log.jsonl");
        Map<String, String> all = new HashMap<>(settings);
        all.put("STIGMEM_TL_LOCAL_PATH", "log.jsonl");
        all.put("STIGMEM_NODE_URL", "http://testnode");
        node = NodeComposition.open(all, storeFile, clock);
        store = node.store();
        audit = node.audit();
        outbox = node.outbox();
        heads = node.heads();
        chain = node.chain();
        facts = node.facts();
        metrics = node.metrics();
        outbox.start();
    }

    /** As another process would see the same store: nothing verified yet. */
    public FactChain anotherChain() {
        return anotherChain(Duration.ofHours(1), List.of());
    }

    public FactChain anotherChain(Duration rescanInterval, List<DerivedCheck> derived) {
        Outbox idle = Outbox.open(store, clock);
        ChainCheckpoints checkpoints = new ChainCheckpoints(
                store,
                idle,
                node.log(),
                clock,
                ChainCheckpoints.CheckpointPolicy.defaults(),
                heads(store, node.log(), logFile, clock),
                Duration.ofMinutes(1));
        return new FactChain(store, audit, clock, new Metrics(), checkpoints, rescanInterval, derived);
    }

    /** What signs the heads of a fact store, as a node makes it. @param logFile of a local log, or null */
    public static HeadSigner heads(SqliteStore store, TransparencyLog log, @Nullable Path logFile, Clock clock) {
        Path keyFolder = NodeKeys.directory(store.file());
        return StoreOpening.open(
                        store,
                        log,
                        FactEvidence.scope(keyFolder, ConfiguredPath.unnamed(logFile), null),
                        LogKeys.open(keyFolder, SIGNING, clock),
                        clock,
                        new StoreOpening.Acceptance("STIGMEM_ACCEPT_EVIDENCE_LOSS", ""),
                        FactEvidence.unsigned(logFile),
                        null)
                .signer();
    }

    public List<String> fsck() {
        List<String> problems = new ArrayList<>(store.read(FactFsck::check));
        problems.addAll(store.read(tx -> StoreCheck.whole(
                FactEvidence.scope(NodeKeys.directory(storeFile), ConfiguredPath.unnamed(logFile), null),
                SIGNING,
                tx)));
        return problems;
    }

    /** What the wire shows of a refusal. */
    public static int status(ApiRefusal refusal) {
        return new WireErrors().render(refusal, "test").status();
    }

    public static Principal reader(String entity, String... permissions) {
        return new Principal(entity, "default", Set.of(permissions), null);
    }

    /** What a caller sees: the status, and the body of a success or of the refusal. */
    public record Answer(
            int status,
            @Nullable JsonNode json,
            Headers headers,
            @Nullable ApiRefusal refusal) {
        public String text(String field) {
            return json.path(field).stringValue();
        }
    }

    public Answer post(String json) {
        return call(TRUSTED, "POST", "/v1/facts", json);
    }

    public Answer get(String target) {
        return call(TRUSTED, "GET", target, "");
    }

    public Answer call(Principal caller, String method, String target, String body) {
        return call(caller, method, target, body, Map.of());
    }

    /** On a virtual thread, as the edge does for handlers that may block. */
    public Answer call(Principal caller, String method, String target, String body, Map<String, String> headers) {
        GivenRequest request = GivenRequest.ofTarget(method, target);
        Route route = route(method, request.path());
        return onVirtualThread(
                route,
                request.as(caller)
                        .parameters(match(route.path(), request.path()))
                        .headers(headers)
                        .json(body));
    }

    /** As the event loop calls a fast handler: null asks for a virtual thread. */
    public @Nullable Response onLoop(Principal caller, String path) {
        Route route = route("GET", path);
        assert route.runsOnEventLoop();
        return route.handler().handle(GivenRequest.of("GET", path).as(caller).parameters(match(route.path(), path)));
    }

    private Route route(String method, String path) {
        return node.networkRoutes().stream()
                .filter(route -> route.method().equals(method) && match(route.path(), path) != null)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no route for " + method + " " + path));
    }

    private static Answer onVirtualThread(Route route, GivenRequest call) {
        CompletableFuture<Response> future = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                future.complete(route.handler().handle(call).whole());
            } catch (RuntimeException | Error e) {
                future.completeExceptionally(e);
            }
        });
        try {
            Response response = future.join();
            JsonNode json = response.body().length == 0 ? null : StrictJson.parse(response.body());
            return new Answer(response.status(), json, response.headers(), null);
        } catch (CompletionException e) {
            if (e.getCause() instanceof ApiRefusal refusal) {
                return new Answer(status(refusal), null, Headers.NONE, refusal);
            }
            throw e;
        }
    }

    private static @Nullable Map<String, String> match(String template, String path) {
        String[] wanted = template.split("/");
        String[] given = path.split("/");
        if (template.endsWith("+}") && given.length > wanted.length) {
            String rest = String.join("/", List.of(given).subList(wanted.length - 1, given.length));
            given = java.util.Arrays.copyOf(given, wanted.length);
            given[wanted.length - 1] = rest;
        }
        if (wanted.length != given.length) {
            return null;
        }
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                parameters.put(wanted[i].replaceAll("[{+}]", ""), GivenRequest.decoded(given[i]));
            } else if (!wanted[i].equals(given[i])) {
                return null;
            }
        }
        return parameters;
    }

    /** Edits the file behind the node's back, with every trigger gone. */
    public void plant(String... statements) {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + storeFile);
                Statement sql = raw.createStatement()) {
            sql.execute("PRAGMA busy_timeout = 5000");
            List<String> triggers = new ArrayList<>();
            try (var rows = sql.executeQuery("SELECT name FROM sqlite_master WHERE type = 'trigger'")) {
                while (rows.next()) {
                    triggers.add(rows.getString(1));
                }
            }
            for (String trigger : triggers) {
                sql.execute("DROP TRIGGER " + trigger);
            }
            for (String statement : statements) {
                sql.execute(statement);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        node.close();
    }
}
