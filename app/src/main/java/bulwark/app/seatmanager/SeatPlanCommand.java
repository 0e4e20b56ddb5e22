package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanCheck;
import bulwark.seats.plan.PlanDifference;
import bulwark.seats.plan.PlanExplanation;
import bulwark.seats.plan.PlanSentence;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Plans in files: but for the approvals that are handed in, nothing here needs a network, a service or a setting. */
@Command(
        name = "plan",
        description =
                "Read, explain, compare and verify plans in files, without network and service; hand in approvals.",
        subcommands = {
            SeatPlanCommand.Show.class,
            SeatPlanCommand.Explain.class,
            SeatPlanCommand.Diff.class,
            SeatPlanCommand.Verify.class,
            SeatPlanCommand.AddApproval.class
        })
final class SeatPlanCommand extends CommandGroup {
    SeatPlanCommand(CommandContext context) {
        super(context);
    }

    @Command(name = "show", description = "Print a plan in its canonical form, the one that its digest is of.")
    static final class Show implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "PLAN", description = "File with the plan; - for standard input.")
        private String file = "";

        Show(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Plan plan = SeatPlanFiles.plan(context, file);
            context.out().println(new String(plan.bytes(), StandardCharsets.UTF_8));
            return ExitCode.DONE.plain();
        }
    }

    @Command(
            name = "explain",
            description = "Print what a plan does in words, its digest in groups, and every field in full.")
    static final class Explain implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "PLAN", description = "File with the plan; - for standard input.")
        private String file = "";

        @Option(
                names = "--vault-code",
                paramLabel = "FILE",
                description = "Creation code of vaults, to derive addresses.")
        private @Nullable String code;

        Explain(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Plan plan = SeatPlanFiles.plan(context, file);
            List<PlanCheck.Finding> findings =
                    PlanCheck.of(plan, context.clock().instant(), SeatPlanFiles.code(context, code));
            PlanExplanation.lines(plan, findings).forEach(context.out()::println);
            return (findings.isEmpty() ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
        }
    }

    @Command(name = "diff", description = "Print every field in which two plans differ; ends with 1 when there is one.")
    static final class Diff implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(index = "0", paramLabel = "PLAN", description = "File with the first plan.")
        private String one = "";

        @Parameters(index = "1", paramLabel = "OTHER", description = "File with the second plan.")
        private String other = "";

        Diff(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            List<String> lines =
                    PlanDifference.between(SeatPlanFiles.plan(context, one), SeatPlanFiles.plan(context, other));
            lines.forEach(context.out()::println);
            return (lines.isEmpty() ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
        }
    }

    @Command(
            name = "verify",
            description =
                    "Say whether target, value and calldata are those of the action and its parts belong together; ends"
                            + " with 1 when not. Needs neither network nor service.")
    static final class Verify implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "PLAN", description = "File with the plan; - for standard input.")
        private String file = "";

        @Option(
                names = "--vault-code",
                paramLabel = "FILE",
                description = "Creation code of vaults, to derive addresses.")
        private @Nullable String code;

        Verify(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Plan plan = SeatPlanFiles.plan(context, file);
            List<PlanCheck.Finding> findings =
                    PlanCheck.of(plan, context.clock().instant(), SeatPlanFiles.code(context, code));
            context.out().println(PlanSentence.of(plan));
            context.out().println("digest  " + plan.digest().groups());
            findings.forEach(finding -> context.out().println("WRONG " + finding.code() + ": " + finding.sentence()));
            context.out().println(findings.isEmpty() ? "verified" : "not verified");
            return (findings.isEmpty() ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
        }
    }

    @Command(
            name = "add-approval",
            description =
                    "Hand an approval or rejection, as approve prints it, to the service over its owner's socket.")
    static final class AddApproval implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "APPROVAL", description = "File with the approval; - for standard input.")
        private String file = "";

        AddApproval(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Map<String, Object> body = new LinkedHashMap<>();
            try {
                StrictJson.parse(SeatPlanFiles.read(context, file))
                        .properties()
                        .forEach(member -> body.put(member.getKey(), member.getValue()));
            } catch (StrictJson.JsonRefused e) {
                throw CommandFailed.usage(file + " is no approval: " + e.getMessage());
            }
            if (!(body.get("plan") instanceof JsonNode plan)
                    || !plan.asString("").matches("[0-9a-f]{64}")) {
                throw CommandFailed.usage(file + " is no approval: it names no plan by its digest");
            }
            JsonNode answer = OwnerRequest.answer(context, "/owner/plans/" + plan.asString() + "/approvals", body);
            context.out()
                    .println(answer.path("approvals").size() + " of "
                            + answer.path("approvalsNeeded").asString("") + " approvals are there: "
                            + PrintableText.line(answer.path("sentence").asString("")));
            return ExitCode.DONE.plain();
        }
    }
}
