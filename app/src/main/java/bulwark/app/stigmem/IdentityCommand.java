package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.facts.identity.KeyKind;
import bulwark.facts.identity.LogKeyRotation;
import bulwark.facts.identity.RotationReport;
import bulwark.facts.identity.RotationResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** The node's own keys. */
@Command(
        name = "identity",
        description = "The node's keys.",
        subcommands = {
            IdentityCommand.RotateKey.class,
            IdentityCommand.ListKeys.class,
            IdentityCommand.DistrustKey.class
        })
final class IdentityCommand {
    @Command(name = "list-keys", description = "List the node, issuer and log keys with their status and end.")
    static final class ListKeys implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final StoreOption store;

        ListKeys(CommandContext context) {
            this.context = context;
            this.store = new StoreOption(context);
        }

        @Override
        public Integer call() {
            try (LocalAdmin owner = store.owner()) {
                for (JsonNode key : owner.post("/local/identity/keys", Map.of()).path("keys")) {
                    context.out()
                            .println(key.path("kind").stringValue("") + "  "
                                    + key.path("key_id").stringValue("") + "  "
                                    + key.path("status").stringValue("") + "  since "
                                    + key.path("created").stringValue("")
                                    + (key.path("trusted_until").isString()
                                            ? "  trusted until "
                                                    + key.path("trusted_until").stringValue()
                                            : ""));
                }
            }
            return 0;
        }
    }

    @Command(
            name = "distrust-key",
            description = "End all trust in a former key at once: its signatures count no more, whatever their date.")
    static final class DistrustKey implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final StoreOption store;

        @Parameters(paramLabel = "KEY_ID", description = "A key that list-keys shows as retiring or retired.")
        private String keyId = "";

        @Option(
                names = "--reason",
                required = true,
                description = "Why; stands in the audit log and the transparency log.")
        private String reason = "";

        DistrustKey(CommandContext context) {
            this.context = context;
            this.store = new StoreOption(context);
        }

        @Override
        public Integer call() {
            try (LocalAdmin owner = store.owner()) {
                JsonNode answer = owner.post("/local/identity/distrust", Map.of("key_id", keyId, "reason", reason));
                String kind = answer.path("kind").stringValue("");
                String said = "The " + kind + " key " + keyId + " is distrusted from now on: ";
                context.out()
                        .println(
                                said
                                        + (kind.equals(LogKeyRotation.KIND)
                                                ? "heads that it signed count only where they stand in the log before the key that replaced it."
                                                : "tokens, exports and snapshots that it signed are refused, and the manifest names it no more.\n"
                                                        + "Peers that hold the former manifest must fetch the new one; issue the tokens again that it had signed."));
            }
            return 0;
        }
    }

    @Command(name = "rotate-key", description = "Rotate the node key or the issuer key in the running node.")
    static final class RotateKey implements Callable<Integer> {
        private final CommandContext context;

        @Spec
        private @org.jspecify.annotations.Nullable CommandSpec spec;

        @Mixin
        private final StoreOption store;

        @Option(names = "--kind", required = true, description = "Key to rotate: node, issuer or log.")
        private String kind = "";

        @Option(names = "--dry-run", description = "Check everything, commit nothing.")
        private boolean dryRun;

        @Option(
                names = "--dual-trust-days",
                defaultValue = "90",
                description = "Days for which the old key stays trusted.")
        private long dualTrustDays;

        RotateKey(CommandContext context) {
            this.context = context;
            this.store = new StoreOption(context);
        }

        @Override
        public Integer call() {
            boolean log = kind.equals(LogKeyRotation.KIND);
            if (!log && KeyKind.of(kind).isEmpty()) {
                throw new CommandLine.ParameterException(
                        java.util.Objects.requireNonNull(spec).commandLine(),
                        "--kind must be node, issuer or log; got " + kind);
            }
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("kind", kind);
            body.put("dry_run", dryRun);
            body.put("dual_trust_days", dualTrustDays);
            try (LocalAdmin owner = store.owner()) {
                JsonNode answer = owner.post("/local/identity/rotate", body);
                context.out().print(log ? logReport(answer) : RotationReport.text(RotationResult.of(answer)));
            }
            return 0;
        }

        private static String logReport(JsonNode answer) {
            String old = answer.path("old_key_id").stringValue("");
            if (answer.path("dry_run").booleanValue()) {
                return "[DRY RUN] The log key " + old + " can be replaced; nothing was changed.\n";
            }
            return "The log key " + old + " signs no more; "
                    + answer.path("new_key_id").stringValue("")
                    + " signs from now on.\nWhat the former one signed stays valid. If it may be in other hands, run: stigmem"
                    + " identity distrust-key " + old + " --reason TEXT\n";
        }
    }
}
