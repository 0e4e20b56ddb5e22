package bulwark.seats.route;

import bulwark.kernel.access.Authentication.Method;
import bulwark.kernel.access.StepUpTokens;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import bulwark.web.SessionAuthenticator;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What stands between the edge and the work of every route, in one order: media type, static token, step-up, schema, idempotency. Thread-safe. */
public final class SeatRouteGuard {
    public static final String STEP_UP_HEADER = "X-Step-Up-Token";
    /** Kind of the authenticator of {@code ADMIN_TOKEN}. */
    public static final String STATIC = "static";
    /** Kind of the authenticator of stakers' keys. */
    public static final String STAKER = "staker";

    private static final String DIMENSION = "api";
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;

    private final SeatStore store;
    private final StepUpTokens stepUps;
    private final Idempotency idempotency;

    public SeatRouteGuard(SeatStore store, StepUpTokens stepUps, Idempotency idempotency) {
        this.store = store;
        this.stepUps = stepUps;
        this.idempotency = idempotency;
    }

    /** The route as the edge serves it. */
    public Route serve(SeatRoute route) {
        if (route.callers() == SeatRoute.Callers.ANYBODY) {
            return Route.open(route.method(), route.path(), request -> handle(route, request));
        }
        String[] kinds = switch (route.callers()) {
            case SESSION -> new String[] {SessionAuthenticator.KIND};
            case STAKER -> new String[] {SessionAuthenticator.KIND, STAKER};
            default -> new String[] {SessionAuthenticator.KIND, STATIC};
        };
        String role = route.role();
        Route served = role == null
                ? Route.authenticated(route.method(), route.path(), DIMENSION, request -> handle(route, request))
                : Route.permitted(route.method(), route.path(), role, DIMENSION, request -> handle(route, request));
        return served.identifiedBy(kinds);
    }

    /**
     * The route for the owner of the process, over its socket and under {@code /owner} in the place of {@code /v1}: schema and work are the same, and neither step-up nor
     * idempotency key is asked for.
     */
    public Route serveOwner(SeatRoute route) {
        return Route.owner("POST", "/owner" + route.path().substring("/v1".length()), request -> {
            Call call = new Call(request, route.rules().fields(request.body()), Map.of());
            return switch (route.work()) {
                case SeatRoute.Work.Answer answer -> answered(() -> answer.answer(call));
                case SeatRoute.Work.Change change -> store.write(tx -> change.change(tx, call));
                case SeatRoute.Work.Check check -> {
                    SeatRoute.Work.Change change = answered(() -> check.check(call));
                    yield store.write(tx -> change.change(tx, call));
                }
            };
        });
    }

    private static <T> T answered(Callable<T> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Response handle(SeatRoute route, Request request) {
        if (route.callers() == SeatRoute.Callers.PERSON || route.action() != null) {
            requirePerson(request);
        }
        mediaType(request);
        StepUpTokens.Verdict.@Nullable Valid stepUp = route.action() == null ? null : stepUp(route.action(), request);
        Map<String, String> parameters = route.rules().parameters(request);
        Call call = new Call(request, route.rules().fields(request.body()), parameters);
        return answered(() -> switch (route.work()) {
            case SeatRoute.Work.Answer answer -> answer.answer(call);
            case SeatRoute.Work.Change change -> change(route, change, call, stepUp);
            case SeatRoute.Work.Check check -> check(route, check, call, stepUp);
        });
    }

    private static void requirePerson(Request request) {
        if (request.principal().authentication().method() != Method.SESSION) {
            throw new ApiRefusal(
                    Kind.FORBIDDEN,
                    "static_token_not_allowed",
                    "This asks for a person who shows their password again: sign in; the static token is refused here.");
        }
    }

    private static void mediaType(Request request) {
        if (request.body().length == 0) {
            return;
        }
        List<String> types = request.headers().all("Content-Type");
        String type = types.size() == 1 ? types.getFirst().split(";", 2)[0].strip() : "";
        if (!type.equalsIgnoreCase("application/json")) {
            throw new ApiRefusal(
                    Kind.INVALID,
                    "unsupported_media_type",
                    "A body must come as application/json.",
                    Map.of("status", UNSUPPORTED_MEDIA_TYPE));
        }
    }

    private StepUpTokens.Verdict.Valid stepUp(String action, Request request) {
        List<String> tokens = request.headers().all(STEP_UP_HEADER);
        if (tokens.size() != 1) {
            throw new ApiRefusal(
                    Kind.FORBIDDEN,
                    "step_up_required",
                    "This asks for a step-up: POST /v1/auth/step-up with the action " + action
                            + (resource(request).isEmpty() ? "" : " and the resourceId " + resource(request))
                            + ", then send its token once in " + STEP_UP_HEADER + ".");
        }
        String user = request.principal().entityUri().substring(Call.actor("").length());
        StepUpTokens.Binding wanted = new StepUpTokens.Binding(
                user, String.valueOf(request.principal().keyId()), action, resource(request));
        return switch (stepUps.verify(tokens.getFirst(), wanted)) {
            case StepUpTokens.Verdict.Valid valid -> valid;
            case StepUpTokens.Verdict.Refused refused -> throw refused(refused.reason());
        };
    }

    private static ApiRefusal refused(String reason) {
        return new ApiRefusal(
                Kind.FORBIDDEN,
                "step_up_invalid",
                "The step-up token cannot be used here (" + reason.replace('_', ' ') + "): ask for a fresh one.");
    }

    /** What a step-up is bound to beside its action: the thing of the path and, where the body names a plan, its digest. */
    private static String resource(Request request) {
        String target = target(request).orElse("");
        try {
            JsonNode plan = StrictJson.parse(request.body()).path("plan");
            return plan.isString() && DIGEST.matcher(plan.stringValue()).matches()
                    ? target + "/" + plan.stringValue()
                    : target;
        } catch (StrictJson.JsonRefused e) {
            return target;
        }
    }

    /** The thing that the path names. */
    static Optional<String> target(Request request) {
        try {
            return Optional.of(request.pathParameter("id"));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A request that was answered before is answered again without a second look: the chain may have moved since. */
    private Response check(
            SeatRoute route, SeatRoute.Work.Check check, Call call, StepUpTokens.Verdict.@Nullable Valid stepUp)
            throws Exception {
        if (route.idempotent()) {
            Idempotency.Key key = idempotency.key(route, call);
            Optional<Response> before = store.read(tx -> idempotency.find(tx, key));
            if (before.isPresent()) {
                return before.get();
            }
        }
        return change(route, check.check(call), call, stepUp);
    }

    private Response change(
            SeatRoute route, SeatRoute.Work.Change change, Call call, StepUpTokens.Verdict.@Nullable Valid stepUp) {
        Idempotency.@Nullable Key key = route.idempotent() ? idempotency.key(route, call) : null;
        return store.write(tx -> {
            if (key != null) {
                Optional<Response> before = idempotency.begin(tx, key);
                if (before.isPresent()) {
                    return before.get();
                }
            }
            Response response = once(tx, change, call, stepUp);
            if (key != null) {
                idempotency.finish(tx, key, response);
            }
            return response;
        });
    }

    private Response once(
            WriteTx tx, SeatRoute.Work.Change change, Call call, StepUpTokens.Verdict.@Nullable Valid stepUp)
            throws SQLException {
        if (stepUp != null && !stepUps.use(tx, stepUp)) {
            throw refused("used");
        }
        return change.change(tx, call);
    }
}
