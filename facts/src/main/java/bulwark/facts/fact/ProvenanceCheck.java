package bulwark.facts.fact;

import bulwark.kernel.access.Principal;
import bulwark.kernel.storage.ReadTx;
import bulwark.web.FieldError;
import bulwark.web.FieldsRefused;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Holds what a new fact says about its origin against the store: a fact cannot be derived from one that nobody can find. */
final class ProvenanceCheck {
    private ProvenanceCheck() {}

    /**
     * @param readable gardens whose facts the caller may read: what he may not read, for its garden or its scope, is unknown to him
     * @return warnings about content ids that this node does not hold; the fact may lie on another node
     * @throws FieldsRefused naming each unknown fact id
     */
    static List<String> check(ReadTx tx, Principal caller, Set<String> readable, List<Fact.Derivation> derivations)
            throws SQLException {
        List<FieldError> errors = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < derivations.size(); i++) {
            Fact.Derivation each = derivations.get(i);
            String id = each.factId();
            String hash = each.hash();
            if (id != null) {
                Optional<Fact> fact = FactTable.byId(tx, id).filter(found -> isReadable(found, caller, readable));
                if (fact.isEmpty()) {
                    errors.add(error(i, "fact_id", "no fact with this id can be read here", id));
                } else if (hash != null && !hash.equalsIgnoreCase(fact.get().cid())) {
                    errors.add(error(i, "hash", "this is not the cid of the fact that fact_id names", hash));
                }
            } else if (hash != null && !isKnown(tx, caller, readable, hash)) {
                warnings.add("derived_from." + i + ".hash '" + hash + "' is no fact that can be read here");
            }
        }
        if (!errors.isEmpty()) {
            throw new FieldsRefused(errors);
        }
        return warnings;
    }

    private static boolean isKnown(ReadTx tx, Principal caller, Set<String> readable, String hash) throws SQLException {
        return FactTable.byCid(tx, caller.tenant(), ContentId.parse(hash))
                .filter(found -> isReadable(found, caller, readable))
                .isPresent();
    }

    private static boolean isReadable(Fact fact, Principal caller, Set<String> readable) {
        return fact.tenant().equals(caller.tenant())
                && caller.reaches(fact.scope())
                && (fact.gardenId() == null || readable.contains(fact.gardenId()));
    }

    private static FieldError error(int index, String field, String sentence, String input) {
        return FieldError.invalid(List.of("body", "derived_from", index, field), sentence, input);
    }
}
