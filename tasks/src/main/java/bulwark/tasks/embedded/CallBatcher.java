package bulwark.tasks.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Cuts lists so that each part fits one call over the local socket. */
final class CallBatcher {
    private static final int MAX_COUNT = 2_000;
    private static final int MAX_LENGTH = 2 << 20;

    private CallBatcher() {}

    /** @param length characters of an element, about */
    static <T> List<List<T>> of(List<T> all, ToIntFunction<T> length) {
        List<List<T>> parts = new ArrayList<>();
        int from = 0;
        long size = 0;
        for (int i = 0; i < all.size(); i++) {
            size += length.applyAsInt(all.get(i));
            if (i > from && (size > MAX_LENGTH || i - from >= MAX_COUNT)) {
                parts.add(all.subList(from, i));
                from = i;
                size = length.applyAsInt(all.get(i));
            }
        }
        if (from < all.size()) {
            parts.add(all.subList(from, all.size()));
        }
        return parts;
    }
}
