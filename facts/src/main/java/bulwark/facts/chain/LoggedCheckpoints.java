package bulwark.facts.chain;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Checkpoints as a local transparency log holds them: the store's own table is not asked. */
final class LoggedCheckpoints {
    private static final int CHUNK = 64 * 1024;

    private LoggedCheckpoints() {}

    /** @param table of which row seq had this hash */
    record Logged(String table, String tenant, long seq, String hash) {
        /** @return null when the store holds this entry */
        @Nullable
        ChainFinding compare(ReadTx tx) throws SQLException {
            PreparedStatement select =
                    tx.statement("SELECT fact_id, chain_hash FROM fact_chain WHERE tenant_id = ? AND chain_seq = ?");
            select.setString(1, tenant);
            select.setLong(2, seq);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return new ChainFinding("rolled_back_behind_log", null, seq);
                }
                return row.getString(2).equals(hash)
                        ? null
                        : new ChainFinding("checkpoint_mismatch", row.getString(1), seq);
            }
        }
    }

    /** Reads from the end, so the length of the log does not matter. @param from bytes at the start to leave out */
    static Optional<Logged> newest(Path log, String tenant, long from) {
        if (!Files.exists(log)) {
            return Optional.empty();
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            String rest = "";
            long end = file.length();
            while (end > from) {
                int size = (int) Math.min(CHUNK, end - from);
                byte[] chunk = new byte[size];
                end -= size;
                file.seek(end);
                file.readFully(chunk);
                // Latin-1 keeps every byte apart, so a character cut at a chunk's edge does no harm.
                String text = new String(chunk, StandardCharsets.ISO_8859_1) + rest;
                int first = end == from ? 0 : text.indexOf('\n') + 1;
                Optional<Logged> found = lastOf(text.substring(first), tenant);
                if (found.isPresent()) {
                    return found;
                }
                rest = text.substring(0, first);
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("the transparency log " + log.getFileName() + " cannot be read", e);
        }
    }

    /** Every checkpoint of facts, audit tables and journal, oldest first. @param from bytes at the start to leave out */
    static List<Logged> all(Path log, long from) {
        List<Logged> all = new ArrayList<>();
        if (!Files.exists(log)) {
            return all;
        }
        try (InputStream bytes = Files.newInputStream(log);
                BufferedReader lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.ISO_8859_1))) {
            bytes.skipNBytes(from);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                parse(line).ifPresent(all::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the transparency log " + log.getFileName() + " cannot be read", e);
        }
        return all;
    }

    private static Optional<Logged> lastOf(String lines, String tenant) {
        Optional<Logged> last = Optional.empty();
        for (String line : lines.split("\n", -1)) {
            Optional<Logged> parsed =
                    parse(line).filter(logged -> logged.table.equals("fact_chain") && logged.tenant.equals(tenant));
            last = parsed.isPresent() ? parsed : last;
        }
        return last;
    }

    private static Optional<Logged> parse(String latin) {
        if (!latin.contains(ChainHash.CHECKPOINT_KIND) && !latin.contains(HeadAnchors.KIND)) {
            return Optional.empty();
        }
        try {
            JsonNode payload = StrictJson.parse(latin.getBytes(StandardCharsets.ISO_8859_1))
                    .path("payload");
            return switch (payload.path("kind").stringValue("")) {
                case ChainHash.CHECKPOINT_KIND ->
                    Optional.of(new Logged(
                            "fact_chain",
                            payload.path("tenant_id").stringValue(""),
                            payload.path("covered_chain_seq").longValue(),
                            payload.path("chain_hash").stringValue("")));
                case HeadAnchors.KIND ->
                    Optional.of(new Logged(
                            payload.path("table").stringValue(""),
                            "",
                            payload.path("seq").longValue(),
                            payload.path("row_hash").stringValue("")));
                default -> Optional.empty();
            };
        } catch (StrictJson.JsonRefused e) {
            // The log's own fsck speaks of broken lines.
            return Optional.empty();
        }
    }
}
