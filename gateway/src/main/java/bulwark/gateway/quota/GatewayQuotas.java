package bulwark.gateway.quota;

import bulwark.gateway.call.RequestStage;
import bulwark.gateway.redis.SharedRedis;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.quota.PlanQuotaFile;
import bulwark.kernel.quota.PlanQuotas;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.SlidingWindowLimiter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The quotas of one gateway: their stage, what the admin API sees of them, and the file that carries counts over a restart. Thread-safe. */
public final class GatewayQuotas implements AutoCloseable {
    /** Everything that quotas count and show. */
    public static final List<MetricDescription> METRICS = List.of(
            MetricDescription.counter(
                    QuotaStage.HITS,
                    "calls that a quota refused; the tenant as the first 16 hex digits of its SHA-256",
                    "tenant"),
            MetricDescription.counter(SharedCounters.FAILURES, "times that the shared counters were lost"),
            MetricDescription.counter(SharedCounters.DECISIONS, "calls decided without the shared counters", "policy"),
            MetricDescription.gauge("stoa_rate_limit_buckets", "consumers whose calls are counted"));

    private static final int MAX_CONSUMERS = 200_000;
    private static final int MAX_TENANTS = 10_000;
    private static final long MAX_SETTING = 1_000_000_000L;
    private static final String STANDARD = "default";

    private final QuotaCounters counters;
    private final PlanQuotas quotas;
    private final PlanTable plans;
    private final RequestStage stage;
    private final PlanQuotaFile file;
    private @Nullable PlanFile planFile;

    private GatewayQuotas(
            Configuration settings, Path stateFolder, @Nullable SharedRedis redis, Metrics metrics, Clock clock) {
        quotas = new PlanQuotas(MAX_CONSUMERS, clock);
        counters = redis == null
                ? new LocalCounters(quotas)
                : new SharedCounters(redis, SharedCounters.ANSWER_TIMEOUT, metrics, clock);
        plans = new PlanTable(QuotaPlan.basic(
                STANDARD,
                settings.count("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE"),
                settings.count("STOA_QUOTA_DEFAULT_DAILY_LIMIT")));
        SlidingWindowLimiter tenants = new SlidingWindowLimiter(
                settings.count("STOA_RATE_LIMIT_DEFAULT"),
                Duration.ofSeconds(settings.count("STOA_RATE_LIMIT_WINDOW_SECONDS")),
                MAX_TENANTS,
                clock);
        stage = settings.flag("STOA_QUOTA_ENFORCEMENT_ENABLED")
                ? new QuotaStage(counters, plans, tenants, metrics)
                : RequestStage.PASS;
        file = PlanQuotaFile.restore(
                quotas,
                stateFolder.resolve("quotas"),
                Duration.ofSeconds(settings.count("STOA_QUOTA_SYNC_INTERVAL_SECS")));
        metrics.gauge("stoa_rate_limit_buckets", quotas::size);
    }

    /**
     * @param stateFolder owner-only; counts are written there every {@code STOA_QUOTA_SYNC_INTERVAL_SECS}, which is what a crash forgets at most
     * @param redis that gateways share counts through, closed with this; null for none
     */
    public static GatewayQuotas open(
            Configuration settings, Path stateFolder, @Nullable SharedRedis redis, Metrics metrics, Clock clock) {
        return new GatewayQuotas(settings, stateFolder, redis, metrics, clock);
    }

    /** The operator's own plans, where a file of them is named; once. @throws Configuration.ConfigurationRefused with every fault of the file @param directory that a relative path starts from */
    public void followPlans(Configuration settings, Path directory) {
        if (settings.isSet(PlanFile.SETTING)) {
            planFile = PlanFile.follow(directory.resolve(settings.text(PlanFile.SETTING)), plans);
        }
    }

    /** What the settings of quotas must be. */
    public static void check(Configuration settings, SettingFindings findings) {
        for (String name :
                List.of("STOA_QUOTA_SYNC_INTERVAL_SECS", "STOA_RATE_LIMIT_DEFAULT", "STOA_RATE_LIMIT_WINDOW_SECONDS")) {
            if (settings.count(name) < 1 || settings.count(name) > MAX_SETTING) {
                findings.refuse(name + " must be between 1 and " + MAX_SETTING);
            }
        }
        for (String name : List.of("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "STOA_QUOTA_DEFAULT_DAILY_LIMIT")) {
            if (settings.count(name) > MAX_SETTING) {
                findings.refuse(name + " must be between 0, which is no limit, and " + MAX_SETTING);
            }
        }
    }

    public RequestStage stage() {
        return stage;
    }

    public PlanTable plans() {
        return plans;
    }

    public QuotaAdmin admin() {
        return new QuotaAdmin(quotas);
    }

    /** Why counts would not survive a restart, for health; null when they would. */
    public @Nullable String problem() {
        return file.problem();
    }

    @Override
    public void close() {
        PlanFile followed = planFile;
        if (followed != null) {
            followed.close();
        }
        counters.close();
        file.close();
    }
}
