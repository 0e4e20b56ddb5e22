package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.app.cli.ShowConfig;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.EffectiveSetting;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.settings.ChainSettings;
import bulwark.seats.settings.HmacSecret;
import bulwark.seats.settings.SeatSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the settings are, and whether a start would take them. */
@Command(
        name = "config",
        description = "Look at the settings without a start.",
        subcommands = {SeatConfigCommand.Check.class, SeatConfigCommand.Print.class})
final class SeatConfigCommand extends CommandGroup {
    SeatConfigCommand(CommandContext context) {
        super(context);
    }

    private static Configuration.Inspection inspect(CommandContext context) {
        return Configuration.inspect(SeatSettings.schema(), context.environment(), context.directory());
    }

    /** Values are never shown: whoever reads the output over a shoulder learns names. */
    @Command(
            name = "check",
            description =
                    "Report every fault of the settings at once, by name and source; ends with 2 when there is one.")
    static final class Check implements Callable<Integer> {
        private final CommandContext context;

        @Option(names = "--json", description = "Print one JSON object instead of lines.")
        private boolean json;

        Check(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Configuration.Inspection inspection = inspect(context);
            List<String> problems = new ArrayList<>(inspection.problems());
            ChainSettings.problem(inspection.configuration(), context.directory())
                    .ifPresent(problems::add);
            List<Map<String, Object>> settings = new ArrayList<>();
            for (EffectiveSetting setting : inspection.configuration().effective()) {
                if (!setting.source().equals("unset") && !setting.source().equals("default")) {
                    settings.add(described(inspection.configuration(), setting));
                }
            }
            if (json) {
                Map<String, Object> report = new LinkedHashMap<>();
                report.put("ok", problems.isEmpty());
                report.put("settings", settings);
                report.put("problems", problems);
                report.put("warnings", inspection.configuration().warnings());
                context.out().println(StrictJson.text(report));
            } else {
                settings.forEach(each -> context.out()
                        .println(each.get("name") + "  " + each.get("source")
                                + (each.containsKey("fingerprint") ? "  " + each.get("fingerprint") : "")));
                inspection
                        .configuration()
                        .warnings()
                        .forEach(warning -> context.err().println("warning: " + warning));
                problems.forEach(problem -> context.err().println("error: " + problem));
                context.out().println(problems.isEmpty() ? "ok" : "refused");
            }
            return (problems.isEmpty() ? ExitCode.DONE : ExitCode.USAGE).plain();
        }

        private static Map<String, Object> described(Configuration settings, EffectiveSetting setting) {
            Map<String, Object> described = new LinkedHashMap<>();
            described.put("name", setting.name());
            described.put("source", setting.source());
            // A password in a connection string can be guessed from a digest; a random key cannot.
            if (setting.value().equals("[secret]") && !setting.name().equals(SeatSettings.DATABASE)) {
                settings.secret(setting.name())
                        .ifPresent(secret -> described.put("fingerprint", HmacSecret.fingerprint(secret)));
            }
            return described;
        }
    }

    @Command(name = "print", description = "Print name, value, source and purpose of every setting, secrets hidden.")
    record Print(CommandContext context) implements Callable<Integer> {
        @Override
        public Integer call() {
            return ShowConfig.print(inspect(context), context.out(), context.err()) == 0
                    ? ExitCode.DONE.plain()
                    : ExitCode.USAGE.plain();
        }
    }
}
