package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.gateway.evidence.DecisionQuery;
import bulwark.gateway.evidence.Explanation;
import bulwark.gateway.evidence.RecordedDecision;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Why one call was let through or refused. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = "Tell in sentences why a call was let through or refused.")
final class ExplainCommand implements Callable<Integer> {
    private static final int MAX_RECORDS = 100;

    @Mixin
    private final EvidenceOptions options;

    @Parameters(
            paramLabel = "ID",
            description = "Trace id of the call (X-Stoa-Trace-Id of its answer), or its X-Request-ID.")
    private String id = "";

    ExplainCommand(CommandContext context) {
        options = new EvidenceOptions(context);
    }

    @Override
    public Integer call() throws IOException {
        if (id.isBlank()) {
            throw CommandFailed.usage(
                    "ID is empty: give the X-Stoa-Trace-Id of the call's answer, or the X-Request-ID that was sent with it");
        }
        DecisionQuery.Oldest found = options.folder().oldest(options.query(null, null, null, id, MAX_RECORDS));
        List<RecordedDecision> records = found.records();
        if (records.isEmpty()) {
            options.session()
                    .err()
                    .println("No record has the id " + PrintableText.line(id)
                            + options.sinceText()
                            + ". Refusals beyond a hundred a"
                            + " minute of one caller and reason have a count and no record.");
            return ExitCode.NEGATIVE.plain();
        }
        for (RecordedDecision record : records) {
            Explanation.of(record).forEach(options.session().out()::println);
        }
        if (found.more() > 0) {
            options.session()
                    .out()
                    .println(found.more() + " later records have the same id, which callers choose; --since begins with"
                            + " later ones.");
        }
        return 0;
    }
}
