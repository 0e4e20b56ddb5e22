package bulwark.tasks.embedded;

import java.util.ArrayList;
import java.util.List;

/** Looks after the store on behalf of its holder. */
final class SqliteUpkeep implements Upkeep {
    private final Place place;
    private final Pruning pruning;

    SqliteUpkeep(Place place, Pruning pruning) {
        this.place = place;
        this.pruning = pruning;
    }

    @Override
    public List<String> check() {
        List<String> problems = new ArrayList<>(place.store().integrityCheck());
        problems.addAll(StoreRules.problems(place.store()));
        return problems;
    }

    @Override
    public void prune() {
        pruning.prune();
    }
}
