package bulwark.kernel.evidence.log;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One record of the local log. The first six members are the original's; ours follow: {@code dedupe_key}; {@code torn}, the SHA-256 of
 * unfinished lines that a crash left before this record; {@code line_hash}, SHA-256 of the previous record's line_hash (64 zeros if none)
 * and the canonical JSON of all other members, so that an edit of any member shows.
 *
 * @param ts epoch seconds
 * @param members everything but line_hash, in the order written
 */
public record LogRecord(
        long index,
        long ts,
        String leafHash,
        String prevHash,
        String chainHash,
        Map<String, @Nullable Object> payload,
        @Nullable String dedupeKey,
        @Nullable String torn,
        @Nullable String lineHash,
        Map<String, @Nullable Object> members) {

    static final String ZEROS = "0".repeat(64);

    /** The record after {@code lastRecord}. */
    public static LogRecord after(@Nullable LogRecord lastRecord, long ts, LogLeaf leaf, @Nullable String torn) {
        long index = lastRecord == null ? 0 : lastRecord.index + 1;
        String leafHash = leafHash(leaf.payload());
        String prevHash = lastRecord == null ? ZEROS : lastRecord.chainHash;
        String chainHash = chainHash(prevHash, leafHash);
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("index", index);
        members.put("ts", ts);
        members.put("leaf_hash", leafHash);
        members.put("prev_hash", prevHash);
        members.put("chain_hash", chainHash);
        members.put("payload", leaf.payload());
        members.put("dedupe_key", leaf.dedupeKey());
        if (torn != null) {
            members.put("torn", torn);
        }
        String lineHash = lineHash(lastRecord == null ? null : lastRecord.lineHash, members);
        return new LogRecord(
                index,
                ts,
                leafHash,
                prevHash,
                chainHash,
                new LinkedHashMap<>(leaf.payload()),
                leaf.dedupeKey(),
                torn,
                lineHash,
                members);
    }

    /** Null when the bytes are not a record of this form; says nothing about its hashes. */
    public static @Nullable LogRecord parse(byte[] line) {
        try {
            JsonNode node = StrictJson.parse(line);
            if (!node.isObject()) {
                return null;
            }
            Map<String, @Nullable Object> members = object(node);
            Object lineHash = members.remove("line_hash");
            if (!(members.get("index") instanceof Number index)
                    || !(members.get("ts") instanceof Number ts)
                    || !(members.get("leaf_hash") instanceof String leafHash)
                    || !(members.get("prev_hash") instanceof String prevHash)
                    || !(members.get("chain_hash") instanceof String chainHash)
                    || !node.path("payload").isObject()) {
                return null;
            }
            return new LogRecord(
                    index.longValue(),
                    ts.longValue(),
                    leafHash,
                    prevHash,
                    chainHash,
                    object(node.path("payload")),
                    members.get("dedupe_key") instanceof String key ? key : null,
                    members.get("torn") instanceof String torn ? torn : null,
                    lineHash instanceof String hash ? hash : null,
                    members);
        } catch (StrictJson.JsonRefused notJson) {
            return null;
        }
    }

    public static String leafHash(Map<String, ? extends @Nullable Object> payload) {
        return Digests.sha256Hex(CanonicalJson.bytes(payload));
    }

    /** The bytes that are hashed, and the leaf of the log's tree. */
    byte[] canonicalPayload() {
        return CanonicalJson.bytes(payload);
    }

    private static String chainHash(String prevHash, String leafHash) {
        return Digests.sha256Hex(prevHash + leafHash);
    }

    private static String lineHash(@Nullable String previous, Map<String, @Nullable Object> members) {
        return Digests.sha256Hex((previous == null ? ZEROS : previous) + CanonicalJson.text(members));
    }

    /** What is wrong with this record as the successor of {@code lastRecord}; empty when nothing is. */
    List<String> faults(@Nullable LogRecord lastRecord) {
        List<String> faults = new ArrayList<>(inner());
        if (index != (lastRecord == null ? 0 : lastRecord.index + 1)) {
            faults.add("index is " + index + " where " + (lastRecord == null ? 0 : lastRecord.index + 1) + " belongs");
        }
        if (!prevHash.equals(lastRecord == null ? ZEROS : lastRecord.chainHash)) {
            faults.add("prev_hash is not the chain_hash of the record before");
        }
        if (lineHash == null) {
            if (lastRecord != null && lastRecord.lineHash != null) {
                faults.add("line_hash is missing");
            }
        } else if (!lineHash.equals(lineHash(lastRecord == null ? null : lastRecord.lineHash, members))) {
            faults.add("line_hash does not cover what the line holds");
        }
        return faults;
    }

    /** The faults that show without the record before. */
    List<String> inner() {
        List<String> faults = new ArrayList<>();
        if (!leafHash.equals(leafHash(payload))) {
            faults.add("leaf_hash is not that of the payload");
        }
        if (!chainHash.equals(chainHash(prevHash, leafHash))) {
            faults.add("chain_hash does not follow from prev_hash and leaf_hash");
        }
        return faults;
    }

    /** One line with its line feed. */
    public byte[] bytes() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(members);
        if (lineHash != null) {
            all.put("line_hash", lineHash);
        }
        return (StrictJson.text(all) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    LogEntry entry(String logId) {
        Map<String, @Nullable Object> raw = new LinkedHashMap<>(members);
        raw.keySet().retainAll(List.of("index", "ts", "leaf_hash", "prev_hash", "chain_hash", "payload"));
        return new LogEntry(logId, leafHash, index, ts, Map.of("chain_hash", chainHash, "prev_hash", prevHash), raw);
    }

    /** Empty for anything but an object. */
    public static Map<String, @Nullable Object> object(JsonNode node) {
        return node.isObject() ? PlainJson.object(node) : new LinkedHashMap<>();
    }
}
