package bulwark.seats.evidence;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.ReadableStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Compares the files of a folder with the rows of the store, and both with the heads that the audit log holds. Changes nothing. */
public final class EvidenceVerifier {
    private final BundleFiles files;
    private final String chain;
    private final LogKeys keys;

    /**
     * @param chain id of the store, as the process has it that writes the folder
     * @param keys that sign bundles
     */
    public EvidenceVerifier(Path folder, String chain, LogKeys keys) {
        this.files = new BundleFiles(folder);
        this.chain = chain;
        this.keys = keys;
    }

    /** @param audit name of the audit table @return sentences, each naming the first thing that is wrong with a bundle; empty when the chain is whole */
    public List<String> problems(ReadableStore store, String audit) {
        return store.read(tx -> problems(EvidenceRows.all(tx, chain), audited(tx, audit)));
    }

    /** Hash of each number, as the audit log has it. */
    private Map<Long, String> audited(ReadTx tx, String audit) throws SQLException {
        Map<Long, String> hashes = new LinkedHashMap<>();
        PreparedStatement select =
                tx.statement("SELECT detail FROM " + audit + " WHERE event_type = 'evidence_written' ORDER BY seq");
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                JsonNode detail = StrictJson.parse(row.getString(1).getBytes(StandardCharsets.UTF_8));
                if (detail.path("chain").asString("").equals(chain)) {
                    hashes.put(
                            Long.parseLong(detail.path("number").asString("0")),
                            detail.path("bundle_hash").asString(""));
                }
            }
        }
        return hashes;
    }

    private List<String> problems(List<EvidenceRows.Row> rows, Map<Long, String> audited) {
        List<String> problems = new ArrayList<>();
        String before = EvidenceBundle.NONE;
        long number = 0;
        for (EvidenceRows.Row row : rows) {
            number++;
            if (row.number() != number) {
                problems.add("Row " + number + " of the bundles is missing.");
                return problems;
            }
            String problem = problem(row, before, audited.get(number));
            if (problem != null) {
                problems.add(files.path(number) + " " + problem);
            }
            before = row.hash();
        }
        if (audited.size() != rows.size()) {
            problems.add("The audit log knows of " + audited.size() + " bundles, and the store of " + rows.size()
                    + ": the chain was cut.");
        }
        problems.addAll(beyond(number, before));
        return problems;
    }

    private @Nullable String problem(EvidenceRows.Row row, String before, @Nullable String audited) {
        Optional<byte[]> file;
        try {
            file = files.read(row.number());
        } catch (IOException e) {
            return "cannot be read: " + e.getMessage();
        }
        if (file.isEmpty()) {
            return "is missing.";
        }
        EvidenceBundle bundle = EvidenceBundle.read(file.get()).orElse(null);
        if (bundle == null) {
            return "was changed: it is not what its own hash is of.";
        }
        if (bundle.number() != row.number()
                || !bundle.hash().equals(row.hash())
                || !bundle.subject().equals(row.subject())
                || !bundle.action().equals(row.action())) {
            return "is another bundle than the store has at this number.";
        }
        if (!bundle.prevHash().equals(before) || !row.prevHash().equals(before)) {
            return "does not follow the bundle before it.";
        }
        if (!row.hash().equals(audited)) {
            return "is not the one that the audit log has at this number.";
        }
        String fault = bundle.chain().equals(chain) ? bundle.fault(keys) : "is of another chain";
        return fault == null ? null : fault + ".";
    }

    /** One file may stand behind the head when a kill came before its row; the next start takes it up. */
    private List<String> beyond(long head, String before) {
        List<String> problems = new ArrayList<>();
        try {
            for (long number : files.numbers()) {
                if (number <= head) {
                    continue;
                }
                EvidenceBundle bundle =
                        EvidenceBundle.read(files.read(number).orElseThrow()).orElse(null);
                boolean pending = bundle != null
                        && number == head + 1
                        && bundle.prevHash().equals(before)
                        && bundle.fault(keys) == null;
                if (!pending) {
                    problems.add(files.path(number) + " is no bundle that the store knows.");
                }
            }
        } catch (IOException e) {
            problems.add("The folder cannot be read: " + e.getMessage());
        }
        return problems;
    }

    /** The file of a bundle as it stands. */
    public Optional<JsonNode> show(long number) {
        try {
            return files.read(number).flatMap(EvidenceBundle::read).map(EvidenceBundle::content);
        } catch (IOException e) {
            throw new EvidenceRefused("The bundle cannot be read (" + e.getMessage() + "): mend the folder.", e);
        }
    }
}
