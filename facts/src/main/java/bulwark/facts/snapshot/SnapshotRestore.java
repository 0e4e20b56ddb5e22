package bulwark.facts.snapshot;

import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges snapshots, and puts a good one in the place of a store that nobody has open. */
public final class SnapshotRestore {
    private final Signing signing;

    public SnapshotRestore(Signing signing) {
        this.signing = signing;
    }

    /** Checks signature, signer and digests. @param work folder for the unpacked copy, removed again @throws SnapshotRefused */
    public SnapshotManifest verify(Path archive, SnapshotTrust trust, Path work) {
        Path unpacked = work.resolve(".verify-" + Long.toHexString(System.nanoTime()) + ".db");
        try {
            return unpack(archive, trust, unpacked);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
     * @throws SnapshotRefused when the snapshot is not to be believed, a node runs, or facts that the log vouches for would be lost
     */
    public Restored restore(Path archive, Path database, SnapshotTrust trust, @Nullable Path localLog) {
        Path target = database.toAbsolutePath().normalize();
        Path fresh = target.resolveSibling(target.getFileName() + ".restore");
        try (StoreLock lock = StoreLock.take(target)) {
            Files.deleteIfExists(fresh);
            SnapshotManifest manifest = unpack(archive, trust, fresh);
            refuseRollback(fresh, localLog);
            OwnerFile.sync(fresh);
            Optional<Path> former = setAside(target);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            OwnerFile.syncFolder(target);
            return new Restored(manifest, former.orElse(null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            fresh.toFile().delete();
        }
    }

    private SnapshotManifest unpack(Path archive, SnapshotTrust trust, Path database) throws IOException {
        OwnerFile.create(database).close();
        SnapshotArchive.Unpacked unpacked = SnapshotArchive.unpack(archive, database);
        SnapshotManifest manifest = unpacked.manifest();
        if (!manifest.signedByItsKey(signing)) {
            throw new SnapshotRefused(
                    "The snapshot's signature does not fit its manifest: it was altered or is damaged.");
        }
        if (!trust.publicKeys().contains(manifest.signer()) && !trust.forceUnverified()) {
            throw new SnapshotRefused("The snapshot vouches only for itself: its signer " + manifest.signer()
                    + " is neither in this node's key ring nor in --trusted-keys. Name the key there once you have checked it,"
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

    private static void refuseRollback(Path fresh, @Nullable Path localLog) throws IOException {
        LocalLogHead log = LocalLogHead.read(localLog);
        if (log.coveredSeq() == 0) {
            return;
        }
        try (StoreHeads heads = StoreHeads.open(fresh)) {
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

    /** A write-ahead log that outlives its database would be read into the restored one. */
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
