package bulwark.facts.fact;

import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Warns when a name is spelled differently from one in use that normalises (NFKC, case folded) to the same text. Remembers the
 * spellings of facts outside gardens, so no warning tells what lies in a garden. Used on the writer thread only.
 */
final class LookalikeNames {
    private static final String ENTITY = "entity";
    private static final int MAX_SETTLED = 4_000;

    private static final int MAX_SETTLED_LENGTH = 256;

    /** Names that were looked up, are remembered and have no look-alike. */
    private final Set<Name> settled = new HashSet<>();

    private @Nullable Boolean oddEntities;

    private record Name(String tenant, String kind, String spelling) {}

    /** @return one sentence for each name of the fact that has a look-alike */
    List<String> register(WriteTx tx, Fact fact) throws SQLException {
        List<String> warnings = new ArrayList<>();
        for (Name name : List.of(
                new Name(fact.tenant(), ENTITY, fact.entity()),
                new Name(fact.tenant(), "relation", fact.relation()),
                new Name(fact.tenant(), "source", fact.source()))) {
            register(tx, name, fact.gardenId() != null).ifPresent(warnings::add);
        }
        return warnings;
    }

    private Optional<String> register(WriteTx tx, Name name, boolean hidden) throws SQLException {
        if (settled.contains(name)) {
            return Optional.empty();
        }
        String form = form(name.spelling);
        boolean plainEntity = name.kind.equals(ENTITY) && form.equals(name.spelling);
        if (plainEntity && !hasOddEntities(tx)) {
            return Optional.empty();
        }
        if (!plainEntity && !hidden) {
            remember(tx, name, form);
        }
        Optional<String> other = other(tx, name, form);
        if (other.isPresent()) {
            settled.remove(new Name(name.tenant, name.kind, other.get()));
        } else if (!hidden) {
            settle(tx, name);
        }
        return other.map(spelling -> name.kind + " '" + name.spelling + "' differs from '" + spelling
                + "', which is in use, only in how the same text is written; use one spelling");
    }

    /** NFKC with the case folded; a plain lower-case name is its own form. */
    static String form(String name) {
        if (name.chars().allMatch(c -> c < 0x80)) {
            return name.toLowerCase(Locale.ROOT);
        }
        String folded = Normalizer.normalize(name, Normalizer.Form.NFKC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
        return Normalizer.normalize(folded, Normalizer.Form.NFKC);
    }

    private Optional<String> other(WriteTx tx, Name name, String form) throws SQLException {
        PreparedStatement select = tx.statement("SELECT spelling FROM name_forms"
                + " WHERE tenant_id = ? AND kind = ? AND form = ? AND spelling <> ? LIMIT 1");
        select.setString(1, name.tenant);
        select.setString(2, name.kind);
        select.setString(3, form);
        select.setString(4, name.spelling);
        try (ResultSet rows = select.executeQuery()) {
            if (rows.next()) {
                return Optional.of(rows.getString(1));
            }
        }
        return name.kind.equals(ENTITY) && !form.equals(name.spelling) && isEntity(tx, name.tenant, form)
                ? Optional.of(form)
                : Optional.empty();
    }

    private static boolean isEntity(WriteTx tx, String tenant, String entity) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT 1 FROM facts WHERE entity = ? AND tenant_id = ? AND garden_id IS NULL LIMIT 1");
        select.setString(1, entity);
        select.setString(2, tenant);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next();
        }
    }

    private void remember(WriteTx tx, Name name, String form) throws SQLException {
        PreparedStatement insert =
                tx.statement("INSERT OR IGNORE INTO name_forms (tenant_id, kind, form, spelling) VALUES (?, ?, ?, ?)");
        insert.setString(1, name.tenant);
        insert.setString(2, name.kind);
        insert.setString(3, form);
        insert.setString(4, name.spelling);
        if (insert.executeUpdate() > 0) {
            // A new spelling may be the look-alike of any name that had none.
            forget();
            tx.onRollback(this::forget);
        }
    }

    private void settle(WriteTx tx, Name name) {
        if (name.spelling.length() > MAX_SETTLED_LENGTH) {
            return;
        }
        if (settled.size() >= MAX_SETTLED) {
            settled.clear();
        }
        settled.add(name);
        tx.onRollback(this::forget);
    }

    private void forget() {
        settled.clear();
        oddEntities = null;
    }

    /** Most stores have none, which spares each new entity a look-up. */
    private boolean hasOddEntities(WriteTx tx) throws SQLException {
        Boolean known = oddEntities;
        if (known == null) {
            try (ResultSet rows = tx.statement("SELECT 1 FROM name_forms WHERE kind = 'entity' LIMIT 1")
                    .executeQuery()) {
                known = rows.next();
            }
            oddEntities = known;
        }
        return known;
    }
}
