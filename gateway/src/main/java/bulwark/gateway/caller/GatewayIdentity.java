package bulwark.gateway.caller;

import bulwark.gateway.apikey.ApplicationClients;
import bulwark.gateway.apikey.ConsumerCertificates;
import bulwark.gateway.apikey.ConsumerKeyCache;
import bulwark.gateway.apikey.ConsumerKeys;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.identity.FirstSightGate;
import bulwark.gateway.identity.TokenAuthenticator;
import bulwark.gateway.identity.TokenRevocationList;
import bulwark.gateway.identity.TokenRevocationRows;
import bulwark.gateway.possession.MemoryReplayStore;
import bulwark.gateway.possession.PossessionMetrics;
import bulwark.gateway.possession.ProofReplayStore;
import bulwark.gateway.possession.SenderConstraint;
import bulwark.gateway.possession.SharedReplayStore;
import bulwark.gateway.redis.RedisConnections;
import bulwark.gateway.redis.SharedRedis;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
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

    private static final int CONNECTIONS = 4;

    private static final String ISOLATION = "tenant_isolation";

    private final IdentityStage stage;
    private final RouteAccess access;
    private final ConsumerKeys consumerKeys;
    private final ConsumerKeyCache keyCache;
    private final ConsumerCertificates certificates;
    private final ApplicationClients applications;
    private final TokenRevocationList revocationList;
    private final TokenRevocationRows revocations;
    private final AccessTokenVerification verification;
    private final @Nullable RedisConnections shared;
    private final @Nullable SharedRevocations orders;

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
        this(settings, stateFolder, store, guard, null, metrics, signing, clock);
    }

    /** As above. @param redis that gateways share proofs and revocations through, closed with this; null for none */
    public GatewayIdentity(
            CallerSettings settings,
            Path stateFolder,
            AuditedStore store,
            AddressGuard guard,
            @Nullable SharedRedis redis,
            Metrics metrics,
            Signing signing,
            Clock clock) {
        TokenRevocationList list = new TokenRevocationList(clock);
        revocationList = list;
        revocations = TokenRevocationRows.open(store, list, clock);
        shared = redis == null ? null : RedisConnections.open(redis, CONNECTIONS);
        FirstSightGate gate = new FirstSightGate(settings.firstSightsPerSecond(), clock);
        verification = new AccessTokenVerification(settings, stateFolder, guard, list, gate, signing, clock);
        TokenAuthenticator tokens = verification.tokens();
        ConsumerKeyCache cache = new ConsumerKeyCache(store, clock);
        keyCache = cache;
        certificates = new ConsumerCertificates(clock);
        applications = new ApplicationClients(clock);
        consumerKeys = new ConsumerKeys(store, cache, signing, clock);
        SenderConstraint sender = new SenderConstraint(
                settings.mtls(),
                settings.proofs(),
                settings.sender(),
                replays(settings, clock),
                settings.externalUrl(),
                new PossessionMetrics(metrics),
                signing,
                clock);
        IdentityMetrics counts = new IdentityMetrics(metrics, tokens::size);
        stage = new IdentityStage(
                tokens, cache, certificates, applications, gate, sender, counts, settings.resourceMetadata());
        access = new RouteAccess(settings.resourceMetadata());
        orders = redis == null || shared == null
                ? null
                : share(
                        shared,
                        list,
                        cache,
                        metrics,
                        new SharedRevocations.Trust(
                                redis::orderKey, signing, () -> IdentityMetrics.orderRefused(metrics)),
                        clock);
    }

    private ProofReplayStore replays(CallerSettings settings, Clock clock) {
        MemoryReplayStore own = new MemoryReplayStore(settings.rememberedProofs(), clock);
        return shared == null ? own : new SharedReplayStore(own, shared, clock);
    }

    private SharedRevocations share(
            RedisConnections redis,
            TokenRevocationList list,
            ConsumerKeyCache cache,
            Metrics metrics,
            SharedRevocations.Trust trust,
            Clock clock) {
        SharedRevocations made = new SharedRevocations(redis, list, cache, revocations, trust, clock);
        revocations.onOrder(made);
        consumerKeys.onOrder(made);
        IdentityMetrics.shared(metrics, redis::isReachable);
        made.start();
        return made;
    }

    public IdentityStage stage() {
        return stage;
    }

    /** Finds the principal. A route that it does not reach is none to it, before anything is counted or told. */
    public RequestStage identity() {
        return call -> reached(call, stage.decide(call));
    }

    private StageResult reached(GatewayCall call, StageResult result) {
        return switch (result) {
            case StageResult.Pass pass -> {
                Principal caller = call.principal();
                ApiRoute route = call.route();
                if (caller == null || route == null || RouteAccess.reaches(caller, route)) {
                    yield pass;
                }
                call.decidedBy(ISOLATION);
                yield new StageResult.Refuse(new GatewayRefusal.NoRoute());
            }
            case StageResult.Refuse refuse -> refuse;
            case StageResult.Again again -> again;
            case StageResult.Later later ->
                new StageResult.Later(later.result().thenApply(late -> reached(call, late)));
        };
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
            call.decidedBy(refusal instanceof GatewayRefusal.NoRoute ? ISOLATION : "role_table");
            return new StageResult.Refuse(refusal);
        };
    }

    public ConsumerKeys consumerKeys() {
        return consumerKeys;
    }

    /** What a control plane pushes keys into. */
    public ConsumerKeyCache keyCache() {
        return keyCache;
    }

    /** What a control plane pushes certificates of consumers into. */
    public ConsumerCertificates certificates() {
        return certificates;
    }

    /** What a control plane pushes the OAuth clients of applications into. */
    public ApplicationClients applications() {
        return applications;
    }

    /** What a control plane pushes revocations into. */
    public TokenRevocationList revocationList() {
        return revocationList;
    }

    /** What {@code /admin/revocations} calls. */
    public TokenRevocationRows revocations() {
        return revocations;
    }

    /** Why no token can be verified now, for readiness; null when some can. */
    public @Nullable String problem() {
        return verification.problem();
    }

    @Override
    public void close() {
        verification.close();
        if (orders != null) {
            orders.close();
        }
        if (shared != null) {
            shared.close();
        }
    }
}
