package bulwark.gateway.call;

import bulwark.gateway.http1.HeaderName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A whole answer that a policy gives in place of the backend. Immutable as long as nobody writes to the body.
 *
 * @param contentType empty when the body is
 * @param fields header lines, name and value in turn
 */
public record LocalAnswer(int status, String contentType, byte[] body, List<String> fields) {
    public LocalAnswer {
        fields = List.copyOf(fields);
    }

    /** Its header lines without those whose names are among the others, in any spelling. @param others names and values in turn */
    public List<String> fieldsWithout(List<String> others) {
        if (others.isEmpty()) {
            return fields;
        }
        Set<String> gone = Stream.iterate(0, i -> i < others.size(), i -> i + 2)
                .map(i -> HeaderName.folded(others.get(i)))
                .collect(Collectors.toSet());
        List<String> kept = new ArrayList<>(fields.size());
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            if (!gone.contains(HeaderName.folded(fields.get(i)))) {
                kept.add(fields.get(i));
                kept.add(fields.get(i + 1));
            }
        }
        return kept;
    }
}
