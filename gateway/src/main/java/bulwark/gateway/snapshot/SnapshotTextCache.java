package bulwark.gateway.snapshot;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The texts of elements, so that what did not change from one snapshot to the next is written once. What the newest snapshots no longer hold is forgotten with them. Thread-safe. */
public final class SnapshotTextCache {
    private final Map<Object, String> texts = new ConcurrentHashMap<>();
    private final Map<Object, String> former;

    private SnapshotTextCache(Map<Object, String> former) {
        this.former = former;
    }

    public static SnapshotTextCache empty() {
        return new SnapshotTextCache(Map.of());
    }

    /** For the snapshots of the next generation. */
    public SnapshotTextCache next() {
        return new SnapshotTextCache(texts);
    }

    <T> String text(SnapshotMember<T> member, T element) {
        String known = texts.get(element);
        if (known != null) {
            return known;
        }
        String before = former.get(element);
        String text = before == null ? member.text(element) : before;
        texts.put(element, text);
        return text;
    }
}
