package bulwark.kernel.evidence.export;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks export files without the store: each for itself, and several of one table against each other, in whatever order they are given.
 * Memory grows by 32 bytes for each row.
 */
public final class ExportVerifier {
    private final ExportKeys keys;

    public ExportVerifier(ExportKeys keys) {
        this.keys = keys;
    }

    /** @param problems sentences, empty when everything is whole */
    public record Verdict(List<String> problems, long files, long rows) {
        public boolean whole() {
            return problems.isEmpty();
        }
    }

    /** @throws ExportRefused when a file cannot be read */
    public Verdict verify(List<Path> paths) {
        List<String> problems = new ArrayList<>();
        List<ExportFile> files = new ArrayList<>();
        long rows = 0;
        for (Path path : paths) {
            ExportFile file = read(path);
            file.check(keys);
            problems.addAll(file.problems());
            rows += file.rows();
            files.add(file);
        }
        if (files.size() > 1) {
            problems.addAll(ExportSeries.problems(files));
        }
        return new Verdict(List.copyOf(problems), files.size(), rows);
    }

    private static ExportFile read(Path path) {
        try {
            return ExportFile.read(path);
        } catch (NoSuchFileException e) {
            throw new ExportRefused("there is no export at " + path + ": check the name");
        } catch (IOException e) {
            throw new ExportRefused(path + " cannot be read (" + e.getMessage() + "): check the file and its mode");
        }
    }
}
