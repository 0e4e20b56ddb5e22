package bulwark.app;

import bulwark.facts.identity.KeyKind;
import bulwark.facts.identity.RotationAnswer;
import bulwark.facts.identity.RotationReport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The node's own keys. */
@Command(
        name = "identity",
        description = "The node's keys.",
        subcommands = {IdentityCommand.RotateKey.class})
final class IdentityCommand {
    @Command(name = "rotate-key", description = "Rotate the node key or the issuer key in the running node.")
    static final class RotateKey implements Callable<Integer> {
        @Spec
        private @org.jspecify.annotations.Nullable CommandSpec spec;

        @Mixin
        private final StoreOption store = new StoreOption();

        @Option(names = "--kind", required = true, description = "node or issuer")
        private String kind = "";

        @Option(names = "--dry-run", description = "Check everything, commit nothing.")
        private boolean dryRun;

        @Option(names = "--dual-trust-days", defaultValue = "90", description = "How long the old key stays trusted.")
        private long dualTrustDays;

        @Override
        public Integer call() {
            if (KeyKind.of(kind).isEmpty()) {
                throw new CommandLine.ParameterException(
                        java.util.Objects.requireNonNull(spec).commandLine(),
                        "--kind must be node or issuer; got " + kind);
            }
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("kind", kind);
            body.put("dry_run", dryRun);
            body.put("dual_trust_days", dualTrustDays);
            try (Owner owner = Owner.of(store.file())) {
                System.out.print(RotationReport.text(RotationAnswer.of(owner.post("/local/identity/rotate", body))));
            }
            return 0;
        }
    }
}
