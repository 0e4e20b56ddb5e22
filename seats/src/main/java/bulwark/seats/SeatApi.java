package bulwark.seats;

import bulwark.kernel.access.StepUpTokens;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.seats.approval.PlanRegister;
import bulwark.seats.approval.PlanSettings;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.identity.Identity;
import bulwark.seats.identity.StaticTokenAuthenticator;
import bulwark.seats.operation.AuditReads;
import bulwark.seats.operation.Dashboard;
import bulwark.seats.route.ApiDocument;
import bulwark.seats.route.Idempotency;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.route.SeatRouteGuard;
import bulwark.seats.seat.DepositDataRegister;
import bulwark.seats.seat.OperatorRegister;
import bulwark.seats.seat.SeatRegister;
import bulwark.seats.settings.HmacSecret;
import bulwark.seats.settings.Profile;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.settings.StaticTokenSunset;
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

/** The API of one service: its table of routes, and how each is guarded. Thread-safe. */
public final class SeatApi {
    private static final String STEP_UP_DOMAIN = "csm-stepup-v1";

    private final Identity identity;
    private final StakerKeys stakers;
    private final StaticTokenAuthenticator staticToken;
    private final SeatRouteGuard guard;
    private final List<SeatRoute> routes;
    private final Map<String, Object> document;

    SeatApi(SeatStore store, BlsVerifier bls, Configuration settings, Path directory, Clock clock) {
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
        all.addAll(new SeatRegister(store, Set.copyOf(settings.list("SEAT_MANAGER_STEP_UP_EXTRA_ACTIONS")), clock)
                .routes());
        all.addAll(new DepositDataRegister(
                        store, bls, ForkVersion.parse(settings.text(SeatSettings.GENESIS_FORK_VERSION)), clock)
                .routes());
        PlanRegister plans = new PlanRegister(store, identity, PlanSettings.of(settings, directory), clock);
        all.addAll(plans.routes());
        all.addAll(stakers.routes());
        all.addAll(new StakerReads(store).routes());
        all.addAll(new AuditReads(store).routes());
        boolean oneApproval = plans.asksForOneApproval() && Profile.of(settings) == Profile.PRODUCTION;
        all.addAll(new Dashboard(store, token.isPresent() && sunset.isEmpty(), oneApproval, clock.instant()).routes());
        routes = List.copyOf(all);
        document = ApiDocument.of(routes, SeatManager.VERSION);
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
        return identity.owner().routes();
    }
}
