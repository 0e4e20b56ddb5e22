package bulwark.gateway.snapshot;

import bulwark.kernel.signing.Digests;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is signed of a snapshot, by the texts of its elements: canonical JSON, each byte a character. Snapshots that follow each other share the texts of what did not change. Immutable and
 * thread-safe.
 */
public final class SnapshotText {
    private final String gateway;
    private final long generation;
    private final Map<String, List<String>> lists = new HashMap<>();
    private volatile @Nullable String digest;

    /** @param list the texts of each list, by its name */
    SnapshotText(String gateway, long generation, Function<String, List<String>> list) {
        this.gateway = gateway;
        this.generation = generation;
        SnapshotMember.NAMES.forEach(name -> lists.put(name, List.copyOf(list.apply(name))));
    }

    /** @param cache of the texts of elements */
    public static SnapshotText of(GatewaySnapshot snapshot, SnapshotTextCache cache) {
        Map<String, List<String>> lists = new HashMap<>();
        SnapshotMember.ALL.forEach(member -> lists.put(member.name(), texts(member, snapshot, cache)));
        return new SnapshotText(snapshot.gateway(), snapshot.generation(), name -> lists.getOrDefault(name, List.of()));
    }

    private static <T> List<String> texts(SnapshotMember<T> member, GatewaySnapshot snapshot, SnapshotTextCache cache) {
        return member.of(snapshot).stream()
                .map(element -> cache.text(member, element))
                .toList();
    }

    String gateway() {
        return gateway;
    }

    public long generation() {
        return generation;
    }

    List<String> list(String member) {
        return lists.getOrDefault(member, List.of());
    }

    /** Whether less than half of this is other than before. */
    public boolean isMostlyOf(SnapshotText before) {
        long added = 0;
        long all = 0;
        for (String member : SnapshotMember.NAMES) {
            added += ListEdit.between(before.list(member), list(member))
                    .positions()
                    .size();
            all += list(member).size();
        }
        return added == 0 || added * 2 < all;
    }

    /** SHA-256 of the statement, hex. */
    public String digest() {
        String made = digest;
        if (made == null) {
            made = Digests.sha256Hex(statement());
            digest = made;
        }
        return made;
    }

    /** What is signed of the whole. */
    byte[] statement() {
        StringBuilder head = new StringBuilder("{");
        ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);
        boolean scalars = false;
        for (SnapshotMember<?> member : SnapshotMember.ALL) {
            if (!scalars && member.name().compareTo("gateway_id") > 0) {
                scalars = true;
                head.append(head.length() > 1 || out.size() > 0 ? "," : "")
                        .append("\"gateway_id\":")
                        .append(SnapshotMember.quoted(gateway))
                        .append(",\"generation\":")
                        .append(generation);
            }
            List<String> texts = list(member.name());
            if (!texts.isEmpty() || member.isAlways()) {
                head.append(head.length() > 1 || out.size() > 0 ? "," : "")
                        .append('"')
                        .append(member.name())
                        .append("\":[");
                out.writeBytes(bytes(head.toString()));
                head.setLength(0);
                append(out, texts);
                out.write(']');
            }
        }
        out.write('}');
        return out.toByteArray();
    }

    private static void append(ByteArrayOutputStream out, List<String> texts) {
        boolean first = true;
        for (String text : texts) {
            if (!first) {
                out.write(',');
            }
            out.writeBytes(bytes(text));
            first = false;
        }
    }

    static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }
}
