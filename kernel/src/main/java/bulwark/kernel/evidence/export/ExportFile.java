package bulwark.kernel.evidence.export;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Walks one untrusted export file, line by line. For one thread. */
final class ExportFile {
    private static final int MAX_LINE = 4 << 20;
    private static final int MAX_PROBLEMS = 100;

    private final String name;
    private final List<String> problems = new ArrayList<>();
    private final MessageDigest content = Digests.newSha256();
    private @Nullable String table;
    private @Nullable ExportFooter footer;
    private @Nullable String firstPrevious;
    private @Nullable String lastHash;
    private long sinceSeq;
    private long firstSeq;
    private long lastSeq;
    private long rows;
    private final RowHashes hashes = new RowHashes();

    private ExportFile(String name) {
        this.name = name;
    }

    static ExportFile read(Path file) throws IOException {
        ExportFile export = new ExportFile(String.valueOf(file.getFileName()));
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            export.walk(in);
        }
        return export;
    }

    static ExportFile read(String name, InputStream in) throws IOException {
        ExportFile export = new ExportFile(name);
        export.walk(in);
        return export;
    }

    private void walk(InputStream in) throws IOException {
        boolean header = true;
        for (byte[] line = line(in); line.length > 0; line = line(in)) {
            if (footer != null) {
                problem("there is something after the footer");
                return;
            }
            Map<String, @Nullable Object> members = parse(line);
            if (members == null) {
                return;
            }
            if (ExportFooter.KIND.equals(members.get("kind"))) {
                footer = ExportFooter.of(members);
                continue;
            }
            content.update(line);
            if (header) {
                header(members);
                header = false;
            } else {
                row(members);
            }
        }
        if (footer == null) {
            problem("the footer is missing: the file was cut off after row " + lastSeq);
        }
    }

    private void header(Map<String, @Nullable Object> members) {
        table = members.get("table") instanceof String text ? text : null;
        sinceSeq = members.get("since_seq") instanceof Number number ? number.longValue() : -1;
        if (sinceSeq < 0) {
            problem("the header does not say after which row the export starts");
        }
        if (!AuditExport.HEADER_KIND.equals(members.get("kind"))) {
            problem("the first line is not the header of an audit export");
        }
    }

    private void row(Map<String, @Nullable Object> row) {
        long seq = row.get("seq") instanceof Number number ? number.longValue() : -1;
        Map<String, @Nullable Object> hashed = new LinkedHashMap<>(row);
        Object rowHash = hashed.remove("row_hash");
        if (!Digests.sha256Hex(CanonicalJson.bytes(hashed)).equals(rowHash)) {
            problem("row " + seq + " does not fit its row_hash: it was edited");
        }
        Object previous = row.get("prev_hash");
        if (rows == 0) {
            firstSeq = seq;
            firstPrevious = previous instanceof String text ? text : null;
            first(seq, previous);
        } else if (lastHash == null || !lastHash.equals(previous)) {
            problem("row " + seq + " does not follow row " + lastSeq + ": rows are missing or in another order");
        }
        if (rows > 0 && seq != lastSeq + 1) {
            problem("row " + seq + " stands after row " + lastSeq);
        }
        lastSeq = seq;
        lastHash = rowHash instanceof String text ? text : null;
        if (lastHash != null) {
            hashes.add(seq, lastHash);
        }
        rows++;
    }

    private void first(long seq, @Nullable Object previous) {
        if (seq != sinceSeq + 1) {
            problem("it begins with row " + seq + ", but must begin with row " + (sinceSeq + 1));
        }
        if ((seq == 1) != (previous == null)) {
            problem(seq == 1 ? "row 1 names a row before it" : "row " + seq + " names no row before it");
        }
    }

    /** Compares the footer with what was read. */
    void check(ExportKeys keys) {
        ExportFooter signed = footer;
        if (signed == null) {
            return;
        }
        String fault = keys.fault(signed);
        if (fault != null) {
            problem(fault);
        }
        if (!signed.text("content_hash").equals(contentHash())) {
            problem("the content is not what the footer was signed for");
        }
        boolean same = signed.number("rows") == rows
                && signed.number("first_seq") == firstSeq
                && signed.number("last_seq") == lastSeq
                && signed.number("since_seq") == sinceSeq
                && signed.text("head_row_hash").equals(lastHash == null ? "" : lastHash)
                && signed.text("table").equals(table);
        if (!same) {
            problem("the footer counts other rows than the file holds");
        }
    }

    private String contentHash() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) content.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of the JDK can be cloned", e);
        }
    }

    private @Nullable Map<String, @Nullable Object> parse(byte[] line) {
        try {
            if (line[line.length - 1] != '\n') {
                problem("the last line is cut off");
            }
            return PlainJson.object(StrictJson.parse(line));
        } catch (StrictJson.JsonRefused | IllegalArgumentException e) {
            problem("the line after row " + lastSeq + " is not a JSON object: the file was cut or altered there");
            return null;
        }
    }

    /** With its line end; empty at the end of the file. */
    private byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        for (int b = in.read(); b >= 0; b = in.read()) {
            line.write(b);
            if (b == '\n' || line.size() > MAX_LINE) {
                break;
            }
        }
        return line.toByteArray();
    }

    private void problem(String what) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(name + ": " + what + ".");
        }
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    String name() {
        return name;
    }

    Optional<ExportFooter> footer() {
        return Optional.ofNullable(footer);
    }

    long rows() {
        return rows;
    }

    RowHashes hashes() {
        return hashes;
    }

    /** What part of the table the file holds: first and last seq, what came before the first, and the last hash. */
    RowRange range() {
        return new RowRange(table, sinceSeq, rows, firstSeq, lastSeq, firstPrevious, lastHash);
    }

    record RowRange(
            @Nullable String table,
            long sinceSeq,
            long rows,
            long firstSeq,
            long lastSeq,
            @Nullable String firstPrevious,
            @Nullable String lastHash) {}
}
