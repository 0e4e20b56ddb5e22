package bulwark.facts.chain;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that the re-scan compares besides the chain, in reads that are each short.
 *
 * @param reason stable code of its findings, for instance {@code edge_mismatch}
 * @param walk begins one comparison from the start
 */
public record DerivedCheck(String reason, Supplier<Pages> walk) {
    /** One comparison under way. */
    @FunctionalInterface
    public interface Pages {
        /** Reads the next part. @return sentences, null at the end */
        @Nullable
        List<String> next();
    }

    /** A comparison that is one short read. */
    public static DerivedCheck ofOneRead(String reason, Supplier<List<String>> read) {
        return new DerivedCheck(reason, () -> new Pages() {
            private boolean done;

            @Override
            public @Nullable List<String> next() {
                if (done) {
                    return null;
                }
                done = true;
                return read.get();
            }
        });
    }
}
