package bulwark.tasks.embedded;

import java.util.List;

/** What is asked of the store's owner about the store itself. */
interface MaintenanceApi {
    /** Everything that is wrong, a sentence each. */
    List<String> check();

    /** Takes away at once what is over. */
    void prune();
}
