package bulwark.kernel.evidence.audit;

import bulwark.kernel.json.CanonicalJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes what {@code row_hash} covers of a new row: the canonical JSON of its columns. What is the same for each row, names and
 * columns that stay null, is put together once, since every audited write passes here. Immutable.
 */
final class AuditRowJson {
    private static final int TYPICAL_LENGTH = 480;

    private enum Value {
        SEQ,
        ID,
        TYPE,
        ACTOR,
        SUBJECT,
        SOURCE,
        TS,
        TENANT,
        DETAIL,
        PREVIOUS_HASH
    }

    private final String[] before;
    private final Value[] values;
    private final String end;

    AuditRowJson(AuditColumns columns) {
        List<String> texts = new ArrayList<>();
        List<Value> order = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        char separator = '{';
        for (String name : columns.hashed().stream().sorted().toList()) {
            text.append(separator).append('"').append(name).append("\":");
            separator = ',';
            Value value = value(name, columns);
            if (value == null) {
                text.append("null");
            } else {
                texts.add(text.toString());
                order.add(value);
                text.setLength(0);
            }
        }
        before = texts.toArray(String[]::new);
        values = order.toArray(Value[]::new);
        end = text.append('}').toString();
    }

    private static @Nullable Value value(String name, AuditColumns columns) {
        if (name.equals(columns.actor())) {
            return Value.ACTOR;
        }
        if (name.equals(columns.subject())) {
            return Value.SUBJECT;
        }
        return switch (name) {
            case AuditColumns.SEQ -> Value.SEQ;
            case AuditColumns.ID -> Value.ID;
            case AuditColumns.TYPE -> Value.TYPE;
            case AuditColumns.SOURCE -> Value.SOURCE;
            case AuditColumns.TS -> Value.TS;
            case AuditColumns.TENANT -> Value.TENANT;
            case AuditColumns.DETAIL -> Value.DETAIL;
            case AuditColumns.PREVIOUS_HASH -> Value.PREVIOUS_HASH;
            default -> null;
        };
    }

    String text(long seq, String id, PendingAuditRow draft, @Nullable String previousHash) {
        StringBuilder json = new StringBuilder(TYPICAL_LENGTH + draft.detail().length());
        for (int i = 0; i < values.length; i++) {
            json.append(before[i]);
            switch (values[i]) {
                case SEQ -> json.append(seq);
                case ID -> CanonicalJson.append(json, id);
                case TYPE -> CanonicalJson.append(json, draft.type());
                case ACTOR -> CanonicalJson.append(json, draft.actor());
                case SUBJECT -> CanonicalJson.append(json, draft.subject());
                case SOURCE -> CanonicalJson.append(json, draft.source());
                case TS -> CanonicalJson.append(json, draft.ts());
                case TENANT -> CanonicalJson.append(json, draft.tenant());
                case DETAIL -> CanonicalJson.append(json, draft.detail());
                case PREVIOUS_HASH -> CanonicalJson.append(json, previousHash);
            }
        }
        return json.append(end).toString();
    }
}
