package bulwark.kernel.evidence.heads;

import bulwark.kernel.evidence.log.LogRecord;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.keys.KeyEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A leaf of the log in which one store vouches for the heads of all its chains. Leaves of a store are numbered and each names the hash
 * of the one before, so they are a chain of their own among the leaves of others. An origin says where the store begins, or that its
 * owner accepted a loss. A leaf may also change the log key.
 *
 * @param origin null for heads; else {@code created}, {@code upgraded} (rows before these heads have no signature) or {@code loss_accepted}
 * @param previous leaf hash of the store's leaf before this one
 * @param lost sentences, only of an accepted loss
 * @param change a new or a distrusted log key; null with an origin
 * @param createdAt offset form
 */
public record SignedHeads(
        @Nullable String origin,
        String storeId,
        long number,
        @Nullable String previous,
        Map<String, ChainHead> heads,
        List<String> lost,
        @Nullable LogKeyChange change,
        String createdAt,
        String publicKey,
        LogKeys.Signature signature) {
    static final String HEADS = "bulwark.signed_heads";
    static final String ORIGIN = "bulwark.log_origin";
    static final String KEY_CHANGE = "bulwark.log_key";
    public static final String LOSS = "loss_accepted";
    private static final String PURPOSE = "bulwark.dev/log/heads/v1";

    public static SignedHeads sign(
            LogKeys keys,
            @Nullable String origin,
            String storeId,
            @Nullable SignedHeads before,
            List<ChainHead> heads,
            List<String> lost,
            String createdAt) {
        return sign(keys, origin, storeId, before, heads, lost, null, createdAt);
    }

    /** A leaf that changes the log key; the key before it signs it. */
    public static SignedHeads sign(
            LogKeys keys, SignedHeads before, List<ChainHead> heads, LogKeyChange change, String createdAt) {
        return sign(keys, null, before.storeId, before, heads, List.of(), change, createdAt);
    }

    private static SignedHeads sign(
            LogKeys keys,
            @Nullable String origin,
            String storeId,
            @Nullable SignedHeads before,
            List<ChainHead> heads,
            List<String> lost,
            @Nullable LogKeyChange change,
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
                change,
                createdAt,
                "",
                none);
        KeyEntry signer = keys.current();
        LogKeys.Signature signature = keys.sign(PURPOSE, unsigned.statement());
        String publicKey = Base64Url.text(signer.publicKey());
        return unsigned.with(origin == null ? "" : publicKey, signature);
    }

    private SignedHeads with(String key, LogKeys.Signature by) {
        return new SignedHeads(origin, storeId, number, previous, heads, lost, change, createdAt, key, by);
    }

    boolean acceptsLoss() {
        return LOSS.equals(origin);
    }

    public String leafHash() {
        return LogRecord.leafHash(payload());
    }

    /** Id of the key that must sign the leaf after this one. */
    String keyInForce() {
        return change != null && change.introduces() ? change.keyId() : signature.keyId();
    }

    /** The store id that a payload of these kinds names, or null for any other payload. */
    public static @Nullable String storeIdIn(Map<String, @Nullable Object> payload) {
        Object kind = payload.get("kind");
        boolean ours = HEADS.equals(kind) || ORIGIN.equals(kind) || KEY_CHANGE.equals(kind);
        return ours ? String.valueOf(payload.get("store_id")) : null;
    }

    /** Why this is none of the store's leaves, as the end of a sentence; null when it is. When it was signed says its place among them. */
    public @Nullable String fault(LogKeys keys) {
        return time() == null ? "names no time" : keys.fault(PURPOSE, statement(), signature);
    }

    /** Why this is not to be believed as the newest leaf, behind which none stands that vouches for it; null when it is. */
    @Nullable
    String endFault(LogKeys keys) {
        Instant at = time();
        return at == null ? "names no time" : keys.endFault(signature.keyId(), at);
    }

    private @Nullable Instant time() {
        try {
            return OffsetDateTime.parse(createdAt).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private Map<String, @Nullable Object> statement() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("kind", change != null ? KEY_CHANGE : origin == null ? HEADS : ORIGIN);
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
        if (change != null) {
            members.put("key", change.members());
        }
        return members;
    }

    /** As it stands in the log. */
    public Map<String, @Nullable Object> payload() {
        Map<String, @Nullable Object> members = statement();
        members.put("key_id", signature.keyId());
        if (origin != null) {
            members.put("public_key", publicKey);
        }
        members.put("signature", signature.value());
        return members;
    }

    /** Null when the payload is not exactly what {@link #payload()} writes: an extra or missing member would escape the signature. */
    public static @Nullable SignedHeads parse(Map<String, @Nullable Object> payload) {
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
                    KEY_CHANGE.equals(payload.get("kind")) ? LogKeyChange.parse(payload.get("key")) : null,
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
