package bulwark.gateway.enforcement;

import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.policy.LoggingRule;
import bulwark.gateway.route.ApiRoute;
import bulwark.kernel.access.Principal;
import bulwark.kernel.error.PrintableText;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a line when a call of the sample has ended. The query is not in it, since it may hold what nobody should read. Immutable. */
final class LoggingExecutor implements PolicyExecutor {
    private static final Logger LOG = LoggerFactory.getLogger("bulwark.gateway.calls");
    private static final int MAX_VALUE = 200;
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final String policy;
    private final LoggingRule rule;

    LoggingExecutor(String policy, LoggingRule rule) {
        this.policy = policy;
        this.rule = rule;
    }

    @Override
    public PolicyVerdict decide(GatewayCall call) {
        return isSampled(call.trace().traceLow())
                ? new PolicyVerdict.Effect("log", same -> same.onEnd(ended -> LOG.info("{}", line(ended))))
                : PolicyVerdict.PASS;
    }

    /** By the trace, so that each gateway that a call passes comes to the same. */
    private boolean isSampled(long trace) {
        return Long.remainderUnsigned(trace * SPREAD, 100) < rule.samplePercent();
    }

    String line(GatewayCall call) {
        StringBuilder line = new StringBuilder(200);
        line.append("call ").append(call.trace().traceId()).append(" policy ").append(policy);
        ApiRoute route = call.route();
        add(line, "route", route == null ? "" : route.id());
        Principal principal = call.principal();
        add(line, "tenant", principal == null ? "" : principal.tenant());
        add(line, "principal", principal == null ? "" : principal.entityUri());
        add(line, "client", call.peer().host());
        add(line, "method", call.head().method());
        add(line, "path", call.head().path());
        CallOutcome outcome = call.outcome();
        if (outcome != null) {
            add(line, "status", Integer.toString(outcome.status()));
            add(line, "code", outcome.refusal() == null ? "" : outcome.refusal().code());
            add(line, "micros", Long.toString(outcome.durationNanos() / 1_000));
        }
        for (String name : rule.headers()) {
            List<String> values = call.head().values(name.toLowerCase(Locale.ROOT));
            add(line, "header " + name, String.join(", ", values));
        }
        return line.toString();
    }

    private static void add(StringBuilder line, String name, String value) {
        if (!value.isEmpty()) {
            line.append("; ").append(name).append(' ').append(PrintableText.of(value, MAX_VALUE));
        }
    }
}
