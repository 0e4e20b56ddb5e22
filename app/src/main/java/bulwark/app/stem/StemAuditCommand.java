package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.app.cli.ExportTime;
import bulwark.app.cli.ExportVerdict;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.evidence.export.ExportVerifier;
import bulwark.tasks.events.EvidenceExport;
import bulwark.tasks.setup.TaskSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The evidence of a worker or beat that leaves its machine, and its verification elsewhere. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description =
                "Export the evidence of workers and beats, signed and chained; verify exports offline; replace its log key.",
        subcommands = {StemAuditCommand.Export.class, StemAuditCommand.Verify.class, RotateLogKeyCommand.class})
final class StemAuditCommand extends CommandGroup {
    StemAuditCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Write the evidence in one file to a new owner-only file with a signed footer.")
    static final class Export implements Callable<Integer> {
        @Mixin
        private final SettingsOptions settings;

        @Option(
                names = "--evidence",
                paramLabel = "N",
                defaultValue = "1",
                description = "Which evidence-N.db of the state folder (default: ${DEFAULT-VALUE}).")
        private int number = 1;

        @Option(
                names = "--since-seq",
                paramLabel = "SEQ",
                defaultValue = "0",
                description = "Only rows after this one.")
        private long sinceSeq;

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description = "A new file (default: evidence-N-<time>.jsonl here).")
        private @Nullable Path out;

        Export(CommandContext context) {
            this.settings = new SettingsOptions(context);
        }

        @Override
        public Integer call() {
            if (number < 1 || sinceSeq < 0) {
                throw CommandFailed.usage("--evidence is 1 or more, --since-seq is 0 or more");
            }
            CommandContext context = settings.session();
            Path state = TaskSettings.stateDirectory(settings.configuration(), settings.directory());
            String name = "evidence-" + number;
            Path target = out != null
                    ? out
                    : Path.of(name + "-" + ExportTime.of(context.clock().instant()) + ".jsonl");
            EvidenceExport.Exported exported = new EvidenceExport(
                            state.resolve(name + ".db"),
                            TaskSettings.headFolder(settings.configuration(), settings.directory()),
                            context.clock())
                    .export(sinceSeq, context.directory().resolve(target));
            Map<String, @Nullable Object> footer = exported.export().footer();
            context.out().println("exported " + footer.get("rows") + " rows of " + name + " to " + target);
            context.out()
                    .println("signed by log key " + footer.get("key_id") + "; verify anywhere: stem audit verify "
                            + target + " --key " + exported.publicKey());
            return 0;
        }
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Check exports offline: signature, every row, cut tails, the chain across files.")
    static final class Verify implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "FILE", arity = "1..*", description = "Exports of one evidence file, in any order.")
        private List<Path> files = List.of();

        @Option(
                names = "--key",
                paramLabel = "KEY",
                required = true,
                description = "A base64url public log key, or a key folder (evidence-N.db.keys).")
        private String key = "";

        Verify(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            ExportVerifier.Verdict verdict = new ExportVerifier(EvidenceExport.keys(key, context.directory()))
                    .verify(files.stream().map(context.directory()::resolve).toList());
            return ExportVerdict.print(verdict, context.out()) ? 0 : ExitCode.NEGATIVE.sysexit();
        }
    }
}
