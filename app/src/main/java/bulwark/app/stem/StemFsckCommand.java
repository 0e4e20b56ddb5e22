package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.tasks.setup.TaskFsck;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Walks everything durable of the tasks part. */
@Command(
        name = "fsck",
        mixinStandardHelpOptions = true,
        description =
                "Check the embedded stores and the evidence of workers and beats. Only reads. Exit code 0 clean, 1 not.")
final class StemFsckCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    StemFsckCommand(CommandContext context) {
        this.settings = new SettingsOptions(context);
    }

    @Override
    public Integer call() {
        Fsck.Report report = TaskFsck.run(settings.configuration(), settings.directory());
        PrintStream out = settings.session().out();
        if (json) {
            out.println(Json.pretty(json(report)));
        } else {
            report.findings().forEach(finding -> out.println("PROBLEM " + finding.check() + ": " + finding.sentence()));
            report.checked().forEach(check -> out.println("checked " + check));
            out.println(summary(report));
        }
        return report.clean() ? 0 : ExitCode.NEGATIVE.sysexit();
    }

    private static String summary(Fsck.Report report) {
        if (report.checked().isEmpty()) {
            return "nothing to check: no embedded store and no evidence is here (see --state)";
        }
        return report.clean() ? "clean" : report.findings().size() + " problem(s) found";
    }

    private static ObjectNode json(Fsck.Report report) {
        ObjectNode answer = Json.object().put("clean", report.clean());
        ArrayNode problems = answer.putArray("problems");
        report.findings()
                .forEach(finding ->
                        problems.addObject().put("check", finding.check()).put("problem", finding.sentence()));
        ArrayNode checked = answer.putArray("checked");
        report.checked().forEach(checked::add);
        return answer;
    }
}
