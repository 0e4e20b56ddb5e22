package bulwark.gateway.enforcement;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyMode;
import bulwark.gateway.policy.PolicyType;
import bulwark.gateway.refusal.GatewayRefusal;
import io.micrometer.core.instrument.Counter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A policy and what carries it out. Thread-safe. */
final class BoundPolicy {
    private static final List<String> OUTCOMES = List.of("pass", "refuse", "change", "answer", "log");

    /** Only a caching policy in mode shadow has it: it keeps nothing, so that it cannot say what would have been found. */
    private static final String LOOK_UP = "look_up";

    private final ApiPolicy policy;
    private final PolicyExecutor executor;
    private final Map<String, Counter> counters;
    private final String rule;

    BoundPolicy(ApiPolicy policy, PolicyExecutor executor, PolicyMetrics metrics) {
        this.policy = policy;
        this.executor = executor;
        this.rule = "policy " + policy.id();
        this.counters = Stream.concat(OUTCOMES.stream(), Stream.of(LOOK_UP).filter(word -> isCachingShadow(policy)))
                .collect(Collectors.toMap(word -> word, word -> metrics.counter(policy, word)));
    }

    private static boolean isCachingShadow(ApiPolicy policy) {
        return policy.type() == PolicyType.CACHING && policy.mode() == PolicyMode.SHADOW;
    }

    ApiPolicy policy() {
        return policy;
    }

    /** @return why the call is refused, or null */
    @Nullable
    GatewayRefusal carryOut(GatewayCall call) {
        PolicyVerdict verdict = executor.decide(call);
        Counter counter = counters.get(verdict.word());
        if (counter != null) {
            counter.increment();
        }
        if (policy.mode() == PolicyMode.SHADOW) {
            if (!verdict.word().equals(PolicyVerdict.PASS.word())) {
                call.addShadowDecision(policy.id() + "=" + verdict.word());
            }
            return null;
        }
        return switch (verdict) {
            case PolicyVerdict.Pass _ -> null;
            case PolicyVerdict.Effect effect -> {
                effect.action().accept(call);
                if (effect.word().equals("answer")) {
                    call.decidedBy(rule);
                }
                yield null;
            }
            case PolicyVerdict.Refuse refuse -> {
                call.decidedBy(rule);
                List<String> fields = refuse.fields();
                for (int i = 0; i + 1 < fields.size(); i += 2) {
                    call.setAnswerField(fields.get(i), fields.get(i + 1));
                }
                yield refuse.refusal();
            }
        };
    }
}
