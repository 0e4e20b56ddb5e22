package bulwark.kernel.evidence.export;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Several exports of one table, given in any order: each must follow the one that it names, rows that two of them hold must be the
 * same rows, none may be missing between them, and a later one may not end before an earlier one. For one thread.
 */
final class ExportSeries {
    private final List<ExportFile> files;
    private final List<String> problems = new ArrayList<>();

    private ExportSeries(List<ExportFile> files) {
        this.files = files;
    }

    static List<String> problems(List<ExportFile> given) {
        Map<String, ExportFile> distinct = new java.util.LinkedHashMap<>();
        for (ExportFile file : given) {
            distinct.putIfAbsent(file.footer().map(ExportFooter::hash).orElse(file.name()), file);
        }
        ExportSeries series = new ExportSeries(new ArrayList<>(distinct.values()));
        if (series.ofOneTable()) {
            List<ExportFile> ordered = series.asWritten();
            series.laterReachesAsFar(ordered);
            series.overlapsAgree(ordered);
            series.nothingMissing();
        }
        return series.problems;
    }

    private boolean ofOneTable() {
        String table = files.getFirst().range().table();
        for (ExportFile file : files) {
            if (!java.util.Objects.equals(table, file.range().table())) {
                problem(file, "holds another table than " + files.getFirst().name());
            }
        }
        return problems.isEmpty();
    }

    /** By what each export names as the one before it. */
    private List<ExportFile> asWritten() {
        Map<String, ExportFile> byHash = new HashMap<>();
        Map<String, ExportFile> byPrevious = new HashMap<>();
        for (ExportFile file : files) {
            file.footer().ifPresent(footer -> byHash.put(footer.hash(), file));
        }
        List<ExportFile> firsts = new ArrayList<>();
        for (ExportFile file : files) {
            String previous = previous(file);
            if (previous.isEmpty() || !byHash.containsKey(previous)) {
                firsts.add(file);
                continue;
            }
            ExportFile other = byPrevious.putIfAbsent(previous, file);
            if (other != null) {
                problem(file, "names the same export before it as " + other.name() + ": one of them was rolled back");
                firsts.add(file);
            }
        }
        firsts.sort(Comparator.comparing(ExportSeries::createdAt)
                .thenComparing(file -> file.range().lastSeq())
                .thenComparing(ExportFile::name));
        List<ExportFile> ordered = new ArrayList<>();
        for (ExportFile first : firsts) {
            if (!ordered.isEmpty() && !byPrevious.containsValue(first)) {
                problem(first, "does not follow " + ordered.getLast().name() + ": an export between them is missing");
            }
            for (ExportFile at = first; at != null; at = next(byPrevious, at)) {
                ordered.add(at);
            }
        }
        return ordered;
    }

    private static @Nullable ExportFile next(Map<String, ExportFile> byPrevious, ExportFile file) {
        return file.footer().map(footer -> byPrevious.get(footer.hash())).orElse(null);
    }

    /** An export always goes to the end of the table. */
    private void laterReachesAsFar(List<ExportFile> ordered) {
        ExportFile farthest = ordered.getFirst();
        for (ExportFile file : ordered) {
            long end = Math.max(file.range().lastSeq(), file.range().sinceSeq());
            if (end < farthest.range().lastSeq()) {
                problem(
                        file,
                        "ends at row " + end + ", but " + farthest.name() + " reached row "
                                + farthest.range().lastSeq() + " before it: the table was cut");
            } else if (file.range().lastSeq() > farthest.range().lastSeq()) {
                farthest = file;
            }
        }
    }

    private void overlapsAgree(List<ExportFile> ordered) {
        for (int later = 1; later < ordered.size(); later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                ExportFile one = ordered.get(earlier);
                ExportFile other = ordered.get(later);
                long seq = one.hashes().firstDifference(other.hashes());
                if (seq != 0) {
                    problem(
                            other,
                            "row " + seq + " is not the one that " + one.name()
                                    + " holds: the table was rewritten between them");
                }
            }
        }
    }

    private void nothingMissing() {
        List<ExportFile> byPlace = files.stream()
                .filter(file -> file.range().rows() > 0)
                .sorted(Comparator.comparing((ExportFile file) -> file.range().firstSeq()))
                .toList();
        ExportFile farthest = null;
        for (ExportFile file : byPlace) {
            if (farthest != null) {
                joins(farthest, file);
            }
            if (farthest == null || file.range().lastSeq() > farthest.range().lastSeq()) {
                farthest = file;
            }
        }
    }

    private void joins(ExportFile before, ExportFile file) {
        long needed = file.range().firstSeq() - 1;
        if (needed > before.range().lastSeq()) {
            problem(
                    file,
                    "starts after row " + needed + ", but " + before.name() + " ends at row "
                            + before.range().lastSeq() + ": the rows between them are in none");
            return;
        }
        String hash = before.hashes().at(needed);
        if (hash != null && !hash.equals(file.range().firstPrevious())) {
            problem(file, "its first row does not follow row " + needed + " of " + before.name());
        }
    }

    private static String previous(ExportFile file) {
        return file.footer().map(footer -> footer.text("previous_export")).orElse("");
    }

    private static String createdAt(ExportFile file) {
        return file.footer().map(footer -> footer.text("created_at")).orElse("");
    }

    private void problem(ExportFile file, String what) {
        problems.add(file.name() + ": " + what + ".");
    }
}
