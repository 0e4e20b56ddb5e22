package bulwark.kernel.evidence;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A leaf of the log in which one store vouches for the heads of all its chains. Leaves of a store are numbered and each names the hash
 * of the one before, so they are a chain of their own among the leaves of others. An origin says where the store begins, or that its
 * owner accepted a loss.
 *
 * @param origin null for heads; else {@code created}, {@code upgraded} (rows before these heads have no signature) or {@code loss_accepted}
 * @param previous leaf hash of the store's leaf before this one
 * @param lost sentences, only of an accepted loss
 * @param createdAt offset form
 */
public record SignedHeads(
        @Nullable String origin,
        String storeId,
        long number,
        @Nullable String previous,
        Map<String, ChainHead> heads,
        List<String> lost,
        String createdAt,
        String publicKey,
        LogKeys.Signature signature) {
    static final String HEADS = "bulwark.signed_heads";
    static final String ORIGIN = "bulwark.log_origin";
    static final String LOSS = "loss_accepted";
    private static final String PURPOSE = "bulwark.dev/log/heads/v1";

    static SignedHeads sign(
            LogKeys keys,
            @Nullable String origin,
            String storeId,
            @Nullable SignedHeads before,
            List<ChainHead> heads,
            List<String> lost,
            String createdAt) {
        Map<String, ChainHead> byTable = new TreeMap<>();
        heads.forEach(head -> byTable.put(head.table(), head));
        LogKeys.Signature none = new LogKeys.Signature("", "");
        SignedHeads unsigned = new SignedHeads(
                origin,
                storeId,
                before == null ? 0 : before.number + 1,
                before == null ? null : before.leafHash(),
                byTable,
                List.copyOf(lost),
                createdAt,
                "",
                none);
        LogKeys.Signature signature = keys.sign(PURPOSE, unsigned.statement());
        String publicKey = Base64.getUrlEncoder().withoutPadding().encodeToString(keys.publicKey(signature.keyId()));
        return unsigned.with(origin == null ? "" : publicKey, signature);
    }

    private SignedHeads with(String key, LogKeys.Signature by) {
        return new SignedHeads(origin, storeId, number, previous, heads, lost, createdAt, key, by);
    }

    boolean acceptsLoss() {
        return LOSS.equals(origin);
    }

    String leafHash() {
        return LogRecord.leafHash(payload());
    }

    /** The store id that a payload of these kinds names, or null for any other payload. */
    static @Nullable String storeIdIn(Map<String, @Nullable Object> payload) {
        boolean ours = HEADS.equals(payload.get("kind")) || ORIGIN.equals(payload.get("kind"));
        return ours ? String.valueOf(payload.get("store_id")) : null;
    }

    /** Why this is not to be believed, as the end of a sentence; null when it is. */
    @Nullable
    String fault(LogKeys keys) {
        Instant at;
        try {
            at = OffsetDateTime.parse(createdAt).toInstant();
        } catch (DateTimeException e) {
            return "names no time";
        }
        return keys.fault(PURPOSE, statement(), signature, at);
    }

    private Map<String, @Nullable Object> statement() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("kind", origin == null ? HEADS : ORIGIN);
        members.put("version", 1);
        members.put("store_id", storeId);
        members.put("number", number);
        members.put("previous_leaf_hash", previous);
        Map<String, Object> byTable = new TreeMap<>();
        heads.forEach((table, head) -> byTable.put(table, Map.of("seq", head.seq(), "hash", head.hash())));
        members.put("heads", byTable);
        members.put("created_at", createdAt);
        if (origin != null) {
            members.put("origin", origin);
            members.put("lost", lost);
        }
        return members;
    }

    Map<String, @Nullable Object> payload() {
        Map<String, @Nullable Object> members = statement();
        members.put("key_id", signature.keyId());
        if (origin != null) {
            members.put("public_key", publicKey);
        }
        members.put("signature", signature.value());
        return members;
    }

    /** Null when the payload is not exactly what {@link #payload()} writes: an extra or missing member would escape the signature. */
    static @Nullable SignedHeads parse(Map<String, @Nullable Object> payload) {
        try {
            boolean isOrigin = ORIGIN.equals(payload.get("kind"));
            List<String> lost = new ArrayList<>();
            if (isOrigin && payload.get("lost") instanceof List<?> sentences) {
                sentences.forEach(sentence -> lost.add(String.valueOf(sentence)));
            }
            SignedHeads parsed = new SignedHeads(
                    isOrigin ? text(payload, "origin") : null,
                    text(payload, "store_id"),
                    number(payload.get("number")),
                    payload.get("previous_leaf_hash") instanceof String hash ? hash : null,
                    heads(payload.get("heads")),
                    lost,
                    text(payload, "created_at"),
                    isOrigin ? text(payload, "public_key") : "",
                    new LogKeys.Signature(text(payload, "key_id"), text(payload, "signature")));
            return LogRecord.leafHash(payload).equals(parsed.leafHash()) ? parsed : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static Map<String, ChainHead> heads(@Nullable Object byTable) {
        Map<String, ChainHead> heads = new TreeMap<>();
        if (byTable instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> each : map.entrySet()) {
                if (each.getValue() instanceof Map<?, ?> head && head.get("hash") instanceof String hash) {
                    String table = String.valueOf(each.getKey());
                    heads.put(table, new ChainHead(table, number(head.get("seq")), hash));
                }
            }
        }
        return heads;
    }

    private static long number(@Nullable Object value) {
        if (value instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("not a number");
    }

    private static String text(Map<String, @Nullable Object> payload, String member) {
        if (payload.get(member) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(member);
    }
}
