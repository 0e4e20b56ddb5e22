package bulwark.kernel.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The known name that a person probably meant. */
record NearestName(String name, int distance) {
    /** Empty when nothing resembles it. */
    static Optional<NearestName> of(String unknown, Collection<String> known, String prefix) {
        String typed = tail(unknown, prefix);
        NearestName best = null;
        for (String candidate : known) {
            int distance = distance(typed, tail(candidate, prefix));
            if (best == null || distance < best.distance) {
                best = new NearestName(candidate, distance);
            }
        }
        return Optional.ofNullable(best).filter(b -> b.distance <= Math.max(1, Math.min(6, typed.length() / 3)));
    }

    /** So close that the other meaning is not believable. */
    boolean isNearMiss() {
        return distance <= 2;
    }

    private static String tail(String name, String prefix) {
        String upper = name.toUpperCase(Locale.ROOT);
        return upper.startsWith(prefix) ? upper.substring(prefix.length()) : upper;
    }

    /** Damerau-Levenshtein with adjacent swaps. */
    private static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
