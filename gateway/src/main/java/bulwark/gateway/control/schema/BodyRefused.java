package bulwark.gateway.control.schema;

import java.util.List;

/** A body of which members are wrong: one sentence for each, which begins with the field. */
public final class BodyRefused extends RuntimeException {
    private final transient List<String> sentences;

    public BodyRefused(List<String> sentences) {
        super(String.join("; ", sentences), null, false, false);
        this.sentences = List.copyOf(sentences);
    }

    /** At least one. */
    public List<String> sentences() {
        return sentences;
    }
}
