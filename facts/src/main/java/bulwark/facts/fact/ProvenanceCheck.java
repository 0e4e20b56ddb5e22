package bulwark.facts.fact;

import bulwark.facts.Refusal;
import bulwark.kernel.access.Principal;
import bulwark.kernel.storage.ReadTx;
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
     * @throws Refusal.Invalid naming each unknown fact id
     */
    static List<String> check(ReadTx tx, Principal caller, Set<String> readable, List<Fact.Derivation> derivations)
            throws SQLException {
        List<Refusal.Fault> faults = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < derivations.size(); i++) {
            Fact.Derivation each = derivations.get(i);
            String id = each.factId();
            String hash = each.hash();
            if (id != null) {
                Optional<Fact> fact = FactTable.byId(tx, id).filter(found -> isReadable(found, caller, readable));
                if (fact.isEmpty()) {
                    faults.add(fault(i, "fact_id", "no fact with this id can be read here", id));
                } else if (hash != null && !hash.equalsIgnoreCase(fact.get().cid())) {
                    faults.add(fault(i, "hash", "this is not the cid of the fact that fact_id names", hash));
                }
            } else if (hash != null && !isKnown(tx, caller, readable, hash)) {
                warnings.add("derived_from." + i + ".hash '" + hash + "' is no fact that can be read here");
            }
        }
        if (!faults.isEmpty()) {
            throw new Refusal.Invalid(faults);
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

    private static Refusal.Fault fault(int index, String field, String sentence, String input) {
        return new Refusal.Fault(
                "value_error",
                List.of("body", "derived_from", index, field),
                "Value error, " + sentence,
                input,
                java.util.Map.of("error", java.util.Map.of()));
    }
}
