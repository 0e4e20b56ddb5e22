package bulwark.gateway.caller;

import bulwark.gateway.apikey.ApplicationClients;
import bulwark.gateway.apikey.ConsumerKeyVerdict;
import bulwark.gateway.identity.TokenFault;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import io.micrometer.core.instrument.Counter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Counts what the identity stage refuses; every series is there from the first scrape. Thread-safe. */
public final class IdentityMetrics {
    private static final String TOKEN_FAILURES = "stoa_jwt_validation_failures";
    private static final String KEY_FAILURES = "stoa_api_key_validation_failures";
    private static final String NOT_LOOKED_AT = "stoa_first_sight_rejected";
    private static final String SHARED = "stoa_shared_identity_reachable";
    private static final String FORGED = "stoa_shared_orders_refused";
    private static final String KNOWN_TOKENS = "stoa_jwt_cached_tokens";

    public static final List<MetricDescription> DESCRIPTIONS = List.of(
            MetricDescription.counter(TOKEN_FAILURES, "calls whose access token was missing or refused", "reason"),
            MetricDescription.counter(KEY_FAILURES, "calls whose API key was refused", "reason"),
            MetricDescription.counter(
                    NOT_LOOKED_AT, "calls with a new credential that could not be looked at now", "reason"),
            MetricDescription.gauge(
                    SHARED,
                    "1 while the Redis answers that proofs and revocations are shared through; at 0 proofs are refused and orders of other gateways unknown"),
            MetricDescription.counter(
                    FORGED, "looks at Redis that met a revocation which STOA_REDIS_ORDER_KEY does not vouch for"),
            MetricDescription.gauge(KNOWN_TOKENS, "verified tokens that are remembered"));

    private final Map<TokenFault, Counter> faults = new EnumMap<>(TokenFault.class);
    private final Map<ConsumerKeyVerdict.Reason, Counter> keys = new EnumMap<>(ConsumerKeyVerdict.Reason.class);
    private final Map<String, Counter> others;
    private final Map<String, Counter> notNow;

    public IdentityMetrics(Metrics metrics, LongSupplier knownTokens) {
        for (TokenFault fault : TokenFault.values()) {
            faults.put(fault, metrics.counter(TOKEN_FAILURES, "reason", fault.code()));
        }
        for (ConsumerKeyVerdict.Reason reason : ConsumerKeyVerdict.Reason.values()) {
            keys.put(reason, metrics.counter(KEY_FAILURES, "reason", reason.code()));
        }
        others = Stream.concat(
                        Stream.of("no_tenant", "keys_unavailable"),
                        Arrays.stream(ApplicationClients.Reason.values()).map(ApplicationClients.Reason::code))
                .collect(Collectors.toMap(
                        reason -> reason, reason -> metrics.counter(TOKEN_FAILURES, "reason", reason)));
        notNow = Arrays.stream(new String[] {"too_many_new", "overloaded"})
                .collect(
                        Collectors.toMap(reason -> reason, reason -> metrics.counter(NOT_LOOKED_AT, "reason", reason)));
        metrics.gauge(KNOWN_TOKENS, knownTokens::getAsLong);
    }

    static void shared(Metrics metrics, BooleanSupplier reachable) {
        metrics.gauge(SHARED, () -> reachable.getAsBoolean() ? 1 : 0);
    }

    static void orderRefused(Metrics metrics) {
        metrics.count(FORGED);
    }

    void refused(TokenFault fault) {
        increment(faults.get(fault));
    }

    void refused(ConsumerKeyVerdict.Reason reason) {
        increment(keys.get(reason));
    }

    /** @param reason {@code no_tenant}, {@code keys_unavailable}, or why an application's call is refused */
    void refused(String reason) {
        increment(others.get(reason));
    }

    /** @param reason {@code too_many_new} or {@code overloaded} */
    void notNow(String reason) {
        increment(notNow.get(reason));
    }

    private static void increment(@org.jspecify.annotations.Nullable Counter counter) {
        if (counter != null) {
            counter.increment();
        }
    }
}
