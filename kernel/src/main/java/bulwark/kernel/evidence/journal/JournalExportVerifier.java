package bulwark.kernel.evidence.journal;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.SignedHeads;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks an export of {@link JournalExport} without the journal, from the public log keys alone: each record belongs to its batch, each batch follows the one before, and a signed head vouches for
 * the last one. Trusts no byte of the file. For one thread.
 */
public final class JournalExportVerifier {
    private static final int MAX_LINE_BYTES = 128 << 20;
    private static final int MAX_PROBLEMS = 100;
    private static final HexFormat HEX = HexFormat.of();

    private final LogKeys keys;
    private final MerkleTree tree = new MerkleTree();
    private final List<String> problems = new ArrayList<>();
    private Map<String, @Nullable Object> header = Map.of();
    private JournalBatch.@Nullable Header last;
    private @Nullable ChainHead vouched;
    private long records;
    private long unvouched;

    private JournalExportVerifier(LogKeys keys) {
        this.keys = keys;
    }

    /**
     * What was found.
     *
     * @param about the header's members: believed only as far as the records say the same
     * @param records that were proved to stand in the journal, or not: see problems
     * @param unvouched records in batches behind the newest signed head: their place is not signed yet
     * @param problems sentences, empty when everything that is there is proved
     */
    public record Report(Map<String, @Nullable Object> about, long records, long unvouched, List<String> problems) {}

    public static Report verify(InputStream export, LogKeys keys) throws IOException {
        JournalExportVerifier verifier = new JournalExportVerifier(keys);
        int number = 0;
        for (byte[] line = line(export); line.length > 0; line = line(export)) {
            number++;
            try {
                verifier.line(number, PlainJson.object(StrictJson.parse(line)));
            } catch (StrictJson.JsonRefused | IllegalArgumentException e) {
                verifier.problem("line " + number + " is not a line of an export: " + e.getMessage());
            }
        }
        return verifier.report(number);
    }

    private Report report(int lines) {
        if (lines == 0) {
            problem("the file is empty");
        }
        JournalBatch.Header end = last;
        if (end != null && vouched == null) {
            problem("no signed head vouches for the batches: ask for an export some seconds after the last record");
        }
        return new Report(header, records, unvouched, List.copyOf(problems));
    }

    private void line(int number, Map<String, @Nullable Object> members) {
        Object kind = members.get("kind");
        if (number == 1) {
            header = members;
            if (!JournalExport.HEADER_KIND.equals(kind)) {
                problem("line 1 is not the header of an export of a journal");
            }
        } else if (JournalExport.BATCH_KIND.equals(kind)) {
            batch(members);
        } else if (JournalExport.HEAD_KIND.equals(kind)) {
            head(members);
        } else {
            problem("line " + number + " is of no kind that an export has");
        }
    }

    private final List<Batch> batches = new ArrayList<>();

    private record Batch(long number, String hash, int records) {}

    private void batch(Map<String, @Nullable Object> members) {
        JournalBatch.Header at = new JournalBatch.Header(
                0,
                (int) number(members, "count"),
                number(members, "number"),
                number(members, "first_record"),
                number(members, "time_ms"),
                new byte[MerkleTree.SALT_BYTES],
                bytes(members, "root"),
                bytes(members, "previous"));
        JournalBatch.Header before = last;
        if (before != null
                && (at.number() != before.number() + 1
                        || at.firstRecord() != before.lastRecord() + 1
                        || !java.util.Arrays.equals(at.previous(), before.hash()))) {
            problem("batch " + at.number() + " does not follow the one before it: a batch was changed or left out");
        }
        last = at;
        int shown = 0;
        if (members.get("records") instanceof List<?> list) {
            for (Object each : list) {
                record(at, each);
                shown++;
            }
        }
        records += shown;
        batches.add(new Batch(at.number(), at.hashHex(), shown));
    }

    private void record(JournalBatch.Header batch, @Nullable Object each) {
        if (each instanceof Map<?, ?> record
                && record.get("index") instanceof Number index
                && record.get("text") instanceof String text
                && record.get("salt") instanceof String salt
                && record.get("path") instanceof List<?> path) {
            List<byte[]> hashes = path.stream()
                    .map(hash -> HEX.parseHex(String.valueOf(hash)))
                    .toList();
            byte[] leaf = tree.leaf(HEX.parseHex(salt), text.getBytes(StandardCharsets.UTF_8));
            if (!tree.includes(leaf, index.intValue(), batch.count(), hashes, batch.root())) {
                problem("record " + (batch.firstRecord() + index.longValue())
                        + " is not the one that stands in the journal: it was changed");
            }
        } else {
            problem("batch " + batch.number() + " holds something that is no record");
        }
    }

    private void head(Map<String, @Nullable Object> members) {
        SignedHeads leaf = members.get("leaf") instanceof Map<?, ?> map ? SignedHeads.parse(payload(map)) : null;
        ChainHead head = leaf == null ? null : leaf.heads().get(JournalChain.NAME);
        String fault = leaf == null ? "is malformed" : leaf.fault(keys);
        if (leaf == null || head == null || fault != null) {
            problem("the signed head " + (fault == null ? "names no journal" : fault));
            return;
        }
        if (!leaf.storeId().equals(header.get("store_id"))) {
            problem("the signed head is of " + leaf.storeId() + ", and the export says that it is of "
                    + header.get("store_id"));
        }
        boolean met = false;
        for (Batch batch : batches) {
            if (batch.number() == head.seq()) {
                met = batch.hash().equals(head.hash());
            } else if (batch.number() > head.seq()) {
                unvouched += batch.records();
            }
        }
        if (!met && !batches.isEmpty() && batches.getFirst().number() <= head.seq()) {
            problem("the batches are not those that the signed head vouches for: one was changed");
        } else if (met || batches.isEmpty()) {
            vouched = head;
        }
    }

    private static Map<String, @Nullable Object> payload(Map<?, ?> map) {
        Map<String, @Nullable Object> payload = new java.util.LinkedHashMap<>();
        map.forEach((name, value) -> payload.put(String.valueOf(name), value));
        return payload;
    }

    private static long number(Map<String, @Nullable Object> members, String name) {
        if (members.get(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException(name + " is no number");
    }

    private static byte[] bytes(Map<String, @Nullable Object> members, String name) {
        if (members.get(name) instanceof String text && text.length() == 2 * JournalBatch.HASH_BYTES) {
            return HEX.parseHex(text);
        }
        throw new IllegalArgumentException(name + " is no SHA-256");
    }

    private static byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
            if (line.size() > MAX_LINE_BYTES) {
                break;
            }
        }
        return line.toByteArray();
    }

    private void problem(String sentence) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(sentence);
        }
    }
}
