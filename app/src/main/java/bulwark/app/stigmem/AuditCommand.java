package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.ExportTime;
import bulwark.app.cli.ExportVerdict;
import bulwark.facts.export.VerificationKeys;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.evidence.export.ExportVerifier;
import bulwark.kernel.signing.Signing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Evidence that leaves the node, and its verification without one. */
@Command(
        name = "audit",
        description = "Export audit tables, signed and chained; verify exports offline.",
        subcommands = {AuditCommand.Export.class, AuditCommand.Verify.class})
final class AuditCommand {
    @Command(name = "export", description = "Write one table to a new owner-only file with a signed footer.")
    static final class Export implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final StoreOption store;

        @Option(
                names = "--table",
                required = true,
                description = "Table to export: fact_audit_log or federation_audit.")
        private String table = "";

        @Option(
                names = "--format",
                defaultValue = "jsonl",
                description = "Format of the export; jsonl is the only one.")
        private String format = "jsonl";

        @Option(names = "--since-seq", defaultValue = "0", description = "Only rows after this one.")
        private long sinceSeq;

        @Option(names = "--out", description = "A new file (default: <table>-<time>.jsonl here).")
        private @Nullable Path out;

        Export(CommandContext context) {
            this.context = context;
            this.store = new StoreOption(context);
        }

        @Override
        public Integer call() {
            if (!format.equals("jsonl")) {
                throw CommandFailed.usage("--format must be jsonl; got " + format);
            }
            Path file = out != null
                    ? out
                    : Path.of(table + "-" + ExportTime.of(context.clock().instant()) + ".jsonl");
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("table", table);
            body.put("since_seq", sinceSeq);
            body.put("out", store.inFolder(file).toString());
            try (LocalAdmin owner = store.owner()) {
                JsonNode footer = owner.post("/local/audit/export", body).path("footer");
                context.out().println("exported " + footer.path("rows").asLong() + " rows of " + table + " to " + file);
                context.out()
                        .println("signed by node key " + footer.path("key_id").stringValue("")
                                + "; verify anywhere: stigmem audit verify " + file
                                + " --key <manifest file or public key>");
            }
            return 0;
        }
    }

    @Command(
            name = "verify",
            description = "Check exports offline: signature, every row, cut tails, the chain across files.")
    static final class Verify implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "FILE", arity = "1..*", description = "Exports of one table, in any order.")
        private List<Path> files = List.of();

        @Option(names = "--key", required = true, description = "A base64url public key, or a manifest file.")
        private String key = "";

        Verify(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Path manifest = context.directory().resolve(key);
            VerificationKeys keys =
                    VerificationKeys.of(Files.isRegularFile(manifest) ? manifest.toString() : key, Signing.fastest());
            ExportVerifier.Verdict verdict = new ExportVerifier(keys)
                    .verify(files.stream().map(context.directory()::resolve).toList());
            return ExportVerdict.print(verdict, context.out()) ? 0 : 1;
        }
    }
}
