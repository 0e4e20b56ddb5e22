package bulwark.facts.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks export files without a node: each for itself, and several of one table as a chain in the given order. */
public final class ExportVerifier {
    private final VerificationKeys keys;

    public ExportVerifier(VerificationKeys keys) {
        this.keys = keys;
    }

    /** @param problems sentences, empty when everything is whole */
    public record Verdict(List<String> problems, long files, long rows) {
        public boolean whole() {
            return problems.isEmpty();
        }
    }

    public Verdict verify(List<Path> files) {
        List<String> problems = new ArrayList<>();
        long rows = 0;
        @Nullable ExportFile before = null;
        for (Path path : files) {
            ExportFile file = read(path);
            file.check(keys);
            problems.addAll(file.problems());
            if (before != null) {
                follow(before, file, problems);
            }
            rows += file.rows();
            before = file;
        }
        return new Verdict(List.copyOf(problems), files.size(), rows);
    }

    private static void follow(ExportFile before, ExportFile file, List<String> problems) {
        ExportFile.Stretch earlier = before.stretch();
        ExportFile.Stretch later = file.stretch();
        if (!Objects.equals(earlier.table(), later.table())) {
            problems.add(file.name() + ": holds another table than " + before.name() + ".");
            return;
        }
        Optional<String> named = file.footer().map(footer -> footer.text("previous_export"));
        Optional<String> actual = before.footer().map(ExportFooter::hash);
        if (!named.equals(actual)) {
            problems.add(file.name() + ": does not follow " + before.name()
                    + ": an export between them is missing, or the" + " order is another.");
        }
        if (earlier.rows() == 0 || later.rows() == 0) {
            return;
        }
        if (later.sinceSeq() > earlier.lastSeq()) {
            problems.add(file.name() + ": starts after row " + later.sinceSeq() + ", but " + before.name()
                    + " ends at row " + earlier.lastSeq() + ": the rows between them are in neither.");
        } else if (later.sinceSeq() == earlier.lastSeq()
                && !Objects.equals(later.firstPrevious(), earlier.lastHash())) {
            problems.add(file.name() + ": its first row does not follow the last row of " + before.name() + ".");
        }
    }

    private static ExportFile read(Path path) {
        try {
            return ExportFile.read(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
