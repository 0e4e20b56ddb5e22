package bulwark.gateway.control.posture;

import bulwark.gateway.control.identity.ObjectCredential;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.possession.SecurityProfile;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A tenant's posture beside an earlier one that somebody took for good, the ages of its keys, and how its subscriptions are bound to their senders. */
final class PostureDriftResource {
    static final AuditEventType BASELINE_SET =
            ControlEvent.of("posture_baseline_set", "what is observed of a tenant now was taken for its baseline");

    private static final String ID = "baseline";
    private static final String VERDICTS = "verdicts";
    private static final int MAX_ROWS = 100;
    private static final Duration MAX_KEY_AGE = Duration.ofDays(90);
    private static final BodySchema BASELINE = BodySchema.of("PostureBaseline")
            .text("tenant_id", 64)
            .time("set_at")
            .anyObject(VERDICTS);
    private static final BodySchema CHANGE = BodySchema.of("PostureDriftRow")
            .text("code", 100)
            .choice("was", "pass", "fail", "not_observed", "unknown")
            .choice("is", "pass", "fail", "not_observed")
            .text("detail", 2_000);
    private static final BodySchema DRIFT = BodySchema.of("PostureDrift")
            .text("tenant_id", 64)
            .time("baseline_set_at")
            .flag("drifted")
            .objects("changes", MAX_ROWS, CHANGE);
    private static final BodySchema HEALTH = BodySchema.of("SecretsHealth")
            .text("tenant_id", 64)
            .number("keys", 0, Long.MAX_VALUE)
            .number("older_than_90_days", 0, Long.MAX_VALUE)
            .number("oldest_age_seconds", 0, Long.MAX_VALUE)
            .texts("holders_to_rotate", MAX_ROWS);
    private static final BodySchema BINDING = BodySchema.of("TokenBinding")
            .text("tenant_id", 64)
            .number("subscriptions", 0, Long.MAX_VALUE)
            .number("bound_to_sender", 0, Long.MAX_VALUE)
            .anyObject("by_profile");

    private final ControlStore store;
    private final PostureObserver observer;

    PostureDriftResource(ControlStore store, PostureObserver observer) {
        this.store = store;
        this.observer = observer;
    }

    List<ControlOperation> operations() {
        String all = "/v1/security/{tenant}";
        return List.of(
                ControlOperation.permitted(
                                "POST",
                                all + "/baseline",
                                Permission.USERS_MANAGE,
                                "Take what is observed now for the tenant's baseline.")
                        .answers(200, BASELINE)
                        .handledBy(this::baseline),
                ControlOperation.permitted(
                                "GET",
                                all + "/drift",
                                Permission.SECURITY_READ,
                                "Compare what is observed now with the baseline.")
                        .answers(200, DRIFT)
                        .handledBy(this::drift),
                ControlOperation.permitted(
                                "GET",
                                all + "/secrets/health",
                                Permission.SECURITY_READ,
                                "Tell the ages of a tenant's keys.")
                        .answers(200, HEALTH)
                        .handledBy(this::health),
                ControlOperation.permitted(
                                "GET",
                                all + "/token-binding",
                                Permission.SECURITY_READ,
                                "Count the subscriptions whose credential works for its sender alone.")
                        .answers(200, BINDING)
                        .handledBy(this::binding));
    }

    private Map<String, Object> verdicts(ControlCall call) {
        Map<String, Object> verdicts = new TreeMap<>();
        observer.observe(call.scope()).forEach(each -> verdicts.put(each.code(), word(each)));
        return verdicts;
    }

    private static String word(Observation observation) {
        return observation.verdict().name().toLowerCase(Locale.ROOT);
    }

    private Response baseline(ControlCall call) {
        Map<String, Object> verdicts = verdicts(call);
        ControlObject kept = store.change(call.scope(), call.actor(), BASELINE_SET, change -> {
            Optional<ControlObject> before = change.find(ObjectKind.POSTURE_BASELINE, ID);
            Map<String, Object> fields = Map.of(VERDICTS, verdicts);
            return before.isPresent()
                    ? change.update(before.get().withFields(fields))
                    : change.create(ObjectKind.POSTURE_BASELINE, ID, ID, "current", fields, List.of(), 1);
        });
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tenant_id", call.scope().tenant());
        answer.put("set_at", kept.updated().toString());
        answer.put(VERDICTS, verdicts);
        return Response.json(200, answer);
    }

    private Response drift(ControlCall call) {
        ControlObject baseline = store.read(call.scope(), tx -> tx.find(ObjectKind.POSTURE_BASELINE, ID))
                .orElseThrow(() -> ObjectRefused.absent(ObjectKind.POSTURE_BASELINE));
        Map<?, ?> before = baseline.fields().get(VERDICTS) instanceof Map<?, ?> map ? map : Map.of();
        List<Map<String, Object>> changes = new ArrayList<>();
        for (Observation observed : observer.observe(call.scope())) {
            Object was = before.get(observed.code());
            if (!word(observed).equals(was)) {
                Map<String, Object> change = new LinkedHashMap<>();
                change.put("code", observed.code());
                change.put("was", was == null ? "unknown" : was);
                change.put("is", word(observed));
                change.put("detail", observed.sentence());
                changes.add(change);
            }
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tenant_id", call.scope().tenant());
        answer.put("baseline_set_at", baseline.updated().toString());
        answer.put("drifted", !changes.isEmpty());
        answer.put("changes", changes);
        return Response.json(200, answer);
    }

    private Response health(ControlCall call) {
        Instant now = store.clock().instant();
        List<ControlObject> holders = store.read(call.scope(), tx -> {
            List<ControlObject> all =
                    new ArrayList<>(tx.all(ObjectKind.SUBSCRIPTION, new ObjectFilter("active", null)));
            all.addAll(tx.all(ObjectKind.SERVICE_ACCOUNT, ObjectFilter.ALL));
            return all;
        });
        long keys = 0;
        long old = 0;
        long oldest = 0;
        List<String> toRotate = new ArrayList<>();
        for (ControlObject holder : holders) {
            boolean rotates = false;
            for (Map<String, Object> key : ObjectCredential.live(holder, now)) {
                Duration age = Duration.between(ObjectCredential.made(key), now);
                keys++;
                oldest = Math.max(oldest, age.toSeconds());
                if (age.compareTo(MAX_KEY_AGE) > 0) {
                    old++;
                    rotates = true;
                }
            }
            if (rotates && toRotate.size() < MAX_ROWS) {
                toRotate.add(holder.id());
            }
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tenant_id", call.scope().tenant());
        answer.put("keys", keys);
        answer.put("older_than_90_days", old);
        answer.put("oldest_age_seconds", oldest);
        answer.put("holders_to_rotate", toRotate);
        return Response.json(200, answer);
    }

    private Response binding(ControlCall call) {
        List<ControlObject> active =
                store.read(call.scope(), tx -> tx.all(ObjectKind.SUBSCRIPTION, new ObjectFilter("active", null)));
        Map<String, Object> byProfile = new TreeMap<>();
        long bound = 0;
        for (ControlObject subscription : active) {
            String name = subscription.text("security_profile");
            SecurityProfile profile = SecurityProfile.named(name);
            bound += profile != null && (profile.needsProof() || profile.needsCertificate()) ? 1 : 0;
            byProfile.merge(name, 1L, (a, b) -> (Long) a + (Long) b);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tenant_id", call.scope().tenant());
        answer.put("subscriptions", active.size());
        answer.put("bound_to_sender", bound);
        answer.put("by_profile", byProfile);
        return Response.json(200, answer);
    }
}
