package bulwark.kernel.evidence.journal;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.SignedHeads;
import bulwark.kernel.evidence.log.LogReader;
import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes chosen records of a journal as JSON lines that prove themselves: a header; for each batch its chained header, and of each chosen record its text, its salt and its Merkle path; a signed
 * head from the transparency log that vouches for the last batch. Of other records nothing is shown but how many a batch has. Reads beside the process that writes. For one thread.
 */
public final class JournalExport {
    static final String HEADER_KIND = "bulwark.journal_export";
    static final String BATCH_KIND = "batch";
    static final String HEAD_KIND = "head";

    private final Path folder;
    private final Path transparencyLog;
    private final String storeId;
    private final MerkleTree tree = new MerkleTree();

    /** @param transparencyLog local log in which the heads of this store stand */
    public JournalExport(Path folder, Path transparencyLog, String storeId) {
        this.folder = folder;
        this.transparencyLog = transparencyLog;
        this.storeId = storeId;
    }

    /**
     * What is exported.
     *
     * @param about members of the header that say so, for instance the tenant
     * @param since time of the batches
     * @param until time of the batches, inclusive; later ones are shown without records, up to the next signed head
     * @param chosen which records
     */
    public record Selection(
            Map<String, ? extends @Nullable Object> about, Instant since, Instant until, Predicate<byte[]> chosen) {}

    /** @return number of records written */
    public long write(Selection selection, OutputStream out) throws IOException {
        long from = selection.since().toEpochMilli();
        long until = selection.until().toEpochMilli();
        long last = lastBatch(from, until);
        SignedHeads head = headFor(last);
        ChainHead covering = head == null ? null : head.heads().get(JournalChain.NAME);
        long through = Math.max(last, covering == null ? 0 : covering.seq());
        Map<String, @Nullable Object> header = new LinkedHashMap<>();
        header.put("kind", HEADER_KIND);
        header.put("version", 1L);
        header.put("store_id", storeId);
        header.putAll(selection.about());
        line(out, header);
        long[] written = {0};
        new JournalReader(folder).batches(selection.since(), batch -> {
            JournalBatch.Header at = batch.header();
            if (at.millis() >= from && at.number() <= through) {
                boolean shown = at.number() <= last;
                List<Object> records = shown ? records(batch, selection.chosen()) : List.of();
                written[0] += records.size();
                line(out, batch(at, records));
            }
            return at.number() < through;
        });
        if (head != null) {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            members.put("kind", HEAD_KIND);
            members.put("leaf", head.payload());
            line(out, members);
        }
        return written[0];
    }

    private long lastBatch(long from, long until) throws IOException {
        long[] last = {0};
        new JournalReader(folder).batches(Instant.ofEpochMilli(from), batch -> {
            if (batch.header().millis() > until) {
                return false;
            }
            last[0] = batch.header().number();
            return true;
        });
        return last[0];
    }

    /** The oldest head that vouches for a batch, or the newest of all; null when there is none. */
    private @Nullable SignedHeads headFor(long batch) throws IOException {
        AtomicReference<@Nullable SignedHeads> found = new AtomicReference<>();
        LogReader.backwards(transparencyLog, entry -> {
            if (!storeId.equals(SignedHeads.storeIdIn(entry.payload()))) {
                return true;
            }
            SignedHeads leaf = SignedHeads.parse(entry.payload());
            ChainHead head = leaf == null ? null : leaf.heads().get(JournalChain.NAME);
            if (head != null && (found.get() == null || head.seq() >= batch)) {
                found.set(leaf);
            }
            return head != null && head.seq() >= batch;
        });
        return found.get();
    }

    private static Map<String, @Nullable Object> batch(JournalBatch.Header at, List<Object> records) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("kind", BATCH_KIND);
        members.put("number", at.number());
        members.put("first_record", at.firstRecord());
        members.put("count", at.count());
        members.put("time_ms", at.millis());
        members.put("root", hex(at.root()));
        members.put("previous", hex(at.previous()));
        members.put("records", records);
        return members;
    }

    private List<Object> records(JournalBatch batch, Predicate<byte[]> chosen) {
        List<Object> records = new ArrayList<>();
        List<byte[]> leaves = null;
        for (int i = 0; i < batch.records().size(); i++) {
            byte[] record = batch.records().get(i);
            if (chosen.test(record)) {
                leaves = leaves == null
                        ? JournalBatch.leaves(tree, batch.header().secret(), batch.records())
                        : leaves;
                Map<String, Object> members = new LinkedHashMap<>();
                members.put("index", i);
                members.put("text", new String(record, StandardCharsets.UTF_8));
                members.put("salt", hex(tree.salt(batch.header().secret(), i)));
                members.put(
                        "path",
                        tree.path(leaves, i).stream().map(JournalExport::hex).toList());
                records.add(members);
            }
        }
        return records;
    }

    private static void line(OutputStream out, Map<String, @Nullable Object> members) throws IOException {
        out.write(StrictJson.write(members));
        out.write('\n');
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
