package bulwark.facts.snapshot;

import bulwark.facts.identity.NodeKeys;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.StoreAtRest;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.storage.StoreInUse;
import bulwark.kernel.storage.StoreLock;
import bulwark.kernel.storage.StoreRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Judges snapshots, and puts a good one in the place of a store that nobody has open. */
public final class SnapshotRestore {
    private final Signing signing;
    private final Migrations migrations;
    private final Clock clock;

    /** @param migrations of a node's store */
    public SnapshotRestore(Signing signing, Migrations migrations, Clock clock) {
        this.signing = signing;
        this.migrations = migrations;
        this.clock = clock;
    }

    /** Checks signature, signer and digests. @param work folder for the unpacked copy, removed again @throws SnapshotRefused */
    public SnapshotManifest verify(Path archive, SnapshotTrust trust, Path work) {
        Path unpacked = work.resolve(".verify-" + Long.toHexString(System.nanoTime()) + ".db");
        try {
            return unpack(archive, trust, unpacked);
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(archive, work, e);
        } finally {
            unpacked.toFile().delete();
        }
    }

    /** What was put in place, and where the former store went (null when there was none). */
    public record Restored(
            SnapshotManifest manifest, @Nullable Path former) {}

    /**
     * @param database file to replace; its former content is kept beside it
     * @param localLog the local transparency log, whose newest checkpoint the snapshot must reach, or null when there is none
     * @param say told what will be lost and what was revoked since, before anything is changed
     * @throws SnapshotRefused when the snapshot is not to be believed, a node runs, facts that the log vouches for would be lost, or more
     *     would be lost or come back to life than is accepted
     */
    public Restored restore(
            Path archive,
            Path database,
            SnapshotTrust trust,
            @Nullable Path localLog,
            RestoreAcceptance acceptance,
            Consumer<String> say) {
        Path target = database.toAbsolutePath().normalize();
        Path fresh = target.resolveSibling(target.getFileName() + ".restore");
        try (StoreLock lock = StoreLock.take(target)) {
            Files.deleteIfExists(fresh);
            SnapshotManifest manifest = unpack(archive, trust, fresh);
            refuseRollback(fresh, localLog, NodeKeys.directory(target));
            RestorePlan plan = plan(fresh, target, localLog);
            acceptance.check(plan);
            plan.sentences().forEach(say);
            RestoredStore.prepare(fresh, migrations, clock, manifest, plan, acceptance);
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                channel.force(true);
            }
            Optional<Path> former = setAside(target);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            OwnerOnlyFiles.syncFolder(target);
            return new Restored(manifest, former.orElse(null));
        } catch (StoreInUse e) {
            throw new SnapshotRefused(database + " is open in a running node: stop the node, then restore.");
        } catch (IOException | UncheckedIOException | SQLException e) {
            throw unreadable(archive, target, e);
        } finally {
            for (String suffix : List.of("", "-wal", "-shm", ".lock")) {
                fresh.resolveSibling(fresh.getFileName() + suffix).toFile().delete();
            }
        }
    }

    private static SnapshotRefused unreadable(Path archive, Path target, Exception e) {
        Throwable cause = e instanceof UncheckedIOException io ? io.getCause() : e;
        return new SnapshotRefused(
                cause instanceof NoSuchFileException missing
                        ? "There is no file " + missing.getFile() + ": check the name."
                        : "Reading " + archive + " or writing beside " + target + " failed ("
                                + ConfiguredPath.reason(cause)
                                + "): check the files, their modes and the space on the disk.");
    }

    private static RestorePlan plan(Path fresh, Path target, @Nullable Path localLog) throws IOException, SQLException {
        try (StoreAtRest snapshot = StoreAtRest.openLocked(fresh)) {
            List<RestorePlan.Revived> logged = new ArrayList<>();
            if (localLog != null) {
                logged.addAll(LoggedRevocations.of(localLog, snapshot));
            }
            if (!Files.exists(target)) {
                return RestorePlan.ofNoStore(logged);
            }
            try (StoreAtRest present = StoreAtRest.openLocked(target)) {
                return snapshot.read(then -> present.read(now -> RestoreComparison.of(then, now, logged)));
            } catch (StoreRefused | StoreFailed | IllegalStateException e) {
                return new RestorePlan(0, 0, List.of(), logged, false, String.valueOf(e.getMessage()));
            }
        }
    }

    private SnapshotManifest unpack(Path archive, SnapshotTrust trust, Path database) throws IOException {
        OwnerOnlyFiles.createNew(database).close();
        SnapshotArchive.Unpacked unpacked = SnapshotArchive.unpack(archive, database);
        SnapshotManifest manifest = unpacked.manifest();
        if (!manifest.signedByItsKey(signing)) {
            throw new SnapshotRefused(
                    "The snapshot's signature does not fit its manifest: it was altered or is damaged.");
        }
        if (!trust.believes(manifest.signer(), manifest.signedAt()) && !trust.forceUnverified()) {
            throw new SnapshotRefused("The snapshot vouches only for itself: its signer " + manifest.signer()
                    + " is neither in this node's key ring at the date of the snapshot nor in --trusted-keys. Name the key there once you have checked it,"
                    + " or pass --force-unverified.");
        }
        check(manifest, SnapshotArchive.DATABASE, unpacked.databaseDigest());
        check(manifest, SnapshotArchive.CURSOR, SnapshotArchive.digest(unpacked.cursor()));
        return manifest;
    }

    private static void check(SnapshotManifest manifest, String artifact, String digest) {
        if (!manifest.digest(artifact).equals(Optional.of(digest))) {
            throw new SnapshotRefused(artifact + " in the archive is not what the manifest was signed for.");
        }
    }

    private void refuseRollback(Path fresh, @Nullable Path localLog, Path keyFolder) throws IOException {
        LocalLogHead log = LocalLogHead.ofStore(localLog, keyFolder, signing);
        if (log.coveredSeq() == 0) {
            return;
        }
        try (ChainHeads heads = ChainHeads.open(fresh)) {
            if (log.coveredSeq() > heads.chainLength()) {
                throw new SnapshotRefused("The snapshot ends at fact " + heads.chainLength()
                        + " of the chain, but the transparency log " + localLog + " vouches for " + log.coveredSeq()
                        + ": restoring it would roll facts back. Restore a newer snapshot.");
            }
            if (!heads.chainHash(log.coveredSeq()).equals(Optional.ofNullable(log.coveredHash()))) {
                throw new SnapshotRefused("The snapshot's fact " + log.coveredSeq()
                        + " is not the one that the transparency log " + localLog
                        + " vouches for: it belongs to another history.");
            }
        } catch (SQLException e) {
            throw new SnapshotRefused("The database in the snapshot cannot be read: " + e.getMessage());
        }
    }

    /** The name of the database leads to the old or to the new content at every moment. */
    private static Optional<Path> setAside(Path target) throws IOException {
        if (!Files.exists(target)) {
            return Optional.empty();
        }
        Path former = target.resolveSibling(target.getFileName() + ".before-restore-" + System.currentTimeMillis());
        foldLog(target);
        for (String suffix : new String[] {"-wal", "-shm"}) {
            Path companion = target.resolveSibling(target.getFileName() + suffix);
            if (Files.exists(companion)) {
                Files.move(companion, former.resolveSibling(former.getFileName() + suffix));
            }
        }
        Files.createLink(former, target);
        return Optional.of(former);
    }

    /** A write-ahead log that remains after its database would be read into the restored one. */
    private static void foldLog(Path target) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + target.toUri() + "?mode=rw");
                Statement checkpoint = connection.createStatement()) {
            checkpoint.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } catch (SQLException e) {
            // A damaged store is what restoring is for: its log is moved aside with it, unread.
            return;
        }
    }
}
