package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.evidence.DecisionQuery;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.time.Timestamps;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which records of which gateway a command is about. */
final class EvidenceOptions {
    private static final Duration STANDARD_AGE = Duration.ofDays(7);
    private static final Set<String> OUTCOMES = Set.of("allow", "refuse");

    private final CommandContext context;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "State folder of the gateway (default: STOA_STATE_DIR of the settings here).")
    private @Nullable Path state;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "Records of this time or later, such as 2026-01-02T03:04:05Z (default: seven days ago; with an id, all).")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Records before this time (default: now).")
    private @Nullable String until;

    EvidenceOptions(CommandContext context) {
        this.context = context;
    }

    CommandContext session() {
        return context;
    }

    Path state() {
        Path named = state;
        if (named == null) {
            Configuration settings =
                    Configuration.readLenient(GatewaySettings.schema(), context.environment(), context.directory());
            named = Path.of(settings.text("STOA_STATE_DIR"));
        }
        return context.directory().resolve(named);
    }

    EvidenceFolder folder() {
        return new EvidenceFolder(GatewayStore.file(state()));
    }

    Instant since() {
        return since == null ? context.clock().instant().minus(STANDARD_AGE) : time("--since", since);
    }

    /** For sentences; empty when everything is looked through. */
    String sinceText() {
        return since == null ? "" : " since " + since();
    }

    Instant until() {
        return until == null ? context.clock().instant() : time("--until", until);
    }

    DecisionQuery query(
            @Nullable String tenant,
            @Nullable String principal,
            @Nullable String outcome,
            @Nullable String id,
            int limit) {
        if (outcome != null && !OUTCOMES.contains(outcome)) {
            throw CommandFailed.usage("--outcome must be allow or refuse");
        }
        if (limit < 1) {
            throw CommandFailed.usage("--limit must be 1 or more");
        }
        // A record that is made while this runs is within the default, too.
        Instant end = until == null ? null : until();
        // An id is found through an index, however old its record is.
        Instant begin = id != null && since == null ? Instant.EPOCH : since();
        return new DecisionQuery(begin, end, tenant, principal, outcome, id, limit);
    }

    private static Instant time(String option, String text) {
        return Timestamps.parse(text)
                .orElseThrow(() -> CommandFailed.usage(option + " must be a time such as 2026-01-02T03:04:05Z, not \""
                        + PrintableText.line(text) + "\""));
    }
}
