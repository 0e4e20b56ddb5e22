package bulwark.tasks.embedded;

import java.util.ArrayList;
import java.util.List;

/** Looks after the store on behalf of its holder. */
final class StoreFsck implements MaintenanceApi {
    private final StoreContext context;
    private final ExpiryPruner pruner;

    StoreFsck(StoreContext context, ExpiryPruner pruner) {
        this.context = context;
        this.pruner = pruner;
    }

    @Override
    public List<String> check() {
        List<String> problems = new ArrayList<>(context.store().integrityCheck());
        problems.addAll(StoreRules.problems(context.store()));
        return problems;
    }

    @Override
    public void prune() {
        pruner.prune();
    }
}
