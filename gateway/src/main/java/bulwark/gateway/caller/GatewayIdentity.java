package bulwark.gateway.caller;

import bulwark.gateway.apikey.ConsumerKeyCache;
import bulwark.gateway.apikey.ConsumerKeys;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.gateway.identity.FirstSightGate;
import bulwark.gateway.identity.KeySetFile;
import bulwark.gateway.identity.KeySource;
import bulwark.gateway.identity.LocalKeySource;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.identity.RemoteKeySource;
import bulwark.gateway.identity.TokenAuthenticator;
import bulwark.gateway.identity.TokenRevocationList;
import bulwark.gateway.identity.TokenRevocationRows;
import bulwark.gateway.identity.TokenVerifier;
import bulwark.gateway.possession.MemoryReplayStore;
import bulwark.gateway.possession.PossessionMetrics;
import bulwark.gateway.possession.SenderConstraint;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute;
import bulwark.kernel.access.Principal;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.AuditEventType;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that tells who calls, put together. Thread-safe; {@link #close} ends its threads. */
public final class GatewayIdentity implements AutoCloseable {
    public static final List<MetricDescription> METRICS = Stream.concat(
                    IdentityMetrics.DESCRIPTIONS.stream(), PossessionMetrics.DESCRIPTIONS.stream())
            .toList();

    public static final List<AuditEventType> EVENTS = List.of(
            ConsumerKeys.ISSUED,
            ConsumerKeys.ROTATED,
            ConsumerKeys.SUSPENDED,
            ConsumerKeys.REACTIVATED,
            ConsumerKeys.REVOKED,
            TokenRevocationRows.REVOKED,
            TokenRevocationRows.RESTORED);

    private static final int MAX_KEY_SET_BYTES = 1 << 20;
    private static final Duration UPKEEP_INTERVAL = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    private final IdentityStage stage;
    private final RouteAccess access;
    private final ConsumerKeys consumerKeys;
    private final TokenRevocationRows revocations;
    private final KeySource keys;
    private final Optional<GuardedFetch> fetch;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread upkeep = EssentialThread.platform("issuer-keys", this::upkeep);

    /**
     * Returns before any key was fetched.
     *
     * @param stateFolder where the last good key set and the keys of local tokens lie
     * @param guard for the connection to the issuer
     */
    public GatewayIdentity(
            CallerSettings settings,
            Path stateFolder,
            AuditedStore store,
            AddressGuard guard,
            Metrics metrics,
            Signing signing,
            Clock clock) {
        fetch = settings.keySet().map(url -> GuardedFetch.withSystemTrust(guard, MAX_KEY_SET_BYTES));
        keys = keys(settings, stateFolder, signing, clock);
        TokenRevocationList list = new TokenRevocationList(clock);
        revocations = TokenRevocationRows.open(store, list, clock);
        FirstSightGate gate = new FirstSightGate(settings.firstSightsPerSecond(), clock);
        TokenVerifier verifier =
                new TokenVerifier(settings.issuer(), settings.audiences(), settings.adminAlias(), keys, clock);
        TokenAuthenticator tokens = new TokenAuthenticator(verifier, list, gate, clock);
        ConsumerKeyCache cache = new ConsumerKeyCache(store, clock);
        consumerKeys = new ConsumerKeys(store, cache, signing, clock);
        SenderConstraint sender = new SenderConstraint(
                settings.mtls(),
                settings.proofs(),
                settings.sender(),
                new MemoryReplayStore(settings.rememberedProofs(), clock),
                settings.externalUrl(),
                new PossessionMetrics(metrics),
                signing,
                clock);
        IdentityMetrics counts = new IdentityMetrics(metrics, tokens::size);
        stage = new IdentityStage(tokens, cache, gate, sender, counts, settings.resourceMetadata());
        access = new RouteAccess(settings.resourceMetadata());
        upkeep.start();
    }

    private KeySource keys(CallerSettings settings, Path stateFolder, Signing signing, Clock clock) {
        if (settings.keySet().isEmpty()) {
            // The ring is there before the first command asks for a token, so that none is made beside it.
            LocalTokenIssuer.open(stateFolder, signing, clock);
            return new LocalKeySource(LocalTokenIssuer.ring(stateFolder), signing, clock);
        }
        TargetUrl url = settings.keySet().get();
        GuardedFetch client = fetch.orElseThrow();
        return new RemoteKeySource(
                () -> client.get(url),
                new KeySetFile(stateFolder.resolve("key-set.json"), settings.issuer()),
                settings.keySetCooldown(),
                settings.keySetMaxAge(),
                signing,
                clock);
    }

    /** Keys that the issuer took back end without a new token to ask for them. */
    private void upkeep() {
        try {
            do {
                keys.refresh();
            } while (!stop.await(UPKEEP_INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public IdentityStage stage() {
        return stage;
    }

    /** Whether the principal may use the route that the call was matched to. */
    public RequestStage permission() {
        return call -> {
            Principal caller = call.principal();
            ApiRoute route = call.route();
            if (route != null && route.callers() == ApiRoute.Callers.ANYBODY) {
                return StageResult.PASS;
            }
            if (caller == null || route == null) {
                throw new IllegalStateException("permission is asked for before caller and route are known");
            }
            GatewayRefusal refusal = access.refusal(caller, route, call.head().method());
            if (refusal == null) {
                return StageResult.PASS;
            }
            call.decidedBy(refusal instanceof GatewayRefusal.NoRoute ? "tenant_isolation" : "role_table");
            return new StageResult.Refuse(refusal);
        };
    }

    public ConsumerKeys consumerKeys() {
        return consumerKeys;
    }

    /** What {@code /admin/revocations} calls. */
    public TokenRevocationRows revocations() {
        return revocations;
    }

    /** Why no token can be verified now, for readiness; null when some can. */
    public @Nullable String problem() {
        return keys.hasKeys() ? null : "OIDC provider unreachable";
    }

    @Override
    public void close() {
        stop.countDown();
        fetch.ifPresent(GuardedFetch::close);
        upkeep.awaitEnd(CLOSE_TIMEOUT);
    }
}
