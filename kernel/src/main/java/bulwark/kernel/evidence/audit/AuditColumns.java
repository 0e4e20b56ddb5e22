package bulwark.kernel.evidence.audit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names of an audit table's columns, which are also the names of the members that {@code row_hash} covers. These are the same in
 * every table: {@code seq}, {@code id}, {@code event_type}, {@code source}, {@code ts}, {@code tenant_id}, {@code detail}, {@code
 * prev_hash} and {@code row_hash}. Only a format that was there before asks for others than {@link #NEUTRAL}.
 *
 * @param actor column of {@link AuditEvent#actor}
 * @param subject column of {@link AuditEvent#subject}
 * @param described the columns between {@code event_type} and {@code ts}, in the table's order: actor, subject, {@code source}, and
 *     what a format has besides, which this program leaves null and hashes as null
 */
public record AuditColumns(String actor, String subject, List<String> described) {
    private static final Pattern NAME = Pattern.compile("[a-z_]{1,60}");

    public static final AuditColumns NEUTRAL =
            new AuditColumns("actor", "subject", List.of("actor", "subject", AuditColumns.SOURCE));

    static final String SEQ = "seq";
    static final String ID = "id";
    static final String TYPE = "event_type";
    static final String SOURCE = "source";
    static final String TS = "ts";
    static final String TENANT = "tenant_id";
    static final String DETAIL = "detail";
    static final String PREVIOUS_HASH = "prev_hash";
    static final String ROW_HASH = "row_hash";

    /** @throws IllegalArgumentException when a name is none in SQL, stands twice, or one of the three is missing */
    public AuditColumns {
        described = List.copyOf(described);
        Set<String> all = new HashSet<>(List.of(SEQ, ID, TYPE, TS, TENANT, DETAIL, PREVIOUS_HASH, ROW_HASH));
        if (!described.containsAll(List.of(actor, subject, SOURCE))
                || !described.stream().allMatch(name -> NAME.matcher(name).matches() && all.add(name))) {
            throw new IllegalArgumentException("not the columns of an audit table: " + described);
        }
    }

    /** What {@code row_hash} covers, in the table's order. */
    List<String> hashed() {
        List<String> names = new ArrayList<>(List.of(SEQ, ID, TYPE));
        names.addAll(described);
        names.addAll(List.of(TS, TENANT, DETAIL, PREVIOUS_HASH));
        return names;
    }

    /** Those that stay null. */
    List<String> unused() {
        return described.stream()
                .filter(name -> !name.equals(actor) && !name.equals(subject) && !name.equals(SOURCE))
                .toList();
    }
}
