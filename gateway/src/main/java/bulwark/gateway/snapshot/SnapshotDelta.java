package bulwark.gateway.snapshot;

import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What makes one snapshot out of another, which it names by its digest: {@code {"base":"…","digest":"…","edits":{"routes":{"added":[{"at":5,"element":{…}}],"removed":[5]}},"gateway_id":"…","generation":8}}.
 * It names the digest of what must come out, too. Immutable.
 *
 * @param base SHA-256 of the statement that it changes, hex
 * @param digest SHA-256 of the statement that comes out, hex
 */
public record SnapshotDelta(String gateway, long generation, String base, String digest, Map<String, Edit> edits) {
    private static final int MAX_TEXT = 256;
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    /** Of one list. @param added the elements of the positions that are added, as they were sent */
    record Edit(ListEdit list, List<JsonNode> added) {}

    /** What is signed. */
    static byte[] statement(SnapshotText base, SnapshotText next) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, "{\"base\":\"" + base.digest() + "\",\"digest\":\"" + next.digest() + "\",\"edits\":{");
        String comma = "";
        for (String member : SnapshotMember.NAMES) {
            List<String> after = next.list(member);
            ListEdit edit = ListEdit.between(base.list(member), after);
            if (!edit.isEmpty()) {
                write(out, comma + "\"" + member + "\":{\"added\":[");
                String between = "";
                for (int position : edit.positions()) {
                    write(out, between + "{\"at\":" + position + ",\"element\":" + after.get(position) + "}");
                    between = ",";
                }
                write(out, "],\"removed\":" + edit.removed().toString().replace(" ", "") + "}");
                comma = ",";
            }
        }
        write(
                out,
                "},\"gateway_id\":" + SnapshotMember.quoted(next.gateway()) + ",\"generation\":" + next.generation()
                        + "}");
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, String latin1) {
        out.writeBytes(SnapshotText.bytes(latin1));
    }

    /** @throws RoutesRefused with every fault of its form; its elements are not looked at */
    static SnapshotDelta read(byte[] statement) {
        List<String> faults = new ArrayList<>();
        JsonNode node;
        try {
            node = StrictJson.parse(statement);
        } catch (StrictJson.JsonRefused e) {
            throw SnapshotEnvelope.refused("is damaged: " + e.getMessage());
        }
        JsonFields fields = JsonFields.of(node, "", faults);
        Map<String, Edit> edits = new HashMap<>();
        SnapshotDelta delta = new SnapshotDelta(
                fields.text("gateway_id", MAX_TEXT),
                fields.wholeNumber("generation", 1, Long.MAX_VALUE, 0),
                digest(fields, "base"),
                digest(fields, "digest"),
                edits);
        fields.object("edits").ifPresent(lists -> {
            for (SnapshotMember<?> member : SnapshotMember.ALL) {
                lists.object(member.name()).ifPresent(list -> edits.put(member.name(), edit(list, member.max())));
            }
            lists.end();
        });
        fields.end();
        if (!faults.isEmpty()) {
            throw new RoutesRefused(faults);
        }
        return delta;
    }

    private static String digest(JsonFields fields, String name) {
        return fields.text(name, 64, text -> DIGEST.matcher(text).matches(), "must be a SHA-256 in hex");
    }

    private static Edit edit(JsonFields fields, int max) {
        List<Integer> positions = new ArrayList<>();
        List<JsonNode> added = new ArrayList<>();
        fields.objects("added", max, each -> {
            positions.add((int) each.wholeNumber("at", 0, max - 1L, 0));
            each.element("element").ifPresentOrElse(added::add, () -> each.fault("element", "must be there"));
            each.end();
            return each;
        });
        List<Integer> removed = new ArrayList<>();
        fields.elements("removed", max).forEach(position -> {
            if (!position.isInt() || position.intValue() < 0) {
                fields.fault("removed", "must hold whole numbers");
            } else {
                removed.add(position.intValue());
            }
        });
        fields.end();
        return new Edit(new ListEdit(removed, positions), added);
    }

    /**
     * The snapshot that comes out: what did not change is taken from the one before, as it was read and checked then.
     *
     * @throws RoutesRefused when this is no change of that snapshot, when what comes out is not what the digest says, or with every fault of an element
     */
    public SignedSnapshot apply(SignedSnapshot before) {
        SnapshotText text = before.text();
        if (text == null || !before.digest().equals(base)) {
            throw SnapshotEnvelope.refused("changes another snapshot than the one that is carried out here");
        }
        if (generation <= before.generation()) {
            throw SnapshotEnvelope.refused("would change generation " + before.generation() + " into generation "
                    + generation + ", and generations only grow");
        }
        SnapshotText after = new SnapshotText(gateway, generation, name -> edited(name, text.list(name)));
        if (!after.digest().equals(digest)) {
            throw SnapshotEnvelope.refused("names a digest that its changes do not come to");
        }
        List<String> faults = new ArrayList<>();
        GatewaySnapshot snapshot = GatewaySnapshot.of(gateway, generation, new GatewaySnapshot.Lists() {
            @Override
            public <T> List<T> of(SnapshotMember<T> member) {
                return read(member, member.of(before.snapshot()), faults);
            }
        });
        snapshot.check(faults);
        return new SignedSnapshot(snapshot, digest, after);
    }

    private List<String> edited(String name, List<String> before) {
        Edit edit = edits.get(name);
        return edit == null
                ? before
                : edited(edit, before, index -> text(name, edit.added().get(index)));
    }

    private static String text(String name, JsonNode element) {
        return SnapshotMember.named(name).sentText(element);
    }

    private <T> List<T> read(SnapshotMember<T> member, List<T> before, List<String> faults) {
        Edit edit = edits.get(member.name());
        if (edit == null) {
            return before;
        }
        List<Integer> positions = edit.list().positions();
        List<T> after =
                edited(edit, before, index -> member.read(edit.added().get(index), positions.get(index), faults));
        if (after.size() > member.max()) {
            faults.add(member.name() + " must be a list of at most " + member.max());
        }
        return after;
    }

    private static <E> List<E> edited(Edit edit, List<E> before, IntFunction<E> added) {
        Optional<List<E>> after = edit.list().apply(before, added);
        return after.orElseThrow(
                () -> SnapshotEnvelope.refused("changes positions that are none of the snapshot before"));
    }
}
