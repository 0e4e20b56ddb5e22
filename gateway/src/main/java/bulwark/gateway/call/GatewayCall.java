package bulwark.gateway.call;

import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.route.ApiRoute;
import bulwark.kernel.access.Principal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call: what came in, what the stages found out, how it ended. Head and peer may be read on any thread; slots are written by one stage at a time, on the event loop or
 * before the stage's future is completed. Not otherwise thread-safe.
 */
public final class GatewayCall {
    private final RawRequestHead head;
    private final CallPeer peer;
    private final TraceContext trace;
    private final long startNanos;
    private @Nullable ApiRoute route;
    private @Nullable Principal principal;
    private @Nullable String decidedBy;
    private @Nullable List<String> answerFields;
    private @Nullable List<String> backendFields;
    private @Nullable List<CallEndListener> endListeners;
    private @Nullable CallOutcome outcome;
    private Evidence evidence = Evidence.UNDECIDED;

    /** What becomes of the call's decision record. */
    public enum Evidence {
        /** No stage has seen to it yet. */
        UNDECIDED,
        /** There is room for it, to be used at the end. */
        RESERVED,
        /** It is written. */
        RECORDED,
        /** There will be none. */
        NONE
    }

    public GatewayCall(RawRequestHead head, CallPeer peer, TraceContext trace, long startNanos) {
        this.head = head;
        this.peer = peer;
        this.trace = trace;
        this.startNanos = startNanos;
    }

    public RawRequestHead head() {
        return head;
    }

    public CallPeer peer() {
        return peer;
    }

    /** Its trace id is the id of the call: in {@code X-Stoa-Trace-Id}, in logs and in the decision record. */
    public TraceContext trace() {
        return trace;
    }

    /** When the head was complete, by the time of the data plane: {@link System#nanoTime} in the program. */
    public long startNanos() {
        return startNanos;
    }

    /** Null for an endpoint of the gateway's own, and where no route takes the request. */
    public @Nullable ApiRoute route() {
        return route;
    }

    public void route(ApiRoute found) {
        route = found;
    }

    /** Null until the identity stage passed. */
    public @Nullable Principal principal() {
        return principal;
    }

    public void principal(Principal found) {
        principal = found;
    }

    /** The rule or policy that decided, for the decision record; the last one wins. */
    public @Nullable String decidedBy() {
        return decidedBy;
    }

    public void decidedBy(String rule) {
        decidedBy = rule;
    }

    public Evidence evidence() {
        return evidence;
    }

    public void evidence(Evidence state) {
        evidence = state;
    }

    /** A header line on the answer, whatever the answer is. A backend's line of the same name is dropped. */
    public void addAnswerField(String name, String value) {
        answerFields = added(answerFields, name, value);
    }

    /** Names and values in turn. */
    public List<String> answerFields() {
        return answerFields == null ? List.of() : answerFields;
    }

    /** A header line on the request to the backend. The client's own line of this name is dropped, and what the client names in {@code Connection} does not remove this one. */
    public void addBackendField(String name, String value) {
        backendFields = added(backendFields, name, value);
    }

    /** Names and values in turn. */
    public List<String> backendFields() {
        return backendFields == null ? List.of() : backendFields;
    }

    /** For what belongs to this call alone, such as giving back a reservation. Runs before the listeners of the pipeline. */
    public void onEnd(CallEndListener listener) {
        if (endListeners == null) {
            endListeners = new ArrayList<>(2);
        }
        endListeners.add(listener);
    }

    /** Null while the call is under way. */
    public @Nullable CallOutcome outcome() {
        return outcome;
    }

    public boolean hasEnded() {
        return outcome != null;
    }

    /** Tells the listeners, once; a second end is ignored. */
    public void end(CallOutcome how, List<CallEndListener> ofPipeline) {
        if (outcome != null) {
            return;
        }
        outcome = how;
        if (endListeners != null) {
            for (CallEndListener listener : endListeners) {
                listener.ended(this);
            }
        }
        for (int i = 0; i < ofPipeline.size(); i++) {
            ofPipeline.get(i).ended(this);
        }
    }

    private static List<String> added(@Nullable List<String> fields, String name, String value) {
        List<String> more = fields == null ? new ArrayList<>(8) : fields;
        more.add(name);
        more.add(value);
        return more;
    }
}
