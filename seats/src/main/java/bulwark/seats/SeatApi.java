package bulwark.seats;

import bulwark.kernel.access.StepUpTokens;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.seats.action.AllowlistActions;
import bulwark.seats.action.DepositActions;
import bulwark.seats.action.GeneratedKeys;
import bulwark.seats.action.SeatActions;
import bulwark.seats.action.VaultActions;
import bulwark.seats.approval.PlanHandover;
import bulwark.seats.approval.PlanKeeper;
import bulwark.seats.approval.PlanRegister;
import bulwark.seats.approval.PlanSender;
import bulwark.seats.approval.PlanSettings;
import bulwark.seats.beacon.BeaconLookup;
import bulwark.seats.beacon.ConsensusAccess;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.chain.NetworkFile;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.evidence.EvidenceRoutes;
import bulwark.seats.identity.Identity;
import bulwark.seats.identity.StaticTokenAuthenticator;
import bulwark.seats.operation.AuditReads;
import bulwark.seats.operation.Dashboard;
import bulwark.seats.precondition.KeyStanding;
import bulwark.seats.precondition.ValidatorLookup;
import bulwark.seats.route.ApiDocument;
import bulwark.seats.route.Idempotency;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.route.SeatRouteGuard;
import bulwark.seats.seat.DepositDataRegister;
import bulwark.seats.seat.KeystoreRoute;
import bulwark.seats.seat.OperatorRegister;
import bulwark.seats.seat.SeatRegister;
import bulwark.seats.send.ChainReconciler;
import bulwark.seats.send.OperationRoutes;
import bulwark.seats.send.PlanDispatcher;
import bulwark.seats.send.SendRoutes;
import bulwark.seats.settings.ChainSettings;
import bulwark.seats.settings.HmacSecret;
import bulwark.seats.settings.Profile;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.settings.StaticTokenSunset;
import bulwark.seats.settings.WatchSettings;
import bulwark.seats.staker.StakerKeys;
import bulwark.seats.staker.StakerReads;
import bulwark.seats.store.SeatStore;
import bulwark.web.Authenticator;
import bulwark.web.Response;
import bulwark.web.Route;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The API of one service: its table of routes, and how each is guarded. Thread-safe. */
public final class SeatApi {
    private static final String STEP_UP_DOMAIN = "csm-stepup-v1";

    /** What commands of the owner do over the socket. An approval is its person's by its signature, whoever hands it in. */
    private static final Set<String> OF_OWNER = Set.of(
            "GET /v1/audit-logs",
            "GET /v1/audit-logs/{id}",
            "GET /v1/dashboard/health",
            "GET /v1/dashboard/alerts",
            "POST /v1/staker-keys",
            "POST /v1/operators",
            "POST /v1/seats",
            "GET /v1/seats/{id}",
            "GET /v1/seats/{id}/keystore",
            "POST /v1/seats/{id}/deposit-data",
            "POST /v1/plans/{id}/approvals",
            "POST /v1/seats/generate",
            "POST /v1/seats/with-vault",
            "POST /v1/seats/{id}/approve",
            "POST /v1/seats/{id}/deposit",
            "POST /v1/seats/{id}/settle",
            "POST /v1/seats/{id}/force-exit",
            "GET /v1/settings/allowlist",
            "POST /v1/settings/allowlist/switch",
            "POST /v1/settings/allowlist/owner-only",
            "POST /v1/settings/allowlist/freeze/propose",
            "POST /v1/settings/allowlist/freeze/execute",
            "POST /v1/settings/allowlist/freeze/cancel");

    private final Identity identity;
    private final StakerKeys stakers;
    private final StaticTokenAuthenticator staticToken;
    private final SeatRouteGuard guard;
    private final SendRoutes sends;
    private final EvidenceRoutes evidence;
    private final List<SeatRoute> routes;
    private final Map<String, Object> document;

