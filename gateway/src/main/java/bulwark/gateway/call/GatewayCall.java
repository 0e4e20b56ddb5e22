package bulwark.gateway.call;

import bulwark.gateway.http1.HeaderName;
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
    private @Nullable List<String> joinedFields;
    private @Nullable List<String> backendFields;
    private @Nullable List<String> joinedBackendFields;
    private @Nullable List<String> shadowDecisions;
    private CallPolicies policies = CallPolicies.NONE;
    private String policyVersion = "";
    private int cost;
    private @Nullable LocalAnswer localAnswer;
    private @Nullable List<AnswerCopy> answerCopies;
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
        /** That the call opened is written; its end will be. */
        OPENED,
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

    /** Of the route that the call was matched to. */
    public CallPolicies policies() {
        return policies;
    }

    /** Of the routes and policies that the call is decided by; empty before it is matched. */
    public String policyVersion() {
        return policyVersion;
    }

    public void policies(CallPolicies ofRoute, String version) {
        policies = ofRoute;
        policyVersion = version;
    }

    /** Calls that were counted against the caller's plan for this one; 0 when none was. */
    public int cost() {
        return cost;
    }

    public void cost(int calls) {
        cost = calls;
    }

    /** What a policy in shadow mode would have done, for the decision record. */
    public void addShadowDecision(String decision) {
        if (shadowDecisions == null) {
            shadowDecisions = new ArrayList<>(2);
        }
        shadowDecisions.add(decision);
    }

    public List<String> shadowDecisions() {
        return shadowDecisions == null ? List.of() : shadowDecisions;
    }

    /** The backend's answer is copied while it passes. */
    public void addAnswerCopy(AnswerCopy copy) {
        if (answerCopies == null) {
            answerCopies = new ArrayList<>(1);
        }
        answerCopies.add(copy);
    }

    public List<AnswerCopy> answerCopies() {
        return answerCopies == null ? List.of() : answerCopies;
    }

    /** The answer that is given in place of the backend's, or null. */
    public @Nullable LocalAnswer localAnswer() {
        return localAnswer;
    }

    public void localAnswer(LocalAnswer answer) {
        localAnswer = answer;
    }

    public Evidence evidence() {
        return evidence;
    }

    public void evidence(Evidence state) {
        evidence = state;
    }

    /** A header line on the answer, whatever the answer is. A backend's line of the same name is dropped; with an empty value nothing takes its place. */
    public void addAnswerField(String name, String value) {
        answerFields = added(answerFields, name, value);
    }

    /** As {@link #addAnswerField}, in place of a line of this name that was added before. */
    public void setAnswerField(String name, String value) {
        if (answerFields != null) {
            for (int i = answerFields.size() - 2; i >= 0; i -= 2) {
                if (HeaderName.isSame(answerFields.get(i), name)) {
                    answerFields.remove(i + 1);
                    answerFields.remove(i);
                }
            }
        }
        addAnswerField(name, value);
    }

    /** Names and values in turn. */
    public List<String> answerFields() {
        return answerFields == null ? List.of() : answerFields;
    }

    /** A header line on the answer beside those of the backend of the same name, such as {@code Vary}; the same line is added once. */
    public void joinAnswerField(String name, String value) {
        List<String> joined = joinedAnswerFields();
        for (int i = 0; i + 1 < joined.size(); i += 2) {
            if (joined.get(i).equals(name) && joined.get(i + 1).equals(value)) {
                return;
            }
        }
        joinedFields = added(joinedFields, name, value);
    }

    /** Names and values in turn. */
    public List<String> joinedAnswerFields() {
        return joinedFields == null ? List.of() : joinedFields;
    }

    /** Takes back the lines that were added after these, so that an answer does not show which route was found. @param fields size of {@link #answerFields} @param joined size of {@link #joinedAnswerFields} */
    public void keepAnswerFields(int fields, int joined) {
        if (answerFields != null && answerFields.size() > fields) {
            answerFields.subList(fields, answerFields.size()).clear();
        }
        if (joinedFields != null && joinedFields.size() > joined) {
            joinedFields.subList(joined, joinedFields.size()).clear();
        }
    }

    /** Lines of both kinds, for an answer of the gateway's own. */
    public List<String> allAnswerFields() {
        if (joinedFields == null) {
            return answerFields();
        }
        List<String> all = new ArrayList<>(answerFields());
        all.addAll(joinedFields);
        return all;
    }

    /**
     * A header line on the request to the backend. The client's own line of this name is dropped, and what the client names in {@code Connection} does not remove this one. With an empty
     * value the client's line is dropped and nothing takes its place.
     */
    public void addBackendField(String name, String value) {
        backendFields = added(backendFields, name, value);
    }

    /** Names and values in turn. */
    public List<String> backendFields() {
        return backendFields == null ? List.of() : backendFields;
    }

    /** A header line on the request to the backend beside those of the client of the same name. */
    public void joinBackendField(String name, String value) {
        joinedBackendFields = added(joinedBackendFields, name, value);
    }

    /** Names and values in turn. */
    public List<String> joinedBackendFields() {
        return joinedBackendFields == null ? List.of() : joinedBackendFields;
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
