package bulwark.app.cli;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.EffectiveSetting;
import bulwark.kernel.error.ExitCode;
import java.io.PrintStream;

/** What {@code --show-config} prints: the table of settings, then what a start would warn of and what would forbid it. */
public final class ShowConfig {
    private ShowConfig() {}

    /** @return exit code: 0, or 1 when a service would refuse to start with these settings */
    public static int print(Configuration.Inspection inspection, PrintStream out, PrintStream err) {
        EffectiveSetting.table(inspection.configuration().effective()).forEach(out::println);
        inspection.configuration().warnings().forEach(warning -> err.println("warning: " + warning));
        inspection.problems().forEach(problem -> err.println("error: " + problem));
        return inspection.problems().isEmpty() ? ExitCode.DONE.plain() : ExitCode.NEGATIVE.plain();
    }
}
