package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.ExportTime;
import bulwark.facts.identity.NodeKeys;
import bulwark.facts.node.FactsSchema;
import bulwark.facts.node.NodeAtRest;
import bulwark.facts.snapshot.RestoreAcceptance;
import bulwark.facts.snapshot.SnapshotManifest;
import bulwark.facts.snapshot.SnapshotRestore;
import bulwark.facts.snapshot.SnapshotTrust;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signed copies of the store, without private keys. */
@Command(
        name = "snapshot",
        description = "Create, verify and restore signed snapshots of the store.",
        subcommands = {SnapshotCommand.Create.class, SnapshotCommand.Verify.class, SnapshotCommand.Restore.class})
final class SnapshotCommand {
    @Command(name = "create", description = "A consistent copy, signed by the node key; the node may be running.")
    static final class Create implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final StoreOption store;

        @Option(names = "--out", description = "A new file (default: stigmem-snapshot-<time>.tar.gz here).")
        private @Nullable Path out;

        Create(CommandContext context) {
            this.context = context;
            this.store = new StoreOption(context);
        }

        @Override
        public Integer call() {
            Path file = out != null
                    ? out
                    : Path.of(
                            "stigmem-snapshot-" + ExportTime.of(context.clock().instant()) + ".tar.gz");
            try (LocalAdmin owner = store.owner()) {
                owner.post(
                        "/local/snapshot/create",
                        Map.of("out", store.inFolder(file).toString()));
            }
            context.out().println("snapshot written to " + file);
            return 0;
        }
    }

    @Command(name = "verify", description = "Check signature, hashes and signer of a snapshot.")
    static final class Verify implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final StoreOption store;

        @Mixin
        private final Trust trust = new Trust();

        @Parameters(paramLabel = "FILE", description = "The snapshot to check.")
        private Path file = Path.of("");

        Verify(CommandContext context) {
            this.context = context;
            this.store = new StoreOption(context);
        }

        @Override
        public Integer call() throws IOException {
            Signing signing = Signing.fastest();
            Path work = Files.createTempDirectory("stigmem-snapshot");
            try {
                SnapshotManifest manifest = new SnapshotRestore(signing, FactsSchema.MIGRATIONS, context.clock())
                        .verify(store.inFolder(file), trust.of(store, signing), work);
                context.out().println("valid: created " + manifest.createdAt() + " by " + manifest.nodeId());
                return 0;
            } finally {
                deleteFolder(work);
            }
        }
    }

    @Command(name = "restore", description = "Replace the store of a stopped node by a snapshot.")
    static final class Restore implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final StoreOption store;

        @Mixin
        private final Trust trust = new Trust();

        @Option(names = "--from", required = true, description = "The snapshot to restore.")
        private Path from = Path.of("");

        @Option(
                names = "--lose-facts",
                paramLabel = "COUNT",
                description = "Accept that exactly COUNT facts of the present store are lost.")
        private @Nullable Long loseFacts;

        @Option(
                names = "--lose-audit-rows",
                paramLabel = "COUNT",
                description = "Accept that exactly COUNT audit rows of the present store are lost.")
        private @Nullable Long loseAuditRows;

        @Option(
                names = "--keep-revocations",
                description =
                        "Revoke and remove in the restored store what was revoked and removed since the snapshot.")
        private boolean keepRevocations;

        @Option(
                names = "--revive-revoked",
                paramLabel = "COUNT",
                description =
                        "Let exactly COUNT revoked keys and tokens, deleted gardens and removed members live again.")
        private @Nullable Long revived;

        @Option(
                names = "--replace-history",
                description = "Accept a snapshot of another history than the present store's.")
        private boolean replaceHistory;

        @Option(
                names = "--unreadable-store",
                description = "Accept that the present store is damaged and cannot be compared with the snapshot.")
        private boolean unreadable;

        Restore(CommandContext context) {
            this.context = context;
            this.store = new StoreOption(context);
        }

        @Override
        public Integer call() {
            Signing signing = Signing.fastest();
            Configuration settings = store.settings();
            Path log = settings.text("STIGMEM_TL_BACKEND").equals("local")
                    ? store.file().resolveSibling(settings.text("STIGMEM_TL_LOCAL_PATH"))
                    : null;
            List<String> said = new ArrayList<>();
            try {
                new SnapshotRestore(signing, FactsSchema.MIGRATIONS, context.clock())
                        .restore(
                                store.inFolder(from),
                                store.file(),
                                trust.of(store, signing),
                                log,
                                new RestoreAcceptance(
                                        loseFacts, loseAuditRows, keepRevocations, revived, replaceHistory, unreadable),
                                line -> {
                                    context.out().println(line);
                                    said.add(line);
                                });
                NodeAtRest.recordRestore(settings, store.file(), said, context.clock());
            } catch (IOException refused) {
                throw new CommandFailed(String.valueOf(refused.getMessage()));
            }
            context.out().println("restored " + store.file() + "; start the node, then run stigmem fsck");
            return 0;
        }
    }

    /** Whose snapshots are believed: the keys in this node's own ring, and those of a file; never the snapshot's own word. */
    static final class Trust {
        @Option(names = "--trusted-keys", description = "A JSON array of base64url public keys.")
        private @Nullable Path trustedKeys;

        @Option(
                names = "--force-unverified",
                description = "Accept an untrusted signer (the signature itself is still verified).")
        private boolean forceUnverified;

        SnapshotTrust of(StoreOption store, Signing signing) throws IOException {
            byte[] json = trustedKeys != null
                    ? Files.readAllBytes(store.inFolder(trustedKeys))
                    : "[]".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            SnapshotTrust trust = SnapshotTrust.ofFile(json, forceUnverified);
            return Files.isDirectory(NodeKeys.directory(store.file()))
                    ? trust.and(
                            NodeKeys.open(store.file(), signing, store.clock()).node())
                    : trust;
        }
    }

    private static void deleteFolder(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
