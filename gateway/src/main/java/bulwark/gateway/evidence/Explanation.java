package bulwark.gateway.evidence;

import bulwark.kernel.error.PrintableText;
import java.util.ArrayList;
import java.util.List;

/** Tells in sentences what a record says: who called what, why the call was let through or refused, what came of it, and what the caller or the operator can do. */
public final class Explanation {
    private Explanation() {}

    /** One sentence each. */
    public static List<String> of(RecordedDecision record) {
        return record.isCall() ? call(record) : suppressed(record);
    }

    private static List<String> call(RecordedDecision record) {
        List<String> sentences = new ArrayList<>();
        sentences.add("At " + text(record, "at") + " " + caller(record) + " sent " + text(record, "method") + " "
                + text(record, "path")
                + (record.text("query_sha256").isEmpty()
                        ? ""
                        : " with a query (SHA-256 " + text(record, "query_sha256") + ")")
                + " from " + text(record, "client") + ".");
        if (record.text("decision").equals("allow")) {
            allowed(record, sentences);
        } else {
            refused(record, sentences);
        }
        if (!record.text("shadow").isEmpty()) {
            sentences.add("Policies in shadow mode changed nothing and would have done this: " + text(record, "shadow")
                    + ".");
        }
        sentences.add("This is record " + record.number() + " of the journal, trace " + text(record, "trace")
                + (record.text("request_id").isEmpty() ? "" : ", request " + text(record, "request_id")) + ".");
        return sentences;
    }

    private static String caller(RecordedDecision record) {
        return record.text("principal").isEmpty()
                ? "a caller that was not known"
                : text(record, "principal") + " of tenant " + text(record, "tenant")
                        + (record.text("credential").isEmpty()
                                ? ""
                                : " (credential " + text(record, "credential") + ")");
    }

    private static void allowed(RecordedDecision record, List<String> sentences) {
        sentences.add("The gateway let the call through"
                + optional(record, "route", " on route ")
                + optional(record, "policy_version", ", policies of version ")
                + (record.text("rule").isEmpty()
                        ? ": identity, quota, permission and policies had nothing against it."
                        : "; the rule that decided last is " + text(record, "rule") + "."));
        boolean local = record.text("upstream").isEmpty() && record.text("rule").startsWith("policy ");
        String upstream = local
                ? "No backend was asked: the gateway itself"
                : record.text("upstream").isEmpty() ? "The backend" : text(record, "upstream");
        long status = record.number("status");
        if (record.text("phase").equals(DecisionRecord.OPEN)) {
            sentences.add(
                    "It was under way when this was written. A record of its end follows under the same trace; where none does, the call is still open, or the gateway was killed before it ended.");
            return;
        }
        sentences.add(
                status == 0
                        ? "The caller was gone before an answer began."
                        : upstream + " answered " + status + " after " + millis(record) + " ms: "
                                + record.number("request_bytes") + " bytes went to it, "
                                + record.number("response_bytes") + " came back"
                                + (Boolean.TRUE.equals(record.members().get("complete"))
                                        ? "."
                                        : ", and the answer did not reach the caller whole."));
        long cost = record.number("cost");
        sentences.add(
                cost == 0
                        ? "It cost the caller's plan nothing."
                        : "It cost the caller's plan " + cost + (cost == 1 ? " call." : " calls."));
    }

    private static void refused(RecordedDecision record, List<String> sentences) {
        sentences.add("The gateway refused the call with " + record.number("status") + " ("
                + text(record, "code") + ")"
                + optional(record, "route", " on route ")
                + optional(record, "rule", ", by the rule ")
                + ": " + ended(text(record, "sentence")));
        sentences.add(remedy(record.text("code")));
    }

    /** By code, and by the group of the code where a group has one remedy. */
    static String remedy(String code) {
        return switch (code) {
            case "quota_exceeded" ->
                "The caller may call again after the time in Retry-After; a plan with higher limits lifts the limit.";
            case "quota_unavailable" ->
                "Look at the Redis that STOA_REDIS_URL names; on_store_failure of the plan says what holds without it.";
            case "proofs_unavailable" ->
                "Look at the Redis that STOA_REDIS_URL names; without one, too many proofs of possession came within ten minutes.";
            case "evidence_unavailable" ->
                "Make room on the disk of STOA_STATE_DIR, or look why it does not answer; a route with evidence: best-effort goes on without records.";
            case "no_route", "route_not_activated" ->
                "Compare the path with the routes: GET /admin/apis lists them, and whether each is activated.";
            case "method_not_allowed" -> "Use a method that Allow names, or add it to the route.";
            case "no_validator" ->
                "Configure what tells callers apart: STOA_KEYCLOAK_URL, API keys, or the local issuer.";
            case "backend_blocked" ->
                "The backend's address is private or reserved: STOA_SSRF__ALLOWED_CIDRS or STOA_SSRF__ALLOWED_HOSTS can allow it, if it is meant.";
            case "no_upstream", "circuit_open", "connect_failed", "bad_gateway", "gateway_timeout" ->
                "Look at the backend: the gateway did its part, and the backend did not answer as HTTP asks.";
            case "policy_denied" ->
                "Look at the policy that the rule names; in mode shadow it would only have been counted.";
            case "malformed_request",
                    "ambiguous_path",
                    "version_not_supported",
                    "method_not_implemented",
                    "target_too_long",
                    "headers_too_large",
                    "body_too_large",
                    "request_timeout" ->
                "The request itself is at fault: the sentence above says what to change in it.";
            case "internal_error" -> "This is a fault of the gateway: its log has the cause under the trace above.";
            default ->
                "The caller needs another credential, or rights that it does not have: the sentence above says which.";
        };
    }

    private static List<String> suppressed(RecordedDecision record) {
        String caller = record.text("principal").isEmpty() ? text(record, "client") : text(record, "principal");
        return List.of("In the minute from " + text(record, "minute") + " the gateway "
                + (record.text("decision").equals("allow") ? "answered " : "refused ") + record.number("count")
                + " more calls of " + caller + " with " + text(record, "code")
                + ", which have no record of their own.");
    }

    private static String optional(RecordedDecision record, String member, String before) {
        return record.text(member).isEmpty() ? "" : before + text(record, member);
    }

    private static String ended(String sentence) {
        return sentence.isEmpty() || ".!?".indexOf(sentence.charAt(sentence.length() - 1)) < 0
                ? sentence + "."
                : sentence;
    }

    private static String millis(RecordedDecision record) {
        long micros = record.number("duration_us");
        return micros / 1_000 + "." + micros % 1_000 / 100;
    }

    private static String text(RecordedDecision record, String member) {
        return PrintableText.of(record.text(member));
    }
}
