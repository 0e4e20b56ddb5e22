package bulwark.gateway.route;

import java.util.List;

/** Routes that are not used, none of them: one sentence for each fault, with the field that mends it. */
public final class RoutesRefused extends RuntimeException {
    private final transient List<String> sentences;

    public RoutesRefused(List<String> sentences) {
        super(String.join(" ", sentences), null, false, false);
        this.sentences = List.copyOf(sentences);
    }

    /** At least one. */
    public List<String> sentences() {
        return sentences;
    }
}
