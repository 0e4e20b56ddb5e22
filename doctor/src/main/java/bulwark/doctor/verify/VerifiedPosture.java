package bulwark.doctor.verify;

import bulwark.doctor.bundle.DoctorKey;
import bulwark.doctor.bundle.PostureStatement;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.TlogPolicy;
import bulwark.kernel.evidence.tlog.TlogProof;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A bundle that was verified as a whole.
 *
 * @param proof of its place in the log
 * @param tree whose keys signed and cosigned the log's checkpoint
 */
public record VerifiedPosture(PostureStatement statement, DoctorKey doctor, TlogProof proof, TlogPolicy.Verdict tree) {
    private static final int MAX_IDS = 12;

    /** When the log signed the tree, by the log's own word; null when none of its keys in the policy says so. */
    public @Nullable Instant loggedAt() {
        return tree.logKeys().stream()
                .map(NoteKey.Verified::time)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** One screen for people. */
    public List<String> lines() {
        PostureStatement.Verdicts probes = statement.probes();
        List<String> lines = new ArrayList<>();
        lines.add(row(
                "who",
                doctor.key() + ", trusted from " + doctor.from()
                        + (doctor.until() == null ? "" : " until " + doctor.until())));
        lines.add(row(
                "saw",
                statement.visit().target() + ", visit " + statement.visit().id()));
        lines.add(row(
                "when", statement.visit().started() + " to " + statement.visit().finished()));
        lines.add(row(
                "what",
                probes.pass().size() + " hold, " + probes.warn().size() + " hold with a reservation, "
                        + probes.fail().size() + " do not hold, "
                        + probes.error().size() + " could not be looked at, "
                        + probes.skip().size() + " do not apply, "
                        + probes.waived().size() + " waived"));
        add(lines, "fail", probes.fail());
        add(lines, "error", probes.error());
        add(lines, "warn", probes.warn());
        add(lines, "waived", probes.waived());
        lines.add(row(
                "log",
                proof.checkpoint().origin() + ", record " + proof.index() + " of "
                        + proof.checkpoint().size() + (loggedAt() == null ? "" : ", signed " + loggedAt())));
        lines.add(row("keys", keys(tree.logKeys()) + "; cosigned by " + keys(tree.cosignatures())));
        statement.subjects().forEach((name, digest) -> lines.add(row("subject", "sha256:" + digest + "  " + name)));
        return lines;
    }

    private static String keys(List<NoteKey.Verified> keys) {
        return keys.stream()
                .map(key -> key.key().type().word() + " " + key.key().id())
                .collect(Collectors.joining(", "));
    }

    private static void add(List<String> lines, String label, List<String> ids) {
        if (!ids.isEmpty()) {
            String more = ids.size() > MAX_IDS ? " and " + (ids.size() - MAX_IDS) + " more" : "";
            lines.add(row(label, String.join(", ", ids.subList(0, Math.min(MAX_IDS, ids.size()))) + more));
        }
    }

    private static String row(String label, String text) {
        return String.format("%-8s  ", label) + PrintableText.line(text);
    }
}
