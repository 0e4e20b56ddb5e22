package bulwark.gateway.control.identity;

import bulwark.gateway.apikey.ConsumerKeyText;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.TenantChange;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.UuidV7;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of an object, in its field {@code keys}: each as a digest, with its prefix and its end. A new one is seen once, when it is made.
 *
 * @param id of the key
 * @param raw the key itself
 * @param lookup SHA-256 of it, hex
 * @param prefix what may be shown of it
 */
public record ObjectCredential(String id, SecretBytes raw, String lookup, String prefix) {
    /** The field of an object. */
    public static final String FIELD = "keys";

    private static final String EXPIRES = "expires_at";
    private static final String LOOKUP = "lookup";

    /** @param kind what the key begins with, such as {@code stoa_sk_} */
    public static ObjectCredential fresh(Signing signing, String kind, Instant now) {
        SecretBytes raw = ConsumerKeyText.fresh(signing, kind);
        String text = raw.exposeText(SecretAccess.grant());
        return new ObjectCredential(
                UuidV7.next(now), raw, Digests.sha256Hex(text), text.substring(0, ConsumerKeyText.PREFIX_LENGTH));
    }

    /** The key, for the one answer that shows it. */
    public String shown() {
        return raw.exposeText(SecretAccess.grant());
    }

    /** How it is kept. */
    private Map<String, Object> kept(Instant now) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", id);
        members.put(LOOKUP, lookup);
        members.put("prefix", prefix);
        members.put("created_at", now.toString());
        return members;
    }

    /** The first key of an object that is about to be made. */
    public List<Map<String, Object>> asFirst(Instant now) {
        return List.of(kept(now));
    }

    /** Makes this key the object's newest; the one before it ends with the grace, older ones end now. */
    public ControlObject replaceIn(TenantChange change, ControlObject object, Duration grace) throws SQLException {
        Instant now = change.now();
        List<Map<String, Object>> keys = new ArrayList<>();
        keys.add(kept(now));
        List<Map<String, Object>> live = live(object, now);
        if (!live.isEmpty() && !grace.isZero()) {
            Map<String, Object> former = new LinkedHashMap<>(live.getFirst());
            former.put(EXPIRES, now.plus(grace).toString());
            keys.add(former);
        }
        ControlObject next = change.update(object.with(FIELD, keys)
                .with("rotation_count", object.number("rotation_count", 0) + 1)
                .with("last_rotated_at", now.toString()));
        index(change, next);
        return next;
    }

    /** Makes the object's keys findable. */
    public static void index(TenantChange change, ControlObject object) throws SQLException {
        change.credentials(object, lookups(object));
    }

    /** Ends every key now. */
    public static ControlObject endAll(TenantChange change, ControlObject object) throws SQLException {
        ControlObject next = change.update(object.with(FIELD, null));
        change.credentials(next, List.of());
        return next;
    }

    /** Digests of all keys that are kept. */
    public static List<String> lookups(ControlObject object) {
        return object.objects(FIELD).stream()
                .map(key -> String.valueOf(key.get(LOOKUP)))
                .toList();
    }

    /** Newest first. */
    public static List<Map<String, Object>> live(ControlObject object, Instant now) {
        return object.objects(FIELD).stream()
                .filter(key -> end(key).map(now::isBefore).orElse(true))
                .toList();
    }

    /** When a kept key was made. */
    public static Instant made(Map<String, Object> key) {
        return Instant.parse(String.valueOf(key.get("created_at")));
    }

    /** Empty for a key without an end. */
    public static Optional<Instant> end(Map<String, Object> key) {
        return key.get(EXPIRES) instanceof String text ? Optional.of(Instant.parse(text)) : Optional.empty();
    }

    /** The live key of this digest. */
    static Optional<Map<String, Object>> find(ControlObject object, String lookup, Instant now) {
        return live(object, now).stream()
                .filter(key -> lookup.equals(key.get(LOOKUP)))
                .findFirst();
    }
}
