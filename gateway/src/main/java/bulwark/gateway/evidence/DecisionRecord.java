package bulwark.gateway.evidence;

import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.TraceContext;
import bulwark.gateway.call.UnreadHead;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.gateway.route.ApiRoute;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.journal.JournalRecord;
import bulwark.kernel.json.JsonBuffer;
import bulwark.kernel.signing.Digests;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of one call, encoded as JSON by the journal's own thread. Inputs that may hold secrets are not in it: of the query its SHA-256, of headers and bodies nothing but lengths.
 *
 * @param tenant of the caller; where anybody may call, of the route
 * @param method {@code unknown} where no head could be read
 * @param target path and query as sent; empty where no head could be read
 * @param policyVersion of the routes and policies; empty where the call was matched to none
 * @param shadows what policies in shadow mode would have done
 * @param refusal null when the backend answered
 * @param rule that decided last, or null
 * @param cost calls that were counted against the caller's plan
 * @param phase {@link #OPEN} or {@link #END} of a call that has a record of both, else null
 */
record DecisionRecord(
        long atMillis,
        TraceContext trace,
        @Nullable String requestId,
        @Nullable String tenant,
        @Nullable Principal principal,
        String client,
        String method,
        String target,
        @Nullable String route,
        String policyVersion,
        List<String> shadows,
        @Nullable GatewayRefusal refusal,
        @Nullable String rule,
        int status,
        @Nullable String upstream,
        boolean complete,
        long requestBytes,
        long responseBytes,
        long durationNanos,
        int cost,
        @Nullable String phase)
        implements JournalRecord {
    static final String CALL = "call";

    /** The call is under way; a record of its end follows. */
    static final String OPEN = "open";

    /** The record of its opening went before. */
    static final String END = "end";

    private static final String UNKNOWN = "unknown";
    private static final int MAX_TEXT = 1_024;
    private static final int MAX_TARGET = 4_096;

    /** Of a call that has ended. */
    static DecisionRecord ended(GatewayCall call, CallOutcome outcome, long atMillis) {
        return of(call, atMillis, outcome.refusal(), outcome.status(), outcome, null);
    }

    /** Of the end of a call whose opening has a record. */
    static DecisionRecord closed(GatewayCall call, CallOutcome outcome, long atMillis) {
        return of(call, atMillis, outcome.refusal(), outcome.status(), outcome, END);
    }

    /** Of a call that lasts; its end has a record, unless the gateway is killed. */
    static DecisionRecord underWay(GatewayCall call, long atMillis) {
        CallOutcome outcome = new CallOutcome(0, null, null, false, 0, 0, System.nanoTime() - call.startNanos());
        return of(call, atMillis, null, 0, outcome, OPEN);
    }

    /** Of a call that changed to another protocol than HTTP; what passes from now on is in the record of its end. */
    static DecisionRecord opened(GatewayCall call, long atMillis) {
        CallOutcome outcome = new CallOutcome(101, null, null, true, 0, 0, System.nanoTime() - call.startNanos());
        return of(call, atMillis, null, outcome.status(), outcome, OPEN);
    }

    /** Of a request without a head: who sent it, and what was wrong. */
    static DecisionRecord unread(UnreadHead head, long atMillis) {
        return new DecisionRecord(
                atMillis,
                head.trace(),
                null,
                null,
                null,
                head.peer().host(),
                UNKNOWN,
                "",
                null,
                "",
                List.of(),
                head.refusal(),
                null,
                GatewayWireErrors.of(head.refusal()).status(),
                null,
                true,
                0,
                0,
                0,
                0,
                null);
    }

    /** Of a call that is going to be refused. */
    static DecisionRecord refused(GatewayCall call, GatewayRefusal refusal, long atMillis) {
        CallOutcome outcome = new CallOutcome(
                GatewayWireErrors.of(refusal).status(),
                refusal,
                null,
                true,
                0,
                0,
                System.nanoTime() - call.startNanos());
        return of(call, atMillis, refusal, outcome.status(), outcome, null);
    }

    private static DecisionRecord of(
            GatewayCall call,
            long atMillis,
            @Nullable GatewayRefusal refusal,
            int status,
            CallOutcome outcome,
            @Nullable String phase) {
        ApiRoute route = call.route();
        return new DecisionRecord(
                atMillis,
                call.trace(),
                call.head().value("x-request-id"),
                tenant(call.principal(), route),
                call.principal(),
                call.peer().host(),
                call.head().method(),
                cut(call.head().target(), MAX_TARGET),
                route == null ? null : route.id(),
                call.policyVersion(),
                List.copyOf(call.shadowDecisions()),
                refusal,
                call.decidedBy(),
                status,
                outcome.upstream(),
                outcome.complete(),
                outcome.requestBytes(),
                outcome.responseBytes(),
                outcome.durationNanos(),
                call.cost(),
                phase);
    }

    private static @Nullable String tenant(@Nullable Principal principal, @Nullable ApiRoute route) {
        if (principal != null) {
            return principal.tenant();
        }
        return route != null && route.callers() == ApiRoute.Callers.ANYBODY ? route.tenantId() : null;
    }

    @Override
    public void write(JsonBuffer out) {
        out.raw("{\"v\":1,\"kind\":\"").raw(CALL).raw("\",\"at\":\"");
        out.zuluMillis(atMillis).raw("\",\"trace\":\"").hex16(trace.traceHigh()).hex16(trace.traceLow());
        out.raw("\",\"span\":\"").hex16(trace.span()).raw("\"");
        text(out, ",\"request_id\":", requestId);
        text(out, ",\"tenant\":", tenant);
        text(out, ",\"principal\":", principal == null ? null : principal.entityUri());
        text(out, ",\"credential\":", principal == null ? null : principal.keyId());
        text(out, ",\"client\":", client);
        text(out, ",\"method\":", method);
        int query = target.indexOf('?');
        out.raw(",\"path\":").string(target, Math.min(MAX_TEXT, query < 0 ? target.length() : query));
        text(out, ",\"query_sha256\":", query < 0 ? null : Digests.sha256Hex(target.substring(query + 1)));
        text(out, ",\"route\":", route);
        text(out, ",\"policy_version\":", policyVersion.isEmpty() ? null : policyVersion);
        text(out, ",\"decision\":", refusal == null ? "allow" : "refuse");
        text(out, ",\"rule\":", rule);
        text(out, ",\"shadow\":", shadows.isEmpty() ? null : String.join(", ", shadows));
        text(out, ",\"code\":", refusal == null ? null : refusal.code());
        text(out, ",\"sentence\":", refusal == null ? null : RefusalSentences.of(refusal));
        out.raw(",\"status\":").number(status);
        text(out, ",\"upstream\":", upstream);
        out.raw(complete ? ",\"complete\":true" : ",\"complete\":false");
        out.raw(",\"request_bytes\":").number(requestBytes);
        out.raw(",\"response_bytes\":").number(responseBytes);
        text(out, ",\"phase\":", phase);
        out.raw(",\"cost\":").number(cost);
        out.raw(",\"duration_us\":").number(durationNanos / 1_000).raw("}");
    }

    private static void text(JsonBuffer out, String member, @Nullable String value) {
        if (value != null) {
            out.raw(member).string(value, MAX_TEXT);
        }
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max);
    }
}
