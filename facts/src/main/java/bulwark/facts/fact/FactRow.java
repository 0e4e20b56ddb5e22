package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A fact between its table and memory, and the hash over every column of it.
 *
 * @param expiresAt the stored column, which a planted edit may set apart from the fact's valid_until
 * @param derivedText the stored column
 */
public record FactRow(
        Fact fact, @Nullable Long expiresAt, @Nullable String derivedText) {
    /** Twenty columns of {@code facts f}; {@link #read} expects them first. */
    public static final String COLUMNS =
            "f.row_id, f.id, f.tenant_id, f.entity, f.relation, f.value_type, f.value_v, f.interpret_as,"
                    + " f.source, f.timestamp, f.hlc_wall, f.hlc_counter, f.valid_until, f.expires_at, f.confidence, f.scope,"
                    + " f.garden_id, f.attested_key_id, f.cid, f.derived_from";

    private static final String INSERT =
            "INSERT INTO facts (row_id, id, tenant_id, entity, relation, value_type, value_v,"
                    + " interpret_as, source, timestamp, hlc_wall, hlc_counter, valid_until, expires_at, confidence, scope,"
                    + " garden_id, attested_key_id, cid, derived_from) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

    static FactRow of(Fact fact) {
        String validUntil = fact.validUntil();
        Long expiresAt = validUntil == null
                ? null
                : Timestamps.parse(validUntil).map(IsoInstants::micros).orElse(null);
        return new FactRow(fact, expiresAt, derivedText(fact.derivedFrom()));
    }

    /** From a row that begins with {@link #COLUMNS}. */
    public static FactRow read(ResultSet row) throws SQLException {
        String derived = row.getString(20);
        long expires = row.getLong(14);
        Long expiresAt = row.wasNull() ? null : expires;
        Fact fact = new Fact(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getLong(11),
                row.getInt(12),
                row.getString(13),
                row.getDouble(15),
                row.getString(16),
                row.getString(17),
                row.getString(18),
                row.getString(19),
                derivations(derived));
        return new FactRow(fact, expiresAt, derived);
    }

    void insert(PreparedStatement into) throws SQLException {
        into.setLong(1, fact.rowId());
        into.setString(2, fact.id());
        into.setString(3, fact.tenant());
        into.setString(4, fact.entity());
        into.setString(5, fact.relation());
        into.setString(6, fact.valueType());
        into.setString(7, fact.valueV());
        into.setString(8, fact.interpretAs());
        into.setString(9, fact.source());
        into.setString(10, fact.timestamp());
        into.setLong(11, fact.hlcWall());
        into.setInt(12, fact.hlcCounter());
        into.setString(13, fact.validUntil());
        if (expiresAt == null) {
            into.setNull(14, Types.INTEGER);
        } else {
            into.setLong(14, expiresAt);
        }
        into.setDouble(15, fact.confidence());
        into.setString(16, fact.scope());
        into.setString(17, fact.gardenId());
        into.setString(18, fact.attestedKeyId());
        into.setString(19, fact.cid());
        into.setString(20, derivedText);
        into.executeUpdate();
    }

    static String insertSql() {
        return INSERT;
    }

    /** SHA-256 over the canonical JSON of every column but row_id, which the journal hash covers as its seq. */
    public String recordHash() {
        int length = 640
                + fact.entity().length()
                + fact.valueV().length()
                + fact.source().length();
        String json = new SortedJsonWriter(length)
                .text("attested_key_id", fact.attestedKeyId())
                .text("cid", fact.cid())
                .decimal("confidence", fact.confidence())
                .text("derived_from", derivedText)
                .text("entity", fact.entity())
                .number("expires_at", expiresAt)
                .text("garden_id", fact.gardenId())
                .number("hlc_counter", (long) fact.hlcCounter())
                .number("hlc_wall", fact.hlcWall())
                .text("id", fact.id())
                .text("interpret_as", fact.interpretAs())
                .text("relation", fact.relation())
                .text("scope", fact.scope())
                .text("source", fact.source())
                .text("tenant_id", fact.tenant())
                .text("timestamp", fact.timestamp())
                .text("valid_until", fact.validUntil())
                .text("value_type", fact.valueType())
                .text("value_v", fact.valueV())
                .finish();
        return Digests.sha256Hex(json);
    }

    /** The journal's own chain: a planted row or a changed order breaks it. */
    public static String journalHash(
            long seq, String factId, String tenant, String recordHash, @Nullable String previous) {
        return Digests.sha256Hex(new SortedJsonWriter(320)
                .text("fact_id", factId)
                .text("prev_hash", previous)
                .text("record_hash", recordHash)
                .number("seq", seq)
                .text("tenant_id", tenant)
                .finish());
    }

    /**
     * @param journalFact fact id of the journal row with this row's position, or null when there is none
     * @throws ApiRefusal {@code cid_mismatch} or {@code fact_record_mismatch}
     */
    Fact verified(@Nullable String journalFact, @Nullable String journalHash) {
        String computed = ContentId.of(fact);
        if (!computed.equals(fact.cid())) {
            Map<String, Object> more = new LinkedHashMap<>();
            more.put("fact_id", fact.id());
            more.put("computed_cid", computed);
            more.put("stored_cid", fact.cid());
            throw new ApiRefusal(CONFLICT, "cid_mismatch", "stored fact does not match its content id", more);
        }
        if (!fact.id().equals(journalFact) || !Objects.equals(recordHash(), journalHash)) {
            throw new ApiRefusal(
                    CONFLICT,
                    "fact_record_mismatch",
                    "stored fact does not match its journal record",
                    Map.of("fact_id", fact.id()));
        }
        return fact;
    }

    private static @Nullable String derivedText(List<Fact.Derivation> derivations) {
        if (derivations.isEmpty()) {
            return null;
        }
        return CanonicalJson.text(Map.of("derived_from", wire(derivations)));
    }

    static List<Map<String, @Nullable Object>> wire(List<Fact.Derivation> derivations) {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (Fact.Derivation each : derivations) {
            Map<String, @Nullable Object> member = new LinkedHashMap<>();
            member.put("hash", each.hash());
            member.put("fact_id", each.factId());
            list.add(member);
        }
        return list;
    }

    private static List<Fact.Derivation> derivations(@Nullable String text) {
        if (text == null) {
            return List.of();
        }
        List<Fact.Derivation> list = new ArrayList<>();
        try {
            JsonNode array =
                    StrictJson.parse(text.getBytes(StandardCharsets.UTF_8)).path("derived_from");
            for (JsonNode each : array) {
                list.add(new Fact.Derivation(
                        each.path("hash").stringValue(null),
                        each.path("fact_id").stringValue(null)));
            }
        } catch (StrictJson.JsonRefused e) {
            // A planted edit: the record hash over the column's text refuses the fact right after.
            return List.of();
        }
        return List.copyOf(list);
    }
}
