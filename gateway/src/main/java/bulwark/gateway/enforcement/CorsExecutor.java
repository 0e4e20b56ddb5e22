package bulwark.gateway.enforcement;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.LocalAnswer;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.policy.CorsRule;
import bulwark.gateway.refusal.GatewayRefusal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says on every answer which page may read it, refusals of the gateway included, and answers preflights (Fetch standard, HTTP extensions). Immutable. */
final class CorsExecutor implements PolicyExecutor {
    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
    private static final String ALLOW_CREDENTIALS = "Access-Control-Allow-Credentials";
    private static final String EXPOSE_HEADERS = "Access-Control-Expose-Headers";
    private static final String PREFLIGHT_VARY = "Access-Control-Request-Method, Access-Control-Request-Headers";

    private final String policy;
    private final CorsRule rule;
    private final Set<String> headers;
    private final String methodList;
    private final String headerList;
    private final String exposedList;

    CorsExecutor(String policy, CorsRule rule) {
        this.policy = policy;
        this.rule = rule;
        this.headers = rule.headers().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        this.methodList = String.join(", ", rule.methods());
        this.headerList = String.join(", ", rule.headers());
        this.exposedList = String.join(", ", rule.exposed());
    }

    @Override
    public PolicyVerdict decide(GatewayCall call) {
        String origin = origin(call.head());
        boolean allowed = origin != null && isAllowed(origin);
        String asked = origin == null || !call.head().method().equals("OPTIONS")
                ? null
                : call.head().value("access-control-request-method");
        if (asked == null) {
            return new PolicyVerdict.Effect(
                    origin == null || allowed ? "pass" : "change", same -> mark(same, allowed ? origin : null));
        }
        String problem = allowed
                ? preflightProblem(asked, call.head().value("access-control-request-headers"))
                : "Pages of this origin may not call this API.";
        if (problem != null) {
            return new PolicyVerdict.Refuse(
                    new GatewayRefusal.PolicyDenied(policy, 403, problem), refused(allowed, origin));
        }
        return new PolicyVerdict.Effect("answer", same -> answer(same, origin));
    }

    /** Marks the answers to requests that no route takes. */
    RequestStage marker() {
        return call -> {
            String origin = origin(call.head());
            mark(call, origin != null && isAllowed(origin) ? origin : null);
            return StageResult.PASS;
        };
    }

    /** Null when there is none. Several make an origin that nobody allows. */
    private static @Nullable String origin(RawRequestHead head) {
        String first = head.value("origin");
        return first == null || head.values("origin").size() == 1 ? first : "null";
    }

    private boolean isAllowed(String origin) {
        return rule.origins().contains(origin) || rule.origins().contains(CorsRule.ANY);
    }

    private @Nullable String preflightProblem(String method, @Nullable String names) {
        if (!rule.methods().contains(method)) {
            return "Pages of other origins may not use this method here.";
        }
        boolean known = names == null
                || Arrays.stream(names.split(","))
                        .map(name -> name.strip().toLowerCase(Locale.ROOT))
                        .allMatch(name -> name.isEmpty() || headers.contains(name));
        return known ? null : "Pages of other origins may not send one of these headers here.";
    }

    /** What a backend says of origins never counts. @param origin that may read the answer, or null */
    private void mark(GatewayCall call, @Nullable String origin) {
        boolean any = rule.origins().contains(CorsRule.ANY);
        call.setAnswerField(ALLOW_ORIGIN, origin == null ? "" : any ? CorsRule.ANY : origin);
        call.setAnswerField(ALLOW_CREDENTIALS, origin != null && rule.credentials() ? "true" : "");
        call.setAnswerField(EXPOSE_HEADERS, origin == null ? "" : exposedList);
        if (!any) {
            call.joinAnswerField("Vary", "Origin");
        }
    }

    /** A page that may read answers may read why its preflight failed. */
    private List<String> refused(boolean allowed, @Nullable String origin) {
        boolean any = rule.origins().contains(CorsRule.ANY);
        return List.of(
                ALLOW_ORIGIN,
                !allowed || origin == null ? "" : any ? CorsRule.ANY : origin,
                ALLOW_CREDENTIALS,
                "",
                EXPOSE_HEADERS,
                "",
                "Vary",
                "Origin, " + PREFLIGHT_VARY);
    }

    private void answer(GatewayCall call, @Nullable String origin) {
        mark(call, origin);
        call.setAnswerField(EXPOSE_HEADERS, "");
        call.joinAnswerField("Vary", PREFLIGHT_VARY);
        call.localAnswer(new LocalAnswer(
                204,
                "",
                new byte[0],
                List.of(
                        "Access-Control-Allow-Methods",
                        methodList,
                        "Access-Control-Allow-Headers",
                        headerList,
                        "Access-Control-Max-Age",
                        Long.toString(rule.maxAge().toSeconds()))));
    }
}
