package bulwark.gateway.snapshot;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Elements of the snapshot that is carried out, by their text: what stands word for word in the next one is not read again. Not changed after it is made. */
final class KnownElements {
    private final Map<String, Map<String, Object>> byMember;
    private final SnapshotElements next;

    /** @param before null for none */
    static KnownElements in(byte[] statement, @Nullable SignedSnapshot before) {
        Map<String, Map<String, Object>> byMember = new HashMap<>();
        if (before != null && before.text() != null) {
            SnapshotText text = before.text();
            SnapshotMember.ALL.forEach(member -> byMember.put(member.name(), byText(member, before.snapshot(), text)));
        }
        SnapshotElements elements = SnapshotElements.of(
                statement,
                SnapshotMember.NAMES,
                (member, element) -> byMember.getOrDefault(member, Map.of()).containsKey(element));
        return new KnownElements(byMember, elements);
    }

    private KnownElements(Map<String, Map<String, Object>> byMember, SnapshotElements next) {
        this.byMember = byMember;
        this.next = next;
    }

    private static <T> Map<String, Object> byText(
            SnapshotMember<T> member, GatewaySnapshot snapshot, SnapshotText text) {
        List<String> texts = text.list(member.name());
        List<T> elements = member.of(snapshot);
        Map<String, Object> byText = HashMap.newHashMap(texts.size());
        for (int i = 0; i < texts.size() && i < elements.size(); i++) {
            byText.put(texts.get(i), elements.get(i));
        }
        return byText;
    }

    /** The statement without them. */
    byte[] rest() {
        return next.rest();
    }

    /** Null where the element must be read. */
    @SuppressWarnings("unchecked")
    <T> @Nullable T of(SnapshotMember<T> member, int index) {
        String text = next.text(member.name(), index);
        return text == null
                ? null
                : (T) byMember.getOrDefault(member.name(), Map.of()).get(text);
    }

    /** The text of the whole, for changes that are made to it; null where it has a form that no control plane of ours writes. */
    @Nullable
    SnapshotText text(GatewaySnapshot read) {
        boolean same = SnapshotMember.ALL.stream()
                .allMatch(member ->
                        next.list(member.name()).size() == member.of(read).size());
        return same ? new SnapshotText(read.gateway(), read.generation(), next::list) : null;
    }
}