    /**
     * @param chain null where no execution client is configured
     * @param consensus null where no consensus client is
     * @param sender what plans are handed to
     */
    SeatApi(
            SeatStore store,
            BlsVerifier bls,
            @Nullable ChainAccess chain,
            @Nullable ConsensusAccess consensus,
            PlanSender sender,
            Configuration settings,
            Path directory,
            Clock clock) {
        SecretBytes sessionKey = key(settings, SeatSettings.SESSION_SECRET);
        Duration validity = Duration.ofSeconds(settings.count("SEAT_MANAGER_STEP_UP_TTL_SECONDS"));
        StepUpTokens stepUps =
                new StepUpTokens(key(settings, SeatSettings.STEP_UP_SECRET), STEP_UP_DOMAIN, validity, clock);
        Optional<SecretBytes> token = settings.secret(SeatSettings.ADMIN_TOKEN);
        Optional<Instant> sunset = StaticTokenSunset.parse(settings.text(StaticTokenSunset.SETTING));
        identity = new Identity(store, sessionKey, settings.flag("SEAT_MANAGER_SECURE_COOKIES"), stepUps, clock);
        stakers = new StakerKeys(store, sessionKey, clock);
        staticToken = new StaticTokenAuthenticator(token.orElse(null), sunset, clock);
        guard = new SeatRouteGuard(store, stepUps, new Idempotency(clock));
        List<SeatRoute> all = new ArrayList<>(identity.routes());
        all.addAll(new OperatorRegister(store, clock).routes());
        Set<String> extraStepUps = Set.copyOf(settings.list("SEAT_MANAGER_STEP_UP_EXTRA_ACTIONS"));
        SeatRegister seats = new SeatRegister(store, extraStepUps, clock);
        all.addAll(seats.routes());
        all.add(new KeystoreRoute(store).route());
        all.addAll(new DepositDataRegister(store, bls, forkVersion(settings, directory), clock).routes());
        PlanSettings planSettings = PlanSettings.of(settings, directory);
        PlanKeeper kept = new PlanKeeper(store, planSettings, sender, clock);
        ValidatorLookup validators = lookup(chain, consensus);
        KeyStanding keys = new KeyStanding(bls, validators);
        PlanRegister plans = new PlanRegister(store, identity, kept, keys, chain, clock);
        all.addAll(plans.routes());
        PlanHandover handover = new PlanHandover(store, kept, keys);
        all.addAll(new OperationRoutes(store, identity, handover, kept, chain, clock).routes());
        all.addAll(new SeatActions(
                        store,
                        identity,
                        chain,
                        kept,
                        handover,
                        new DepositActions(store, kept, seats, keys),
                        new VaultActions(kept, seats, validators, planSettings.maxExitFee(), clock),
                        generatedKeys(store, bls, chain, sender, clock),
                        extraStepUps,
                        clock)
                .routes());
        ChainReconciler reconciler = sender instanceof PlanDispatcher dispatcher ? dispatcher.reconciler() : null;
        sends = new SendRoutes(store, identity, planSettings, reconciler, clock);
        all.addAll(sends.routes());
        evidence = new EvidenceRoutes(store, directory.resolve(settings.text("SEAT_MANAGER_EVIDENCE_DIR")));
        all.addAll(evidence.routes());
        all.addAll(stakers.routes());
        all.addAll(new StakerReads(store, chain).routes());
        all.addAll(new AuditReads(store).routes());
        all.addAll(new AllowlistActions(store, identity, chain, clock).routes());
        boolean oneApproval = plans.asksForOneApproval() && Profile.of(settings) == Profile.PRODUCTION;
        all.addAll(new Dashboard(
                        store,
                        token.isPresent() && sunset.isEmpty(),
                        oneApproval,
                        WatchSettings.staleAfter(settings),
                        clock)
                .routes());
        routes = List.copyOf(all);
        document = ApiDocument.of(routes, SeatManager.VERSION);
    }

    private static @Nullable GeneratedKeys generatedKeys(
            SeatStore store, BlsVerifier bls, @Nullable ChainAccess chain, PlanSender sender, Clock clock) {
        return chain != null && sender instanceof PlanDispatcher dispatcher
                ? new GeneratedKeys(store, dispatcher.signer(), chain.network().genesisForkVersion(), bls, clock)
                : null;
    }

    private static ValidatorLookup lookup(@Nullable ChainAccess chain, @Nullable ConsensusAccess consensus) {
        return chain == null || consensus == null
                ? ValidatorLookup.NOT_CONFIGURED
                : new BeaconLookup(
                        consensus.nodes(), chain.network().genesisForkVersion().toString());
    }

    private static Optional<ForkVersion> forkVersion(Configuration settings, Path directory) {
        return ChainSettings.network(settings, directory)
                .map(NetworkFile::genesisForkVersion)
                .or(() -> ForkVersion.parse(settings.text(SeatSettings.GENESIS_FORK_VERSION)));
    }

    private static SecretBytes key(Configuration settings, String name) {
        return HmacSecret.key(settings.secret(name).orElseThrow());
    }

    /** Every declared route. */
    public List<SeatRoute> table() {
        return routes;
    }

    Authenticator[] authenticators() {
        return new Authenticator[] {identity.authenticator(), staticToken, stakers};
    }

    /** Every declared route as the edge serves it, and the document about them. */
    List<Route> routes() {
        List<Route> served = new ArrayList<>(routes.stream().map(guard::serve).toList());
        served.add(Route.open("GET", "/v1/openapi.json", request -> Response.json(200, document)));
        return served;
    }

    List<Route> ownerRoutes() {
        List<Route> served = new ArrayList<>(identity.owner().routes());
        routes.stream()
                .filter(route -> OF_OWNER.contains(route.method() + " " + route.path()))
                .map(guard::serveOwner)
                .forEach(served::add);
        served.addAll(sends.ownerRoutes());
        served.addAll(evidence.ownerRoutes());
        return served;
    }
}
