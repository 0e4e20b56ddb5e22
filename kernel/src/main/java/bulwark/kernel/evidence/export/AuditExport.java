package bulwark.kernel.evidence.export;

import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.audit.HashedRow;
import bulwark.kernel.evidence.audit.HashedRowReader;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.ReadableStore;
import bulwark.kernel.time.Timestamps;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.time.Clock;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes an audit table as JSON lines: a header, the rows with their hashes, and a signed footer that names the export
 * before it. Thread-safe; one export at a time.
 */
public final class AuditExport {
    static final String HEADER_KIND = "bulwark.audit_export";
    private static final int PAGE = 1000;

    private final ReadableStore store;
    private final List<AuditLog> logs;
    private final Map<String, String> origin;
    private final ExportSigner signer;
    private final ExportHistory history;
    private final Clock clock;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    /**
     * @param logs open logs of the store, flushed before anything is read
     * @param origin members of the header that say where the rows come from
     */
    public AuditExport(
            ReadableStore store,
            List<AuditLog> logs,
            Map<String, String> origin,
            ExportSigner signer,
            ExportHistory history,
            Clock clock) {
        this.store = store;
        this.logs = List.copyOf(logs);
        this.origin = Map.copyOf(origin);
        this.signer = signer;
        this.history = history;
        this.clock = clock;
    }

    /** @param footer all members of the signed footer */
    public record Exported(Path file, Map<String, @Nullable Object> footer) {}

    /**
     * @param sinceSeq rows after this position; 0 means from the start
     * @param out a new file, made with mode 0600 and synced
     * @throws ExportRefused when the file exists or cannot be written, or a row is not as it was written; then there is no file
     */
    public Exported export(AuditTable table, long sinceSeq, Path out) {
        oneAtATime.lock();
        try {
            logs.forEach(AuditLog::flush);
            return write(table, sinceSeq, out);
        } catch (FileAlreadyExistsException e) {
            throw new ExportRefused(out + " exists: choose another name, exports are never overwritten.");
        } catch (IOException e) {
            throw new ExportRefused(
                    out + " cannot be written (" + e + "): check its folder and the space on the disk.");
        } finally {
            oneAtATime.unlock();
        }
    }

    private Exported write(AuditTable table, long sinceSeq, Path out) throws IOException {
        ExportFooter footer;
        try (FileChannel channel = OwnerOnlyFiles.createNew(out)) {
            try {
                footer = write(table, sinceSeq, out, channel);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(out);
                throw e;
            }
        }
        OwnerOnlyFiles.syncFolder(out);
        return new Exported(out, footer.members());
    }

    private ExportFooter write(AuditTable table, long sinceSeq, Path out, FileChannel channel) throws IOException {
        OutputStream file = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        ExportFooter footer = rows(table, sinceSeq, file);
        history.remember(table, footer, out);
        file.write(footer.line());
        file.write('\n');
        file.flush();
        channel.force(true);
        return footer;
    }

    private ExportFooter rows(AuditTable table, long sinceSeq, OutputStream file) throws IOException {
        DigestOutputStream content = new DigestOutputStream(file, Digests.newSha256());
        String createdAt = Timestamps.offset(clock.instant());
        line(content, CanonicalJson.bytes(header(table, sinceSeq, createdAt)));
        HashedRowReader reader = table.reader();
        long head = store.read(reader::lastSeq);
        Rows rows = new Rows();
        long after = sinceSeq;
        while (after < head) {
            long from = after;
            List<HashedRow> page = store.read(tx -> reader.page(tx, from, head, PAGE));
            if (page.isEmpty()) {
                break;
            }
            for (HashedRow row : page) {
                rows.check(row, table, sinceSeq);
                line(content, CanonicalJson.bytes(row.members()));
                rows.add(row);
            }
            after = page.getLast().seq();
        }
        Map<String, @Nullable Object> members = rows.members();
        members.put("table", table.name());
        members.put("since_seq", sinceSeq);
        members.put("created_at", createdAt);
        members.put(
                "content_hash",
                HexFormat.of().formatHex(content.getMessageDigest().digest()));
        members.put("previous_export", history.lastFooter(table).orElse(null));
        return ExportFooter.sign(members, signer);
    }

    /** What the footer says about the rows. */
    private static final class Rows {
        private long first;
        private long last;
        private long count;
        private @Nullable String headHash;

        /** What the footer vouches for was looked at before. */
        void check(HashedRow row, AuditTable table, long sinceSeq) {
            String fault = null;
            if (!row.fits()) {
                fault = "does not fit its row_hash";
            } else if (row.seq() != (count == 0 ? sinceSeq : last) + 1) {
                fault = "stands behind row " + (count == 0 ? sinceSeq : last) + ": rows are missing";
            } else if (count > 0 && !Objects.equals(row.previousHash(), headHash)) {
                fault = "does not follow the row before it";
            }
            if (fault != null) {
                throw new ExportRefused(
                        "Row " + row.seq() + " of " + table.name() + " " + fault
                                + ". The table was changed behind this program, and nothing of it was signed: run fsck, which lists all that it finds.");
            }
        }

        void add(HashedRow row) {
            first = count == 0 ? row.seq() : first;
            last = row.seq();
            headHash = row.rowHash();
            count++;
        }

        Map<String, @Nullable Object> members() {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            members.put("first_seq", first);
            members.put("last_seq", last);
            members.put("rows", count);
            members.put("head_row_hash", headHash);
            return members;
        }
    }

    private Map<String, @Nullable Object> header(AuditTable table, long sinceSeq, String createdAt) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>(origin);
        members.put("kind", HEADER_KIND);
        members.put("version", 1L);
        members.put("table", table.name());
        members.put("since_seq", sinceSeq);
        members.put("created_at", createdAt);
        return members;
    }

    private static void line(OutputStream out, byte[] json) throws IOException {
        out.write(json);
        out.write('\n');
    }
}
