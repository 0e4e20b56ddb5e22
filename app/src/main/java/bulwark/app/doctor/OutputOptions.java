package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.doctor.report.HtmlReport;
import bulwark.doctor.report.JunitReport;
import bulwark.doctor.report.OscalReport;
import bulwark.doctor.report.Report;
import bulwark.doctor.report.ReportFile;
import bulwark.doctor.report.SarifReport;
import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The report once more, as files for other programs and for people without a terminal. */
final class OutputOptions {
    private final CommandContext context;

    @Option(names = "--sarif", paramLabel = "FILE", description = "Also write the report as SARIF 2.1.0.")
    private @Nullable Path sarif;

    @Option(names = "--junit", paramLabel = "FILE", description = "Also write the report as JUnit's XML.")
    private @Nullable Path junit;

    @Option(
            names = "--oscal",
            paramLabel = "FILE",
            description = "Also write the report as assessment results of OSCAL 1.1.")
    private @Nullable Path oscal;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write the report as one page for a browser.")
    private @Nullable Path html;

    OutputOptions(CommandContext context) {
        this.context = context;
    }

    /** One file that was asked for. */
    private record Output(String option, Path file, Function<Report, byte[]> form) {}

    private List<Output> outputs() {
        List<Output> outputs = new ArrayList<>();
        add(outputs, "--sarif", sarif, SarifReport::of);
        add(outputs, "--junit", junit, JunitReport::of);
        add(outputs, "--oscal", oscal, OscalReport::of);
        add(outputs, "--html", html, HtmlReport::of);
        return outputs;
    }

    private void add(List<Output> outputs, String option, @Nullable Path file, Function<Report, byte[]> form) {
        if (file != null) {
            outputs.add(new Output(
                    option, context.directory().resolve(file).toAbsolutePath().normalize(), form));
        }
    }

    /** Before anybody is asked anything. @throws CommandFailed naming every file that cannot be made */
    void check() {
        List<String> faults = new ArrayList<>();
        Map<Path, String> taken = new LinkedHashMap<>();
        for (Output output : outputs()) {
            Path parent = output.file().getParent();
            String other = taken.putIfAbsent(output.file(), output.option());
            if (other != null) {
                faults.add(other + " and " + output.option() + " name one file, " + output.file());
            } else if (Files.exists(output.file(), LinkOption.NOFOLLOW_LINKS)) {
                faults.add(output.option() + ": " + output.file()
                        + " is there already: name another file, or move it away");
            } else if (parent == null || !Files.isDirectory(parent)) {
                faults.add(output.option() + ": " + parent + " is no folder: make it first");
            } else if (!Files.isWritable(parent)) {
                faults.add(output.option() + ": nothing can be written into " + parent
                        + ": name a file elsewhere, or change the mode of the folder");
            }
        }
        if (!faults.isEmpty()) {
            throw CommandFailed.usage(String.join("; ", faults));
        }
    }

    /** All that can be written. @return false when one could not; a sentence stands on the error stream then */
    boolean write(Report report) {
        boolean all = true;
        for (Output output : outputs()) {
            try {
                ReportFile.create(output.file(), output.form().apply(report));
            } catch (IOException e) {
                context.err().println("error: " + notWritten(output.option(), output.file(), e));
                all = false;
            }
        }
        return all;
    }

    /** For people. */
    static String notWritten(String option, Path file, IOException e) {
        String reason = e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return option + ": " + file + " was not written, and nothing half of it is left: " + reason
                + ". Make room or name another place, and look again";
    }
}
