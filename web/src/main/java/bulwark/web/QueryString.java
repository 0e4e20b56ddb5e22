package bulwark.web;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The decoded query of one request: names and values in their order. Immutable. */
final class QueryString {
    private static final QueryString EMPTY = new QueryString(List.of());

    private final List<String> namesAndValues;

    private QueryString(List<String> namesAndValues) {
        this.namesAndValues = namesAndValues;
    }

    /**
     * @param raw without the question mark; a pair without '=' has an empty value; a plus is a space
     * @throws PercentEncoding.Malformed when a percent sign is not followed by two hex digits, or the text is not UTF-8
     */
    static QueryString parse(String raw) {
        if (raw.isEmpty()) {
            return EMPTY;
        }
        List<String> pairs = new ArrayList<>();
        int from = 0;
        while (from <= raw.length()) {
            int next = raw.indexOf('&', from);
            int to = next < 0 ? raw.length() : next;
            if (to > from) {
                int equals = raw.indexOf('=', from);
                int nameEnd = equals < 0 || equals > to ? to : equals;
                pairs.add(PercentEncoding.decode(raw, from, nameEnd, true));
                pairs.add(nameEnd == to ? "" : PercentEncoding.decode(raw, nameEnd + 1, to, true));
            }
            from = to + 1;
        }
        return new QueryString(pairs);
    }

    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            names.add(namesAndValues.get(i));
        }
        return names;
    }

    Optional<String> first(String name) {
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            if (namesAndValues.get(i).equals(name)) {
                return Optional.of(namesAndValues.get(i + 1));
            }
        }
        return Optional.empty();
    }

    List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            if (namesAndValues.get(i).equals(name)) {
                values.add(namesAndValues.get(i + 1));
            }
        }
        return values;
    }
}
