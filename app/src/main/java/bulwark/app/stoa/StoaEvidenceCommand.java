package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.app.cli.ExportTime;
import bulwark.gateway.evidence.DecisionCsv;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.evidence.RecordedDecision;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.evidence.journal.JournalExportVerifier;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The decision records of a gateway: asked, exported, and verified elsewhere. */
@Command(
        name = "evidence",
        mixinStandardHelpOptions = true,
        description = "Ask for decision records, export those of a tenant, and verify exports offline.",
        subcommands = {
            StoaEvidenceCommand.Query.class,
            StoaEvidenceCommand.Export.class,
            StoaEvidenceCommand.Verify.class,
            StoaEvidenceCommand.Check.class
        })
final class StoaEvidenceCommand extends CommandGroup {
    private static final String JSON = "json";
    private static final String CSV = "csv";

    StoaEvidenceCommand(CommandContext context) {
        super(context);
    }

    private static String checked(String format) {
        if (!format.equals(JSON) && !format.equals(CSV)) {
            throw CommandFailed.usage("--format must be json or csv");
        }
        return format;
    }

    @Command(
            name = "query",
            mixinStandardHelpOptions = true,
            description = "Print the newest records that match, oldest of them first.")
    static final class Query implements Callable<Integer> {
        @Mixin
        private final EvidenceOptions options;

        @Option(names = "--tenant", paramLabel = "TENANT", description = "Records of this tenant alone.")
        private @Nullable String tenant;

        @Option(names = "--principal", paramLabel = "NAME", description = "Records of this principal alone.")
        private @Nullable String principal;

        @Option(names = "--outcome", paramLabel = "OUTCOME", description = "Only allow, or only refuse.")
        private @Nullable String outcome;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "100",
                description = "At most so many (default: ${DEFAULT-VALUE}).")
        private int limit = 100;

        @Option(
                names = "--format",
                paramLabel = "FORMAT",
                defaultValue = JSON,
                description = "One JSON object a line, or csv (default: ${DEFAULT-VALUE}).")
        private String format = JSON;

        Query(CommandContext context) {
            options = new EvidenceOptions(context);
        }

        @Override
        public Integer call() throws IOException {
            boolean csv = checked(format).equals(CSV);
            List<RecordedDecision> records =
                    options.folder().query(options.query(tenant, principal, outcome, null, limit));
            if (csv) {
                options.session().out().print(DecisionCsv.header());
            }
            for (RecordedDecision record : records) {
                options.session()
                        .out()
                        .print(csv ? DecisionCsv.line(record) : StrictJson.text(record.members()) + "\n");
            }
            return 0;
        }
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description =
                    "Write the records of one tenant to a new owner-only file; json proves itself, csv is for spreadsheets.")
    static final class Export implements Callable<Integer> {
        @Mixin
        private final EvidenceOptions options;

        @Option(
                names = "--tenant",
                paramLabel = "TENANT",
                required = true,
                description = "The tenant whose records are exported.")
        private String tenant = "";

        @Option(
                names = "--format",
                paramLabel = "FORMAT",
                defaultValue = JSON,
                description = "Form of the file, json or csv (default: ${DEFAULT-VALUE}).")
        private String format = JSON;

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description = "A new file (default: evidence-TENANT-<time> here).")
        private @Nullable Path out;

        Export(CommandContext context) {
            options = new EvidenceOptions(context);
        }

        @Override
        public Integer call() throws IOException {
            boolean csv = checked(format).equals(CSV);
            CommandContext context = options.session();
            Path named = out != null
                    ? out
                    : Path.of("evidence-" + tenant.replaceAll("[^A-Za-z0-9._-]", "_") + "-"
                            + ExportTime.of(context.clock().instant()) + (csv ? ".csv" : ".jsonl"));
            Path file = context.directory().resolve(named);
            EvidenceFolder folder = options.folder();
            long records;
            try (FileChannel channel = OwnerOnlyFiles.createNew(file)) {
                OutputStream bytes = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                records = csv ? csv(folder, bytes) : folder.export(tenant, options.since(), options.until(), bytes);
                bytes.flush();
                channel.force(true);
            } catch (FileAlreadyExistsException e) {
                throw CommandFailed.usage(named + " exists: choose another name, exports are never overwritten");
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(file);
                throw e;
            }
            context.out().println("exported " + counted(records) + " of tenant " + tenant + " to " + named);
            if (!csv) {
                context.out()
                        .println("verify anywhere: stoa evidence verify " + named + " --key " + folder.publicKey());
            }
            return 0;
        }

        private long csv(EvidenceFolder folder, OutputStream out) throws IOException {
            List<RecordedDecision> records = folder.query(options.query(tenant, null, null, null, Integer.MAX_VALUE));
            out.write(DecisionCsv.header().getBytes(StandardCharsets.UTF_8));
            for (RecordedDecision record : records) {
                out.write(DecisionCsv.line(record).getBytes(StandardCharsets.UTF_8));
            }
            return records.size();
        }
    }

    @Command(
            name = "fsck",
            mixinStandardHelpOptions = true,
            description = "Check the store, the journal and what vouches for both, and change nothing.")
    static final class Check implements Callable<Integer> {
        @Mixin
        private final EvidenceOptions options;

        Check(CommandContext context) {
            options = new EvidenceOptions(context);
        }

        @Override
        public Integer call() {
            Fsck.Report report = GatewayStore.fsck(options.state());
            report.sentences().forEach(problem -> options.session().out().println("PROBLEM " + problem));
            options.session().out().println(report.clean() ? "clean" : "not clean");
            return (report.clean() ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
        }
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description =
                    "Check an export offline: each record, each batch, and the signed head that vouches for them.")
    static final class Verify implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "FILE", description = "An export in the form json.")
        private Path file = Path.of("");

        @Option(
                names = "--key",
                paramLabel = "KEY",
                required = true,
                description = "A base64url public log key, or a folder with the gateway's log keys.")
        private String key = "";

        Verify(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            JournalExportVerifier.Report report;
            try (InputStream in = Files.newInputStream(context.directory().resolve(file))) {
                report = EvidenceFolder.verify(in, key, context.directory());
            }
            report.problems().forEach(problem -> context.out().println("PROBLEM " + problem));
            boolean whole = report.problems().isEmpty();
            context.out()
                    .println((whole ? "whole: " : "NOT whole: ") + counted(report.records()) + " of tenant "
                            + report.about().get("tenant")
                            + (report.unvouched() == 0
                                    ? ""
                                    : ", " + report.unvouched() + " of them newer than the newest signed head"));
            return whole ? 0 : ExitCode.NEGATIVE.plain();
        }
    }

    private static String counted(long records) {
        return records == 1 ? "1 record" : records + " records";
    }
}
