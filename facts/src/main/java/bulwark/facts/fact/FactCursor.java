package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.storage.ReadTx;
import bulwark.web.ApiRefusal;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.regex.Pattern;

/** A place in the order newest first: the timestamp and id of the last fact seen. Opaque to callers. */
record FactCursor(String timestamp, String id) {
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern OPEN_FORM =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\+00:00\\|[0-9a-f-]{36}");

    String wire() {
        byte[] open = (timestamp + "|" + id).getBytes(StandardCharsets.UTF_8);
        return Base64Url.text(open);
    }

    /** Also takes the bare id of a fact, as older clients send it. @throws ApiRefusal {@code unknown_cursor} */
    static FactCursor parse(ReadTx tx, String wire) throws SQLException {
        if (UUID_FORM.matcher(wire).matches()) {
            return ofFact(tx, wire.toLowerCase(java.util.Locale.ROOT));
        }
        try {
            String open = new String(Base64.getUrlDecoder().decode(wire), StandardCharsets.UTF_8);
            if (OPEN_FORM.matcher(open).matches()) {
                int bar = open.indexOf('|');
                return new FactCursor(open.substring(0, bar), open.substring(bar + 1));
            }
        } catch (IllegalArgumentException notBase64) {
            throw refused();
        }
        throw refused();
    }

    private static FactCursor ofFact(ReadTx tx, String id) throws SQLException {
        PreparedStatement select = tx.statement("SELECT timestamp FROM facts WHERE id = ?");
        select.setString(1, id);
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                throw refused();
            }
            return new FactCursor(rows.getString(1), id);
        }
    }

    private static ApiRefusal refused() {
        return new ApiRefusal(MALFORMED, "unknown_cursor", "cursor is not one that this node gave out");
    }
}
