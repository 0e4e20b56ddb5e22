package bulwark.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The cookies that a request brings, by the grammar of RFC 6265bis, section 4.2. A pair outside of that grammar is left out; a header with
 * more than {@value #MAX_PAIRS} pairs gives no cookie at all. Names are compared byte for byte. Immutable.
 */
public final class Cookies {
    /** Browsers keep at least 50 for each site. */
    static final int MAX_PAIRS = 100;

    private static final Cookies NONE = new Cookies(Map.of(), true);

    private final Map<String, List<String>> values;
    private final boolean wellFormed;

    private Cookies(Map<String, List<String>> values, boolean wellFormed) {
        this.values = values;
        this.wellFormed = wellFormed;
    }

    static Cookies of(Headers headers) {
        List<String> lines = headers.all("Cookie");
        return lines.isEmpty() ? NONE : parse(lines);
    }

    private static Cookies parse(List<String> lines) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        boolean wellFormed = true;
        int pairs = 0;
        for (String line : lines) {
            for (String piece : line.split(";", -1)) {
                if (++pairs > MAX_PAIRS) {
                    return new Cookies(Map.of(), false);
                }
                String pair = piece.strip();
                int equals = pair.indexOf('=');
                if (equals > 0 && CookieGrammar.isPair(pair, equals)) {
                    values.merge(pair.substring(0, equals), List.of(pair.substring(equals + 1)), Cookies::joined);
                } else {
                    wellFormed = false;
                }
            }
        }
        return new Cookies(values, wellFormed);
    }

    private static List<String> joined(List<String> earlier, List<String> later) {
        return Stream.concat(earlier.stream(), later.stream()).toList();
    }

    /**
     * The value of the one cookie of this name; empty when there is none, and when there are several: a neighbouring site of the same domain can
     * add one, and nothing tells which is whose.
     */
    public Optional<String> only(String name) {
        List<String> all = all(name);
        return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
    }

    /** Every value of the name in the order of the request, as it was sent: with its double quotes, not decoded. */
    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** False when something of the header was left out. */
    public boolean isWellFormed() {
        return wellFormed;
    }
}
