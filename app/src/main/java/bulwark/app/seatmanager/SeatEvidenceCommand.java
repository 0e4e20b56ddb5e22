package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.json.StrictJson;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Bundles of evidence; works while the service runs and while it does not. */
@Command(
        name = "evidence",
        description = "Verify the chain of evidence bundles, and show one.",
        subcommands = {SeatEvidenceCommand.Verify.class, SeatEvidenceCommand.Show.class})
final class SeatEvidenceCommand extends CommandGroup {
    SeatEvidenceCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "verify",
            description = "Compare every bundle with its row, its signature and the audit log; ends with 1 at the first"
                    + " edit, loss, exchange or cut.")
    record Verify(CommandContext context) implements Callable<Integer> {
        @Override
        public Integer call() {
            JsonNode answer = OwnerRequest.answer(context, "/owner/evidence/verify", Map.of());
            answer.path("problems").forEach(problem -> context.out().println("PROBLEM " + problem.asString("")));
            boolean whole = answer.path("whole").asBoolean(false);
            context.out().println(whole ? "whole" : "not whole");
            return (whole ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
        }
    }

    @Command(name = "show", description = "Print one bundle of evidence, as its file has it.")
    static final class Show implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "HASH", description = "Hash of the bundle: 64 digits.")
        private String hash = "";

        Show(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            JsonNode answer = OwnerRequest.answer(context, "/owner/evidence/show", Map.of("hash", hash));
            context.out().println(StrictJson.pretty(answer.path("bundle")));
            return ExitCode.DONE.plain();
        }
    }
}
