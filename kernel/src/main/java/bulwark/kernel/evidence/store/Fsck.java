package bulwark.kernel.evidence.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checks of everything durable that a part has, each with a name. Checks only read; what they cannot read is a finding and does
 * not stop the others. For one thread.
 */
public final class Fsck {
    private static final Logger LOG = LoggerFactory.getLogger(Fsck.class);
    private static final int MAX_FINDINGS = 100;

    private final Map<String, Check> checks = new LinkedHashMap<>();

    /** Reads something durable. */
    public interface Check {
        /** @return problems, one sentence each, empty when whole */
        List<String> problems() throws Exception;
    }

    /** @param check name of the check that found it */
    public record Finding(String check, String sentence) {}

    /** @param checked what was looked at, in order */
    public record Report(List<String> checked, List<Finding> findings) {
        public boolean clean() {
            return findings.isEmpty();
        }

        public List<String> sentences() {
            return findings.stream().map(Finding::sentence).toList();
        }
    }

    /** @param what a noun phrase, for instance {@code the store file tasks.db} */
    public Fsck check(String what, Check check) {
        if (checks.putIfAbsent(what, check) != null) {
            throw new IllegalArgumentException("two checks of one name: " + what);
        }
        return this;
    }

    /** Runs every check; of each at most a hundred findings are told. */
    public Report run() {
        List<Finding> findings = new ArrayList<>();
        checks.forEach((what, check) -> {
            List<String> problems = problems(what, check);
            problems.stream().limit(MAX_FINDINGS).forEach(sentence -> findings.add(new Finding(what, sentence)));
            if (problems.size() > MAX_FINDINGS) {
                findings.add(new Finding(
                        what, what + ": " + (problems.size() - MAX_FINDINGS) + " more problems of this kind"));
            }
        });
        return new Report(List.copyOf(checks.keySet()), List.copyOf(findings));
    }

    private static List<String> problems(String what, Check check) {
        try {
            return check.problems();
        } catch (Exception e) {
            LOG.debug("the check of {} failed", what, e);
            return List.of(what + " could not be checked: " + e.getMessage());
        }
    }
}
