package bulwark.facts.snapshot;

import bulwark.facts.FactsAuditEvents;
import bulwark.facts.identity.NodeIdentity;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.storage.SqliteStore;
import bulwark.kernel.time.Timestamps;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes signed copies of the store, also while it is in use. No key ring is ever part of one. Thread-safe. */
public final class Snapshots {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final List<String> AUDIT_TABLES = List.of("fact_audit_log", "federation_audit");

    private final SqliteStore store;
    private final AuditLog audit;
    private final NodeIdentity identity;
    private final @Nullable Path localLog;
    private final Clock clock;

    /** @param localLog file of the local transparency log, or null when another backend is used */
    public Snapshots(SqliteStore store, AuditLog audit, NodeIdentity identity, @Nullable Path localLog, Clock clock) {
        this.store = store;
        this.audit = audit;
        this.identity = identity;
        this.localLog = localLog;
        this.clock = clock;
    }

    /** A finished snapshot: where it lies and what it says. */
    public record Created(Path file, SnapshotManifest manifest) {}

    /**
     * @param out the file to make, or a directory in which the default name is used
     * @throws SnapshotRefused when the file exists or cannot be written
     */
    public Created create(Path out) {
        audit.flush();
        // Beside the store, whose folder is ours: SQLite opens it by its name, and the target's folder may be somebody
        // else's.
        Path copy = store.file().resolveSibling(".snapshot-" + Long.toHexString(System.nanoTime()) + ".db");
        try {
            store.copyTo(copy);
            return pack(out, copy);
        } catch (FileAlreadyExistsException e) {
            throw new SnapshotRefused(e.getFile() + " exists: choose another name, snapshots are never overwritten.");
        } catch (IOException e) {
            throw new SnapshotRefused(
                    out + " cannot be written (" + e + "): check its folder and the space on the disk.");
        } catch (SQLException e) {
            throw new IllegalStateException("a fresh copy of the store cannot be read", e);
        } finally {
            copy.toFile().delete();
        }
    }

    private Created pack(Path out, Path copy) throws IOException, SQLException {
        Map<String, @Nullable Object> heads = new LinkedHashMap<>();
        byte[] cursor;
        try (ChainHeads copied = ChainHeads.open(copy)) {
            heads.put("fact_chain_head", copied.chain());
            for (String table : AUDIT_TABLES) {
                heads.put(table + "_head", copied.audit(table));
            }
            cursor = CanonicalJson.bytes(Map.of("applied_migrations", copied.migrations()));
        }
        heads.put("transparency_log_head", LocalLogHead.end(localLog).members());
        Map<String, String> artifacts = new LinkedHashMap<>();
        artifacts.put(SnapshotArchive.DATABASE, SnapshotArchive.digest(copy));
        artifacts.put(SnapshotArchive.CURSOR, SnapshotArchive.digest(cursor));
        SnapshotManifest manifest = SnapshotManifest.sign(
                Timestamps.offset(clock.instant()),
                identity.nodeUrl(),
                artifacts,
                heads,
                identity.keys().node().signer());
        Path file = Files.isDirectory(out) ? out.resolve(name(artifacts)) : out;
        SnapshotArchive.write(OwnerOnlyFiles.createNew(file), manifest.json(), copy, cursor);
        OwnerOnlyFiles.syncFolder(file);
        record(file, manifest, artifacts);
        return new Created(file, manifest);
    }

    private String name(Map<String, String> artifacts) {
        String digest = String.valueOf(artifacts.get(SnapshotArchive.DATABASE));
        int from = "sha256:".length();
        return "stigmem-snapshot-" + STAMP.format(clock.instant()) + "-" + digest.substring(from, from + 12)
                + ".tar.gz";
    }

    private void record(Path file, SnapshotManifest manifest, Map<String, String> artifacts) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("action", "snapshot_create");
        detail.put("file", String.valueOf(file.getFileName()));
        detail.put("database", String.valueOf(artifacts.get(SnapshotArchive.DATABASE)));
        detail.put("signer_pubkey", manifest.signer());
        AuditEvent event =
                FactsAuditEvents.SNAPSHOT_CREATE.event(identity.nodeUrl(), NodeIdentity.TENANT, null, null, detail);
        store.write(tx -> audit.append(tx, event));
    }
}
