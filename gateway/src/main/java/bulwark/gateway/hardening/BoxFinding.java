package bulwark.gateway.hardening;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What was found of one box.
 *
 * @param observed sentences; of a failure those that made it one stand first
 */
public record BoxFinding(HardeningBox box, Verdict verdict, List<String> observed) {
    public BoxFinding {
        observed = List.copyOf(observed);
    }

    /** How a box is judged. */
    public enum Verdict {
        PASS,
        FAIL,
        NOT_VISIBLE;

        /** For people: {@code not visible from here}. */
        public String words() {
            return this == NOT_VISIBLE ? "not visible from here" : name().toLowerCase(Locale.ROOT);
        }
    }

    /** Gathers what is seen of a box. Used by one thread. */
    static final class Observation {
        private final List<String> good = new ArrayList<>();
        private final List<String> bad = new ArrayList<>();
        private final List<String> unseen = new ArrayList<>();

        void good(String sentence) {
            good.add(sentence);
        }

        void bad(String sentence) {
            bad.add(sentence);
        }

        void judge(boolean holds, String sentence, String otherwise) {
            (holds ? good : bad).add(holds ? sentence : otherwise);
        }

        void unseen(String sentence) {
            unseen.add(sentence);
        }

        /** Failed by anything bad, passed by something good alone. */
        BoxFinding of(HardeningBox box) {
            List<String> all = new ArrayList<>(bad);
            all.addAll(good);
            all.addAll(unseen);
            Verdict verdict = !bad.isEmpty() ? Verdict.FAIL : good.isEmpty() ? Verdict.NOT_VISIBLE : Verdict.PASS;
            return new BoxFinding(box, verdict, all);
        }
    }
}
