package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.Signing;
import bulwark.seats.approval.Approval;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanCheck;
import bulwark.seats.plan.PlanExplanation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A person's word about one plan. The explanation goes to standard error, so that standard output is the approval alone. */
@Command(
        name = "approve",
        description =
                "Sign an approval of a plan with a key of your own, and print it; refuses a plan that does not say what it"
                        + " does. Needs neither network nor service.")
final class SeatApproveCommand implements Callable<Integer> {
    private static final int MAX_HOURS = 168;

    private final CommandContext context;

    @Parameters(paramLabel = "PLAN", description = "File with the plan; - for standard input.")
    private String file = "";

    @Option(
            names = "--key",
            required = true,
            paramLabel = "FILE",
            description = "Your key, as approver key create made it.")
    private String key = "";

    @Option(names = "--reject", description = "Sign a rejection instead: the plan cannot be signed any more.")
    private boolean reject;

    @Option(
            names = "--hours",
            paramLabel = "N",
            description = "Hours that the approval counts: 1 to 168; 24 where none is given.")
    private int hours = 24;

    @Option(names = "--vault-code", paramLabel = "FILE", description = "Creation code of vaults, to derive addresses.")
    private @Nullable String code;

    SeatApproveCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (hours < 1 || hours > MAX_HOURS) {
            throw CommandFailed.usage("--hours must be 1 to " + MAX_HOURS);
        }
        Plan plan = SeatPlanFiles.plan(context, file);
        List<PlanCheck.Finding> findings =
                PlanCheck.of(plan, context.clock().instant(), SeatPlanFiles.code(context, code));
        PlanExplanation.lines(plan, findings).forEach(context.err()::println);
        if (!findings.isEmpty() && !reject) {
            throw CommandFailed.negative(
                    "the plan is not approved: " + findings.getFirst().sentence());
        }
        ApproverKey approver;
        try {
            approver = ApproverKey.open(context.directory().resolve(key), Signing.fastest());
        } catch (KeyRefused e) {
            throw CommandFailed.usage(String.valueOf(e.getMessage()));
        }
        if (approver.person().equals(plan.proposer()) && !reject) {
            throw CommandFailed.negative(
                    approver.person() + " proposed the plan and cannot approve it: another person must");
        }
        Approval approval = approver.decide(plan, !reject, Duration.ofHours(hours), context.clock());
        context.out().println(StrictJson.text(approval.json()));
        return ExitCode.DONE.plain();
    }
}
