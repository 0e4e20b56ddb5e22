package bulwark.gateway.policy;

import bulwark.gateway.http1.HeaderName;
import bulwark.kernel.json.JsonFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Header lines that are set, added or removed on the way to the backend and back. */
public record TransformRule(Edit request, Edit response) implements PolicyRule {
    private static final int MAX_LINES = 32;
    private static final int MAX_VALUE = 1_000;

    /**
     * @param set in place of all lines of the name
     * @param add beside them
     * @param remove names
     */
    public record Edit(List<HeaderLine> set, List<HeaderLine> add, List<String> remove) {
        static final Edit NONE = new Edit(List.of(), List.of(), List.of());

        public Edit {
            set = List.copyOf(set);
            add = List.copyOf(add);
            remove = List.copyOf(remove);
        }

        boolean isEmpty() {
            return set.isEmpty() && add.isEmpty() && remove.isEmpty();
        }

        private Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            if (!set.isEmpty()) {
                fields.put("set", set.stream().map(HeaderLine::fields).toList());
            }
            if (!add.isEmpty()) {
                fields.put("add", add.stream().map(HeaderLine::fields).toList());
            }
            if (!remove.isEmpty()) {
                fields.put("remove", remove);
            }
            return fields;
        }
    }

    /** One header line. */
    public record HeaderLine(String name, String value) {
        private Map<String, Object> fields() {
            return Map.of("name", name, "value", value);
        }
    }

    @Override
    public PolicyType type() {
        return PolicyType.TRANSFORM;
    }

    static TransformRule read(JsonFields fields) {
        Edit request = fields.object("request").map(edit -> edit(edit, true)).orElse(Edit.NONE);
        Edit response = fields.object("response").map(edit -> edit(edit, false)).orElse(Edit.NONE);
        if (request.isEmpty() && response.isEmpty()) {
            fields.fault("request", "or response must change a header, or the policy can never match");
        }
        return new TransformRule(request, response);
    }

    private static Edit edit(JsonFields fields, boolean request) {
        Set<String> seen = new HashSet<>();
        List<HeaderLine> set = lines(fields, "set", request, seen);
        List<String> remove = new ArrayList<>();
        List<String> names = fields.texts("remove", MAX_LINES, 100);
        for (int i = 0; i < names.size(); i++) {
            check(fields, "remove[" + i + "]", names.get(i), request, seen);
            remove.add(names.get(i));
        }
        List<HeaderLine> add = lines(fields, "add", request, seen);
        fields.end();
        return new Edit(set, add, remove);
    }

    private static List<HeaderLine> lines(JsonFields fields, String field, boolean request, Set<String> seen) {
        int[] index = {0};
        return fields.objects(field, MAX_LINES, line -> {
            String name = line.text("name", 100);
            String value = line.text(
                    "value", MAX_VALUE, PolicyHeaders::isValue, "must be of visible ASCII characters and blanks");
            line.end();
            if (!name.isEmpty()) {
                check(fields, field + "[" + index[0] + "].name", name, request, seen);
            }
            index[0]++;
            return new HeaderLine(name, value);
        });
    }

    /** @param seen names in one spelling; of two changes to one header one would never be seen */
    private static void check(JsonFields fields, String place, String name, boolean request, Set<String> seen) {
        String must = request ? PolicyHeaders.problemInRequest(name) : PolicyHeaders.problemInResponse(name);
        if (must != null) {
            fields.fault(place, must);
        } else if (!seen.add(HeaderName.folded(name))) {
            fields.fault(place, "is changed twice here; keep one");
        }
    }

    @Override
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (!request.isEmpty()) {
            fields.put("request", request.fields());
        }
        if (!response.isEmpty()) {
            fields.put("response", response.fields());
        }
        return fields;
    }
}
